package api

import (
	"context"

	"portico/catalog"
)

func (s *Server) addFollowActions(t map[string]action) {
	for _, k := range []followKind{followDataset, followGroup, followUser} {
		name := string(k)
		id := param{"id", "text", "the name or the ID of the " + name}
		t["follow_"+name] = write(asGiven, s.follow(k), "Follows a "+name+": its news are on the dashboard.", id)
		t["unfollow_"+name] = write(asGiven, s.unfollow(k), "No longer follows a "+name+".", id)
		t["am_following_"+name] = read(asGiven, s.amFollowing(k), "Whether you follow a "+name+".", id).only(signedIn)
	}
	user := param{"id", "text", "the name or the ID of the user who follows"}
	for _, k := range []followKind{followDataset, followGroup, followOrganization, followUser} {
		name := string(k)
		id := param{"id", "text", "the name or the ID of the " + name}
		t[name+"_follower_count"] = read(asGiven, s.followerCount(k), "How many follow a "+name+".", id)
		t[name+"_follower_list"] = read(asGiven, s.followerList(k), "Who follows a "+name+"; for sysadmins.", id)
		t[name+"_followee_count"] = read(asGiven, s.followeeCount(k), "How many of this kind a user follows: "+name+".", user)
		t[name+"_followee_list"] = read(asGiven, s.followeeList(k), "What a user follows of this kind: "+name+"; for that user.", user)
	}
	t["followee_count"] = read(asGiven, s.followeeCount(followAny), "How much a user follows.", user)
	t["followee_list"] = read(asGiven, s.followeesOfAll, "What a user follows, of every kind; for that user.", user,
		param{"q", "text", "only what is called so at the beginning"})
}

// A followKind is a kind of what users follow.
type followKind string

const (
	followAny          followKind = ""
	followDataset      followKind = "dataset"
	followGroup        followKind = "group" // organizations, too, where one is followed
	followOrganization followKind = "organization"
	followUser         followKind = "user"
)

// followed returns what a reference means as a thing that the actor may see:
// its ID and kind.
func (s *Server) followed(ctx context.Context, k followKind, ref string) (id string, kind followKind, err error) {
	if len(ref) > maxRef {
		return "", "", catalog.Errorf(catalog.NotFound, "nothing has so long a name")
	}
	switch k {
	case followDataset:
		d, err := s.dataset(ctx, ref)
		if err != nil {
			return "", "", err
		}
		return d.ID, k, nil
	case followUser:
		if s.hidesUsers(ctx) {
			return "", "", errPrivateUsers()
		}
		u, err := s.users.User(ctx, ref)
		if err == nil && u.State == catalog.Deleted {
			err = catalog.Errorf(catalog.NotFound, "no such user")
		}
		if err != nil {
			return "", "", err
		}
		return u.ID, k, nil
	case followGroup, followOrganization, followAny:
	}
	return s.followedBody(ctx, k, ref)
}

func (s *Server) followedBody(ctx context.Context, k followKind, ref string) (id string, kind followKind, err error) {
	id, organization, state, err := s.orgs.BodyID(ctx, ref)
	switch {
	case err != nil:
		return "", "", err
	case state != catalog.Active, k == followOrganization && !organization:
		return "", "", catalog.Errorf(catalog.NotFound, "no such organization or group")
	case organization:
		return id, followOrganization, nil
	}
	return id, followGroup, nil
}

// follows returns the record of that the actor follows what has the given ID.
func follows(ctx context.Context, id string, kind followKind) *catalog.Record {
	who := catalog.ActorOf(ctx).ID
	return &catalog.Record{Kind: catalog.RecordFollow, Key: who + "/" + id, About: id, Owner: who, Body: mustJSON(kind)}
}

// maxFollowees is how much a user may follow.
const maxFollowees = 1000

func (s *Server) follow(k followKind) func(context.Context, *args) (result, error) {
	return func(ctx context.Context, a *args) (result, error) {
		who := catalog.ActorOf(ctx).ID
		if who == "" {
			return nil, withDetail(catalog.Denied, "You must be logged in to follow "+string(k)+"s")
		}
		id, kind, err := s.toFollow(ctx, k, a.text("id"))
		if err != nil {
			return nil, err
		}
		mine, err := s.records.Records(ctx, catalog.RecordFollow, "", who)
		if err != nil {
			return nil, err
		}
		if len(mine) >= maxFollowees {
			return nil, catalog.Errorf(catalog.Invalid, "You follow too much already").Italian("Segui già troppe cose")
		}
		r := follows(ctx, id, kind)
		if err := s.records.PutRecord(ctx, r); err != nil {
			return nil, err
		}
		s.answers.changed() // they tell how many follow
		return one(mustJSON(map[string]string{"follower_id": who, "object_id": id, "datetime": r.Created.UTC().Format(ckanTime)})), nil
	}
}

