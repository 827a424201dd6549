package sql

import (
	"context"
	"database/sql"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/lib/pq"

	"portico/catalog"
	"portico/harvester"
	"portico/internal/testdb"
)

const query = `{"name":"vie","title":"Vie","sql":"SELECT 1"}`

// Whatever an address or an option could say beside host, port and database is
// refused (HRV-022).
func TestTheConnectionIsMadeOfTypedFieldsAlone(t *testing.T) {
	for address, ok := range map[string]bool{
		"postgres://db.example.org/gis": true, "postgresql://db.example.org:5433/gis": true, "postgres://10.0.0.1/gis": true,
		"postgres:///gis?host=/var/run/postgresql": false, "postgres://db/gis?sslmode=disable": false, "postgres://db/gis?options=-c%20x": false,
		"postgres://db/gis?sslkey=/etc/passwd": false, "postgres://db/gis?passfile=/etc/passwd": false, "postgres://db/gis?service=x": false,
		"postgres://a,b/gis": false, "postgres://u:p@db/gis": false, "postgres://%2Fvar%2Frun/gis": false, "postgres://@abstract/gis": false,
		"host=/var/run/postgresql dbname=gis": false, "mysql://db/gis": true, "mariadb://db:3307/gis": true, "sqlserver://db/gis": true, "oracle://db:1521/XEPDB1.example": true,
		"mysql://db/gis?allowAllFiles=true": false, "mysql://db/gis?tls=skip-verify": false, "sqlserver://db/gis?failoverpartner=x": false, "sqlserver://db/inst/gis": false,
		"oracle://db/XE?WALLET=/etc": false, "oracle://db/XE?server=10.0.0.1:1521": false, "oracle://db/XE;SSL=false": false, "sqlite:///srv/gis.db": false, "duckdb:///srv/gis.db": false, "ldap://db/gis": false, "postgres://db/": false, "postgres://db": false,
		"postgres://db/gis%20sslmode=disable": false, "postgres://db:0/gis": false, "postgres://db:99999/gis": false, `postgres://\\host\share/gis`: false, "file:gis.db": false,
	} {
		_, err := open(catalog.Source{URL: address, Options: []byte(`{"queries":[` + query + `]}`)}, http.DefaultClient)
		if (err == nil) != ok {
			t.Errorf("%s: %v", address, err)
		}
	}
	t.Setenv("PGHOST", "/var/run/postgresql")
	t.Setenv("PGOPTIONS", "-c log_statement=none")
	_, at, ok := place("postgres://db.example.org/gis")
	conf := config(catalog.Credential{}, at, Options{})
	if !ok || conf.Host != "db.example.org" || conf.Options != "" || conf.SSLMode != pq.SSLModeVerifyFull {
		t.Errorf("%+v", conf)
	}
}

func TestOptionsAreChecked(t *testing.T) {
	for options, ok := range map[string]bool{
		`{"queries":[` + query + `]}`: true, `{"queries":[]}`: false, `{}`: false, `{"tls":"off","queries":[` + query + `]}`: false,
		`{"ca":"/etc/ssl/ca.pem","queries":[` + query + `]}`: false, `{"queries":[` + query + `,` + query + `]}`: false, `{"sslmode":"disable","queries":[` + query + `]}`: false,
		`{"queries":[{"name":"a","title":"A","sql":"DROP TABLE x"}]}`: false, `{"queries":[{"name":"a","title":"A","sql":"SELECT 1; DROP TABLE x"}]}`: false,
		`{"queries":[{"name":"a","title":"A","sql":"WITH x AS (SELECT 1) SELECT * FROM x;"}]}`: true, `{"queries":[{"name":"../a","title":"A","sql":"SELECT 1"}]}`: false,
		`{"rows":9000000,"queries":[` + query + `]}`: false,
	} {
		_, err := open(catalog.Source{URL: "postgres://db.example.org/gis", Options: []byte(options)}, http.DefaultClient)
		if (err == nil) != ok {
			t.Errorf("%s: %v", options, err)
		}
	}
}

// A database at a private address is not reached unless the source may.
func TestThePolicyOfAddressesHolds(t *testing.T) {
	for _, host := range []string{
		"postgres://127.0.0.1", "postgres://169.254.169.254", "postgres://[::1]", "postgres://localhost", "mysql://127.0.0.1", "mysql://localhost:22",
		"sqlserver://127.0.0.1", "sqlserver://localhost", "oracle://127.0.0.1", "oracle://localhost:1521",
	} {
		conn, err := open(catalog.Source{URL: host + "/gis", Options: []byte(`{"queries":[` + query + `]}`)}, http.DefaultClient)
		if err != nil {
			t.Fatal(err)
		}
		for rec, err := range conn.Records(t.Context()) {
			if rec.ID != "" || catalog.KindOf(err) != catalog.Unavailable {
				t.Errorf("%s: %+v, %v", host, rec, err)
			}
		}
	}
}

