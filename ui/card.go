package ui

import (
	"cmp"
	"slices"
	"strings"

	"portico/catalog"
	"portico/dcat/vocab"
)

// A card is a dataset in a list.
type card struct {
	URL       string // without the language
	Title     catalog.Text
	Excerpt   string
	Source    catalog.Text // what Excerpt was made of
	Holder    string
	Modified  catalog.Date
	Frequency string
	Formats   []string
	License   string // in short
	Files     int
	Rows      int64 // of its largest table
	HighValue bool
	// Where the words of a question stand, in a list that answers one.
	Marked, ExcerptMarked []piece
	Why                   []reason
}

func (s *Server) card(r *request, d *catalog.Dataset) card {
	c := card{
		URL: "/dataset/" + d.Name, Title: d.Title, Excerpt: s.plain(r.in(d.Description), excerptLength), Source: d.Description,
		Holder: holderName(r.speaker, d), Modified: d.Modified, Frequency: r.frequency(d.Frequency),
		Formats: formatsOf(d), License: licenseOf(d).Short, Files: len(d.Distributions), HighValue: len(d.HVD) > 0,
	}
	for _, x := range d.Distributions {
		if x.Table != nil {
			c.Rows = max(c.Rows, x.Table.Rows)
		}
	}
	return c
}

func (s *Server) cards(r *request, ds []*catalog.Dataset) []card {
	var out []card
	for _, d := range ds {
		out = append(out, s.card(r, d))
	}
	return out
}

// holderName returns who holds d, or else who publishes it.
func holderName(p speaker, d *catalog.Dataset) string {
	return cmp.Or(p.in(d.Holder.Name), d.Holder.Identifier, p.in(d.Publisher.Name))
}

// frequency returns an update frequency in words, or "".
func (p speaker) frequency(code string) string {
	f, ok := vocab.Frequency(code)
	if !ok || f.Code == "UNKNOWN" || f.Code == "OTHER" {
		return ""
	}
	return cmp.Or(p.words["frequency."+f.Code], p.label(f.Label))
}

// formatOf returns the format of x as people call it, and as the facet of
// formats does.
func formatOf(x *catalog.Distribution) string { return cmp.Or(x.FormatLabel, x.Format) }

// formatsOf returns the formats of a dataset, each once, in their order.
func formatsOf(d *catalog.Dataset) []string {
	var out []string
	for i := range d.Distributions {
		if f := formatOf(&d.Distributions[i]); f != "" && !slices.Contains(out, f) {
			out = append(out, f)
		}
	}
	return out
}

// A license is what a dataset may be used for.
type license struct {
	URL   string
	Name  catalog.Text
	Short string // such as "CC BY 4.0"
	Kind  string // "public", "by", "sa", "closed" or "unknown"
}

// licenseOf returns the licence of a dataset as a whole, or that of its first
// distribution with one.
func licenseOf(d *catalog.Dataset) license {
	refs := []string{d.License, d.LicenseID}
	for _, x := range d.Distributions {
		refs = append(refs, x.License)
	}
	for _, ref := range refs {
		if ref != "" {
			return licenseNamed(ref)
		}
	}
	return license{Kind: "unknown"}
}

func licenseNamed(ref string) license {
	l, ok := vocab.License(ref)
	if !ok {
		out := license{Kind: "unknown", Short: shorten(ref, 40)}
		if isWeb(ref) {
			out.URL, out.Short = ref, hostOf(ref)
		}
		return out
	}
	out := license{URL: l.URL, Name: catalog.Text{"it": l.Name, "en": l.NameEN}, Short: l.Name, Kind: "closed"}
	if i := strings.LastIndexByte(l.Name, '('); i >= 0 && strings.HasSuffix(l.Name, ")") {
		out.Short = l.Name[i+1 : len(l.Name)-1]
	}
	switch {
	case !l.Open:
	case l.TypeName == "PublicDomain":
		out.Kind = "public"
	case l.TypeName == "Attribution":
		out.Kind = "by"
	case strings.Contains(l.TypeName, "ShareAlike"):
		out.Kind = "sa"
	}
	return out
}
