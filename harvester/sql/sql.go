// Package sql reads a database: each dataset is one SELECT that somebody has
// written into the source's options, and its data are the rows, handed out as
// CSV. PostgreSQL, MySQL and MariaDB, SQL Server, Oracle and SQLite are read.
//
// It reads in transactions that write nothing and over addresses that the
// policy of package httpclient allows. Nothing of the connection is taken from
// a string with parameters, from the environment or from files.
package sql

import (
	"context"
	"database/sql"
	"encoding/json"
	"iter"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"portico/catalog"
	"portico/harvester"
	"portico/harvester/web"
)

// version changes when the same rows become something else.
const version = "sql/1"

// Limits on a source; the first two are what options may lower.
const (
	maxRows    = 5_000_000
	maxSeconds = 3600
	maxBytes   = 200 << 20
	maxQueries = 500
)

// greeting is how long a server may take to let us in and to say what the
// account may do: the drivers' own limits end with the connection.
const greeting = 30 * time.Second

// Kind returns the "sql" connector.
func Kind() harvester.Kind {
	return harvester.Kind{Name: "sql", Title: "Basi dati SQL (SELECT)", Open: open}
}

// Options are what a source says beside its address (Source.Options).
type Options struct {
	TLS     string  `json:"tls,omitempty"`     // "verify-full"; "off" only where the source may be at a private address; "" = verify-full
	CA      string  `json:"ca,omitempty"`      // certificates in PEM; "" = the system's
	Seconds int     `json:"seconds,omitempty"` // a query may take; 0 = 60
	Rows    int     `json:"rows,omitempty"`    // a query may give; 0 = 1,000,000
	Queries []Query `json:"queries"`
}

// A Query is one dataset.
type Query struct {
	Name        string   `json:"name"` // of the record, stable: letters, digits, - and _
	Title       string   `json:"title"`
	Description string   `json:"description,omitempty"`
	SQL         string   `json:"sql"` // one SELECT
	Keywords    []string `json:"keywords,omitempty"`
	Theme       string   `json:"theme,omitempty"`
	License     string   `json:"license,omitempty"`
	Frequency   string   `json:"frequency,omitempty"`
}

type connector struct {
	db *sql.DB
	d  dialect
	o  Options

	lines    *lines        // nil = drivers end their connections themselves
	patience time.Duration // with a server that is greeted; 0 = until the run is over
}

var (
	hostName  = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9.-]{0,250}[A-Za-z0-9])?$|^[0-9A-Fa-f:.]+$`)
	plainName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,63}$`)
)

// open takes an address of the form postgres://host:port/database, which holds
// nothing else: user and password are the source's credential.
func open(src catalog.Source, _ *http.Client) (harvester.Connector, error) {
	d, at, ok := place(src.URL)
	if !ok || d.file && !src.AllowPrivate {
		return nil, catalog.Errorf(catalog.Invalid, "the address of a database is postgres://host:port/database (or mysql, sqlserver, oracle; sqlite:///path for a source inside) and holds nothing else").
			Italian("l'indirizzo di una base dati è postgres://host:porta/database (oppure mysql, sqlserver, oracle; sqlite:///percorso per una fonte interna) e non contiene altro")
	}
	at.lines = &lines{}
	c := &connector{d: d, lines: at.lines, patience: greeting}
	if err := web.Options(src.Options, &c.o); err != nil {
		return nil, err
	}
	if err := c.o.check(src.AllowPrivate, d); err != nil {
		return nil, err
	}
	conn, err := d.connector(src, at, c.o)
	if err != nil {
		return nil, catalog.Errorf(catalog.Invalid, "the connection to the database is not described well").
			Italian("la connessione alla base dati non è descritta bene").Because(err)
	}
	c.db = sql.OpenDB(conn)
	c.db.SetMaxOpenConns(1)
	c.db.SetMaxIdleConns(0) // a source is asked rarely, and nobody closes it
	return c, nil
}

// An endpoint is where a database is.
type endpoint struct {
	host     string
	port     uint16
	database string // a path, for one that is a file
	lines    *lines // the connections to it
}

// place reads an address. It is false when there is anything else in it: a
// user, parameters, several hosts, a socket.
func place(address string) (dialect, endpoint, bool) {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil || u.User != nil || u.Opaque+u.RawQuery+u.Fragment != "" || u.ForceQuery {
		return dialect{}, endpoint{}, false
	}
	d, ok := dialectOf(u.Scheme)
	if !ok {
		return d, endpoint{}, false
	}
	if d.file {
		return d, endpoint{database: u.Path}, u.Host == "" && filepath.IsAbs(u.Path) && filepath.Clean(u.Path) == u.Path && len(u.Path) > 1
	}
	port, ok := portOf(u, d.port)
	if !ok {
		return d, endpoint{}, false
	}
	at := endpoint{host: u.Hostname(), port: port, database: strings.TrimPrefix(u.Path, "/")}
	return d, at, hostName.MatchString(at.host) && d.name.MatchString(at.database)
}

// portOf returns the port of an address, or the usual one where it has none. It
// is false for what cannot be one.
func portOf(u *url.URL, usual uint16) (uint16, bool) {
	p := u.Port()
	if p == "" {
		return usual, true
	}
	n, err := strconv.ParseUint(p, 10, 16)
	return uint16(n), err == nil && n > 0
}

