package ui_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"portico/datastore"
	exporters "portico/exporter/all"
	"portico/internal/fixtures"
	"portico/ui"
)

const areas = `{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"zona":"Nord","abitanti":120},"geometry":{"type":"Polygon","coordinates":[[[16.80,41.10],[16.90,41.10],[16.90,41.15],[16.80,41.10]]]}},
{"type":"Feature","properties":{"zona":"Sud","abitanti":80},"geometry":{"type":"MultiLineString","coordinates":[[[16.80,41.05],[16.85,41.06]]]}},
{"type":"Feature","properties":{"zona":"Ignota","abitanti":5},"geometry":null}]}`

func TestTablePagesInChromium(t *testing.T) {
	w := newTableWorld(t)
	points, shapes := w.load(t, "Fontane", "fontane.csv", fountains), w.load(t, "Zone", "zone.geojson", areas)
	var waste strings.Builder
	waste.WriteString("anno;mese;comune;kg\r\n")
	for i := range 120 {
		fmt.Fprintf(&waste, "%d;%s;%s;1%d0,5\r\n", 2022+i%3, []string{"gennaio", "febbraio"}[i%2], []string{"Roccaverde", "Pian del Lago", "Sant’Elmo"}[i%3], []int{0, 7, 9}[i%3])
	}
	years, empty := w.load(t, "Rifiuti", "rifiuti.csv", waste.String()), w.load(t, "Vuota", "vuota.csv", "a;b\r\n")
	broken := httptest.NewServer(brokenTables(w))
	t.Cleanup(broken.Close)
	axe, b := axeSource(t), newBrowser(t, w.server.URL)
	for _, size := range sizes {
		ctx, v := b.tab(t, size.width, size.height, true)
		for _, p := range []struct {
			name, address string
			drawn         int // shapes of the map
		}{
			{"table", w.server.URL + years, 0},
			{"table-chosen", w.server.URL + years + "?q=roccaverde&sort=kg+desc&col=kg&op=gte&val=100", 0},
			{"table-none", w.server.URL + "/en" + years + "?q=astronavi", 0},
			{"table-points", w.server.URL + points, 3},
			{"table-shapes", w.server.URL + shapes, 2},
			{"table-empty", w.server.URL + empty, 0},
			{"table-broken", broken.URL + years, 0},
		} {
			t.Run(p.name+" at "+size.name, func(t *testing.T) {
				v.Reset()
				for _, problem := range inspect(ctx, t, v, p.address, axe) {
					t.Error(problem)
				}
				if p.drawn > 0 {
					checkMap(ctx, t, p.drawn)
				}
				shoot(ctx, t, p.name+"-"+size.name)
			})
		}
	}
}

// brokenTables are the pages of w without its rows.
func brokenTables(w *tableWorld) *ui.Server {
	inner := *w.world
	inner.serve(func(c *ui.Config) {
		c.Tables, c.Formats, c.Records = lost{}, exporters.Formats(), w.store
		c.Rows = datastore.NewTables(w.blobs, w.store, slog.New(slog.DiscardHandler))
	})
	return inner.ui
}

// checkMap waits for the map and looks at one of its shapes.
func checkMap(ctx context.Context, t *testing.T, shapes int) {
	t.Helper()
	if eval[int](ctx, t, `document.querySelectorAll('script[src*="/map."]').length`) == 0 {
		fixtures.Missing(t, "this program was built without its assets")
	}
	drawn := 0
	for range 100 {
		if drawn = eval[int](ctx, t, `document.querySelectorAll(".p-map path.leaflet-interactive").length`); drawn == shapes {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	if drawn != shapes {
		t.Fatalf("%d shapes are drawn, want %d", drawn, shapes)
	}
	_, err := chromedp.Run(ctx, chromedp.Evaluate[int](`(e => { const b = e.getBoundingClientRect(); for (const type of ["mousedown", "mouseup", "click"]) e.dispatchEvent(new MouseEvent(type, {bubbles: true, clientX: b.x + b.width / 2, clientY: b.y + b.height / 2})); return 0 })(document.querySelector(".p-map path.leaflet-interactive"))`))
	if err != nil {
		t.Fatal(err)
	}
	if text := eval[string](ctx, t, `document.querySelector(".leaflet-popup-content")?.textContent ?? ""`); text == "" {
		t.Error("a shape tells nothing of its row")
	}
}
