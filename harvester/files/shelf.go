package files

import (
	"bytes"
	"cmp"
	"context"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"portico/catalog"
	"portico/internal/httpclient"
)

// scheme begins the address of a file that only Open can reach. It never gets
// out: whoever runs the connector puts an address of ours in its place.
const scheme = "file:"

// A shelf is the files of a source.
type shelf struct {
	items   []item
	sheets  []item // metadata
	refused []refusal
	page    string // title of the web page that links to them; "" = none
}

// keepOnly drops the files whose extension is none of some; none keeps all.
func (s *shelf) keepOnly(extensions []string) {
	if len(extensions) == 0 {
		return
	}
	wanted := set(extensions...)
	s.items = slices.DeleteFunc(s.items, func(it item) bool { return !wanted[extension(it.path)] })
}

// An item is one file.
type item struct {
	path     string // within the source, with slashes
	title    string // as a page calls it; "" = made of its name
	url      string // where it can be had, for a file behind an address
	size     int64
	modified time.Time
	open     func(ctx context.Context) (file, error)
	stamp    string // a digest of its bytes, as a listing says; "" = it says none

	mark      httpclient.Validators // of what is behind url, when it was fetched
	fetched   bool                  // mark and unchanged are of this reading
	unchanged bool                  // it is what it was at the latest reading
}

// A file is open for reading at any place.
type file interface {
	io.Reader
	io.ReaderAt
	io.Closer
}

// A refusal is a file that we do not touch.
type refusal struct {
	path string
	why  catalog.Problem
}

func extension(name string) string { return strings.ToLower(strings.TrimPrefix(path.Ext(name), ".")) }

// tableExtensions are of files that may hold a table.
var tableExtensions = set("csv", "tsv", "tab", "xlsx", "xlsm", "xls", "ods", "json", "geojson", "ndjson", "parquet", "xml")

// dataExtensions are of other files that are data.
var dataExtensions = set("kml", "kmz", "gml", "gpkg", "shp", "gpx", "rdf", "ttl", "jsonld", "nt", "zip", "gz", "dbf", "txt", "ics", "gtfs")

func set(words ...string) map[string]bool {
	m := make(map[string]bool)
	for _, w := range words {
		m[w] = true
	}
	return m
}

// put files it under data or metadata, or leaves it out.
func (s *shelf) put(it item) {
	base := path.Base(it.path)
	switch ext := extension(base); {
	case strings.HasPrefix(base, ".") || strings.HasPrefix(base, "~$") || strings.EqualFold(base, "thumbs.db"):
	case isSheet(base):
		s.sheets = append(s.sheets, it)
	case tableExtensions[ext] || dataExtensions[ext]:
		s.items = append(s.items, it)
	}
}

func (s *shelf) sorted() *shelf {
	byPath := func(a, b item) int { return cmp.Compare(a.path, b.path) }
	slices.SortFunc(s.items, byPath)
	slices.SortFunc(s.sheets, byPath)
	return s
}

// find looks at the source.
func (c *connector) find(ctx context.Context) (*shelf, error) {
	if c.store != nil {
		s := &shelf{}
		if err := c.store.list(ctx, s, c.enters); err != nil {
			return nil, err
		}
		return s.sorted(), nil
	}
	if isWeb(c.where) {
		return c.remote(ctx)
	}
	info, err := os.Lstat(c.where)
	if err != nil {
		return nil, catalog.Errorf(catalog.NotFound, "there is no such file or folder").Italian("il file o la cartella non esiste").Because(err)
	}
	switch {
	case info.IsDir():
		return folder(c.where)
	case !info.Mode().IsRegular():
		return nil, catalog.Errorf(catalog.Invalid, "neither a file nor a folder").Italian("non è né un file né una cartella")
	}
	return c.single(ctx, info)
}

// single looks at a source that is one file. It may stand for others: those of
// an archive, or those whose addresses it lists.
func (c *connector) single(ctx context.Context, info fs.FileInfo) (*shelf, error) {
	dir, name := filepath.Split(c.where)
	it := local(cmp.Or(dir, "."), name, info)
	f, err := it.open(ctx)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	head := make([]byte, 512)
	n, _ := f.ReadAt(head, 0)
	if isArchive(name, head[:n]) {
		return archive(it)
	}
	if list := addresses(name, f); len(list) > 0 {
		return c.list(ctx, list)
	}
	s := &shelf{items: []item{it}}
	for _, beside := range []string{name + ".yaml", name + ".yml", stem(name) + ".yaml", stem(name) + ".yml"} {
		if info, err := os.Lstat(filepath.Join(dir, beside)); err == nil && info.Mode().IsRegular() {
			s.sheets = append(s.sheets, local(cmp.Or(dir, "."), beside, info))
		}
	}
	return s, nil
}

// remote looks at a source behind an address.
func (c *connector) remote(ctx context.Context) (*shelf, error) {
	if c.o.Mode == "webdav" {
		return c.webdav(ctx)
	}
	return c.fetch(ctx, c.where)
}

func local(dir, name string, info fs.FileInfo) item {
	return item{path: name, size: info.Size(), modified: info.ModTime(), open: func(context.Context) (file, error) {
		root, err := os.OpenRoot(dir)
		if err != nil {
			return nil, err
		}
		defer root.Close()
		if i, err := root.Lstat(filepath.FromSlash(name)); err != nil || !i.Mode().IsRegular() {
			return nil, catalog.Errorf(catalog.Invalid, "not a regular file").Italian("non è un file normale").Because(err)
		}
		return root.Open(filepath.FromSlash(name))
	}}
}

