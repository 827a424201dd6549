package meilisearch

import (
	"encoding/json"
	"slices"
	"strings"

	ms "github.com/meilisearch/meilisearch-go"

	"portico/search"
	"portico/search/analysis"
)

// maxHits is how many documents a phrase within a filter may be in.
const maxHits = 10_000

// maxTexts is how many documents may have the words of a phrase with others
// between, for their texts are read.
const maxTexts = 2000

// phrase asks for the documents that have the phrase, for filters know none.
func (c *compiler) phrase(n search.Phrase) (filter, error) {
	if kind(n.Field) != wordsAttribute {
		return c.term(search.Term{Field: n.Field, Value: n.Text}), nil
	}
	q, terms := c.quoted(n.Text)
	if len(terms) < 2 {
		return c.term(search.Term{Field: n.Field, Value: n.Text}), nil
	}
	most := maxHits
	page := int64(most)
	r := ms.SearchRequest{
		AttributesToSearchOn: []string{textAttribute(n.Field)},
		AttributesToRetrieve: []string{keyAttribute},
		MatchingStrategy:     ms.All,
		HitsPerPage:          &page,
	}
	if n.Slop > 0 { // what has the words, to look in it how far they are apart
		var has []filter
		for _, term := range terms {
			has = append(has, compare(attribute(n.Field), "=", encode(term)))
		}
		q, r.AttributesToSearchOn, r.Filter = "", nil, string(and(has...))
		r.AttributesToRetrieve, most = append(r.AttributesToRetrieve, textsAttribute), maxTexts
		page = int64(most)
	}
	answer, err := c.e.ask(c.ctx, q, r)
	if err != nil {
		return none, err
	}
	if int(answer.TotalHits) > most {
		return none, unsupported("a phrase that is in so many datasets", "una frase contenuta in così tanti dataset")
	}
	var keys []string
	for _, hit := range answer.Hits {
		var key string
		if err := json.Unmarshal(hit[keyAttribute], &key); err != nil {
			return none, err
		}
		if n.Slop <= 0 || apart(textIn(hit, n.Field), terms, n.Slop) {
			keys = append(keys, key)
		}
	}
	return in(keyAttribute, keys), nil
}

// textIn returns the text of a field of a hit as it was stored.
func textIn(hit ms.Hit, f search.Field) string {
	var texts map[string]string
	if json.Unmarshal(hit[textsAttribute], &texts) != nil {
		return ""
	}
	return texts[safeName(f)]
}

// apart reports whether terms stand in a text where a phrase has them, but for
// slop places in all, as in Lucene: of each term there is a place, less its
// place in the phrase, and these are no further apart than that.
func apart(text string, terms []string, slop int) bool {
	places := placesOf(text, terms)
	for {
		low, high := 0, 0
		for i, of := range places {
			if len(of) == 0 {
				return false
			}
			if of[0] < places[low][0] {
				low = i
			}
			if of[0] > places[high][0] {
				high = i
			}
		}
		if places[high][0]-places[low][0] <= slop {
			return true
		}
		places[low] = places[low][1:]
	}
}

// placesOf returns where each term stands, less its place in the phrase.
func placesOf(text string, terms []string) [][]int {
	const gap = 1000 // from one text to the next
	places := make([][]int, len(terms))
	at := 0
	for word := range strings.FieldsSeq(text) {
		if at++; word == "." {
			at += gap
		}
		for i, term := range terms {
			if word == term {
				places[i] = append(places[i], at-i)
			}
		}
	}
	return places
}

// quoted returns a text as a phrase for q, and its terms.
func (c *compiler) quoted(text string) (q string, terms []string) {
	for _, w := range c.e.analyzer.Words(text) {
		for _, p := range w.Parts {
			terms = append(terms, p.Term)
		}
	}
	return `"` + strings.Join(terms, " ") + `"`, terms
}

func (c *compiler) wildcard(n search.Wildcard) (filter, error) {
	w := n.Pattern
	if kind(n.Field) == wordsAttribute {
		w = analysis.Fold(w)
	}
	if w == "*" {
		return filter(attribute(n.Field) + " EXISTS"), nil
	}
	if body, ok := strings.CutSuffix(w, "*"); ok && !strings.ContainsAny(body, "*?") {
		return c.prefix(search.Prefix{Field: n.Field, Value: body}), nil
	}
	return c.pattern(n.Field, analysis.NewWildcard(w))
}

func (c *compiler) fuzzy(n search.Fuzzy) (filter, error) {
	return c.pattern(n.Field, analysis.NewFuzzy(n.Value, n.Distance))
}

// pattern matches values, or the words of a text: as they are known, and as
// they are written in All, from which they are known by their stems.
func (c *compiler) pattern(f search.Field, p analysis.Pattern) (filter, error) {
	if kind(f) != wordsAttribute {
		return c.matching(f, p.Begins(), func(code string) bool { return p.Matches(decode(code)) })
	}
	p = p.Folded()
	known, err := c.values(attribute(f), p.Begins())
	if err != nil {
		return none, err
	}
	forms, err := c.values(formsAttribute+"."+safeName(search.All), p.Begins())
	if err != nil {
		return none, err
	}
	var codes []string
	for _, code := range known {
		if word := decode(code); p.Matches(word) && !analysis.Meaning(word) {
			codes = append(codes, code)
		}
	}
	for _, code := range forms {
		if word := decode(code); p.Matches(word) {
			codes = append(codes, encode(c.e.analyzer.Stem(word)))
		}
	}
	slices.Sort(codes)
	return in(attribute(f), slices.Compact(codes)), nil
}

// matching looks through the values of a field for those that a filter cannot
// describe. All begin with prefix.
func (c *compiler) matching(f search.Field, prefix string, matches func(code string) bool) (filter, error) {
	if k := kind(f); k != stringsAttribute && k != wordsAttribute {
		return none, nil
	}
	values, err := c.values(attribute(f), prefix)
	if err != nil {
		return none, err
	}
	return in(attribute(f), slices.DeleteFunc(values, func(code string) bool { return !matches(code) })), nil
}

// values returns the codes of the values of an attribute that documents have
// of which one begins with prefix.
func (c *compiler) values(a, prefix string) ([]string, error) {
	nobody := int64(0)
	r := ms.SearchRequest{HitsPerPage: &nobody, Facets: []string{a}}
	if prefix != "" {
		r.Filter = string(begins(a, prefix))
	}
	answer, err := c.e.ask(c.ctx, "", r)
	if err != nil {
		return nil, err
	}
	values, err := distribution(answer)
	if err != nil {
		return nil, err
	}
	if len(values[a]) >= maxValues {
		return nil, unsupported("a pattern in a field with so many values", "un modello in un campo con così tanti valori")
	}
	return sortedCodes(values[a]), nil
}
