package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"portico/catalog"
	"portico/internal/browser"
	"portico/internal/fixtures"
)

// A hostile is a CKAN whose every field, file name, column and cell is a payload
// that would run where a page does not escape it, and whose records are broken
// in ways that real ones are.
type hostile struct {
	payloads []string
	next     int
	origin   string
}

func (h *hostile) take() string {
	h.next++
	return h.payloads[h.next%len(h.payloads)]
}

const hostilePackages = 10

// pkg is a package in which all that a source may write is a payload.
func (h *hostile) pkg(i int) map[string]any {
	h.next = i * len(h.payloads) / hostilePackages
	p := map[string]any{
		"id": fmt.Sprintf("00000000-0000-4000-8000-%012d", i), "name": fmt.Sprintf("ostile-%d", i), "title": "Ostile " + h.take(), "notes": h.take() + "\n\n" + h.take() + "\n\n# " + h.take(),
		"type": "dataset", "state": "active", "author": h.take(), "author_email": h.take(), "maintainer": h.take(), "maintainer_email": h.take(), "url": h.take(), "version": h.take(),
		"license_id": h.take(), "license_title": h.take(), "license_url": h.take(), "tags": []any{map[string]any{"name": h.take()}, map[string]any{"name": h.take()}},
		"groups":       []any{map[string]any{"name": "x", "title": h.take(), "display_name": h.take()}},
		"organization": map[string]any{"id": "o", "name": "ente-" + fmt.Sprint(i%2), "title": h.take(), "description": h.take(), "image_url": h.take()},
		"resources": []any{
			map[string]any{"id": fmt.Sprintf("00000000-0000-4000-8000-1%011d", i), "name": h.take(), "description": h.take(), "format": "CSV", "url": h.origin + "/" + url.PathEscape(fmt.Sprintf("f%d\"><script>window.__x=1</script>.csv", i))},
			map[string]any{"id": fmt.Sprintf("00000000-0000-4000-8000-2%011d", i), "name": h.take(), "description": h.take(), "format": h.take(), "mimetype": h.take(), "url": h.take()},
			map[string]any{"id": fmt.Sprintf("00000000-0000-4000-8000-3%011d", i), "name": h.take(), "format": "GeoJSON", "url": fmt.Sprintf("%s/%d.geojson", h.origin, i)},
		},
		"metadata_modified": "2024-01-01T00:00:00", "metadata_created": "2024-01-01T00:00:00",
	}
	var extras []any
	for _, key := range []string{"identifier", "holder_name", "holder_identifier", "publisher_name", "frequency", "issued", "modified", "language", "spatial", "geographical_name", "temporal_start", "theme", "conforms_to", "contact_name", "contact_email", "contact_uri", "<script>window.__x=1</script>"} {
		extras = append(extras, map[string]any{"key": key, "value": h.take()})
	}
	p["extras"] = extras
	return p
}

// broken are records as they come: too long, empty, of no time.
func broken() []any {
	long := strings.Repeat("Parola <b>lunga</b> & senza fine. ", 32_000) // 1 MB
	resource := map[string]any{"id": "00000000-0000-4000-8000-999999999901", "name": "", "url": "", "format": ""}
	base := func(name string, change map[string]any) any {
		p := map[string]any{"id": catalog.StableID("rotto", name), "name": name, "title": name, "notes": "", "type": "dataset", "state": "active", "resources": []any{}, "tags": []any{}, "extras": []any{}}
		maps.Copy(p, change)
		return p
	}
	var tags []any
	for i := range 2000 {
		tags = append(tags, map[string]any{"name": fmt.Sprintf("parola %d", i)})
	}
	return []any{
		base("rotto-lungo", map[string]any{"notes": long, "title": strings.Repeat("Titolo", 200)}),
		base("rotto-vuoto", map[string]any{"title": "", "notes": "", "resources": []any{resource}}),
		base("rotto-date", map[string]any{"metadata_modified": "0000-99-99", "metadata_created": "domani", "extras": []any{map[string]any{"key": "modified", "value": "31/02/99999"}, map[string]any{"key": "issued", "value": "-1"}}}),
		base("rotto-parole", map[string]any{"tags": tags, "notes": "\x00\u202e\ufeffrovescio"}),
		base("rotto-segni", map[string]any{"title": "\u202eotloc\u0000ni \ufffd\U0001F4A9", "notes": strings.Repeat("> ", 3000) + strings.Repeat("[", 3000) + strings.Repeat("*_", 3000)}),
	}
}

