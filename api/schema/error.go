package schema

import (
	"maps"
	"net/http"
	"slices"
	"strings"
)

// An Error is what CKAN finds wrong with what it was sent. Its messages are
// CKAN's, in English; JSON translates them.
type Error struct {
	fields map[string][]string              // of the thing itself
	items  map[string][]map[string][]string // of the things in its lists, by position
	text   map[string]string                // fields of which CKAN tells in a bare text
	data   map[string]any                   // what was sent, when its structure is wrong
}

// Says returns an Error with one bare text for a field, which is how CKAN
// answers where it does not use its schemas: {"id": "id not in data"}, and
// {"message": …} for what concerns no field.
func Says(field, text string) *Error {
	return &Error{text: map[string]string{field: text}}
}

// Fault returns an Error with messages for one field.
func Fault(field string, messages ...string) *Error {
	return &Error{fields: map[string][]string{field: messages}}
}

// misshapen is an error in the structure of what was sent, which CKAN answers
// with what it was sent.
func misshapen(message string, data map[string]any) *Error {
	return &Error{text: map[string]string{"message": message}, data: data}
}

// Required says which of the keys are missing from data; null is not missing.
// It is what CKAN checks before it looks for the thing that a call is about.
func Required(data map[string]any, keys ...string) error {
	var e Error
	for _, key := range keys {
		if _, ok := data[key]; !ok {
			e.add(key, missingValue)
		}
	}
	return e.orNil()
}

const missingValue = "Missing value"

func (e *Error) add(field string, messages ...string) {
	if len(messages) == 0 {
		return
	}
	if e.fields == nil {
		e.fields = make(map[string][]string)
	}
	e.fields[field] = append(e.fields[field], messages...)
}

func (e *Error) orNil() error {
	if len(e.fields)+len(e.items)+len(e.text) == 0 {
		return nil
	}
	return e
}

// Error returns what is wrong, in English, for a log.
func (e *Error) Error() string {
	var out []string
	for _, field := range slices.Sorted(maps.Keys(e.text)) {
		out = append(out, field+": "+e.text[field])
	}
	for _, field := range slices.Sorted(maps.Keys(e.fields)) {
		out = append(out, field+": "+strings.Join(e.fields[field], ", "))
	}
	for _, list := range slices.Sorted(maps.Keys(e.items)) {
		for _, item := range e.items[list] {
			for _, field := range slices.Sorted(maps.Keys(item)) {
				out = append(out, list+"."+field+": "+strings.Join(item[field], ", "))
			}
		}
	}
	return strings.Join(out, "; ")
}

// Status returns the HTTP status by which CKAN answers: 409, or 400 when the
// structure is wrong.
func (e *Error) Status() int {
	if e.data != nil {
		return http.StatusBadRequest
	}
	return http.StatusConflict
}

// JSON returns the "error" object of CKAN's envelope, its __type included.
// Every message goes through translate before it is joined with others.
func (e *Error) JSON(translate func(string) string) map[string]any {
	if e.data != nil {
		return map[string]any{"__type": "Integrity Error", "message": e.text["message"], "data": e.data}
	}
	out := map[string]any{"__type": "Validation Error"}
	for field, text := range e.text {
		out[field] = translate(text)
	}
	for field, messages := range e.fields {
		out[field] = each(messages, translate)
	}
	for list, items := range e.items {
		all := make([]any, 0, len(items))
		for _, item := range items {
			if list == "tags" {
				all = appendTag(all, item, translate)
				continue
			}
			all = append(all, inner(item, translate))
		}
		out[list] = all
	}
	return out
}

func each(messages []string, translate func(string) string) []any {
	out := make([]any, len(messages))
	for i, m := range messages {
		out[i] = translate(m)
	}
	return out
}

func inner(item map[string][]string, translate func(string) string) map[string]any {
	out := make(map[string]any, len(item))
	for field, messages := range item {
		out[field] = each(messages, translate)
	}
	return out
}

// appendTag tells of a tag as CKAN does: what is wrong with its name in one
// text, else what is wrong with the rest, and nothing of a good tag.
func appendTag(all []any, item map[string][]string, translate func(string) string) []any {
	if names := item["name"]; len(names) > 0 {
		texts := make([]string, len(names))
		for i, m := range names {
			texts[i] = translate(m)
		}
		return append(all, strings.Join(texts, ", "))
	}
	if len(item) > 0 {
		return append(all, inner(item, translate))
	}
	return all
}
