package ui_test

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"portico/blob/folder"
	"portico/catalog"
	"portico/internal/fixtures/boundaries"
	outlines "portico/outline"
	"portico/ui"
)

// withOutlines imports the outlines of invented municipalities into w, and
// gives it datasets about them.
func withOutlines(t testing.TB, w *world) *outlines.Shelf {
	t.Helper()
	blobs, err := folder.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	shelf := &outlines.Shelf{Records: w.store, Blobs: blobs, Log: slog.New(slog.NewTextHandler(w.log, nil))}
	file := boundaries.Archive(t)
	in, err := outlines.Import(t.Context(), bytes.NewReader(file), int64(len(file)), outlines.Options{Name: "Limiti.zip"})
	if err != nil {
		t.Fatal(err)
	}
	for _, set := range in.Sets {
		if _, err := shelf.Keep(t.Context(), set, "Limiti.zip"); err != nil {
			t.Fatal(err)
		}
	}
	w.serve(func(c *ui.Config) { c.Outlines = shelf })
	return shelf
}

const valley = `{"type":"Polygon","coordinates":[[[10.15,43.97],[10.25,43.97],[10.25,44.05],[10.2,44.08],[10.15,44.05],[10.15,43.97]]]}`

func putPlaces(t testing.TB, w *world) {
	t.Helper()
	about := func(title, holder string, places ...catalog.Place) *catalog.Dataset {
		return &catalog.Dataset{
			Title: catalog.It(title), Description: catalog.It("Prova."), State: catalog.Active, Spatial: places, Modified: "2026-11-01",
			Holder: catalog.Agent{Name: catalog.It(holder)}, Publisher: catalog.Agent{Name: catalog.It(holder)},
		}
	}
	w.put(t,
		about("Sentieri", "Parco", catalog.Place{Name: catalog.It("Roccaverde")}),
		about("Sorgenti", "Parco", catalog.Place{Name: catalog.It("COMUNE DI ROCCAVERDE")}, catalog.Place{Name: catalog.It("Roccaverde")}),
		about("Rifugi", "Comune di Pian del Lago"),
		about("Frane", "Provincia", catalog.Place{Name: catalog.It("Zona est"), Geometry: valley}),
		about("Pozzi", "Provincia", catalog.Place{URI: "https://w3id.org/italia/controlled-vocabulary/territorial-classifications/cities/047801", Name: catalog.It("Foresta")}),
		about("Faro", "Provincia", catalog.Place{Geometry: "POINT(10.3 44.02)"}),
	)
}

func TestTheMapCountsDatasetsByMunicipality(t *testing.T) {
	w := newWorld(t)
	withOutlines(t, w)
	putPlaces(t, w)
	page := w.get(t, "/mappa").Body.String()
	for _, want := range []string{
		`aria-label="Roccaverde: 2 dataset"`, `aria-label="Pian del Lago: 1 dataset"`, `href="/dataset?municipality=Comune&#43;di&#43;Pian&#43;del&#43;Lago"`,
		`aria-label="Forèsta: 1 dataset"`, `<title>Sant&#39;Elmo al Ponte: Nessun dataset</title>`, "Confini © ISTAT, CC BY 4.0", `class="p-legend"`,
		"Valle del Serchiello</a>", `https://dati.valleserchiello.example/mappa/confini.geojson`, "Altri luoghi",
	} {
		if !strings.Contains(strings.ReplaceAll(page, "%2B", "+"), want) && !strings.Contains(page, want) {
			t.Errorf("%s is missing", want)
		}
	}
	if n := strings.Count(page, `data-code="`); n != 5 {
		t.Errorf("%d municipalities are drawn", n)
	}
	if n := len(page); n > 60_000 {
		t.Errorf("the page has %d bytes", n)
	}
	english := w.get(t, "/en/mappa?provincia=047").Body.String()
	if !strings.Contains(english, `href="/en/dataset?municipality=`) || strings.Count(english, `data-code="`) != 1 || !strings.Contains(english, "Map of the data") {
		t.Error("the English page of one province is wrong")
	}
	for _, odd := range []string{"999", "x", "%00", "../../1"} {
		if body := w.get(t, "/mappa?provincia="+odd).Body.String(); strings.Count(body, `data-code="`) != 5 {
			t.Errorf("province %s: not all are drawn", odd)
		}
	}
	if rec := w.get(t, "/en/map?provincia=047"); rec.Code != http.StatusMovedPermanently || rec.Header().Get("Location") != "/en/mappa?provincia=047" {
		t.Errorf("%d to %s", rec.Code, rec.Header().Get("Location"))
	}
	// What a municipality leads to is as many as it says.
	found := w.get(t, "/dataset?municipality=Roccaverde&municipality=COMUNE+DI+ROCCAVERDE").Body.String()
	if !strings.Contains(found, "Sentieri") || !strings.Contains(found, "Sorgenti") || strings.Contains(found, "Rifugi</a>") {
		t.Error("the search by municipality finds others")
	}
}

