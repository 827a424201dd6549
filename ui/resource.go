package ui

import (
	"cmp"
	"strconv"

	"portico/catalog"
)

// A resourcePage looks inside one distribution.
type resourcePage struct {
	frame
	D          *catalog.Dataset
	Dataset    linkView
	Heading    string
	Lang       string
	File       fileView
	Holder     string
	License    license
	Facts      []fact
	Preview    *preview
	Down       bool // the rows cannot be read just now
	Columns    []columnView
	TableNotes []string
	Siblings   []linkView
	APIs       []apiLink
}

// A columnView explains a column of a table.
type columnView struct {
	Name, Header, Title, Type, Unit string
}

// An apiLink is an address that a program would ask.
type apiLink struct{ Label, URL string }

func (s *Server) resource(r *request) (view, error) {
	d, err := s.Datasets.Dataset(r.ctx, r.param("id"))
	if err != nil {
		return view{}, err
	}
	x := distribution(d, r.param("rid"))
	if x == nil {
		return view{}, catalog.Errorf(catalog.NotFound, "resource %s", r.param("rid"))
	}
	f := s.file(r, d, x)
	p := &resourcePage{
		D: d, Dataset: linkView{Text: cmp.Or(r.in(d.Title), d.Name), URL: "/dataset/" + d.Name},
		Heading: f.Title, Lang: f.Lang, File: f, Holder: holderName(r.speaker, d), License: f.License, Facts: resourceFacts(r, x),
	}
	if p.License.Short == "" {
		p.License = licenseOf(d)
	}
	if f.HasTable {
		s.table(r, x.Table, p)
	}
	for i := range d.Distributions {
		if y := &d.Distributions[i]; y.ID != x.ID {
			p.Siblings = append(p.Siblings, linkView{Text: fileTitle(r, y), URL: "/dataset/" + d.Name + "/resource/" + y.ID})
		}
	}
	p.APIs = resourceAPIs(d, x, f)
	p.Section, p.Title = "dataset", p.Heading+" – "+p.Dataset.Text
	p.Description = s.plain(r.in(x.Description), 160)
	p.Crumbs = []crumb{{r.text("list.title"), "/dataset"}, {p.Dataset.Text, p.Dataset.URL}, {Title: p.Heading}}
	p.Canonical = f.URL
	return view{template: "resource", data: p, uncached: p.Down}, nil
}

func distribution(d *catalog.Dataset, id string) *catalog.Distribution {
	for i := range d.Distributions {
		if d.Distributions[i].ID == id {
			return &d.Distributions[i]
		}
	}
	return nil
}

// table shows rows and columns of the snapshot t.
func (s *Server) table(r *request, t *catalog.Table, p *resourcePage) {
	p.TableNotes = t.Notes
	for _, c := range t.Columns {
		p.Columns = append(p.Columns, columnView{
			Name: c.Name, Header: c.Header, Title: r.in(c.Title), Type: r.text("type." + string(c.Type)), Unit: c.Unit,
		})
	}
	if s.Tables == nil {
		return
	}
	page, err := strconv.Atoi(r.query.Get("page"))
	if err != nil || page < 1 {
		page = 1
	}
	var failed error
	if p.Preview, failed = s.preview(r, t, page, p.File.URL); failed != nil {
		s.Log.ErrorContext(r.ctx, "rows cannot be shown", "error", failed, "table", t.Hash)
		p.Preview, p.Down = nil, true
	}
}

func resourceFacts(r *request, x *catalog.Distribution) []fact {
	var out []fact
	add := func(key, text string) {
		if text != "" {
			out = append(out, fact{Label: r.text("fact." + key), Text: text})
		}
	}
	add("issued", r.date(x.Issued))
	add("modified", r.date(x.Modified))
	if x.File != nil {
		add("fetched", r.date(x.File.Fetched))
	}
	add("mediatype", x.MediaType)
	add("languages", r.languages(x.Languages))
	if !isWeb(x.Rights) {
		add("rights", x.Rights)
	}
	if x.Checksum.Value != "" {
		add("checksum", x.Checksum.Algorithm+" "+x.Checksum.Value)
	}
	add("id", x.ID)
	out = appendLinks(out, r.text("fact.pages"), x.Pages...)
	return appendStandards(out, r, x.ConformsTo)
}

func resourceAPIs(d *catalog.Dataset, x *catalog.Distribution, f fileView) []apiLink {
	out := []apiLink{
		{"resource_show", apiURL("resource_show", "id", x.ID)},
		{"package_show", apiURL("package_show", "id", d.Name)},
	}
	if f.HasTable {
		out = append([]apiLink{{"datastore_search", apiURL("datastore_search", "resource_id", x.ID, "limit", "100")}}, out...)
	}
	return out
}
