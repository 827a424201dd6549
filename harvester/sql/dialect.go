package sql

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"database/sql"
	"database/sql/driver"
	"errors"
	"regexp"
	"strconv"
	"time"

	"github.com/lib/pq"

	"portico/catalog"
	"portico/internal/httpclient"
)

// A dialect is what one kind of database wants.
type dialect struct {
	port     uint16
	name     *regexp.Regexp // of a database
	file     bool           // it is a file here, and no server
	readOnly bool           // the driver can begin transactions that write nothing
	// connector makes a connector of typed fields alone.
	connector func(src catalog.Source, at endpoint, o Options) (driver.Connector, error)
	// settings are run at the beginning of a transaction in which a query may
	// take so many seconds.
	settings func(seconds int) []string
	// account reports whether the account may do anything at all, and whether
	// it may write.
	account func(ctx context.Context, db *sql.DB) (super, writes bool, err error)
	// refuses reports whether a query holds what no transaction can hold back;
	// nil = nothing does.
	refuses func(query string) bool
	// said returns what the server says of a statement.
	said func(err error) (string, bool)
}

// wideName is of servers whose databases and services have points in their
// names.
var wideName = regexp.MustCompile(`^[A-Za-z0-9_$.-]{1,128}$`)

// dialectOf returns the dialect of the scheme of an address.
func dialectOf(scheme string) (dialect, bool) {
	switch scheme {
	case "postgres", "postgresql":
		return postgres(), true
	case "mysql", "mariadb":
		return mysqlDialect(), true
	case "sqlserver", "mssql":
		return sqlserver(), true
	case "oracle":
		return oracle(), true
	case "sqlite":
		return sqlite(), true
	}
	return dialect{}, false
}

// connectTimeout bounds how long a server may take to answer at all.
const connectTimeout = 10 * time.Second

// dialer is the guarded way to a source's database, whose connections can be
// cut.
func dialer(src catalog.Source, at endpoint) line {
	return line{httpclient.NewDialer(httpclient.Options{AllowPrivate: src.AllowPrivate}), at.lines}
}

// errNoCertificates is of an option that holds none.
var errNoCertificates = errors.New("no certificate in the option ca")

// encryption returns how a server proves who it is, nil when it need not.
func encryption(at endpoint, o Options) (*tls.Config, error) {
	if o.TLS == "off" {
		return nil, nil //nolint:nilnil // no encryption is a choice
	}
	conf := &tls.Config{ServerName: at.host, MinVersion: tls.VersionTLS12}
	if o.CA != "" {
		conf.RootCAs = x509.NewCertPool()
		if !conf.RootCAs.AppendCertsFromPEM([]byte(o.CA)) {
			return nil, errNoCertificates
		}
	}
	return conf, nil
}

func postgres() dialect {
	return dialect{
		port: 5432, name: plainName, readOnly: true,
		connector: func(src catalog.Source, at endpoint, o Options) (driver.Connector, error) {
			conn, err := pq.NewConnectorConfig(config(src.Credential, at, o))
			if err != nil {
				return nil, err
			}
			conn.Dialer(dialer(src, at))
			return conn, nil
		},
		settings: func(seconds int) []string {
			return []string{"SET LOCAL statement_timeout = " + strconv.Itoa(seconds*1000), "SET LOCAL TimeZone = 'UTC'", "SET LOCAL default_transaction_read_only = on"}
		},
		account: func(ctx context.Context, db *sql.DB) (super, writes bool, err error) {
			const ask = `SELECT r.rolsuper, EXISTS (SELECT FROM information_schema.table_privileges p
				WHERE p.grantee IN (current_user, 'PUBLIC') AND p.privilege_type IN ('INSERT', 'UPDATE', 'DELETE', 'TRUNCATE')
				AND p.table_schema NOT IN ('pg_catalog', 'information_schema')) FROM pg_roles r WHERE r.rolname = current_user`
			err = db.QueryRowContext(ctx, ask).Scan(&super, &writes)
			return super, writes, err
		},
		said: func(err error) (string, bool) {
			if e, ok := errors.AsType[*pq.Error](err); ok {
				return e.Message, true
			}
			return "", false
		},
	}
}

// config makes a configuration of typed fields alone.
func config(who catalog.Credential, at endpoint, o Options) pq.Config {
	conf := pq.Config{
		Host: at.host, Port: at.port, Database: at.database, User: who.User, Password: who.Password,
		Passfile: "/dev/null/none", ApplicationName: "portico", ConnectTimeout: connectTimeout,
		SSLMode: pq.SSLModeVerifyFull, SSLRootCert: "system", SSLSNI: true,
	}
	if conf.User == "" {
		conf.User = "portico"
	}
	switch {
	case o.TLS == "off":
		conf.SSLMode, conf.SSLRootCert = pq.SSLModeDisable, ""
	case o.CA != "":
		conf.SSLRootCert, conf.SSLInline = o.CA, true
	}
	return conf
}
