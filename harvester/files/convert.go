package files

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"unicode"

	"portico/catalog"
	"portico/dcat"
	"portico/dcat/vocab"
	"portico/harvester"
	"portico/tabular"
)

// version changes when convert makes something else of the same files.
const version = "files/1"

// A group is the files of one dataset.
type group struct {
	id    string
	items []item
}

// groups puts together the files that a sheet says are one dataset, and those
// in one folder that differ in their extension alone.
func groups(s *shelf, sh *sheets) []group {
	together := make(map[string]string)
	for _, paths := range sh.groups {
		for _, p := range paths {
			together[strings.ToLower(p)] = stem(paths[0])
		}
	}
	var out []group
	at := make(map[string]int)
	for _, it := range s.items {
		id := cmp.Or(together[strings.ToLower(it.path)], stem(it.path))
		if it.url != "" {
			id = cmp.Or(together[strings.ToLower(it.path)], it.url)
		}
		key := strings.ToLower(id)
		if i, ok := at[key]; ok {
			out[i].items = append(out[i].items, it)
			continue
		}
		at[key] = len(out)
		out = append(out, group{id: id, items: []item{it}})
	}
	return out
}

// convert makes a record of a group. Files that cannot be opened make it fail;
// files that hold no table do not, for not all data are tables.
func convert(ctx context.Context, g group, sh *sheets) (harvester.Record, error) {
	m := sh.of(g.items[0].path)
	rec := harvester.Record{ID: g.id, Distributions: len(g.items), Problems: slices.Clone(sh.problems)}
	c := conversion{m: m, rec: &rec}
	h := sha256.New()
	_, _ = h.Write([]byte(g.facts(sh))) // a hash never fails
	c.dataset(g)
	for _, it := range g.items {
		sum, err := c.distribution(ctx, it)
		if err != nil {
			return rec, err
		}
		_, _ = h.Write(sum)
	}
	rec.Digest = hex.EncodeToString(h.Sum(nil)[:16])
	rec.Title = rec.Dataset.Title.String()
	rec.Raw = func() ([]byte, string) { return []byte(g.facts(sh)), "application/json" }
	return rec, nil
}

// facts returns what is said of a group, and how it is read, beside its bytes.
func (g *group) facts(sh *sheets) string {
	said, err := json.Marshal([]any{version, g.id, sh.of(g.items[0].path)})
	if err != nil {
		return "" // not of a map of texts
	}
	if t := g.items[0].title; t != "" {
		said = append(said, t...)
	}
	return string(said)
}

type conversion struct {
	m   meta
	rec *harvester.Record
}

func (c *conversion) dataset(g group) {
	m, d := c.m, &c.rec.Dataset
	d.Title = catalog.It(cmp.Or(m.one("title"), g.items[0].title, titleOf(g.items[0].path)))
	d.Description = catalog.It(m.one("description"))
	d.Identifier = m.one("identifier")
	d.Holder = catalog.Agent{Identifier: strings.ToLower(m.one("ipa")), Name: catalog.It(m.one("holder"))}
	d.Publisher = catalog.Agent{Identifier: strings.ToLower(m.one("publisherid")), Name: catalog.It(m.one("publisher"))}
	d.LandingPage = m.one("url")
	for _, k := range m["keywords"] {
		d.Keywords = append(d.Keywords, catalog.Keyword{Name: k})
	}
	c.codes()
	if m.one("email") != "" || m.one("contact") != "" {
		d.Contacts = []catalog.Contact{{Name: catalog.It(m.one("contact")), Email: strings.TrimPrefix(m.one("email"), "mailto:")}}
	}
	if s := m.one("place"); s != "" {
		d.Spatial = []catalog.Place{{Name: catalog.It(s)}}
		if p, ok := vocab.Place(s); ok {
			d.Spatial[0] = catalog.Place{URI: p.IRI}
		}
	}
	c.dates(g)
}

// codes reads the fields that a vocabulary rules.
func (c *conversion) codes() {
	m, d := c.m, &c.rec.Dataset
	for _, s := range m["theme"] {
		if t, ok := vocab.Theme(s); ok {
			d.Themes = append(d.Themes, catalog.Theme{Code: t.Code})
			continue
		}
		c.unknown("dcat:theme", s)
	}
	for _, s := range m["language"] {
		if l, ok := vocab.Language(s); ok {
			d.Languages = append(d.Languages, l.Code)
			continue
		}
		c.unknown("dct:language", s)
	}
	if s := m.one("frequency"); s != "" {
		f, ok := vocab.Frequency(s)
		if d.Frequency = f.Code; !ok {
			c.unknown("dct:accrualPeriodicity", s)
		}
	}
	if s := m.one("license"); s != "" {
		if l, ok := vocab.License(s); ok {
			d.License, d.LicenseID = l.URL, l.CKAN
		} else {
			c.unknown("dct:license", s)
		}
	}
}

