package ui_test

import (
	"html"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"portico/catalog"
)

// TestTheVersionsOfATableAreShown puts a file in the place of another, reads
// what changed, and takes both versions from the addresses that the page gives.
func TestTheVersionsOfATableAreShown(t *testing.T) {
	w := newTableWorld(t)
	page := w.load(t, "Fontane", "fontane.csv", fountains)
	first := w.table(t, "fontane")
	if err := w.history.Note(t.Context(), lastPart(page), nil, first); err != nil {
		t.Fatal(err)
	}
	if body := w.get(t, page).Body.String(); strings.Contains(body, "Versioni della tabella") {
		t.Error("one version alone is shown as several")
	}
	second := w.replace(t, "fontane", fountains+"Fontana Nuovissima;Porto;4,00;;;03/02/2024\r\n")
	if err := w.history.Note(t.Context(), lastPart(page), first, second); err != nil {
		t.Fatal(err)
	}
	for prefix, wants := range map[string][]string{
		"":    {"Versioni della tabella", "+1 riga", "Prima versione conservata", "attuale"},
		"/en": {"Versions of the table", "+1 row", "First version that is kept", "current"},
	} {
		body := html.UnescapeString(w.get(t, prefix+page).Body.String())
		for _, want := range wants {
			if !strings.Contains(body, want) {
				t.Errorf("%s: nothing says %q", prefix, want)
			}
		}
	}
	links := regexp.MustCompile(`href="([^"]+/snapshot/[^"]+/data[.]csv)"`).FindAllStringSubmatch(w.get(t, page).Body.String(), -1)
	if len(links) != 2 {
		t.Fatalf("%d addresses: %v", len(links), links)
	}
	for i, newest := range []bool{true, false} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, w.server.URL+links[i][1], nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		raw, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || resp.StatusCode != http.StatusOK || strings.Contains(string(raw), "Nuovissima") != newest || !strings.Contains(string(raw), "Fontana Vecchia") {
			t.Errorf("%s: %d %v %s", links[i][1], resp.StatusCode, err, raw)
		}
	}
}

func lastPart(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }

// table returns the table that the first distribution of a dataset shows.
func (w *tableWorld) table(t *testing.T, name string) *catalog.Table {
	t.Helper()
	d, err := w.store.Dataset(catalog.WithActor(t.Context(), catalog.System), name)
	if err != nil {
		t.Fatal(err)
	}
	return d.Distributions[0].Table
}

// replace puts another file in the place of that of the first distribution of a
// dataset.
func (w *tableWorld) replace(t *testing.T, name, text string) *catalog.Table {
	t.Helper()
	ctx := catalog.WithActor(t.Context(), catalog.System)
	h, _, err := w.blobs.Put(ctx, strings.NewReader(text), 0)
	if err != nil {
		t.Fatal(err)
	}
	table, err := w.tables.Load(ctx, h, "a.csv", "")
	if err != nil {
		t.Fatal(err)
	}
	d, err := w.store.Dataset(ctx, name)
	if err == nil {
		err = w.store.UpdateDistribution(ctx, d.ID, d.Distributions[0].ID, func(x *catalog.Distribution) error {
			x.Table = table
			return nil
		})
	}
	if err != nil {
		t.Fatal(err)
	}
	return table
}
