package api

import (
	"cmp"
	"context"
	"fmt"
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
	State                                  catalog.State
	Created                                time.Time
	Extras                                 []catalog.Extra
	Datasets                               int
	IsOrganization                         bool

	org   *catalog.Organization // of which it was made, or
	group *catalog.Group
}

// inIt holds for the datasets of b.
func (b body) inIt() search.Term {
	if b.IsOrganization {
		return search.Term{Field: search.Organization, Value: b.Name}
	}
	return search.Term{Field: search.Group, Value: b.Name}
}

func bodyOfOrganization(o *catalog.Organization) body {
	return body{
		ID: o.ID, Name: o.Name, Title: o.Title.String(), Description: o.Description.String(), ImageURL: o.ImageURL,
		State: o.State, Created: o.Created, Extras: o.Extras, Datasets: o.Datasets, IsOrganization: true, org: o,
	}
}

func bodyOfGroup(g *catalog.Group) body {
	return body{
		ID: g.ID, Name: g.Name, Title: g.Title.String(), Description: g.Description.String(), ImageURL: g.ImageURL,
		State: g.State, Created: g.Created, Extras: g.Extras, Datasets: g.Datasets, group: g,
	}
}

// kind returns the word by which CKAN calls b.
func (b body) kind() string {
	if b.IsOrganization {
		return "organization"
	}
	return "group"
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
	count, extras, groups, users, members, packages bool

	bare bool // without the number of followers
}

// wholeBody is what a body is shown with when it was changed.
var wholeBody = bodyView{count: true, extras: true, groups: true, users: true}

// ckanTime is how CKAN writes moments: UTC, without saying so.
const ckanTime = "2006-01-02T15:04:05.000000"

// object returns what every answer tells of b.
func (b body) object(site catalog.Site) map[string]any {
	return map[string]any{
		"approval_status": "approved", "created": b.Created.UTC().Format(ckanTime),
		"description": b.Description, "display_name": cmp.Or(b.Title, b.Name), "id": b.ID,
		"image_display_url": displayURL(site, "group", b.ImageURL), "image_url": b.ImageURL, "is_organization": b.IsOrganization,
		"name": b.Name, "state": string(cmp.Or(b.State, catalog.Active)), "title": b.Title, "type": b.kind(),
	}
}

// displayURL returns where a picture is: one that is no URL is the name of an
// uploaded file.
func displayURL(site catalog.Site, folder, url string) string {
	if url == "" || strings.HasPrefix(url, "http://") || strings.HasPrefix(url, "https://") {
		return url
	}
	return site.Link("/uploads/" + folder + "/" + url)
}

// bodyObject returns what group_show and organization_show tell of b.
func (s *Server) bodyObject(ctx context.Context, b body, v bodyView) (map[string]any, error) {
	m := b.object(s.site)
	if !v.bare {
		followers, err := s.records.Records(ctx, catalog.RecordFollow, b.ID, "")
		if err != nil {
			return nil, err
		}
		m["num_followers"] = len(followers)
	}
	if v.count {
		m["package_count"] = b.Datasets
	}
	if v.extras {
		m["extras"] = sortedExtras(b.Extras)
	}
	if v.groups || v.users || v.members {
		err := s.addMembers(ctx, b, v, m)
		return m, err
	}
	return m, nil
}

// sortedExtras returns extras by key, as CKAN gives them.
func sortedExtras(extras []catalog.Extra) []catalog.Extra {
	if extras == nil {
		return []catalog.Extra{}
	}
	extras = slices.Clone(extras)
	slices.SortFunc(extras, func(x, y catalog.Extra) int { return strings.Compare(x.Key, y.Key) })
	return extras
}

// addMembers adds to the object of b what v asks for of its members.
func (s *Server) addMembers(ctx context.Context, b body, v bodyView, m map[string]any) error {
	members, err := s.members.Members(ctx, b.ID)
	if err != nil {
		return err
	}
	if v.groups {
		if m["groups"], err = s.groupsAmong(ctx, members); err != nil {
			return err
		}
	}
	if !v.users && !v.members {
		return nil
	}
	people, err := s.usersAmong(ctx, members)
	if v.members {
		m["member_count"] = len(people)
	}
	if v.users {
		m["users"] = people
	}
	return err
}

