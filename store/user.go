package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"portico/catalog"
)

const userColumns = `users.id, users.name, users.email, users.full_name, users.about, users.image_url,
	users.sysadmin, users.state, users.password, users.created, users.seen`

// A userRow is a User as it is scanned.
type userRow struct {
	catalog.User
	created, seen int64
}

func (r *userRow) into() []any {
	return []any{
		&r.ID, &r.Name, &r.Email, &r.FullName, &r.About, &r.ImageURL,
		&r.Sysadmin, &r.State, &r.Password, &r.created, &r.seen,
	}
}

func (r *userRow) user() *catalog.User {
	u := r.User
	u.Created, u.Seen = moment(r.created), moment(r.seen)
	return &u
}

func scanUser(rows *sqlx.Rows) (*catalog.User, error) {
	var r userRow
	err := rows.Scan(r.into()...)
	return r.user(), err
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

// PutUser implements catalog.Users. What is equal changes nothing.
func (s *Store) PutUser(ctx context.Context, u *catalog.User) error {
	if err := checkUser(u); err != nil {
		return err
	}
	var put catalog.User
	err := s.inTx(ctx, func(x tx) error {
		put = *u
		if put.State == "" {
			put.State = catalog.Active
		}
		if err := x.checkName(ctx, userNames, put.ID, put.Name); err != nil {
			return err
		}
		if err := x.checkEmail(ctx, &put); err != nil {
			return err
		}
		old, err := x.userByID(ctx, put.ID)
		switch {
		case err != nil:
			return err
		case old == nil:
			return x.createUser(ctx, &put)
		}
		return x.changeUser(ctx, old, &put)
	})
	if err == nil {
		*u = put
	}
	return err
}

func (x tx) changeUser(ctx context.Context, old, u *catalog.User) error {
	u.Created, u.Seen = old.Created, old.Seen
	if u.Password == "" {
		u.Password = old.Password
	}
	if *u == *old {
		return nil
	}
	if _, err := x.exec(ctx, `UPDATE users SET name = ?, email = ?, full_name = ?, about = ?, image_url = ?,
		sysadmin = ?, state = ?, password = ? WHERE id = ?`, u.Name, u.Email, u.FullName, u.About, u.ImageURL,
		u.Sysadmin, string(u.State), u.Password, u.ID); err != nil {
		return err
	}
	verb := "changed user"
	if u.State == catalog.Deleted && old.State != u.State {
		verb = "deleted user"
	}
	return x.toldUser(ctx, u, verb)
}

// mostAbout bounds what a user says of themselves.
const mostAbout = 20_000

func checkUser(u *catalog.User) error {
	if err := checkKeys(map[string]string{
		"id": u.ID, "name": u.Name, "email": u.Email, "fullname": u.FullName, "image_url": u.ImageURL, "password": u.Password,
	}); err != nil {
		return err
	}
	switch {
	case u.Name == "":
		return invalid("name", "must be given", "è obbligatorio")
	case !sound(u.About):
		return invalid("about", "must be text without NUL characters", "deve essere testo senza caratteri NUL")
	case len(u.About) > mostAbout:
		return invalid("about", "is too long", "è troppo lungo")
	case u.State != "" && u.State != catalog.Active && u.State != catalog.Deleted:
		return invalid("state", "there is no such state", "stato sconosciuto")
	}
	return nil
}

// checkEmail is Invalid when the address of an active user is another active
// one's. Only the letters of ASCII have a case here: that is what both engines
// agree on, and what addresses are made of.
func (x tx) checkEmail(ctx context.Context, u *catalog.User) error {
	if u.Email == "" || u.State != catalog.Active {
		return nil
	}
	var n int
	err := x.one(ctx, []any{&n}, `SELECT count(*) FROM users WHERE lower(email) = ? AND state = 'active' AND id <> ?`,
		lowerASCII(u.Email), u.ID)
	if err != nil || n == 0 {
		return err
	}
	e := catalog.Errorf(catalog.Invalid, "the e-mail address belongs to another user").
		Italian("l'indirizzo e-mail appartiene a un altro utente")
	e.Fields = map[string][]string{"email": {"The email address '" + short(u.Email) + "' belongs to a registered user."}}
	return e
}

func lowerASCII(s string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, s)
}

// userByID returns the user with an ID, or nil.
func (c conn) userByID(ctx context.Context, id string) (*catalog.User, error) {
	var r userRow
	err := c.one(ctx, r.into(), `SELECT `+userColumns+` FROM users WHERE id = ?`, id)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return r.user(), err
}

func (x tx) createUser(ctx context.Context, u *catalog.User) error {
	if u.ID == "" {
		u.ID = uuid.NewString()
	}
	u.Created, u.Seen = now(), time.Time{}
	if _, err := x.exec(ctx, `INSERT INTO users (id, name, email, full_name, about, image_url, sysadmin, state, password, created, seen)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)`, u.ID, u.Name, u.Email, u.FullName, u.About, u.ImageURL,
		u.Sysadmin, string(u.State), u.Password, micros(u.Created)); err != nil {
		return err
	}
	return x.toldUser(ctx, u, "new user")
}

// toldUser tells a change without what is personal but the name, which stands
// for the person in the log: it outlives users.
func (x tx) toldUser(ctx context.Context, u *catalog.User, verb string) error {
	body, err := json.Marshal(catalog.User{ID: u.ID, Name: u.Name, Sysadmin: u.Sysadmin, State: u.State, Created: u.Created})
	if err != nil {
		return err
	}
	return x.activity(ctx, act{verb: verb, kind: "user", object: u.ID, body: body})
}

// RemoveUser implements catalog.Users. Of the person the log keeps the short
// name and the ID, so that it can still be told who changed what.
func (s *Store) RemoveUser(ctx context.Context, ref string) error {
	return s.inTx(ctx, func(x tx) error {
		u, err := x.user(ctx, ref)
		if err != nil {
			return err
		}
		for _, q := range []string{
			`DELETE FROM tokens WHERE owner = ?`,
			`DELETE FROM members WHERE kind = 'user' AND object = ?`,
			`DELETE FROM records WHERE kind = 'follow' AND owner = ?`,
			`DELETE FROM records WHERE kind = 'follow' AND about = ?`,
			`DELETE FROM records WHERE kind = 'seen' AND key = ?`,
			`DELETE FROM records WHERE kind = 'seen' AND owner = ?`,
			`DELETE FROM users WHERE id = ?`,
		} {
			if _, err := x.exec(ctx, q, u.ID); err != nil {
				return err
			}
		}
		return x.toldUser(ctx, u, "removed user")
	})
}
