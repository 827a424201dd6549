package harvester

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"path"
	"strings"

	"portico/blob"
	"portico/catalog"
	"portico/datastore"
)

// A Loader fetches the files of distributions that look like tables, keeps the
// originals and makes snapshots of them.
type Loader struct {
	Blobs    blob.Store
	Tables   datastore.Store
	MaxBytes int64              // of one file; 0 = 200 MiB
	History  *datastore.History // of the snapshots, with what publishers say of columns; nil = there is none
}

// An Opener is a connector that has the bytes of its distributions itself.
// Their download URL is an address that only Open knows; it never gets out:
// the file is kept, and has an address of ours from then on. An address that
// is not the connector's own is catalog.NotFound.
type Opener interface {
	Open(ctx context.Context, address string) (io.ReadCloser, error)
}

// fileAway keeps the files that the connector has itself, so that they can be
// had from us.
func (r *run) fileAway(ctx context.Context, d, old *catalog.Dataset) error {
	o, ok := r.conn.(Opener)
	if !ok {
		return nil
	}
	for i := range d.Distributions {
		x := &d.Distributions[i]
		body, err := o.Open(ctx, x.DownloadURL)
		if catalog.KindOf(err) == catalog.NotFound {
			continue
		}
		if err != nil {
			return err
		}
		err = r.keepFile(ctx, x, body)
		if again := body.Close(); err == nil {
			err = again
		}
		if err != nil {
			return err
		}
		if old != nil {
			keepFetched(x, old)
		}
	}
	return nil
}

// keepFetched keeps what was noted of a file that has not changed.
func keepFetched(x *catalog.Distribution, old *catalog.Dataset) {
	for _, was := range old.Distributions {
		if was.ID == x.ID && was.File != nil && x.File != nil && was.File.Hash == x.File.Hash {
			x.File = was.File
		}
	}
}

// keepFile takes the bytes of x into the blobs, and its private address away.
func (r *run) keepFile(ctx context.Context, x *catalog.Distribution, body io.Reader) error {
	name := fileName(x)
	x.DownloadURL = ""
	if r.o.DryRun || r.h.Data == nil {
		if r.o.DryRun {
			x.File = &catalog.File{Name: name}
		}
		return nil
	}
	head, body, err := peek(body)
	if err != nil {
		return err
	}
	hash, size, err := r.h.Data.Blobs.Put(ctx, body, r.h.Data.most())
	if err != nil {
		return err
	}
	x.File = &catalog.File{Hash: hash, Name: name, Size: size, MediaType: http.DetectContentType(head), Fetched: r.now, Uploaded: true}
	return nil
}

func (l *Loader) most() int64 { return cmp.Or(l.MaxBytes, 200<<20) }

// peek returns how r begins, and a reader of the whole.
func peek(r io.Reader) ([]byte, io.Reader, error) {
	head := make([]byte, 1024)
	n, err := io.ReadFull(r, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, nil, err
	}
	return head[:n], io.MultiReader(bytes.NewReader(head[:n]), r), nil
}

// tables are the formats from which rows can be read.
var tables = map[string]bool{
	"CSV": true, "TSV": true, "XLSX": true, "XLS": true, "ODS": true, "XLSM": true, "GEOJSON": true, "JSON": true, "PARQUET": true,
	"XML": true, "KML": true, "GPX": true, "SHP": true, "GPKG": true, "GEOPACKAGE": true,
}

// tabular reports whether x looks like a table, by what is said of it or by
// the end of its address.
func tabular(x *catalog.Distribution) bool {
	if x.URL() == "" && (x.File == nil || !x.File.Uploaded) {
		return false
	}
	if tables[strings.ToUpper(x.Format)] || x.Format == "" && tables[strings.ToUpper(x.FormatLabel)] {
		return true
	}
	u, err := url.Parse(x.URL())
	return err == nil && x.Format == "" && tables[strings.ToUpper(strings.TrimPrefix(path.Ext(u.Path), "."))]
}

