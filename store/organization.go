package store

import (
	"context"
	"database/sql"
	"errors"
	"slices"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"portico/catalog"
)

// An org is an organization or a group as the database has it: they share a
// table, because they share their names.
type org struct {
	id, kind, name, state string
	created               int64
	bodyVersion           int
	body                  []byte
	datasets              int
}

func (o *org) organization() (*catalog.Organization, error) {
	out := new(catalog.Organization)
	if err := organizationForm.read(o.body, o.bodyVersion, out); err != nil {
		return nil, err
	}
	out.ID, out.Name, out.State, out.Created, out.Datasets = o.id, o.name, catalog.State(o.state), moment(o.created), o.datasets
	return out, nil
}

func (o *org) group() (*catalog.Group, error) {
	out := new(catalog.Group)
	if err := organizationForm.read(o.body, o.bodyVersion, out); err != nil {
		return nil, err
	}
	out.ID, out.Name, out.State, out.Created, out.Datasets = o.id, o.name, catalog.State(o.state), moment(o.created), o.datasets
	return out, nil
}

const (
	kindOrganization = "organization"
	kindGroup        = "group"
)

func scanOrg(rows *sqlx.Rows) (*org, error) {
	var o org
	return &o, rows.Scan(o.into()...)
}

func (o *org) into() []any {
	return []any{&o.id, &o.kind, &o.name, &o.state, &o.created, &o.bodyVersion, &o.body, &o.datasets}
}

// orgQuery selects organizations or groups with the number of their Active
// datasets that the actor may see. Columns without a table are those of the
// innermost one, datasets.
func orgQuery(kind string, a catalog.Actor) predicate {
	may := visible(a)
	count := `datasets WHERE datasets.organization = organizations.id`
	if kind == kindGroup {
		count = `dataset_groups JOIN datasets ON datasets.id = dataset_groups.dataset WHERE dataset_groups.name = organizations.name`
	}
	return predicate{
		sql: `SELECT id, kind, name, state, created, body_version, body,
			(SELECT count(*) FROM ` + count + ` AND ` + may.sql + ` AND datasets.state = 'active')
			FROM organizations WHERE kind = ?`,
		args: slices.Concat(may.args, []any{kind}),
	}
}

// lookOrg finds an organization or group by ID or name. One that is deleted is
// Gone to all but sysadmins.
func (s *Store) lookOrg(ctx context.Context, kind, ref string) (*org, error) {
	a := catalog.ActorOf(ctx)
	q := orgQuery(kind, a)
	for _, where := range waysToBody {
		var o org
		err := s.reading().one(ctx, o.into(), q.sql+` AND `+where, slices.Concat(q.args, []any{ref})...)
		if errors.Is(err, sql.ErrNoRows) {
			continue
		}
		if err == nil && catalog.State(o.state) == catalog.Deleted && !a.Sysadmin {
			return nil, catalog.Errorf(catalog.Gone, "%s is no longer there", o.name).Italian("%s non esiste più", o.name)
		}
		return &o, s.trouble(err)
	}
	if kind == kindGroup {
		return nil, notFound("group", "il gruppo", ref)
	}
	return nil, notFound("organization", "l'organizzazione", ref)
}

func (s *Store) listOrgs(ctx context.Context, kind string) ([]*org, error) {
	q := orgQuery(kind, catalog.ActorOf(ctx))
	out, err := collect(ctx, s.reading(), scanOrg, q.sql+` AND state = 'active' ORDER BY name, id`, q.args...)
	return out, s.trouble(err)
}

// Organization implements catalog.Organizations. A deleted one is Gone.
func (s *Store) Organization(ctx context.Context, ref string) (*catalog.Organization, error) {
	o, err := s.lookOrg(ctx, kindOrganization, ref)
	if err != nil {
		return nil, err
	}
	return o.organization()
}

// Organizations implements catalog.Organizations.
func (s *Store) Organizations(ctx context.Context) ([]*catalog.Organization, error) {
	orgs, err := s.listOrgs(ctx, kindOrganization)
	if err != nil {
		return nil, err
	}
	return each(orgs, (*org).organization)
}

// Group implements catalog.Organizations. A deleted one is Gone.
func (s *Store) Group(ctx context.Context, ref string) (*catalog.Group, error) {
	o, err := s.lookOrg(ctx, kindGroup, ref)
	if err != nil {
		return nil, err
	}
	return o.group()
}

// Groups implements catalog.Organizations.
func (s *Store) Groups(ctx context.Context) ([]*catalog.Group, error) {
	orgs, err := s.listOrgs(ctx, kindGroup)
	if err != nil {
		return nil, err
	}
	return each(orgs, (*org).group)
}

