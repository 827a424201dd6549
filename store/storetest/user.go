package storetest

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"portico/catalog"
)

var userChecks = []check{
	{"a user comes back, by ID and by name", userBack},
	{"a user's name is their own", userNames},
	{"a token tells its user until it expires or is removed", tokens},
	{"a token's use is noted to the minute", tokenUse},
	{"removing a user removes their tokens", userRemoved},
	{"all of a user comes back, and what an edit may not say stays", userWhole},
	{"an e-mail address is of one active user, in any case of letters", userEmail},
	{"a deleted user's tokens open nothing, and do again when they are back", userDeleted},
	{"a removed user leaves nothing personal but the short name", userForgotten},
}

func userBack(t *testing.T, s Store) {
	ctx := asSystem(t)
	u := &catalog.User{Name: "maria", Email: "maria@example.org", Sysadmin: true}
	must(t, s.PutUser(ctx, u))
	for _, ref := range []string{u.ID, "maria"} {
		got, err := s.User(ctx, ref)
		if diff := cmp.Diff(u, got); diff != "" || err != nil {
			t.Errorf("%s: %v %s", ref, err, diff)
		}
	}
	must(t, s.PutUser(ctx, &catalog.User{ID: u.ID, Name: "maria", Email: "nuova@example.org"}))
	if got, err := s.User(ctx, u.ID); err != nil || got.Email != "nuova@example.org" || got.Sysadmin || !got.Created.Equal(u.Created) {
		t.Errorf("changed %+v, %v", got, err)
	}
	_, err := s.User(ctx, "nessuno")
	wantKind(t, "nobody", err, catalog.NotFound)
}

func userNames(t *testing.T, s Store) {
	ctx := asSystem(t)
	for _, name := range []string{"b", "a"} {
		must(t, s.PutUser(ctx, &catalog.User{Name: name}))
	}
	wantKind(t, "a second a", s.PutUser(ctx, &catalog.User{Name: "a"}), catalog.Invalid)
	wantKind(t, "no name", s.PutUser(ctx, &catalog.User{}), catalog.Invalid)
	wantKind(t, "a NUL", s.PutUser(ctx, &catalog.User{Name: "a\x00"}), catalog.Invalid)
	list, err := s.Users(ctx)
	if err != nil || len(list) != 2 || list[0].Name != "a" || list[1].Name != "b" {
		t.Errorf("list %+v, %v", list, err)
	}
}

func tokens(t *testing.T, s Store) {
	ctx := asSystem(t)
	u := &catalog.User{Name: "maria", Sysadmin: true}
	must(t, s.PutUser(ctx, u))
	for hash, expires := range map[string]time.Time{"mai": {}, "domani": time.Now().Add(time.Hour), "ieri": time.Now().Add(-time.Hour)} {
		must(t, s.PutToken(ctx, &catalog.Token{User: u.ID, Hash: hash, Scope: "read", Expires: expires}))
	}
	for hash, valid := range map[string]bool{"mai": true, "domani": true, "ieri": false, "nessuno": false, "": false, "' OR ''='": false, "mai\x00": false} {
		got, tok, err := s.UserByToken(t.Context(), hash)
		if !valid {
			wantKind(t, hash, err, catalog.NotFound)
			continue
		}
		if diff := cmp.Diff(u, got, cmpopts.IgnoreFields(catalog.User{}, "Seen")); diff != "" || err != nil || tok.Scope != "read" || tok.User != u.ID {
			t.Errorf("%s: %v %s %+v", hash, err, diff, tok)
		}
	}
	list, err := s.Tokens(ctx, u.ID)
	if err != nil || len(list) != 3 {
		t.Fatalf("tokens %v, %v", list, err)
	}
	for _, tok := range list {
		removeToken(t, s, tok)
	}
	wantKind(t, "removing it again", s.RemoveToken(ctx, list[0].ID), catalog.NotFound)
	wantKind(t, "of nobody", s.PutToken(ctx, &catalog.Token{User: "nessuno", Hash: "h"}), catalog.NotFound)
	wantKind(t, "without a hash", s.PutToken(ctx, &catalog.Token{User: u.ID}), catalog.Invalid)
	must(t, s.PutToken(ctx, &catalog.Token{User: u.ID, Hash: "h"}))
	wantKind(t, "twice", s.PutToken(ctx, &catalog.Token{User: u.ID, Hash: "h"}), catalog.Conflict)
}

