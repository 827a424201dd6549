package api_test

import (
	"encoding/json"
	"testing"

	"portico/catalog"
	"portico/search/memory"
)

// TestABoxOnTheMap asks as ckanext-spatial's clients do.
func TestABoxOnTheMap(t *testing.T) {
	w := newWorld(t)
	for name, geometry := range map[string]string{"a-lecce": "POINT(18.17 40.35)", "a-ferrara": "POINT(11.6 44.8)", "senza-luogo": ""} {
		d := &catalog.Dataset{Name: name, Title: catalog.It("Luoghi")}
		if geometry != "" {
			d.Spatial = []catalog.Place{{Geometry: geometry}}
		}
		_, err := w.store.PutDataset(w.ctx, d)
		w.must(err)
	}
	w.follow()
	count := func(body string) int {
		t.Helper()
		rec := w.do("POST", "/api/3/action/package_search", body, "Content-Type", "application/json")
		var out struct{ Result struct{ Count int } }
		w.must(json.Unmarshal(rec.Body.Bytes(), &out))
		return out.Result.Count
	}
	for body, want := range map[string]int{
		`{}`:                            3,
		`{"ext_bbox": "18,40,19,41"}`:   1,
		`{"ext_bbox": [6, 35, 19, 48]}`: 2,
		`{"ext_bbox": ["18","40","19","41"], "q": "luoghi"}`: 1,
		`{"extras": {"ext_bbox": "0,0,1,1"}}`:                0,
	} {
		if got := count(body); got != want {
			t.Errorf("%s: %d, want %d", body, got, want)
		}
	}
	rec := w.do("GET", "/api/3/action/package_search?ext_bbox=boh", "")
	var out struct {
		Error struct{ Message string }
	}
	w.must(json.Unmarshal(rec.Body.Bytes(), &out))
	if rec.Code != 409 || out.Error.Message != "Search error: 'Wrong bounding box provided'" {
		t.Errorf("%d: %s", rec.Code, rec.Body)
	}
	w.engine = memory.New("en")
	w.must(w.store.MarkAllStale(w.ctx))
	w.follow()
	w.server = w.serverIn("en")
	if got := count(`{"ext_bbox": "boh"}`); got != 3 {
		t.Errorf("as CKAN without extensions: %d, want all", got)
	}
}