// PutOrganization implements catalog.Organizations. Without a name it gets one
// made from the title.
func (s *Store) PutOrganization(ctx context.Context, o *catalog.Organization) error {
	body, err := encode(o)
	if err != nil {
		return err
	}
	is := org{id: o.ID, kind: kindOrganization, name: o.Name, state: string(o.State), body: body}
	if err := s.putOrg(ctx, &is, o.Title.String()); err != nil {
		return err
	}
	o.ID, o.Name, o.State, o.Created = is.id, is.name, catalog.State(is.state), moment(is.created)
	return nil
}

// PutGroup implements catalog.Organizations.
func (s *Store) PutGroup(ctx context.Context, g *catalog.Group) error {
	body, err := encode(g)
	if err != nil {
		return err
	}
	is := org{id: g.ID, kind: kindGroup, name: g.Name, state: string(g.State), body: body}
	if err := s.putOrg(ctx, &is, g.Title.String()); err != nil {
		return err
	}
	g.ID, g.Name, g.State, g.Created = is.id, is.name, catalog.State(is.state), moment(is.created)
	return nil
}

func (s *Store) putOrg(ctx context.Context, o *org, title string) error {
	if err := checkKeys(map[string]string{"id": o.id, "name": o.name}); err != nil {
		return err
	}
	if err := checkKeys(map[string]string{"state": o.state}); err != nil {
		return err
	}
	o.bodyVersion = organizationForm.version()
	return s.inTx(ctx, func(x tx) error {
		old, err := x.knownOrg(ctx, o)
		switch {
		case err != nil:
			return err
		case old == nil:
			return x.createOrg(ctx, o, title)
		}
		return x.replaceOrg(ctx, old, o)
	})
}

func (x tx) knownOrg(ctx context.Context, o *org) (*org, error) {
	where, key := `id = ?`, o.id
	if o.id == "" {
		where, key = `name = ? AND state <> 'deleted'`, o.name
	}
	var old org
	err := x.one(ctx, old.into(), `SELECT id, kind, name, state, created, body_version, body, 0 FROM organizations
		WHERE kind = ? AND `+where, o.kind, key)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return &old, err
}

func (x tx) createOrg(ctx context.Context, o *org, title string) (err error) {
	if o.id == "" {
		o.id = uuid.NewString()
	}
	if o.name == "" {
		if o.name, err = x.freeName(ctx, organizationNames, title); err != nil {
			return err
		}
	} else if err := x.checkName(ctx, organizationNames, o.id, o.name); err != nil {
		return err
	}
	if o.state == "" {
		o.state = string(catalog.Active)
	}
	o.created = micros(now())
	if _, err := x.exec(ctx, `INSERT INTO organizations (id, kind, name, state, created, body_version, body)
		VALUES (?, ?, ?, ?, ?, ?, ?)`, o.id, o.kind, o.name, o.state, o.created, o.bodyVersion, string(o.body)); err != nil {
		return err
	}
	return x.toldOrg(ctx, o, "new "+o.kind)
}

func (x tx) replaceOrg(ctx context.Context, old, o *org) error {
	o.id, o.created = old.id, old.created
	if o.name == "" {
		o.name = old.name
	}
	if o.state == "" {
		o.state = old.state
	}
	if o.name == old.name && o.state == old.state && o.bodyVersion == old.bodyVersion && string(o.body) == string(old.body) {
		return nil
	}
	if err := x.renameOrg(ctx, old, o); err != nil {
		return err
	}
	if _, err := x.exec(ctx, `UPDATE organizations SET name = ?, state = ?, body_version = ?, body = ? WHERE id = ?`,
		o.name, o.state, o.bodyVersion, string(o.body), o.id); err != nil {
		return err
	}
	verb := "changed "
	if o.state == string(catalog.Deleted) && old.state != o.state {
		verb = "deleted "
	}
	return x.toldOrg(ctx, o, verb+o.kind)
}

// renameOrg makes sure that the name of o is free, and takes the datasets of a
// group along to it.
func (x tx) renameOrg(ctx context.Context, old, o *org) error {
	if o.state != string(catalog.Deleted) {
		if err := x.checkName(ctx, organizationNames, o.id, o.name); err != nil {
			return err
		}
	}
	if o.kind == kindGroup && o.name != old.name {
		return x.followGroup(ctx, old, o.name)
	}
	return nil
}

// toldOrg tells a change, and marks the datasets that show the name or title
// of what changed in what is made of them.
func (x tx) toldOrg(ctx context.Context, o *org, verb string) error {
	where, key := `organization = ?`, o.id
	if o.kind == kindGroup {
		where, key = inGroup, o.name
	}
	if err := x.staleWhere(ctx, where, key); err != nil {
		return err
	}
	body, err := o.snapshot()
	if err != nil {
		return err
	}
	return x.activity(ctx, act{verb: verb, kind: o.kind, object: o.id, public: true, body: body})
}

// each returns what f makes of every element of in.
func each[A, B any](in []A, f func(A) (B, error)) ([]B, error) {
	out := make([]B, len(in))
	for i, a := range in {
		var err error
		if out[i], err = f(a); err != nil {
			return nil, err
		}
	}
	return out, nil
}
