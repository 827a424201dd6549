package api

import (
	"context"
	"maps"
	"strings"

	"portico/api/schema"
	"portico/catalog"
)

func (s *Server) addUserWriteActions(t map[string]action) {
	fields := []param{
		{"email", "text", "the e-mail address; others than sysadmins do not see it"},
		{"password", "text", "at least 8 characters"},
		{"fullname", "text", "as people read it"},
		{"about", "text", "who they are, without links"},
		{"image_url", "text", "the address of a picture"},
		{imageField, "file", "a picture: PNG, JPEG or GIF"},
		{"clear_upload", "true or false", "whether to take the picture away"},
		{"sysadmin", "true or false", "may see and do everything; for sysadmins"},
		{"state", "text", "active or deleted; for sysadmins"},
	}
	name := param{"name", "text", "2 to 100 of a-z, 0-9, - and _; it cannot be changed"}
	t["user_create"] = write(asGiven, s.userCreate, "Makes a user. For sysadmins.", append([]param{
		name, {"id", "text", "a UUID"}, {"with_apitoken", "true or false", "whether to give a token for the user, too"},
	}, fields...)...)
	t["user_update"] = write(asGiven, s.userUpdate(false), "Changes a user; the e-mail address must be sent.", append([]param{refParam, name}, fields...)...)
	t["user_patch"] = write(asGiven, s.userUpdate(true), "Changes those fields of a user that are sent.", append([]param{refParam, name}, fields...)...)
	t["user_delete"] = write(readID, s.userDelete,
		"Deletes a user: their tokens, roles, address and full name are forgotten at once. Their name stays. For sysadmins.", refParam)
	t["user_invite"] = write(asGiven, s.userInvite, "Invites a user by e-mail, which this site does not send: use user_create.",
		param{"email", "text", "the e-mail address"}, param{"group_id", "text", "the organization or group"}, param{"role", "text", "member, editor or admin"})
}

// full reports whether a is a sysadmin whose token is not narrowed.
func full(a catalog.Actor) bool { return a.Sysadmin && a.Scope == catalog.ScopeAll }

func (s *Server) userCreate(ctx context.Context, in *args) (result, error) {
	a := catalog.ActorOf(ctx)
	if !full(a) {
		return nil, notAuthorized(ctx, "create users via the API")
	}
	withToken := in.boolean("with_apitoken", false)
	if err := in.err(); err != nil {
		return nil, err
	}
	clean, err := schema.User(ctx, schema.Context{Lookup: s.lookup(ctx), Actor: a}, in.given)
	if err != nil {
		return nil, err
	}
	u := &catalog.User{State: catalog.Active}
	u.Name = toText(clean["name"])
	if id := toText(clean["id"]); id != "" {
		// The store would take the ID of a user for an order to replace them.
		if _, err := s.userByRef(ctx, id); catalog.KindOf(err) != catalog.NotFound || err == nil {
			return nil, schema.Fault("id", "Id already exists")
		}
		u.ID = id
	}
	if err := s.changeUser(ctx, u, clean, in); err != nil {
		return nil, err
	}
	m, err := s.userObject(ctx, u, own)
	if err != nil {
		return nil, err
	}
	if withToken {
		if m["token"], _, err = s.newToken(ctx, u, tokenParams{name: "user_create"}); err != nil {
			return nil, err
		}
	}
	return one(mustJSON(m)), nil
}

// changeUser puts the cleaned fields into u and stores it.
func (s *Server) changeUser(ctx context.Context, u *catalog.User, clean map[string]any, in *args) error {
	for key, field := range map[string]*string{"email": &u.Email, "fullname": &u.FullName, "about": &u.About, "image_url": &u.ImageURL} {
		if v, ok := clean[key]; ok {
			*field = toText(v)
		}
	}
	if sysadmin, ok := clean["sysadmin"].(bool); ok {
		u.Sysadmin = sysadmin
	}
	if state := catalog.State(toText(clean["state"])); state == catalog.Active || state == catalog.Deleted {
		u.State = state
	}
	u.Password = "" // the stored one stays
	if plain := toText(clean["password"]); plain != "" {
		var err error
		if u.Password, err = s.passwords.Hash(ctx, plain); err != nil {
			return err
		}
	}
	if err := s.changePicture(ctx, &u.ImageURL, in); err != nil {
		return err
	}
	err := s.users.PutUser(ctx, u)
	if fields := fieldsOf(err); catalog.KindOf(err) == catalog.Invalid && err != nil && len(fields["name"]) > 0 {
		return schema.Fault("name", "The username is already associated with another account. Please use a different username.")
	}
	return err
}

