package gtfs_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"portico/catalog"
	"portico/harvester"
	"portico/harvester/gtfs"
	"portico/harvester/web/webtest"
	"portico/internal/fixtures"
)

// zipped returns an archive of files.
func zipped(t testing.TB, files map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range files {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, text); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// small is a feed with two routes, of which one has a shape, in a folder.
var small = map[string]string{
	"feed/agency.txt":      "\ufeffagency_id,agency_name,agency_url,agency_timezone,agency_lang\nA,Azienda Trasporti,https://atp.example.org,Europe/Rome,it\n",
	"feed/stops.txt":       "stop_id,stop_name,stop_lat,stop_lon\n1,\"Piazza, Roma\",37.49,14.06\n2,Stazione,37.50,14.07\n3,Ospedale,,\n4,Mare,37.51,14.08\n",
	"feed/routes.txt":      "route_id,route_short_name,route_type\nR1,1,3\nR2,2,3\n",
	"feed/trips.txt":       "route_id,service_id,trip_id,direction_id,shape_id\nR1,S,T1,0,SH\nR1,S,T2,0,\nR2,S,T3,,\n",
	"feed/stop_times.txt":  "trip_id,stop_id,stop_sequence\nT1,1,1\nT1,2,2\nT1,4,3\nT2,1,1\nT3,4,20\nT3,1,3\n",
	"feed/shapes.txt":      "shape_id,shape_pt_lat,shape_pt_lon,shape_pt_sequence\nSH,37.49,14.06,1\nSH,37.495,14.065,2\nSH,37.51,14.08,3\n",
	"feed/calendar.txt":    "service_id,start_date,end_date\nS,20240101,20240630\nX,20240301,20241231\n",
	"feed/../etc/evil.txt": "x",
}

func serve(t testing.TB, body []byte) *httptest.Server {
	t.Helper()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("ETag", `"1"`)
		_, _ = w.Write(body)
	}))
	t.Cleanup(srv.Close)
	return srv
}

// content returns what Open gives for a distribution with a title.
func content(t *testing.T, conn harvester.Connector, d *catalog.Dataset, title string) string {
	t.Helper()
	for _, x := range d.Distributions {
		if !strings.HasPrefix(x.Title.String(), title) {
			continue
		}
		body, err := conn.(harvester.Opener).Open(t.Context(), x.DownloadURL)
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(body)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	t.Fatalf("no distribution %q", title)
	return ""
}

// features counts the features of a GeoJSON and the points of its lines.
func features(t *testing.T, text string) (n int, points []int) {
	t.Helper()
	var g struct {
		Features []struct {
			Geometry struct {
				Type        string
				Coordinates json.RawMessage
			}
		}
	}
	if err := json.Unmarshal([]byte(text), &g); err != nil {
		t.Fatal(err)
	}
	for _, f := range g.Features {
		var line [][2]float64
		if f.Geometry.Type == "LineString" {
			if err := json.Unmarshal(f.Geometry.Coordinates, &line); err != nil {
				t.Fatal(err)
			}
			points = append(points, len(line))
		}
	}
	return len(g.Features), points
}

func TestAFeedIsADatasetWithTablesAndMaps(t *testing.T) {
	conn := webtest.Open(t, gtfs.Kind(), serve(t, zipped(t, small)).URL+"/gtfs.zip", "")
	got, err := webtest.Read(t, conn)
	if err != nil || len(got) != 1 || got[0].Error != "" {
		t.Fatalf("%+v, %v", got, err)
	}
	d := got[0].Dataset
	if d.Title.String() != "Trasporto pubblico: Azienda Trasporti" || len(d.Distributions) != 5 || len(d.Spatial) != 1 ||
		len(d.Temporal) != 1 || d.Temporal[0] != (catalog.Period{Start: "2024-01-01", End: "2024-12-31"}) || d.Languages[0] != "ITA" {
		t.Errorf("%+v", d)
	}
	if len(got[0].Problems) != 1 || got[0].Problems[0].Rule != "stop-without-place" {
		t.Errorf("problems %+v", got[0].Problems)
	}
	if text := content(t, conn, d, "Fermate (tabella)"); !strings.HasPrefix(text, "stop_id,stop_name,stop_lat,stop_lon\n1,\"Piazza, Roma\",37.49,14.06\n") {
		t.Errorf("%q", text)
	}
	if n, _ := features(t, content(t, conn, d, "Fermate (mappa)")); n != 3 {
		t.Errorf("%d stops on the map", n)
	}
	if n, points := features(t, content(t, conn, d, "Linee (mappa)")); n != 2 || points[0] != 3 || points[1] != 2 {
		t.Errorf("%d lines of %v points", n, points)
	}
	if text := content(t, conn, d, "Linee (mappa)"); !strings.Contains(text, `[[14.06,37.49],[14.08,37.51]]`) {
		t.Errorf("the stops of a route are not in their order: %s", text)
	}
	if _, err := conn.(harvester.Opener).Open(t.Context(), "gtfs:../stops.txt"); catalog.KindOf(err) != catalog.NotFound {
		t.Error(err)
	}
}

func TestOptions(t *testing.T) {
	srv := serve(t, zipped(t, small))
	conn := webtest.Open(t, gtfs.Kind(), srv.URL, `{"title":"Linee urbane","keywords":["autobus"],"lines":"off"}`)
	got, err := webtest.Read(t, conn)
	if err != nil || got[0].Title != "Linee urbane" || len(got[0].Dataset.Distributions) != 4 {
		t.Errorf("%+v, %v", got, err)
	}
	for _, options := range []string{`{"lines":"red"}`, `{"x":1}`} {
		if _, err := gtfs.Kind().Open(catalog.Source{URL: srv.URL, Options: []byte(options)}, nil); err == nil {
			t.Errorf("%s is taken", options)
		}
	}
}

func TestAFeedThatHasNotChangedCostsOneRequest(t *testing.T) {
	body := zipped(t, small)
	webtest.Remembers(t, gtfs.Kind(), http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(body) }), "/gtfs.zip", 1)
}

