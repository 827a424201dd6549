package ui

import (
	"cmp"
	"strings"

	"portico/catalog"
	"portico/dcat/vocab"
)

// facts are the metadata of a dataset in words, in the order in which one
// would ask: who, when, where, and then what is for the careful.
func (s *Server) facts(r *request, d *catalog.Dataset) []fact {
	var out []fact
	add := func(key, text string) {
		if text != "" {
			out = append(out, fact{Label: r.text("fact." + key), Text: text})
		}
	}
	add("publisher", cmp.Or(r.in(d.Publisher.Name), d.Publisher.Identifier))
	var creators []string
	for _, c := range d.Creators {
		if name := cmp.Or(r.in(c.Name), c.Identifier); name != "" {
			creators = append(creators, name)
		}
	}
	add("creator", strings.Join(creators, ", "))
	add("promise", r.promise(d, s.now()))
	add("issued", r.date(d.Issued))
	add("temporal", r.periods(d.Temporal))
	add("spatial", r.places(d.Spatial))
	add("languages", r.languages(d.Languages))
	if a, ok := vocab.AccessRight(d.AccessRights); ok && d.AccessRights != "" {
		add("access", capital(r.label(a.Label)))
	}
	add("version", d.Version)
	add("identifier", d.Identifier)
	out = appendLinks(out, r.text("fact.landing"), d.LandingPage)
	out = appendLinks(out, r.text("fact.pages"), d.Pages...)
	return appendStandards(out, r, d.ConformsTo)
}

// appendLinks adds a fact that is addresses; what is no address of the web is
// left out.
func appendLinks(facts []fact, label string, urls ...string) []fact {
	var links []linkView
	for _, u := range urls {
		if isWeb(u) {
			links = append(links, linkView{Text: hostOf(u), URL: u})
		}
	}
	if len(links) == 0 {
		return facts
	}
	return append(facts, fact{Label: label, Links: links})
}

func appendStandards(facts []fact, r *request, standards []catalog.Standard) []fact {
	var f fact
	for _, s := range standards {
		name := cmp.Or(r.in(s.Title), s.Identifier, s.URI)
		switch {
		case name == "":
		case isWeb(s.URI):
			f.Links = append(f.Links, linkView{Text: name, URL: s.URI})
		default:
			f.Text = strings.TrimPrefix(f.Text+", "+name, ", ")
		}
	}
	if f.Text == "" && len(f.Links) == 0 {
		return facts
	}
	f.Label = r.text("fact.standards")
	return append(facts, f)
}

func (p speaker) periods(ps []catalog.Period) string {
	var out []string
	for _, x := range ps {
		start, end := p.date(x.Start), p.date(x.End)
		switch {
		case start != "" && end != "":
			out = append(out, p.text("period.both", start, end))
		case start != "":
			out = append(out, p.text("period.from", start))
		case end != "":
			out = append(out, p.text("period.to", end))
		}
	}
	return strings.Join(out, "; ")
}

// places names places; a geometry without a name says nothing to people.
func (p speaker) places(ps []catalog.Place) string {
	var out []string
	for _, x := range ps {
		name := p.in(x.Name)
		if v, ok := vocab.Place(x.URI); name == "" && ok && x.URI != "" {
			name = p.label(v.Label)
		}
		if name != "" {
			out = append(out, name)
		}
	}
	return strings.Join(out, ", ")
}

func (p speaker) languages(codes []string) string {
	var out []string
	for _, code := range codes {
		if l, ok := vocab.Language(code); ok {
			out = append(out, capital(p.label(l.Label)))
		}
	}
	return strings.Join(out, ", ")
}
