package files

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"maps"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
	"golang.org/x/text/encoding/charmap"

	"portico/catalog"
)

// A meta is what a sheet says of one dataset: values by field, in the names of
// fieldNames.
type meta map[string][]string

func (m meta) one(field string) string {
	if v := m[field]; len(v) > 0 {
		return strings.TrimSpace(v[0])
	}
	return ""
}

// fieldNames are the fields that a sheet may have, with the names that people
// give them. Case, accents, blanks and underscores do not count.
var fieldNames = map[string][]string{
	"file":        {"file", "files", "nome-file", "nomefile", "filename", "risorsa", "resource"},
	"title":       {"titolo", "title", "nome", "name"},
	"description": {"descrizione", "description", "note", "notes", "abstract"},
	"theme":       {"tema", "temi", "theme", "themes", "categoria", "category"},
	"license":     {"licenza", "license", "licence", "license-id"},
	"keywords":    {"parole-chiave", "parola-chiave", "keywords", "keyword", "tag", "tags", "etichette"},
	"frequency":   {"frequenza", "frequenza-di-aggiornamento", "aggiornamento", "frequency", "accrualperiodicity"},
	"holder":      {"titolare", "ente-titolare", "holder", "holder-name", "rights-holder", "rightsholder", "ente"},
	"ipa":         {"codice-ipa", "ipa", "codice-ipa-titolare", "holder-identifier", "codice-ente"},
	"publisher":   {"editore", "publisher", "publisher-name"},
	"publisherid": {"codice-ipa-editore", "publisher-identifier"},
	"modified":    {"modificato", "data-modifica", "data-di-modifica", "ultima-modifica", "modified", "data-aggiornamento", "aggiornato-al"},
	"issued":      {"pubblicato", "data-pubblicazione", "data-di-pubblicazione", "issued", "data-rilascio"},
	"language":    {"lingua", "lingue", "language"},
	"identifier":  {"identificativo", "identifier", "codice", "id"},
	"contact":     {"contatto", "ufficio", "contact", "contact-name", "referente"},
	"email":       {"email", "e-mail", "posta", "contact-email", "contact-point", "punto-di-contatto"},
	"url":         {"url", "pagina", "pagina-web", "landing-page", "sito"},
	"start":       {"dal", "inizio", "data-inizio", "temporal-start", "periodo-inizio"},
	"end":         {"al", "fine", "data-fine", "temporal-end", "periodo-fine"},
	"place":       {"luogo", "copertura-geografica", "territorio", "geographical-name", "spatial"},
	"sheet":       {"foglio", "sheet"},
}

// fieldOf finds a field by what people call it.
var fieldOf = func() map[string]string {
	m := make(map[string]string)
	for field, names := range fieldNames {
		for _, n := range names {
			m[n] = field
		}
	}
	return m
}()

// listFields hold several values, which people part by commas or semicolons.
var listFields = set("file", "theme", "keywords", "language")

// sheetNames are of sheets that describe the files beside them.
var sheetNames = set("metadata", "metadati", "catalogo", "catalog")

// isSheet reports whether a file holds metadata rather than data.
func isSheet(base string) bool {
	ext := extension(base)
	switch ext {
	case "yaml", "yml":
		return true
	case "csv":
		name := strings.ToLower(stem(base))
		return name == "metadata" || name == "metadati"
	}
	return false
}

// sheets are all that is said of the files of a source.
type sheets struct {
	common   meta // of every file
	files    map[string]meta
	groups   [][]string // of files that are one dataset
	problems []catalog.Problem
}

// readSheets reads the metadata beside the files. A sheet that cannot be read
// is told with each record, and stops none.
func readSheets(s *shelf) *sheets {
	out := &sheets{common: meta{}, files: make(map[string]meta)}
	for _, it := range s.sheets {
		if err := out.read(it); err != nil {
			out.problems = append(out.problems, catalog.Problemf("metadata", it.path, "sheet-unreadable",
				fmt.Sprintf("Il foglio di metadati non si legge: %v.", err), fmt.Sprintf("The metadata sheet cannot be read: %v.", err)))
		}
	}
	return out
}

