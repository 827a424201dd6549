package datastore_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"portico/blob/folder"
	"portico/catalog"
	"portico/datastore"
	"portico/tabular"
)

// manyRows makes a table of n rows with all that a column can be.
func manyRows(n int) string {
	var b strings.Builder
	b.WriteString("codice;comune;importo;lat;giorno;quando;ora;attivo;note\n")
	towns := []string{"Roma", "Milano", "Città di Castello", "L'Aquila", ""}
	for i := range n {
		note := ""
		if i%7 == 0 {
			note = fmt.Sprintf("riga speciale %d", i%11)
		}
		fmt.Fprintf(&b, "%d;%s;%d,%02d;%d.%05d;%02d/%02d/2024;2024-03-%02d 10:00:0%d;%02d:30;%s;%s\n",
			i*3, towns[i%5], i%1000, i%100, 40+i%5, i%99999+1, i%28+1, i%12+1, i%28+1, i%10, i%24, []string{"sì", "no"}[i%2], note)
	}
	return b.String()
}

// both returns a table held in memory, and the same read from disk.
func both(t *testing.T, n int) map[string]*datastore.View {
	t.Helper()
	blobs, err := folder.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = blobs.Close() })
	log := slog.New(slog.DiscardHandler)
	s := datastore.New(blobs, log)
	hash, _, err := blobs.Put(t.Context(), strings.NewReader(manyRows(n)), 0)
	if err != nil {
		t.Fatal(err)
	}
	table, err := s.LoadAs(t.Context(), hash, tabular.Options{Name: "tante.csv"})
	if err != nil {
		t.Fatal(err)
	}
	near, err := datastore.NewTables(blobs, &records{all: map[string]catalog.Record{}}, log).Snapshot(t.Context(), s, table)
	if err != nil {
		t.Fatal(err)
	}
	far, err := datastore.FarView(t.Context(), s, table)
	if err != nil {
		t.Fatal(err)
	}
	return map[string]*datastore.View{"near": near, "far": far}
}

// told returns a page as text.
func told(ctx context.Context, t *testing.T, v *datastore.View, filters, words string, q datastore.Query) string {
	t.Helper()
	var err error
	if filters != "" {
		if q.Filter, err = datastore.NewFilter(v.Fields, parse(t, filters)); err != nil {
			return err.Error()
		}
	}
	if words != "" {
		if q.Words, err = datastore.NewWords(v.Fields, parse(t, words), true); err != nil {
			return err.Error()
		}
	}
	p, err := v.Search(ctx, q)
	if err != nil {
		return err.Error()
	}
	b := fmt.Appendf(nil, "%d in all\n", p.Total)
	for _, r := range p.Rows {
		for _, c := range r {
			b = append(datastore.AppendJSON(b, c), ' ')
		}
		b = append(b, '\n')
	}
	return string(b)
}

