package api

import (
	"cmp"
	"context"
	"crypto/md5" //nolint:gosec // it is what CKAN's clients expect, and protects nothing
	"encoding/hex"
	"strings"
	"time"

	"portico/catalog"
)

// A sight says how much of a user an answer tells, and of their datasets.
type sight int

const (
	strangers sight = iota // what anybody may know
	own                    // what they themselves and sysadmins may
)

// sightOf returns how much the actor of ctx is told of u.
func sightOf(ctx context.Context, u *catalog.User) sight {
	if a := catalog.ActorOf(ctx); a.Sysadmin || a.ID != "" && a.ID == u.ID && a.Scope == catalog.ScopeAll {
		return own
	}
	return strangers
}

// hidesUsers reports whether the actor of ctx is told nothing of users.
func (s *Server) hidesUsers(ctx context.Context) bool {
	return s.hideUsers && catalog.ActorOf(ctx).ID == ""
}

// userObject returns u as CKAN tells of users. The number of datasets is of
// those that anybody sees.
func (s *Server) userObject(ctx context.Context, u *catalog.User, as sight) (map[string]any, error) {
	revision, err := s.index.Revision(ctx)
	if err != nil {
		return nil, err
	}
	return s.userObjectAt(ctx, u, as, revision)
}

// userObjectAt is userObject for who knows the revision of the catalog.
func (s *Server) userObjectAt(ctx context.Context, u *catalog.User, as sight, revision int64) (map[string]any, error) {
	made, err := s.datasetsBy(ctx, u.ID, revision)
	if err != nil {
		return nil, err
	}
	m := map[string]any{
		"id": u.ID, "name": u.Name, "fullname": orNull(u.FullName), "created": u.Created.UTC().Format(ckanTime),
		"about": orNull(u.About), "last_active": momentOrNull(u.Seen), "activity_streams_email_notifications": false,
		"sysadmin": u.Sysadmin, "state": string(cmp.Or(u.State, catalog.Active)), "image_url": orNull(u.ImageURL),
		"image_display_url": orNull(displayURL(s.site, "user", u.ImageURL)), "display_name": cmp.Or(u.FullName, u.Name),
		"email_hash": emailHash(u.Email), "number_created_packages": made,
	}
	if as == own {
		m["email"] = orNull(u.Email)
		m["apikey"] = nil // there are none since CKAN 2.10, nor here
	}
	return m, nil
}

// emailHash is the MD5 of an address, by which Gravatar finds pictures. It can
// be turned back by trying addresses. CKAN gives it to all who see the user, and
// so do we; Config.HideUsers keeps both from strangers.
func emailHash(email string) string {
	sum := md5.Sum([]byte(strings.ToLower(strings.TrimSpace(email)))) //nolint:gosec // see above
	return hex.EncodeToString(sum[:])
}

func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func momentOrNull(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format(ckanTime)
}

// datasetsBy counts the public datasets that a user has made.
func (s *Server) datasetsBy(ctx context.Context, user string, revision int64) (int, error) {
	key := "made by " + user
	if e := s.cache.get(key); e != nil && e.revision == revision {
		return int(e.made), nil
	}
	_, n, err := s.datasets.ListDatasets(catalog.WithActor(ctx, catalog.Actor{}), catalog.DatasetFilter{Creator: user})
	if err != nil {
		return 0, err
	}
	s.cache.put(&cached{key: key, revision: revision, made: int64(n)})
	return n, nil
}

// usersAmong returns the users among members, each with their role. They are
// shown as to strangers, whoever asks, as CKAN does; but to sysadmins with the
// hash of their address.
func (s *Server) usersAmong(ctx context.Context, members []*catalog.Member) ([]any, error) {
	out := []any{}
	revision, err := s.index.Revision(ctx)
	if err != nil {
		return nil, err
	}
	for _, m := range members {
		if m.Kind != catalog.MemberUser {
			continue
		}
		u, err := s.users.User(ctx, m.Object)
		if err != nil && catalog.KindOf(err) == catalog.NotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		if u.State == catalog.Deleted {
			continue
		}
		o, err := s.userObjectAt(ctx, u, sightOf(ctx, u), revision)
		if err != nil {
			return nil, err
		}
		delete(o, "email")
		delete(o, "apikey")
		o["capacity"] = string(m.Role)
		out = append(out, o)
	}
	return out, nil
}

