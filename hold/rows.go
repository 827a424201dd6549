package hold

import (
	"context"
	"encoding/json"
	"slices"

	"portico/catalog"
	"portico/datastore"
	"portico/tabular/personal"
)

// aside is where the rows of a distribution wait that may not be public yet:
// another table, which begins as a copy of the public one.
func aside(id string) string { return datastore.Aside + id }

// smallTable is up to how many rows a table is looked into whole at each write,
// so that rows which come one by one are seen together.
const smallTable = 5000

// Create is that of datastore.Tables. When what it writes holds personal data it
// is written aside, with all that is written afterwards, until somebody decides.
func (k *Desk) Create(ctx context.Context, id string, d datastore.Definition) ([]datastore.Field, []datastore.Row, error) {
	to, err := k.target(ctx, id, d.Fields, d.Records)
	if err != nil {
		return nil, nil, err
	}
	return k.rows.Create(ctx, to, d)
}

// Write is that of datastore.Tables, held as Create is.
func (k *Desk) Write(ctx context.Context, id string, m datastore.Method, records []map[string]any, dry bool) ([]datastore.Row, error) {
	if dry {
		to, err := k.Written(ctx, id)
		if err != nil {
			return nil, err
		}
		return k.rows.Write(ctx, to, m, records, dry)
	}
	to, err := k.target(ctx, id, nil, records)
	if err != nil {
		return nil, err
	}
	return k.rows.Write(ctx, to, m, records, dry)
}

// Written returns the name of the table that writes go to: those who may change
// a dataset read it, all others the one with the ID of the distribution.
func (k *Desk) Written(ctx context.Context, id string) (string, error) {
	there, err := k.rows.Has(ctx, aside(id))
	if err == nil && there {
		id = aside(id)
	}
	return id, err
}

// HeldRows reports whether rows of a distribution wait, and whether there are
// public ones.
func (k *Desk) HeldRows(ctx context.Context, id string) (held, public bool, err error) {
	if held, err = k.rows.Has(ctx, aside(id)); err != nil {
		return false, false, err
	}
	public, err = k.rows.Has(ctx, id)
	return held, public, err
}

// NoteRows says with a distribution whose rows are held that they are.
func (k *Desk) NoteRows(ctx context.Context, dataset, id string) error {
	f, err := k.load(ctx, id)
	if err != nil || f.Held == nil || !f.Held.Rows {
		return err
	}
	return k.Datasets.UpdateDistribution(ctx, dataset, id, func(x *catalog.Distribution) error {
		x.Hold = f.Held.note()
		return nil
	})
}

// DeleteRows takes away the rows that filters choose, in CKAN's words, of those
// that are public and of those that wait. It returns the latter where there are
// any.
func (k *Desk) DeleteRows(ctx context.Context, id string, filters any) (gone []datastore.Row, err error) {
	held, _, err := k.HeldRows(ctx, id)
	if err != nil {
		return nil, err
	}
	for _, table := range []string{id, aside(id)} {
		v, err := k.rows.Table(ctx, table)
		if err != nil && catalog.KindOf(err) == catalog.NotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		f, err := datastore.NewFilter(v.Fields, filters)
		if err != nil && held && table == id {
			continue // by a column that only the rows that wait have
		}
		if err != nil {
			return nil, err
		}
		if gone, err = k.rows.DeleteRows(ctx, table, f); err != nil {
			return nil, err
		}
	}
	return gone, nil
}

// Drop takes the rows of a distribution away, those that wait among them.
func (k *Desk) Drop(ctx context.Context, id string) error {
	if err := k.rows.Forget(ctx, aside(id)); err != nil && catalog.KindOf(err) != catalog.NotFound {
		return err
	}
	f, err := k.load(ctx, id)
	if err != nil {
		return err
	}
	waited := f.Held != nil && f.Held.Rows
	if waited {
		f.Held = nil
		if err := k.save(ctx, f); err != nil {
			return err
		}
	}
	err = k.rows.Drop(ctx, id)
	if err != nil && waited && catalog.KindOf(err) == catalog.NotFound {
		return nil
	}
	return err
}

// target returns the table to which records are written, which it makes when
// they are to wait.
func (k *Desk) target(ctx context.Context, id string, fields []datastore.Field, records []map[string]any) (string, error) {
	if k.Mode == Off {
		return id, nil
	}
	held, _, err := k.HeldRows(ctx, id)
	if err != nil {
		return "", err
	}
	if !held && len(records) == 0 {
		return id, nil
	}
	f, err := k.load(ctx, id)
	if err != nil {
		return "", err
	}
	to := id
	if held {
		to = aside(id)
	}
	report, err := k.inspectRecords(ctx, to, fields, records)
	if err != nil {
		return "", err
	}
	switch {
	case held:
		if f.Held == nil {
			f.Held = &version{Rows: true, Since: k.moment()}
		}
		f.Held.Report = gathered(f.Held.Report, report)
		return to, k.save(ctx, f)
	case !report.Holds() || f.allows(report):
		return id, nil
	}
	return k.setAside(ctx, f, report)
}

