package store

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"portico/catalog"
)

// A dump is the whole catalog as JSON lines, the same for both engines: a head,
// then a line for each row, {"t": table, "r": {column: value}}, tables and rows
// in a fixed order, and an end that counts them and holds their SHA-256. What
// is dumped from SQLite can be loaded into Postgres, and the reverse. The job
// queue's tables are not in it.

const (
	dumpFormat  = "portico-dump"
	dumpVersion = 1
)

// A table is one that is dumped, with its columns in the order of the schema.
type table struct {
	name    string
	key     string // the order of the rows
	columns string
}

// tables lists them so that what is referred to comes first. What follows the
// catalog, the list of stale datasets, is not part of what it says, so it is
// left out: Load marks all.
var tables = []table{
	{"revision", "one", "one, value"},
	{"organizations", "id", "id, kind, name, state, created, body_version, body"},
	{"datasets", "id", rowColumns},
	{"distributions", "id, dataset", "id, dataset"},
	{"dataset_groups", "dataset, name", "dataset, name"},
	{"sources", "id", "id, name, created, body_version, body"},
	{"runs", "id", "id, source, status, started, finished, error, report, beat, slot, stop"},
	{"source_state", "source", "source, due, failures, memo, secret"},
	{"users", "id", "id, name, email, sysadmin, created, full_name, about, image_url, state, password, seen"},
	{"tokens", "id", "id, owner, hash, scope, created, expires, used, name"},
	{"activities", "id", "id, at, actor, verb, kind, object, source, public, body, actor_id"},
	{"members", "id", memberColumns},
	{"records", "kind, key", recordColumns},
	{"contributions", "id", "id, number, kind, dataset, state, stars, created, body"},
	{"usage", "dataset, distribution, kind, day", "dataset, distribution, kind, day, n"},
}

// later are the columns that the first schema had not, with what they hold in
// what was there before: a dump made then has no word of them.
var later = map[string]any{
	"users.full_name": "", "users.about": "", "users.image_url": "", "users.state": "active", "users.password": "", "users.seen": int64(0),
	"tokens.name": "", "activities.actor_id": "", "runs.beat": int64(0), "runs.slot": int64(0), "runs.stop": false,
}

func (t table) list() []string {
	return strings.FieldsFunc(t.columns, func(r rune) bool { return r == ',' || r == ' ' || r == '\n' || r == '\t' })
}

type dumpHead struct {
	Format  string `json:"format"`
	Version int    `json:"version"`
	Schema  int64  `json:"schema"` // the latest step of the schema that was done
}

type dumpRow struct {
	Table string         `json:"t"`
	Row   map[string]any `json:"r"`
}

type dumpEnd struct {
	End  bool   `json:"end"`
	Rows int64  `json:"rows"`
	Sum  string `json:"sha256"` // of the lines of the rows
}

// Dump writes the whole catalog to w, as it is at one moment. Nobody has to
// wait for it, neither readers nor writers.
func (s *Store) Dump(ctx context.Context, w io.Writer) error {
	schema, err := s.schema(ctx)
	if err != nil {
		return err
	}
	out := bufio.NewWriterSize(w, 1<<16)
	if err := writeLine(out, dumpHead{dumpFormat, dumpVersion, schema}); err != nil {
		return err
	}
	sum := sha256.New()
	n, err := s.dumpRows(ctx, io.MultiWriter(out, sum))
	if err != nil {
		return err
	}
	if err := writeLine(out, dumpEnd{true, n, hex.EncodeToString(sum.Sum(nil))}); err != nil {
		return err
	}
	return out.Flush()
}

