package api

// filePaths are the addresses beside the actions at which programs take data
// and metadata.
func (s *Server) filePaths() object {
	text := object{"type": "string"}
	in := func(where, name, help string, schema object) object {
		out := object{"name": name, "in": where, "description": help, "schema": schema}
		if where == "path" {
			out["required"] = true
		}
		return out
	}
	get := func(id, summary, mediaType string, parameters ...object) object {
		return object{"get": object{
			"operationId": id, "summary": summary, "parameters": append([]object{}, parameters...),
			"responses": object{
				"200": object{"description": "the document", "content": object{mediaType: object{"schema": text}}},
				"404": object{"description": "there is no such thing, or not for this reader"},
			},
		}}
	}
	syntax := in("path", "ext", "ttl, rdf, xml, jsonld, n3 or nt", object{"type": "string", "enum": []string{"ttl", "rdf", "xml", "jsonld", "n3", "nt"}})
	dataset := in("path", "id", "ID or name of the dataset", text)
	resource := in("path", "rid", "ID of the distribution", text)
	var formats []string
	for _, f := range s.formats.All() {
		formats = append(formats, f.Name)
	}
	format := object{"type": "string"}
	if len(formats) > 0 {
		format["enum"] = formats
	}
	rows := []object{
		in("query", "filters", "columns with the value or values that they must have, in JSON", text), in("query", "q", "words that a row must hold", text),
		in("query", "sort", "columns, each with asc or desc", text), in("query", "fields", "the columns to give, parted by commas", text),
		in("query", "limit", "how many rows; all unless told", object{"type": "integer", "minimum": 0}),
		in("query", "offset", "how many rows to skip", object{"type": "integer", "minimum": 0}),
	}
	return object{
		"/catalog.{ext}":      get("catalog", "The catalogue in RDF, in pages.", "text/turtle", syntax, in("query", "page", "the page, from 1", object{"type": "integer", "minimum": 1})),
		"/dataset/{id}.{ext}": get("dataset", "One dataset in RDF.", "text/turtle", dataset, syntax),
		"/dataset/{id}/resource/{rid}/data.{format}": get("rows", "The rows of a table as a file, all or those chosen.", "text/csv",
			append([]object{dataset, resource, in("path", "format", "the format", format)}, rows...)...),
		"/datastore/dump/{rid}": get("dump", "The rows of a table as a file, at CKAN's address.", "text/csv", resource,
			in("query", "format", "csv, tsv, json, xml or another format of tables", text)),
		"/feeds/dataset.atom": get("feed", "The datasets that were changed last, as a feed.", "application/atom+xml"),
	}
}
