package search

import (
	"cmp"
	"strings"

	"portico/catalog"
	"portico/dcat/vocab"
)

// municipalities returns the places that d is about, by name, so that one can
// be chosen: those that it names, or else the municipality that holds it.
func municipalities(d *catalog.Dataset) []string {
	var out []string
	for i := range d.Spatial {
		p := &d.Spatial[i]
		name := p.Name.String()
		if name == "" && p.URI != "" {
			if v, ok := vocab.Place(p.URI); ok {
				name = cmp.Or(v.Label["it"], v.Label["en"])
			}
		}
		out = append(out, name)
	}
	if out = known(out); len(out) > 0 {
		return out
	}
	holder := d.Holder.Name.String()
	for _, begins := range []string{"comune di ", "città di "} {
		if len(holder) > len(begins) && strings.EqualFold(holder[:len(begins)], begins) {
			return []string{holder}
		}
	}
	return nil
}
