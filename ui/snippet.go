package ui

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strings"

	"portico/catalog"
	"portico/exporter"
)

// A snippet shows how to take the table with one program. Code runs as it is
// printed; Steps are for programs that are used by hand.
type snippet struct {
	ID, Title string
	Code      string
	Steps     []string
	Address   string // to paste
}

// snippets are for the rows that the page shows: all, or those chosen.
func (s *Server) snippets(r *request, tab *openTable, p *resourcePage) []snippet {
	q := tableQuery{}
	if s.Rows != nil {
		q, _ = readTableQuery(r.query, tab.columns)
	}
	file := func(format string) string { return s.Site.Link(q.with(p.File.URL+"/data."+format, 1)) }
	values := q.values()
	values.Set("resource_id", tab.x.ID)
	values.Set("limit", "5")
	search := s.Site.Link("/api/3/action/datastore_search?" + values.Encode())
	csv := file("csv")
	out := []snippet{
		{ID: "curl", Title: "curl", Code: "# " + r.text("snippet.file") + "\ncurl -fsS -o " + shellQuote(fileName(p)+".csv") + " " + shellQuote(csv) +
			"\n\n# " + r.text("snippet.first") + "\ncurl -fsS " + shellQuote(search)},
		{ID: "python", Title: "Python", Code: pythonCode(r, csv)},
		{ID: "r", Title: "R", Code: rCode(tab.columns, csv)},
		{ID: "excel", Title: "Excel", Steps: []string{r.text("snippet.excel.1"), r.text("snippet.excel.2"), r.text("snippet.excel.3")}, Address: file("xlsx")},
	}
	if _, ok := exporter.PlaceOf(tab.columns); ok {
		return append(out, snippet{ID: "qgis", Title: "QGIS", Steps: []string{r.text("snippet.qgis.1"), r.text("snippet.qgis.2"), r.text("snippet.qgis.3")}, Address: file("geojson")})
	}
	return append(out, snippet{ID: "qgis", Title: "QGIS", Steps: []string{r.text("snippet.qgis.1"), r.text("snippet.qgis.2"), r.text("snippet.qgis.table")}, Address: "/vsicurl/" + csv})
}

// fileName is what a download may be called.
func fileName(p *resourcePage) string {
	const most = 40
	return cmp.Or(catalog.Slug(p.Heading, most), "data")
}

// shellQuote quotes a text for a POSIX shell.
func shellQuote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

// codeQuote quotes a text as a string of Python or R: both know JSON's escapes
// of what an address or a name of a column can hold.
func codeQuote(s string) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if e.Encode(s) != nil {
		return `""`
	}
	return strings.TrimSpace(b.String())
}

// pythonCode needs nothing but Python itself.
func pythonCode(r *request, address string) string {
	return fmt.Sprintf(`import csv, io, urllib.request

url = %s
with urllib.request.urlopen(url) as answer:
    rows = list(csv.DictReader(io.TextIOWrapper(answer, encoding="utf-8", newline="")))

print(len(rows), %s)
print(rows[:3])

# pandas: pandas.read_csv(url, dtype_backend="numpy_nullable")`, codeQuote(address), codeQuote(r.text("snippet.rows")))
}

// rCode keeps texts texts: R would take the zeros off codes.
func rCode(columns []catalog.Column, address string) string {
	const most = 30
	var texts []string
	for _, c := range columns {
		if c.Type == catalog.String && len(texts) < most {
			texts = append(texts, codeQuote(c.Name)+" = \"character\"")
		}
	}
	classes := ""
	if len(texts) > 0 {
		classes = ",\n  colClasses = c(" + strings.Join(texts, ", ") + ")"
	}
	return "dati <- read.csv(" + codeQuote(address) + ",\n  encoding = \"UTF-8\", check.names = FALSE, na.strings = \"\"" + classes + ")\nstr(dati)"
}
