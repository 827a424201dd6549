// Package files reads what offices have: a folder of tables, a ZIP, one file,
// or a list of addresses. What the tables are about is read from a YAML or CSV
// sheet beside them, and else proposed from their names and contents.
//
// It knows files and tables, no store: it hands out the bytes of its files by
// Open, and whoever runs it keeps them.
package files

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"net/http"
	"strings"
	"sync"

	"portico/catalog"
	"portico/harvester"
	"portico/harvester/web"
)

// Limits on what one source may hold.
const (
	maxFiles   = 5_000
	maxDepth   = 12
	maxSheet   = 5 << 20   // of a metadata sheet
	maxMember  = 200 << 20 // of one file in an archive, or behind an address
	maxInspect = 64 << 20  // of a file that is opened to propose metadata
	maxRatio   = 200       // of an archive's member
)

// Kind returns the "files" connector.
func Kind() harvester.Kind {
	return harvester.Kind{Name: "files", Title: "File, cartelle e archivi", Open: open}
}

// Options are what a source may say beside its URL (Source.Options).
type Options struct {
	Mode  string   `json:"mode,omitempty"`  // "page": an HTML page with links to files; "webdav"; "" = as what comes looks
	Only  []string `json:"only,omitempty"`  // extensions to take, such as "csv"; none = all that are known
	Depth int      `json:"depth,omitempty"` // folders below the first, of a WebDAV, SFTP, S3 or Git; 0 = 12, the most
	// HostKey is how an SFTP server proves who it is: lines as known_hosts has
	// them without names ("ssh-ed25519 AAAA…"), or fingerprints ("SHA256:…").
	HostKey []string `json:"host_key,omitempty"`
	Region  string   `json:"region,omitempty"` // of an S3 store; "" = us-east-1
	TLS     string   `json:"tls,omitempty"`    // "off": an S3 store or Git inside without encryption
	Branch  string   `json:"branch,omitempty"` // of a Git repository; "" = its own choice
	Folder  string   `json:"folder,omitempty"` // within a Git repository; "" = all of it
}

type connector struct {
	where  string
	client *http.Client
	o      Options
	sealed bool  // the source wants a credential: its addresses are of use to nobody else
	store  depot // for what is neither a path nor a web address; nil = none
	remembered

	mu    sync.Mutex
	shelf *shelf // found by the latest reading
}

func open(src catalog.Source, client *http.Client) (harvester.Connector, error) {
	where := strings.TrimSpace(strings.TrimPrefix(src.URL, "file://"))
	if where == "" {
		return nil, catalog.Errorf(catalog.Invalid, "a source of files needs a path or an address").
			Italian("una fonte di file ha bisogno di un percorso o di un indirizzo")
	}
	c := &connector{where: where, client: client, sealed: src.SecretFor != ""}
	if err := web.Options(src.Options, &c.o); err != nil {
		return nil, err
	}
	for _, scheme := range []string{"webdav://", "webdavs://", "davs://", "dav://"} {
		if rest, ok := strings.CutPrefix(where, scheme); ok {
			c.where, c.o.Mode = map[bool]string{true: "https://", false: "http://"}[strings.HasSuffix(scheme, "s://")]+rest, "webdav"
		}
	}
	if c.o.Depth < 0 || c.o.Depth > maxDepth {
		return nil, catalog.Errorf(catalog.Invalid, "the option depth is between 1 and %d", maxDepth).Italian("l'opzione depth va da 1 a %d", maxDepth)
	}
	if err := c.o.check(src.AllowPrivate); err != nil {
		return nil, err
	}
	var err error
	c.store, err = depotOf(src, client, c.o)
	return c, err
}

func (o *Options) check(private bool) error {
	if o.TLS == "off" && !private {
		return catalog.Errorf(catalog.Invalid, "only a source inside may do without encryption").Italian("solo una fonte interna può fare a meno della cifratura")
	}
	if err := web.OneOf("tls", o.TLS, "off"); err != nil {
		return err
	}
	return web.OneOf("mode", o.Mode, "page", "webdav")
}

// A depot is a place of files that is reached by a protocol of its own.
type depot interface {
	// list puts what there is on s. Nothing outside of the source is reached.
	list(ctx context.Context, s *shelf, enters func(folder string) bool) error
	// version names what there is now, such as a commit, so that a source that
	// has not changed need not be listed; "" = it cannot be told.
	version(ctx context.Context) (string, error)
	// close ends what list has opened; what is read afterwards opens it again.
	close()
}