func (s *Server) addUserActions(t map[string]action) {
	t["user_show"] = read(readUserShow, s.userShow, "One user; without id, the one whose token is sent.", refParam,
		withDatasets, param{"include_num_followers", "true or false", "whether to tell how many follow them"},
		param{"include_password_hash", "true or false", "accepted for CKAN's sake; nobody gets it"},
		param{"include_plugin_extras", "true or false", "accepted for CKAN's sake; there are none"})
	t["user_list"] = read(readUserList, s.userList, "The users of this site.",
		param{"q", "text", "what is to be found in the name; sysadmins search e-mail addresses, too"},
		param{"email", "text", "the whole e-mail address; for sysadmins"},
		param{"order_by", "text", "id, name, fullname, display_name, created, about, sysadmin or number_created_packages"},
		allFieldsParam, param{"include_site_user", "true or false", "accepted for CKAN's sake; there is none"})
	t["user_autocomplete"] = read(readUserPart, s.userAutocomplete, "Users whose name holds what was typed.",
		partParam, limitParam, param{"ignore_self", "true or false", "whether to leave out the one who asks"})
	s.addUserWriteActions(t)
}

type userShowParams struct {
	ref                 string
	datasets, followers bool
	extras              bool
}

func readUserShow(a *args) userShowParams {
	a.boolean("include_password_hash", false)
	return userShowParams{
		ref: a.text("id"), datasets: a.boolean("include_datasets", false),
		followers: a.boolean("include_num_followers", false), extras: a.boolean("include_plugin_extras", false),
	}
}

// errPrivateUsers is what strangers are told where users are not public.
func errPrivateUsers() error { return catalog.Errorf(catalog.Denied, "users are not public") }

// userByRef returns a user by ID or name.
func (s *Server) userByRef(ctx context.Context, ref string) (*catalog.User, error) {
	if ref == "" || len(ref) > maxRef || s.users == nil {
		return nil, catalog.Errorf(catalog.NotFound, "no such user")
	}
	return s.users.User(ctx, ref)
}

func (s *Server) userShow(ctx context.Context, p userShowParams) (result, error) {
	if s.hidesUsers(ctx) {
		return nil, errPrivateUsers()
	}
	u, err := s.userByRef(ctx, cmp.Or(p.ref, catalog.ActorOf(ctx).ID))
	if err != nil {
		return nil, err
	}
	as := sightOf(ctx, u)
	m, err := s.userObject(ctx, u, as)
	if err != nil {
		return nil, err
	}
	if as == own {
		if _, m["number_created_packages"], err = s.datasets.ListDatasets(catalog.WithActor(ctx, catalog.System),
			catalog.DatasetFilter{Creator: u.ID}); err != nil {
			return nil, err
		}
	}
	if p.extras && catalog.ActorOf(ctx).Sysadmin {
		m["plugin_extras"] = nil
	}
	if p.followers {
		followers, err := s.records.Records(ctx, catalog.RecordFollow, u.ID, "")
		if err != nil {
			return nil, err
		}
		m["num_followers"] = len(followers)
	}
	raw := mustJSON(m)
	if !p.datasets {
		return one(raw), nil
	}
	return s.withDatasetsBy(ctx, u, raw)
}

// withDatasetsBy adds to the JSON of a user the datasets that they have made,
// as far as the actor may see them, the latest changed first.
func (s *Server) withDatasetsBy(ctx context.Context, u *catalog.User, raw []byte) (result, error) {
	const most = 50 // as CKAN
	page, _, err := s.datasets.ListDatasets(ctx, catalog.DatasetFilter{Creator: u.ID, Sort: catalog.ByUpdated, Limit: most})
	if err != nil {
		return nil, err
	}
	revision, err := s.index.Revision(ctx)
	if err != nil {
		return nil, err
	}
	items, err := s.renderLoaded(ctx, searchForm, page, revision)
	if err != nil {
		return nil, err
	}
	return append(result{raw[:len(raw)-1]}, listOf(`,"datasets":`, items, "}")...), nil
}