// removeToken removes a token that is there, and sees that it is gone.
func removeToken(t *testing.T, s Store, tok *catalog.Token) {
	t.Helper()
	ctx := asSystem(t)
	found, err := s.TokenByHash(ctx, tok.Hash)
	if err != nil || found.ID != tok.ID || !found.Used.Equal(tok.Used) {
		t.Errorf("by hash: %+v, %v; want %+v, its use not noted", found, err, tok)
	}
	must(t, s.RemoveToken(ctx, tok.ID))
	_, err = s.TokenByHash(ctx, tok.Hash)
	wantKind(t, "removed, by hash", err, catalog.NotFound)
	_, _, err = s.UserByToken(t.Context(), tok.Hash)
	wantKind(t, "removed "+tok.Hash, err, catalog.NotFound)
}

func tokenUse(t *testing.T, s Store) {
	ctx := asSystem(t)
	u := &catalog.User{Name: "maria"}
	must(t, s.PutUser(ctx, u))
	must(t, s.PutToken(ctx, &catalog.Token{User: u.ID, Hash: "h"}))
	if list, err := s.Tokens(ctx, u.ID); err != nil || !list[0].Used.IsZero() {
		t.Errorf("before: %v, %v", list, err)
	}
	for range 2 {
		if _, _, err := s.UserByToken(t.Context(), "h"); err != nil {
			t.Fatal(err)
		}
	}
	list, err := s.Tokens(ctx, u.ID)
	if err != nil || time.Since(list[0].Used) > 2*time.Minute || list[0].Used.Second() != 0 || list[0].Used.Nanosecond() != 0 {
		t.Errorf("after: %+v, %v", list[0], err)
	}
}

func userRemoved(t *testing.T, s Store) {
	ctx := asSystem(t)
	u := &catalog.User{Name: "maria"}
	must(t, s.PutUser(ctx, u))
	must(t, s.PutToken(ctx, &catalog.Token{User: u.ID, Hash: "h"}))
	must(t, s.RemoveUser(ctx, "maria"))
	wantKind(t, "again", s.RemoveUser(ctx, "maria"), catalog.NotFound)
	_, _, err := s.UserByToken(t.Context(), "h")
	wantKind(t, "the token", err, catalog.NotFound)
	if list, err := s.Tokens(ctx, u.ID); err != nil || len(list) != 0 {
		t.Errorf("tokens %v, %v", list, err)
	}
}

func userWhole(t *testing.T, s Store) {
	ctx := asSystem(t)
	u := &catalog.User{
		Name: "maria", Email: "Maria@example.org", FullName: "Maria Bianchi", About: "Righe\ne *segni*",
		ImageURL: "https://example.org/m.png", Sysadmin: true, Password: "$argon2id$x",
	}
	must(t, s.PutUser(ctx, u))
	if got, err := s.User(ctx, "maria"); cmp.Diff(u, got) != "" || err != nil || got.State != catalog.Active {
		t.Errorf("%v %s", err, cmp.Diff(u, got))
	}
	must(t, s.PutToken(ctx, &catalog.Token{User: u.ID, Hash: "h", Name: "il mio \"token\""}))
	_, tok, err := s.UserByToken(t.Context(), "h")
	must(t, err)
	if tok.Name != "il mio \"token\"" {
		t.Errorf("token %+v", tok)
	}
	userEdited(t, s, u.ID)
	wantKind(t, "a strange state", s.PutUser(ctx, &catalog.User{Name: "x", State: catalog.Draft}), catalog.Invalid)
	wantKind(t, "a NUL", s.PutUser(ctx, &catalog.User{Name: "x", About: "\x00"}), catalog.Invalid)
}

// userEdited puts what says nothing but a name over the user of userWhole.
func userEdited(t *testing.T, s Store, id string) {
	t.Helper()
	ctx := asSystem(t)
	edit := &catalog.User{ID: id, Name: "maria"}
	must(t, s.PutUser(ctx, edit))
	got, err := s.User(ctx, id)
	if cmp.Diff(edit, got) != "" || err != nil || got.Password != "$argon2id$x" || got.FullName != "" || got.Seen.IsZero() || got.Seen.Second() != 0 {
		t.Errorf("%v %+v", err, got)
	}
	must(t, s.PutUser(ctx, got))
	if acts, err := s.Activities(ctx, catalog.ActivityFilter{Objects: []string{id}, Limit: -1}); err != nil || len(acts) != 2 {
		t.Errorf("putting the same again is told: %v, %v", acts, err)
	}
}

