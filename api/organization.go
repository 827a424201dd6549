package api

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"portico/catalog"
	"portico/search"
)

// A body is an organization or a group: to a CKAN client they are one thing
// with a different type.
type body struct {
	ID, Name, Title, Description, ImageURL string
	Created                                time.Time
	Extras                                 []catalog.Extra
	Datasets                               int
	IsOrganization                         bool
}

func bodyOfOrganization(o *catalog.Organization) body {
	return body{
		ID: o.ID, Name: o.Name, Title: o.Title.String(), Description: o.Description.String(), ImageURL: o.ImageURL,
		Created: o.Created, Extras: o.Extras, Datasets: o.Datasets, IsOrganization: true,
	}
}

func bodyOfGroup(g *catalog.Group) body {
	return body{
		ID: g.ID, Name: g.Name, Title: g.Title.String(), Description: g.Description.String(), ImageURL: g.ImageURL,
		Created: g.Created, Extras: g.Extras, Datasets: g.Datasets,
	}
}

// bodies returns the organizations, or the groups.
func (d *directory) bodies(organizations bool) []body {
	var out []body
	if organizations {
		for _, o := range d.orgs {
			out = append(out, bodyOfOrganization(o))
		}
		return out
	}
	for _, g := range d.groups {
		out = append(out, bodyOfGroup(g))
	}
	return out
}

// A bodyView says what of a body an answer shows.
type bodyView struct {
	count, extras, groups, users bool
	packages                     result // nil = not asked for
}

// ckanTime is how CKAN writes moments: UTC, without saying so.
const ckanTime = "2006-01-02T15:04:05.000000"

// json renders b as group_show and organization_show do.
func (b body) json(v bodyView) result {
	name := cmp.Or(b.Title, b.Name)
	m := map[string]any{
		"approval_status": "approved", "created": b.Created.UTC().Format(ckanTime),
		"description": b.Description, "display_name": name, "id": b.ID,
		"image_display_url": b.ImageURL, "image_url": b.ImageURL, "is_organization": b.IsOrganization,
		"name": b.Name, "num_followers": 0, "state": "active", "title": b.Title, "type": "group",
	}
	if b.IsOrganization {
		m["type"] = "organization"
	}
	if v.count {
		m["package_count"] = b.Datasets
	}
	if v.extras {
		extras := slices.Clone(b.Extras)
		slices.SortFunc(extras, func(x, y catalog.Extra) int { return strings.Compare(x.Key, y.Key) })
		if extras == nil {
			extras = []catalog.Extra{}
		}
		m["extras"] = extras
	}
	if v.groups {
		m["groups"] = []any{}
	}
	if v.users {
		m["users"] = []any{} // who works where is nobody else's business
	}
	raw := mustJSON(m)
	if v.packages == nil {
		return one(raw)
	}
	out := result{raw[:len(raw)-1], []byte(`,"packages":`)}
	return append(append(out, v.packages...), []byte("}"))
}

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
			},
		}
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
	// Numbers are of what is public, also for those who may see more: they
	// are compared with package_search, which says the same unless asked.
	dir, err := s.directoryNow(catalog.WithActor(ctx, catalog.Actor{}))
	if err != nil {
		return nil, err
	}
	var chosen []body
	for _, b := range dir.bodies(p.organizations) {
		if p.matches(b) {
			chosen = append(chosen, b)
		}
	}
	slices.SortStableFunc(chosen, p.compare)
	chosen = chosen[min(p.offset, len(chosen)):]
	chosen = chosen[:min(p.limit, len(chosen))]
	if !p.allFields {
		names := make([]string, len(chosen))
		for i, b := range chosen {
			names[i] = b.Name
		}
		return one(stringsJSON(names)), nil
	}
	items := make([][]byte, len(chosen))
	for i, b := range chosen {
		items[i] = b.json(p.view)[0]
	}
	return listOf("", items, ""), nil
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

func (p bodyListParams) compare(a, b body) int {
	n := 0
	switch p.sort {
	case "name":
		n = strings.Compare(a.Name, b.Name)
	case "package_count":
		n = cmp.Compare(a.Datasets, b.Datasets)
	default:
		n = strings.Compare(a.Title, b.Title)
	}
	if p.descending {
		n = -n
	}
	return n
}

type bodyShowParams struct {
	organization bool
	ref          string
	packages     bool
	view         bodyView
}

func readBodyShow(organization bool) func(*args) bodyShowParams {
	return func(a *args) bodyShowParams {
		return bodyShowParams{
			organization: organization, ref: a.required("id"), packages: a.boolean("include_datasets", false),
			view: bodyView{
				count: a.boolean("include_dataset_count", true), extras: a.boolean("include_extras", true),
				groups: a.boolean("include_groups", true), users: a.boolean("include_users", true),
			},
		}
	}
}

func (s *Server) bodyShow(ctx context.Context, p bodyShowParams) (result, error) {
	dir, err := s.directoryNow(ctx)
	if err != nil {
		return nil, err
	}
	var b body
	if o := dir.org(p.ref); o != nil && p.organization {
		b = bodyOfOrganization(o)
	} else if g := dir.group(p.ref); g != nil && !p.organization {
		b = bodyOfGroup(g)
	} else {
		return nil, catalog.Errorf(catalog.NotFound, "no organization or group of that name")
	}
	if p.packages {
		field := search.Group
		if p.organization {
			field = search.Organization
		}
		if p.view.packages, err = s.packagesWith(ctx, search.Term{Field: field, Value: b.Name}, firstPackages, dir.revision); err != nil {
			return nil, err
		}
	}
	return b.json(p.view), nil
}

// firstPackages is how many datasets organization_show and group_show give.
const firstPackages = 10

// packagesWith returns the first datasets that match n, the latest first.
func (s *Server) packagesWith(ctx context.Context, n search.Node, limit int, revision int64) (result, error) {
	found, err := s.findPublic(ctx, searchForm, revision, search.Query{
		Filters: []search.Node{n}, Sort: []search.Sort{{Field: search.Updated, Desc: true}}, Limit: limit,
	})
	return listOf("", found.items, ""), err
}
