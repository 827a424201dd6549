package search

import (
	"cmp"
	"strconv"
	"strings"
	"time"

	"portico/catalog"
	"portico/dcat"
	"portico/dcat/vocab"
)

const (
	// ExtraPrefix begins the fields of extras: "extra:KEY".
	ExtraPrefix = "extra:"
	// WordsPrefix begins the fields of their words: "words:KEY".
	WordsPrefix = "words:"
)

// NewDocument returns d as engines see it. The organization's name and title
// are "" where it has none.
func NewDocument(d *catalog.Dataset, orgName, orgTitle string) Document {
	doc := Document{
		ID:      d.ID,
		Strings: exactValues(d, orgName),
		Texts:   map[Field][]string{},
		Dates:   map[Field]time.Time{},
		Ints:    map[Field]int64{Distributions: int64(len(d.Distributions)), Keywords: int64(len(d.Keywords))},
	}
	for f, texts := range map[Field][]string{
		Title:       everyLanguage(d.Title),
		Description: everyLanguage(d.Description),
		All:         everything(d, orgName, orgTitle),
	} {
		if len(texts) > 0 {
			doc.Texts[f] = texts
		}
	}
	ckanTexts(doc.Texts, d, orgName)
	for f, t := range map[Field]time.Time{Created: d.Created, Updated: d.Updated, Modified: d.Modified.Time()} {
		if !t.IsZero() {
			doc.Dates[f] = t.UTC().Truncate(time.Millisecond)
		}
	}
	return doc
}

func exactValues(d *catalog.Dataset, orgName string) map[Field][]string {
	visibility, kind := "public", d.Kind
	if d.Private {
		visibility = "private"
	}
	if kind == "" {
		kind = "dataset"
	}
	holder := d.Holder.Identifier
	if holder == "" {
		holder = d.Holder.Name.String()
	}
	values := map[Field][]string{}
	for f, vs := range map[Field][]string{
		Name: {d.Name}, TitleSort: {d.Title.String()}, Kind: {kind},
		Visibility: {visibility}, State: {string(d.State)},
		Organization: {orgName}, OrgID: {d.Organization},
		Holder: {holder}, HolderName: {d.Holder.Name.String()},
		Theme: themes(d), Group: d.Groups, Keyword: keywords(d), Format: formats(d),
		License: {d.LicenseID}, Frequency: {d.Frequency}, HVD: d.HVD, Municipality: municipalities(d), Stars: stars(d),
		URL: {d.LandingPage}, Version: {d.Version}, Creator: {d.Creator},
		DistributionURL: d.OfEach((*catalog.Distribution).URL), DistributionType: d.OfEach(resourceType), Column: columns(d),
	} {
		if vs = known(vs); len(vs) > 0 {
			values[f] = vs
		}
	}
	boxOf(values, d)
	for _, x := range d.FreeExtras() {
		values[Field(ExtraPrefix+x.Key)] = append(values[Field(ExtraPrefix+x.Key)], x.Value)
	}
	return values
}

// known returns the values that are not blank, each once.
func known(vs []string) []string {
	var out []string
	seen := map[string]bool{"": true}
	for _, v := range vs {
		if !seen[v] {
			seen[v] = true
			out = append(out, v)
		}
	}
	return out
}

func themes(d *catalog.Dataset) []string {
	var out []string
	for _, t := range d.Themes {
		out = append(out, t.Code)
	}
	return out
}

// themeLabels returns the names of the themes in a language.
func themeLabels(d *catalog.Dataset, lang string) []string {
	var out []string
	for _, t := range d.Themes {
		if theme, ok := vocab.Theme(t.Code); ok {
			out = append(out, theme.Label[lang])
		}
	}
	return out
}

func keywords(d *catalog.Dataset) []string {
	var out []string
	for _, k := range d.Keywords {
		out = append(out, k.Name)
	}
	return out
}

// formats returns the formats as people are shown them.
func formats(d *catalog.Dataset) []string {
	var out []string
	for i := range d.Distributions {
		x := &d.Distributions[i]
		if x.FormatLabel != "" {
			out = append(out, x.FormatLabel)
		} else {
			out = append(out, x.Format)
		}
	}
	return out
}

// stars returns how open d is.
func stars(d *catalog.Dataset) []string {
	if n := dcat.Stars(d); n > 0 {
		return []string{strconv.Itoa(n)}
	}
	return nil
}

// columns returns the names of the columns of all tables.
func columns(d *catalog.Dataset) []string {
	var out []string
	for i := range d.Distributions {
		if t := d.Distributions[i].Table; t != nil {
			for _, c := range t.Columns {
				out = append(out, strings.TrimSpace(cmp.Or(c.Title.String(), c.Header, c.Name)))
			}
		}
	}
	return out
}

func places(d *catalog.Dataset) []string {
	var out []string
	for _, p := range d.Spatial {
		out = append(out, p.Name.String())
	}
	return out
}

func everyLanguage(t catalog.Text) []string {
	var out []string
	for _, lang := range t.Languages() {
		out = append(out, t[lang])
	}
	return known(out)
}

// everything gathers all that somebody may look for.
func everything(d *catalog.Dataset, orgName, orgTitle string) []string {
	out := everyLanguage(d.Title)
	out = append(out, everyLanguage(d.Description)...)
	out = append(out, keywords(d)...)
	for _, t := range d.Themes {
		if theme, ok := vocab.Theme(t.Code); ok {
			out = append(out, theme.Label["it"], theme.Label["en"])
		}
	}
	out = append(out, everyLanguage(d.Holder.Name)...)
	out = append(out, d.Holder.Identifier, orgTitle, orgName, d.Name, d.Identifier)
	out = append(out, d.Groups...)
	for i := range d.Distributions {
		out = append(out, distribution(&d.Distributions[i])...)
	}
	out = append(out, places(d)...)
	for _, x := range d.FreeExtras() {
		out = append(out, x.Value)
	}
	return known(out)
}

func distribution(x *catalog.Distribution) []string {
	out := everyLanguage(x.Title)
	out = append(out, everyLanguage(x.Description)...)
	out = append(out, x.Format, x.FormatLabel)
	if x.Table == nil {
		return out
	}
	for _, c := range x.Table.Columns {
		if c.Header != "" {
			out = append(out, c.Header)
		} else {
			out = append(out, c.Name)
		}
		out = append(out, everyLanguage(c.Title)...)
	}
	return out
}