func (c *conversion) dates(g group) {
	d := &c.rec.Dataset
	d.Issued, d.Modified = c.date("dct:issued", "issued"), c.date("dct:modified", "modified")
	if p := (catalog.Period{Start: c.date("dct:temporal", "start"), End: c.date("dct:temporal", "end")}); p != (catalog.Period{}) {
		d.Temporal = []catalog.Period{p}
	}
	if d.Modified != "" {
		return
	}
	for _, it := range g.items {
		if day := catalog.DateOf(it.modified); !it.modified.IsZero() && it.modified.Year() > 1980 && day > d.Modified {
			d.Modified = day
		}
	}
	if d.Modified != "" {
		d.Notes = append(d.Notes, catalog.Problemf("dct:modified", string(d.Modified), "modified-from-file",
			"La data di modifica non è indicata: è quella del file.", "The modification date is not given: it is that of the file."))
	}
}

func (c *conversion) date(field, key string) catalog.Date {
	s := c.m.one(key)
	if s == "" {
		return ""
	}
	day, ok := dcat.ParseDate(s)
	if !ok {
		c.unknown(field, s)
	}
	return day
}

func (c *conversion) unknown(field, value string) {
	c.rec.Problems = append(c.rec.Problems, catalog.Problemf(field, value, "value-not-understood",
		"Il valore nel foglio di metadati non si capisce ed è stato lasciato da parte.",
		"The value in the metadata sheet is not understood and has been left out."))
}

// distribution adds a file, and returns the digest of its bytes.
func (c *conversion) distribution(ctx context.Context, it item) ([]byte, error) {
	f, err := it.open(ctx)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	h := sha256.New()
	size, err := io.Copy(h, io.NewSectionReader(f, 0, 1<<40))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", it.path, err)
	}
	if size == 0 {
		return nil, harvester.Reject(catalog.Problemf("file", it.path, "file-empty", "Il file è vuoto.", "The file is empty."))
	}
	sum := h.Sum(nil)
	d := &c.rec.Dataset
	x := catalog.Distribution{
		Title: catalog.It(path.Base(it.path)), DownloadURL: it.url, AccessURL: it.url, ByteSize: size,
		Checksum: catalog.Checksum{Algorithm: "sha256", Value: hex.EncodeToString(sum)}, Modified: d.Modified, License: d.License,
	}
	if it.url == "" {
		x.DownloadURL = scheme + it.path
	}
	if t, ok := vocab.FileType(extension(it.path)); ok {
		x.Format, x.FormatLabel, x.MediaType = t.Code, t.Code, t.MediaType
	}
	c.look(ctx, f, size, it.path, &x)
	d.Distributions = append(d.Distributions, x)
	return sum, nil
}

// look opens the table to tell its columns, and to propose a description where
// the sheet has none.
func (c *conversion) look(ctx context.Context, f file, size int64, name string, x *catalog.Distribution) {
	if size > maxInspect || !tableExtensions[extension(name)] && extension(name) != "" && extension(name) != "txt" {
		return
	}
	t, err := tabular.Open(ctx, f, size, tabular.Options{Name: path.Base(name), Sheet: c.m.one("sheet")})
	if err != nil {
		return // data need not be a table
	}
	if x.Format == "" {
		if ft, ok := vocab.FileType(t.Format); ok {
			x.Format, x.FormatLabel, x.MediaType = ft.Code, ft.Code, ft.MediaType
		}
	}
	var columns []string
	for _, col := range t.Columns {
		columns = append(columns, cmp.Or(strings.TrimSpace(col.Header), col.Name))
	}
	const most = 30
	more := ""
	if len(columns) > most {
		columns, more = columns[:most], ", …"
	}
	text := catalog.Text{
		"it": fmt.Sprintf("Tabella di %d righe e %d colonne: %s.", t.DataRows, len(t.Columns), strings.Join(columns, ", ")+more),
		"en": fmt.Sprintf("A table of %d rows and %d columns: %s.", t.DataRows, len(t.Columns), strings.Join(columns, ", ")+more),
	}
	x.Description = text
	if d := &c.rec.Dataset; len(d.Description) == 0 {
		d.Description = text
		d.Notes = append(d.Notes, catalog.Problemf("dct:description", "", "description-from-columns",
			"La descrizione non è indicata: è stata composta dalle colonne.", "The description is not given: it was made of the columns.").
			WithMend("Scrivere la descrizione nel foglio di metadati.", "Write the description in the metadata sheet."))
	}
}

// titleOf makes a title of a file's name: "piste_ciclabili-2024.csv" is "Piste
// ciclabili 2024".
func titleOf(name string) string {
	s := stem(path.Base(name))
	s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == '_' || r == '-' || r == '.' || r == '+' || unicode.IsSpace(r) }), " ")
	if s == "" {
		return path.Base(name)
	}
	r := []rune(s)
	if strings.ToUpper(s) == s && len(r) > 5 {
		r = []rune(strings.ToLower(s))
	}
	r[0] = unicode.ToUpper(r[0])
	return string(r)
}