// toFollow returns what is to be followed. CKAN tells of each kind in another
// way that it is not there.
func (s *Server) toFollow(ctx context.Context, k followKind, ref string) (id string, kind followKind, err error) {
	if ref == "" && k != followUser {
		class := map[followKind]string{followDataset: "Package", followGroup: "Group"}[k]
		return "", "", catalog.Errorf(catalog.Invalid, "Missing id, can not get %s object", class)
	}
	id, kind, err = s.followed(ctx, k, ref)
	switch {
	case k != followUser:
		return id, kind, err
	case err != nil && catalog.KindOf(err) == catalog.NotFound:
		return "", "", catalog.Errorf(catalog.Invalid, "Error validating the schema of the user to follow.")
	case id == catalog.ActorOf(ctx).ID && err == nil:
		return "", "", catalog.Errorf(catalog.Invalid, "You cannot follow yourself").Italian("Non puoi seguire te stesso")
	}
	return id, kind, err
}

func (s *Server) unfollow(k followKind) func(context.Context, *args) (result, error) {
	return func(ctx context.Context, a *args) (result, error) {
		if catalog.ActorOf(ctx).ID == "" {
			return nil, withDetail(catalog.Denied, "You must be logged in to unfollow something.")
		}
		id, err := s.givenFollowed(ctx, k, a)
		if err != nil && k == followDataset && catalog.KindOf(err) == catalog.Denied {
			id, err = s.datasetID(ctx, a.text("id")) // what has been hidden since may be let go
		}
		if err != nil {
			return nil, err
		}
		err = s.records.RemoveRecord(ctx, catalog.RecordFollow, follows(ctx, id, k).Key)
		s.answers.changed()
		if err != nil && catalog.KindOf(err) == catalog.NotFound {
			err = nil // CKAN does not mind
		}
		return nothing(), err
	}
}

// givenFollowed returns the ID of what the parameter id names.
func (s *Server) givenFollowed(ctx context.Context, k followKind, a *args) (string, error) {
	ref := a.required("id")
	if err := a.err(); err != nil {
		return "", err
	}
	id, _, err := s.followed(ctx, k, ref)
	if err != nil && catalog.KindOf(err) == catalog.NotFound {
		said := map[followKind]string{
			followDataset: "Dataset", followGroup: "Group", followOrganization: "Organization", followUser: "User",
		}[k]
		err = invalidField("id", said+" not found")
	}
	return id, err
}

func (s *Server) amFollowing(k followKind) func(context.Context, *args) (result, error) {
	return func(ctx context.Context, a *args) (result, error) {
		id, err := s.givenFollowed(ctx, k, a)
		if err != nil {
			return nil, err
		}
		_, err = s.records.Record(ctx, catalog.RecordFollow, follows(ctx, id, k).Key)
		if err != nil && catalog.KindOf(err) != catalog.NotFound {
			return nil, err
		}
		return one(mustJSON(err == nil)), nil
	}
}

func (s *Server) followerCount(k followKind) func(context.Context, *args) (result, error) {
	return func(ctx context.Context, a *args) (result, error) {
		id, err := s.givenFollowed(ctx, k, a)
		if err != nil {
			return nil, err
		}
		all, err := s.records.Records(ctx, catalog.RecordFollow, id, "")
		return one(mustJSON(len(all))), err
	}
}

// maxFollowers is how many followers are listed at most.
const maxFollowers = 1000

func (s *Server) followerList(k followKind) func(context.Context, *args) (result, error) {
	return func(ctx context.Context, a *args) (result, error) {
		if !catalog.ActorOf(ctx).Sysadmin {
			return nil, withDetail(catalog.Denied, "Not authorized")
		}
		id, err := s.givenFollowed(ctx, k, a)
		if err != nil {
			return nil, err
		}
		all, err := s.records.Records(ctx, catalog.RecordFollow, id, "")
		if err != nil {
			return nil, err
		}
		items := [][]byte{}
		for _, r := range all[:min(len(all), maxFollowers)] {
			item, err := s.followeeUser(ctx, r.Owner)
			if err != nil {
				return nil, err
			}
			if item != nil {
				items = append(items, item.raw)
			}
		}
		return listOf("", items, ""), nil
	}
}