func TestWhatIsNotHeldIsFoundAsWhatIs(t *testing.T) {
	views := both(t, 130_000) // more than one row group
	all := []string{"_id", "codice", "comune", "importo", "lat", "giorno", "quando", "ora", "attivo", "note"}
	for name, c := range map[string]struct {
		filters, words string
		q              datastore.Query
	}{
		"the first page":                  {q: datastore.Query{Limit: 5}},
		"a page over two row groups":      {q: datastore.Query{Offset: 99_998, Limit: 4}},
		"beyond the end":                  {q: datastore.Query{Offset: 130_000, Limit: 4}},
		"no rows":                         {q: datastore.Query{}},
		"a number":                        {filters: `{"codice":300000}`, q: datastore.Query{Limit: 5}},
		"several numbers":                 {filters: `{"codice":[3,300000,4]}`, q: datastore.Query{Limit: 5}},
		"a range over a border":           {filters: `{"codice":{"gte":299990,"lt":300005}}`, q: datastore.Query{Limit: 50}},
		"a text":                          {filters: `{"comune":"L'Aquila"}`, q: datastore.Query{Offset: 25_990, Limit: 20}},
		"a text that is not there":        {filters: `{"comune":"Torino"}`, q: datastore.Query{Limit: 5}},
		"a range of texts":                {filters: `{"comune":{"gt":"L"}}`, q: datastore.Query{Offset: 10, Limit: 5}},
		"a decimal":                       {filters: `{"importo":"7.07"}`, q: datastore.Query{Limit: 50}},
		"a range of decimals":             {filters: `{"lat":{"gt":44.9}}`, q: datastore.Query{Limit: 5}},
		"a range of amounts":              {filters: `{"importo":{"gt":7.07,"lte":7.2}}`, q: datastore.Query{Limit: 50}},
		"a range of nothing":              {filters: `{"codice":{"gt":10,"lt":5}}`, q: datastore.Query{Limit: 50}},
		"a range that is open":            {filters: `{"lat":{"gte":44.9,"lt":44.95}}`, q: datastore.Query{Limit: 5}},
		"a day":                           {filters: `{"giorno":"2024-02-02"}`, q: datastore.Query{Limit: 5}},
		"a range of moments":              {filters: `{"quando":{"gt":"2024-03-28T09:00:00"}}`, q: datastore.Query{Limit: 5}},
		"a time":                          {filters: `{"ora":"05:30:00"}`, q: datastore.Query{Limit: 5}},
		"a truth":                         {filters: `{"attivo":true,"comune":"Roma"}`, q: datastore.Query{Limit: 5}},
		"one or the other":                {filters: `{"$or":[{"comune":"Roma"},{"codice":{"lt":10}}]}`, q: datastore.Query{Limit: 8}},
		"by number of row":                {filters: `{"_id":{"gte":100000,"lte":100002}}`, q: datastore.Query{Limit: 8}},
		"words of a column":               {words: `{"note":"speciale 3"}`, q: datastore.Query{Limit: 8}},
		"words of a column with a filter": {words: `{"comune":"castello"}`, filters: `{"codice":{"lt":1000}}`, q: datastore.Query{Limit: 8}},
		"words anywhere, by number":       {words: `"aquila 10"`, q: datastore.Query{Limit: 8, Sort: "codice", Fields: all}},
		"sorted":                          {q: datastore.Query{Sort: "comune desc, importo, codice desc", Limit: 7, Offset: 3}},
		"sorted by number of row":         {q: datastore.Query{Sort: "_id desc", Limit: 3}},
		"sorted, of a filter":             {filters: `{"attivo":false}`, q: datastore.Query{Sort: "note nulls last, codice", Limit: 6}},
		"distinct":                        {q: datastore.Query{Fields: []string{"comune", "attivo"}, Distinct: true, Sort: "comune, attivo", Limit: -1}},
		"columns twice":                   {q: datastore.Query{Fields: []string{"comune", "_id", "comune"}, Limit: 2}},
		"a wrong column":                  {q: datastore.Query{Fields: []string{"nope"}}},
		"a wrong order":                   {q: datastore.Query{Sort: "nope"}},
		"all of a filter":                 {filters: `{"comune":"Roma","attivo":true}`, q: datastore.Query{Fields: []string{"codice"}, Limit: -1}},
	} {
		t.Run(name, func(t *testing.T) {
			for range 2 { // the second time from what was remembered
				near, far := told(t.Context(), t, views["near"], c.filters, c.words, c.q), told(t.Context(), t, views["far"], c.filters, c.words, c.q)
				if diff := cmp.Diff(near, far); diff != "" {
					t.Errorf("near and far differ: %s", diff)
				}
			}
		})
	}
}

func TestFarReadingEndsWithItsContext(t *testing.T) {
	v := both(t, 2000)["far"]
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	f, err := datastore.NewFilter(v.Fields, parse(t, `{"comune":"Roma"}`))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := v.Search(ctx, datastore.Query{Filter: f, Limit: 10}); err == nil {
		t.Error("it does not end")
	}
}
