// Package memory is the embedded search engine (decision D4): an inverted
// index of roaring bitmaps, word postings with places, and columns of ordinals
// for facets and orders. It keeps nothing on disk, for the database can fill
// it again at any time, and it knows no datasets, only search.Documents.
package memory

import (
	"context"
	"sync"

	"portico/search"
	"portico/search/analysis"
)

// An Engine is a search.Engine in memory. It may be used by several goroutines
// at once. Searches run side by side; a Put analyses its documents beside them
// and holds them up only while it files the result, all at once, so that no
// Search ever sees half a Put.
type Engine struct {
	analyzers analyzers
	writing   sync.Mutex // held by the one Put or Delete at work
	mu        sync.RWMutex
	gen       *generation // guarded by mu
}

// New returns an empty Engine that analyses text as lang: "en" as CKAN does,
// down to the fields that say again what others say; else Italian.
func New(lang string) *Engine {
	words := analysis.New(lang)
	return &Engine{analyzers: analyzers{words: words, plain: words.Plain()}, gen: newGeneration()}
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
	entries := make([]*entry, 0, len(docs))
	place := make(map[string]int, len(docs))
	for i := range docs {
		if err := ctx.Err(); err != nil {
			return err
		}
		x := newEntry(e.analyzers, &docs[i])
		if at, twice := place[x.id]; twice {
			entries[at] = x // the last one counts
			continue
		}
		place[x.id] = len(entries)
		entries = append(entries, x)
	}
	e.change(func(g *generation) {
		for _, x := range entries {
			g.remove(x.id)
			g.add(x)
		}
	})
	return nil
}

// Delete removes the documents with the given IDs, where they are.
func (e *Engine) Delete(ctx context.Context, ids ...string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	e.change(func(g *generation) {
		for _, id := range ids {
			g.remove(id)
		}
	})
	return nil
}

// Clear removes every document.
func (e *Engine) Clear(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	e.writing.Lock()
	defer e.writing.Unlock()
	e.swap(newGeneration())
	return nil
}

// Len returns how many documents there are.
func (e *Engine) Len(ctx context.Context) (int, error) {
	e.mu.RLock()
	defer e.mu.RUnlock()
	return e.gen.len(), ctx.Err()
}

// change lets f write, and then, beside the readers, makes the index anew when
// too much of it belongs to documents that are gone.
func (e *Engine) change(f func(*generation)) {
	e.writing.Lock()
	defer e.writing.Unlock()
	e.mu.Lock()
	f(e.gen)
	e.mu.Unlock()
	if e.gen.wasteful() {
		e.swap(e.gen.compact())
	}
}

func (e *Engine) swap(g *generation) {
	e.mu.Lock()
	e.gen = g
	e.mu.Unlock()
}
