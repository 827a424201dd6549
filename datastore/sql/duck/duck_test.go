package duck

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"portico/catalog"
	"portico/datastore/sql"
	"portico/internal/fixtures"
	"portico/internal/parquetfile"
)

// asChild makes the test program the child.
const asChild = "as-child"

func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == asProbe {
		os.Exit(probe(os.Args[2]))
	}
	if len(os.Args) == 4 && os.Args[1] == asChild {
		memory, _ := strconv.ParseInt(os.Args[2], 10, 64)
		most, _ := strconv.Atoi(os.Args[3])
		err := Serve(context.Background(), os.NewFile(3, "wire"), Options{
			Limits: sql.Limits(memory, time.Duration(most)*time.Millisecond), Memory: memory,
		})
		if err != nil {
			os.Stderr.WriteString(err.Error() + "\n")
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

const (
	public  = "11111111-1111-4111-8111-111111111111"
	private = "22222222-2222-4222-8222-222222222222"
	canary  = "canarino7f3a"
)

// A shelf holds tables as Parquet files.
type shelf struct {
	t      testing.TB
	pool   *sql.Pool
	tables map[string]sql.Table
	files  map[string]string
}

func newShelf(t testing.TB, o sql.Options) *shelf {
	t.Helper()
	o.Command, o.Log = []string{os.Args[0], asChild}, slog.New(slog.NewTextHandler(t.Output(), nil))
	s := &shelf{t: t, pool: sql.NewPool(o), tables: map[string]sql.Table{}, files: map[string]string{}}
	if err := s.pool.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.pool.Close)
	s.put(public, false, []catalog.Column{{Name: "_id", Type: catalog.Integer}, {Name: "nome", Type: catalog.String}},
		[]string{"int4", "text"}, [][]any{{int64(1), "Roma"}, {int64(2), "Massafra"}, {int64(3), "Statte"}, {int64(4), "Roma"}})
	s.put(private, true, []catalog.Column{{Name: "segreto", Type: catalog.String}}, []string{"text"}, [][]any{{canary}})
	delete(s.tables, private) // nobody may read it
	return s
}

// put keeps a table; without _id its rows are numbered.
func (s *shelf) put(name string, numbered bool, columns []catalog.Column, types []string, rows [][]any) {
	s.t.Helper()
	file := filepath.Join(s.t.TempDir(), name+".parquet")
	f, err := os.Create(file)
	if err != nil {
		s.t.Fatal(err)
	}
	defer f.Close()
	var all iter.Seq2[[]any, error] = func(yield func([]any, error) bool) {
		for _, r := range rows {
			if !yield(r, nil) {
				return
			}
		}
	}
	if _, err := parquetfile.Write(s.t.Context(), f, columns, all); err != nil {
		s.t.Fatal(err)
	}
	table := sql.Table{Name: name, Numbered: numbered, Columns: []sql.Column{{ID: "_id", Type: "int4"}, {ID: "_full_text", Type: "tsvector"}}}
	for i, c := range columns {
		if c.Name != "_id" {
			table.Columns = append(table.Columns, sql.Column{ID: c.Name, Type: types[i]})
		}
	}
	s.tables[name], s.files[name] = table, file
}

func (s *shelf) open(_ context.Context, names []string) (out []sql.Table, err error) {
	for _, n := range names {
		t, ok := s.tables[n]
		if !ok {
			return out, catalog.Errorf(catalog.NotFound, "no such table")
		}
		if t.File, err = os.Open(s.files[n]); err != nil {
			return out, err
		}
		out = append(out, t)
	}
	return out, nil
}

func (s *shelf) ask(text string) (*sql.Answer, error) { return s.pool.Run(s.t.Context(), text, s.open) }

// rows returns what a statement finds, as JSON.
func (s *shelf) rows(text string) string {
	s.t.Helper()
	a, err := s.ask(text)
	if err != nil {
		return "! " + err.Error()
	}
	if !json.Valid(a.Records) {
		s.t.Errorf("%s: no JSON: %s", text, a.Records)
	}
	return string(a.Records)
}

func lines(t testing.TB, name string) []string {
	t.Helper()
	raw, err := os.ReadFile(fixtures.Path(t, "security", name))
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSuffix(string(raw), "\n"), "\n")
}

func TestEveryAttackEndsAsItShould(t *testing.T) {
	s := newShelf(t, sql.Options{})
	for _, line := range lines(t, "sql_attacks.tsv")[1:] {
		fields := strings.Split(line, "\t")
		verdict, text := fields[3], fields[len(fields)-1]
		began := time.Now()
		a, err := s.ask(text)
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("%s: it took %v", text, took)
		}
		said := fmt.Sprint(err)
		if a != nil {
			said += string(a.Records)
		}
		for _, word := range []string{canary, "/dev/fd", "/tmp", "DuckDB", "duckdb"} {
			if strings.Contains(said, word) && !strings.Contains(text, word) {
				t.Errorf("%s: %q is in the answer: %s", text, word, said)
			}
		}
		if err == nil && verdict == "REFUSE" {
			t.Errorf("line %s is run: %s\n%s", fields[0], text, a.Records)
		}
	}
	if got := s.rows("SELECT count(*) FROM \"" + public + `"`); got != `[{"count": 4}]` {
		t.Errorf("afterwards: %s", got)
	}
}

func TestWhatIsAllowedIsAnswered(t *testing.T) {
	s := newShelf(t, sql.Options{})
	for _, text := range lines(t, "sql_allowed.txt") {
		a, err := s.ask(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		t.Logf("%s\n  %s %v", text, a.Records, a.Fields)
	}
}
