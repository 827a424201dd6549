package tabular

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/mattn/go-sqlite3"

	"portico/tabular/geo"
)

// openGeoPackage understands a layer of a GeoPackage.
func openGeoPackage(ctx context.Context, s stream, o Options) (*Table, error) {
	t := &Table{Format: "gpkg", Notes: s.notes}
	src := &packageSource{s: s, max: o.MaxBytes}
	f := newFields()
	if err := src.with(ctx, func(db *sql.DB) error { return src.choose(ctx, db, t, f, o.Sheet) }); err != nil {
		return nil, err
	}
	f.learning = false
	if src.shape == "" {
		return t, openFields(ctx, t, src, f, o)
	}
	points, shapes, err := learnSome(ctx, src, f)
	if err != nil {
		return nil, err
	}
	return t, placeFeatures(ctx, t, src, f, points, shapes, placeOptions{crs: src.crs, stated: src.srs > 0, told: src.told}, o)
}

// A packageSource yields the features of a layer. The file is a database from
// outside: each pass opens a copy of it that nobody can write, in which
// nothing but reading tables is allowed.
type packageSource struct {
	s       stream
	max     int64
	layer   string
	shape   string // the column of geometries
	columns []string
	days    []bool // columns that are declared to be days
	crs     geo.CRS
	srs     int64  // its number in the package; 0 and -1 = it is not told
	told    string // what the package calls it
}

// with opens a copy of the package for the time of f.
func (p *packageSource) with(ctx context.Context, f func(*sql.DB) error) (err error) {
	tmp, err := os.CreateTemp("", "portico-*.gpkg")
	if err != nil {
		return fmt.Errorf("copy the GeoPackage: %w", err)
	}
	defer os.Remove(tmp.Name())
	r, err := p.s.open()
	if err != nil {
		return errors.Join(err, tmp.Close())
	}
	n, err := io.Copy(tmp, io.LimitReader(r, p.max+1))
	err = errors.Join(err, r.Close(), tmp.Close())
	if err != nil {
		return fmt.Errorf("copy the GeoPackage: %w", err)
	}
	if n > p.max {
		return tooLarge(p.max)
	}
	db := sql.OpenDB(&packageConnector{path: tmp.Name()})
	db.SetMaxOpenConns(1)
	err = f(db)
	if cerr := db.Close(); err == nil && cerr != nil {
		err = fmt.Errorf("close the GeoPackage: %w", cerr)
	}
	if se, ok := errors.AsType[sqlite3.Error](err); ok && ctx.Err() == nil {
		return unpackError(se)
	}
	return err
}

// A packageConnector opens a SQLite file for reading alone.
type packageConnector struct{ path string }

// Driver returns the driver of its connections.
func (c *packageConnector) Driver() driver.Driver {
	return &sqlite3.SQLiteDriver{ConnectHook: restrict}
}

// Connect opens the file.
func (c *packageConnector) Connect(context.Context) (driver.Conn, error) {
	return c.Driver().Open("file:" + c.path + "?mode=ro&immutable=1&_query_only=1&_trusted_schema=0&_cell_size_check=1")
}

// restrict forbids all but reading, and bounds what a value may take.
func restrict(c *sqlite3.SQLiteConn) error {
	for id, limit := range map[int]int{
		sqlite3.SQLITE_LIMIT_LENGTH: maxElement, sqlite3.SQLITE_LIMIT_SQL_LENGTH: 1 << 20, sqlite3.SQLITE_LIMIT_COLUMN: maxCells,
		sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 50, sqlite3.SQLITE_LIMIT_COMPOUND_SELECT: 2, sqlite3.SQLITE_LIMIT_ATTACHED: 0,
		sqlite3.SQLITE_LIMIT_TRIGGER_DEPTH: 1,
	} {
		c.SetLimit(id, limit)
	}
	c.RegisterAuthorizer(func(op int, a, _, _ string) int {
		if op == sqlite3.SQLITE_SELECT || op == sqlite3.SQLITE_READ ||
			op == sqlite3.SQLITE_PRAGMA && (a == "table_info" || a == "schema_version") {
			return sqlite3.SQLITE_OK
		}
		return sqlite3.SQLITE_DENY
	})
	return nil
}

// choose finds the layer to read and its columns.
func (p *packageSource) choose(ctx context.Context, db *sql.DB, t *Table, f *fields, want string) error {
	layers, err := layersOf(ctx, db)
	if err != nil {
		return err
	}
	switch {
	case len(layers) == 0:
		return notTable("una base dati SQLite senza strati geografici", "a SQLite database without layers")
	case want == "":
		p.layer = layers[0]
	case slices.Contains(layers, want):
		p.layer = want
	default:
		return noSheet(want, layers)
	}
	t.Sheet = p.layer
	if len(layers) > 1 {
		t.Sheets = layers
		t.Notes = append(t.Notes, fmt.Sprintf("Letto lo strato %q di %d: %s / layer read", p.layer, len(layers), firstNames(layers)))
	}
	var srs int64
	err = db.QueryRowContext(ctx, `SELECT column_name, srs_id FROM gpkg_geometry_columns WHERE table_name = ?`, p.layer).Scan(&p.shape, &srs)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	if p.shape != "" {
		p.srs = srs
		p.crs, p.told = srsOf(ctx, db, srs)
	}
	return p.declare(ctx, db, f)
}