// socket dials the test's own server, which listens in the file system alone.
type socket string

func (s socket) Dial(_, _ string) (net.Conn, error) {
	return net.Dial("unix", string(s)+"/.s.PGSQL.5432")
}
func (s socket) DialTimeout(_, _ string, _ time.Duration) (net.Conn, error)    { return s.Dial("", "") }
func (s socket) DialContext(context.Context, string, string) (net.Conn, error) { return s.Dial("", "") }

// reading returns a connector for a fresh database by an account.
func reading(t *testing.T, dsn, account string, o Options) *connector {
	t.Helper()
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := pq.NewConnectorConfig(pq.Config{Host: "localhost", Port: 5432, Database: strings.TrimPrefix(u.Path, "/"), User: account, SSLMode: pq.SSLModeDisable})
	if err != nil {
		t.Fatal(err)
	}
	conn.Dialer(socket(u.Query().Get("host")))
	db := sql.OpenDB(conn)
	t.Cleanup(func() { _ = db.Close() })
	return &connector{db: db, d: postgres(), o: o}
}

// Rows become CSV; what writes, what is more than one statement, what takes too
// long and what gives too much does not (HRV-023).
func TestQueries(t *testing.T) {
	dsn := testdb.Postgres(t)
	admin, err := sql.Open("postgres", dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close()
	for _, s := range []string{
		`CREATE TABLE vie (id int, nome text, lunghezza numeric, del date, vista timestamptz, nulla text)`,
		`INSERT INTO vie VALUES (1, 'Via "Roma"', 12.50, '2024-05-06', '2024-05-06T09:08:09+02', NULL), (2, 'Via; Po', 3, NULL, NULL, '')`,
		`DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'lettura') THEN CREATE ROLE lettura LOGIN; END IF; END $$`,
		`GRANT SELECT, INSERT ON vie TO lettura`,
	} {
		if _, err := admin.ExecContext(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	o := Options{Seconds: 1, Rows: 10, Queries: []Query{
		{Name: "vie", Title: "Vie", SQL: "SELECT * FROM vie ORDER BY id", License: "cc-by"},
		{Name: "scrive", Title: "x", SQL: "WITH x AS (INSERT INTO vie VALUES (3) RETURNING id) SELECT * FROM x"},
		{Name: "due", Title: "x", SQL: "SELECT 1; SELECT 2"},
		{Name: "lenta", Title: "x", SQL: "SELECT pg_sleep(30)"},
		{Name: "troppe", Title: "x", SQL: "SELECT generate_series(1, 1000000000)"},
		{Name: "sbagliata", Title: "x", SQL: "SELECT non_esiste FROM vie"},
	}}
	c := reading(t, dsn, "lettura", o)
	began := time.Now()
	var good []harvester.Record
	for rec, err := range c.Records(t.Context()) {
		if rec.ID == "" {
			t.Fatal(err)
		}
		if err == nil {
			good = append(good, rec)
		}
	}
	if len(good) != 1 || good[0].ID != "vie" || len(good[0].Problems) != 1 || good[0].Problems[0].Rule != "account-can-write" {
		t.Fatalf("%+v", good)
	}
	if d := time.Since(began); d > 20*time.Second {
		t.Errorf("took %s", d)
	}
	body, err := c.Open(t.Context(), good[0].Dataset.Distributions[0].DownloadURL)
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(body)
	want := "id,nome,lunghezza,del,vista,nulla\n1,\"Via \"\"Roma\"\"\",12.50,2024-05-06,2024-05-06T07:08:09Z,\n2,Via; Po,3,,,\n"
	if err != nil || string(got) != want {
		t.Errorf("%q, %v; want %q", got, err, want)
	}
	if _, err := c.Open(t.Context(), "sql:altro.csv"); catalog.KindOf(err) != catalog.NotFound {
		t.Error(err)
	}
	var n int
	if err := admin.QueryRowContext(t.Context(), "SELECT count(*) FROM vie").Scan(&n); err != nil || n != 2 {
		t.Errorf("%d rows, %v: something was written", n, err)
	}
	for rec, err := range reading(t, dsn, "portico", o).Records(t.Context()) {
		if rec.ID != "" || err == nil {
			t.Errorf("an administrator's account is taken: %+v", rec)
		}
	}
}
