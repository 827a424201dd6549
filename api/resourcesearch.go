package api

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"portico/api/schema"
	"portico/catalog"
	"portico/internal/ckan"
	"portico/search"
)

// resourceFields are the keys of a resource that resource_search can look in.
var resourceFields = []string{
	"id", "package_id", "url", "format", "description", "hash", "position", "name", "resource_type", "mimetype", "mimetype_inner", "size",
	"created", "last_modified", "metadata_modified", "cache_url", "cache_last_updated", "url_type", "extras", "state",
}

// A fieldTerm is something that is to be found in a field.
type fieldTerm struct{ field, term string }

type resourceSearchParams struct {
	terms         []fieldTerm
	order         string
	limit, offset int
	refused       error
}

func readResourceSearch(a *args) resourceSearchParams {
	p := resourceSearchParams{order: a.text("order_by"), limit: readLimit(a), offset: a.natural("offset", 0)}
	const most = 10
	queries := a.list("query")
	switch {
	case len(queries) == 0:
		p.refused = wrongQuery("Missing value")
	case len(queries) > most:
		p.refused = wrongQuery("Too many")
	}
	for _, q := range queries {
		field, term, ok := strings.Cut(q, ":")
		switch {
		case p.refused != nil:
		case !ok:
			p.refused = wrongQuery("Must be <field>:<value> pair(s)")
		case !slices.Contains(resourceFields, field):
			p.refused = wrongQuery(`Field "` + field + `" not recognised in resource_search.`)
		}
		p.terms = append(p.terms, fieldTerm{field, strings.ToLower(term)})
	}
	if p.refused == nil && p.order != "" && !slices.Contains(resourceFields, p.order) {
		p.refused = wrongQuery(`Field "` + p.order + `" not recognised in resource_search.`)
	}
	return p
}

// readLimit reads a limit; -1 is none.
func readLimit(a *args) int {
	if strings.TrimSpace(a.text("limit")) == "" {
		return -1
	}
	return a.natural("limit", 0)
}

// wrongQuery refuses a query. CKAN gives the reason as a text, not a list.
func wrongQuery(why string) error { return schema.Says("query", why) }

// A foundResource is a resource as resource_search gives it.
type foundResource struct {
	json []byte
	key  string // by which it is ordered
}

// maxScanned is how many datasets resource_search looks through, at most, for
// there is no index of all that it can ask for.
const maxScanned = 20_000

func (s *Server) resourceSearch(ctx context.Context, p resourceSearchParams) (result, error) {
	if p.refused != nil {
		return nil, p.refused
	}
	revision, err := s.index.Revision(ctx)
	if err != nil {
		return nil, err
	}
	key := fmt.Sprintf("resources %q %s %d %d", p.terms, p.order, p.limit, p.offset)
	if e := s.cache.get(key); e != nil && e.revision == revision {
		return one(e.body), nil
	}
	all, err := s.resourcesWith(catalog.WithActor(ctx, catalog.Actor{}), p)
	if err != nil {
		return nil, err
	}
	if p.order != "" {
		slices.SortStableFunc(all, func(a, b foundResource) int { return cmp.Compare(a.key, b.key) })
	}
	page := all[min(p.offset, len(all)):]
	if p.limit >= 0 {
		page = page[:min(p.limit, len(page))]
	}
	items := make([][]byte, len(page))
	for i, r := range page {
		items[i] = r.json
	}
	body := bytes.Join(listOf(fmt.Sprintf(`{"count": %d, "results": `, len(all)), items, "}"), nil)
	s.cache.put(&cached{key: key, revision: revision, body: body})
	return one(body), nil
}

