package sql

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"net/url"
	"os"

	"github.com/mattn/go-sqlite3"

	"portico/catalog"
)

// sqlite is of a file on this machine, which only a source that may be inside
// can name. The file is opened for reading alone.
func sqlite() dialect {
	return dialect{
		file: true,
		connector: func(_ catalog.Source, at endpoint, _ Options) (driver.Connector, error) {
			u := url.URL{Scheme: "file", Path: at.database, RawQuery: url.Values{"mode": {"ro"}, "_query_only": {"true"}, "_trusted_schema": {"false"}}.Encode()}
			return fileConnector{path: at.database, dsn: u.String()}, nil
		},
		settings: func(int) []string { return nil }, // a query ends with its context
		account:  func(context.Context, *sql.DB) (super, writes bool, err error) { return false, false, nil },
		said: func(err error) (string, bool) {
			if e, ok := errors.AsType[sqlite3.Error](err); ok {
				return e.Error(), true
			}
			return "", false
		},
	}
}

// A fileConnector opens one SQLite file.
type fileConnector struct{ path, dsn string }

// Connect implements driver.Connector.
func (f fileConnector) Connect(context.Context) (driver.Conn, error) {
	if info, err := os.Lstat(f.path); err != nil || !info.Mode().IsRegular() {
		return nil, catalog.Errorf(catalog.Invalid, "there is no such database file").Italian("il file della base dati non esiste").Because(err)
	}
	d := sqlite3.SQLiteDriver{ConnectHook: func(c *sqlite3.SQLiteConn) error {
		c.SetLimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0) // no other file than this one
		return nil
	}}
	return d.Open(f.dsn)
}

// Driver implements driver.Connector.
func (f fileConnector) Driver() driver.Driver { return &sqlite3.SQLiteDriver{} }