type features struct {
	NumberMatched int
	Attribution   string
	Features      []struct {
		ID       string
		Geometry struct {
			Type        string
			Coordinates json.RawMessage
		}
		Properties map[string]any
	}
}

func getFeatures(t *testing.T, w *world, path string) features {
	t.Helper()
	rec := w.get(t, path)
	var out features
	if err := json.Unmarshal(rec.Body.Bytes(), &out); err != nil || rec.Code != http.StatusOK || rec.Header().Get("Content-Type") != "application/geo+json" {
		t.Fatalf("%s: %d %s %v", path, rec.Code, rec.Header().Get("Content-Type"), err)
	}
	return out
}

func TestMapsAreFilesForOtherPrograms(t *testing.T) {
	w := newWorld(t)
	withOutlines(t, w)
	putPlaces(t, w)
	all := getFeatures(t, w, "/mappa/confini.geojson")
	if all.NumberMatched != 5 || all.Attribution == "" || all.Features[0].Properties["nome"] != "Roccaverde" || all.Features[0].Properties["dataset"] != 2.0 || all.Features[0].Geometry.Type != "MultiPolygon" {
		t.Errorf("%+v", all)
	}
	for path, want := range map[string]int{
		"/mappa/confini.geojson?provincia=047": 1, "/mappa/confini.geojson?codice=046801": 1, "/mappa/confini.geojson?livello=regioni": 1,
		"/mappa/confini.geojson?livello=province": 2, "/mappa/confini.geojson?livello=boh": 0, "/mappa/confini.geojson?bbox=10.1,43.9,10.15,44": 1,
		"/mappa/confini.geojson?bbox=1,2,3,4": 0, "/mappa/estensioni.geojson": 2, "/mappa/estensioni.geojson?page=2": 0, "/mappa/estensioni.geojson?dataset=frane": 1,
		"/mappa/estensioni.geojson?dataset=pozzi": 1, "/mappa/estensioni.geojson?dataset=rifugi": 0,
	} {
		if got := getFeatures(t, w, path); len(got.Features) != want {
			t.Errorf("%s: %d features, want %d", path, len(got.Features), want)
		}
	}
	one := getFeatures(t, w, "/mappa/estensioni.geojson?dataset=frane").Features[0]
	if one.Geometry.Type != "Polygon" || one.Properties["luogo"] != "Zona est" || one.Properties["url"] != "https://dati.valleserchiello.example/dataset/frane" {
		t.Errorf("%+v", one)
	}
	for path, want := range map[string]int{
		"/mappa/confini.geojson?bbox=1,2,3": 400, "/mappa/confini.geojson?bbox=NaN,1,2,3": 400, "/mappa/confini.geojson?codice=1": 404,
		"/mappa/estensioni.geojson?dataset=niente": 404, "/mappa/fondo.pmtiles": 404,
	} {
		if rec := w.get(t, path); rec.Code != want {
			t.Errorf("%s: %d, want %d", path, rec.Code, want)
		}
	}
	first := w.get(t, "/mappa/confini.geojson")
	for header, want := range map[string]int{first.Header().Get("ETag"): http.StatusNotModified, `"other"`: http.StatusOK} {
		req := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/mappa/confini.geojson", nil)
		req.Header.Set("If-None-Match", header)
		req.Header.Set("Accept-Encoding", "gzip")
		rec := httptest.NewRecorder()
		w.ui.ServeHTTP(rec, req)
		if rec.Code != want || want == http.StatusOK && (rec.Header().Get("Content-Encoding") != "gzip" || rec.Body.Len() >= first.Body.Len()) {
			t.Errorf("%s: %d, %s", header, rec.Code, rec.Header().Get("Content-Encoding"))
		}
	}
}

func TestPagesShowWhereThingsAre(t *testing.T) {
	w := newWorld(t)
	withOutlines(t, w)
	putPlaces(t, w)
	for path, want := range map[string][]string{
		"/dataset/frane":                        {`class="p-area p-area-own"`, "<li>Zona est</li>", "estensioni.geojson?dataset=frane"},
		"/dataset/faro":                         {`<circle class="p-area p-area-dot"`, "latitudine 44,02000, longitudine 10,30000"},
		"/dataset/sentieri":                     {`class="p-area p-area-own"`, `class="p-area p-area-ground"`, "Confini © ISTAT"},
		"/organization/comune-di-sant-elmo":     {`class="p-area p-area-own"`, "<li>Sant&#39;Elmo al Ponte</li>", "confini.geojson?codice=046803"},
		"/organization/comune-di-pian-del-lago": {"<li>Pian del Lago</li>"},
	} {
		page := w.get(t, path).Body.String()
		for _, part := range want {
			if !strings.Contains(page, part) {
				t.Errorf("%s: %s is missing", path, part)
			}
		}
	}
	for _, path := range []string{"/dataset/rifugi", "/organization/unione-valle-del-serchiello", "/dataset/raccolta-differenziata-mensile"} {
		if strings.Contains(w.get(t, path).Body.String(), `id="coverage"`) {
			t.Errorf("%s shows a place that nobody has told", path)
		}
	}
}

