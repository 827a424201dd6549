package datastore

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"portico/catalog"
)

// A Field is one column of a table that is written through the API, in the
// words of CKAN's clients.
type Field struct {
	ID   string          `json:"id"`
	Type string          `json:"type"`
	Info json.RawMessage `json:"info,omitempty"` // what a data dictionary says of it, any object
}

// IDField is the column that every table has: the number of a row, which never
// changes and is never given again.
const IDField = "_id"

// maxFields and maxFieldName are the limits of a table's columns.
const (
	maxFields    = 1000
	maxFieldName = 63 // bytes, as in PostgreSQL
)

// fieldTypes are the types that a column may be given, by every name that
// PostgreSQL has for them.
var fieldTypes = map[string]string{
	"int": "int4", "integer": "int4", "int4": "int4", "serial": "int4", "smallint": "int2", "int2": "int2",
	"bigint": "int8", "int8": "int8", "numeric": "numeric", "decimal": "numeric",
	"float": "float8", "float8": "float8", "double precision": "float8", "real": "float4", "float4": "float4",
	"bool": "bool", "boolean": "bool", "text": "text", "varchar": "text", "character varying": "text", "uuid": "text",
	"date": "date", "time": "time", "timetz": "timetz", "timestamp": "timestamp", "timestamp without time zone": "timestamp",
	"timestamptz": "timestamptz", "timestamp with time zone": "timestamptz", "json": "json", "nested": "json", "jsonb": "json",
	"_text": "_text", "_varchar": "_text", "_int": "_int4", "_int4": "_int4", "_int8": "_int8", "_numeric": "_numeric", "_float8": "_float8", "_bool": "_bool",
}

// nativeTypes are the names under which datastore_info tells of types.
var nativeTypes = map[string]string{
	"int2": "smallint", "int4": "integer", "int8": "bigint", "float4": "real", "float8": "double precision", "bool": "boolean",
	"timestamp": "timestamp without time zone", "timestamptz": "timestamp with time zone",
	"time": "time without time zone", "timetz": "time with time zone", "json": "nested",
}

// Native returns PostgreSQL's long name for the type of f.
func (f Field) Native() string {
	if n, ok := nativeTypes[f.Type]; ok {
		return n
	}
	return f.Type
}

// invalid is a fault of one parameter of CKAN's.
func invalid(field, message string) *catalog.Error {
	return &catalog.Error{Kind: catalog.Invalid, Msg: field + ": " + message, Fields: map[string][]string{field: {message}}}
}

// mostNamed is how many columns an answer about a wrong one names.
const mostNamed = 100

// unknownField is invalid for a column that there is not: beside what CKAN says it
// names those that there are.
func unknownField(where, message string, fields []Field) *catalog.Error {
	err := invalid(where, message)
	names := []string{IDField}
	for _, f := range fields[:min(len(fields), mostNamed)] {
		names = append(names, f.ID)
	}
	err.Fields["valid_fields"] = names
	return err
}

// ValidName reports whether a column or an alias may be called so.
func ValidName(name string) bool {
	return name != "" && strings.TrimSpace(name) == name && name[0] != '_' && !strings.ContainsAny(name, "\"\x00") && utf8.ValidString(name)
}

// checkFields gives every field its type, by what the first record has in it
// where none is named, and adds the fields that only the record has. asked are
// the fields with the types as a client would name them.
func checkFields(asked []Field, first map[string]any, keys []string) (fields, told []Field, err error) {
	for _, key := range keys {
		if !hasField(asked, key) && key != IDField {
			asked = append(asked[:len(asked):len(asked)], Field{ID: key})
		}
	}
	if len(asked) > maxFields {
		return nil, nil, invalid("fields", "too many fields")
	}
	seen := map[string]bool{}
	for _, f := range asked {
		if len(f.ID) > maxFieldName {
			return nil, nil, invalid("fields", `Column heading "`+f.ID+`" exceeds limit of 63 characters.`)
		}
		if !ValidName(f.ID) {
			return nil, nil, invalid("fields", `"`+f.ID+`" is not a valid field name`)
		}
		if f.Type == "" {
			v, ok := first[f.ID]
			if !ok {
				return nil, nil, invalid("fields", `"`+f.ID+`" type not guessable`)
			}
			f.Type = guessType(v)
		}
		typ, ok := fieldTypes[strings.ToLower(f.Type)]
		if !ok {
			return nil, nil, invalid("fields", `"`+f.Type+`" is not a valid field type`)
		}
		if seen[f.ID] {
			return nil, nil, invalid("field", "Duplicate column names are not supported")
		}
		seen[f.ID] = true
		told = append(told, f)
		f.Type = typ
		fields = append(fields, f)
	}
	return fields, told, nil
}

func hasField(fields []Field, id string) bool { return fieldAt(fields, id) >= 0 }

// fieldAt returns the place of a column among fields, or -1.
func fieldAt(fields []Field, id string) int {
	for i := range fields {
		if fields[i].ID == id {
			return i
		}
	}
	return -1
}

// guessed are the forms of dates by which CKAN takes a text for one.
var guessed = []string{
	"2006-1-2", "2006-1-2 15:4:5", "2006-1-2T15:4:5", "2006-1-2T15:4:5Z", "2/1/2006", "1/2/2006", "2-1-2006", "1-2-2006",
}

// guessType returns the type of a column by one value, as CKAN names it.
func guessType(v any) string {
	switch v := v.(type) {
	case bool:
		return "int" // a quirk of CKAN: to Python true is a number
	case json.Number:
		if strings.ContainsAny(v.String(), ".eE") {
			return "float"
		}
		return "int"
	case []any, map[string]any:
		return "nested"
	case string:
		for _, form := range guessed {
			if _, err := time.Parse(form, v); err == nil {
				return "timestamp"
			}
		}
		v = strings.TrimSpace(v)
		if _, err := strconv.ParseInt(v, 10, 64); err == nil {
			return "integer"
		}
		if isNumber(v) {
			return "numeric"
		}
	}
	return "text"
}
