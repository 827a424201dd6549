package dcat

import (
	"io"
	"strings"

	"portico/catalog"
	"portico/internal/rdf"
)

// WriteCatalogWhole is WriteCatalog without fragments: each dataset is described
// in the page that it is on, and nothing is put together from texts.
func (as Profile) WriteCatalogWhole(w io.Writer, f rdf.Format, site catalog.Site, p Page, ds []*catalog.Dataset) error {
	out, err := rdf.NewWriter(w, f, as.prefixes())
	if err != nil {
		return err
	}
	b := newBuilder(site, as.dialect())
	uris, dists := make([]string, len(ds)), make([][]string, len(ds))
	for i, d := range ds {
		uris[i], dists[i] = b.reserve(namesOf(d, site))
	}
	c := b.catalog(p, ds)
	for _, uri := range uris {
		c.iri(pDataset, rdf.NewIRI(uri))
	}
	if err := out.Write(append(c.ts, b.built()...)); err != nil {
		return err
	}
	if p.Total > 0 && p.Link != nil {
		if err := out.Write(paging(p)); err != nil {
			return err
		}
	}
	for i, d := range ds {
		if err := out.Write(b.describe(d, uris[i], dists[i])); err != nil {
			return err
		}
	}
	return out.Close()
}

// ShortName writes the IRI of a property or class with its prefix, as findings
// name it; others are as they are.
func ShortName(iri string) string {
	for prefix, ns := range tablePrefixes {
		if local, ok := strings.CutPrefix(iri, ns); ok {
			return prefix + ":" + local
		}
	}
	return iri
}