// groupsAmong returns the bodies among members, as they are shown there.
func (s *Server) groupsAmong(ctx context.Context, members []*catalog.Member) ([]any, error) {
	out := []any{}
	for _, m := range members {
		if m.Kind != catalog.MemberGroup {
			continue
		}
		b, err := s.bodyByID(ctx, m.Object)
		if k := catalog.KindOf(err); err != nil && (k == catalog.NotFound || k == catalog.Gone) {
			continue
		}
		if err != nil {
			return nil, err
		}
		o := b.object(s.site)
		o["capacity"] = "public"
		out = append(out, o)
	}
	return out, nil
}

// bodyByID returns the organization or group with the given ID or name.
func (s *Server) bodyByID(ctx context.Context, ref string) (body, error) {
	if len(ref) > maxRef {
		return body{}, catalog.Errorf(catalog.NotFound, "no organization or group with so long a name")
	}
	_, organization, _, err := s.orgs.BodyID(ctx, ref)
	if err != nil {
		return body{}, err
	}
	return s.bodyOfKind(ctx, ref, organization)
}

// bodyOfKind returns the organization, or the group, with the given ID or name.
func (s *Server) bodyOfKind(ctx context.Context, ref string, organization bool) (body, error) {
	if len(ref) > maxRef {
		return body{}, catalog.Errorf(catalog.NotFound, "no organization or group with so long a name")
	}
	if organization {
		o, err := s.orgs.Organization(ctx, ref)
		if err != nil {
			return body{}, err
		}
		return bodyOfOrganization(o), nil
	}
	g, err := s.orgs.Group(ctx, ref)
	if err != nil {
		return body{}, err
	}
	return bodyOfGroup(g), nil
}

// shownBody returns a body to a CKAN client, or CKAN's error.
func (s *Server) shownBody(ctx context.Context, ref string, organization bool) (body, error) {
	b, err := s.bodyOfKind(ctx, ref, organization)
	if err == nil || catalog.KindOf(err) != catalog.Gone {
		return b, err
	}
	id, _, _, err := s.orgs.BodyID(ctx, ref)
	if err != nil {
		return body{}, err
	}
	return body{}, withDetail(catalog.Denied, "User "+catalog.ActorOf(ctx).Name+" not authorized to read group "+id)
}

type bodyShowParams struct {
	organization bool
	ref          string
	view         bodyView
}

func readBodyShow(organization bool) func(*args) bodyShowParams {
	return func(a *args) bodyShowParams {
		p := bodyShowParams{
			organization: organization, ref: a.required("id"),
			view: bodyView{
				count: a.boolean("include_dataset_count", true), extras: a.boolean("include_extras", true),
				groups: a.boolean("include_groups", true), users: a.boolean("include_users", true),
				members: a.boolean("include_member_count", false), packages: a.boolean("include_datasets", false),
			},
		}
		a.boolean("include_followers", true) // the number is always told, as CKAN does
		return p
	}
}

// isAnybody reports whether the actor of ctx is a visitor, who sees no more
// than all others.
func isAnybody(ctx context.Context) bool {
	a := catalog.ActorOf(ctx)
	return a.ID == "" && !a.Sysadmin
}

func (s *Server) bodyShow(ctx context.Context, p bodyShowParams) (result, error) {
	revision, err := s.index.Revision(ctx)
	if err != nil {
		return nil, err
	}
	if s.hidesUsers(ctx) {
		p.view.users = false
	}
	anybody := isAnybody(ctx)
	key := fmt.Sprintf("body %+v", p)
	if kept := s.answers.get(s, key, revision); kept != nil && anybody {
		return one(kept), nil
	}
	as := s.answers.now(s)
	b, err := s.shownBody(ctx, p.ref, p.organization)
	if err != nil {
		return nil, err
	}
	out, err := s.renderBody(ctx, b, p.view, revision)
	if err != nil {
		return nil, err
	}
	return one(s.answers.put(s, key, revision, as, anybody, out)), nil
}

// renderBody returns the JSON of b.
func (s *Server) renderBody(ctx context.Context, b body, v bodyView, revision int64) ([]byte, error) {
	m, err := s.bodyObject(ctx, b, v)
	if err != nil {
		return nil, err
	}
	raw := mustJSON(m)
	if !v.packages {
		return raw, nil
	}
	packages, err := s.packagesWith(ctx, b.inIt(), firstPackages, revision)
	if err != nil {
		return nil, err
	}
	raw = append(raw[:len(raw)-1], `,"packages":`...)
	for _, piece := range packages {
		raw = append(raw, piece...)
	}
	return append(raw, '}'), nil
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
