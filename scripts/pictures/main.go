// Command pictures photographs the pages of a running demo, on a phone and at a
// desk, into small PNG files for the documentation.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/chromedp/chromedp"

	"portico/internal/browser"
)

// What a picture, and all of them, may weigh.
const (
	maxPicture = 150 << 10
	maxAll     = 2 << 20
)

func main() {
	origin := flag.String("origin", "http://127.0.0.1:8080", "where the demo runs")
	dir := flag.String("dir", "docs/pictures", "folder to write to")
	flag.Parse()
	if err := take(*origin, *dir); err != nil {
		fmt.Fprintln(os.Stderr, "pictures:", err)
		os.Exit(1)
	}
}

// A page is what is photographed. A new page joins with a line in pages.
type page struct{ name, path string }

// pages lists what is photographed; file is the address of the table of the
// journeys, points that of one with places.
func pages(file, points string) []page {
	const waste = "raccolta-differenziata-nei-comuni-vicini"
	return []page{
		{"home", "/"},
		{"ricerca", "/dataset?q=rifuti+massafra"},
		{"elenco", "/dataset?groups=ambiente"},
		{"dataset", "/dataset/" + waste},
		{"risorsa", file},
		{"tabella", file + "?q=massafra#preview"},
		{"grafico", file + "#chart"},
		{"mappa", points + "#map"},
		{"enti", "/organization"},
		{"ente", "/organization/comune-di-valdoria"},
		{"temi", "/group"},
		{"tema", "/group/ambiente"},
		{"statistiche", "/stats"},
		{"validatore", "/validatore"},
		{"richieste", "/richieste"},
		{"richiesta-nuova", "/richieste/nuova?q=piste+ciclabili"},
		{"segnalazioni", "/dataset/" + waste + "/segnalazioni"},
		{"informazioni", "/about"},
		{"accessibilita", "/accessibilita"},
		{"avvisi", "/avvisi"},
		{"indice", "/indice"},
		{"territorio", "/mappa"},
		{"guida-api", "/api-docs"},
		{"storia", "/dataset/activity/" + waste},
		{"file-catalogo", "/bulk"},
		{"non-trovata", "/dataset/non-esiste"},
	}
}

func take(origin, dir string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	file, err := table(ctx, origin, "raccolta-differenziata-nei-comuni-vicini")
	if err != nil {
		return err
	}
	points, err := table(ctx, origin, "defibrillatori-pubblici")
	if err != nil {
		return err
	}
	path := browser.Find()
	if path == "" {
		return errors.New("no Chromium here: scripts/need chromium")
	}
	profile, err := os.MkdirTemp("", "portico-pictures-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(profile)
	b, stop, err := browser.Start(ctx, path, profile)
	if err != nil {
		return err
	}
	defer stop()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	total := 0
	for _, size := range []struct {
		name          string
		width, height int64
	}{{"desk", 1280, 960}, {"phone", 360, 780}} {
		tab, _, closes, err := b.Tab(size.width, size.height, true)
		if err != nil {
			return err
		}
		for _, p := range pages(file, points) {
			n, err := shoot(tab, origin+p.path, filepath.Join(dir, p.name+"-"+size.name+".png"))
			if err != nil {
				return fmt.Errorf("%s: %w", p.name, err)
			}
			total += n
		}
		closes()
	}
	if total > maxAll {
		return fmt.Errorf("the pictures weigh %d KiB, at most %d", total>>10, maxAll>>10)
	}
	fmt.Printf("%d KiB in %s\n", total>>10, dir)
	return nil
}

// table returns the address of the page of a dataset's first file.
func table(ctx context.Context, origin, dataset string) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, origin+"/api/3/action/package_show?id="+dataset, nil)
	if err != nil {
		return "", err
	}
	resp, err := (&http.Client{Timeout: time.Minute}).Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	var env struct {
		Result struct{ Resources []struct{ ID string } }
	}
	if err := json.NewDecoder(resp.Body).Decode(&env); err != nil || len(env.Result.Resources) == 0 {
		return "", errors.Join(err, errors.New("no demo answers there"))
	}
	return "/dataset/" + dataset + "/resource/" + env.Result.Resources[0].ID, nil
}

// shoot photographs what a reader sees first, and returns what the file weighs.
func shoot(ctx context.Context, address, file string) (int, error) {
	const settle = 400 * time.Millisecond // fonts, and the shapes of a map
	if err := chromedp.Do(ctx, chromedp.Navigate(address), chromedp.Sleep(settle)); err != nil {
		return 0, err
	}
	raw, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		return 0, err
	}
	small, err := reduce(raw)
	if err != nil {
		return 0, err
	}
	if len(small) > maxPicture {
		return 0, fmt.Errorf("%s weighs %d KiB, at most %d", file, len(small)>>10, maxPicture>>10)
	}
	return len(small), os.WriteFile(file, small, 0o644)
}

// reduce writes a picture with the 256 colours that it has most of: a page has
// few, and the shades at the edges of letters lose nothing.
func reduce(raw []byte) ([]byte, error) {
	full, err := png.Decode(bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	const colours = 256
	seen, at := map[color.Color]int{}, full.Bounds()
	for y := at.Min.Y; y < at.Max.Y; y++ {
		for x := at.Min.X; x < at.Max.X; x++ {
			seen[color.RGBAModel.Convert(full.At(x, y))]++
		}
	}
	most := slices.SortedFunc(maps.Keys(seen), func(a, b color.Color) int { return seen[b] - seen[a] })
	out := image.NewPaletted(at, color.Palette(most[:min(colours, len(most))]))
	draw.Draw(out, at, full, at.Min, draw.Src)
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, out); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
