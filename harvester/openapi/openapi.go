// Package openapi reads what speaks JSON over HTTP and has no connector of its
// own. A description in OpenAPI gives one dataset, the service; and by rules
// that somebody has written into the source's options, the items of a listing
// become datasets, or those of an answer the rows of a table.
//
// It knows paths into JSON and ways of paging, no portal and no store.
package openapi

import (
	"context"
	"errors"
	"io"
	"iter"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"

	"portico/catalog"
	"portico/harvester"
	"portico/harvester/web"
	"portico/internal/httpclient"
)

// version changes when the mapping makes something else of the same answer.
const version = "openapi/1"

// scheme begins the address of a table, which only Open knows.
const scheme = "openapi:"

const accept = "application/json, application/yaml;q=0.9, */*;q=0.5"

// maxTables bounds how many tables a source may have.
const maxTables = 500

// Kind returns the "openapi" connector.
func Kind() harvester.Kind {
	return harvester.Kind{Name: "openapi", Title: "JSON via HTTP con regole, descrizioni OpenAPI", Open: open}
}

// Options are what a source says beside its URL (Source.Options), in
// sources.yaml as YAML. Without records and tables the address is that of an
// OpenAPI description.
type Options struct {
	Records *Listing `json:"records,omitempty"` // each item is a dataset
	Tables  []Table  `json:"tables,omitempty"`  // each is a dataset, whose items are rows
}

// A Listing says where datasets are in an answer, and what their keys mean.
type Listing struct {
	Path   string            `json:"path,omitempty"`  // of the first answer, below the source's address; "" = that address
	Items  string            `json:"items,omitempty"` // path to the list in an answer; "" = the answer is the list
	Paging Paging            `json:"paging,omitzero"`
	Fields map[string]string `json:"fields"` // paths in an item, by the name of a field such as "title"; "id" and "title" are needed
	Files  Files             `json:"files,omitzero"`
}

// Files says where the distributions of an item are.
type Files struct {
	Items  string `json:"items,omitempty"` // path to their list in the item; "" = the item itself is one
	URL    string `json:"url,omitempty"`   // path in each to its address; "" = the item has no files
	Title  string `json:"title,omitempty"`
	Format string `json:"format,omitempty"`
}

// A Table is one dataset, whose rows are the items of answers.
type Table struct {
	Name        string   `json:"name"` // of the record, stable: letters, digits, - and _
	Title       string   `json:"title"`
	Description string   `json:"description,omitempty"`
	Path        string   `json:"path,omitempty"`
	Items       string   `json:"items,omitempty"`
	Paging      Paging   `json:"paging,omitzero"`
	Columns     []string `json:"columns,omitempty"` // paths to take, in order; none = all that there are
	Keywords    []string `json:"keywords,omitempty"`
	Theme       string   `json:"theme,omitempty"`
	License     string   `json:"license,omitempty"`
	Frequency   string   `json:"frequency,omitempty"`
}

type connector struct {
	web.Reader
	at *url.URL
	o  Options

	mu   sync.Mutex
	rows map[string][]byte // CSV by the name of a table
}

func open(src catalog.Source, client *http.Client) (harvester.Connector, error) {
	c := &connector{rows: make(map[string][]byte)}
	u, r, err := web.Open(src, client, web.What{Version: version, It: "un servizio JSON", En: "a JSON service"}, &c.o)
	if err != nil {
		return nil, err
	}
	c.Reader, c.at = r, u
	return c, c.o.check()
}

var plainName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,63}$`)

func (o *Options) check() error {
	if o.Records != nil && len(o.Tables) > 0 {
		return catalog.Errorf(catalog.Invalid, "a source has records or tables, not both").Italian("una fonte ha records o tables, non entrambi")
	}
	if len(o.Tables) > maxTables {
		return catalog.Errorf(catalog.Invalid, "the option tables holds at most %d", maxTables).Italian("l'opzione tables ne contiene al più %d", maxTables)
	}
	if o.Records != nil {
		return o.Records.check()
	}
	seen := make(map[string]bool)
	for _, t := range o.Tables {
		if !plainName.MatchString(t.Name) || seen[t.Name] || strings.TrimSpace(t.Title) == "" {
			return catalog.Errorf(catalog.Invalid, "each table has a name of its own and a title: %.80q", t.Name).
				Italian("ogni tabella ha un nome tutto suo e un titolo: %.80q", t.Name)
		}
		seen[t.Name] = true
		if err := t.Paging.check(); err != nil {
			return err
		}
	}
	return nil
}

func (l *Listing) check() error {
	for name := range l.Fields {
		if setters[name] == nil && name != "id" {
			return catalog.Errorf(catalog.Invalid, "the option fields knows no field %.80q", name).Italian("l'opzione fields non conosce il campo %.80q", name)
		}
	}
	if l.Fields["id"] == "" || l.Fields["title"] == "" {
		return catalog.Errorf(catalog.Invalid, "the option fields says at least where id and title are").
			Italian("l'opzione fields dice almeno dove sono id e title")
	}
	return l.Paging.check()
}

// below returns an address that the options give, which is one of the same
// server: rules are not to lead elsewhere with the source's credential.
func (c *connector) below(path string) (*url.URL, error) {
	u, err := c.at.Parse(path)
	if err != nil || u.Host != c.at.Host || u.Scheme != c.at.Scheme {
		return nil, catalog.Errorf(catalog.Invalid, "the path %.160q is not on the source's server", path).
			Italian("il percorso %.160q non è sul server della fonte", path).Because(err)
	}
	u.User, u.Fragment = nil, ""
	return u, nil
}

// Records implements harvester.Connector.
func (c *connector) Records(ctx context.Context) iter.Seq2[harvester.Record, error] {
	switch {
	case len(c.o.Tables) > 0:
		return c.tables(ctx)
	case c.o.Records == nil:
		return c.Reader.Records(ctx, c.at.String(), accept, c.described)
	}
	first, err := c.below(c.o.Records.Path)
	if err != nil {
		return func(yield func(harvester.Record, error) bool) { yield(harvester.Record{}, err) }
	}
	p := pager{Paging: c.o.Records.Paging}
	return c.Reader.Records(ctx, p.first(first), accept, func(page *httpclient.Page, read int) (web.Batch, error) {
		return c.listing(page, read, p)
	})
}

// Probe implements harvester.Prober: an OpenAPI description says what it is,
// and no other JSON does.
func (c *connector) Probe(ctx context.Context) (float64, string, error) {
	if c.o.Records != nil || len(c.o.Tables) > 0 {
		return 0, "", errors.New("rules are for one source")
	}
	b, _, err := c.Reader.Probe(ctx, []string{c.at.String()}, accept, c.described)
	if err != nil {
		return 0, "", err
	}
	return 0.95, b.Items[0].Title, nil
}

// Open implements harvester.Opener: the rows of a table as CSV.
func (c *connector) Open(_ context.Context, address string) (io.ReadCloser, error) {
	name, ours := strings.CutPrefix(address, scheme)
	c.mu.Lock()
	body, ok := c.rows[name]
	c.mu.Unlock()
	if !ours || !ok {
		return nil, catalog.Errorf(catalog.NotFound, "no such table in the source").Italian("nella fonte non c'è questa tabella")
	}
	return io.NopCloser(strings.NewReader(string(body))), nil
}
