package ui_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	exporters "portico/exporter/all"
	"portico/ui"
)

func TestMapsInChromium(t *testing.T) {
	needAssets(t)
	w, plain := newWorld(t), newWorld(t)
	shelf := withOutlines(t, w)
	putPlaces(t, w)
	serve := func(w *world, ground ui.Ground) *httptest.Server {
		inner := *w
		if w != plain {
			inner.serve(func(c *ui.Config) { c.Outlines, c.Ground = shelf, ground })
		}
		server := httptest.NewServer(inner.ui)
		t.Cleanup(server.Close)
		return server
	}
	shapes, pictures := filepath.Join(t.TempDir(), "shapes.pmtiles"), filepath.Join(t.TempDir(), "pictures.pmtiles")
	writeTiles(t, shapes, 1, vectorTile())
	writeTiles(t, pictures, 2, pictureTile(t))
	server, empty := serve(w, ui.Ground{}), serve(plain, ui.Ground{})
	onShapes, onPictures := serve(w, ui.Ground{PMTiles: shapes, PMTilesBy: "© Nessuno <b>"}), serve(w, ui.Ground{PMTiles: pictures})
	table := benches(t)
	axe, b := axeSource(t), newBrowser(t, server.URL)
	for _, size := range sizes {
		ctx, v := b.tab(t, size.width, size.height, true)
		for _, p := range []struct {
			name, address string
			ready         string // true once the map is there
		}{
			{"map", server.URL + "/mappa", `document.querySelectorAll(".p-map path.p-area").length >= 5`},
			{"map-en", server.URL + "/en/mappa?provincia=047", `document.querySelectorAll(".p-map path.p-area").length >= 1`},
			{"map-empty", empty.URL + "/mappa", `!document.querySelector(".p-map")`},
			{"map-tiles", onShapes.URL + "/mappa", `[...document.querySelectorAll(".leaflet-tile-container canvas")].some(painted)`},
			{"map-pictures", onPictures.URL + "/mappa", `[...document.querySelectorAll(".leaflet-tile-container img")].some(i => i.complete && i.naturalWidth > 0)`},
			{"map-table", table, `document.querySelectorAll(".p-map path.p-area-ground").length >= 2 && document.querySelectorAll(".p-map path.leaflet-interactive").length === 2`},
			{"map-dataset", server.URL + "/dataset/frane", `document.querySelector("#coverage")`},
			{"map-organization", server.URL + "/organization/comune-di-roccaverde", `document.querySelector("#coverage")`},
		} {
			t.Run(p.name+" at "+size.name, func(t *testing.T) {
				v.Reset()
				if err := chromedp.Do(ctx, chromedp.Navigate(p.address)); err != nil {
					t.Fatal(err)
				}
				waitFor(ctx, t, "(painted => "+p.ready+")("+painted+")")
				for _, problem := range inspectHere(ctx, t, v, p.address, axe) {
					t.Error(problem)
				}
				shoot(ctx, t, p.name+"-"+size.name)
			})
		}
		t.Run("a municipality leads to its datasets at "+size.name, func(t *testing.T) {
			if err := chromedp.Do(ctx, chromedp.Navigate(server.URL+"/mappa")); err != nil {
				t.Fatal(err)
			}
			waitFor(ctx, t, `document.querySelector(".p-map path.p-q5")`)
			eval[int](ctx, t, `(e => { const b = e.getBoundingClientRect(); for (const type of ["mousedown", "mouseup", "click"]) e.dispatchEvent(new MouseEvent(type, {bubbles: true, clientX: b.x + b.width / 2, clientY: b.y + b.height / 4})); return 0 })(document.querySelector(".p-map path.p-q5"))`)
			waitFor(ctx, t, `document.querySelector(".leaflet-popup-content a")`)
			if href := eval[string](ctx, t, `document.querySelector(".leaflet-popup-content a").getAttribute("href")`); !strings.HasPrefix(href, "/dataset?municipality=") {
				t.Errorf("it leads to %s", href)
			}
		})
	}
	t.Run("without scripts a click on the picture finds the datasets", func(t *testing.T) {
		ctx, _ := b.tab(t, 360, 780, false)
		ctx, cancel := context.WithTimeout(ctx, time.Minute)
		t.Cleanup(cancel)
		link := chromedp.CSS(`.p-picture a[aria-label^="Pian del Lago"]`)
		if err := chromedp.Do(ctx, chromedp.Navigate(server.URL+"/mappa"), chromedp.WaitVisible(link)); err != nil {
			t.Fatal(err)
		}
		shoot(ctx, t, "map-noscript-360")
		if err := chromedp.Do(ctx, chromedp.Click(link), chromedp.WaitVisible(chromedp.CSS(".p-chip-close"))); err != nil {
			t.Fatal(err)
		}
	})
}

