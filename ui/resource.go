package ui

import (
	"cmp"

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
	Tools      *tableTools // nil = there is nothing to choose
	Down       bool        // the rows cannot be read just now
	Columns    []columnView
	Profile    *profileView
	Chart      *chartView
	Map        *mapView
	TableNotes []string
	Versions   []versionView
	Links      []linkStateView
	Siblings   []linkView
	APIs       []apiLink
	Guide      string // the page about the API of the table; "" = there is none
	Snippets   []snippet
}

// A columnView explains a column of a table.
type columnView struct {
	Name, Header, Title, Type, Unit, Description string
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
	if x.Table != nil {
		s.weigh(r.ctx, x.Table)
	}
	f := s.file(r, d, x)
	p := &resourcePage{
		D: d, Dataset: linkView{Text: cmp.Or(r.in(d.Title), d.Name), URL: "/dataset/" + d.Name},
		Heading: f.Title, Lang: f.Lang, File: f, Holder: holderName(r.speaker, d), License: f.License, Facts: resourceFacts(r, x),
	}
	if p.License.Short == "" {
		p.License = licenseOf(d)
	}
	settled := true
	if f.HasTable {
		s.table(r, x, p)
		p.Versions, settled = s.versions(r, x, f.URL)
	}
	p.Siblings = siblings(r, d, x)
	if p.Links, err = s.linkStates(r, x); err != nil {
		return view{}, err
	}
	p.APIs, p.Guide = resourceAPIs(d, x, f), s.guideOf(f)
	p.Hidden = r.URL.RawQuery != "" // only the first page of the whole table is to be found
	p.Section, p.Title = "dataset", p.Heading+" – "+p.Dataset.Text
	p.Description = s.plain(r.in(x.Description), 160)
	p.Crumbs = []crumb{{r.text("list.title"), "/dataset"}, {p.Dataset.Text, p.Dataset.URL}, {Title: p.Heading}}
	p.Canonical = f.URL
	return view{template: "resource", data: p, uncached: p.Down || !settled || x.Table != nil && x.Table.Written || p.Profile != nil && p.Profile.Pending}, nil
}

func distribution(d *catalog.Dataset, id string) *catalog.Distribution {
	for i := range d.Distributions {
		if d.Distributions[i].ID == id {
			return &d.Distributions[i]
		}
	}
	return nil
}

// siblings returns the other distributions of d, for whoever came from outside
// and has not seen the dataset.
func siblings(r *request, d *catalog.Dataset, x *catalog.Distribution) []linkView {
	var out []linkView
	for i := range d.Distributions {
		if y := &d.Distributions[i]; y.ID != x.ID {
			out = append(out, linkView{Text: fileTitle(r, y), URL: "/dataset/" + d.Name + "/resource/" + y.ID})
		}
	}
	return out
}

// table shows rows and columns of the table of x.
func (s *Server) table(r *request, x *catalog.Distribution, p *resourcePage) {
	p.TableNotes = x.Table.Notes
	if s.Tables == nil {
		p.dictionary(r, x.Table.Columns)
		return
	}
	tab, failed := s.openTable(r, x)
	if failed == nil {
		p.File.Rows, p.File.Columns = tab.total, len(tab.columns)
		p.Preview, p.Tools, failed = s.preview(r, tab, p.File.URL)
		s.numberRows(p.Preview, p.D, x, tab.numbers)
	}
	if failed != nil {
		s.Log.ErrorContext(r.ctx, "rows cannot be shown", "error", failed, "table", x.Table.Hash)
		p.dictionary(r, x.Table.Columns)
		p.Preview, p.Tools, p.Down = nil, nil, true
		return
	}
	p.dictionary(r, tab.columns)
	s.lookInto(r, tab, p)
	p.Map = s.mapOf(r, tab, p)
	p.Snippets = s.snippets(r, tab, p)
}

func (p *resourcePage) dictionary(r *request, columns []catalog.Column) {
	for _, c := range columns {
		p.Columns = append(p.Columns, columnView{
			Name: c.Name, Header: c.Header, Title: r.in(c.Title), Type: r.text("type." + string(c.Type)), Unit: c.Unit, Description: r.in(c.Description),
		})
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
