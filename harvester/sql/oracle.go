package sql

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"regexp"
	"strconv"

	goora "github.com/sijms/go-ora/v2"
	"github.com/sijms/go-ora/v2/network"

	"portico/catalog"
)

// oracle is of Oracle Database, by its network protocol: no client of Oracle's
// is needed. The name of the database is that of the service.
func oracle() dialect {
	return dialect{
		port: 1521, name: wideName,
		connector: func(src catalog.Source, at endpoint, o Options) (driver.Connector, error) {
			secure, err := encryption(at, o)
			if err != nil {
				return nil, err
			}
			options := map[string]string{"CONNECTION TIMEOUT": strconv.Itoa(int(connectTimeout.Seconds())), "TIMEOUT": strconv.Itoa(maxSeconds)}
			if secure != nil {
				options["SSL"], options["SSL VERIFY"] = "true", "true"
			}
			// Host, port, service and account are typed and checked, and escaped
			// by BuildUrl; there are no other options than these.
			conn, ok := goora.NewConnector(goora.BuildUrl(at.host, int(at.port), at.database, src.Credential.User, src.Credential.Password, options)).(*goora.OracleConnector)
			if !ok {
				return nil, errors.New("the driver's connector is of another type")
			}
			conn.Dialer(dialer(src, at)) // also for where a listener redirects to
			if secure != nil {
				conn.WithTLSConfig(secure)
			}
			return conn, nil
		},
		settings: func(int) []string { return []string{"SET TRANSACTION READ ONLY"} },
		account: func(ctx context.Context, db *sql.DB) (super, writes bool, err error) {
			const ask = `SELECT (SELECT COUNT(*) FROM session_privs WHERE privilege IN ('ALTER SYSTEM', 'DROP ANY TABLE', 'GRANT ANY PRIVILEGE', 'CREATE ANY PROCEDURE')),
				(SELECT COUNT(*) FROM session_privs WHERE privilege IN ('CREATE TABLE', 'INSERT ANY TABLE', 'UPDATE ANY TABLE', 'DELETE ANY TABLE', 'EXECUTE ANY PROCEDURE'))
				+ (SELECT COUNT(*) FROM user_tab_privs WHERE privilege IN ('INSERT', 'UPDATE', 'DELETE') AND grantee = USER) FROM dual`
			var all, some int
			err = db.QueryRowContext(ctx, ask).Scan(&all, &some)
			return all > 0, some > 0, err
		},
		refuses: func(q string) bool { return inline.MatchString(q) },
		said: func(err error) (string, bool) {
			if e, ok := errors.AsType[*network.OracleError](err); ok && e.ErrCode != 0 {
				return e.ErrMsg, true
			}
			return "", false
		},
	}
}

// inline matches procedures within a query, which have transactions of their
// own.
var inline = regexp.MustCompile(`(?i)\b(function|procedure|pragma)\b`)
