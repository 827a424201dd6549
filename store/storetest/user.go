package storetest

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"portico/catalog"
)

var userChecks = []check{
	{"a user comes back, by ID and by name", userBack},
	{"a user's name is their own", userNames},
	{"a token tells its user until it expires or is removed", tokens},
	{"a token's use is noted to the minute", tokenUse},
	{"removing a user removes their tokens", userRemoved},
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
		if diff := cmp.Diff(u, got); diff != "" || err != nil || tok.Scope != "read" || tok.User != u.ID {
			t.Errorf("%s: %v %s %+v", hash, err, diff, tok)
		}
	}
	list, err := s.Tokens(ctx, u.ID)
	if err != nil || len(list) != 3 {
		t.Fatalf("tokens %v, %v", list, err)
	}
	for _, tok := range list {
		must(t, s.RemoveToken(ctx, tok.ID))
		_, _, err := s.UserByToken(t.Context(), tok.Hash)
		wantKind(t, "removed "+tok.Hash, err, catalog.NotFound)
	}
	wantKind(t, "removing it again", s.RemoveToken(ctx, list[0].ID), catalog.NotFound)
	wantKind(t, "of nobody", s.PutToken(ctx, &catalog.Token{User: "nessuno", Hash: "h"}), catalog.NotFound)
	wantKind(t, "without a hash", s.PutToken(ctx, &catalog.Token{User: u.ID}), catalog.Invalid)
	must(t, s.PutToken(ctx, &catalog.Token{User: u.ID, Hash: "h"}))
	wantKind(t, "twice", s.PutToken(ctx, &catalog.Token{User: u.ID, Hash: "h"}), catalog.Conflict)
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
