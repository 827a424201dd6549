package dcat

import (
	"path"
	"strings"

	"portico/catalog"
	"portico/dcat/vocab"
)

// licenses gives the dataset its licence and each distribution one. A licence
// that the source states is kept, even when it is not known here.
func (c *completion) licenses() {
	d := c.d
	canonical(&d.License)
	if d.License == "" {
		if v, ok := vocab.License(d.LicenseID); ok && d.LicenseID != "" {
			d.License = v.URL
		}
	}
	for i := range d.Distributions {
		c.license(&d.Distributions[i])
	}
	if d.License == "" {
		d.License = catalog.CommonLicense(d.Distributions)
	}
	if v, ok := vocab.License(d.License); ok && d.LicenseID == "" {
		d.LicenseID = v.CKAN
	}
}

func (c *completion) license(x *catalog.Distribution) {
	canonical(&x.License)
	if x.License == "" && c.d.License != "" {
		x.License = c.d.License
		c.note(catalog.Problemf("dct:license", x.License, "licence-from-dataset",
			"La licenza è indicata solo sul dataset: è stata copiata su ogni distribuzione.", "The licence is on the dataset alone: it was copied to every distribution."))
	}
	if v, ok := vocab.License(c.def.License); ok && x.License == "" {
		x.License = v.URL
		c.note(catalog.Problemf("dct:license", v.URL, "licence-default",
			"Manca la licenza: è stata presa quella indicata per la fonte.", "There is no licence: the one given for the source was taken."))
	}
}

// canonical writes a known licence by the address of its document, and takes
// away one that says that nothing is known.
func canonical(s *string) {
	if v, ok := vocab.License(*s); ok {
		*s = v.URL
		return
	}
	switch strings.ToLower(path.Base(*s)) {
	case "c1_unknown", "c11_unknown", "c_unknown", "notspecified", "unknown":
		*s = ""
	}
}
