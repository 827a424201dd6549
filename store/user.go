package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"portico/catalog"
)

const userColumns = `users.id, users.name, users.email, users.sysadmin, users.created`

// into returns where Scan should put userColumns; done completes u after it.
func userInto(u *catalog.User, created *int64) []any {
	return []any{&u.ID, &u.Name, &u.Email, &u.Sysadmin, created}
}

func scanUser(rows *sqlx.Rows) (*catalog.User, error) {
	var u catalog.User
	var created int64
	err := rows.Scan(userInto(&u, &created)...)
	u.Created = moment(created)
	return &u, err
}

// User implements catalog.Users.
func (s *Store) User(ctx context.Context, ref string) (*catalog.User, error) {
	u, err := s.reading().user(ctx, ref)
	return u, s.trouble(err)
}

func (c conn) user(ctx context.Context, ref string) (*catalog.User, error) {
	out, err := collect(ctx, c, scanUser, `SELECT `+userColumns+` FROM users WHERE id = ? OR name = ?
		ORDER BY CASE WHEN id = ? THEN 0 ELSE 1 END LIMIT 1`, ref, ref, ref)
	return first(out, err, notFound("user", "l'utente", ref))
}

// Users implements catalog.Users, by name.
func (s *Store) Users(ctx context.Context) ([]*catalog.User, error) {
	out, err := collect(ctx, s.reading(), scanUser, `SELECT `+userColumns+` FROM users ORDER BY name`)
	return out, s.trouble(err)
}

// PutUser implements catalog.Users. It creates u, or replaces the user with
// its ID, and sets ID and Created. A name of another user is Invalid.
func (s *Store) PutUser(ctx context.Context, u *catalog.User) error {
	if err := checkKeys(map[string]string{"id": u.ID, "name": u.Name, "email": u.Email}); err != nil {
		return err
	}
	if u.Name == "" {
		return invalid("name", "must be given", "è obbligatorio")
	}
	var put catalog.User
	err := s.inTx(ctx, func(x tx) error {
		put = *u
		if err := x.checkName(ctx, userNames, put.ID, put.Name); err != nil {
			return err
		}
		created, err := x.userCreated(ctx, put.ID)
		if errors.Is(err, sql.ErrNoRows) {
			return x.createUser(ctx, &put)
		}
		if err != nil {
			return err
		}
		put.Created = moment(created)
		n, err := x.exec(ctx, `UPDATE users SET name = ?, email = ?, sysadmin = ? WHERE id = ?
			AND (name <> ? OR email <> ? OR sysadmin <> ?)`, put.Name, put.Email, put.Sysadmin, put.ID, put.Name, put.Email, put.Sysadmin)
		if err != nil || n == 0 {
			return err
		}
		return x.toldUser(ctx, &put, "changed user")
	})
	if err == nil {
		*u = put
	}
	return err
}

func (x tx) userCreated(ctx context.Context, id string) (created int64, err error) {
	err = x.one(ctx, []any{&created}, `SELECT created FROM users WHERE id = ?`, id)
	return created, err
}

func (x tx) createUser(ctx context.Context, u *catalog.User) error {
	if u.ID == "" {
		u.ID = uuid.NewString()
	}
	u.Created = now()
	if _, err := x.exec(ctx, `INSERT INTO users (id, name, email, sysadmin, created) VALUES (?, ?, ?, ?, ?)`,
		u.ID, u.Name, u.Email, u.Sysadmin, micros(u.Created)); err != nil {
		return err
	}
	return x.toldUser(ctx, u, "new user")
}

// toldUser tells a change without the e-mail address: the log outlives users.
func (x tx) toldUser(ctx context.Context, u *catalog.User, verb string) error {
	body, err := json.Marshal(catalog.User{ID: u.ID, Name: u.Name, Sysadmin: u.Sysadmin, Created: u.Created})
	if err != nil {
		return err
	}
	return x.activity(ctx, act{verb: verb, kind: "user", object: u.ID, body: body})
}

// RemoveUser implements catalog.Users.
func (s *Store) RemoveUser(ctx context.Context, ref string) error {
	return s.inTx(ctx, func(x tx) error {
		u, err := x.user(ctx, ref)
		if err != nil {
			return err
		}
		for _, q := range []string{`DELETE FROM tokens WHERE owner = ?`, `DELETE FROM users WHERE id = ?`} {
			if _, err := x.exec(ctx, q, u.ID); err != nil {
				return err
			}
		}
		return x.toldUser(ctx, u, "removed user")
	})
}
