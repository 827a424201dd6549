// Package csvw writes what a table is, as CSV on the Web has it, and its rows
// as RDF: the minimal mode of CSVW to RDF, so that both say the same. It knows
// rows and columns, not where they come from.
package csvw

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/url"

	"portico/catalog"
	"portico/exporter"
)

// Metadata returns the description of a table as CSV (W3C, Metadata Vocabulary
// for Tabular Data). It reads no row. Its name in addresses is what CSVW looks
// for beside data.csv.
func Metadata() exporter.Format {
	return exporter.Format{
		Name:      "csv-metadata.json",
		Title:     "CSVW",
		MediaType: "application/csvm+json",
		Special:   true,
		Describes: true,
		Write: func(_ context.Context, w io.Writer, rows exporter.Rows) error {
			e := json.NewEncoder(w)
			e.SetEscapeHTML(false)
			e.SetIndent("", "  ")
			if err := e.Encode(describe(rows)); err != nil {
				return fmt.Errorf("write CSVW: %w", err)
			}
			return nil
		},
	}
}

// rowName makes the name of a row, a fragment of the CSV (RFC 7111) in which
// the header is row 1.
const rowName = "#row={_sourceRow}"

type table struct {
	Context   []any             `json:"@context"`
	URL       string            `json:"url"`
	Title     map[string]string `json:"dc:title,omitempty"`
	License   *link             `json:"dc:license,omitempty"`
	Publisher string            `json:"dc:publisher,omitempty"`
	Modified  *typed            `json:"dc:modified,omitempty"`
	Page      *link             `json:"rdfs:seeAlso,omitempty"`
	Dialect   map[string]any    `json:"dialect"`
	Schema    schema            `json:"tableSchema"`
}

type link struct {
	ID string `json:"@id"`
}

type typed struct {
	Value string `json:"@value"`
	Type  string `json:"@type"`
}

type schema struct {
	AboutURL string   `json:"aboutUrl"`
	Columns  []column `json:"columns"`
}

type column struct {
	Name        string            `json:"name"`
	Titles      string            `json:"titles"`
	Label       map[string]string `json:"rdfs:label,omitempty"`
	Description map[string]string `json:"dc:description,omitempty"`
	Unit        string            `json:"schema:unitText,omitempty"`
	Property    string            `json:"propertyUrl"`
	Datatype    string            `json:"datatype"`
}

// datatypes are those of CSVW for the types of columns.
var datatypes = map[catalog.ColumnType]string{
	catalog.Integer: "integer", catalog.Decimal: "decimal", catalog.Boolean: "boolean", catalog.Day: "date",
	catalog.TimeOfDay: "time", catalog.Timestamp: "dateTime", catalog.String: "string", catalog.Geometry: "json",
}

func describe(rows exporter.Rows) table {
	a := rows.About
	t := table{
		Context: []any{"http://www.w3.org/ns/csvw", map[string]string{"@language": orElse(a.Language, "it")}},
		URL:     orElse(a.URL, "data.csv"), Publisher: a.Publisher,
		Dialect: map[string]any{"encoding": "utf-8", "delimiter": ",", "header": true, "lineTerminators": []string{"\r\n"}},
		Schema:  schema{AboutURL: rowName, Columns: []column{}},
	}
	if a.Title != "" {
		t.Title = map[string]string{"@value": a.Title, "@language": orElse(a.Language, "it")}
	}
	if a.License != "" {
		t.License = &link{a.License}
	}
	if a.Page != "" {
		t.Page = &link{a.Page}
	}
	if a.Modified != "" {
		t.Modified = &typed{a.Modified, "xsd:dateTime"}
	}
	for _, c := range rows.Columns {
		t.Schema.Columns = append(t.Schema.Columns, column{
			Name: url.PathEscape(c.Name), Titles: c.Name, Label: text(c.Title), Description: text(c.Description), Unit: c.Unit,
			Property: "#" + fragment(c.Name), Datatype: datatypes[c.Type],
		})
	}
	return t
}

// text returns a text in its first language as a value of JSON-LD.
func text(t catalog.Text) map[string]string {
	for _, l := range t.Languages() {
		if t[l] != "" {
			return map[string]string{"@value": t[l], "@language": l}
		}
	}
	return nil
}

func orElse(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}
