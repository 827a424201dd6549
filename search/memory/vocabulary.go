package memory

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"portico/search"
	"portico/search/analysis"
)

// NewWith returns an empty Engine whose words a makes.
func NewWith(lang string, a *analysis.Analyzer) *Engine {
	e := New(lang)
	e.analyzers = analyzers{words: a, plain: a.Plain()}
	return e
}

// Analyzer implements search.Vocabulary.
func (e *Engine) Analyzer() *analysis.Analyzer { return e.analyzers.words }

// maxNear is how many words are counted that are near another.
const maxNear = 48

// Near implements search.Vocabulary.
func (e *Engine) Near(ctx context.Context, form string, distance int, shown []search.Node) ([]search.Spelling, error) {
	near, err := wordsNear(ctx, e.now.Load(), form, distance)
	if err != nil {
		return nil, err
	}
	out := make([]search.Spelling, 0, len(near))
	for _, x := range near {
		page, err := e.Search(ctx, search.Query{Filters: append([]search.Node{search.Term{Field: search.All, Value: x.Word}}, shown...)})
		if err != nil {
			return nil, err
		}
		if x.N = page.Total; x.N > 0 {
			out = append(out, x)
		}
	}
	return out, nil
}

// wordsNear returns the words of All near form, the nearest first, not counted.
func wordsNear(ctx context.Context, v *view, form string, distance int) ([]search.Spelling, error) {
	best := map[string]int{}
	far, near := analysis.NewFuzzy(form, distance), analysis.NewFuzzy(form, 1)
	for _, w := range every(v, search.All, textsOf) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		for _, n := range matching(&w.of.dict, far) {
			// What is the stem of a word may be no word itself.
			if _, stem := w.forms.stems.find(w.of.dict.values[n]); !stem {
				best[w.of.dict.values[n]] = distance
			}
		}
		for _, n := range matching(&w.forms.dict, far) {
			best[w.forms.dict.values[n]] = distance
		}
	}
	for word := range best {
		if near.Matches(word) {
			best[word] = 1
		}
	}
	delete(best, form)
	words := slices.SortedFunc(maps.Keys(best), func(a, b string) int {
		return cmp.Or(cmp.Compare(best[a], best[b]), cmp.Compare(other(a, form), other(b, form)), cmp.Compare(a, b))
	})
	out := make([]search.Spelling, 0, min(maxNear, len(words)))
	for _, word := range words[:min(maxNear, len(words))] {
		if !analysis.Meaning(word) {
			out = append(out, search.Spelling{Word: word, Distance: best[word]})
		}
	}
	return out, nil
}

// other tells words apart that begin with another byte.
func other(a, b string) int {
	if a != "" && b != "" && a[0] == b[0] {
		return 0
	}
	return 1
}
