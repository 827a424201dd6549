package datastore

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"portico/catalog"
)

// A RowError is what is wrong with one of the records that were sent.
type RowError struct {
	Row int // counted from 0
	Err *catalog.Error
}

func (e *RowError) Error() string { return "record " + strconv.Itoa(e.Row) + ": " + e.Err.Error() }
func (e *RowError) Unwrap() error { return e.Err }

// rowError tells of a fault in a record.
func rowError(row int, err error) error {
	if e, ok := errors.AsType[*callError](err); ok {
		return e.err
	}
	if e, ok := errors.AsType[*catalog.Error](err); ok {
		if e.Fields == nil {
			e.Fields = map[string][]string{"records": {e.Msg}}
		}
		return &RowError{Row: row, Err: e}
	}
	return err
}

// Drop takes a table away with all its rows.
func (t *Tables) Drop(ctx context.Context, id string) error {
	at := t.hold(id)
	defer t.release(id, at)
	h, _, err := t.head(ctx, id)
	if err != nil {
		return err
	}
	if err := t.alias(ctx, id, h.Aliases, nil); err != nil {
		return err
	}
	if err := t.records.RemoveRecord(ctx, catalog.RecordTable, id); err != nil {
		return fmt.Errorf("take the table %s away: %w", id, err)
	}
	at.view, at.keys, at.body = nil, nil, nil
	t.discard(ctx, h.Segments)
	return nil
}

// A Method says what Write does with records.
type Method string

// The methods, as CKAN names them.
const (
	Insert Method = "insert" // adds rows
	Update Method = "update" // changes rows that are there
	Upsert Method = "upsert" // changes those that are there and adds the others
)

// Write adds records to a table or changes its rows, all or none. It returns
// the rows as they are afterwards. A dry run only checks.
func (t *Tables) Write(ctx context.Context, id string, m Method, records []map[string]any, dry bool) (set []Row, err error) {
	err = t.alter(ctx, id, func(at *table) error {
		set, err = t.writeRows(ctx, id, at, records, writeMode{m, dry})
		return err
	})
	return set, err
}

// A writeMode says what is done with records.
type writeMode struct {
	method Method
	dry    bool
}

func (t *Tables) writeRows(ctx context.Context, id string, at *table, records []map[string]any, m writeMode) ([]Row, error) {
	view, err := t.load(ctx, id, at)
	if err != nil {
		return nil, err
	}
	w := writing{change: &change{head: view.Head, rows: view.Rows}, keys: at.keys}
	at.keys = nil // until the write is done
	if w.keys == nil {
		if err := w.index(); err != nil {
			return nil, err
		}
	}
	for i, r := range records {
		if err := w.apply(m.method, r); err != nil {
			return nil, rowError(i, err)
		}
	}
	if m.dry || len(records) == 0 {
		return w.set, nil
	}
	if err := t.commit(ctx, id, at, w.change); err != nil {
		return nil, err
	}
	at.keys = w.keys
	return w.set, nil
}

// DeleteRows takes away the rows that match, and returns them.
func (t *Tables) DeleteRows(ctx context.Context, id string, f *Filter) (gone []Row, err error) {
	err = t.alter(ctx, id, func(at *table) error {
		gone, err = t.deleteRows(ctx, id, at, f)
		return err
	})
	return gone, err
}

func (t *Tables) deleteRows(ctx context.Context, id string, at *table, f *Filter) ([]Row, error) {
	view, err := t.load(ctx, id, at)
	if err != nil {
		return nil, err
	}
	c := &change{head: view.Head, rows: make([]Row, 0, len(view.Rows))}
	var deleted []Row
	for _, r := range view.Rows {
		if f.match(r) {
			deleted = append(deleted, r)
			c.gone = append(c.gone, r.ID)
		} else {
			c.rows = append(c.rows, r)
		}
	}
	if len(deleted) == 0 {
		return nil, nil
	}
	at.keys = nil
	return deleted, t.commit(ctx, id, at, c)
}

// writing is a change that is being made.
type writing struct {
	*change
	keys  map[string]int64 // ID of the row with a key
	own   bool             // rows are a copy, which may be changed in place
	twice bool             // a key stands twice
	named []int            // the fields by their names; nil = not yet known
	key   []int            // the fields of the key; nil = not yet known
}

// byName returns the places of the fields in the order of their names, in which
// a record's values are looked at: what is wrong is always told of the same.
func (w *writing) byName() []int {
	if len(w.named) != len(w.head.Fields) {
		w.named = make([]int, len(w.head.Fields))
		for i := range w.named {
			w.named[i] = i
		}
		slices.SortFunc(w.named, func(a, b int) int { return cmp.Compare(w.head.Fields[a].ID, w.head.Fields[b].ID) })
	}
	return w.named
}

// index notes the keys of all rows.
func (w *writing) index() error {
	w.keys = map[string]int64{}
	if len(w.head.Key) == 0 {
		return nil
	}
	for _, r := range w.rows {
		k := w.keyOf(r.Cells)
		if _, twice := w.keys[k]; twice && k != "" {
			return notUnique()
		}
		w.keys[k] = r.ID
	}
	return nil
}

// keyOf returns the key of a row; "" where a part of it is null, for then it
// is equal to no other.
func (w *writing) keyOf(cells []any) string {
	if len(w.key) != len(w.head.Key) {
		w.key = nil
		for _, k := range w.head.Key {
			w.key = append(w.key, fieldAt(w.head.Fields, k))
		}
	}
	var b []byte
	for _, at := range w.key {
		v := cells[at]
		if v == nil {
			return ""
		}
		s := keyText(v)
		b = append(append(strconv.AppendInt(b, int64(len(s)), 10), ':'), s...)
	}
	return string(b)
}

