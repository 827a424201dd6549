package api

import (
	"context"
	"time"

	"portico/catalog"
)

func (s *Server) addTokenActions(t map[string]action) {
	t["api_token_create"] = write(readTokenCreate, s.tokenCreate,
		"Makes a token for a user. It is shown once; only its hash is kept.",
		param{"user", "text", "the name or ID of the user"}, param{"name", "text", "what the token is for"},
		param{"scope", "text", "read: for reading only; org:NAME: only for that organization; empty: all that the user may"},
		param{"expires_in", "integer", "how long the token lasts, in units; without it, until it is revoked"},
		param{"unit", "integer", "the seconds of a unit: 1 unless told, 60, 3600, 86400 or 604800"},
		param{"plugin_extras", "object", "accepted for CKAN's sake"})
	t["api_token_list"] = read(readTokenList, s.tokenList, "The tokens of a user, without what makes them work.",
		param{"user_id", "text", "the name or ID of the user"}, param{"user", "text", "the same"})
	t["api_token_revoke"] = write(readTokenRevoke, s.tokenRevoke, "Revokes a token at once.",
		param{"jti", "text", "the ID of the token"}, param{"token", "text", "the token itself"})
}

type tokenParams struct {
	user, name string
	scope      catalog.Scope
	life       time.Duration // 0 = until it is revoked
}

// mostTokenLife bounds what can be said in a duration.
const mostTokenLife = 100 * 365 * 24 * time.Hour

func readTokenCreate(a *args) tokenParams {
	p := tokenParams{user: a.required("user"), name: a.required("name"), scope: catalog.Scope(a.text("scope"))}
	const most = 200
	if len(p.name) > most {
		a.fault("name", "Must be at most 200 characters long")
	}
	name, org := p.scope.Organization()
	if p.scope != catalog.ScopeAll && p.scope != catalog.ScopeRead && (!org || name == "" || len(name) > maxRef) {
		a.fault("scope", "Value must be one of ['', 'read', 'org:NAME']")
	}
	if a.has("expires_in") {
		n, unit := a.natural("expires_in", 0), a.natural("unit", 1)
		if n == 0 || unit == 0 || n > int(mostTokenLife/time.Second)/unit {
			a.fault("expires_in", "Must be a positive integer")
			return p
		}
		p.life = time.Duration(n*unit) * time.Second
	}
	return p
}

// mayActFor reports whether the actor may see to the account of the user with
// the given ID. A token of narrow scope may not, whoever it is of: it would be
// worth as much as the account.
func mayActFor(ctx context.Context, user string) bool {
	a := catalog.ActorOf(ctx)
	return a.Scope == catalog.ScopeAll && (a.Sysadmin || a.ID != "" && a.ID == user)
}

// account returns a user whose tokens the actor may see to. To who may not it
// makes no difference whether there is such a user.
func (s *Server) account(ctx context.Context, ref string) (*catalog.User, error) {
	u, err := s.userByRef(ctx, ref)
	switch {
	case err != nil && catalog.KindOf(err) != catalog.NotFound:
		return nil, err
	case err == nil && mayActFor(ctx, u.ID):
		return u, nil
	case err != nil && full(catalog.ActorOf(ctx)):
		return nil, withDetail(catalog.NotFound, "User not found")
	}
	return nil, catalog.Errorf(catalog.Denied, "not for this actor")
}

func (s *Server) tokenCreate(ctx context.Context, p tokenParams) (result, error) {
	u, err := s.account(ctx, p.user)
	if err != nil {
		return nil, err
	}
	if u.State == catalog.Deleted {
		return nil, withDetail(catalog.NotFound, "User not found")
	}
	secret, t, err := s.newToken(ctx, u, p)
	if err != nil {
		return nil, err
	}
	return one([]byte(pyJSON(map[string]any{"token": secret, "id": t.ID}))), nil
}

// newToken makes a token for u and returns it with what is kept of it.
func (s *Server) newToken(ctx context.Context, u *catalog.User, p tokenParams) (string, *catalog.Token, error) {
	t, secret := catalog.NewToken(u.ID)
	t.Name, t.Scope = p.name, p.scope
	if p.life > 0 {
		t.Expires = s.now().Add(p.life).UTC()
	}
	return secret, t, s.users.PutToken(ctx, t)
}

func readTokenList(a *args) string {
	if user := a.text("user"); user != "" && !a.has("user_id") {
		return user
	}
	return a.required("user_id")
}

func (s *Server) tokenList(ctx context.Context, ref string) (result, error) {
	u, err := s.account(ctx, ref)
	if err != nil {
		return nil, err
	}
	tokens, err := s.users.Tokens(ctx, u.ID)
	if err != nil {
		return nil, err
	}
	out := make([]any, len(tokens))
	for i, t := range tokens {
		m := map[string]any{
			"id": t.ID, "name": t.Name, "user_id": t.User,
			"created_at": t.Created.UTC().Format(ckanTime), "last_access": momentOrNull(t.Used),
		}
		if t.Scope != catalog.ScopeAll {
			m["scope"] = t.Scope
		}
		out[i] = m
	}
	return one([]byte(pyJSON(out))), nil
}

type tokenRevokeParams struct{ id, token string }

func readTokenRevoke(a *args) tokenRevokeParams {
	if id := a.text("jti"); id != "" {
		return tokenRevokeParams{id: id}
	}
	return tokenRevokeParams{token: a.required("token")}
}

func (s *Server) tokenRevoke(ctx context.Context, p tokenRevokeParams) (result, error) {
	id, err := s.revocable(ctx, p)
	if err != nil {
		return nil, err
	}
	if id == "" {
		return nothing(), nil
	}
	if err := s.users.RemoveToken(ctx, id); err != nil && catalog.KindOf(err) != catalog.NotFound {
		return nil, err
	}
	return nothing(), nil
}

// revocable returns the ID of a token that the actor may revoke, "" for one
// that is not there, of which only sysadmins are told so.
func (s *Server) revocable(ctx context.Context, p tokenRevokeParams) (string, error) {
	hash := catalog.TokenHash(p.token)
	id, err := s.ownToken(ctx, p.id, hash)
	if err != nil || id != "" {
		return id, err
	}
	if !full(catalog.ActorOf(ctx)) {
		return "", catalog.Errorf(catalog.Denied, "not for this actor")
	}
	if p.id != "" {
		return p.id, nil
	}
	t, err := s.users.TokenByHash(ctx, hash)
	if err != nil && catalog.KindOf(err) == catalog.NotFound {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	return t.ID, nil
}

// ownToken returns the ID of the actor's token with the given ID, or hash
// where id is "", or "".
func (s *Server) ownToken(ctx context.Context, id, hash string) (string, error) {
	a := catalog.ActorOf(ctx)
	if a.ID == "" || a.Scope != catalog.ScopeAll {
		return "", nil
	}
	mine, err := s.users.Tokens(ctx, a.ID)
	for _, t := range mine {
		if t.ID == id || id == "" && t.Hash == hash {
			return t.ID, err
		}
	}
	return "", err
}
