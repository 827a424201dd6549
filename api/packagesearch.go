package api

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"portico/api/solr"
	"portico/search"
)

const (
	defaultSort = "score desc, metadata_modified desc"
	maxRows     = 1000
	facetLimit  = 50
)

// searchParams are the parameters of package_search.
type searchParams struct {
	q, fq, qf, defType string
	fqList             []string
	sort, bf           string
	rows, start        int
	fl                 []string
	facet              bool
	facetFields        []string
	facetLimit         int
	facetMin           int
	private            bool
	drafts, deleted    bool
	defaultSchema      bool
	box                string         // ext_bbox
	given              map[string]any // the parameters as they came
	refused            error          // a parameter that CKAN's search does not know
}

// searchKeys are the parameters that package_search lets through to Solr.
var searchKeys = []string{
	"q", "fl", "fq", "rows", "sort", "start", "wt", "qf", "bf", "boost", "facet", "facet.mincount", "facet.limit",
	"facet.field", "extras", "fq_list", "tie", "defType", "mm", "df",
	"include_private", "include_drafts", "include_deleted", "use_default_schema",
}

func readPackageSearch(a *args) searchParams {
	p := searchParams{
		given: a.given,
		q:     a.text("q"), fq: a.text("fq"), qf: a.text("qf"), defType: cmp.Or(a.text("defType"), "dismax"),
		fqList: a.list("fq_list"), sort: a.text("sort"), bf: a.text("bf"), rows: readRows(a), start: a.natural("start", 0),
		fl: a.list("fl"), facet: readFacet(a), facetFields: readFacetFields(a),
		facetMin: a.natural("facet.mincount", 1),
		private:  a.boolean("include_private", false), drafts: a.boolean("include_drafts", false),
		deleted: a.boolean("include_deleted", false), defaultSchema: a.boolean("use_default_schema", false),
	}
	p.box = readBox(a)
	p.facetLimit, _ = a.integer("facet.limit", facetLimit)
	if !a.has("sort") || p.sort == "rank" {
		p.sort = defaultSort
	}
	var unknown []any
	for _, key := range slices.Sorted(maps.Keys(a.given)) {
		if !slices.Contains(searchKeys, key) && !strings.HasPrefix(key, "ext_") {
			unknown = append(unknown, key)
		}
	}
	if unknown != nil {
		p.refused = searchQueryError(pyRepr("Invalid search parameters: " + pyRepr(unknown)))
	}
	return p
}

// readBox reads the box of ckanext-spatial: text or a list, by itself or among
// the extras.
func readBox(a *args) string {
	v := a.given["ext_bbox"]
	if extras, ok := a.given["extras"].(map[string]any); ok && v == nil {
		v = extras["ext_bbox"]
	}
	if list, ok := v.([]any); ok {
		texts := make([]string, len(list))
		for i, x := range list {
			texts[i] = toText(x)
		}
		return strings.Join(texts, ",")
	}
	return toText(v)
}

func readRows(a *args) int {
	n, ok := a.integer("rows", 10)
	switch {
	case !ok:
		a.fault("rows", "Please enter an integer value")
	case n < 0:
		a.fault("rows", "Must be a natural number")
	}
	return min(n, maxRows)
}

func readFacet(a *args) bool {
	b, ok := asBool[strings.ToLower(strings.TrimSpace(a.text("facet")))]
	return b || !ok
}

// readFacetFields reads a list, or JSON text of one.
func readFacetFields(a *args) []string {
	v := a.given["facet.field"]
	if s, ok := v.(string); ok {
		var err error
		if v, err = decodeStrict([]byte(s)); err != nil {
			a.fault("facet.field", "Could not parse as valid JSON")
			a.fault("facet.field", "Not a list")
			return nil
		}
	} else if v == nil {
		return nil
	}
	list, ok := v.([]any)
	if !ok {
		a.fault("facet.field", "Not a list")
		return nil
	}
	const most = 50
	var out []string
	for _, x := range list[:min(len(list), most)] {
		s, ok := x.(string)
		if !ok {
			a.fault("facet.field", "Not a string: "+pyRepr(x))
			return nil
		}
		out = append(out, s)
	}
	return out
}

// packageSearch is CKAN's main way to find datasets (ckan-search §0).
func (s *Server) packageSearch(ctx context.Context, p searchParams) (result, error) {
	if p.refused != nil {
		return nil, p.refused
	}
	return s.keptAnswer(ctx, fmt.Sprintf("found %+v", p), func() (result, error) { return s.searchPackages(ctx, p) })
}

func (s *Server) searchPackages(ctx context.Context, p searchParams) (result, error) {
	q, err := s.searchQuery(p)
	if err != nil {
		return nil, err
	}
	revision, err := s.index.Revision(ctx)
	if err != nil {
		return nil, err
	}
	found, err := s.find(ctx, p.form(), revision, q)
	if err != nil {
		return nil, err
	}
	found.items = withScores(found.items, found.scores)
	facets, err := s.facetsJSON(ctx, p, found, revision)
	if err != nil {
		return nil, err
	}
	head := `{"count": ` + strconv.Itoa(found.total) + `, ` + facets[0] + `, "results": `
	return listOf(head, found.items, `, "sort": `+string(mustJSON(p.sort))+`, `+facets[1]+`}`), nil
}