func userEmail(t *testing.T, s Store) {
	ctx := asSystem(t)
	u, v := &catalog.User{Name: "u", Email: "Uno@Example.org"}, &catalog.User{Name: "v", Email: "due@example.org"}
	must(t, s.PutUser(ctx, u))
	must(t, s.PutUser(ctx, v))
	for _, bad := range []*catalog.User{
		{Name: "w", Email: "uno@example.ORG"},
		{ID: v.ID, Name: "v", Email: "Uno@Example.org"},
	} {
		err := s.PutUser(ctx, bad)
		wantKind(t, bad.Name, err, catalog.Invalid)
		if e, ok := errors.AsType[*catalog.Error](err); !ok || len(e.Fields["email"]) != 1 {
			t.Errorf("error %#v", err)
		}
	}
	for range 2 {
		must(t, s.PutUser(ctx, u))                                      // their own
		must(t, s.PutUser(ctx, &catalog.User{Name: "senza-" + u.Name})) // many may have none
		u.State = catalog.Deleted
		must(t, s.PutUser(ctx, u))
		u.Name = "u2"
	}
	must(t, s.PutUser(ctx, &catalog.User{Name: "w", Email: "uno@example.org"})) // free again
	u.State = catalog.Active
	wantKind(t, "coming back", s.PutUser(ctx, u), catalog.Invalid)
}

func userDeleted(t *testing.T, s Store) {
	ctx := asSystem(t)
	u := &catalog.User{Name: "maria"}
	must(t, s.PutUser(ctx, u))
	must(t, s.PutToken(ctx, &catalog.Token{User: u.ID, Hash: "h"}))
	for _, state := range []catalog.State{catalog.Deleted, catalog.Active} {
		u.State = state
		must(t, s.PutUser(ctx, u))
		_, _, err := s.UserByToken(t.Context(), "h")
		if state == catalog.Active {
			must(t, err)
			continue
		}
		wantKind(t, "the token", err, catalog.NotFound)
		if got, err := s.User(ctx, "maria"); err != nil || got.State != catalog.Deleted {
			t.Errorf("got %+v, %v", got, err)
		}
	}
}

func userForgotten(t *testing.T, s Store) {
	o := &catalog.Organization{Name: "o"}
	must(t, s.PutOrganization(asSystem(t), o))
	u := &catalog.User{
		Name: "mbianchi", Email: "persona@example.org", FullName: "Persona Bianchi", About: "Persona riservata",
		ImageURL: "https://example.org/persona.png", Password: "persona",
	}
	must(t, s.PutUser(asSystem(t), u))
	ctx := catalog.WithActor(t.Context(), catalog.Actor{ID: u.ID, Name: u.Name})
	must(t, s.PutUser(ctx, u))
	must(t, s.PutToken(ctx, &catalog.Token{User: u.ID, Hash: "h", Name: "token di persona"}))
	must(t, s.PutMember(ctx, &catalog.Member{Body: o.ID, Kind: catalog.MemberUser, Object: u.ID, Role: catalog.RoleEditor}))
	for _, r := range []*catalog.Record{
		{Kind: catalog.RecordFollow, Key: u.ID + "/x", Owner: u.ID, About: "x", Body: []byte(`"persona"`)},
		{Kind: catalog.RecordFollow, Key: "y/" + u.ID, Owner: "y", About: u.ID},
		{Kind: catalog.RecordSeen, Key: u.ID, Body: []byte(`"persona"`)},
	} {
		must(t, s.PutRecord(ctx, r))
	}
	u.FullName = "Persona Verdi"
	must(t, s.PutUser(ctx, u))
	must(t, s.RemoveUser(asSystem(t), u.ID))
	var dump bytes.Buffer
	must(t, s.Dump(t.Context(), &dump))
	for line := range strings.Lines(dump.String()) {
		if strings.Contains(strings.ToLower(line), "persona") || strings.Contains(line, `"t":"member`) || strings.Contains(line, `"t":"records"`) {
			t.Errorf("left behind: %s", line)
		}
	}
	if members, err := s.Members(t.Context(), o.ID); err != nil || len(members) != 0 {
		t.Errorf("members %v, %v", members, err)
	}
}
