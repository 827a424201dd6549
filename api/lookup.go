package api

import (
	"context"
	"strings"

	"portico/api/schema"
	"portico/catalog"
)

// A lookup tells the schemas what they must know of the catalogue. It sees
// everything, so that a name that only a private dataset has is taken, too.
type lookup struct {
	s   *Server
	ctx context.Context //nolint:containedctx // it lives as long as one request, whose actor it keeps
}

// lookup returns the Lookup of one request.
func (s *Server) lookup(ctx context.Context) schema.Lookup { return lookup{s: s, ctx: ctx} }

// Find implements schema.Lookup.
func (l lookup) Find(ctx context.Context, kind schema.Kind, ref string) (schema.Thing, error) {
	if ref == "" || len(ref) > maxRef || strings.ContainsRune(ref, 0) {
		return schema.Thing{}, nil
	}
	ctx = catalog.WithActor(ctx, catalog.System)
	thing, err := l.find(ctx, kind, ref)
	switch {
	case err == nil:
		return thing, nil
	case catalog.KindOf(err) == catalog.NotFound || catalog.KindOf(err) == catalog.Gone:
		return schema.Thing{}, nil
	}
	return schema.Thing{}, err
}

func (l lookup) find(ctx context.Context, kind schema.Kind, ref string) (schema.Thing, error) {
	s := l.s
	switch kind {
	case schema.KindDataset:
		id, state, err := s.datasets.DatasetID(ctx, ref)
		return schema.Thing{ID: id, Name: nameIn(id, ref), Deleted: state == catalog.Deleted}, err
	case schema.KindDistribution:
		_, err := s.datasets.DatasetOfDistribution(ctx, ref)
		return schema.Thing{ID: ref}, err
	case schema.KindBody:
		id, organization, state, err := s.orgs.BodyID(ctx, ref)
		return schema.Thing{ID: id, Name: nameIn(id, ref), Deleted: state == catalog.Deleted, Organization: organization}, err
	case schema.KindUser:
		if s.users == nil {
			return schema.Thing{}, nil
		}
		u, err := s.users.User(ctx, ref)
		if err != nil {
			return schema.Thing{}, err
		}
		return schema.Thing{ID: u.ID, Name: u.Name, Deleted: u.State == catalog.Deleted}, nil
	case schema.KindEmail:
		return l.email(ctx, ref)
	case schema.KindVocabulary:
		return l.vocabulary(ctx, ref)
	case schema.KindView:
		return l.record(ctx, catalog.RecordView, ref)
	}
	return schema.Thing{}, nil
}

// nameIn returns the name of a thing that was found by ref, as far as ref says
// it.
func nameIn(id, ref string) string {
	if ref == id {
		return ""
	}
	return ref
}

func (l lookup) email(ctx context.Context, address string) (schema.Thing, error) {
	if l.s.users == nil {
		return schema.Thing{}, nil
	}
	users, err := l.s.users.Users(ctx)
	for _, u := range users {
		if u.State != catalog.Deleted && strings.EqualFold(u.Email, address) {
			return schema.Thing{ID: u.ID, Name: u.Name}, err
		}
	}
	return schema.Thing{}, err
}

func (l lookup) record(ctx context.Context, kind catalog.RecordKind, key string) (schema.Thing, error) {
	if l.s.records == nil {
		return schema.Thing{}, nil
	}
	r, err := l.s.records.Record(ctx, kind, key)
	if err != nil {
		return schema.Thing{}, err
	}
	return schema.Thing{ID: r.Key, Name: r.About}, nil
}

// vocabulary finds a vocabulary by its ID, else by its name.
func (l lookup) vocabulary(ctx context.Context, ref string) (schema.Thing, error) {
	t, err := l.record(ctx, catalog.RecordVocabulary, ref)
	if err == nil || catalog.KindOf(err) != catalog.NotFound {
		return t, err
	}
	named, err := l.s.records.Records(ctx, catalog.RecordVocabulary, ref, "")
	if err != nil || len(named) == 0 {
		return schema.Thing{}, err
	}
	return schema.Thing{ID: named[0].Key, Name: named[0].About}, nil
}

// HasTag implements schema.Lookup.
func (l lookup) HasTag(ctx context.Context, vocabulary, name string) (bool, error) {
	if l.s.records == nil {
		return false, nil
	}
	ctx = catalog.WithActor(ctx, catalog.System)
	tags, err := l.s.records.Records(ctx, catalog.RecordTag, vocabulary, "")
	for _, r := range tags {
		if t, err := tagOfRecord(r); err == nil && t.Name == name {
			return true, nil
		}
	}
	return false, err
}

// MayAddTo implements schema.Lookup.
func (l lookup) MayAddTo(ctx context.Context, organization string) (bool, error) {
	if catalog.ActorOf(l.ctx).Sysadmin {
		return true, nil
	}
	return l.s.mayAddTo(l.ctx, organization)
}

// MayBeParent implements schema.Lookup. A body's parents are its members of the
// kind group: it may have another as parent unless it is among the parents of
// that one itself.
func (l lookup) MayBeParent(ctx context.Context, body, parent string) (bool, error) {
	const deepest = 100
	if body == parent || l.s.members == nil {
		return body != parent, nil
	}
	next := []string{parent}
	seen := map[string]bool{parent: true}
	for n := 0; len(next) > 0 && n < deepest; n++ {
		at := next[0]
		next = next[1:]
		members, err := l.s.members.Members(ctx, at)
		if err != nil && catalog.KindOf(err) != catalog.NotFound {
			return false, err
		}
		for _, m := range members {
			if m.Kind != catalog.MemberGroup || seen[m.Object] {
				continue
			}
			if m.Object == body {
				return false, nil
			}
			seen[m.Object] = true
			next = append(next, m.Object)
		}
	}
	return true, nil
}
