package ui

import (
	"cmp"
	"regexp"
	"strings"

	"portico/catalog"
)

// An object is a piece of an OpenAPI document.
type object map[string]any

// jsonTypes are the types of columns in JSON Schema, and their formats.
var jsonTypes = map[catalog.ColumnType][2]string{
	catalog.Integer: {"integer", "int64"}, catalog.Decimal: {"number", ""}, catalog.Boolean: {"boolean", ""},
	catalog.Day: {"string", "date"}, catalog.TimeOfDay: {"string", "time"}, catalog.Timestamp: {"string", ""},
	catalog.String: {"string", ""}, catalog.Geometry: {"string", ""},
}

// tableDocument describes the API of one table in OpenAPI 3.1.
func (s *Server) tableDocument(r *request, d *catalog.Dataset, tab *openTable) object {
	row, filters := object{}, object{}
	for _, c := range tab.columns {
		row[c.Name], filters[c.Name] = columnSchema(r, c, true), object{"description": headerOf(r.speaker, c)}
	}
	row["_id"] = object{"type": "integer", "description": "the number of the row"}
	title := cmp.Or(r.in(tab.x.Title), r.in(d.Title), d.Name)
	info := object{"title": title, "version": versionOf(tab), "description": r.text("tableapi.lead")}
	if l := licenseOf(d); l.URL != "" {
		info["license"] = object{"name": l.Short, "url": l.URL}
	}
	return object{
		"openapi": "3.1.0", "info": info,
		"servers":      []object{{"url": s.Site.Link("")}},
		"externalDocs": object{"url": s.Site.Link("/api-docs/" + tab.x.ID)},
		"paths": object{
			"/api/3/action/datastore_search": object{"get": object{
				"operationId": "search", "summary": "Finds rows of the table.", "parameters": s.searchParameters(tab, filters),
				"responses": object{
					"200": answer("the rows", object{"$ref": "#/components/schemas/answer"}),
					"409": answer("a value is wrong: the error names fields and messages", object{"type": "object"}),
				},
			}},
			"/dataset/" + d.Name + "/resource/" + tab.x.ID + "/data.{format}": object{"get": object{
				"operationId": "download", "summary": "All rows, or those chosen, as a file.", "parameters": s.fileParameters(tab, filters),
				"responses": object{"200": object{"description": "the file"}, "404": object{"description": "there is no such format of it"}},
			}},
		},
		"components": object{"schemas": object{
			"row": object{"type": "object", "properties": row},
			"answer": object{"type": "object", "required": []string{"success", "result"}, "properties": object{
				"help": object{"type": "string"}, "success": object{"const": true},
				"result": object{"type": "object", "properties": object{
					"total": object{"type": "integer"}, "limit": object{"type": "integer"},
					"fields":  object{"type": "array", "items": object{"type": "object", "properties": object{"id": object{"type": "string"}, "type": object{"type": "string"}}}},
					"records": object{"type": "array", "items": object{"$ref": "#/components/schemas/row"}},
				}},
			}},
		}},
	}
}

func answer(description string, schema object) object {
	return object{"description": description, "content": object{"application/json": object{"schema": schema}}}
}

// versionOf is the day of the rows.
func versionOf(tab *openTable) string {
	if t := tab.x.Table.Taken; !t.IsZero() {
		return t.UTC().Format("2006-01-02")
	}
	return "1"
}

// columnSchema is the schema of a value of c, which may be missing.
func columnSchema(r *request, c catalog.Column, null bool) object {
	t := jsonTypes[c.Type]
	out := object{"type": t[0]}
	if null {
		out["type"] = []string{t[0], "null"}
	}
	if t[1] != "" {
		out["format"] = t[1]
	}
	words := headerOf(r.speaker, c)
	if about := r.in(c.Description); about != "" {
		words += ": " + about
	}
	if c.Unit != "" {
		words += " (" + c.Unit + ")"
	}
	out["description"] = words
	return out
}

// choosing are the parameters that choose rows.
func choosing(tab *openTable, filters object) []object {
	names := make([]string, len(tab.columns))
	for i, c := range tab.columns {
		names[i] = sortName(c.Name)
	}
	query := func(name, help string, schema object) object {
		return object{"name": name, "in": "query", "description": help, "schema": schema}
	}
	text := object{"type": "string"}
	return []object{
		{"name": "filters", "in": "query", "description": "columns with the value, the list of values or the bounds (gte, lte, gt, lt) that they must have, in JSON", "content": object{
			"application/json": object{"schema": object{"type": "object", "properties": filters, "additionalProperties": false}},
		}},
		query("q", "words that a row must hold", text),
		query("sort", "columns, each with asc or desc: "+strings.Join(names[:min(len(names), 20)], ", "), text),
		query("fields", "the columns to give, parted by commas", text),
		query("offset", "how many rows to skip", object{"type": "integer", "minimum": 0}),
	}
}

func (s *Server) searchParameters(tab *openTable, filters object) []object {
	return append([]object{
		{"name": "resource_id", "in": "query", "required": true, "description": "the table", "schema": object{"const": tab.x.ID}},
		{"name": "limit", "in": "query", "description": "how many rows", "schema": object{"type": "integer", "minimum": 0, "maximum": maxAnswer, "default": 100}},
	}, choosing(tab, filters)...)
}

func (s *Server) fileParameters(tab *openTable, filters object) []object {
	var formats []string
	for _, f := range s.Formats.All() {
		if f.Takes(tab.columns) {
			formats = append(formats, f.Name)
		}
	}
	format := object{"type": "string"}
	if len(formats) > 0 {
		format["enum"] = formats
	}
	return append([]object{
		{"name": "format", "in": "path", "required": true, "schema": format},
		{"name": "limit", "in": "query", "description": "how many rows; all unless told", "schema": object{"type": "integer", "minimum": 0}},
	}, choosing(tab, filters)...)
}

// plainName is a name of a column that needs no quotes in an order.
var plainName = regexp.MustCompile(`^[\p{L}_][\p{L}\p{N}_]*$`)

// sortName is a column as the parameter sort names it.
func sortName(name string) string {
	if plainName.MatchString(name) {
		return name
	}
	return quoteSQL(name)
}

// quoteSQL quotes a name as SQL does.
func quoteSQL(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// firstWord returns the first word of a text that is worth asking for.
func firstWord(s string) string {
	for _, w := range wordsOfTitle.FindAllString(s, -1) {
		const shortest = 3
		if len([]rune(w)) >= shortest {
			return w
		}
	}
	return oneLine(s)
}
