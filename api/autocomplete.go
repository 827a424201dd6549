package api

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	"portico/catalog"
	"portico/internal/ckan"
	"portico/search"
)

// A partParams is something typed that is not finished.
type partParams struct {
	part          string
	limit, offset int
	vocabulary    string // of tags; "" = the free ones
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
	return partParams{vocabulary: a.text("vocabulary_id"), part: cmp.Or(a.text("query"), a.text("q")), limit: a.natural("limit", 0), offset: a.natural("offset", 0)}
}

// A match is a dataset found by a part of its name or title.
type match struct {
	Name      string `json:"name"`
	Title     string `json:"title"`
	Field     string `json:"match_field"`
	Displayed string `json:"match_displayed"`
	Corrected string `json:"match_corrected,omitempty"` // for what the words were taken, when nothing has them as they are
}

func (s *Server) packageAutocomplete(ctx context.Context, p partParams) (result, error) {
	return s.keptAnswer(ctx, fmt.Sprintf("like %+v", p), func() (result, error) {
		ms, err := s.datasetsLike(ctx, p)
		return one(mustJSON(ms)), err
	})
}

// datasetsLike returns datasets whose name or title holds p, or, where there
// are none, what was meant. Words of an index that must answer as CKAN does are
// never taken for others.
func (s *Server) datasetsLike(ctx context.Context, p partParams) ([]match, error) {
	ms, err := s.datasetsWith(ctx, p)
	v, ok := s.engine.(search.Vocabulary)
	if err != nil || len(ms) > 0 || !ok || v.Analyzer().Solr() || len(p.part) > maxRef || p.limit == 0 {
		return ms, err
	}
	wrong, err := search.Corrections(ctx, s.engine, p.part)
	meant := search.Corrected(p.part, wrong)
	if err != nil || len(wrong) == 0 || meant == "" {
		return ms, err
	}
	p.part = meant
	ms, err = s.datasetsWith(ctx, p)
	for i := range ms {
		ms[i].Corrected = meant
	}
	return ms, err
}

// datasetsWith returns datasets whose name or title holds p.
func (s *Server) datasetsWith(ctx context.Context, p partParams) ([]match, error) {
	part := strings.ToLower(strings.TrimSpace(p.part))
	ms := []match{}
	const least, most, looked = 2, 100, 300
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
		Sort:  []search.Sort{{Field: search.Created}},
		Limit: looked,
	})
	if err != nil {
		return nil, err
	}
	items := closest(found.items, part)
	for _, item := range items[:min(p.limit, most, len(items))] {
		name, title, _ := strings.Cut(string(item), "\n")
		m := match{Name: name, Title: title, Field: "title", Displayed: title + " (" + name + ")"}
		if strings.Contains(name, part) {
			m.Field, m.Displayed = "name", name
		}
		ms = append(ms, m)
	}
	return ms, nil
}

// closest sorts datasets by how much of their names and titles part is: the
// shorter they are, the more. CKAN does it by counting runs of two to ten
// letters, whose number Solr remembers in one byte; so do we.
func closest(items [][]byte, part string) [][]byte {
	type scored struct {
		item  []byte
		score float64
	}
	var of []scored
	lengths, n := 0, 0
	for _, item := range items {
		lengths += runs(item)
		n++
	}
	average := float64(max(lengths, 1)) / float64(max(n, 1)) / 2
	for _, item := range items {
		x := scored{item: item}
		name, title, _ := strings.Cut(string(item), "\n")
		for _, text := range []string{name, strings.ToLower(title)} {
			if strings.Contains(text, part) {
				x.score += 1 / (1 + float64(search.RoundedLength(runs([]byte(text))))/average)
			}
		}
		of = append(of, x)
	}
	slices.SortStableFunc(of, func(a, b scored) int { return cmp.Compare(b.score, a.score) })
	out := make([][]byte, len(of))
	for i, x := range of {
		out[i] = x.item
	}
	return out
}

// runs returns how many runs of two to ten letters s has.
func runs(s []byte) int {
	n, letters := 0, utf8.RuneCount(s)
	for of := 2; of <= 10; of++ {
		n += max(0, letters-of+1)
	}
	return n
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
	all := dir.bodies(organizations)
	slices.SortStableFunc(all, func(a, b body) int { return a.Created.Compare(b.Created) }) // as CKAN does
	for _, b := range all {
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
	names, err := s.tagNames(ctx, p.vocabulary, p.part)
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
	case "user/autocomplete":
		if p.part == "" || s.hidesUsers(ctx) {
			return list, nil
		}
		return s.usersLike(ctx, userPartParams{partParams: p})
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
