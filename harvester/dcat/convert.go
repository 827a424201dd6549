package dcat

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"

	"portico/catalog"
	"portico/dcat"
	"portico/harvester"
)

// version changes when convert, or package dcat, makes something else of the
// same triples.
const version = "dcat/1"

// convert makes a record of what was found.
func convert(f *dcat.Found, id string, info dcat.CatalogInfo) harvester.Record {
	rec := harvester.Record{
		ID: id, Title: f.Dataset.Title.String(), Digest: hash(version, f.Digest),
		Dataset: f.Dataset, Problems: f.Problems, Distributions: f.Distributions,
		Raw: func() ([]byte, string) { return f.Turtle(), "text/turtle" },
	}
	d := &rec.Dataset
	d.URI = cmp.Or(d.URI, f.URI)
	if d.Holder.IsZero() && d.Publisher.IsZero() && !info.Publisher.IsZero() {
		d.Publisher = info.Publisher
		rec.Digest = hash(rec.Digest, info.Publisher.Identifier, info.Publisher.Name.String())
		rec.Problems = append(rec.Problems, catalog.Problemf("dct:publisher", info.Publisher.Name.String(), "publisher-from-catalogue",
			"Il dataset non indica né titolare né editore: è stato preso l'editore del catalogo.",
			"The dataset names neither rights holder nor publisher: the catalogue's publisher was taken.").
			WithMend("Indicare il titolare (dct:rightsHolder) di ogni dataset.", "Name the rights holder (dct:rightsHolder) of each dataset."))
	}
	return rec
}

// recordID returns what a dataset is known by over harvests: its URI, else its
// identifier, else its title and holder.
func recordID(f *dcat.Found) string {
	d := &f.Dataset
	if id := cmp.Or(f.URI, d.Identifier); id != "" {
		return id
	}
	return "sha256:" + hash(d.Title.String(), d.Holder.Identifier, d.Holder.Name.String())
}

func hash(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		_, _ = h.Write(append([]byte(p), 0)) // a hash never fails
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}