// Fingerprint returns a hash of all that Dump would write. Catalogs with equal
// fingerprints say the same, on whatever engines they are kept.
func (s *Store) Fingerprint(ctx context.Context) (string, error) {
	sum := sha256.New()
	if _, err := s.dumpRows(ctx, sum); err != nil {
		return "", err
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

func (s *Store) dumpRows(ctx context.Context, w io.Writer) (n int64, err error) {
	err = s.inSnapshot(ctx, func(c conn) error {
		for _, t := range tables {
			m, err := c.dumpTable(ctx, t, w)
			if err != nil {
				return fmt.Errorf("dump %s: %w", t.name, err)
			}
			n += m
		}
		return nil
	})
	return n, err
}

func (c conn) dumpTable(ctx context.Context, t table, w io.Writer) (n int64, err error) {
	rows, err := c.rows(ctx, `SELECT `+t.columns+` FROM `+t.name+` ORDER BY `+t.key)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	columns := t.list()
	for rows.Next() {
		values, err := rows.SliceScan()
		if err != nil {
			return n, err
		}
		r := dumpRow{Table: t.name, Row: make(map[string]any, len(columns))}
		for i, v := range values {
			if b, ok := v.([]byte); ok { // lib/pq gives text so
				v = string(b)
			}
			r.Row[columns[i]] = v
		}
		if err := writeLine(w, r); err != nil {
			return n, err
		}
		n++
	}
	return n, rows.Err()
}

func writeLine(w io.Writer, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	_, err = w.Write(append(b, '\n'))
	return err
}

func (s *Store) schema(ctx context.Context) (int64, error) {
	p, err := s.provider()
	if err != nil {
		return 0, err
	}
	at, err := p.GetDBVersion(ctx)
	return at, s.trouble(err)
}

// mostLine bounds a line of a dump: a dataset's activity with its body, twice
// escaped.
const mostLine = 4 * mostBody

// Load reads a dump into an empty catalog, all or nothing, and marks every
// dataset stale. A catalog that is not empty is a Conflict; a dump that is
// broken, incomplete or newer than this program is Invalid.
func (s *Store) Load(ctx context.Context, r io.Reader) error {
	schema, err := s.schema(ctx)
	if err != nil {
		return err
	}
	in := bufio.NewScanner(r)
	in.Buffer(make([]byte, 0, 1<<16), mostLine)
	if err := readHead(in, schema); err != nil {
		return err
	}
	return s.inTx(ctx, func(x tx) error {
		if err := x.mustBeEmpty(ctx); err != nil {
			return err
		}
		if _, err := x.exec(ctx, `DELETE FROM revision`); err != nil {
			return err
		}
		if err := x.loadRows(ctx, in); s.isViolation(err) {
			return badDump(err)
		} else if err != nil {
			return err
		}
		if err := x.identifyAll(ctx); err != nil {
			return err
		}
		return x.staleWhere(ctx, `TRUE`)
	})
}

func readHead(in *bufio.Scanner, schema int64) error {
	var head dumpHead
	if !in.Scan() {
		return badDump(in.Err())
	}
	if err := json.Unmarshal(in.Bytes(), &head); err != nil || head.Format != dumpFormat {
		return badDump(err)
	}
	if head.Version > dumpVersion || head.Schema > schema {
		return catalog.Errorf(catalog.Invalid, "the backup was made by a newer program").
			Italian("la copia è stata fatta da un programma più recente")
	}
	return nil
}

func badDump(err error) error {
	return catalog.Errorf(catalog.Invalid, "the backup is broken or incomplete").
		Italian("la copia è danneggiata o incompleta").Because(err)
}

func (x tx) mustBeEmpty(ctx context.Context) error {
	for _, t := range tables {
		var n int
		if err := x.one(ctx, []any{&n}, `SELECT count(*) FROM (SELECT 1 FROM `+t.name+` LIMIT 1) probe`); err != nil {
			return err
		}
		if n > 0 && t.name != "revision" {
			return catalog.Errorf(catalog.Conflict, "the catalog is not empty").
				Italian("il catalogo non è vuoto")
		}
	}
	return nil
}

func (x tx) loadRows(ctx context.Context, in *bufio.Scanner) error {
	inserts := map[string]string{}
	for _, t := range tables {
		c := t.list()
		inserts[t.name] = `INSERT INTO ` + t.name + ` (` + strings.Join(c, ", ") + `) VALUES (?` + strings.Repeat(", ?", len(c)-1) + `)`
	}
	sum := sha256.New()
	var n int64
	for in.Scan() {
		var line struct {
			dumpRow
			dumpEnd
		}
		d := json.NewDecoder(strings.NewReader(in.Text()))
		d.UseNumber()
		if err := d.Decode(&line); err != nil {
			return badDump(err)
		}
		if line.End {
			if line.Rows != n || line.Sum != hex.EncodeToString(sum.Sum(nil)) {
				return badDump(fmt.Errorf("it holds %d rows and should hold %d, or they were changed", n, line.Rows))
			}
			return nil
		}
		i := slices.IndexFunc(tables, func(t table) bool { return t.name == line.Table })
		if i < 0 {
			return badDump(fmt.Errorf("there is no table %q", line.Table))
		}
		args, err := tables[i].args(line.Row)
		if err != nil {
			return badDump(err)
		}
		if _, err := x.exec(ctx, inserts[line.Table], args...); err != nil {
			return fmt.Errorf("load %s: %w", line.Table, err)
		}
		sum.Write(in.Bytes())
		sum.Write([]byte("\n"))
		n++
	}
	return badDump(in.Err()) // no end was there
}

// args returns the values of a row for an insert: all that the table has, and
// nothing else.
func (t table) args(r map[string]any) ([]any, error) {
	columns := t.list()
	args := make([]any, len(columns))
	known := 0
	for i, c := range columns {
		v, ok := r[c]
		if ok {
			known++
		} else {
			v = later[t.name+"."+c]
		}
		switch v := v.(type) {
		case int64:
			args[i] = v
		case string, bool:
			args[i] = v
		case json.Number:
			n, err := v.Int64()
			if err != nil {
				return nil, err
			}
			args[i] = n
		default:
			return nil, fmt.Errorf("column %s of %s is %T", c, t.name, v)
		}
	}
	if known != len(r) {
		return nil, fmt.Errorf("a row of %s has %d columns, of which %d are known", t.name, len(r), known)
	}
	return args, nil
}
