// Package memory is the embedded search engine (decision D4): an inverted
// index of roaring bitmaps, word postings with places, and columns of ordinals
// for facets and orders. It can write itself down and be read back, but the
// database can fill it again at any time; it knows no datasets, only
// search.Documents.
package memory

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"

	"portico/search"
	"portico/search/analysis"
)

// An Engine is a search.Engine in memory. It may be used by several goroutines
// at once. A Search reads the view that is there when it begins, and waits for
// nobody; a Put makes another one, all at once, so that no Search ever sees
// half a Put.
type Engine struct {
	analyzers analyzers
	lang      string
	now       atomic.Pointer[view]
	tokens    sync.Pool // of *tokens
	filling   bool      // nobody searches yet, so that more parts may wait to be merged

	writing sync.Mutex    // held while the next view is made
	merging chan struct{} // nil, or closed when the merge at work beside is done; guarded by writing
	busy    []part        // what it merges; guarded by writing
}

// New returns an empty Engine that analyses text as lang: "en" as CKAN does,
// down to the fields that say again what others say; else Italian.
func New(lang string) *Engine {
	words := analysis.New(lang)
	e := &Engine{analyzers: analyzers{words: words, plain: words.Plain()}, lang: lang}
	e.tokens.New = func() any { return newTokens(e.analyzers) }
	e.now.Store(newView(nil))
	return e
}

// The analyzers make words of the text of each field.
type analyzers struct{ words, plain *analysis.Analyzer }

func (a analyzers) of(f search.Field) *analysis.Analyzer {
	if plain[f] {
		return a.plain
	}
	return a.words
}

// plain are the fields of names and addresses.
var plain = map[search.Field]bool{
	search.Author: true, search.AuthorEmail: true, search.Maintainer: true, search.MaintainerEmail: true,
	search.DistributionName: true, search.DistributionDescription: true,
}

// hold reports whether the engine has an index of f.
func (a analyzers) hold(f search.Field) bool {
	_, again := f.Instead()
	return !again || a.words.Solr()
}

// Put adds the documents, or replaces those with the same ID.
func (e *Engine) Put(ctx context.Context, docs ...search.Document) error {
	own := latest(docs)
	segments, err := e.file(ctx, own)
	if err != nil || len(own) == 0 {
		return err
	}
	ids := make([]string, len(own))
	for i, d := range own {
		ids[i] = d.ID
	}
	e.change(func(v *view) []part {
		parts := v.without(ids)
		for _, g := range segments {
			parts = append(parts, whole(g))
		}
		return parts
	})
	return nil
}

// latest returns the documents, each ID once: the last one counts.
func latest(docs []search.Document) []*search.Document {
	out := make([]*search.Document, 0, len(docs))
	place := make(map[string]int, len(docs))
	for i := range docs {
		if at, twice := place[docs[i].ID]; twice {
			out[at] = &docs[i]
			continue
		}
		place[docs[i].ID] = len(out)
		out = append(out, &docs[i])
	}
	return out
}

// file makes segments of the documents, on as many processors as there are.
func (e *Engine) file(ctx context.Context, docs []*search.Document) ([]*segment, error) {
	const worthwhile = 64 // documents for one processor more
	n := max(1, min(runtime.GOMAXPROCS(0), len(docs)/worthwhile))
	segments := make([]*segment, n)
	work := func(i int) {
		words := e.tokens.Get().(*tokens) //nolint:forcetypeassert // nothing else is in it
		defer e.tokens.Put(words)
		segments[i] = newSegment()
		words.begin()
		for _, d := range docs[i*len(docs)/n : (i+1)*len(docs)/n] {
			if ctx.Err() != nil {
				break
			}
			segments[i].add(words, d)
		}
		words.end(segments[i])
	}
	var others sync.WaitGroup
	for i := 1; i < n; i++ {
		others.Go(func() { work(i) })
	}
	work(0)
	others.Wait()
	return segments, ctx.Err()
}

// Delete removes the documents with the given IDs, where they are.
func (e *Engine) Delete(ctx context.Context, ids ...string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	e.change(func(v *view) []part { return v.without(ids) })
	return nil
}

// Clear removes every document.
func (e *Engine) Clear(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	e.change(func(*view) []part { return nil })
	return nil
}

// Len returns how many documents there are.
func (e *Engine) Len(ctx context.Context) (int, error) {
	return e.now.Load().live, ctx.Err()
}

// change puts in place of the view the parts that f makes of it.
func (e *Engine) change(f func(*view) []part) {
	e.writing.Lock()
	defer e.writing.Unlock()
	e.now.Store(newView(f(e.now.Load())))
	e.tidy()
}
