// Package solr reads the query language that CKAN's clients send: Lucene's
// syntax, dismax, date math, sort orders and the names of CKAN's fields. Text
// comes in, a query of package search goes out, and what Solr refuses is
// refused in its words. It must not know HTTP, actions or any engine.
package solr

import (
	"errors"
	"fmt"
	"strings"

	"portico/search"
)

// An Error says why a query cannot be parsed, in Solr's words.
type Error struct{ Reason string }

// Error implements error.
func (e *Error) Error() string { return e.Reason }

func errorf(format string, args ...any) error {
	return &Error{Reason: fmt.Sprintf(format, args...)}
}

// ErrSort is the error of an order that cannot be read.
var ErrSort = errors.New(`Invalid "sort" parameter`) //nolint:staticcheck // CKAN's own words

// Sort reads an order such as "title_string asc, name desc". Fields that are
// equal in every document are left out.
func Sort(s string) ([]search.Sort, error) {
	const most = 20
	var out []search.Sort
	for part := range strings.SplitSeq(s, ",") {
		words := strings.Fields(part)
		if len(words) == 0 {
			continue
		}
		if len(words) != 2 || len(out) == most {
			return nil, ErrSort
		}
		direction := strings.ToLower(words[1])
		if direction != "asc" && direction != "desc" {
			return nil, ErrSort
		}
		k := search.Sort{Field: search.Score, Desc: direction == "desc"}
		if words[0] != "score" {
			f := Lookup(words[0])
			if f.kind == kindCounter || f.kind == kindFixed {
				continue
			}
			k.Field = f.field
		}
		out = append(out, k)
	}
	return out, nil
}

// Guard refuses a value of a parameter that would choose another parser inside
// Solr: local parameters and magic fields.
func Guard(param, value string) error {
	switch {
	case strings.Contains(value, "_query_:") || strings.Contains(value, "_val_:"):
		return errorf("Magic fields are not supported in param '%s'.", param)
	case strings.Count(value, "{!") > 1:
		return errorf("Query parsers are not supported in param '%s'.", param)
	case strings.HasPrefix(strings.TrimSpace(value), "{!"):
		return errorf("Local parameters are not supported in param '%s'.", param)
	case strings.Contains(value, "{!"):
		return errorf("Local parameters must be defined at the beginning of param '%s'.", param)
	}
	return nil
}
