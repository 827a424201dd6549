package datastore_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"portico/blob/folder"
	"portico/catalog"
	"portico/datastore"
)

const trees = "specie;altezza;piantato;sano;ora\r\nTiglio;12,50;01/03/2001;sì;08:30\r\nAcero;7,25;15/11/1998;no;09:00\r\nTiglio;3,75;;sì;\r\nPino;20,00;02/02/1980;no;18:45\r\nAcero;;03/05/2010;sì;08:30\r\n"

func snapshotOf(t *testing.T, text string) (datastore.Store, *catalog.Table) {
	t.Helper()
	blobs, err := folder.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	h, _, err := blobs.Put(t.Context(), strings.NewReader(text), 0)
	if err != nil {
		t.Fatal(err)
	}
	s := datastore.New(blobs, slog.New(slog.DiscardHandler))
	table, err := s.Load(t.Context(), h, "t.csv", "")
	if err != nil {
		t.Fatal(err)
	}
	return s, table
}

// lines writes the rows of a choice, one a line.
func lines(t *testing.T, c *datastore.Choice) string {
	t.Helper()
	var out []string
	for row, err := range c.All {
		if err != nil {
			t.Fatal(err)
		}
		var cells []string
		for _, v := range row {
			switch v := v.(type) {
			case nil:
				cells = append(cells, "-")
			case time.Time:
				cells = append(cells, v.Format(time.DateOnly))
			default:
				cells = append(cells, fmt.Sprint(v))
			}
		}
		out = append(out, strings.Join(cells, " "))
	}
	return strings.Join(out, "|")
}

func TestRowsOfASnapshotAreChosenWhileTheyAreRead(t *testing.T) {
	s, table := snapshotOf(t, trees)
	for _, c := range []struct {
		name    string
		query   datastore.Query
		filters string
		words   string
		want    string
		total   int64
	}{
		{name: "all, without the ID", query: datastore.Query{Limit: 2}, want: "Tiglio 12.5 2001-03-01 true 8h30m0s|Acero 7.25 1998-11-15 false 9h0m0s", total: 2},
		{name: "from the middle", query: datastore.Query{Offset: 3, Limit: -1, Fields: []string{"_id", "specie"}}, want: "4 Pino|5 Acero", total: 2},
		{name: "past the end", query: datastore.Query{Offset: 9, Limit: -1}, want: "", total: 0},
		{name: "none", query: datastore.Query{Limit: 0}, want: "", total: 0},
		{name: "a value", query: datastore.Query{Limit: -1, Fields: []string{"_id"}}, filters: `{"specie": "Acero"}`, want: "2|5", total: -1},
		{name: "a range, and a page of it", query: datastore.Query{Limit: 1, Offset: 1, Fields: []string{"altezza"}}, filters: `{"altezza": {"gte": 7}}`, want: "7.25", total: -1},
		{name: "words", query: datastore.Query{Limit: -1, Fields: []string{"_id"}}, words: "tiglio", want: "1|3", total: -1},
		{name: "an order, nulls last", query: datastore.Query{Limit: -1, Sort: "altezza", Fields: []string{"_id", "altezza"}}, want: "3 3.75|2 7.25|1 12.5|4 20|5 -", total: -1},
		{name: "an order by a column that is not given", query: datastore.Query{Limit: 2, Sort: "piantato desc nulls last", Fields: []string{"_id"}}, want: "5|1", total: -1},
		{name: "no row twice", query: datastore.Query{Limit: -1, Distinct: true, Fields: []string{"specie"}}, want: "Tiglio|Acero|Pino", total: -1},
		{name: "all together", query: datastore.Query{Limit: 1, Offset: 1, Distinct: true, Sort: "specie desc", Fields: []string{"specie"}}, filters: `{"sano": true}`, want: "Acero", total: -1},
	} {
		t.Run(c.name, func(t *testing.T) {
			fields := datastore.SnapshotFields(table.Columns)
			var err error
			if c.filters != "" {
				var given any
				d := json.NewDecoder(strings.NewReader(c.filters))
				d.UseNumber()
				if err := d.Decode(&given); err != nil {
					t.Fatal(err)
				}
				if c.query.Filter, err = datastore.NewFilter(fields, given); err != nil {
					t.Fatal(err)
				}
			}
			if c.words != "" {
				if c.query.Words, err = datastore.NewWords(fields, c.words, true); err != nil {
					t.Fatal(err)
				}
			}
			choice, closer, err := datastore.ChooseSnapshot(t.Context(), s, table, c.query)
			if err != nil {
				t.Fatal(err)
			}
			defer closer.Close()
			if got := lines(t, choice); got != c.want || choice.Total != c.total {
				t.Errorf("got %q of %d, want %q of %d", got, choice.Total, c.want, c.total)
			}
		})
	}
}

func TestWhatATableDoesNotHaveCannotBeChosen(t *testing.T) {
	s, table := snapshotOf(t, trees)
	for _, q := range []datastore.Query{{Fields: []string{"boh"}}, {Sort: "boh"}, {Sort: "specie sideways"}} {
		if _, _, err := datastore.ChooseSnapshot(t.Context(), s, table, q); catalog.KindOf(err) != catalog.Invalid {
			t.Errorf("%+v: %v", q, err)
		}
	}
}

// TestAViewIsChosenAsItsSnapshot holds the two ways to the rows of a table
// against each other.
func TestAViewIsChosenAsItsSnapshot(t *testing.T) {
	s, table := snapshotOf(t, trees)
	tables := datastore.NewTables(nil, nil, slog.New(slog.DiscardHandler))
	view, err := tables.Snapshot(t.Context(), s, table)
	if err != nil {
		t.Fatal(err)
	}
	for _, q := range []datastore.Query{{Limit: -1}, {Limit: 2, Offset: 1, Sort: "specie, altezza desc"}, {Limit: -1, Distinct: true, Fields: []string{"sano"}}} {
		a, err := view.Choose(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		b, closer, err := datastore.ChooseSnapshot(t.Context(), s, table, q)
		if err != nil {
			t.Fatal(err)
		}
		if x, y := lines(t, a), lines(t, b); x != y || x == "" {
			t.Errorf("%+v: %q and %q", q, x, y)
		}
		_ = closer.Close()
	}
}

func TestNumbersOfManyDigitsAreNotRounded(t *testing.T) {
	view := &datastore.View{
		Head: datastore.Head{Fields: []datastore.Field{{ID: "a", Type: "numeric"}, {ID: "b", Type: "numeric"}, {ID: "c", Type: "timestamptz"}, {ID: "d", Type: "json", Info: json.RawMessage(`{"label": "Dati"}`)}}},
		Rows: []datastore.Row{{ID: 1, Cells: []any{json.Number("12345678901234567890.12"), json.Number("0.1"), "2024-02-29T08:30:00Z", json.RawMessage(`{"a": 1}`)}}},
	}
	c, err := view.Choose(t.Context(), datastore.Query{Limit: -1})
	if err != nil {
		t.Fatal(err)
	}
	if c.Columns[0].Type != catalog.String || c.Columns[1].Type != catalog.Decimal || c.Columns[2].Type != catalog.Timestamp || c.Columns[3].Title.String() != "Dati" {
		t.Errorf("%+v", c.Columns)
	}
	if got := lines(t, c); got != `12345678901234567890.12 0.1 2024-02-29 {"a": 1}` {
		t.Errorf("got %q", got)
	}
}
