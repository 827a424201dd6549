package dcat

import (
	"slices"

	"portico/catalog"
)

// Completed returns a copy of d that Complete has completed; d stays as it is.
// The notes on a dataset that was written here are made anew, while those of a
// harvested one also tell what its connector found.
func Completed(d *catalog.Dataset, def Defaults) *catalog.Dataset {
	full := *d
	full.Notes = slices.Clone(d.Notes)
	if d.Origin.Source == "" {
		full.Notes = nil
	}
	full.Creators, full.Contacts = slices.Clone(d.Creators), slices.Clone(d.Contacts)
	full.ConformsTo, full.Legislation = slices.Clone(d.ConformsTo), slices.Clone(d.Legislation)
	full.Spatial = slices.Clone(d.Spatial)
	full.Distributions = slices.Clone(d.Distributions)
	for i := range full.Distributions {
		x := &full.Distributions[i]
		x.ConformsTo, x.Legislation = slices.Clone(x.ConformsTo), slices.Clone(x.Legislation)
	}
	Complete(&full, def)
	return &full
}

// Fed returns d as it goes into a feed: completed, and when nothing says when
// the data changed, dated by its record. o is the organization under which d
// is published, or nil; where d says nothing of its holder, it is that.
func Fed(d *catalog.Dataset, o *catalog.Organization, def Defaults) *catalog.Dataset {
	full := Completed(d, def.In(o))
	if full.Modified == "" {
		full.Modified = catalog.DateOf(d.Updated)
	}
	return full
}

// In returns def for what is published under o, whose body is the holder then;
// o may be nil.
func (def Defaults) In(o *catalog.Organization) Defaults {
	if o != nil {
		def.Holder = catalog.Agent{Identifier: o.Identifier, Name: o.Title}
	}
	return def
}
