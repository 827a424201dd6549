package api

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"portico/catalog"
)

type bodyListParams struct {
	organizations bool
	kind          string
	sort          string
	descending    bool
	limit, offset int
	q             string
	names         []string
	allFields     bool
	view          bodyView
}

// The most that one answer lists.
const (
	maxBodies      = 1000
	maxWholeBodies = 25
)

func readBodyList(organizations bool) func(*args) bodyListParams {
	kind, names := "group", "groups"
	if organizations {
		kind, names = "organization", "organizations"
	}
	return func(a *args) bodyListParams {
		p := bodyListParams{
			organizations: organizations, kind: kind, q: strings.ToLower(a.text("q")), names: a.commaList(names),
			limit: a.natural("limit", 0), offset: a.natural("offset", 0), allFields: a.boolean("all_fields", false),
			view: bodyView{
				count: a.boolean("include_dataset_count", true), extras: a.boolean("include_extras", false),
				groups: a.boolean("include_groups", false), users: a.boolean("include_users", false),
				members: a.boolean("include_member_count", false),
			},
		}
		a.boolean("include_followers", false) // the number is always told, as CKAN does
		if a.has("type") && a.text("type") != kind {
			p.kind = ""
		}
		most := maxBodies
		if p.allFields {
			most = maxWholeBodies
		}
		if p.limit == 0 || p.limit > most {
			p.limit = most
		}
		order := cmp.Or(a.text("sort"), a.text("order_by"), "title asc")
		p.sort, p.descending = readBodySort(a, order)
		return p
	}
}

// readBodySort reads an order such as "package_count desc".
func readBodySort(a *args, order string) (field string, descending bool) {
	if strings.Contains(order, ",") {
		a.refuse("Too many sort criteria provided only 1 allowed")
		return "", false
	}
	field, direction, given := strings.Cut(strings.TrimSpace(order), " ")
	direction = strings.TrimSpace(direction)
	if field == "packages" {
		field = "package_count"
	}
	switch {
	case field != "name" && field != "title" && field != "package_count":
		a.refuse("Cannot sort by field `" + field + "`")
	case given && direction != "asc" && direction != "desc":
		a.refuse("Invalid sort direction `" + direction + "`")
	}
	return field, direction == "desc" || !given && field == "package_count"
}

func (s *Server) bodyList(ctx context.Context, p bodyListParams) (result, error) {
	revision, err := s.index.Revision(ctx)
	if err != nil {
		return nil, err
	}
	if s.hidesUsers(ctx) {
		p.view.users = false
	}
	key := fmt.Sprintf("bodies %+v", p)
	// Who asks for words of their own shall not push the rest out of the cache.
	shared := (isAnybody(ctx) || !p.view.users) && p.q == "" && p.names == nil
	if kept := s.answers.get(s, key, revision); kept != nil && shared {
		return one(kept), nil
	}
	as := s.answers.now(s)
	out, err := s.renderBodies(ctx, p, revision)
	if err != nil {
		return nil, err
	}
	return one(s.answers.put(s, key, revision, as, shared, out)), nil
}

// renderBodies returns the JSON of the list that p asks for.
func (s *Server) renderBodies(ctx context.Context, p bodyListParams, revision int64) ([]byte, error) {
	// Numbers are of what is public, also for those who may see more: they
	// are compared with package_search, which says the same unless asked.
	dir, err := s.directoryAt(catalog.WithActor(ctx, catalog.Actor{}), revision)
	if err != nil {
		return nil, err
	}
	sizes, err := s.bodySizes(ctx, p, revision)
	if err != nil {
		return nil, err
	}
	chosen := p.choose(dir.bodies(p.organizations), sizes)
	if !p.allFields {
		names := make([]string, len(chosen))
		for i, b := range chosen {
			names[i] = b.Name
		}
		return stringsJSON(names), nil
	}
	items := make([]any, len(chosen))
	for i, b := range chosen {
		if items[i], err = s.bodyObject(ctx, b, p.view); err != nil {
			return nil, err
		}
	}
	return mustJSON(items), nil
}

// bodySizes returns by how many datasets the bodies are sorted, by ID: by all,
// as in CKAN, though fewer are told. It is nil where they are sorted otherwise.
func (s *Server) bodySizes(ctx context.Context, p bodyListParams, revision int64) (map[string]int, error) {
	if p.sort != "package_count" {
		return nil, nil
	}
	dir, err := s.directoryAt(catalog.WithActor(ctx, catalog.System), revision)
	if err != nil {
		return nil, err
	}
	sizes := map[string]int{}
	for _, b := range dir.bodies(p.organizations) {
		sizes[b.ID] = b.Datasets
	}
	return sizes, nil
}

// choose returns the page of bodies that p asks for.
func (p bodyListParams) choose(all []body, sizes map[string]int) []body {
	var chosen []body
	for _, b := range all {
		if p.matches(b) {
			chosen = append(chosen, b)
		}
	}
	slices.SortStableFunc(chosen, func(a, b body) int { return p.compare(a, b, sizes) })
	chosen = chosen[min(p.offset, len(chosen)):]
	return chosen[:min(p.limit, len(chosen))]
}

func (p bodyListParams) matches(b body) bool {
	switch {
	case p.kind == "":
		return false
	case p.names != nil && !slices.Contains(p.names, b.Name):
		return false
	case p.q == "":
		return true
	}
	return strings.Contains(strings.ToLower(b.Name+"\n"+b.Title+"\n"+b.Description), p.q)
}

func (p bodyListParams) compare(a, b body, sizes map[string]int) int {
	n := 0
	switch p.sort {
	case "name":
		n = strings.Compare(a.Name, b.Name)
	case "package_count":
		n = cmp.Compare(sizes[a.ID], sizes[b.ID])
	default:
		n = strings.Compare(a.Title, b.Title)
	}
	if p.descending {
		n = -n
	}
	return n
}