func (o *Options) check(private bool, d dialect) error {
	if err := web.OneOf("tls", o.TLS, "verify-full", "off"); err != nil {
		return err
	}
	switch {
	case o.TLS == "off" && !private:
		return catalog.Errorf(catalog.Invalid, "a database outside the own network is reached over TLS alone").
			Italian("una base dati fuori dalla rete propria si raggiunge solo con TLS")
	case o.CA != "" && !strings.HasPrefix(strings.TrimSpace(o.CA), "-----BEGIN CERTIFICATE-----"):
		return catalog.Errorf(catalog.Invalid, "the option ca holds certificates in PEM, not the name of a file").
			Italian("l'opzione ca contiene certificati in PEM, non il nome di un file")
	case o.Seconds < 0 || o.Seconds > maxSeconds || o.Rows < 0 || o.Rows > maxRows:
		return catalog.Errorf(catalog.Invalid, "the options seconds and rows are at most %d and %d", maxSeconds, maxRows).
			Italian("le opzioni seconds e rows valgono al più %d e %d", maxSeconds, maxRows)
	}
	return checkQueries(o.Queries, d)
}

func checkQueries(list []Query, d dialect) error {
	if len(list) == 0 || len(list) > maxQueries {
		return catalog.Errorf(catalog.Invalid, "the option queries holds between 1 and %d queries", maxQueries).
			Italian("l'opzione queries contiene da 1 a %d interrogazioni", maxQueries)
	}
	seen := make(map[string]bool)
	for _, q := range list {
		if !plainName.MatchString(q.Name) || seen[q.Name] || strings.TrimSpace(q.Title) == "" {
			return catalog.Errorf(catalog.Invalid, "each query has a name of its own and a title: %.80q", q.Name).
				Italian("ogni interrogazione ha un nome tutto suo e un titolo: %.80q", q.Name)
		}
		seen[q.Name] = true
		if !isSelect(q.SQL) || d.refuses != nil && d.refuses(q.SQL) {
			return catalog.Errorf(catalog.Invalid, "the query %q is not one SELECT", q.Name).
				Italian("l'interrogazione %q non è una sola SELECT", q.Name)
		}
	}
	return nil
}

// selects matches how a reading begins. That it is one statement and writes
// nothing is the server's to hold, see rows; this tells honest mistakes early.
var selects = regexp.MustCompile(`(?is)^\s*(select|with)\b`)

func isSelect(s string) bool {
	const most = 50_000
	return len(s) <= most && selects.MatchString(s) && !strings.Contains(strings.TrimRight(strings.TrimSpace(s), ";"), ";") && !strings.Contains(s, "\x00")
}

// Records implements harvester.Connector.
func (c *connector) Records(ctx context.Context) iter.Seq2[harvester.Record, error] {
	return func(yield func(harvester.Record, error) bool) {
		warning, err := c.account(ctx)
		if err != nil {
			yield(harvester.Record{}, err)
			return
		}
		for _, q := range c.o.Queries {
			if ctx.Err() != nil {
				yield(harvester.Record{}, ctx.Err())
				return
			}
			rec, err := harvester.Guard(q.Name, q.Title, func() (harvester.Record, error) { return c.convert(ctx, q) })
			if err == nil && warning != nil {
				rec.Problems = append(rec.Problems, *warning)
			}
			if !yield(rec, err) {
				return
			}
		}
	}
}

// account refuses accounts that may do anything, and warns of those that may
// write: the source should not be able to harm what it reads.
func (c *connector) account(ctx context.Context) (*catalog.Problem, error) {
	if c.patience > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, c.patience)
		defer cancel()
	}
	defer c.lines.cutting(ctx)()
	super, writes, err := c.d.account(ctx, c.db)
	if err != nil {
		c.lines.cut() // some drivers leave them open when they are not let in
		return nil, c.d.trouble(err)
	}
	if super {
		return nil, catalog.Errorf(catalog.Invalid, "the account is an administrator of the database; give the source one that may only read").
			Italian("l'utenza è amministratrice della base dati; dare alla fonte un'utenza che può solo leggere")
	}
	if !writes {
		return nil, nil //nolint:nilnil // nothing to warn of
	}
	p := catalog.Problemf("account", "", "account-can-write", "L'utenza con cui si legge può anche scrivere.", "The account by which is read can write, too.").
		WithMend("Dare alla fonte un'utenza con il solo SELECT.", "Give the source an account with SELECT alone.")
	return &p, nil
}

func (c *connector) convert(ctx context.Context, q Query) (harvester.Record, error) {
	rec := harvester.Record{Distributions: 1}
	sum := &digest{}
	columns, n, err := c.write(ctx, q, sum)
	if err != nil {
		return rec, err
	}
	said, err := json.Marshal(q)
	if err != nil {
		return rec, err
	}
	rec.Digest = web.Hash(version, string(said), sum.String())
	rec.Raw = web.JSON(said)
	d := &rec.Dataset
	d.Identifier = q.Name
	d.Title, d.Description = catalog.It(web.Line(q.Title)), catalog.It(web.Plain(q.Description))
	if len(d.Description) == 0 {
		list := strings.Join(columns[:min(len(columns), 30)], ", ")
		d.Description = catalog.Text{
			"it": "Tabella di " + strconv.Itoa(n) + " righe: " + list + ".", "en": "A table of " + strconv.Itoa(n) + " rows: " + list + ".",
		}
	}
	d.Keywords, d.Themes, d.Frequency = web.Keywords("", q.Keywords...), web.Themes(q.Theme), web.Frequency(q.Frequency)
	x := catalog.Distribution{Title: catalog.It(q.Name + ".csv"), DownloadURL: scheme + q.Name + ".csv"}
	web.Format(&x, "CSV")
	d.Distributions = []catalog.Distribution{x}
	if q.License != "" && !web.License(d, q.License) {
		rec.Problems = append(rec.Problems, web.UnknownLicense(q.License))
	}
	return rec, nil
}