func (h *hostile) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case strings.HasSuffix(r.URL.Path, "/package_search"):
		results := broken()
		for i := range hostilePackages {
			results = append(results, h.pkg(i))
		}
		if r.FormValue("start") != "" && r.FormValue("start") != "0" {
			results = nil
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]any{"success": true, "result": map[string]any{"count": hostilePackages + len(broken()), "results": results}})
	case strings.HasSuffix(r.URL.Path, ".geojson"):
		w.Header().Set("Content-Type", "application/geo+json")
		var features []any
		for i := range 20 {
			features = append(features, map[string]any{"type": "Feature", "properties": map[string]any{h.take(): h.take(), "nome": h.take()}, "geometry": map[string]any{"type": "Point", "coordinates": []float64{16 + float64(i)/100, 41}}})
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"type": "FeatureCollection", "features": features})
	case strings.HasSuffix(r.URL.Path, ".csv"):
		w.Header().Set("Content-Type", "text/html") // which it is not
		quote := func(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }
		fmt.Fprintf(w, "%s;%s;anno;valore\r\n", quote(h.take()), quote(h.take()))
		for i := range 40 {
			fmt.Fprintf(w, "%s;%s;%d;%d\r\n", quote(h.take()), quote(h.take()), 2000+i%5, i)
		}
	default:
		http.NotFound(w, r)
	}
}

// TestAHostileSourceInChromium harvests a source that attacks readers, and one's
// broken records, and opens what a reader opens: every page answers, and nothing
// of the source runs.
func TestAHostileSourceInChromium(t *testing.T) {
	path := browser.Find()
	if path == "" {
		fixtures.Missing(t, "payloads are proven in Chromium, which is missing")
	}
	text, err := os.ReadFile(filepath.Join("..", "..", "ui", "testdata", "xss.txt"))
	if err != nil {
		t.Fatal(err)
	}
	h := &hostile{payloads: strings.Split(strings.TrimSpace(string(text)), "\n")[1:]}
	h.origin = site(t, h)
	data := t.TempDir()
	rep, _ := harvest(t, "ckan", h.origin, "--allow-private", "--with-data", "--data", data)
	if rep.Read.Datasets < hostilePackages {
		t.Fatalf("%d datasets were read", rep.Read.Datasets)
	}
	origin := serve(t, "serve", "--data", data)
	addresses := []string{"/", "/dataset", "/dataset?q=script", "/dataset?page=2", "/en/dataset", "/organization", "/group", "/stats", "/feeds/dataset.atom", "/api/3/action/package_search?rows=100", "/dataset?q=" + url.QueryEscape(h.payloads[1]), "/dataset?tags=" + url.QueryEscape(h.payloads[2]) + "&sort=" + url.QueryEscape(h.payloads[3])}
	var found struct {
		Results []struct {
			Name, Title string
			Resources   []struct{ ID string }
		}
	}
	for end := time.Now().Add(20 * time.Second); len(found.Results) < rep.Changed && time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		action(t, origin, "package_search?rows=100", &found)
	}
	tables := 0
	for _, p := range found.Results {
		addresses = append(addresses, "/dataset/"+p.Name)
		for _, r := range p.Resources {
			base := "/dataset/" + p.Name + "/resource/" + r.ID
			if code, body := get(t, origin+base); code == http.StatusOK && strings.Contains(body, "p-table") && tables < 8 { // the same template for all
				tables++
				addresses = append(addresses, base)
			}
		}
	}
	if len(found.Results) < hostilePackages || tables == 0 {
		t.Fatalf("%d datasets with %d tables are published", len(found.Results), tables)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	t.Cleanup(cancel)
	b, stop, err := browser.Start(ctx, path, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	tab, v, closes, err := b.Tab(1280, 900, true)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(closes)
	host := strings.TrimPrefix(origin, "http://")
	for _, address := range addresses {
		if code, body := get(t, origin+address); code != http.StatusOK || strings.Contains(body, "Qualcosa non ha funzionato") {
			t.Errorf("%s answers %d", address, code)
		}
		v.Reset()
		if err := chromedp.Do(tab, chromedp.Navigate(origin+address)); err != nil {
			t.Fatalf("%s: %v", address, err)
		}
		marked, err := chromedp.Run(tab, chromedp.Evaluate[bool](`(() => { for (const e of document.querySelectorAll("main a, summary, input, .leaflet-interactive")) { e.focus?.(); if (e.matches("summary, .leaflet-interactive")) e.dispatchEvent(new MouseEvent("click", {bubbles: true})); } return "__x" in window })()`))
		if err != nil || marked {
			t.Errorf("%s: a payload ran: %v", address, err)
		}
		for _, p := range v.Problems() {
			t.Errorf("%s: %s", address, p)
		}
		if asked := v.Hosts(); !slices.Equal(asked, []string{host}) {
			t.Errorf("%s asked %v", address, asked)
		}
	}
	t.Logf("%d pages of %d datasets, %d with tables", len(addresses), len(found.Results), tables)
}