// depotOf returns the depot at an address, nil when it is none.
func depotOf(src catalog.Source, client *http.Client, o Options) (depot, error) {
	address := strings.TrimSpace(src.URL)
	scheme, _, _ := strings.Cut(address, "://")
	switch scheme {
	case "sftp":
		return newSFTP(src, o)
	case "s3":
		return newS3(src, client, o)
	case "git", "git+https", "git+http":
		return newGit(src, client, o)
	case "https", "http":
		if strings.HasSuffix(address, ".git") {
			return newGit(src, client, o)
		}
	}
	return nil, nil //nolint:nilnil // a path or a web address
}

func isWeb(s string) bool {
	low := strings.ToLower(s)
	return strings.HasPrefix(low, "http://") || strings.HasPrefix(low, "https://")
}

// Records implements harvester.Connector: one record for each table, or for
// each set of files that differ in their extension alone.
func (c *connector) Records(ctx context.Context) iter.Seq2[harvester.Record, error] {
	return func(yield func(harvester.Record, error) bool) {
		c.begin()
		if c.store != nil {
			defer c.store.close()
			if done, more := c.sameDepot(ctx, yield); done || !more {
				return
			}
		}
		s, err := c.find(ctx)
		if err != nil {
			yield(harvester.Record{}, err)
			return
		}
		s.keepOnly(c.o.Only)
		c.mu.Lock()
		c.shelf = s
		c.mu.Unlock()
		for _, r := range s.refused {
			if !yield(harvester.Record{ID: r.path, Title: r.path}, harvester.Reject(r.why)) {
				return
			}
		}
		sheets := readSheets(s)
		for _, g := range groups(s, sheets) {
			if ctx.Err() != nil {
				yield(harvester.Record{}, ctx.Err())
				return
			}
			facts := g.facts(sheets)
			if c.same(ctx, &g, facts) {
				c.ids = append(c.ids, g.id)
				if !yield(harvester.Record{ID: g.id}, harvester.ErrSame) {
					return
				}
				continue
			}
			rec, err := harvester.Guard(g.id, g.id, func() (harvester.Record, error) { return convert(ctx, g, sheets) })
			c.note(&g, facts, err)
			c.ids = append(c.ids, g.id)
			if !yield(rec, err) {
				return
			}
		}
		c.ended = true
	}
}

// Open implements harvester.Opener for files that have no address of their
// own: those of folders and archives.
func (c *connector) Open(ctx context.Context, address string) (io.ReadCloser, error) {
	c.mu.Lock()
	s := c.shelf
	c.mu.Unlock()
	name, ours := strings.CutPrefix(address, scheme)
	if ours && s != nil {
		for _, it := range s.items {
			if it.path == name && it.url == "" {
				f, err := it.open(ctx)
				if err != nil {
					return nil, err
				}
				return f, nil
			}
		}
	}
	return nil, catalog.Errorf(catalog.NotFound, "no such file in the source").Italian("nella fonte non c'è questo file")
}

// Probe implements harvester.Prober.
func (c *connector) Probe(ctx context.Context) (float64, string, error) {
	s, err := c.find(ctx)
	if err == nil {
		s.keepOnly(c.o.Only)
	}
	switch {
	case err != nil:
		return 0, "", err
	case len(s.items) == 0:
		return 0, "", errors.New("no tables")
	case s.page != "":
		return 0.5, s.page, nil // a page may be of anything; its files are what is left
	case !isWeb(c.where) || c.store != nil || len(s.items) > 1:
		return 0.8, "", nil
	case brokenJSON(ctx, s.items[0]):
		return 0, "", catalog.Errorf(catalog.Invalid, "the file is named as JSON and is none").Italian("il file si dice JSON e non lo è")
	case tableExtensions[extension(s.items[0].path)]:
		return 0.7, "", nil
	}
	return 0.2, "", nil
}

// brokenJSON reports whether a file that is named as JSON holds none: a
// template that nobody has filled in, or half of a document.
func brokenJSON(ctx context.Context, it item) bool {
	if ext := extension(it.path); ext != "json" && ext != "geojson" {
		return false
	}
	f, err := it.open(ctx)
	if err != nil {
		return true
	}
	defer f.Close()
	body, err := io.ReadAll(io.LimitReader(f, maxInspect))
	return err != nil || int64(len(body)) < maxInspect && !json.Valid(bytes.TrimPrefix(body, []byte("\ufeff")))
}
