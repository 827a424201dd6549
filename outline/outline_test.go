package outline_test

import (
	"bytes"
	"context"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"

	"portico/blob/folder"
	"portico/catalog"
	"portico/internal/fixtures"
	"portico/internal/fixtures/boundaries"
	"portico/outline"
	"portico/store"
)

func read(t *testing.T, file []byte, o outline.Options) *outline.Result {
	t.Helper()
	out, err := outline.Import(t.Context(), bytes.NewReader(file), int64(len(file)), o)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// sides counts how often each side of a ring is drawn, whichever way.
func sides(areas []*outline.Area) map[[2]orb.Point]int {
	out := map[[2]orb.Point]int{}
	for _, a := range areas {
		for _, p := range a.Shape {
			for _, r := range p {
				for i := 1; i < len(r); i++ {
					from, to := r[i-1], r[i]
					if from[0] > to[0] || from[0] == to[0] && from[1] > to[1] {
						from, to = to, from
					}
					out[[2]orb.Point{from, to}]++
				}
			}
		}
	}
	return out
}

// whole is the area of all areas, and that of what the sides that are drawn
// once go around: they differ where neighbours gape or overlap.
func whole(t *testing.T, areas []*outline.Area) {
	t.Helper()
	sum, around := 0.0, 0.0
	for _, a := range areas {
		sum += planar.Area(a.Shape)
		for _, p := range a.Shape {
			for _, r := range p {
				for i := 1; i < len(r); i++ { // the sides of both cancel where they are the same
					around += (r[i-1][0]*r[i][1] - r[i][0]*r[i-1][1]) / 2
				}
			}
		}
	}
	for side, n := range sides(areas) {
		if n > 2 {
			t.Errorf("the side %v is drawn %d times", side, n)
		}
	}
	if math.Abs(sum-around) > sum*1e-6 {
		t.Errorf("the areas are %g and %g", sum, around)
	}
}

func TestAnArchiveOfISTATIsReadLayerByLayer(t *testing.T) {
	out := read(t, boundaries.Archive(t), outline.Options{Name: "Limiti01012026_g.zip"})
	if len(out.Sets) != 3 {
		t.Fatalf("%d sets", len(out.Sets))
	}
	comuni := out.Sets[0]
	var got []string
	for _, a := range comuni.Areas {
		got = append(got, a.Code+" "+a.Name+" in "+a.Province()+", "+a.Region)
	}
	want := []string{
		"046801 Roccaverde in 046, 09", "046802 Pian del Lago in 046, 09", "046803 Sant'Elmo al Ponte in 046, 09", "046804 Isola Piccola/Kleine Insel in 046, 09", "047801 Forèsta in 047, 09",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if n, full := comuni.Points(), boundaries.Points; n > full/2 || n < 20 {
		t.Errorf("%d of %d points are kept", n, full)
	}
	whole(t, comuni.Areas)
	shared := 0
	for _, n := range sides(comuni.Areas) {
		if n == 2 {
			shared++
		}
	}
	if shared < 12 {
		t.Errorf("neighbours share %d sides", shared)
	}
	if p := out.Sets[1].Areas; len(p) != 2 || p[0].Code != "046" || p[0].Sigla != "RS" || p[0].Name != "Roccaverde e Serchiello" {
		t.Errorf("provinces: %+v", p)
	}
	if diff := cmp.Diff([]string{"RipGeo01012026_g_WGS84.shp"}, out.Skipped); diff != "" {
		t.Error(diff)
	}
	a, _ := comuni.Area("046801")
	if c := a.Box.Center(); math.Abs(c[0]-10.3) > 0.3 || math.Abs(c[1]-44.05) > 0.3 {
		t.Errorf("it lies at %v", c)
	}
}

func TestEqualFilesMakeEqualOutlines(t *testing.T) {
	one, two := read(t, boundaries.Archive(t), outline.Options{}), read(t, boundaries.Archive(t), outline.Options{})
	for i := range one.Sets {
		if diff := cmp.Diff(one.Sets[i].Areas, two.Sets[i].Areas); diff != "" {
			t.Error(diff)
		}
	}
}

func TestNamesAreFoundAsPeopleWriteThem(t *testing.T) {
	s := read(t, boundaries.Archive(t), outline.Options{}).Sets[0]
	for name, want := range map[string]string{
		"Roccaverde": "046801", "COMUNE DI ROCCAVERDE": "046801", "Sant’Elmo al Ponte": "046803", "foresta": "047801", "Foresta'": "047801",
		"Kleine Insel": "046804", "Isola Piccola": "046804", "Città di Pian del Lago": "046802", "Toscana": "", "": "", "Comune di": "",
	} {
		got := ""
		if a, ok := s.Named(name); ok {
			got = a.Code
		}
		if got != want {
			t.Errorf("%q is %q, want %q", name, got, want)
		}
	}
	for ref, want := range map[string]bool{
		"https://w3id.org/italia/controlled-vocabulary/territorial-classifications/cities/046801-(2001-01-01)": true,
		"https://w3id.org/italia/controlled-vocabulary/territorial-classifications/cities/046801":              true,
		"046801": true, "http://publications.europa.eu/resource/authority/place/ITA_ROM": false, "": false,
	} {
		if _, ok := s.Of(ref); ok != want {
			t.Errorf("%q: %v", ref, ok)
		}
	}
	if found := s.Within(orb.Bound{Min: orb.Point{0, 0}, Max: orb.Point{90, 90}}, 2); len(found) != 2 {
		t.Errorf("%d areas", len(found))
	}
	var none *outline.Set
	if _, ok := none.Named("Roccaverde"); ok || none.Len() != 0 || none.Within(orb.Bound{}, 9) != nil {
		t.Error("no set knows something")
	}
}

func TestOnlyTheRegionsThatAreWantedAreKept(t *testing.T) {
	if n := len(read(t, boundaries.Archive(t), outline.Options{Regions: []string{"toscana"}}).Sets); n != 3 {
		t.Errorf("%d sets", n)
	}
	for _, c := range []struct{ region, want string }{{"16", "non ha confini"}, {"Atlantide", "non è una regione"}, {"99", "non è una regione"}} {
		file := boundaries.Archive(t)
		_, err := outline.Import(t.Context(), bytes.NewReader(file), int64(len(file)), outline.Options{Regions: []string{c.region}})
		refused(t, c.region, err, c.want)
	}
}

func refused(t *testing.T, what string, err error, italian string) {
	t.Helper()
	e, ok := err.(*catalog.Error) //nolint:errorlint // it is to be the error itself
	if !ok || e.Kind != catalog.Invalid || !strings.Contains(e.MsgIT, italian) {
		t.Errorf("%s: %v", what, err)
	}
}

const topology = `{"type":"Topology","transform":{"scale":[0.001,0.001],"translate":[10,44]},
"arcs":[[[0,0],[100,0],[0,100]],[[100,100],[-100,0],[0,-100]],[[100,100],[100,0],[0,-100],[-100,0]]],
"objects":{"comuni":{"type":"GeometryCollection","geometries":[
{"type":"Polygon","arcs":[[0,1]],"properties":{"name":"Uno","com_istat_code":"046001","com_istat_code_num":46001,"reg_istat_code":"09"}},
{"type":"MultiPolygon","arcs":[[[2,0]]],"properties":{"name":"Due","com_istat_code_num":46002,"reg_istat_code_num":9}}]}}}`

func TestTopologiesShareTheirArcs(t *testing.T) {
	s := read(t, []byte(topology), outline.Options{Name: "limits_IT_municipalities.topo.json"}).Sets[0]
	if s.Len() != 2 || s.Areas[1].Code != "046002" || s.Areas[1].Region != "09" {
		t.Fatalf("%+v", s.Areas)
	}
	if b := s.Areas[0].Box; b.Min != (orb.Point{10, 44}) || b.Max != (orb.Point{10.1, 44.1}) {
		t.Errorf("box %v", b)
	}
}

func TestWhatHoldsNoOutlinesIsRefused(t *testing.T) {
	for name, c := range map[string]struct{ file, want string }{
		"a table":             {"a;b\n1;2\n3;4\n", "nessun livello contiene confini"},
		"points":              {`{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"name":"a","istat":"1"},"geometry":{"type":"Point","coordinates":[10,44]}}]}`, "nessun livello"},
		"a topology cut off":  {topology[:200], "è danneggiato"},
		"an arc from nowhere": {strings.Replace(topology, "[[0,1]]", "[[0,7]]", 1), "è danneggiato"},
		"nothing":             {"", "vuoto"},
		"an archive cut off":  {"PK\x03\x04 and no more", "danneggiato"},
		"metres":              {strings.Replace(topology, `"translate":[10,44]`, `"translate":[500000,4900000]`, 1), "non sono in gradi"},
	} {
		_, err := outline.Import(t.Context(), strings.NewReader(c.file), int64(len(c.file)), outline.Options{Name: "x"})
		refused(t, name, err, c.want)
	}
}

func TestRealBoundariesKeepTheirNeighbours(t *testing.T) {
	if !fixtures.Has(t, "fixtures", "g_geo", "bat_comuni_P110.geojson") {
		t.Skip("no shared inputs")
	}
	b, err := os.ReadFile(fixtures.Path(t, "fixtures", "g_geo", "bat_comuni_P110.geojson"))
	if err != nil {
		t.Fatal(err)
	}
	s := read(t, b, outline.Options{Name: "bat_comuni_P110.geojson"}).Sets[0]
	if s.Len() != 10 {
		t.Fatalf("%d municipalities", s.Len())
	}
	whole(t, s.Areas)
	a, ok := s.Named("Barletta")
	if !ok || a.Code != "110002" || a.Region != "16" || !a.Contains(orb.Point{16.28, 41.31}) {
		t.Errorf("%+v", a)
	}
	t.Logf("%d points", s.Points())
}

func TestTheShelfKeepsReplacesAndForgets(t *testing.T) {
	ctx := catalog.WithActor(t.Context(), catalog.System)
	st, err := store.Open(ctx, "sqlite:"+filepath.Join(t.TempDir(), "portico.db"), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { st.Close() })
	blobs, err := folder.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	shelf := &outline.Shelf{Records: st, Blobs: blobs, Log: slog.New(slog.DiscardHandler)}
	if set, _ := shelf.Set(ctx, outline.Municipalities); set != nil || shelf.Stamp(ctx) != "" {
		t.Error("an empty shelf has something")
	}
	in := read(t, boundaries.Archive(t), outline.Options{})
	for _, set := range in.Sets {
		if _, err := shelf.Keep(ctx, set, "prova.zip"); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := shelf.List(ctx)
	if err != nil || len(kept) != 3 || kept[0].Level != outline.Municipalities || kept[0].Areas != 5 || kept[0].Source != "prova.zip" || kept[0].Box[0] < 9 {
		t.Fatalf("%+v, %v", kept, err)
	}
	set, _ := shelf.Set(ctx, outline.Municipalities)
	if diff := cmp.Diff(in.Sets[0].Areas, set.Areas); diff != "" {
		t.Error(diff)
	}
	stamp := shelf.Stamp(ctx)
	other := read(t, []byte(topology), outline.Options{}).Sets[0]
	if _, err := shelf.Keep(ctx, other, "altro.json"); err != nil {
		t.Fatal(err)
	}
	if set, k := shelf.Set(ctx, outline.Municipalities); set.Len() != 2 || k.Source != "altro.json" || shelf.Stamp(ctx) == stamp {
		t.Error("the new outlines are not there")
	}
	used := 0
	if err := shelf.Used(ctx, func(string) { used++ }); err != nil || used != 3 {
		t.Errorf("%d blobs are in use, %v", used, err)
	}
	if err := shelf.Remove(ctx, outline.Municipalities); err != nil {
		t.Fatal(err)
	}
	if set, _ := shelf.Set(ctx, outline.Municipalities); set != nil {
		t.Error("they are still there")
	}
	if err := shelf.Remove(ctx, outline.Municipalities); catalog.KindOf(err) != catalog.NotFound {
		t.Error(err)
	}
	var none *outline.Shelf
	if set, _ := none.Set(ctx, outline.Regions); set != nil || none.Stamp(ctx) != "" {
		t.Error("no shelf has something")
	}
}

func TestAnImportEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	file := boundaries.Archive(t)
	if _, err := outline.Import(ctx, bytes.NewReader(file), int64(len(file)), outline.Options{}); err == nil {
		t.Error("it went on")
	}
}

func FuzzImport(f *testing.F) {
	f.Add([]byte(topology))
	f.Add([]byte(`{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"name":"a","com_istat_code":"46001"},"geometry":{"type":"Polygon","coordinates":[[[10,44],[11,44],[11,45],[10,44]]]}}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		out, err := outline.Import(t.Context(), bytes.NewReader(b), int64(len(b)), outline.Options{})
		if err == nil && len(out.Sets) == 0 {
			t.Error("nothing, and no error")
		}
	})
}