// setAside begins the table that waits, and returns it.
func (k *Desk) setAside(ctx context.Context, f *file, report personal.Report) (string, error) {
	id := f.Distribution
	if k.Mode == Warn {
		k.Log.WarnContext(ctx, "rows published though they seem to be personal", "distribution", id, "kinds", kindsOf(report))
		return id, nil
	}
	f.Held = &version{Rows: true, Since: k.moment(), Report: report}
	k.Log.WarnContext(ctx, "rows held for they seem to be personal", "distribution", id, "kinds", kindsOf(report))
	if err := k.rows.Copy(ctx, id, aside(id)); err != nil {
		return "", err
	}
	return aside(id), k.save(ctx, f)
}

// allows reports whether rows were released before in which the same kinds were
// in the same columns: the legal basis is of the register, not of one row.
func (f *file) allows(r personal.Report) bool {
	d := f.last()
	if d == nil || d.State != catalog.Released || !d.Version.Rows {
		return false
	}
	for _, x := range r.Findings {
		if x.Holds && !slices.ContainsFunc(d.Version.Report.Findings, func(y personal.Finding) bool {
			return y.Holds && y.Column == x.Column && y.Kind == x.Kind
		}) {
			return false
		}
	}
	return true
}

// gathered joins what was found in rows that came one after another.
func gathered(was, is personal.Report) personal.Report {
	was.Rows = max(was.Rows, is.Rows)
	was.Findings = slices.Clone(was.Findings)
	for _, x := range is.Findings {
		i := slices.IndexFunc(was.Findings, func(y personal.Finding) bool { return y.Column == x.Column && y.Kind == x.Kind })
		if i < 0 {
			was.Findings = append(was.Findings, x)
			continue
		}
		y := &was.Findings[i]
		y.Count, y.Holds = max(y.Count, x.Count), y.Holds || x.Holds
	}
	return was
}

// inspectRecords looks into records beside the columns, and where they are few
// the rows, of the table that they are for.
func (k *Desk) inspectRecords(ctx context.Context, table string, fields []datastore.Field, records []map[string]any) (personal.Report, error) {
	view, err := k.rows.Table(ctx, table)
	if err != nil && catalog.KindOf(err) != catalog.NotFound {
		return personal.Report{}, err
	}
	if view == nil {
		view = &datastore.View{}
	}
	names := namesOf(view.Fields, fields, records)
	columns := make([]catalog.Column, len(names))
	for i, n := range names {
		columns[i] = catalog.Column{Name: n}
	}
	c := personal.New(columns)
	if len(view.Rows) <= smallTable {
		for _, r := range view.Rows {
			c.Row(valuesOf(r.Cells))
		}
	}
	cells := make([]any, len(names))
	for _, r := range records {
		for i, n := range names {
			cells[i] = valueOf(r[n])
		}
		c.Row(cells)
	}
	return c.Report(), nil
}

// namesOf returns the columns of a table, then those that are new in what is
// written to it.
func namesOf(there, fields []datastore.Field, records []map[string]any) (names []string) {
	seen := map[string]bool{datastore.IDField: true}
	add := func(n string) {
		if !seen[n] {
			seen[n] = true
			names = append(names, n)
		}
	}
	for _, f := range there {
		add(f.ID)
	}
	for _, f := range fields {
		add(f.ID)
	}
	var more []string
	for _, r := range records {
		for n := range r {
			if !seen[n] && !slices.Contains(more, n) {
				more = append(more, n)
			}
		}
		if len(more) > datastore.MaxFields {
			break // the table refuses them
		}
	}
	slices.Sort(more)
	for _, n := range more {
		add(n)
	}
	return names
}

func valuesOf(cells []any) []any {
	out := make([]any, len(cells))
	for i, c := range cells {
		out[i] = valueOf(c)
	}
	return out
}

// valueOf returns a cell as the check takes it: what is a tree of JSON is text.
func valueOf(v any) any {
	switch v := v.(type) {
	case nil, bool, string, int64, float64, json.Number:
		return v
	case json.RawMessage:
		return string(v)
	}
	b, err := json.Marshal(v)
	if err != nil {
		return nil
	}
	return string(b)
}

// promote makes the rows that wait those that are public, without the dropped
// columns.
func (k *Desk) promote(ctx context.Context, id string, drop []string) error {
	err := k.rows.Promote(ctx, aside(id), id, drop)
	if err != nil && catalog.KindOf(err) == catalog.NotFound {
		return nil // it was, and the decision broke off before it was kept
	}
	return err
}

// dropColumns checks which columns are to be dropped of rows that wait.
func (k *Desk) dropColumns(ctx context.Context, id string, drop []string) ([]string, error) {
	held, _, err := k.HeldRows(ctx, id)
	if err != nil {
		return nil, err
	}
	if !held {
		return nil, nothingHeld(id)
	}
	view, err := k.rows.Table(ctx, aside(id))
	if err != nil {
		return nil, err
	}
	columns := make([]catalog.Column, len(view.Fields))
	for i, f := range view.Fields {
		columns[i] = catalog.Column{Name: f.ID}
	}
	keep, dropped, err := kept(columns, drop)
	if err != nil {
		return nil, err
	}
	rest := make([]catalog.Column, len(keep))
	for i, at := range keep {
		rest[i] = columns[at]
	}
	c := personal.New(rest)
	for _, r := range view.Rows {
		cells := make([]any, len(keep))
		for i, at := range keep {
			cells[i] = valueOf(r.Cells[at])
		}
		c.Row(cells)
	}
	if r := c.Report(); r.Holds() {
		return nil, remains(r.Columns())
	}
	return dropped, nil
}
