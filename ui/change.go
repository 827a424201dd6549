package ui

import (
	"cmp"
	"strings"

	"portico/catalog"
)

// A change is one thing that an update changed. Old and New are empty where
// there is nothing to set side by side.
type change struct{ Label, Old, New string }

// Short returns the change in a line, or "" where it is too long for one.
func (c change) Short() string {
	const most = 160
	out := cmp.Or(c.New, c.Old)
	if c.Old != "" && c.New != "" {
		out = c.Old + " → " + c.New
	}
	if len([]rune(out)) > most {
		return ""
	}
	return out
}

// maxChange bounds what is shown of a long text.
const maxChange = 1200

// changes returns what differs between two states of a dataset, in the order of
// its page. Dates of the record itself are no change.
func (r *request) changes(was, is *catalog.Dataset) []change {
	before, after := r.outline(was), r.outline(is)
	var out []change
	for i := range after {
		if before[i].Text != after[i].Text {
			out = append(out, change{after[i].Label, shorten(before[i].Text, maxChange), shorten(after[i].Text, maxChange)})
		}
	}
	return append(out, r.fileChanges(was, is)...)
}

// outline is what a dataset says, a line a field; it has the same lines for
// every dataset.
func (r *request) outline(d *catalog.Dataset) []fact {
	var themes, keywords, contacts []string
	for _, t := range d.Themes {
		themes = append(themes, t.Code)
	}
	for _, k := range d.Keywords {
		keywords = append(keywords, k.Name)
	}
	for _, c := range d.Contacts {
		contacts = append(contacts, strings.Join(strings.Fields(r.in(c.Name)+" "+c.Email+" "+c.Telephone), " "))
	}
	list := func(s []string) string { return strings.Join(s, ", ") }
	return []fact{
		{Label: r.text("history.field.title"), Text: everyText(d.Title)},
		{Label: r.text("dataset.description"), Text: everyText(d.Description)},
		{Label: r.text("facet.holder"), Text: cmp.Or(r.in(d.Holder.Name), d.Holder.Identifier)},
		{Label: r.text("fact.publisher"), Text: cmp.Or(r.in(d.Publisher.Name), d.Publisher.Identifier)},
		{Label: r.text("dataset.modified"), Text: r.date(d.Modified)},
		{Label: r.text("fact.issued"), Text: r.date(d.Issued)},
		{Label: r.text("dataset.frequency"), Text: cmp.Or(r.frequency(d.Frequency), d.Frequency)},
		{Label: r.text("dataset.license"), Text: licenseOf(d).Short},
		{Label: r.text("dataset.themes"), Text: list(r.themeNames(themes))},
		{Label: r.text("dataset.keywords"), Text: list(keywords)},
		{Label: r.text("dataset.contact"), Text: list(contacts)},
		{Label: r.text("fact.temporal"), Text: r.periods(d.Temporal)},
		{Label: r.text("fact.spatial"), Text: r.places(d.Spatial)},
		{Label: r.text("fact.languages"), Text: r.languages(d.Languages)},
		{Label: r.text("hvd.long"), Text: list(highValue(r.speaker, d))},
		{Label: r.text("fact.version"), Text: d.Version},
		{Label: r.text("fact.identifier"), Text: d.Identifier},
		{Label: r.text("fact.landing"), Text: d.LandingPage},
	}
}

// everyText is a text in all of its languages.
func everyText(t catalog.Text) string {
	var out []string
	for _, l := range t.Languages() {
		out = append(out, t[l])
	}
	return strings.Join(out, " / ")
}

// fileChanges tells which files came, went and changed.
func (r *request) fileChanges(was, is *catalog.Dataset) []change {
	var out []change
	for i := range is.Distributions {
		x := &is.Distributions[i]
		old := distribution(was, x.ID)
		if old == nil {
			out = append(out, change{Label: r.text("history.file.new"), New: r.fileLine(x)})
			continue
		}
		if a, b := r.fileLine(old), r.fileLine(x); a != b {
			out = append(out, change{r.text("history.file.changed"), a, b})
		} else if contentOf(old) != contentOf(x) {
			out = append(out, change{r.text("history.file.data"), a, b})
		}
	}
	for i := range was.Distributions {
		if x := &was.Distributions[i]; distribution(is, x.ID) == nil {
			out = append(out, change{Label: r.text("history.file.gone"), Old: r.fileLine(x)})
		}
	}
	return out
}

// fileLine is a file in a line.
func (r *request) fileLine(x *catalog.Distribution) string {
	parts := []string{fileTitle(r, x)}
	if f := formatOf(x); f != "" && !strings.Contains(parts[0], f) {
		parts = append(parts, f)
	}
	if x.Table != nil && x.Table.Hash != "" {
		parts = append(parts, r.count("rows", x.Table.Rows), r.count("columns", len(x.Table.Columns)))
	} else if x.File != nil && x.File.Size > 0 {
		parts = append(parts, r.bytes(x.File.Size))
	}
	return strings.Join(parts, ", ")
}

// contentOf tells the bytes of files apart.
func contentOf(x *catalog.Distribution) string {
	key := x.DownloadURL
	if x.File != nil {
		key += " " + x.File.Hash
	}
	if x.Table != nil {
		key += " " + x.Table.Hash
	}
	return key
}
