package all_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"portico/catalog"
	"portico/dcat"
	"portico/harvester"
	"portico/harvester/all"
	"portico/internal/fixtures"
	"portico/internal/httpclient"
	"portico/internal/rdf"
	"portico/store"
)

// A kitchen harvests all fixtures into one catalogue.
type kitchen struct {
	t     *testing.T
	store *store.Store
	h     *harvester.Harvester
}

func newKitchen(t *testing.T) *kitchen {
	t.Helper()
	st, err := store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "p.db"), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	return &kitchen{t: t, store: st, h: &harvester.Harvester{
		Connectors: all.Connectors(), Datasets: st, Origins: st, Organizations: st, Sources: st,
		Client: func(catalog.Source) *http.Client { return httpclient.New(httpclient.Options{AllowPrivate: true}) },
		Log:    slog.New(slog.DiscardHandler),
	}}
}

// harvest harvests one fixture and compares the counts of its report.
func (k *kitchen) harvest(t *testing.T, server, file string, want found) {
	at := want.at
	if at == "" {
		at = "/" + (&url.URL{Path: file}).EscapedPath()
	}
	src := catalog.Source{Title: file, Kind: want.kind, URL: server + at, AllowPrivate: true}
	ctx := catalog.WithActor(t.Context(), catalog.System)
	if err := k.store.PutSource(ctx, &src); err != nil {
		t.Fatal(err)
	}
	rep, err := k.h.Run(ctx, src, harvester.Options{})
	if (err != nil) != want.unfinished {
		t.Errorf("unfinished is %t: %v", !want.unfinished, err)
	}
	if rep.Published+rep.Quarantined != rep.Read.Datasets || rep.Read.Datasets != want.datasets {
		t.Errorf("%d published and %d in quarantine of %d read, want %d; %d failed", rep.Published, rep.Quarantined, rep.Read.Datasets, want.datasets, rep.Failed)
	}
	for _, r := range rep.Records {
		ds, err := k.store.DatasetsByID(ctx, []string{r.Dataset})
		if err != nil || len(ds) != 1 {
			t.Errorf("%s: %d datasets, %v", r.ID, len(ds), err)
			continue
		}
		if len(ds[0].Quarantine) > 0 && len(r.Problems) == 0 {
			t.Errorf("%s is in quarantine and its publisher is not told why", r.ID)
		}
	}
}

// TestEveryFixtureIsFedOrToldWhyNot harvests every fixture that there is a
// connector for. What was read is published or in quarantine, with the reason;
// and no page of the feeds that come of it has a violation.
func TestEveryFixtureIsFedOrToldWhyNot(t *testing.T) {
	dir := fixtures.Path(t, "fixtures")
	srv := portals(t, dir)
	k := newKitchen(t)
	for _, file := range slices.Sorted(maps.Keys(everything)) {
		want := everything[file]
		if want.none || want.datasets == 0 {
			continue
		}
		t.Run(file, func(t *testing.T) { k.harvest(t, srv.URL, file, want) })
	}
	fed := k.fed()
	t.Logf("%d datasets may be fed", len(fed))
	if len(fed) < 30 {
		t.Errorf("only %d datasets may be fed", len(fed))
	}
	for p, rules := range map[dcat.Profile]string{dcat.DCATAPIT: "it,ap2,hvd", dcat.DCATAP3: "ap3,hvd"} {
		t.Run(string(p), func(t *testing.T) { faultless(t, p, rules, fed) })
	}
}

// fed returns what feeds hold, as they have it.
func (k *kitchen) fed() []*catalog.Dataset {
	k.t.Helper()
	ds, _, err := k.store.ListDatasets(k.t.Context(), catalog.DatasetFilter{Fed: true, Limit: -1})
	if err != nil {
		k.t.Fatal(err)
	}
	for i, d := range ds {
		ds[i] = dcat.Fed(d, nil, dcat.Defaults{})
	}
	return ds
}

// faultless writes datasets as pages of a catalogue and has them validated, by
// our own rules and by the independent shapes.
func faultless(t *testing.T, as dcat.Profile, rules string, ds []*catalog.Dataset) {
	t.Helper()
	site := catalog.Site{Title: "Dati", Origin: "https://dati.esempio.example", Locale: "it", Publisher: catalog.Agent{Identifier: "c_x000", Name: catalog.It("Comune di Esempio")}, Issued: "2026-01-01"}
	var sets []dcat.Ruleset
	for s := range strings.SplitSeq(rules, ",") {
		sets = append(sets, dcat.Ruleset(s))
	}
	const perPage = 100
	var files []string
	for part := range slices.Chunk(ds, perPage) {
		page := dcat.Page{
			Number: len(files) + 1, PerPage: perPage, Total: len(ds), Modified: time.Now(),
			Link: func(n int) string { return fmt.Sprintf("%s/catalog.ttl?page=%d", site.Origin, n) },
		}
		var b bytes.Buffer
		if err := as.WriteCatalog(&b, rdf.Turtle, site, page, part, nil); err != nil {
			t.Fatal(err)
		}
		doc, err := rdf.Read(bytes.NewReader(b.Bytes()), rdf.Turtle, site.Origin, rdf.DefaultLimits)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range dcat.ValidateDocument(doc, dcat.Validation{Rules: sets, Vocabularies: true}) {
			if f.Severity == dcat.Violation {
				t.Errorf("page %d: %s %s %s %q: %s", len(files)+1, f.Rule, f.Focus, f.Path, f.Value, f.Message.In("en"))
			}
		}
		file := filepath.Join(t.TempDir(), fmt.Sprintf("page-%d.ttl", len(files)+1))
		if err := os.WriteFile(file, b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	python, err := filepath.Abs("../../build/venv/bin/python")
	if err == nil {
		_, err = os.Stat(python)
	}
	if err != nil {
		fixtures.Missing(t, "no Python with pySHACL: make test-tools")
	}
	args := append([]string{fixtures.Path(t, "shapes", "check.py")}, files...)
	out, err := exec.CommandContext(t.Context(), python, append(args, "--profiles", rules, "--vocab")...).CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%.8000s", err, out)
	}
	t.Logf("%d pages: %d checks with no violation", len(files), strings.Count(string(out), ": 0 violations"))
}
