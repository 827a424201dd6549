package duck

import (
	"errors"
	"regexp"
	"strings"

	"github.com/duckdb/duckdb-go/v2"

	"portico/datastore/sql"
)

// missing finds the name of a column or function that is not there: it is the
// client's own word.
var missing = regexp.MustCompile(`(?:Referenced column|column named|Table ".*" does not have a column named) "([^"]{1,64})"`)

// refusedBy says in one of a few texts what DuckDB has to say of a statement:
// its own words tell of more than the client has sent.
func refusedBy(err error) *sql.Refused {
	e, ok := errors.AsType[*duckdb.Error](err)
	if !ok {
		return sql.ErrFailed
	}
	if m := missing.FindStringSubmatch(e.Msg); m != nil {
		return &sql.Refused{Text: `column "` + m[1] + `" does not exist`, It: `la colonna "` + m[1] + `" non esiste`}
	}
	switch e.Type { //nolint:exhaustive // the rest is about values
	case duckdb.ErrorTypeOutOfMemory, duckdb.ErrorTypeInterrupt:
		return sql.ErrTooMuch
	case duckdb.ErrorTypeBinder, duckdb.ErrorTypeCatalog, duckdb.ErrorTypeParser, duckdb.ErrorTypeSyntax:
		return &sql.Refused{
			Text: "The query does not fit the tables: " + what(e.Msg),
			It:   "L'interrogazione non è adatta alle tabelle",
		}
	}
	return sql.ErrFailed
}

// what says in a word what kind of fault it is.
func what(message string) string {
	for _, k := range []struct{ in, out string }{
		{"No function matches", "no function matches these types"},
		{"GROUP BY", "a column must appear in GROUP BY or in an aggregate"},
		{"Ambiguous", "a column is ambiguous"},
		{"Cannot compare", "values of these types cannot be compared"},
		{"aggregate", "an aggregate is not allowed there"},
	} {
		if strings.Contains(message, k.in) {
			return k.out
		}
	}
	return "a name or a type is not right"
}
