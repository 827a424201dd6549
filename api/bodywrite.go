package api

import (
	"context"

	"github.com/google/uuid"

	"portico/api/schema"
	"portico/catalog"
)

func (s *Server) addBodyWriteActions(t map[string]action) {
	id := param{"id", "text", "the name or ID; for create, a UUID that sysadmins may choose"}
	fields := []param{
		id,
		{"name", "text", "2 to 100 of a-z, 0-9, - and _; unique among organizations and groups"},
		{"title", "text", "as people read it"},
		{"description", "text", "Markdown"},
		{"image_url", "text", "the address of a picture"},
		{imageField, "file", "a picture: PNG, JPEG or GIF"},
		{"clear_upload", "true or false", "whether to take the picture away"},
		{"state", "text", "active or deleted"},
		{"type", "text", "organization or group; it cannot be changed"},
		{"extras", "list", "further fields: objects with key and value"},
		{"users", "list", "members: objects with name and capacity"},
		{"groups", "list", "parents: objects with name"},
		{"packages", "list", "the datasets of a group: objects with id or name"},
	}
	for _, organization := range []bool{true, false} {
		kind, what := "group", "a group"
		if organization {
			kind, what = "organization", "an organization"
		}
		t[kind+"_create"] = write(asGiven, s.bodyCreate(organization), "Makes "+what+"; who makes it is its admin.", fields...)
		t[kind+"_update"] = write(asGiven, s.bodyUpdate(organization), "Changes "+what+"; extras that are not sent are taken away.", fields...)
		t[kind+"_patch"] = write(asGiven, s.bodyPatch(organization), "Changes those fields of "+what+" that are sent.", fields...)
		t[kind+"_delete"] = write(readID, s.bodyDelete(organization), "Deletes "+what+"; a sysadmin may make it active again.", refParam)
		t[kind+"_purge"] = write(readID, s.bodyPurge(organization), "Forgets "+what+" for good.", refParam)
	}
	s.addOwnBodyActions(t)
}

// errBody is what CKAN says of an organization or group that is not there.
func errBody(organization bool, err error) error {
	if organization {
		return notThere("Organization", err)
	}
	return notThere("Group", err)
}

// bodyCreate makes an organization or a group. A token that is for a single
// organization makes none.
func (s *Server) bodyCreate(organization bool) func(context.Context, *args) (result, error) {
	return func(ctx context.Context, in *args) (result, error) {
		a := catalog.ActorOf(ctx)
		b := body{IsOrganization: organization, State: catalog.Active}
		if !a.Sysadmin && (a.ID == "" || s.sysadminBodies || a.Scope != catalog.ScopeAll) {
			if a.ID == "" {
				a.Name = "None" // as CKAN says
			}
			return nil, notAuthorized(catalog.WithActor(ctx, a), "create "+b.kind()+"s")
		}
		clean, err := s.cleanBody(ctx, b, schema.Context{Actor: a, MayChangeState: a.Sysadmin}, in.given)
		if err != nil {
			return nil, err
		}
		if b.ID, _ = clean["id"].(string); b.ID == "" {
			b.ID = uuid.NewString()
		}
		if err := s.change(ctx, &b, clean, in); err != nil {
			return nil, err
		}
		if a.ID != "" {
			m := &catalog.Member{Body: b.ID, Kind: catalog.MemberUser, Object: a.ID, Role: catalog.RoleAdmin}
			if err := s.members.PutMember(ctx, m); err != nil {
				return nil, err
			}
		}
		if err := s.changeMembers(ctx, b, clean, false); err != nil {
			return nil, err
		}
		return s.changedBody(ctx, b, wholeBody)
	}
}

// cleanBody validates what was sent for a body.
func (s *Server) cleanBody(ctx context.Context, b body, c schema.Context, sent map[string]any) (map[string]any, error) {
	c.Lookup = s.lookup(ctx)
	if b.IsOrganization {
		return schema.Organization(ctx, c, sent)
	}
	return schema.Group(ctx, c, sent)
}

// changedBody answers with a body that was just written.
func (s *Server) changedBody(ctx context.Context, b body, v bodyView) (result, error) {
	// Who made it is its admin since, which the actor of this call knows not.
	stored, err := s.bodyOfKind(catalog.WithActor(ctx, catalog.System), b.ID, b.IsOrganization)
	if err != nil {
		return nil, err
	}
	if visible, err := s.bodyOfKind(ctx, b.ID, b.IsOrganization); err == nil {
		stored.Datasets = visible.Datasets
	}
	revision, err := s.index.Revision(ctx)
	if err != nil {
		return nil, err
	}
	out, err := s.renderBody(ctx, stored, v, revision)
	return one(out), err
}

// change puts the cleaned fields into b and stores it.
func (s *Server) change(ctx context.Context, b *body, clean map[string]any, in *args) error {
	for key, field := range map[string]*string{"name": &b.Name, "title": &b.Title, "description": &b.Description, "image_url": &b.ImageURL} {
		if v, ok := clean[key]; ok {
			*field = toText(v)
		}
	}
	// As in CKAN, any word may be a state: what is not active is in no list.
	if state, _ := clean["state"].(string); state != "" && len(state) <= maxRef {
		b.State = catalog.State(state)
	}
	b.Extras = nil
	extras, _ := clean["extras"].([]any)
	for _, item := range extras {
		x, _ := item.(map[string]any)
		b.Extras = append(b.Extras, catalog.Extra{Key: toText(x["key"]), Value: toText(x["value"])})
	}
	if err := s.changePicture(ctx, &b.ImageURL, in); err != nil {
		return err
	}
	return s.putBody(ctx, b)
}

// changePicture keeps a picture that was sent with a form and puts its address
// into url.
func (s *Server) changePicture(ctx context.Context, url *string, in *args) error {
	if truth := asBool[toText(in.given["clear_upload"])]; truth {
		*url = ""
	}
	f := in.files[imageField]
	if f == nil || f.Size == 0 {
		return nil
	}
	address, err := s.storeImage(ctx, f)
	if err != nil {
		return err
	}
	*url = address
	return nil
}

// putBody stores b over what it was made of.
func (s *Server) putBody(ctx context.Context, b *body) error {
	if b.IsOrganization {
		o := catalog.Organization{}
		if b.org != nil {
			o = *b.org
		}
		o.ID, o.Name, o.ImageURL, o.Extras, o.State = b.ID, b.Name, b.ImageURL, b.Extras, b.State
		o.Title, o.Description = reworded(o.Title, b.Title), reworded(o.Description, b.Description)
		return takenName(s.orgs.PutOrganization(ctx, &o))
	}
	g := catalog.Group{}
	if b.group != nil {
		g = *b.group
	}
	g.ID, g.Name, g.ImageURL, g.Extras, g.State = b.ID, b.Name, b.ImageURL, b.Extras, b.State
	g.Title, g.Description = reworded(g.Title, b.Title), reworded(g.Description, b.Description)
	return takenName(s.orgs.PutGroup(ctx, &g))
}

// reworded returns t with words in the default language. Words that are there
// already leave it as it is, in all its languages.
func reworded(t catalog.Text, words string) catalog.Text {
	if t.String() == words {
		return t
	}
	return catalog.It(words)
}

// takenName says in CKAN's words that somebody else was faster with a name.
func takenName(err error) error {
	if catalog.KindOf(err) == catalog.Invalid && err != nil && len(fieldsOf(err)["name"]) > 0 {
		return schema.Fault("name", "Group name already exists in database")
	}
	return err
}
