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
	filling   bool      // nobody searches yet, so that parts need not be merged before the end

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
	entries, err := e.analyse(ctx, latest(docs))
	if err != nil || len(entries) == 0 {
		return err
	}
	g, ids := newSegment(), make([]string, len(entries))
	for i, x := range entries {
		g.add(x)
		ids[i] = x.id
	}
	e.change(func(v *view) []part { return append(v.without(ids), whole(g)) })
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

// analyse makes entries of the documents, on as many processors as there are.
func (e *Engine) analyse(ctx context.Context, docs []*search.Document) ([]*entry, error) {
	out := make([]*entry, len(docs))
	var next atomic.Int64
	work := func() {
		words := e.tokens.Get().(*tokens) //nolint:forcetypeassert // nothing else is in it
		defer e.tokens.Put(words)
		const few = 16
		for ctx.Err() == nil {
			end := int(next.Add(few))
			for i := end - few; i < min(end, len(docs)); i++ {
				out[i] = newEntry(words, docs[i])
			}
			if end >= len(docs) {
				return
			}
		}
	}
	const worthwhile = 64 // documents for one goroutine more
	var others sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0)-1, len(docs)/worthwhile) {
		others.Go(work)
	}
	work()
	others.Wait()
	return out, ctx.Err()
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