// resourcesWith returns the resources of public datasets that match, the
// oldest first.
func (s *Server) resourcesWith(ctx context.Context, p resourceSearchParams) ([]foundResource, error) {
	q := search.Query{Root: narrowed(p.terms), Sort: []search.Sort{{Field: search.Created}}, Limit: 500}
	var out []foundResource
	for ; q.Offset < maxScanned; q.Offset += q.Limit {
		found, err := search.Find(ctx, s.engine, s.datasets, q)
		if err != nil {
			return nil, err
		}
		for _, d := range found.Datasets {
			for i := range d.Distributions {
				r, ok := p.match(d, &d.Distributions[i], s.site)
				if ok {
					out = append(out, r)
				}
			}
		}
		if q.Offset+q.Limit >= found.Total {
			return out, nil
		}
	}
	return nil, catalog.Errorf(catalog.Invalid, "too many datasets to look through: ask for a name, a format or a description, too")
}

// narrowed returns a query for the datasets that may have what terms ask for:
// words are found by the engine.
func narrowed(terms []fieldTerm) search.Node {
	must := []search.Node{search.Everything{}}
	fields := map[string]search.Field{"name": search.DistributionName, "description": search.DistributionDescription}
	for _, t := range terms {
		if f, ok := fields[t.field]; ok && plainWord(t.term) {
			must = append(must, search.Wildcard{Field: f, Pattern: "*" + t.term + "*"})
		}
	}
	if len(must) == 1 {
		return must[0]
	}
	return search.Bool{Must: must}
}

// plainWord reports whether s is nothing but small letters, so that it stands
// within one word of any text that has it.
func plainWord(s string) bool {
	return s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz") == ""
}

// match reports whether x is what p asks for, and how it is shown.
func (p resourceSearchParams) match(d *catalog.Dataset, x *catalog.Distribution, site catalog.Site) (foundResource, bool) {
	var m map[string]any
	dec := json.NewDecoder(bytes.NewReader(ckan.AppendResource(nil, d, x, ckan.Refs{Site: site})))
	dec.UseNumber()
	if dec.Decode(&m) != nil {
		return foundResource{}, false
	}
	delete(m, "datastore_active") // which is no column of CKAN's table
	for _, t := range p.terms {
		v := strings.ToLower(toText(m[t.field]))
		if t.field == "hash" && !strings.HasPrefix(v, t.term) || !strings.Contains(v, t.term) {
			return foundResource{}, false
		}
	}
	return foundResource{json: mustJSON(m), key: toText(m[p.order])}, true
}

type groupPackagesParams struct {
	ref   string
	limit int
}

func readGroupPackages(a *args) groupPackagesParams {
	p := groupPackagesParams{ref: a.required("id")}
	n, ok := a.integer("limit", 0)
	switch {
	case ok && n < 0:
		a.refuse("Limit must be a positive integer")
	case n == 0:
		n = 10
	}
	p.limit = min(n, maxRows)
	return p
}

func (s *Server) groupPackages(ctx context.Context, p groupPackagesParams) (result, error) {
	revision, err := s.index.Revision(ctx)
	if err != nil {
		return nil, err
	}
	dir, err := s.directoryAt(ctx, revision)
	if err != nil {
		return nil, err
	}
	name := ""
	if g := dir.group(p.ref); g != nil {
		name = g.Name
	} else if o := dir.org(p.ref); o != nil {
		name = o.Name // CKAN's organizations are groups, too, but have no datasets as such
	} else {
		return nil, catalog.Errorf(catalog.NotFound, "no such group")
	}
	return s.packagesWith(ctx, search.Term{Field: search.Group, Value: name}, p.limit, revision)
}

func (s *Server) addSearchActions(t map[string]action) {
	t["resource_search"] = read(readResourceSearch, s.resourceSearch, "Distributions of public datasets, by what their fields hold.",
		param{"query", "list", "FIELD:PART, one or several, all of which must match"},
		param{"order_by", "text", "the field by which they are sorted"}, limitParam, offsetParam)
	t["group_package_show"] = read(readGroupPackages, s.groupPackages, "The datasets of a group.", refParam, limitParam)
	t["tag_search"] = read(readTagSearch, s.tagSearch, "Tags that hold what is asked for.",
		param{"query", "list", "what the tags must hold, all of it; q is the same"}, partParam,
		param{"vocabulary_id", "text", "a vocabulary"}, limitParam, offsetParam)
}