// load loads the tables of a dataset. What cannot be loaded is a problem to
// report; the error is a fault of ours.
func (r *run) load(ctx context.Context, id string) ([]catalog.Problem, error) {
	d, err := r.h.Datasets.Dataset(ctx, id)
	if err != nil || d.State.Gone() {
		return nil, nil //nolint:nilerr // gone meanwhile, so there is nothing to load
	}
	var problems []catalog.Problem
	for i := range d.Distributions {
		x := &d.Distributions[i]
		if !tabular(x) {
			continue
		}
		err := r.loadOne(ctx, d.ID, x)
		if err == nil {
			continue
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if errors.Is(err, catalog.ErrHeld) {
			problems = append(problems, held(x, err))
			continue
		}
		it, en := texts(err)
		problems = append(problems, catalog.Problemf("dcat:downloadURL", place(x), "data-not-loaded",
			"I dati non si sono potuti caricare: "+it+".", "The data could not be loaded: "+en+".").
			WithMend("Controllare che l'indirizzo porti al file e che il file sia una tabella.", "Check that the address leads to the file and that the file is a table."))
		if err := r.noteFailure(ctx, d.ID, x, catalog.Text{"it": it, "en": en}.Both()); err != nil {
			return nil, err
		}
	}
	return problems, nil
}

// held says that the data of x wait for a person. The report may be read by
// everybody, so it tells no more than the error does.
func held(x *catalog.Distribution, err error) catalog.Problem {
	it, en := texts(err)
	return catalog.Problemf("dcat:downloadURL", place(x), "personal-data", it, en).
		WithMend("Indicare la base giuridica, o togliere le colonne: portico hold list.", "Give the legal basis, or take columns out: portico hold list.")
}

// noteFailure tells at the snapshot that stays that it could not be renewed.
func (r *run) noteFailure(ctx context.Context, dataset string, x *catalog.Distribution, text string) error {
	if x.Table == nil || x.Table.Error == text {
		return nil
	}
	return NoteFailure(ctx, r.h.Datasets, dataset, x.ID, text)
}

// NoteFailure tells at the snapshot of a distribution why it could not be
// renewed. Where there is none, nothing is told.
func NoteFailure(ctx context.Context, to catalog.Datasets, dataset, distribution, text string) error {
	return to.UpdateDistribution(ctx, dataset, distribution, func(x *catalog.Distribution) error {
		if x.Table != nil {
			x.Table.Error = text
		}
		return nil
	})
}

// place says where the data of x are, for people.
func place(x *catalog.Distribution) string {
	if x.File != nil && x.File.Uploaded {
		return x.File.Name
	}
	return x.URL()
}

// waits reports whether x has a file of the connector's that waits for a person.
func waits(x *catalog.Distribution) bool {
	return x.File != nil && x.File.Uploaded && x.Hold != nil && x.Hold.State == catalog.Held
}

// loadOne makes a snapshot of x, unless that of the same bytes is there.
func (r *run) loadOne(ctx context.Context, dataset string, x *catalog.Distribution) (err error) {
	defer caught(&err)
	if waits(x) {
		return catalog.Errorf(catalog.Denied, "the file waits for verification, for it seems to hold personal data").
			Italian("il file è in verifica: sembra contenere dati personali").Because(catalog.ErrHeld)
	}
	file := x.File
	if file == nil || !file.Uploaded {
		if file, err = r.fetch(ctx, x); err != nil || file == nil {
			return err
		}
	}
	if x.Table != nil && x.Table.File == file.Hash && x.Table.Error == "" {
		return nil
	}
	return r.h.Data.Load(ctx, r.h.Datasets, dataset, x, file)
}

// Load makes a snapshot of a file and puts it in the place of what x shows, at
// once. Where that fails, what x shows stays.
func (l *Loader) Load(ctx context.Context, to catalog.Datasets, dataset string, x *catalog.Distribution, file *catalog.File) error {
	table, err := l.read(ctx, to, dataset, x.ID, file)
	if err != nil {
		return err
	}
	was := x.Table
	if was != nil && was.Hash == table.Hash { // other bytes, but the same rows: no new version
		table.Taken = was.Taken
	}
	err = to.UpdateDistribution(ctx, dataset, x.ID, func(x *catalog.Distribution) error {
		if newer := x.File; newer != nil && newer.Uploaded && newer.Hash != file.Hash && file.Uploaded {
			return errOvertaken
		}
		x.File, x.Table = file, table
		return nil
	})
	if errors.Is(err, errOvertaken) {
		return nil
	}
	if err != nil || l.History == nil {
		return err
	}
	return l.note(ctx, to, dataset, x.ID, was)
}

// note keeps the version that a distribution shows in its history. It reads it
// again, for what is shown may be less than what was loaded.
func (l *Loader) note(ctx context.Context, from catalog.Datasets, dataset, distribution string, was *catalog.Table) error {
	shown, err := shownTable(ctx, from, dataset, distribution)
	if err != nil || shown == nil {
		return err
	}
	return l.History.Note(ctx, distribution, was, shown)
}

// shownTable returns what a distribution shows now. It may be less than what
// was loaded: whoever guards the datasets takes out what must not be public,
// and an earlier version that is kept must not tell it.
func shownTable(ctx context.Context, from catalog.Datasets, dataset, distribution string) (*catalog.Table, error) {
	d, err := from.Dataset(ctx, dataset)
	if err != nil {
		return nil, err
	}
	for i := range d.Distributions {
		if x := &d.Distributions[i]; x.ID == distribution {
			return x.Table, nil
		}
	}
	return nil, nil //nolint:nilnil // taken out meanwhile
}

// errOvertaken says that another file was sent while one was read: it is read
// in its turn.
var errOvertaken = errors.New("another file has taken its place")

// read understands a file as its publisher says.
func (l *Loader) read(ctx context.Context, from catalog.Datasets, dataset, distribution string, file *catalog.File) (*catalog.Table, error) {
	if l.History == nil {
		return l.Tables.Load(ctx, file.Hash, file.Name, "")
	}
	d, err := l.History.Dictionary(ctx, distribution)
	if err != nil {
		return nil, err
	}
	about, err := from.Dataset(ctx, dataset)
	if err != nil {
		return nil, err
	}
	o := l.History.Options(file.Name, d)
	o.Within = territory(about)
	return l.History.Snapshots.LoadAs(ctx, file.Hash, o)
}

// fetch gets the file of x into the blobs; nil when it has not changed.
func (r *run) fetch(ctx context.Context, x *catalog.Distribution) (*catalog.File, error) {
	body, err := r.open(ctx, x)
	if err != nil || body == nil {
		return nil, err
	}
	defer body.Close()
	head, whole, err := peek(body)
	if err != nil {
		return nil, err
	}
	if err := isData(head); err != nil {
		return nil, err
	}
	hash, size, err := r.h.Data.Blobs.Put(ctx, whole, r.h.Data.most())
	if err != nil {
		return nil, err
	}
	return &catalog.File{Hash: hash, Name: fileName(x), Size: size, MediaType: http.DetectContentType(head), Fetched: r.now}, nil
}

// open returns the bytes of x, or nil when they have not changed.
func (r *run) open(ctx context.Context, x *catalog.Distribution) (io.ReadCloser, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, x.URL(), nil)
	if err != nil {
		return nil, err
	}
	if x.File != nil && x.Table != nil && x.Table.Error == "" {
		req.Header.Set("If-Modified-Since", x.File.Fetched.UTC().Format(http.TimeFormat))
	}
	resp, err := r.h.Client(r.src).Do(req)
	if err != nil {
		return nil, unreachable(err)
	}
	switch resp.StatusCode {
	case http.StatusOK:
		return resp.Body, nil
	case http.StatusNotModified:
		return nil, resp.Body.Close()
	}
	_ = resp.Body.Close() // its content is not what was asked for
	return nil, catalog.Errorf(catalog.Invalid, "the server answered %s", resp.Status).Italian("il server ha risposto %s", resp.Status)
}

