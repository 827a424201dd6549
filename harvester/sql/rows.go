package sql

import (
	"cmp"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"portico/catalog"
)

// scheme begins the address of rows, which only Open knows.
const scheme = "sql:"

// Open implements harvester.Opener: the rows of a query as CSV.
func (c *connector) Open(ctx context.Context, address string) (io.ReadCloser, error) {
	name, ours := strings.CutPrefix(address, scheme)
	for _, q := range c.o.Queries {
		if ours && q.Name+".csv" == name {
			r, w := io.Pipe()
			go func() {
				_, _, err := c.write(ctx, q, w)
				_ = w.CloseWithError(err) // never fails
			}()
			return r, nil
		}
	}
	return nil, catalog.Errorf(catalog.NotFound, "no such query in the source").Italian("nella fonte non c'è questa interrogazione")
}

// write runs a query and writes its rows as CSV. The statement is prepared, so
// that the server takes no more than one; the transaction is read-only; time,
// rows and bytes are bounded.
func (c *connector) write(ctx context.Context, q Query, to io.Writer) (columns []string, n int, err error) {
	seconds := cmp.Or(c.o.Seconds, 60)
	ctx, cancel := context.WithTimeout(ctx, time.Duration(seconds+30)*time.Second)
	defer cancel()
	defer c.lines.cutting(ctx)()
	tx, err := c.db.BeginTx(ctx, &sql.TxOptions{ReadOnly: c.d.readOnly})
	if err != nil {
		return nil, 0, c.d.trouble(err)
	}
	defer func() { _ = tx.Rollback() }() // nothing was written, or is to stay
	for _, s := range c.d.settings(seconds) {
		if _, err := tx.ExecContext(ctx, s); err != nil {
			return nil, 0, c.d.trouble(err)
		}
	}
	st, err := tx.PrepareContext(ctx, q.SQL)
	if err != nil {
		return nil, 0, c.d.trouble(err)
	}
	defer st.Close()
	rows, err := st.QueryContext(ctx)
	if err != nil {
		return nil, 0, c.d.trouble(err)
	}
	defer rows.Close()
	return c.csv(rows, to)
}

func (c *connector) csv(rows *sql.Rows, to io.Writer) (columns []string, n int, err error) {
	if columns, err = rows.Columns(); err != nil {
		return nil, 0, c.d.trouble(err)
	}
	counted := &bounded{w: to}
	w := csv.NewWriter(counted)
	if err := w.Write(columns); err != nil {
		return nil, 0, err
	}
	values, targets, cells := make([]any, len(columns)), make([]any, len(columns)), make([]string, len(columns))
	for i := range values {
		targets[i] = &values[i]
	}
	most := cmp.Or(c.o.Rows, 1_000_000)
	for ; rows.Next(); n++ {
		if n >= most {
			return columns, n, catalog.Errorf(catalog.Invalid, "the query gives more than %d rows", most).Italian("l'interrogazione dà più di %d righe", most)
		}
		if err := rows.Scan(targets...); err != nil {
			return columns, n, c.d.trouble(err)
		}
		for i, v := range values {
			cells[i] = cell(v)
		}
		if err := w.Write(cells); err != nil {
			return columns, n, err
		}
	}
	w.Flush()
	if err := rows.Err(); err != nil {
		return columns, n, c.d.trouble(err)
	}
	return columns, n, w.Error()
}

// cell returns a value as CSV has it.
func cell(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case time.Time:
		if v.Equal(v.Truncate(24 * time.Hour)) {
			return v.Format(time.DateOnly)
		}
		return v.Format(time.RFC3339Nano)
	case []byte:
		if utf8.Valid(v) {
			return string(v)
		}
		return hex.EncodeToString(v)
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64)
	case string:
		return v
	default:
		return fmt.Sprint(v)
	}
}

// bounded ends a query that writes too much.
type bounded struct {
	w io.Writer
	n int64
}

// Write implements io.Writer.
func (b *bounded) Write(p []byte) (int, error) {
	if b.n += int64(len(p)); b.n > maxBytes {
		return 0, catalog.Errorf(catalog.Invalid, "the query gives more than %d bytes", maxBytes).Italian("l'interrogazione dà più di %d byte", maxBytes)
	}
	return b.w.Write(p)
}

// A digest is of rows that nobody keeps.
type digest struct{ h hash.Hash }

// Write implements io.Writer.
func (d *digest) Write(p []byte) (int, error) {
	if d.h == nil {
		d.h = sha256.New()
	}
	return d.h.Write(p)
}

// String returns the digest in hexadecimal.
func (d *digest) String() string {
	if d.h == nil {
		return ""
	}
	return hex.EncodeToString(d.h.Sum(nil))
}

// trouble makes of a driver's error one to show: what the server says of a
// statement helps whoever wrote it, what the network says is told in one way.
func (d dialect) trouble(err error) error {
	if e, ok := errors.AsType[*catalog.Error](err); ok {
		return e
	}
	if said, ok := d.said(err); ok {
		return catalog.Errorf(catalog.Invalid, "the database answered: %.200s", said).Italian("la base dati ha risposto: %.200s", said).Because(err)
	}
	return catalog.Errorf(catalog.Unavailable, "the database does not answer as it should").
		Italian("la base dati non risponde come dovrebbe").Because(err)
}
