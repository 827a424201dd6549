package api

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"portico/catalog"
	"portico/internal/ckan"
	"portico/search"
)

// values returns the values of a field in public datasets, most frequent
// first.
func (s *Server) values(ctx context.Context, f search.Field) ([]search.Count, error) {
	found, err := s.findPublic(ctx, searchForm, 0, search.Query{Facets: []search.Facet{{Field: f, Limit: -1, Min: 1}}})
	return found.facets[f], err
}

type tagListParams struct {
	query, vocabulary string
	allFields         bool
}

func readTagList(a *args) tagListParams {
	return tagListParams{
		query: cmp.Or(a.text("query"), a.text("q")), vocabulary: a.text("vocabulary_id"),
		allFields: a.boolean("all_fields", false),
	}
}

func (s *Server) tagList(ctx context.Context, p tagListParams) (result, error) {
	if p.vocabulary != "" {
		return s.vocabularyTags(ctx, p)
	}
	names, err := s.tagsLike(ctx, p.query)
	if err != nil {
		return nil, err
	}
	if !p.allFields {
		return one(stringsJSON(names)), nil
	}
	items := make([][]byte, len(names))
	for i, name := range names {
		items[i] = mustJSON(tagJSON(name))
	}
	return listOf("", items, ""), nil
}

func noVocabulary(id string) error {
	return withDetail(catalog.NotFound, "could not find vocabulary '"+id+"'")
}

func tagJSON(name string) map[string]any {
	return map[string]any{"id": ckan.TagID(name), "name": name, "vocabulary_id": nil, "display_name": name}
}

// tagsLike returns the tags that hold part, in any case, sorted by code point.
func (s *Server) tagsLike(ctx context.Context, part string) ([]string, error) {
	counts, err := s.values(ctx, search.Keyword)
	if err != nil {
		return nil, err
	}
	part = strings.ToLower(part)
	names := []string{}
	for _, c := range counts {
		if strings.Contains(strings.ToLower(c.Value), part) {
			names = append(names, c.Value)
		}
	}
	slices.Sort(names)
	return names, nil
}

type tagShowParams struct {
	ref, vocabulary string
	packages        bool
}

func readTagShow(a *args) tagShowParams {
	return tagShowParams{ref: a.required("id"), vocabulary: a.text("vocabulary_id"), packages: a.boolean("include_datasets", false)}
}

func (s *Server) tagShow(ctx context.Context, p tagShowParams) (result, error) {
	revision, err := s.index.Revision(ctx)
	if err != nil {
		return nil, err
	}
	counts, err := s.values(ctx, search.Keyword)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(counts, func(c search.Count) bool { return c.Value == p.ref || ckan.TagID(c.Value) == p.ref })
	if i < 0 || p.vocabulary != "" {
		return s.vocabularyTagShow(ctx, p)
	}
	raw := mustJSON(tagJSON(counts[i].Value))
	if !p.packages {
		return one(raw), nil
	}
	items, err := s.packagesWith(ctx, search.Term{Field: search.Keyword, Value: counts[i].Value}, maxRows, revision)
	if err != nil {
		return nil, err
	}
	out := result{raw[:len(raw)-1], []byte(`,"packages":`)}
	return append(append(out, items...), []byte("}")), nil
}