// benches serves a table with coordinates and the outlines around them, and
// returns the address of its page.
func benches(t *testing.T) string {
	t.Helper()
	w := newTableWorld(t)
	page := w.load(t, "Panchine", "panchine.csv", "Nome;Latitudine;Longitudine\r\nPanchina al sole;44,01;10,24\r\nPanchina all'ombra;44,02;10,27\r\n")
	rows, inner := w.server.Config.Handler, *w.world
	shelf := withOutlines(t, &inner)
	inner.serve(func(c *ui.Config) {
		c.Tables, c.Formats, c.Records, c.Outlines = w.tables, exporters.Formats(), w.store, shelf
	})
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/data.geojson") {
			rows.ServeHTTP(rw, r)
			return
		}
		inner.ui.ServeHTTP(rw, r)
	}))
	t.Cleanup(server.Close)
	return server.URL + page
}

// painted is a function of a script: whether something is on a canvas, looked at
// on another one, so that the browser sees no reading of the first.
const painted = `c => {
	const copy = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
	if (!c.width) return false;
	copy.drawImage(c, -c.width / 2, -c.height / 2);
	return copy.getImageData(0, 0, 1, 1).data[3] > 0;
}`

func waitFor(ctx context.Context, t *testing.T, ready string) {
	t.Helper()
	for range 150 {
		if eval[bool](ctx, t, "Boolean("+ready+")") {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatalf("it never came to be that %s", ready)
}

// writeTiles makes a PMTiles file of one tile: that of the north-east at zoom 1.
func writeTiles(t *testing.T, name string, kind byte, tile []byte) {
	t.Helper()
	const header, tileID = 127, 4
	var dir []byte
	for _, n := range []uint64{1, tileID, 1, uint64(len(tile)), 1} { // entries, IDs, runs, lengths, offsets
		dir = binary.AppendUvarint(dir, n)
	}
	metadata := []byte("{}")
	b := append([]byte("PMTiles"), 3)
	at := uint64(header)
	for _, n := range []int{len(dir), len(metadata), 0, len(tile)} {
		b = binary.LittleEndian.AppendUint64(binary.LittleEndian.AppendUint64(b, at), uint64(n))
		at += uint64(n)
	}
	for range 3 { // tiles, entries, contents
		b = binary.LittleEndian.AppendUint64(b, 1)
	}
	b = append(b, 1, 1, 1, kind, 1, 1) // clustered, nothing is packed, kind, zooms
	b = append(b, make([]byte, header-len(b))...)
	b = append(append(append(b, dir...), metadata...), tile...)
	if err := os.WriteFile(name, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

// vectorTile is a Mapbox Vector Tile: land all over.
func vectorTile() []byte {
	field := func(b []byte, n int, content []byte) []byte {
		b = binary.AppendUvarint(b, uint64(n<<3|2))
		return append(binary.AppendUvarint(b, uint64(len(content))), content...)
	}
	number := func(b []byte, n, v int) []byte {
		return binary.AppendUvarint(binary.AppendUvarint(b, uint64(n<<3)), uint64(v))
	}
	var drawing []byte
	for _, n := range []int{9, 0, 0, 26, 8192, 0, 0, 8192, 8191, 0, 15} { // to, along three sides, and close
		drawing = binary.AppendUvarint(drawing, uint64(n))
	}
	shape := field(number(nil, 3, 3), 4, drawing)
	layer := field(field(nil, 1, []byte("earth")), 2, shape)
	return field(nil, 3, number(number(layer, 5, 4096), 15, 2))
}

func pictureTile(t *testing.T) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 256, 256))
	for i := range 256 * 256 {
		img.Set(i%256, i/256, color.RGBA{uint8(200 + i%50), 220, 200, 255})
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
