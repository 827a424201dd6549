package harvester_test

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"portico/blob"
	"portico/catalog"
	"portico/datastore"
	"portico/exporter/csv"
	"portico/harvester"
	"portico/harvester/files"
	"portico/hold"
)

// desk puts a desk before the datasets of h, as the program does.
func (h *house) desk(blobs blob.Store) *hold.Desk {
	quiet := slog.New(slog.DiscardHandler)
	k := hold.New(hold.Config{Datasets: h.db, Records: h.db, Blobs: blobs, Tables: datastore.New(blobs, quiet), CSV: csv.Format().Write, Log: quiet})
	h.Datasets = k.Guard()
	return k
}

// TestHarvestedTablesThatTurnPersonalAreHeld is PII-004 for tables that are
// fetched, over every step of their life.
func TestHarvestedTablesThatTurnPersonalAreHeld(t *testing.T) {
	const clean, people, more = "via;n\nRoma;1\n", "cognome;codice fiscale;via\nRossi;RSSMRA80A01H501U;Roma\n", "cognome;codice fiscale;via\nRossi;RSSMRA80A01H501U;Roma\nVerdi;BNCLCU75D45F205T;Bari\n"
	answer := clean
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, answer) }))
	defer srv.Close()
	h := open(t)
	k := h.desk(h.withData(t))
	rec := record("a", "1")
	rec.Dataset.Distributions = []catalog.Distribution{{AccessURL: srv.URL + "/x.csv", Format: "CSV", License: "https://creativecommons.org/licenses/by/4.0/"}}
	h.Connectors = harvester.NewRegistry(harvester.Kind{Name: "fake", Open: func(catalog.Source, *http.Client) (harvester.Connector, error) { return one(rec), nil }})
	run := func(wantRules ...string) *catalog.Distribution {
		t.Helper()
		rep, err := h.run(t, nil, harvester.Options{WithData: true})
		if err != nil {
			t.Fatal(err)
		}
		var rules []string
		for _, p := range rep.Records[0].Problems {
			rules = append(rules, p.Rule)
			if s := p.Message.Both() + p.Value; strings.Contains(s, "RSS") || p.Rule == "personal-data" && !strings.Contains(s, "codice fiscale / ") && !strings.Contains(s, "dati personali") {
				t.Errorf("report: %s", s)
			}
		}
		if fmt.Sprint(rules) != fmt.Sprint(wantRules) {
			t.Errorf("problems %v, want %v", rules, wantRules)
		}
		return &h.all(t)[0].Distributions[0]
	}
	first := run()
	answer = people
	for range 3 {
		if x := run("personal-data"); x.Table.Hash != first.Table.Hash || x.File.Hash != first.File.Hash || x.Table.Error != "" || x.Hold.State != catalog.Held {
			t.Errorf("%+v %+v %+v", x.Hold, x.Table, x.File)
		}
	}
	id := first.ID
	if _, err := k.Release(t.Context(), id, hold.Ruling{Basis: "legge", By: "Anna"}); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if x := run(); x.Table.Rows != 1 || x.Table.Columns[0].Name != "cognome" || x.Hold.State != catalog.Released {
			t.Errorf("released: %+v %+v", x.Hold, x.Table)
		}
	}
	answer = more
	if x := run("personal-data"); x.Table.Rows != 1 || x.Hold.State != catalog.Held {
		t.Errorf("more: %+v %+v", x.Hold, x.Table)
	}
	if _, err := k.Mask(t.Context(), id, hold.Ruling{Drop: []string{"cognome", "codice fiscale"}, By: "Anna"}); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if x := run(); x.Table.Rows != 2 || len(x.Table.Columns) != 1 || x.Hold.State != catalog.Masked {
			t.Errorf("masked: %+v %+v", x.Hold, x.Table)
		}
	}
	answer = clean + "Pisa;2\n"
	if x := run(); x.Hold != nil || x.Table.Rows != 2 || len(x.Table.Columns) != 2 {
		t.Errorf("clean: %+v %+v", x.Hold, x.Table)
	}
}

// TestFilesOfAFolderThatArePersonalAreHeld is the same for a connector that has
// the files itself: they are public as soon as their dataset is.
func TestFilesOfAFolderThatArePersonalAreHeld(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("metadata.yaml", "titolare: Comune di Esempio\ncodice ipa: c_a001\nlicenza: CC BY 4.0\n")
	write("persone.csv", "cognome;nome;nato il\nRossi;Mario;01/01/1980\n")
	h := open(t)
	k := h.desk(h.withData(t))
	h.Connectors = harvester.NewRegistry(files.Kind())
	h.src.Kind, h.src.URL = "files", dir
	if err := h.db.PutSource(t.Context(), &h.src); err != nil {
		t.Fatal(err)
	}
	var before []*catalog.Dataset
	for range 3 {
		rep, err := h.run(t, nil, harvester.Options{})
		if err != nil || len(rep.Records) != 1 {
			t.Fatalf("%+v %v", rep, err)
		}
		all := h.all(t)
		x := all[0].Distributions[0]
		if x.Hold == nil || x.Hold.State != catalog.Held || !x.Withheld() || x.Table != nil {
			t.Fatalf("%+v %+v", x.Hold, x)
		}
		if before != nil && !all[0].Updated.Equal(before[0].Updated) {
			t.Error("a harvest of the same changed the dataset")
		}
		before = all
	}
	if _, err := k.Mask(t.Context(), before[0].Distributions[0].ID, hold.Ruling{Drop: []string{"nato il"}, By: "Anna"}); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := h.run(t, nil, harvester.Options{}); err != nil {
			t.Fatal(err)
		}
		if x := h.all(t)[0].Distributions[0]; x.Withheld() || x.Table == nil || len(x.Table.Columns) != 2 || x.Table.File != x.File.Hash {
			t.Errorf("masked: %+v %+v", x.File, x.Table)
		}
	}
}