func TestWhatIsNoFeedIsRefused(t *testing.T) {
	bomb := zipped(t, map[string]string{"stops.txt": "stop_id\n" + strings.Repeat("\x00", 300<<20), "routes.txt": "route_id\n"})
	for name, body := range map[string][]byte{
		"a web page": []byte("<html>non trovato</html>"), "nothing": nil, "half a ZIP": zipped(t, small)[:200],
		"another ZIP": zipped(t, map[string]string{"a.csv": "a\n"}), "a bomb": bomb,
	} {
		conn := webtest.Open(t, gtfs.Kind(), serve(t, body).URL, "")
		if sure, _, err := conn.(harvester.Prober).Probe(t.Context()); err == nil || sure > 0 {
			t.Errorf("%s: %.1f, %v", name, sure, err)
		}
	}
}

// The feed of a town, with the counts of the manifest.
func TestTheFeedOfCaltanissetta(t *testing.T) {
	body, err := os.ReadFile(filepath.Join(fixtures.Path(t, "fixtures"), "e_gtfs", "caltanissetta_linea3_gtfs.zip"))
	if err != nil {
		t.Fatal(err)
	}
	conn := webtest.Open(t, gtfs.Kind(), serve(t, body).URL, "")
	got, err := webtest.Read(t, conn)
	if err != nil || len(got) != 1 {
		t.Fatalf("%+v, %v", got, err)
	}
	d := got[0].Dataset
	if it := d.Description["it"]; !strings.Contains(it, "1 linee, 63 fermate, 13 corse") {
		t.Error(it)
	}
	if d.Temporal[0] != (catalog.Period{Start: "2017-05-03", End: "2017-07-03"}) {
		t.Errorf("%+v", d.Temporal)
	}
	if n, points := features(t, content(t, conn, d, "Linee (mappa)")); n == 0 || points[0] < 10 {
		t.Errorf("%d lines of %v points", n, points)
	}
	if n, _ := features(t, content(t, conn, d, "Fermate (mappa)")); n != 63 {
		t.Errorf("%d stops on the map", n)
	}
}

func FuzzFeed(f *testing.F) {
	f.Add(zipped(f, small))
	webtest.Fuzz(f, gtfs.Kind(), []string{"http://portal/gtfs.zip"})
}