func (s *sheets) read(it item) error {
	f, err := it.open(context.Background())
	if err != nil {
		return err
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, maxSheet+1))
	if err != nil {
		return err
	}
	if len(raw) > maxSheet {
		return fmt.Errorf("more than %d bytes", maxSheet)
	}
	text := decode(raw)
	dir, base := path.Split(it.path)
	if extension(base) == "csv" {
		return s.table(dir, text)
	}
	var doc map[string]any
	if err := yaml.Unmarshal([]byte(text), &doc); err != nil {
		return err
	}
	if name := strings.ToLower(stem(base)); sheetNames[name] {
		s.document(dir, doc)
		return nil
	}
	s.add([]string{dir + stem(base)}, metaOf(doc)) // alberi.csv.yaml, or alberi.yaml for every alberi.*
	return nil
}

// decode takes UTF-8, and what Windows wrote.
func decode(raw []byte) string {
	if utf8.Valid(raw) {
		return strings.TrimPrefix(string(raw), "\ufeff")
	}
	out, err := charmap.Windows1252.NewDecoder().Bytes(raw)
	if err != nil {
		return strings.ToValidUTF8(string(raw), "\ufffd")
	}
	return string(out)
}

// document reads a sheet for many files: entries in a list, entries by file
// name, and what holds for all.
func (s *sheets) document(dir string, doc map[string]any) {
	for key, v := range doc {
		switch v := v.(type) {
		case map[string]any:
			s.add([]string{dir + key}, metaOf(v))
		case []any:
			for _, e := range v {
				if m, ok := e.(map[string]any); ok {
					s.entry(dir, metaOf(m))
				}
			}
		}
	}
	for field, values := range metaOf(doc) {
		if field != "file" {
			s.common[field] = values
		}
	}
}

// table reads a sheet with a row for each file. A row without a file holds for
// all.
func (s *sheets) table(dir, text string) error {
	first, _, _ := strings.Cut(text, "\n")
	r := csv.NewReader(strings.NewReader(text))
	r.FieldsPerRecord, r.LazyQuotes, r.TrimLeadingSpace = -1, true, true
	for _, d := range []rune{';', '\t'} {
		if strings.Count(first, string(d)) > strings.Count(first, string(r.Comma)) {
			r.Comma = d
		}
	}
	rows, err := r.ReadAll()
	if err != nil || len(rows) == 0 {
		return err
	}
	if len(rows) > maxFiles {
		return fmt.Errorf("more than %d rows", maxFiles)
	}
	for _, row := range rows[1:] {
		doc := make(map[string]any)
		for i, v := range row {
			if i < len(rows[0]) && strings.TrimSpace(v) != "" {
				doc[rows[0][i]] = v
			}
		}
		s.entry(dir, metaOf(doc))
	}
	return nil
}

func (s *sheets) entry(dir string, m meta) {
	names := m["file"]
	if len(names) == 0 || names[0] == "*" {
		maps.Copy(s.common, m)
		return
	}
	paths := make([]string, len(names))
	for i, n := range names {
		paths[i] = path.Join(dir, n)
		if isWeb(n) {
			paths[i] = nameOf(n)
		}
	}
	s.add(paths, m)
}

func (s *sheets) add(paths []string, m meta) {
	for _, p := range paths {
		s.files[strings.ToLower(p)] = m
	}
	if len(paths) > 1 {
		s.groups = append(s.groups, paths)
	}
}

// of returns what is said of a file: by its name, by its name without
// extension, and of all.
func (s *sheets) of(name string) meta {
	out := meta{}
	low := strings.ToLower(name)
	for _, m := range []meta{s.common, s.files[stem(low)], s.files[low]} {
		maps.Copy(out, m)
	}
	return out
}

// metaOf reads an entry, whatever its values' types.
func metaOf(doc map[string]any) meta {
	m := meta{}
	for key, v := range doc {
		field, ok := fieldOf[catalog.Slug(key, 60)]
		if !ok {
			continue
		}
		var values []string
		switch v := v.(type) {
		case nil, map[string]any:
			continue
		case []any:
			for _, x := range v {
				values = append(values, fmt.Sprint(x))
			}
		case interface{ Format(string) string }: // YAML's own dates
			values = []string{v.Format("2006-01-02")}
		default:
			values = []string{fmt.Sprint(v)}
			if listFields[field] {
				values = strings.FieldsFunc(values[0], func(r rune) bool { return r == ',' || r == ';' || r == '\n' })
			}
		}
		for i := range values {
			values[i] = strings.TrimSpace(values[i])
		}
		values = slices.DeleteFunc(values, func(s string) bool { return s == "" })
		if len(values) > 0 {
			m[field] = values
		}
	}
	return m
}
