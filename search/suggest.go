package search

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"portico/catalog"
	"portico/dcat/vocab"
)

// A Suggestion is something that somebody may be about to write.
type Suggestion struct {
	Kind SuggestionKind
	Text string // as it is shown
	Name string // of the dataset, organization or theme; the value of the others
	N    int    // datasets that have it; 0 for a dataset
}

// A SuggestionKind says what a Suggestion is.
type SuggestionKind string

// The kinds, in the order in which they are suggested.
const (
	KindDataset      SuggestionKind = "dataset"
	KindOrganization SuggestionKind = "organization"
	KindTheme        SuggestionKind = "theme"
	KindPlace        SuggestionKind = "place"
	KindColumn       SuggestionKind = "column"
)

// quotas says how many of each kind are suggested at most when there are others.
var quotas = []struct {
	kind SuggestionKind
	n    int
}{{KindDataset, 5}, {KindOrganization, 3}, {KindTheme, 2}, {KindPlace, 3}, {KindColumn, 3}}

// Bounds of a question for suggestions.
const (
	minSuggest, maxSuggest = 2, 100 // letters
	maxSuggestions         = 20
)

// A Suggester completes what people write, from what everybody may see. It
// keeps the names of everything in memory, made anew when the catalog has
// changed, and asks the engine and the store once more before it tells one: so
// nothing is told of what has been hidden since. It must not be copied.
type Suggester struct {
	Engine        Engine
	Datasets      catalog.Datasets
	Organizations interface {
		Organizations(ctx context.Context) ([]*catalog.Organization, error)
	}
	Index catalog.Index // tells when the catalog has changed

	mu       sync.Mutex
	names    *suggestions  // nil = none yet; guarded by mu
	revision int64         // of names
	building chan struct{} // closed when those being made are there; nil = none are
	took     time.Duration // to make names
}

// Suggest returns at most n suggestions for text: names with words that begin
// as its words do. Themes are called as in lang.
func (s *Suggester) Suggest(ctx context.Context, text, lang string, n int) ([]Suggestion, error) {
	ctx = catalog.WithActor(ctx, catalog.Actor{})
	text = strings.TrimSpace(text)
	if l := utf8.RuneCountInString(text); l < minSuggest || l > maxSuggest || n <= 0 {
		return []Suggestion{}, nil
	}
	names, err := s.current(ctx)
	if err != nil {
		return nil, err
	}
	n = min(n, maxSuggestions)
	matches := names.matching(text)
	out := make([]Suggestion, 0, n)
	for _, q := range quotas {
		var of []Suggestion
		if q.kind == KindDataset {
			of, err = s.datasets(ctx, names, matches[q.kind], text, q.n)
		} else {
			of, err = s.values(ctx, matches[q.kind], q.kind, q.n)
		}
		if err != nil {
			return nil, err
		}
		out = append(out, of...)
	}
	for i := range out {
		if t, ok := vocab.Theme(out[i].Name); ok && out[i].Kind == KindTheme {
			out[i].Text, out[i].Name = t.Label[lang], t.Group
		}
	}
	return out[:min(n, len(out))], nil
}

// values checks that what is to be suggested is still there for everybody.
func (s *Suggester) values(ctx context.Context, of []suggestion, kind SuggestionKind, n int) ([]Suggestion, error) {
	var out []Suggestion
	for _, x := range of {
		if len(out) == n {
			break
		}
		found, err := Find(ctx, s.Engine, s.Datasets, Query{Filters: []Node{Term{fieldsOf[kind][x.field], x.value}}, Limit: 1})
		if err != nil {
			return nil, err
		}
		if found.Total > 0 && len(found.Datasets) > 0 {
			out = append(out, Suggestion{Kind: kind, Text: x.text, Name: x.value, N: found.Total})
		}
	}
	return out, nil
}

// datasets returns the datasets with the titles that match.
func (s *Suggester) datasets(ctx context.Context, names *suggestions, of []suggestion, text string, n int) ([]Suggestion, error) {
	q := Query{Limit: 2 * n, Sort: []Sort{{Field: TitleSort}}}
	place := map[string]int{}
	var titles []Node
	for i, x := range of[:min(n, len(of))] {
		place[x.value] = i
		titles = append(titles, Term{TitleSort, x.value})
	}
	switch {
	case len(titles) > 0:
		q.Filters = []Node{Bool{Should: titles}}
	case names.partial: // there are titles that the engine did not list
		q.Root, q.Sort = Words{Field: Title, Text: text, Prefix: true}, nil
	default:
		return nil, nil
	}
	found, err := Find(ctx, s.Engine, s.Datasets, q)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(found.Datasets, func(a, b *catalog.Dataset) int { return place[a.Title.String()] - place[b.Title.String()] })
	var out []Suggestion
	for _, d := range found.Datasets[:min(n, len(found.Datasets))] {
		out = append(out, Suggestion{Kind: KindDataset, Text: d.Title.String(), Name: d.Name})
	}
	return out, nil
}

// prompt is how long making the names may take while somebody waits.
const prompt = 5 * time.Millisecond

// current returns the names. When they are out of date and it takes long to
// make them anew, it returns the old ones, while the new ones are being made.
func (s *Suggester) current(ctx context.Context) (*suggestions, error) {
	revision, err := s.Index.Revision(ctx)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	names, fresh := s.names, s.names != nil && s.revision == revision
	wait := s.building
	if !fresh && wait == nil {
		wait = make(chan struct{})
		s.building = wait
		go s.make(context.WithoutCancel(ctx), revision, wait)
	}
	patient := names == nil || s.took <= prompt
	s.mu.Unlock()
	if fresh {
		return names, nil
	}
	if patient {
		select {
		case <-wait:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		s.mu.Lock()
		names = s.names
		s.mu.Unlock()
	}
	if names == nil {
		return nil, catalog.Errorf(catalog.Unavailable, "there are no suggestions now").Italian("i suggerimenti non sono disponibili in questo momento")
	}
	return names, nil
}

// make makes the names of a revision. If the engine has not learned of it yet,
// they are kept as those of none, to be made again when next asked for.
func (s *Suggester) make(ctx context.Context, revision int64, done chan struct{}) {
	const longest = time.Minute
	ctx, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	begun := time.Now()
	stale, staleErr := s.Index.Stale(ctx, 1)
	names, err := s.gather(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	if err == nil {
		s.names, s.revision, s.took = names, revision, time.Since(begun)
		if staleErr != nil || len(stale) > 0 {
			s.revision = -1
		}
	}
	s.building = nil
	close(done)
}

// gather asks the engine for all names.
func (s *Suggester) gather(ctx context.Context) (*suggestions, error) {
	titles := map[string]string{}
	orgs, err := s.Organizations.Organizations(ctx)
	if err != nil {
		return nil, err
	}
	for _, o := range orgs {
		titles[o.Name] = o.Title.String()
	}
	var facets []Facet
	for _, q := range quotas {
		for _, f := range fieldsOf[q.kind] {
			facets = append(facets, Facet{Field: f, Limit: -1})
		}
	}
	found, err := Find(ctx, s.Engine, s.Datasets, Query{Facets: facets, Filters: []Node{Exists{ID}}})
	if err != nil {
		return nil, err
	}
	return newSuggestions(found, titles), nil
}
