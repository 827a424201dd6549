package store

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/jmoiron/sqlx"

	"portico/catalog"
)

// An act is a change to be told in the activity log.
type act struct {
	verb, kind, object, source string
	public                     bool
	body                       []byte
}

// activity tells a change, in its transaction. Numbers come from the table
// itself, for writers come one at a time.
func (x tx) activity(ctx context.Context, a act) error {
	who := catalog.ActorOf(ctx)
	name := who.Name
	if name == "" {
		name = who.ID
	}
	_, err := x.exec(ctx, `INSERT INTO activities (id, at, actor, verb, kind, object, source, public, body)
		VALUES ((SELECT coalesce(max(id), 0) + 1 FROM activities), ?, ?, ?, ?, ?, ?, ?, ?)`,
		micros(now()), name, a.verb, a.kind, a.object, a.source, a.public, string(a.body))
	return err
}

// told marks a dataset stale and tells what happened to it.
func (x tx) told(ctx context.Context, r *row, verb string) error {
	if err := x.stale(ctx, r.id); err != nil {
		return err
	}
	body, err := r.snapshot()
	if err != nil {
		return err
	}
	return x.activity(ctx, act{
		verb: verb, kind: "dataset", object: r.id, source: r.source, body: body,
		public: catalog.State(r.state) == catalog.Active && !r.private,
	})
}

// snapshot returns a dataset in JSON: its columns, and in "body" the rest.
func (r *row) snapshot() ([]byte, error) {
	head, err := json.Marshal(struct {
		ID           string `json:"id"`
		Name         string `json:"name"`
		Organization string `json:"organization"`
		State        string `json:"state"`
		Private      bool   `json:"private"`
		Creator      string `json:"creator"`
		Source       string `json:"source"`
		Record       string `json:"record"`
		Revision     int64  `json:"revision"`
		BodyVersion  int    `json:"body_version"`
	}{r.id, r.name, r.organization, r.state, r.private, r.creator, r.source, r.record, r.revision, r.bodyVersion})
	if err != nil {
		return nil, err
	}
	return slices.Concat(head[:len(head)-1], []byte(`,"body":`), r.body, []byte(`}`)), nil
}

// Activities implements catalog.Activities. An actor sees the activities of
// datasets that they may see: a stranger only those that left the dataset
// public. What happens to users, tokens and sources is for System and
// sysadmins; what happens to organizations and groups, for all.
func (s *Store) Activities(ctx context.Context, object string, n int) ([]*catalog.Activity, error) {
	a := catalog.ActorOf(ctx)
	where, args := `TRUE`, []any(nil)
	if !a.Sysadmin {
		may, in := visible(a), insider(a)
		where = `(kind IN ('organization', 'group') OR kind = 'dataset' AND EXISTS (SELECT 1 FROM datasets
			WHERE datasets.id = activities.object AND ` + may.sql + ` AND (activities.public OR ` + in.sql + `)))`
		args = slices.Concat(may.args, in.args)
	}
	if object != "" {
		where, args = where+` AND object = ?`, append(args, object)
	}
	out, err := collect(ctx, s.reading(), scanActivity, `SELECT id, at, actor, verb, object, source, body
		FROM activities WHERE `+where+` ORDER BY id DESC LIMIT ?`, append(args, limit(n))...)
	return out, s.trouble(err)
}

func scanActivity(rows *sqlx.Rows) (*catalog.Activity, error) {
	var a catalog.Activity
	var at int64
	if err := rows.Scan(&a.ID, &at, &a.Actor, &a.Verb, &a.Object, &a.Source, &a.Body); err != nil {
		return nil, err
	}
	a.At = moment(at)
	if len(a.Body) == 0 {
		a.Body = nil
	}
	return &a, nil
}
