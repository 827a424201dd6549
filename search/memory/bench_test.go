package memory_test

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"portico/search"
	"portico/search/memory"
)

// full is an engine with 100,000 documents, made once for all benchmarks.
var full = sync.OnceValues(func() (*memory.Engine, *generator) {
	g, e := newGenerator(), memory.New("it")
	before := heap()
	start := time.Now()
	values := 0
	for range 200 {
		var docs []search.Document
		for range 500 {
			d := g.document(values)
			docs = append(docs, d)
			values++
		}
		_ = e.Put(context.Background(), docs...)
	}
	fmt.Printf("100000 documents in %v, %d bytes each\n", time.Since(start).Round(time.Millisecond), (heap()-before)/100_000)
	return e, g
})

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

var sixFacets = []search.Facet{
	{Field: search.Organization, Limit: 50},
	{Field: search.Keyword, Limit: 50},
	{Field: search.Format, Limit: 50},
	{Field: search.Theme, Limit: 50},
	{Field: search.License, Limit: 50},
	{Field: search.Group, Limit: 50},
}

var shown = []search.Node{
	search.Term{Field: search.Visibility, Value: "public"}, search.Term{Field: search.State, Value: "active"},
}

func BenchmarkSearch(b *testing.B) {
	twoWords := func(i int) search.Node {
		return search.DisMax{Of: []search.Node{
			search.Boost{Of: search.Words{Field: search.Title, Text: bases[i%40] + " " + bases[(i/40+i+7)%60]}, By: 4},
			search.Words{Field: search.All, Text: bases[i%40] + " " + bases[(i/40+i+7)%60]},
		}, Tie: 0.1}
	}
	tests := []struct {
		name  string
		query func(i int) search.Query
	}{
		{"two words and six facets", func(i int) search.Query {
			return search.Query{Root: search.Words{Field: search.All, Text: bases[i%40] + " " + bases[(i/40+i+7)%60]}, Filters: shown, Facets: sixFacets, Limit: 20}
		}},
		{"two words over two fields and six facets", func(i int) search.Query {
			return search.Query{Root: twoWords(i), Filters: shown, Facets: sixFacets, Limit: 20}
		}},
		{"everything and six facets", func(int) search.Query {
			return search.Query{Filters: shown, Facets: sixFacets, Limit: 20}
		}},
		{"everything by title", func(int) search.Query {
			return search.Query{Filters: shown, Sort: []search.Sort{{Field: search.TitleSort}}, Limit: 20}
		}},
		{"a phrase", func(i int) search.Query {
			return search.Query{Root: search.Phrase{Field: search.All, Text: bases[i%40] + " " + particles[i%5]}, Filters: shown, Limit: 20}
		}},
		{"one word misspelt", func(i int) search.Query {
			return search.Query{Root: search.Fuzzy{Field: search.All, Value: bases[i%40] + "x", Distance: 2}, Filters: shown, Limit: 20}
		}},
		{"an organization and a format, six facets", func(i int) search.Query {
			return search.Query{Root: search.Term{Field: search.Organization, Value: fmt.Sprintf("comune-%03d", i%50)}, Filters: append(shown, search.Term{Field: search.Format, Value: "CSV"}), Facets: sixFacets, Limit: 20}
		}},
	}
	e, _ := full()
	for _, tt := range tests {
		b.Run(tt.name, func(b *testing.B) {
			var took []time.Duration
			total := 0
			for i := 0; b.Loop(); i++ {
				start := time.Now()
				page, err := e.Search(b.Context(), tt.query(i))
				if err != nil {
					b.Fatal(err)
				}
				took = append(took, time.Since(start))
				total += page.Total
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-µs")
			b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
			b.ReportMetric(float64(total)/float64(len(took)), "hits")
		})
	}
}

func BenchmarkUpdateUntilVisible(b *testing.B) {
	e, g := full()
	slowest := time.Duration(0)
	for i := 0; b.Loop(); i++ {
		d := g.document(1_000_000 + i)
		start := time.Now()
		if err := e.Put(b.Context(), d); err != nil {
			b.Fatal(err)
		}
		page, err := e.Search(b.Context(), search.Query{Root: search.IDs{Of: []string{d.ID}}, Limit: 1})
		if err != nil || page.Total != 1 {
			b.Fatalf("not visible: %+v, %v", page, err)
		}
		slowest = max(slowest, time.Since(start))
		if err := e.Delete(b.Context(), d.ID); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(slowest.Microseconds()), "max-µs")
}
