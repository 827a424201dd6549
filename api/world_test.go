package api_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"portico/api"
	"portico/blob"
	"portico/catalog"
	"portico/datastore"
	"portico/datastore/sql"
	exporters "portico/exporter/all"
	"portico/exporter/csv"
	"portico/quality"
	"portico/search"
	"portico/search/memory"
	"portico/store"
)

const origin = "https://dati.esempio.example"

// A world is a small catalog over a real database and a real engine.
type world struct {
	t      testing.TB
	ctx    context.Context
	store  *store.Store
	engine search.Engine
	blobs  *blobs
	tables datastore.Store
	pause  time.Duration // between two datasets, for orders that count milliseconds
	server *api.Server
	token  string // of a sysadmin
	log    *bytes.Buffer
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{t: t, ctx: catalog.WithActor(context.Background(), catalog.System), engine: memory.New("it"), blobs: &blobs{}, token: "portico_secret", log: &bytes.Buffer{}}
	w.tables = datastore.New(w.blobs, slog.New(slog.DiscardHandler))
	var err error
	w.store, err = store.Open(w.ctx, "sqlite:"+filepath.Join(t.TempDir(), "portico.db"), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.store.Close() })
	w.server = w.serverIn("en")
	w.must(w.store.PutUser(w.ctx, &catalog.User{ID: "u1", Name: "admin", Email: "admin@esempio.example", Sysadmin: true}))
	w.must(w.store.PutToken(w.ctx, &catalog.Token{ID: "t1", User: "u1", Hash: hashOf(w.token)}))
	return w
}

// hashOf returns what the store keeps of a token.
func hashOf(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

func (w *world) serverIn(locale string) *api.Server {
	site := catalog.Site{
		Title: "Dati di Esempio", Description: "Il catalogo", Origin: origin, Locale: locale,
		Publisher: catalog.Agent{Identifier: "c_x000", Name: catalog.It("Comune di Esempio")}, Issued: "2024-01-01",
	}
	return api.New(w.config(site))
}

func (w *world) config(site catalog.Site) api.Config {
	w.t.Helper()
	shelf, err := sql.NewShelf(w.t.TempDir(), 1<<20)
	w.must(err)
	return api.Config{
		SQL: anySQL{}, Shelf: shelf,
		Site: site, Datasets: w.store, Organizations: w.store, Index: w.store, Engine: w.engine, Users: w.store, Members: w.store, Records: w.store, Activities: w.store,
		Tables: w.tables, Formats: exporters.Formats(), Excel: csv.Excel(), Blobs: w.blobs, Harvest: w.desk(),
		Quality: &quality.Desk{Site: site, Links: w.store, Scores: w.store}, Validator: &quality.Validator{},
		Log: slog.New(slog.NewTextHandler(w.log, nil)),
		Next: http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			_, _ = io.WriteString(rw, "page "+r.URL.Path)
		}),
	}
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// slowly makes fill take care that no two datasets change in one millisecond.
func (w *world) slowly() *world {
	w.pause = 2 * time.Millisecond
	return w
}

// fill puts the small municipality into the catalog and the index.
func (w *world) fill() *world {
	w.t.Helper()
	orgs := []*catalog.Organization{
		{ID: "0a000000-0000-4000-8000-000000000001", Name: "comune-di-esempio", Title: catalog.It("Comune di Esempio"), Description: catalog.It("I dati del Comune."), Identifier: "c_x000", State: catalog.Active, Extras: []catalog.Extra{{Key: "codice_istat", Value: "999001"}}},
		{ID: "0a000000-0000-4000-8000-000000000002", Name: "unione-alta-valle", Title: catalog.It("Unione Alta Valle"), State: catalog.Active},
	}
	for _, o := range orgs {
		w.must(w.store.PutOrganization(w.ctx, o))
	}
	for _, g := range []*catalog.Group{
		{ID: "0b000000-0000-4000-8000-000000000001", Name: "envi", Title: catalog.It("Ambiente"), Theme: "ENVI", State: catalog.Active},
		{ID: "0b000000-0000-4000-8000-000000000002", Name: "econ", Title: catalog.It("Economia e finanze"), Theme: "ECON", State: catalog.Active},
	} {
		w.must(w.store.PutGroup(w.ctx, g))
	}
	for _, d := range w.datasets(orgs) {
		_, err := w.store.PutDataset(w.ctx, d)
		w.must(err)
		time.Sleep(w.pause)
	}
	w.must(w.store.SetDatasetState(w.ctx, "vecchi-orari", catalog.Deleted, ""))
	w.follow()
	return w
}

func (w *world) follow() {
	w.t.Helper()
	w.must(search.Follow(w.ctx, w.engine, w.store, w.store))
}