func (w *writing) apply(m Method, r map[string]any) error {
	if m == Insert {
		if err := w.known(r); err != nil {
			return err
		}
		return w.insert(r)
	}
	id, found, err := w.target(r)
	if err != nil {
		return err
	}
	if err := w.known(r); err != nil {
		return err
	}
	if m == Upsert {
		w.head.Next++ // as a sequence does that is asked before the row is found
	}
	switch {
	case found:
		return w.update(id, r)
	case m == Update:
		return w.notFound(r)
	}
	w.head.Next--
	return w.insert(r)
}

// known checks that a record has only columns of the table.
func (w *writing) known(r map[string]any) error {
	known := 0
	for i := range w.head.Fields {
		if _, ok := r[w.head.Fields[i].ID]; ok {
			known++
		}
	}
	if _, ok := r[IDField]; ok {
		known++
	}
	if known == len(r) {
		return nil
	}
	var strange []string
	for k := range r {
		if k != IDField && !hasField(w.head.Fields, k) {
			strange = append(strange, k)
		}
	}
	if len(strange) > 0 {
		slices.Sort(strange)
		return plainFault("fields", `fields "`+strings.Join(strange, `", "`)+`" do not exist`)
	}
	return nil
}

// plainFault is a fault of the whole call, not of one record.
func plainFault(field, message string) error { return &callError{invalid(field, message)} }

// A callError is told without the number of a record.
type callError struct{ err *catalog.Error }

func (e *callError) Error() string { return e.err.Error() }

// target finds the row that a record is about.
func (w *writing) target(r map[string]any) (id int64, found bool, err error) {
	if v, ok := r[IDField]; ok && v != nil {
		n, err := strconv.ParseInt(plain(v), 10, 64)
		if err != nil {
			return 0, false, badValue("integer", v)
		}
		_, found := w.place(n)
		return n, found, nil
	}
	if len(w.head.Key) == 0 {
		return 0, false, plainFault("table", "table does not have a unique key defined")
	}
	var missing []string
	cells := make([]any, len(w.head.Fields))
	for _, k := range w.head.Key {
		v, ok := r[k]
		if !ok {
			missing = append(missing, k)
			continue
		}
		at := fieldAt(w.head.Fields, k)
		if cells[at], err = cellOf(w.head.Fields[at], v); err != nil {
			return 0, false, err
		}
	}
	if len(missing) > 0 {
		return 0, false, plainFault("key", `fields "`+strings.Join(missing, `", "`)+"\" are missing\n                            but needed as key")
	}
	k := w.keyOf(cells)
	id, found = w.keys[k]
	return id, found && k != "", nil
}

func (w *writing) notFound(r map[string]any) error {
	var parts []string
	for _, k := range w.head.Key {
		if v, ok := r[k]; ok {
			parts = append(parts, "'"+k+"': "+plain(v))
		}
	}
	if v, ok := r[IDField]; ok {
		parts = []string{"'" + IDField + "': " + plain(v)}
	}
	return plainFault("key", `key "{`+strings.Join(parts, ", ")+`}" not found`)
}

// place returns where a row is.
func (w *writing) place(id int64) (int, bool) {
	return slices.BinarySearchFunc(w.rows, id, func(r Row, id int64) int { return cmp.Compare(r.ID, id) })
}

func (w *writing) insert(r map[string]any) error {
	row := Row{ID: w.head.Next, Cells: make([]any, len(w.head.Fields))}
	if err := w.fill(row.Cells, r); err != nil {
		return err
	}
	if err := w.claim(row); err != nil {
		return err
	}
	w.head.Next++
	w.rows = append(w.rows, row) // readers of the shorter slice do not see it
	w.set = append(w.set, row)
	return nil
}

func (w *writing) update(id int64, r map[string]any) error {
	i, _ := w.place(id)
	was := w.rows[i]
	row := Row{ID: id, Cells: slices.Clone(was.Cells)}
	if err := w.fill(row.Cells, r); err != nil {
		return err
	}
	if k := w.keyOf(was.Cells); k != "" {
		delete(w.keys, k)
	}
	if err := w.claim(row); err != nil {
		return err
	}
	if !w.own {
		w.rows, w.own = slices.Clone(w.rows), true
	}
	w.rows[i] = row
	w.set = append(w.set, row)
	return nil
}

// claim takes the key of a row.
func (w *writing) claim(row Row) error {
	k := w.keyOf(row.Cells)
	if k == "" {
		return nil
	}
	if _, taken := w.keys[k]; taken {
		w.twice = true
		return catalog.Errorf(catalog.Invalid, "duplicate key value violates unique constraint \"%s\"", strings.Join(w.head.Key, ", "))
	}
	w.keys[k] = row.ID
	return nil
}

func (w *writing) fill(cells []any, r map[string]any) error {
	for _, at := range w.byName() {
		given, ok := r[w.head.Fields[at].ID]
		if !ok {
			continue
		}
		v, err := cellOf(w.head.Fields[at], given)
		if err != nil {
			return err
		}
		cells[at] = v
	}
	return nil
}

func sortByID(rows []Row) {
	slices.SortFunc(rows, func(a, b Row) int { return cmp.Compare(a.ID, b.ID) })
}

func sliceReader(b []byte) io.Reader { return bytes.NewReader(b) }
