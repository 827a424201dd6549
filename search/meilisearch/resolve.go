package meilisearch

import (
	"encoding/json"
	"strings"

	ms "github.com/meilisearch/meilisearch-go"

	"portico/search"
	"portico/search/analysis"
)

// maxHits is how many documents a phrase within a filter may be in.
const maxHits = 10_000

// phrase asks for the documents that have the phrase, for filters know none.
func (c *compiler) phrase(n search.Phrase) (filter, error) {
	if kind(n.Field) != wordsAttribute {
		return c.term(search.Term{Field: n.Field, Value: n.Text}), nil
	}
	q, words := c.quoted(n.Text)
	if words < 2 {
		return c.term(search.Term{Field: n.Field, Value: n.Text}), nil
	}
	if n.Slop > 0 {
		return none, unsupported("a phrase with other words between", "una frase con altre parole in mezzo")
	}
	page := int64(maxHits)
	answer, err := c.e.ask(c.ctx, q, ms.SearchRequest{
		AttributesToSearchOn: []string{textAttribute(n.Field)},
		AttributesToRetrieve: []string{keyAttribute},
		MatchingStrategy:     ms.All,
		HitsPerPage:          &page,
	})
	if err != nil {
		return none, err
	}
	if answer.TotalHits > maxHits {
		return none, unsupported("a phrase that is in so many datasets", "una frase contenuta in così tanti dataset")
	}
	keys := make([]string, len(answer.Hits))
	for i, hit := range answer.Hits {
		if err := json.Unmarshal(hit[keyAttribute], &keys[i]); err != nil {
			return none, err
		}
	}
	return in(keyAttribute, keys), nil
}

// quoted returns a text as a phrase for q, and how many words it has.
func (c *compiler) quoted(text string) (q string, words int) {
	var terms []string
	for _, w := range c.e.analyzer.Words(text) {
		for _, p := range w.Parts {
			terms = append(terms, p.Term)
		}
	}
	return `"` + strings.Join(terms, " ") + `"`, len(terms)
}

func (c *compiler) wildcard(n search.Wildcard) (filter, error) {
	text := kind(n.Field) == wordsAttribute
	w := n.Pattern
	if text {
		w = c.stemmed(analysis.Fold(w))
	}
	if w == "*" {
		return filter(attribute(n.Field) + " EXISTS"), nil
	}
	if body, ok := strings.CutSuffix(w, "*"); ok && !strings.ContainsAny(body, "*?") {
		return c.prefix(search.Prefix{Field: n.Field, Value: body}), nil
	}
	p := analysis.NewWildcard(w)
	return c.matching(n.Field, p.Begins(), func(code string) bool { return p.Matches(decode(code)) })
}

// stemmed makes of the word at the end of a pattern what the index has of it.
func (c *compiler) stemmed(w string) string {
	at := strings.LastIndexAny(w, "*?") + 1
	return w[:at] + c.e.analyzer.Stem(w[at:])
}

func (c *compiler) fuzzy(n search.Fuzzy) (filter, error) {
	value := n.Value
	if kind(n.Field) == wordsAttribute {
		value = c.e.analyzer.Stem(analysis.Fold(value))
	}
	p := analysis.NewFuzzy(value, n.Distance)
	return c.matching(n.Field, p.Begins(), func(code string) bool { return p.Matches(decode(code)) })
}

// matching looks through the values of a field for those that a filter cannot
// describe. All begin with prefix.
func (c *compiler) matching(f search.Field, prefix string, matches func(code string) bool) (filter, error) {
	a := attribute(f)
	if k := kind(f); k != stringsAttribute && k != wordsAttribute {
		return none, nil
	}
	none0 := int64(0)
	r := ms.SearchRequest{HitsPerPage: &none0, Facets: []string{a}}
	if prefix != "" {
		r.Filter = string(begins(a, prefix))
	}
	answer, err := c.e.ask(c.ctx, "", r)
	if err != nil {
		return none, err
	}
	values, err := distribution(answer)
	if err != nil {
		return none, err
	}
	if len(values[a]) >= maxValues {
		return none, unsupported("a pattern in a field with so many values", "un modello in un campo con così tanti valori")
	}
	var codes []string
	for _, x := range sortedCodes(values[a]) {
		if matches(x) {
			codes = append(codes, x)
		}
	}
	return in(a, codes), nil
}
