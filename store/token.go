package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"portico/catalog"
)

const tokenColumns = `tokens.id, tokens.owner, tokens.name, tokens.hash, tokens.scope, tokens.created, tokens.expires, tokens.used`

// A tokenRow is a Token as it is scanned.
type tokenRow struct {
	catalog.Token
	created, expires, used int64
}

func (r *tokenRow) into() []any {
	return []any{&r.ID, &r.User, &r.Name, &r.Hash, &r.Scope, &r.created, &r.expires, &r.used}
}

func (r *tokenRow) token() *catalog.Token {
	t := r.Token
	t.Created, t.Expires, t.Used = moment(r.created), moment(r.expires), moment(r.used)
	return &t
}

// PutToken implements catalog.Users. It creates t and sets its ID and Created;
// tokens are not changed. User is an ID.
func (s *Store) PutToken(ctx context.Context, t *catalog.Token) error {
	if err := checkKeys(map[string]string{"id": t.ID, "user": t.User, "name": t.Name, "hash": t.Hash, "scope": string(t.Scope)}); err != nil {
		return err
	}
	if t.Hash == "" {
		return invalid("hash", "must be given", "è obbligatorio")
	}
	put := *t
	if put.ID == "" {
		put.ID = uuid.NewString()
	}
	put.Created, put.Expires, put.Used = now(), moment(micros(t.Expires)), time.Time{}
	err := s.inTx(ctx, func(x tx) error {
		u, err := x.userByID(ctx, put.User)
		switch {
		case err != nil:
			return err
		case u == nil:
			return notFound("user", "l'utente", put.User)
		}
		if _, err := x.exec(ctx, `INSERT INTO tokens (id, owner, name, hash, scope, created, expires, used) VALUES (?, ?, ?, ?, ?, ?, ?, 0)`,
			put.ID, put.User, put.Name, put.Hash, string(put.Scope), micros(put.Created), micros(put.Expires)); err != nil {
			return err
		}
		unnamed := put
		unnamed.Name = "" // what its owner calls it is theirs, and the log outlives users
		body, err := json.Marshal(unnamed)
		if err != nil {
			return err
		}
		return x.activity(ctx, act{verb: "new token", kind: "token", object: put.ID, body: body})
	})
	if err == nil {
		*t = put
	}
	return err
}

// Tokens implements catalog.Users, the oldest first; user is an ID.
func (s *Store) Tokens(ctx context.Context, user string) ([]*catalog.Token, error) {
	out, err := collect(ctx, s.reading(), func(rows *sqlx.Rows) (*catalog.Token, error) {
		var r tokenRow
		err := rows.Scan(r.into()...)
		return r.token(), err
	}, `SELECT `+tokenColumns+` FROM tokens WHERE owner = ? ORDER BY created, id`, user)
	return out, s.trouble(err)
}

// TokenByHash implements catalog.Tokens.
func (s *Store) TokenByHash(ctx context.Context, hash string) (*catalog.Token, error) {
	var r tokenRow
	err := s.reading().one(ctx, r.into(), `SELECT `+tokenColumns+` FROM tokens WHERE tokens.hash = ?`, hash)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, catalog.Errorf(catalog.NotFound, "the token is not known").Italian("il token non è noto")
	}
	if err != nil {
		return nil, s.trouble(err)
	}
	return r.token(), nil
}

// RemoveToken implements catalog.Users.
func (s *Store) RemoveToken(ctx context.Context, id string) error {
	return s.inTx(ctx, func(x tx) error {
		n, err := x.exec(ctx, `DELETE FROM tokens WHERE id = ?`, id)
		switch {
		case err != nil:
			return err
		case n == 0:
			return notFound("token", "il token", id)
		}
		return x.activity(ctx, act{verb: "removed token", kind: "token", object: id})
	})
}

// UserByToken implements catalog.Users. That its use could not be noted does
// not keep the user out: it is logged.
func (s *Store) UserByToken(ctx context.Context, hash string) (*catalog.User, *catalog.Token, error) {
	at := now()
	var u userRow
	var r tokenRow
	err := s.reading().one(ctx, append(u.into(), r.into()...), `SELECT `+userColumns+`, `+tokenColumns+`
		FROM tokens JOIN users ON users.id = tokens.owner
		WHERE tokens.hash = ? AND users.state = 'active' AND (tokens.expires = 0 OR tokens.expires > ?)`, hash, micros(at))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil, catalog.Errorf(catalog.NotFound, "the token is not known or has expired").
			Italian("il token non è noto o è scaduto")
	}
	if err != nil {
		return nil, nil, s.trouble(err)
	}
	minute := micros(at.Truncate(time.Minute))
	if r.used < minute {
		err := s.inTx(ctx, func(x tx) error {
			if _, err := x.exec(ctx, `UPDATE tokens SET used = ? WHERE id = ? AND used < ?`, minute, r.ID, minute); err != nil {
				return err
			}
			_, err := x.exec(ctx, `UPDATE users SET seen = ? WHERE id = ? AND seen < ?`, minute, u.ID, minute)
			return err
		})
		if err != nil {
			s.log.WarnContext(ctx, "note the use of a token", "token", r.ID, "error", err)
		}
		r.used, u.seen = minute, max(u.seen, minute)
	}
	return u.user(), r.token(), nil
}
