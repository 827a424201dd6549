package hold_test

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"

	"portico/blob/folder"
	"portico/catalog"
	"portico/datastore"
	csvformat "portico/exporter/csv"
	"portico/hold"
	"portico/internal/testdb"
	"portico/store"
)

// The identities of the one dataset of these tests.
const (
	dataset      = "0c000000-0000-4000-8000-000000000001"
	distribution = "0d000000-0000-4000-8000-000000000001"
)

// A world is a desk over a real database and real files.
type world struct {
	t     *testing.T
	ctx   context.Context
	store *store.Store
	blobs *folder.Store
	desk  *hold.Desk
}

// engines runs a test on both databases.
func engines(t *testing.T, mode hold.Mode, f func(w *world)) {
	t.Helper()
	for _, engine := range []string{"sqlite", "postgres"} {
		t.Run(engine, func(t *testing.T) {
			url := "sqlite:" + filepath.Join(t.TempDir(), "portico.db")
			if engine == "postgres" {
				url = testdb.Postgres(t)
			}
			f(open(t, url, mode))
		})
	}
}

func open(t *testing.T, url string, mode hold.Mode) *world {
	t.Helper()
	quiet := slog.New(slog.DiscardHandler)
	w := &world{t: t, ctx: catalog.WithActor(t.Context(), catalog.System)}
	var err error
	w.store, err = store.Open(w.ctx, url, quiet)
	w.must(err)
	t.Cleanup(func() { _ = w.store.Close() })
	w.blobs, err = folder.Open(t.TempDir())
	w.must(err)
	w.desk = hold.New(hold.Config{
		Mode: mode, Datasets: w.store, Records: w.store, Blobs: w.blobs, Tables: datastore.New(w.blobs, quiet), CSV: csvformat.Format().Write, Log: quiet,
	})
	return w
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// bring puts the dataset with a file of the given content, as a harvest or an
// upload does.
func (w *world) bring(content string) *catalog.Distribution {
	w.t.Helper()
	return w.bringNamed("dati.csv", content)
}

func (w *world) bringNamed(name, content string) *catalog.Distribution {
	w.t.Helper()
	hash, size, err := w.blobs.Put(w.ctx, strings.NewReader(content), 0)
	w.must(err)
	_, err = w.desk.PutDataset(w.ctx, &catalog.Dataset{
		ID: dataset, Name: "dati", Title: catalog.It("Dati"),
		Distributions: []catalog.Distribution{{
			ID: distribution, AccessURL: "https://altrove.example/dati.csv", Format: "CSV", Title: catalog.It("Elenco"),
			File: &catalog.File{Hash: hash, Name: name, Size: size, MediaType: "text/csv", Uploaded: true},
		}},
	})
	w.must(err)
	return w.stored()
}

func (w *world) stored() *catalog.Distribution {
	w.t.Helper()
	d, err := w.store.Dataset(w.ctx, dataset)
	w.must(err)
	return &d.Distributions[0]
}

// content returns what is public of x, or "".
func (w *world) content(x *catalog.Distribution) string {
	w.t.Helper()
	if x.File == nil || x.File.Hash == "" {
		return ""
	}
	f, err := w.blobs.Open(w.ctx, x.File.Hash)
	w.must(err)
	defer f.Close()
	b, err := io.ReadAll(f)
	w.must(err)
	return string(b)
}

// verbs returns what the activity log tells of the dataset, the latest first.
func (w *world) verbs() (out []string) {
	w.t.Helper()
	all, err := w.store.Activities(w.ctx, catalog.ActivityFilter{Objects: []string{dataset}, Limit: -1})
	w.must(err)
	for _, a := range all {
		out = append(out, a.Verb+" by "+a.Actor)
	}
	return out
}

const (
	clean    = "via,civico\nRoma,1\nMilano,2\n"
	personal = "cognome,nome,codice_fiscale,iban,e-mail,cellulare,data di nascita,via\n" +
		"Rossi,Mario,RSSMRA80A01H501U,IT60X0542811101000000123456,mario.rossi@gmail.com,+39 333 1234567,01/01/1980,Roma\n" +
		"Bianchi,Carla,BNCLCU75D45F205T,IT60X0542811101000000123456,c.bianchi@libero.it,+39 347 7654321,05/04/1975,Milano\n" +
		"Rossi,Mario,RSSMRA80A01HRLMS,IT60X0542811101000000123456,,3391234567,01/01/1980,Torino\n"
)

// rowsOf reads CSV.
func rowsOf(t *testing.T, s string) [][]string {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(s)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func list(v ...any) string { return fmt.Sprint(v...) }