// layersOf lists the layers that are tables. Views are left out: what they
// reckon is the publisher's word, on our time.
func layersOf(ctx context.Context, db *sql.DB) (layers []string, err error) {
	rows, err := db.QueryContext(ctx, `SELECT c.table_name, m.sql FROM gpkg_contents c, sqlite_master m
		WHERE m.name = c.table_name AND m.type = 'table' AND c.data_type IN ('features', 'attributes') LIMIT 1000`)
	if err != nil {
		if se, ok := errors.AsType[sqlite3.Error](err); ok && strings.Contains(se.Error(), "no such table") {
			return nil, nil
		}
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		var text sql.NullString
		if err := rows.Scan(&name, &text); err != nil {
			return nil, err
		}
		if !strings.Contains(strings.ToUpper(text.String), "VIRTUAL") {
			layers = append(layers, name)
		}
	}
	return layers, rows.Err()
}

// srsOf understands a reference system of the package, by its number or its text.
func srsOf(ctx context.Context, db *sql.DB, id int64) (crs geo.CRS, told string) {
	var org, definition sql.NullString
	var code int
	err := db.QueryRowContext(ctx, `SELECT organization, organization_coordsys_id, definition FROM gpkg_spatial_ref_sys WHERE srs_id = ?`, id).
		Scan(&org, &code, &definition)
	if err != nil {
		return geo.Unknown, fmt.Sprintf("srs_id %d", id)
	}
	told = fmt.Sprintf("%s:%d", org.String, code)
	if strings.EqualFold(org.String, "EPSG") && geo.ByCode(code) != geo.Unknown {
		return geo.ByCode(code), told
	}
	return geo.ByWKT(definition.String), told
}

func (p *packageSource) declare(ctx context.Context, db *sql.DB, f *fields) error {
	rows, err := db.QueryContext(ctx, "PRAGMA table_info("+quoteName(p.layer)+")")
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id, notNull, pk int
		var name, typ string
		var dflt any
		if err := rows.Scan(&id, &name, &typ, &notNull, &dflt, &pk); err != nil {
			return err
		}
		if strings.EqualFold(name, p.shape) && p.shape != "" || pk == 1 && (name == "fid" || name == "id" || name == "ogc_fid") {
			continue
		}
		p.columns = append(p.columns, name)
		p.days = append(p.days, strings.EqualFold(typ, "DATE"))
		f.declare(name, "")
	}
	return rows.Err()
}

func quoteName(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }

func (p *packageSource) walk(ctx context.Context, f *fields, done func() error) error {
	return p.with(ctx, func(db *sql.DB) error {
		var list []string
		for _, c := range p.columns {
			list = append(list, quoteName(c))
		}
		if p.shape != "" {
			list = append(list, quoteName(p.shape))
		}
		if len(list) == 0 {
			return nil
		}
		rows, err := db.QueryContext(ctx, "SELECT "+strings.Join(list, ", ")+" FROM "+quoteName(p.layer)) //nolint:gosec // names are quoted
		if err != nil {
			return err
		}
		defer rows.Close()
		values, into := make([]any, len(list)), make([]any, len(list))
		for i := range values {
			into[i] = &values[i]
		}
		for rows.Next() {
			if err := rows.Scan(into...); err != nil {
				return err
			}
			p.row(f, values)
			if err := done(); err != nil {
				return err
			}
		}
		return rows.Err()
	})
}

func (p *packageSource) row(f *fields, values []any) {
	for i, c := range p.columns {
		text, native := sqlText(values[i], p.days[i])
		f.set(c, text, native)
	}
	if b, ok := values[len(values)-1].([]byte); ok && p.shape != "" {
		f.geometry = geo.ParseGeoPackage(b)
	}
}

// sqlText writes a value of SQLite as text.
func sqlText(v any, day bool) (text string, native bool) {
	switch v := v.(type) {
	case int64:
		return strconv.FormatInt(v, 10), true
	case float64:
		return floatText(v, 64), true
	case bool:
		return strconv.FormatBool(v), false
	case string:
		return strings.ToValidUTF8(v, ""), false
	case []byte:
		if utf8.Valid(v) && len(v) < 1<<16 {
			return string(v), false
		}
		return fmt.Sprintf("(%d byte)", len(v)), false
	case time.Time:
		if day {
			return v.Format("2006-01-02"), false
		}
		return v.UTC().Format("2006-01-02 15:04:05.999"), false
	}
	return "", false
}
