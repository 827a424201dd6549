package api

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"

	"portico/catalog"
)

// A followee is something that a user follows, as CKAN shows it.
type followee struct {
	kind followKind
	name string // for people
	raw  []byte // the thing in JSON
}

// followerOf returns the ID of the user whom the parameter id names.
func (s *Server) followerOf(ctx context.Context, a *args) (string, error) {
	return s.givenFollowed(ctx, followUser, a)
}

// followees returns the records of what a user follows of a kind.
func (s *Server) followees(ctx context.Context, k followKind, user string) (ids map[followKind][]string, err error) {
	all, err := s.records.Records(ctx, catalog.RecordFollow, "", user)
	if err != nil {
		return nil, err
	}
	ids = map[followKind][]string{}
	for _, r := range all {
		var kind followKind
		if err := json.Unmarshal(r.Body, &kind); err != nil {
			return nil, err
		}
		if k == followAny || k == kind {
			ids[kind] = append(ids[kind], r.About)
		}
	}
	return ids, nil
}

// followeeCount counts what a user follows, as far as the actor may see it.
func (s *Server) followeeCount(k followKind) func(context.Context, *args) (result, error) {
	return func(ctx context.Context, a *args) (result, error) {
		user, err := s.followerOf(ctx, a)
		if err != nil {
			return nil, err
		}
		if k == followAny && a.text("id") != user {
			k = followUser // as CKAN, which by name finds users alone
		}
		ids, err := s.followees(ctx, k, user)
		if err != nil {
			return nil, err
		}
		if k == followDataset && a.text("id") != user {
			return one([]byte("0")), nil // the same
		}
		visible, err := s.datasets.DatasetsByID(ctx, ids[followDataset])
		if err != nil {
			return nil, err
		}
		return one(mustJSON(len(visible) + len(ids[followGroup]) + len(ids[followOrganization]) + len(ids[followUser]))), nil
	}
}

// seenFollowees returns what a user follows of a kind. Only they and sysadmins
// may know, and they see of it what they may see.
func (s *Server) seenFollowees(ctx context.Context, k followKind, a *args) ([]followee, error) {
	user, err := s.mayKnowFollowees(ctx, a)
	if err != nil {
		return nil, err
	}
	ids, err := s.followees(ctx, k, user)
	if err != nil {
		return nil, err
	}
	out, err := s.followeeDatasets(ctx, ids[followDataset])
	if err != nil {
		return nil, err
	}
	for _, kind := range []followKind{followGroup, followOrganization, followUser} {
		for _, id := range ids[kind] {
			f, err := s.followeeThing(ctx, kind, id)
			if err != nil {
				return nil, err
			}
			if f != nil {
				out = append(out, *f)
			}
		}
	}
	return out, nil
}

// mayKnowFollowees returns the ID of the user that is asked about, if the
// actor may know what they follow.
func (s *Server) mayKnowFollowees(ctx context.Context, a *args) (string, error) {
	actor := catalog.ActorOf(ctx)
	if actor.ID == "" {
		return "", withDetail(catalog.Denied, "Not authorized")
	}
	user, err := s.followerOf(ctx, a)
	if err == nil && !actor.Sysadmin && actor.ID != user {
		err = withDetail(catalog.Denied, "Not authorized")
	}
	return user, err
}

// followeeThing returns a user or body that is followed, or nil where it is
// there no more.
func (s *Server) followeeThing(ctx context.Context, k followKind, id string) (*followee, error) {
	if k == followUser {
		return s.followeeUser(ctx, id)
	}
	return s.followeeBody(ctx, k, id)
}

func (s *Server) followeeDatasets(ctx context.Context, ids []string) ([]followee, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	revision, err := s.index.Revision(ctx)
	if err != nil {
		return nil, err
	}
	ds, err := s.datasets.DatasetsByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	raw, err := s.renderLoaded(ctx, showForm, ds, revision)
	if err != nil {
		return nil, err
	}
	out := make([]followee, len(ds))
	for i, d := range ds {
		out[i] = followee{kind: followDataset, name: d.Title.String(), raw: raw[i]}
		if out[i].name == "" {
			out[i].name = d.Name
		}
	}
	return out, nil
}

func (s *Server) followeeList(k followKind) func(context.Context, *args) (result, error) {
	return func(ctx context.Context, a *args) (result, error) {
		all, err := s.seenFollowees(ctx, k, a)
		items := make([][]byte, len(all))
		for i, f := range all {
			items[i] = f.raw
		}
		return listOf("", items, ""), err
	}
}

// followeesOfAll lists by name what a user follows.
func (s *Server) followeesOfAll(ctx context.Context, a *args) (result, error) {
	all, err := s.seenFollowees(ctx, followAny, a)
	if err != nil {
		return nil, err
	}
	q := strings.ToLower(strings.TrimSpace(a.text("q")))
	all = slices.DeleteFunc(all, func(f followee) bool { return !strings.HasPrefix(strings.ToLower(f.name), q) })
	slices.SortStableFunc(all, func(x, y followee) int { return strings.Compare(x.name, y.name) })
	items := make([][]byte, len(all))
	for i, f := range all {
		items[i] = mustJSON(map[string]any{"type": f.kind, "display_name": f.name, "dict": json.RawMessage(f.raw)})
	}
	return listOf("", items, ""), nil
}

// followeeBody returns an organization or group, or nil where it is there no
// more.
func (s *Server) followeeBody(ctx context.Context, k followKind, id string) (*followee, error) {
	b, err := s.bodyOfKind(ctx, id, k == followOrganization)
	if err != nil && hidden(err) {
		return nil, nil //nolint:nilnil // there is none, and that is no error
	}
	if err != nil {
		return nil, err
	}
	m, err := s.bodyObject(ctx, b, wholeBody)
	if err != nil {
		return nil, err
	}
	delete(m, "num_followers")
	revision, err := s.index.Revision(ctx)
	if err != nil {
		return nil, err
	}
	packages, err := s.packagesWith(ctx, b.inIt(), firstPackages, revision)
	if err != nil {
		return nil, err
	}
	m["packages"] = json.RawMessage(slices.Concat(packages...))
	return &followee{kind: k, name: cmp.Or(b.Title, b.Name), raw: mustJSON(m)}, nil
}

// followeeUser returns a user as strangers see them, but to a sysadmin as
// lists of users show them; or nil where they are there no more.
func (s *Server) followeeUser(ctx context.Context, id string) (*followee, error) {
	u, err := s.users.User(ctx, id)
	if err != nil && catalog.KindOf(err) == catalog.NotFound || err == nil && u.State == catalog.Deleted {
		return nil, nil //nolint:nilnil // there is none, and that is no error
	}
	if err != nil {
		return nil, err
	}
	m, err := s.userObject(ctx, u, sightOf(ctx, u))
	if err != nil {
		return nil, err
	}
	delete(m, "email")
	delete(m, "apikey")
	return &followee{kind: followUser, name: cmp.Or(u.FullName, u.Name), raw: mustJSON(m)}, nil
}
