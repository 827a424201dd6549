package meilisearch

import (
	"context"
	"strings"

	ms "github.com/meilisearch/meilisearch-go"

	"portico/search"
	"portico/search/analysis"
)

// Analyzer implements search.Vocabulary.
func (e *Engine) Analyzer() *analysis.Analyzer { return e.analyzer }

// Forgives implements search.Forgiver: Meilisearch forgives misspellings in q.
func (e *Engine) Forgives() bool { return true }

// Near implements search.Vocabulary. It looks through the maxValues words that
// most documents have.
func (e *Engine) Near(ctx context.Context, form string, distance int, shown []search.Node) ([]search.Spelling, error) {
	c := &compiler{ctx: ctx, e: e}
	f := all
	for _, n := range shown {
		x, err := c.filter(n, 0)
		if err != nil {
			return nil, err
		}
		f = and(f, x)
	}
	if f == none {
		return nil, nil
	}
	a, nobody := formsAttribute+"."+safeName(search.All), int64(0)
	r := ms.SearchRequest{HitsPerPage: &nobody, Facets: []string{a}}
	if f != all {
		r.Filter = string(f)
	}
	answer, err := e.ask(ctx, "", r)
	if err != nil {
		return nil, err
	}
	values, err := distribution(answer)
	if err != nil {
		return nil, err
	}
	var out []search.Spelling
	for _, code := range sortedCodes(values[a]) {
		word := decode(code)
		for most := 1; most <= distance && word != form && !strings.HasSuffix(word, "…"); most++ {
			if analysis.NewFuzzy(form, most).Matches(word) {
				out = append(out, search.Spelling{Word: word, Distance: most, N: values[a][code]})
				break
			}
		}
	}
	return out, nil
}
