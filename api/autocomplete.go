package api

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"portico/catalog"
	"portico/internal/ckan"
	"portico/search"
)

// A partParams is something typed that is not finished.
type partParams struct {
	part          string
	limit, offset int
}

// readPart reads q and limit. CKAN ends in an internal error where some of
// these actions lack q; here they all say that it is missing.
func readPart(limit int, mayBeEmpty bool) func(*args) partParams {
	return func(a *args) partParams {
		p := partParams{limit: a.natural("limit", limit)}
		if p.part = a.present("q"); p.part == "" && !mayBeEmpty && len(a.wrong) == 0 {
			p.limit = 0
		}
		return p
	}
}

func readTagPart(a *args) partParams {
	if id := a.text("vocabulary_id"); id != "" {
		a.odd = noVocabulary(id)
	}
	return partParams{part: cmp.Or(a.text("query"), a.text("q")), limit: a.natural("limit", 0), offset: a.natural("offset", 0)}
}

// A match is a dataset found by a part of its name or title.
type match struct {
	Name      string `json:"name"`
	Title     string `json:"title"`
	Field     string `json:"match_field"`
	Displayed string `json:"match_displayed"`
}

func (s *Server) packageAutocomplete(ctx context.Context, p partParams) (result, error) {
	ms, err := s.datasetsLike(ctx, p)
	return one(mustJSON(ms)), err
}

// datasetsLike returns datasets whose name or title holds p.
func (s *Server) datasetsLike(ctx context.Context, p partParams) ([]match, error) {
	part := strings.ToLower(strings.TrimSpace(p.part))
	ms := []match{}
	const least, most = 2, 100
	if len([]rune(part)) < least || len(part) > maxRef {
		return ms, nil
	}
	revision, err := s.index.Revision(ctx)
	if err != nil {
		return nil, err
	}
	plain := strings.NewReplacer("*", "", "?", "", `\`, "").Replace(part)
	found, err := s.findPublic(ctx, matchForm(part), revision, search.Query{
		Root: search.Bool{Should: []search.Node{
			search.Wildcard{Field: search.Name, Pattern: "*" + plain + "*"},
			search.Words{Field: search.Title, Text: part, Prefix: true},
		}},
		Limit: min(p.limit, most),
	})
	if err != nil {
		return nil, err
	}
	for _, item := range found.items {
		name, title, _ := strings.Cut(string(item), "\n")
		m := match{Name: name, Title: title, Field: "title", Displayed: title + " (" + name + ")"}
		if strings.Contains(name, part) {
			m.Field, m.Displayed = "name", name
		}
		ms = append(ms, m)
	}
	return ms, nil
}

// matchForm renders a dataset as its name and title, a line each.
func matchForm(string) form {
	return form{key: "match", append: func(dst []byte, d *catalog.Dataset, _ ckan.Refs) []byte {
		return append(dst, d.Name+"\n"+strings.ReplaceAll(cmp.Or(d.Title.String(), d.Name), "\n", " ")...)
	}}
}

// A named is an organization or group as the autocomplete actions give it.
type named struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Title string `json:"title"`
}

func (s *Server) bodyAutocomplete(organizations bool) func(context.Context, partParams) (result, error) {
	return func(ctx context.Context, p partParams) (result, error) {
		out, err := s.bodiesLike(ctx, organizations, p)
		return one(mustJSON(out)), err
	}
}

func (s *Server) bodiesLike(ctx context.Context, organizations bool, p partParams) ([]named, error) {
	dir, err := s.directoryNow(catalog.WithActor(ctx, catalog.Actor{}))
	if err != nil {
		return nil, err
	}
	out := []named{}
	part := strings.ToLower(p.part)
	for _, b := range dir.bodies(organizations) {
		if len(out) < p.limit && strings.Contains(strings.ToLower(b.Name+"\n"+b.Title), part) {
			out = append(out, named{ID: b.ID, Name: b.Name, Title: b.Title})
		}
	}
	return out, nil
}

func (s *Server) tagAutocomplete(ctx context.Context, p partParams) (result, error) {
	names, err := s.tagsPage(ctx, p)
	return one(stringsJSON(names)), err
}

func (s *Server) tagsPage(ctx context.Context, p partParams) ([]string, error) {
	if p.part == "" {
		return nil, nil
	}
	names, err := s.tagsLike(ctx, p.part)
	names = names[min(p.offset, len(names)):]
	if p.limit > 0 {
		names = names[:min(p.limit, len(names))]
	}
	return names, err
}

func (s *Server) formatAutocomplete(ctx context.Context, p partParams) (result, error) {
	formats, err := s.formatsLike(ctx, p)
	return one(stringsJSON(formats)), err
}

func (s *Server) formatsLike(ctx context.Context, p partParams) ([]string, error) {
	if p.part == "" {
		return nil, nil
	}
	counts, err := s.values(ctx, search.Format)
	if err != nil {
		return nil, err
	}
	part := strings.ToLower(p.part)
	var out []string
	for _, c := range counts {
		f := strings.ToLower(c.Value)
		if len(out) < p.limit && strings.Contains(f, part) && !slices.Contains(out, f) {
			out = append(out, f)
		}
	}
	return out, nil
}

// autocompletes answers the addresses that are older than the actions:
// /api[/1|/2]/util/WHAT/autocomplete.
func (s *Server) autocompletes(c *gin.Context, what string) {
	if !s.allow(c, "GET, HEAD, OPTIONS") {
		return
	}
	s.public(c)
	values := c.Request.URL.Query()
	p := partParams{part: cmp.Or(values.Get("incomplete"), values.Get("q")), limit: 10}
	if n, ok := parseInteger(values.Get("limit")); ok && n >= 0 {
		p.limit = min(n, 1000)
	}
	out, err := s.complete(c.Request.Context(), what, p)
	switch {
	case err != nil:
		s.failPage(c, err)
	default:
		writeJSON(c.Writer, http.StatusOK, mustJSON(out))
	}
}

// complete returns what the old addresses answer.
func (s *Server) complete(ctx context.Context, what string, p partParams) (any, error) {
	list := []any{}
	var err error
	switch what {
	case "dataset/autocomplete":
		var ms []match
		ms, err = s.datasetsLike(ctx, p)
		for _, m := range ms {
			list = append(list, m)
		}
	case "tag/autocomplete":
		var names []string
		names, err = s.tagsPage(ctx, p)
		for _, name := range names {
			list = append(list, map[string]string{"Name": name})
		}
	case "resource/format_autocomplete":
		var formats []string
		formats, err = s.formatsLike(ctx, partParams{part: p.part, limit: min(p.limit, 5)})
		for _, f := range formats {
			list = append(list, map[string]string{"Format": f})
		}
	case "group/autocomplete", "organization/autocomplete":
		if p.part == "" {
			return list, nil
		}
		return s.bodiesLike(ctx, what[0] == 'o', p)
	default:
		return nil, pageError(http.StatusNotFound)
	}
	return map[string]any{"ResultSet": map[string]any{"Result": list}}, err
}
