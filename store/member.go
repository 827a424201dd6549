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

const memberColumns = `id, body, kind, object, role, created`

func scanMember(rows *sqlx.Rows) (*catalog.Member, error) {
	var m catalog.Member
	var created int64
	err := rows.Scan(&m.ID, &m.Body, &m.Kind, &m.Object, &m.Role, &created)
	m.Created = moment(created)
	return &m, err
}

// Members implements catalog.Members; body is an ID.
func (s *Store) Members(ctx context.Context, body string) ([]*catalog.Member, error) {
	out, err := collect(ctx, s.reading(), scanMember, `SELECT `+memberColumns+` FROM members WHERE body = ? ORDER BY created, id`, body)
	return out, s.trouble(err)
}

// Roles implements catalog.Users; user is an ID.
func (s *Store) Roles(ctx context.Context, user string) (map[string]catalog.Role, error) {
	members, err := collect(ctx, s.reading(), scanMember, `SELECT `+memberColumns+` FROM members WHERE kind = 'user' AND object = ?
		AND EXISTS (SELECT 1 FROM organizations WHERE organizations.id = members.body AND organizations.state = 'active')`, user)
	if err != nil {
		return nil, s.trouble(err)
	}
	roles := make(map[string]catalog.Role, len(members))
	for _, m := range members {
		roles[m.Body] = m.Role
	}
	return roles, nil
}

// PutMember implements catalog.Members. A role that is there already changes
// nothing.
func (s *Store) PutMember(ctx context.Context, m *catalog.Member) error {
	if err := checkMember(m); err != nil {
		return err
	}
	var put catalog.Member
	err := s.inTx(ctx, func(x tx) error {
		put = *m
		if err := x.checkEnds(ctx, &put); err != nil {
			return err
		}
		var role catalog.Role
		var created int64
		err := x.one(ctx, []any{&put.ID, &role, &created}, `SELECT id, role, created FROM members
			WHERE body = ? AND kind = ? AND object = ?`, put.Body, string(put.Kind), put.Object)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			return x.createMember(ctx, m.ID, &put)
		case err != nil:
			return err
		}
		put.Created = moment(created)
		if role == put.Role {
			return nil
		}
		if _, err := x.exec(ctx, `UPDATE members SET role = ? WHERE id = ?`, string(put.Role), put.ID); err != nil {
			return err
		}
		return x.toldMember(ctx, &put, "changed member")
	})
	if err == nil {
		*m = put
	}
	return err
}

func checkMember(m *catalog.Member) error {
	if m.Kind != catalog.MemberUser && m.Kind != catalog.MemberGroup {
		return invalid("object_type", "there is no such kind of member", "tipo di membro sconosciuto")
	}
	if !m.Role.Valid() {
		return invalid("role", "role does not exist.", "ruolo sconosciuto")
	}
	return checkKeys(map[string]string{"id": m.ID, "body": m.Body, "object": m.Object})
}

// checkEnds is NotFound unless both the body and the member are there.
func (x tx) checkEnds(ctx context.Context, m *catalog.Member) error {
	var n int
	if err := x.one(ctx, []any{&n}, `SELECT count(*) FROM organizations WHERE id = ?`, m.Body); err != nil {
		return err
	}
	if n == 0 {
		return notFound("organization or group", "l'organizzazione o il gruppo", m.Body)
	}
	query, what, cosa := `SELECT count(*) FROM users WHERE id = ?`, "user", "l'utente"
	if m.Kind == catalog.MemberGroup {
		query, what, cosa = `SELECT count(*) FROM organizations WHERE id = ?`, "group", "il gruppo"
	}
	if err := x.one(ctx, []any{&n}, query, m.Object); err != nil {
		return err
	}
	if n == 0 {
		return notFound(what, cosa, m.Object)
	}
	return nil
}

func (x tx) createMember(ctx context.Context, id string, m *catalog.Member) error {
	if m.ID = id; id == "" {
		m.ID = uuid.NewString()
	}
	m.Created = now()
	if _, err := x.exec(ctx, `INSERT INTO members (`+memberColumns+`) VALUES (?, ?, ?, ?, ?, ?)`,
		m.ID, m.Body, string(m.Kind), m.Object, string(m.Role), micros(m.Created)); err != nil {
		return err
	}
	return x.toldMember(ctx, m, "new member")
}

// RemoveMember implements catalog.Members.
func (s *Store) RemoveMember(ctx context.Context, body string, kind catalog.MemberKind, object string) error {
	return s.inTx(ctx, func(x tx) error {
		found, err := collect(ctx, x.conn, scanMember, `SELECT `+memberColumns+` FROM members WHERE body = ? AND kind = ? AND object = ?`,
			body, string(kind), object)
		m, err := first(found, err, notFound("member", "il membro", object))
		if err != nil {
			return err
		}
		if _, err := x.exec(ctx, `DELETE FROM members WHERE id = ?`, m.ID); err != nil {
			return err
		}
		return x.toldMember(ctx, m, "removed member")
	})
}

// toldMember tells who was given which role where, by IDs alone: the log
// outlives users.
func (x tx) toldMember(ctx context.Context, m *catalog.Member, verb string) error {
	body, err := json.Marshal(map[string]string{"body": m.Body, "kind": string(m.Kind), "object": m.Object, "role": string(m.Role)})
	if err != nil {
		return err
	}
	return x.activity(ctx, act{verb: verb, kind: "member", object: m.ID, body: body})
}