// userUpdate changes a user. What is not sent stays; an update must have the
// address, a patch need not.
func (s *Server) userUpdate(patch bool) func(context.Context, *args) (result, error) {
	return func(ctx context.Context, in *args) (result, error) {
		ref := in.required("id")
		if err := in.err(); err != nil {
			return nil, err
		}
		u, err := s.userToChange(ctx, ref)
		if err != nil && !patch {
			err = notThere("User", err)
		}
		if err != nil {
			return nil, err
		}
		clean, err := s.cleanUser(ctx, u, in.given, patch)
		if err != nil {
			return nil, err
		}
		if err := s.changeUser(ctx, u, clean, in); err != nil {
			return nil, err
		}
		if u.State == catalog.Deleted {
			if err := s.suspendUser(ctx, u); err != nil {
				return nil, err
			}
		}
		object, err := s.userObject(ctx, u, own)
		return one(mustJSON(object)), err
	}
}

// cleanUser validates what was sent for a user who is there.
func (s *Server) cleanUser(ctx context.Context, u *catalog.User, sent map[string]any, patch bool) (map[string]any, error) {
	object, err := s.userObject(ctx, u, own)
	if err != nil {
		return nil, err
	}
	stored, err := asSent(object)
	if err != nil {
		return nil, err
	}
	if _, ok := sent["email"]; patch && !ok {
		sent = maps.Clone(sent)
		sent["email"] = stored["email"]
	}
	return schema.User(ctx, schema.Context{Lookup: s.lookup(ctx), Actor: catalog.ActorOf(ctx), Existing: stored}, sent)
}

// userToChange returns the user whom a call is about, if the actor may change
// them.
func (s *Server) userToChange(ctx context.Context, ref string) (*catalog.User, error) {
	a := catalog.ActorOf(ctx)
	if a.ID == "" && !a.Sysadmin {
		return nil, withDetail(catalog.Denied, "Have to be logged in to edit user")
	}
	u, err := s.userByRef(ctx, ref)
	if err != nil {
		return nil, err
	}
	if !mayActFor(ctx, u.ID) {
		return nil, notAuthorized(ctx, "edit user "+u.ID)
	}
	return u, nil
}

// userDelete deletes a user. Those who are gone are not deleted again.
func (s *Server) userDelete(ctx context.Context, ref string) (result, error) {
	if !full(catalog.ActorOf(ctx)) {
		return nil, notAuthorized(ctx, "delete user")
	}
	u, err := s.userByRef(ctx, ref)
	if err != nil && catalog.KindOf(err) == catalog.NotFound {
		return nil, withDetail(catalog.NotFound, `User "`+shortRef(ref)+`" was not found.`)
	}
	if err != nil {
		return nil, err
	}
	return nothing(), s.suspendUser(ctx, u)
}

// shortRef returns what was asked for, as far as an answer repeats it.
func shortRef(ref string) string {
	r := []rune(strings.ToValidUTF8(ref, "\uFFFD"))
	return string(r[:min(len(r), maxRef)])
}

// noPassword is no hash of any password.
const noPassword = "!"

// suspendUser deletes u as CKAN does: they act no more, but what they wrote
// keeps its author, and a sysadmin may take them back. `portico user remove`
// forgets who they were.
func (s *Server) suspendUser(ctx context.Context, u *catalog.User) error {
	u.State, u.Password = catalog.Deleted, noPassword
	if err := s.users.PutUser(ctx, u); err != nil {
		return err
	}
	tokens, err := s.users.Tokens(ctx, u.ID)
	if err != nil {
		return err
	}
	for _, t := range tokens {
		if err := s.users.RemoveToken(ctx, t.ID); err != nil && catalog.KindOf(err) != catalog.NotFound {
			return err
		}
	}
	roles, err := s.users.Roles(ctx, u.ID)
	if err != nil {
		return err
	}
	for body := range roles {
		if err := s.members.RemoveMember(ctx, body, catalog.MemberUser, u.ID); err != nil && catalog.KindOf(err) != catalog.NotFound {
			return err
		}
	}
	return nil
}

// userInvite says in CKAN's words that there is nobody to send the invitation:
// no user is made.
func (s *Server) userInvite(ctx context.Context, in *args) (result, error) {
	a := catalog.ActorOf(ctx)
	if a.ID == "" && !a.Sysadmin {
		return nil, notAuthorized(ctx, "invite users")
	}
	clean, err := schema.Invite(ctx, schema.Context{Lookup: s.lookup(ctx), Actor: a}, in.given)
	if err != nil {
		return nil, err
	}
	b, err := s.bodyByID(ctx, toText(clean["group_id"]))
	if err != nil {
		return nil, errBody(false, err)
	}
	if !a.May(b.ID, catalog.RoleAdmin) {
		return nil, notAuthorized(ctx, "add members")
	}
	return nil, schema.Says("message", "Error sending the invite email, the user was not created: this site sends no e-mail")
}
