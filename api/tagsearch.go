package api

import (
	"context"
	"strings"

	"portico/catalog"
	"portico/internal/ckan"
)

type tagSearchParams struct {
	queries       []string
	vocabulary    string
	limit, offset int
}

// readTagSearch reads the parameters of tag_search. CKAN ends in an internal
// error over "fields"; here it is no parameter.
func readTagSearch(a *args) tagSearchParams {
	const most = 10
	queries := a.list("query")
	if len(queries) == 0 {
		queries = a.list("q")
	}
	return tagSearchParams{
		queries: queries[:min(len(queries), most)], vocabulary: a.text("vocabulary_id"),
		limit: readLimit(a), offset: a.natural("offset", 0),
	}
}

func (s *Server) tagSearch(ctx context.Context, p tagSearchParams) (result, error) {
	if p.vocabulary != "" {
		return nil, catalog.Errorf(catalog.NotFound, "no such vocabulary")
	}
	out := []map[string]any{}
	if len(p.queries) == 0 {
		return one(mustJSON(map[string]any{"count": 0, "results": out})), nil
	}
	names, err := s.tagsLike(ctx, p.queries[0])
	if err != nil {
		return nil, err
	}
	count := 0
	for _, name := range names {
		if !holdsAll(name, p.queries) {
			continue
		}
		if count++; count > p.offset && (p.limit < 0 || len(out) < p.limit) {
			out = append(out, map[string]any{"id": ckan.TagID(name), "name": name, "vocabulary_id": nil})
		}
	}
	return one(mustJSON(map[string]any{"count": count, "results": out})), nil
}

// holdsAll reports whether name holds every part, in any case.
func holdsAll(name string, parts []string) bool {
	name = strings.ToLower(name)
	for _, part := range parts {
		if !strings.Contains(name, strings.ToLower(part)) {
			return false
		}
	}
	return true
}
