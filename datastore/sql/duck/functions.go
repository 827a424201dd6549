package duck

import (
	stdsql "database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"
	"unicode"

	"github.com/duckdb/duckdb-go/v2"
)

// A function is one of ours that statements call; it gets texts, none of them
// null.
type function struct {
	inputs int
	result duckdb.Type
	call   func(values []driver.Value) (any, error)
}

// Config implements duckdb.ScalarFunc.
func (f *function) Config() duckdb.ScalarFuncConfig {
	text, err := duckdb.NewTypeInfo(duckdb.TYPE_VARCHAR)
	if err != nil {
		return duckdb.ScalarFuncConfig{}
	}
	result, err := duckdb.NewTypeInfo(f.result)
	if err != nil {
		return duckdb.ScalarFuncConfig{}
	}
	c := duckdb.ScalarFuncConfig{ResultTypeInfo: result}
	for range f.inputs {
		c.InputTypeInfos = append(c.InputTypeInfos, text)
	}
	return c
}

// Executor implements duckdb.ScalarFunc.
func (f *function) Executor() duckdb.ScalarFuncExecutor {
	return duckdb.ScalarFuncExecutor{RowExecutor: f.call}
}

var errQuery = errors.New("syntax error in tsquery")

// register makes our functions known to a connection.
func register(conn *stdsql.Conn) error {
	l := newLexer()
	queries := map[string]*term{}
	matches := func(v []driver.Value) (any, error) {
		text := textOf(v[1])
		q, ok := queries[text]
		if !ok {
			if q, ok = l.query(text, false); !ok && text != "" {
				return nil, errQuery
			}
			const most = 100
			if len(queries) < most {
				queries[text] = q
			}
		}
		return q.in(textOf(v[0])), nil
	}
	reader := func(isPlain bool) func([]driver.Value) (any, error) {
		return func(v []driver.Value) (any, error) {
			q, ok := l.query(textOf(v[len(v)-1]), isPlain)
			if !ok {
				return nil, errQuery
			}
			return q.String(), nil
		}
	}
	one := func(f func(string) string) func([]driver.Value) (any, error) {
		return func(v []driver.Value) (any, error) { return f(textOf(v[0])), nil }
	}
	for name, overloads := range map[string][]*function{
		"portico_tsvector": {{1, duckdb.TYPE_VARCHAR, one(l.vector)}},
		"portico_matches":  {{2, duckdb.TYPE_BOOLEAN, matches}},
		"portico_initcap":  {{1, duckdb.TYPE_VARCHAR, one(initcap)}},
		"to_tsquery":       {{1, duckdb.TYPE_VARCHAR, reader(false)}, {2, duckdb.TYPE_VARCHAR, reader(false)}},
		"plainto_tsquery":  {{1, duckdb.TYPE_VARCHAR, reader(true)}, {2, duckdb.TYPE_VARCHAR, reader(true)}},
	} {
		var fs []duckdb.ScalarFunc
		for _, f := range overloads {
			fs = append(fs, f)
		}
		if err := duckdb.RegisterScalarUDFSet(conn, name, fs...); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

func textOf(v driver.Value) string {
	s, _ := v.(string)
	return s
}

// initcap writes the first letter of each word large and the others small.
func initcap(s string) string {
	within := false
	return strings.Map(func(r rune) rune {
		is := unicode.IsLetter(r) || unicode.IsDigit(r)
		defer func() { within = is }()
		if within {
			return unicode.ToLower(r)
		}
		return unicode.ToUpper(r)
	}, s)
}