// unreachable tells no more of the network than the client itself chose to say.
func unreachable(err error) error {
	_, network := errors.AsType[net.Error](errors.Unwrap(err))
	if e, ok := errors.AsType[*url.Error](err); ok && !network {
		return e.Err
	}
	return catalog.Errorf(catalog.Invalid, "the server does not answer").Italian("il server non risponde").Because(err)
}

// isData refuses what comes in place of data: nothing, or a page for people.
func isData(head []byte) error {
	text := bytes.ToLower(bytes.TrimLeft(head, "\ufeff \t\r\n"))
	switch {
	case len(text) == 0:
		return catalog.Errorf(catalog.Invalid, "the file is empty").Italian("il file è vuoto")
	case bytes.HasPrefix(text, []byte("<!doctype html")), bytes.HasPrefix(text, []byte("<html")):
		return catalog.Errorf(catalog.Invalid, "a web page came in place of the data").Italian("al posto dei dati è arrivata una pagina web")
	}
	return nil
}

// fileName returns a safe name for the file of x.
func fileName(x *catalog.Distribution) string {
	ext := strings.ToLower(cmp.Or(x.Format, x.FormatLabel))
	_, address, _ := strings.Cut(x.URL(), ":")
	if u, err := url.Parse(x.URL()); err == nil && u.Path != "" {
		address = u.Path
	}
	name := path.Base(address)
	if name != "." && name != "/" {
		if e := strings.TrimPrefix(path.Ext(name), "."); e != "" {
			ext = e
		}
		name = strings.TrimSuffix(name, path.Ext(name))
	}
	name = cmp.Or(catalog.Slug(name, 80), catalog.Slug(x.Title.String(), 80), "dati")
	if ext = catalog.Slug(ext, 10); ext == "" {
		return name
	}
	return name + "." + ext
}