func TestMapsDoWithoutOutlines(t *testing.T) {
	w := newWorld(t)
	page := w.get(t, "/mappa").Body.String()
	if !strings.Contains(page, "Non c’è ancora niente da disegnare") || !strings.Contains(page, "Valle del Serchiello</a>") {
		t.Error("the empty map says nothing")
	}
	putPlaces(t, w)
	page = w.get(t, "/mappa").Body.String()
	for _, want := range []string{`class="p-area p-area-box"`, `href="/dataset/frane"`, "Dove stanno i dati", "Pian del Lago</a>"} {
		if !strings.Contains(page, want) {
			t.Errorf("%s is missing", want)
		}
	}
	if strings.Contains(page, "ISTAT") {
		t.Error("ISTAT is thanked for nothing")
	}
}

func TestOutlinesThatAreImportedChangeThePage(t *testing.T) {
	w := newWorld(t)
	shelf := withOutlines(t, w)
	putPlaces(t, w)
	if !strings.Contains(w.get(t, "/mappa").Body.String(), "data-code") {
		t.Fatal("nothing is drawn")
	}
	if err := shelf.Remove(t.Context(), outlines.Municipalities); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(w.get(t, "/mappa").Body.String(), "data-code") {
		t.Error("the old page was kept")
	}
}

func TestAWMSIsToldToVisitors(t *testing.T) {
	w := newWorld(t)
	wms, err := ui.ParseWMS("https://webgis.regione.example/wms?map=a;ctr10k;CTR © <Regione>")
	if err != nil {
		t.Fatal(err)
	}
	shelf := withOutlines(t, w)
	w.serve(func(c *ui.Config) { c.Ground, c.Outlines = ui.Ground{WMS: wms}, shelf })
	rec := w.get(t, "/mappa")
	if policy := rec.Header().Get("Content-Security-Policy"); !strings.Contains(policy, "img-src 'self' https://webgis.regione.example;") {
		t.Error(policy)
	}
	if page := rec.Body.String(); !strings.Contains(page, `data-wms="https://webgis.regione.example/wms?map=a"`) || !strings.Contains(page, "Lo sfondo viene da webgis.regione.example") {
		t.Error("the map says nothing of the WMS")
	}
	for _, path := range []string{"/privacy", "/en/privacy"} {
		if !strings.Contains(w.get(t, path).Body.String(), "webgis.regione.example") {
			t.Errorf("%s says nothing of the WMS", path)
		}
	}
	for _, bad := range []string{"", "webgis;a;b", "https://a.example/wms", "https://a.example/wms; ;x", "ftp://a.example/;l;a", "https://u:p@a.example/;l;a", "https://a b/;l;x", "https://a.example';script-src *;l;a"} {
		if _, err := ui.ParseWMS(bad); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}

func TestTheMapStaysWithoutSearch(t *testing.T) {
	w := newWorld(t)
	shelf := withOutlines(t, w)
	for _, c := range []struct {
		shelf *outlines.Shelf
		want  string
	}{{shelf, `data-code="046801"`}, {nil, "La ricerca non risponde"}} {
		w.serve(func(c2 *ui.Config) { c2.Engine, c2.Outlines = brokenEngine{}, c.shelf })
		rec := w.get(t, "/mappa")
		page := rec.Body.String()
		if rec.Code != http.StatusOK || !strings.Contains(page, c.want) || !strings.Contains(page, "La ricerca non risponde") || strings.Contains(page, "Nessun dataset") || strings.Contains(page, `id="places"`) {
			t.Errorf("%d: %s is missing, or it tells numbers", rec.Code, c.want)
		}
		if rec := w.get(t, "/mappa/estensioni.geojson"); rec.Code == http.StatusOK || rec.Code >= 600 {
			t.Errorf("extents: %d", rec.Code)
		}
		if rec := w.get(t, "/mappa/confini.geojson"); rec.Code != http.StatusOK || strings.Contains(rec.Body.String(), `"dataset"`) {
			t.Errorf("outlines: %d", rec.Code)
		}
	}
}

func TestWhatIsPrivateIsOnNoMap(t *testing.T) {
	w := newWorld(t)
	withOutlines(t, w)
	w.put(t, &catalog.Dataset{
		Title: catalog.It("Segreto"), Name: "segreto", State: catalog.Active, Private: true,
		Spatial: []catalog.Place{{Name: catalog.It("Roccaverde"), Geometry: valley}},
	})
	for _, path := range []string{"/mappa", "/mappa/confini.geojson", "/mappa/estensioni.geojson", "/mappa/estensioni.geojson?dataset=segreto"} {
		if body := w.get(t, path).Body.String(); strings.Contains(body, "Roccaverde: 1") || strings.Contains(body, "Segreto") || strings.Contains(body, `"dataset":1`) {
			t.Errorf("%s tells of it", path)
		}
	}
}
