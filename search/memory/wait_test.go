package memory

import (
	"fmt"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"portico/search"
)

func invented(i int) search.Document {
	themes := []string{"ENVI", "TRAN", "EDUC"}
	return search.Document{
		ID: fmt.Sprintf("d%05d", i%20_000),
		Strings: map[search.Field][]string{
			search.Theme: {themes[i%3]}, search.Keyword: {fmt.Sprintf("parola %d", i%50), fmt.Sprintf("altra %d", i%7)}, search.TitleSort: {fmt.Sprintf("Titolo %d", i*7919%1000)},
		},
		Texts: map[search.Field][]string{
			search.Title: {fmt.Sprintf("Titolo %d", i*7919%1000)},
			search.All:   {fmt.Sprintf("Raccolta differenziata dei rifiuti nel quartiere %d, zona %d", i%40, i)},
		},
		Dates: map[search.Field]time.Time{search.Updated: time.UnixMilli(int64(i) * 1000)},
		Ints:  map[search.Field]int64{search.Distributions: int64(i % 9)},
	}
}

func inventedFrom(from, n int) []search.Document {
	docs := make([]search.Document, n)
	for i := range docs {
		docs[i] = invented(from + i)
	}
	return docs
}

func kindsOfQuery() []search.Query {
	facets := []search.Facet{{Field: search.Theme, Limit: 10}, {Field: search.Keyword, Limit: 10}}
	return []search.Query{
		{Limit: 10, Facets: facets},
		{Root: search.Words{Field: search.All, Text: "raccolta rifiuti"}, Limit: 20, Facets: facets, Scores: true},
		{Root: search.Phrase{Field: search.All, Text: "quartiere 3"}, Limit: 5},
		{Root: search.Wildcard{Field: search.All, Pattern: "quart*"}, Sort: []search.Sort{{Field: search.TitleSort}}, Offset: 100, Limit: 5},
		{Root: search.Fuzzy{Field: search.All, Value: "rifuti", Distance: 1}, Limit: 5},
		{Filters: []search.Node{search.Term{Field: search.Theme, Value: "ENVI"}}, Sort: []search.Sort{{Field: search.Updated, Desc: true}}, Limit: 5},
		{Root: search.Range{Field: search.TitleSort, Low: "Titolo 1", High: "Titolo 5"}, Limit: 5},
	}
}

// TestWhoReadsDoesNotWaitForWhoWrites searches while a writer is at work that
// never ends.
func TestWhoReadsDoesNotWaitForWhoWrites(t *testing.T) {
	e := New("it")
	if err := e.Put(t.Context(), inventedFrom(0, 500)...); err != nil {
		t.Fatal(err)
	}
	e.writing.Lock()
	defer e.writing.Unlock()
	done := make(chan error)
	go func() {
		for _, q := range kindsOfQuery() {
			if _, err := e.Search(t.Context(), q); err != nil {
				done <- err
			}
		}
		_, err := e.Len(t.Context())
		done <- err
	}()
	select {
	case err := <-done:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(time.Minute):
		t.Error("a search waits")
	}
}

// TestReadersAndAWriter has eight readers search while a writer puts, replaces
// and deletes, and parts are merged beside; for a minute when
// PORTICO_TEST_LONG is set.
func TestReadersAndAWriter(t *testing.T) {
	span := 3 * time.Second
	if os.Getenv("PORTICO_TEST_LONG") != "" {
		span = time.Minute
	}
	e := New("it")
	if err := e.Put(t.Context(), inventedFrom(0, 3000)...); err != nil {
		t.Fatal(err)
	}
	end := time.Now().Add(span)
	var searches atomic.Int64
	var mu sync.Mutex
	var took []time.Duration
	var all sync.WaitGroup
	for r := range 8 {
		all.Go(func() {
			queries := kindsOfQuery()
			var own []time.Duration
			for i := r; time.Now().Before(end); i++ {
				begun := time.Now()
				page, err := e.Search(t.Context(), queries[i%len(queries)])
				if err != nil {
					t.Error(err)
					return
				}
				for _, f := range page.Facets {
					if len(f) > 0 && f[0].N > page.Total {
						t.Errorf("%d of %d", f[0].N, page.Total)
					}
				}
				own = append(own, time.Since(begun))
				searches.Add(1)
			}
			mu.Lock()
			took = append(took, own...)
			mu.Unlock()
		})
	}
	changes := write(t, e, end)
	all.Wait()
	slices.Sort(took)
	t.Logf("%d searches, %d changes; median %v, 99 %%: %v", searches.Load(), changes, took[len(took)/2], took[len(took)*99/100])
}

// write changes e until end, and then compares it with one that was filled at
// once.
func write(t *testing.T, e *Engine, end time.Time) (changes int) {
	t.Helper()
	there := map[string]int{}
	for i := range 3000 {
		there[invented(i).ID] = i
	}
	for i := 3000; time.Now().Before(end); i += 300 {
		docs := inventedFrom(i, 300)
		if i%5 == 0 {
			docs = docs[:1]
		}
		for n := range docs {
			there[docs[n].ID] = i + n
		}
		if err := e.Put(t.Context(), docs...); err != nil {
			t.Fatal(err)
		}
		gone := invented(i / 2).ID
		delete(there, gone)
		if err := e.Delete(t.Context(), gone); err != nil {
			t.Fatal(err)
		}
		changes += len(docs) + 1
	}
	if err := e.Compact(t.Context()); err != nil {
		t.Fatal(err)
	}
	var docs []search.Document
	for _, i := range there {
		docs = append(docs, invented(i))
	}
	if lacking, err := e.Lacks(t.Context(), docs...); err != nil || len(lacking) > 0 {
		t.Errorf("lacks %d of %d, %v", len(lacking), len(docs), err)
	}
	fresh := New("it")
	if err := fresh.Put(t.Context(), docs...); err != nil {
		t.Fatal(err)
	}
	same(t, e, fresh)
	return changes
}

// same wants both to answer the same.
func same(t *testing.T, a, b *Engine) {
	t.Helper()
	for i, q := range kindsOfQuery() {
		x, errX := a.Search(t.Context(), q)
		y, errY := b.Search(t.Context(), q)
		if errX != nil || errY != nil || fmt.Sprint(x) != fmt.Sprint(y) {
			t.Errorf("query %d: %v, %v\n%v\n%v", i, errX, errY, x, y)
		}
	}
}
