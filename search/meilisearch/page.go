package meilisearch

import (
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"slices"

	ms "github.com/meilisearch/meilisearch-go"

	"portico/search"
)

// Search answers q with one page.
func (e *Engine) Search(ctx context.Context, q search.Query) (search.Page, error) {
	q = instead(q)
	c := &compiler{ctx: ctx, e: e}
	text, fields, f, err := c.root(q.Root)
	if err != nil {
		return search.Page{}, err
	}
	for _, n := range q.Filters {
		x, err := c.filter(n, 0)
		if err != nil {
			return search.Page{}, err
		}
		f = and(f, x)
	}
	if len(f) > maxFilter {
		return search.Page{}, tooComplex()
	}
	if f == none {
		return search.Page{Facets: facets(q.Facets, nil)}, nil
	}
	r := ms.SearchRequest{AttributesToRetrieve: []string{idAttribute}, AttributesToSearchOn: fields, MatchingStrategy: ms.All, Sort: order(q.Sort, text != "")}
	if f != all {
		r.Filter = string(f)
	}
	for _, x := range q.Facets {
		r.Facets = append(r.Facets, attribute(x.Field))
	}
	size, number := enclosing(max(q.Offset, 0), max(q.Limit, 0))
	r.HitsPerPage, r.Page, r.ShowRankingScore = &size, number, q.Scores
	answer, err := e.ask(ctx, text, r)
	if err != nil {
		return search.Page{}, err
	}
	return read(answer, q, int((number-1)*size))
}

// enclosing returns the size and number of the smallest page of Meilisearch,
// which counts exactly only in pages, that holds all from offset to
// offset+limit.
func enclosing(offset, limit int) (size, number int64) {
	if limit == 0 {
		return 0, 1
	}
	for n := limit; n < offset+limit; n++ {
		if offset/n == (offset+limit-1)/n {
			return int64(n), int64(offset/n + 1)
		}
	}
	return int64(offset + limit), 1
}

func read(answer *ms.SearchResponse, q search.Query, first int) (search.Page, error) {
	page := search.Page{Total: int(answer.TotalHits)}
	for i, hit := range answer.Hits {
		if at := first + i; at < q.Offset || at >= q.Offset+q.Limit {
			continue
		}
		var id string
		if err := json.Unmarshal(hit[idAttribute], &id); err != nil {
			return search.Page{}, err
		}
		page.IDs = append(page.IDs, id)
		if q.Scores {
			var score float32
			if err := json.Unmarshal(hit["_rankingScore"], &score); err != nil {
				return search.Page{}, err
			}
			page.Scores = append(page.Scores, score)
		}
	}
	if len(q.Facets) == 0 {
		return page, nil
	}
	values, err := distribution(answer)
	page.Facets = facets(q.Facets, values)
	return page, err
}

// order returns the sort rules for an order. Relevance comes from the ranking
// rules, which go on by the latest update and the ID: what stands after it in
// an order cannot be asked for.
func order(of []search.Sort, ranked bool) []string {
	var out []string
	for _, s := range of {
		if s.Field == search.Score {
			if ranked {
				return out
			}
			continue // everything is equally relevant
		}
		if kind(s.Field) != wordsAttribute {
			out = append(out, attribute(s.Field)+direction(s.Desc))
		}
	}
	if len(of) > 0 {
		out = append(out, attribute(search.ID)+direction(false))
	}
	return out
}

func direction(desc bool) string {
	if desc {
		return ":desc"
	}
	return ":asc"
}

// distribution returns how many documents have each code, by attribute.
func distribution(answer *ms.SearchResponse) (map[string]map[string]int, error) {
	var out map[string]map[string]int
	if len(answer.FacetDistribution) == 0 {
		return out, nil
	}
	err := json.Unmarshal(answer.FacetDistribution, &out)
	return out, err
}

func sortedCodes(of map[string]int) []string { return slices.Sorted(maps.Keys(of)) }

func facets(of []search.Facet, values map[string]map[string]int) map[search.Field][]search.Count {
	if len(of) == 0 {
		return nil
	}
	out := make(map[search.Field][]search.Count, len(of))
	for _, f := range of {
		counts := []search.Count{}
		if kind(f.Field) == stringsAttribute {
			for code, n := range values[attribute(f.Field)] {
				if n >= max(f.Min, 1) {
					counts = append(counts, search.Count{Value: decode(code), N: n})
				}
			}
		}
		slices.SortFunc(counts, func(a, b search.Count) int {
			return cmp.Or(cmp.Compare(b.N, a.N), cmp.Compare(a.Value, b.Value))
		})
		if f.Limit >= 0 && f.Limit < len(counts) {
			counts = counts[:f.Limit]
		}
		out[f.Field] = counts
	}
	return out
}
