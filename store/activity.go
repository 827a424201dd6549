package store

import (
	"context"
	"slices"
	"strings"

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
	_, err := x.exec(ctx, `INSERT INTO activities (id, at, actor, actor_id, verb, kind, object, source, public, body)
		VALUES ((SELECT coalesce(max(id), 0) + 1 FROM activities), ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		micros(now()), name, who.ID, a.verb, a.kind, a.object, a.source, a.public, string(a.body))
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
		verb: verb, kind: kindDataset, object: r.id, source: r.source, body: body,
		public: catalog.State(r.state) == catalog.Active && !r.private,
	})
}

// toldTo holds for the activities that an actor may know of: what happens to organizations and groups, to all; to a dataset,
// to a stranger where it was public afterwards and they may still see it, and
// to whom it belongs always; all else to sysadmins, and to users their own.
func toldTo(a catalog.Actor) predicate {
	if a.Sysadmin {
		return predicate{sql: `TRUE`}
	}
	may, in := visible(a), insider(a)
	out := predicate{
		sql: `kind IN ('organization', 'group') OR kind = 'dataset' AND EXISTS (SELECT 1 FROM datasets
			WHERE datasets.id = activities.object AND (activities.public AND ` + may.sql + ` OR ` + in.sql + `))`,
		args: slices.Concat(may.args, in.args),
	}
	if a.ID != "" {
		out.sql += ` OR kind NOT IN ('organization', 'group', 'dataset') AND (actor_id = ? OR kind = 'user' AND object = ?)`
		out.args = append(out.args, a.ID, a.ID)
	}
	out.sql = `(` + out.sql + `)`
	return out
}

// What an activity of a body can be of: the body itself, or the datasets that
// are in it now. One set is for the engines an index away; two conditions with
// an OR would be a walk through the log.
const (
	datasetsOf = `SELECT id FROM datasets WHERE organization <> '' AND organization `
	datasetsIn = `SELECT dataset FROM dataset_groups
		JOIN organizations ON organizations.name = dataset_groups.name AND organizations.state <> 'deleted' WHERE organizations.id `
	itself   = `SELECT CAST(? AS TEXT) UNION ALL `
	followed = `SELECT about FROM records WHERE kind = 'follow' AND owner = ?`
)

// told returns the condition for what f chooses.
func told(f catalog.ActivityFilter) predicate {
	where, args := []string{`TRUE`}, []any(nil)
	add := func(sql string, arg ...any) {
		where, args = append(where, `(`+sql+`)`), append(args, arg...)
	}
	among := func(column string, values []string) {
		if len(values) == 0 {
			return
		}
		where = append(where, column+` IN (?`+strings.Repeat(`, ?`, len(values)-1)+`)`)
		for _, v := range values {
			args = append(args, v)
		}
	}
	if f.ID != 0 {
		add(`id = ?`, f.ID)
	}
	if o := f.Organization; o != "" {
		add(`object IN (`+itself+datasetsOf+`= ?)`, o, o)
	}
	if g := f.Group; g != "" {
		add(`object IN (`+itself+datasetsIn+`= ?)`, g, g)
	}
	if f.ActorID != "" {
		add(`actor_id <> '' AND actor_id = ?`, f.ActorID)
	}
	if u := f.Followed; u != "" {
		add(`actor_id <> '' AND actor_id IN (`+itself+followed+`) OR object IN (`+followed+
			` UNION ALL `+datasetsOf+`IN (`+followed+`) UNION ALL `+datasetsIn+`IN (`+followed+`))`, u, u, u, u, u)
	}
	among(`object`, f.Objects)
	among(`kind`, f.Kinds)
	among(`verb`, f.Verbs)
	among(`verb NOT`, f.NotVerbs)
	if !f.After.IsZero() {
		add(`at > ?`, micros(f.After))
	}
	if !f.Before.IsZero() {
		add(`at < ?`, micros(f.Before))
	}
	return predicate{sql: strings.Join(where, ` AND `), args: args}
}

// Activities implements catalog.Activities. The IDs of a page are found first,
// so that skipping reads no bodies.
func (s *Store) Activities(ctx context.Context, f catalog.ActivityFilter) ([]*catalog.Activity, error) {
	to, of := toldTo(catalog.ActorOf(ctx)), told(f)
	order := `id DESC`
	if !f.After.IsZero() && f.Before.IsZero() {
		order = `id`
	}
	out, err := collect(ctx, s.reading(), scanActivity, `SELECT id, at, actor, actor_id, verb, kind, object, source, body
		FROM activities WHERE id IN (SELECT id FROM activities WHERE `+of.sql+` AND `+to.sql+`
		ORDER BY `+order+` LIMIT ? OFFSET ?) ORDER BY id DESC`,
		slices.Concat(of.args, to.args, []any{limit(f.Limit), max(f.Offset, 0)})...)
	return out, s.trouble(err)
}

func scanActivity(rows *sqlx.Rows) (*catalog.Activity, error) {
	var a catalog.Activity
	var at int64
	if err := rows.Scan(&a.ID, &at, &a.Actor, &a.ActorID, &a.Verb, &a.Kind, &a.Object, &a.Source, &a.Body); err != nil {
		return nil, err
	}
	a.At = moment(at)
	if len(a.Body) == 0 {
		a.Body = nil
		return &a, nil
	}
	if a.Kind != kindDataset {
		return &a, nil
	}
	var err error
	a.Dataset, err = datasetThen(a.Body, a.At)
	return &a, err
}