func isMatchAll(q string) bool { return q == "" || q == `""` || q == "''" || q == "*:*" }

func (p searchParams) form() form {
	if len(p.fl) > 0 {
		return fieldsForm(p.fl)
	}
	return searchForm
}

// searchQuery makes the query of p, or says what is wrong with it.
func (s *Server) searchQuery(p searchParams) (search.Query, error) {
	q := search.Query{Offset: p.start, Limit: p.rows, Drafts: p.drafts || strings.Contains(p.fq, "+state"), Scores: slices.Contains(fieldNames(p.fl), "score")}
	fqs := append([]string{p.assembledFilter()}, p.fqList...)
	if err := p.guard(fqs); err != nil {
		return q, err
	}
	now := s.now()
	for _, fq := range fqs {
		if strings.TrimSpace(fq) == "" {
			continue
		}
		n, err := solr.Lucene(fq, now)
		if err != nil {
			return q, p.cannotParse(fqs, err)
		}
		q.Filters = append(q.Filters, parts(n)...)
	}
	var err error
	if q.Filters, err = s.withBox(q.Filters, p.box); err != nil {
		return q, err
	}
	if q.Root, err = p.root(now); err != nil {
		return q, p.cannotParse(fqs, err)
	}
	if q.Sort, err = p.order(); err != nil {
		return q, searchQueryError(pyRepr(err.Error()))
	}
	if p.facet {
		for _, f := range p.facetFields {
			if p.facetLimit != 0 {
				q.Facets = append(q.Facets, search.Facet{Field: solr.Lookup(f).Index(), Limit: p.facetLimit, Min: p.facetMin})
			}
		}
	}
	return q, nil
}

// withBox adds the filter of a box on the map. Where Portico answers as a CKAN
// without extensions does, it means nothing.
func (s *Server) withBox(filters []search.Node, box string) ([]search.Node, error) {
	if v, ok := s.engine.(search.Vocabulary); box == "" || ok && v.Analyzer().Solr() {
		return filters, nil
	}
	b, err := search.ParseBox(box)
	if err != nil {
		return nil, searchError(pyRepr("Wrong bounding box provided"))
	}
	return append(filters, b.Meets()), nil
}

// order is the order of the answer. Equals of a text come as they were made,
// which is where Solr has them.
func (p searchParams) order() ([]search.Sort, error) {
	keys, err := solr.Sort(p.sort)
	if err != nil || len(keys) == 0 {
		return keys, err
	}
	switch keys[0].Field {
	case search.Score, search.Updated, search.Created, search.Name, search.ID, search.TitleSort:
	default:
		keys = append(keys, search.Sort{Field: search.Created})
	}
	if m := ordinal.FindStringSubmatch(p.bf); m != nil && keys[0].Field == search.Score {
		keys = append([]search.Sort{{Field: solr.Lookup(m[1]).Index(), Desc: true}}, keys...)
	}
	return keys, nil
}

// ordinal is the one boost function that is known: the rank of a field's value
// among all, which outweighs every score.
var ordinal = regexp.MustCompile(`^ord\((\w+)\)$`)

// parts takes a filter of nothing but required clauses apart, so that those
// can be recognized which say nothing new.
func parts(n search.Node) []search.Node {
	if b, ok := n.(search.Bool); ok && len(b.Not) == 0 && len(b.Should) == 0 {
		return b.Must
	}
	return []search.Node{n}
}

// assembledFilter puts the filters together as CKAN does: as text. An OR that
// stands in fq without parentheses therefore makes fq filter nothing.
func (p searchParams) assembledFilter() string {
	fq := p.fq
	if !p.private {
		fq = "+capacity:public " + fq
	}
	if !strings.Contains(fq, "+state") {
		fq += " +state:(active"
		if p.deleted {
			fq += " OR deleted"
		}
		if p.drafts {
			fq += " OR draft"
		}
		fq += ")"
	}
	return fq
}

// root is the scored part of the query.
func (p searchParams) root(now time.Time) (search.Node, error) {
	switch {
	case isMatchAll(p.q):
		return search.Everything{}, nil
	case p.defType == "edismax":
		return solr.Edismax(p.q, p.qf, now), nil
	case strings.Contains(p.q, ":"), p.defType == "lucene":
		return solr.Lucene(p.q, now)
	}
	return solr.Dismax(p.q, p.qf, now)
}

// guard refuses what would choose another parser inside Solr.
func (p searchParams) guard(fqs []string) error {
	for _, v := range append([]string{p.q, p.sort, p.qf}, fqs...) {
		name := "fq"
		switch v {
		case p.q:
			name = "q"
		case p.sort:
			name = "sort"
		case p.qf:
			name = "qf"
		}
		if err := solr.Guard(name, v); err != nil {
			return searchError(pyRepr(err.Error()))
		}
	}
	return nil
}