// folder lists a folder. Nothing outside is reached: links are refused, and
// files are opened through os.Root.
func folder(dir string) (*shelf, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, catalog.Errorf(catalog.Invalid, "the folder cannot be opened").Italian("la cartella non si può aprire").Because(err)
	}
	defer root.Close()
	s := &shelf{}
	err = fs.WalkDir(root.FS(), ".", func(name string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case e.IsDir():
			if name != "." && strings.HasPrefix(e.Name(), ".") {
				return fs.SkipDir
			}
			if strings.Count(name, "/") >= maxDepth {
				return fs.SkipDir
			}
			return nil
		case e.Type()&fs.ModeSymlink != 0:
			s.refused = append(s.refused, refusal{name, catalog.Problemf("file", name, "link-refused",
				"È un collegamento simbolico: non viene seguito.", "It is a symbolic link: it is not followed.").
				WithMend("Mettere il file stesso nella cartella.", "Put the file itself into the folder.")})
			return nil
		case !e.Type().IsRegular():
			return nil
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		s.put(local(dir, name, info))
		return tooMany(len(s.items) + len(s.sheets) + len(s.refused))
	})
	return s.sorted(), err
}

func tooMany(n int) error {
	if n > maxFiles {
		return catalog.Errorf(catalog.Invalid, "more than %d files", maxFiles).Italian("più di %d file", maxFiles)
	}
	return nil
}

// addresses returns the lines of a text that is nothing but web addresses.
func addresses(name string, r io.Reader) []string {
	if ext := extension(name); ext != "txt" && ext != "" && ext != "list" && ext != "urls" {
		return nil
	}
	text, err := io.ReadAll(io.LimitReader(r, maxSheet))
	if err != nil {
		return nil
	}
	var out []string
	for line := range strings.Lines(strings.TrimPrefix(string(text), "\ufeff")) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if !isWeb(line) || strings.ContainsAny(line, " \t,;") {
			return nil
		}
		out = append(out, line)
	}
	return out
}

// fetch looks at what is behind an address: an archive, a list, or one file.
func (c *connector) fetch(ctx context.Context, address string) (*shelf, error) {
	page, err := c.getIf(ctx, address, c.old[address].Validators)
	if err != nil {
		return nil, err
	}
	it := remote(address, page)
	switch {
	case page.Unchanged:
		it.unchanged = true
		return &shelf{items: []item{it}}, nil
	case page.IsHTML():
		return c.linked(page)
	case isArchive(it.path, page.Body):
		it.url = ""
		return archive(it)
	}
	listName := it.path
	if strings.HasPrefix(page.Type, "text/plain") && !tableExtensions[extension(listName)] {
		listName = "lista.txt"
	}
	if list := addresses(listName, bytes.NewReader(page.Body)); len(list) > 0 {
		return c.list(ctx, list)
	}
	return &shelf{items: []item{it}}, nil
}

func (c *connector) get(ctx context.Context, address string) (*httpclient.Page, error) {
	return c.getIf(ctx, address, httpclient.Validators{})
}

func (c *connector) getIf(ctx context.Context, address string, had httpclient.Validators) (*httpclient.Page, error) {
	page, err := httpclient.GetIf(ctx, c.client, address, "", had)
	if err != nil {
		it, en := httpclient.Explain(err)
		return nil, catalog.Errorf(catalog.Unavailable, "no file at %s (%s)", address, en).
			Italian("nessun file all'indirizzo %s (%s)", address, it).Because(err)
	}
	return page, nil
}

// download gets a file that somebody has promised: a page for people in its
// place is none.
func (c *connector) download(ctx context.Context, address string) (file, error) {
	page, err := c.get(ctx, address)
	if err != nil {
		return nil, err
	}
	return contents(page)
}

func contents(page *httpclient.Page) (file, error) {
	if page.IsHTML() {
		return nil, catalog.Errorf(catalog.Invalid, "a web page came in place of a file").Italian("al posto di un file è arrivata una pagina web")
	}
	return inMemory{bytes.NewReader(page.Body)}, nil
}

// list makes items of addresses, each fetched when it is its turn.
func (c *connector) list(_ context.Context, addresses []string) (*shelf, error) {
	s := &shelf{}
	for _, a := range addresses {
		name := nameOf(a)
		if len(s.items)+len(s.sheets) >= maxFiles {
			return nil, tooMany(maxFiles + 1)
		}
		it := item{path: name, url: a, size: -1, open: func(ctx context.Context) (file, error) { return c.download(ctx, a) }}
		if isSheet(name) {
			s.sheets = append(s.sheets, it)
			continue
		}
		s.items = append(s.items, it) // whoever lists it says that it is data
	}
	return s, nil
}

func remote(address string, page *httpclient.Page) item {
	return item{path: nameOf(address), url: address, size: int64(len(page.Body)), mark: page.Validators, fetched: true, open: func(context.Context) (file, error) {
		return inMemory{bytes.NewReader(page.Body)}, nil
	}}
}

func nameOf(address string) string {
	u, err := url.Parse(address)
	if err != nil || path.Base(u.Path) == "/" || path.Base(u.Path) == "." {
		return "dati"
	}
	return path.Base(u.Path)
}

type inMemory struct{ *bytes.Reader }

func (inMemory) Close() error { return nil }

func stem(name string) string { return strings.TrimSuffix(name, path.Ext(name)) }