func (w *world) datasets(orgs []*catalog.Organization) []*catalog.Dataset {
	file := w.blobs.add("id;nome;valore\r\n1;Alfa;1,5\r\n2;Beta;2,5\r\n3;Gamma;3,5\r\n")
	table, err := w.tables.Load(w.ctx, file, "rifiuti.csv", "")
	w.must(err)
	page := w.blobs.add("<html><script>alert(1)</script></html>")
	make := func(n int, name, title, org string, groups, tags []string) *catalog.Dataset {
		id := strings.Replace("0c000000-0000-4000-8000-000000000000", "000000000000", "00000000000"+string(rune('0'+n)), 1)
		d := &catalog.Dataset{
			ID: id, Name: name, Title: catalog.It(title), Description: catalog.It("Dati su " + strings.ToLower(title) + "."),
			Identifier: "c_x000:" + name, Holder: catalog.Agent{Identifier: "c_x000", Name: catalog.It("Comune di Esempio")},
			Publisher: catalog.Agent{Identifier: "c_x000", Name: catalog.It("Comune di Esempio")}, Organization: org,
			Contacts: []catalog.Contact{{Name: catalog.It("Ufficio dati"), Email: "dati@esempio.example"}},
			Modified: "2024-03-03", Issued: "2023-05-08", Frequency: "ANNUAL", Themes: []catalog.Theme{{Code: "ENVI"}},
			Groups: groups, License: "https://creativecommons.org/licenses/by/4.0/", LicenseID: "cc-by", State: catalog.Active,
			Languages: []string{"ITA"}, AccessRights: "PUBLIC",
			Extras: []catalog.Extra{{Key: "codice", Value: "X" + name}},
		}
		for _, t := range tags {
			d.Keywords = append(d.Keywords, catalog.Keyword{Name: t})
		}
		d.Distributions = []catalog.Distribution{{
			ID: strings.Replace(id, "0c", "0d", 1), Title: catalog.It(title + " (CSV)"), AccessURL: "https://dati.altrove.example/" + name + ".csv",
			DownloadURL: "https://dati.altrove.example/" + name + ".csv", Format: "CSV", FormatLabel: "CSV", MediaType: "text/csv",
			License: "https://creativecommons.org/licenses/by/4.0/", Modified: "2024-03-03",
		}}
		return d
	}
	a := make(1, "rifiuti-2023", "Raccolta dei rifiuti 2023", orgs[0].ID, []string{"envi"}, []string{"rifiuti", "raccolta differenziata"})
	a.Distributions[0].File = &catalog.File{Hash: file, Name: `rifiuti "città".csv`, Size: 20, MediaType: "text/csv", Fetched: time.Date(2024, 3, 3, 0, 0, 0, 0, time.UTC)}
	a.Distributions[0].Table = table
	b := make(2, "bilancio-2023", "Bilancio comunale 2023", orgs[0].ID, []string{"econ"}, []string{"bilancio", "spesa"})
	b.Distributions[0].File = &catalog.File{Hash: page, Name: "bilancio.html", MediaType: "text/html", Fetched: time.Date(2024, 3, 3, 0, 0, 0, 0, time.UTC)}
	c := make(3, "qualita-aria", "Qualità dell'aria", orgs[1].ID, []string{"envi"}, []string{"aria"})
	private := make(4, "stipendi", "Stipendi", orgs[0].ID, nil, []string{"segreto"})
	private.Private = true
	old := make(5, "vecchi-orari", "Vecchi orari", orgs[0].ID, nil, []string{"orari"})
	broken := make(6, "senza-licenza", "Senza licenza", orgs[1].ID, []string{"econ"}, []string{"rotto"})
	broken.Quarantine = []catalog.Problem{catalog.Problemf("dct:license", "", "license-missing", "manca la licenza", "no licence")}
	draft := make(7, "bozza", "Bozza", orgs[1].ID, nil, nil)
	draft.State = catalog.Draft
	return []*catalog.Dataset{a, b, c, private, old, broken, draft}
}

// do sends a request and returns the answer.
func (w *world) do(method, target, body string, header ...string) *httptest.ResponseRecorder {
	w.t.Helper()
	return send(w.server, method, target, body, header...)
}

func send(h http.Handler, method, target, body string, header ...string) *httptest.ResponseRecorder {
	var in io.Reader
	if body != "" {
		in = strings.NewReader(body)
	}
	r := httptest.NewRequest(method, target, in)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
		if header[i] == "Host" {
			r.Host = header[i+1]
		}
	}
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, r)
	return rec
}

// blobs is a blob.Store in memory.
type blobs struct{ all map[string][]byte }

func (b *blobs) add(s string) string {
	h, _, _ := b.Put(context.Background(), strings.NewReader(s), 0)
	return h
}

func (b *blobs) Put(_ context.Context, r io.Reader, _ int64) (string, int64, error) {
	raw, err := io.ReadAll(r)
	sum := sha256.Sum256(raw)
	h := hex.EncodeToString(sum[:])
	if b.all == nil {
		b.all = map[string][]byte{}
	}
	b.all[h] = raw
	return h, int64(len(raw)), err
}

func (b *blobs) Open(_ context.Context, h string) (blob.File, error) {
	raw, ok := b.all[h]
	if !ok {
		return nil, catalog.Errorf(catalog.NotFound, "no blob")
	}
	return file{bytes.NewReader(raw)}, nil
}

func (b *blobs) Has(_ context.Context, h string) (bool, error) { _, ok := b.all[h]; return ok, nil }
func (b *blobs) Delete(_ context.Context, h string) error      { delete(b.all, h); return nil }
func (b *blobs) DeleteOlder(context.Context, string, time.Time) (bool, error) {
	return false, nil
}

func (b *blobs) All(context.Context, func(string, int64, time.Time) error) error {
	return nil
}

type file struct{ *bytes.Reader }

func (f file) Close() error { return nil }
func (f file) Size() int64  { return f.Reader.Size() }
