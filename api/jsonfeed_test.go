package api_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// Every Atom feed has a twin in JSON that tells of the same datasets.
func TestFeedsHaveTwinsInJSON(t *testing.T) {
	w := newWorld(t).fill()
	for _, path := range []string{
		"/feeds/dataset", "/feeds/organization/comune-di-esempio", "/feeds/group/envi", "/feeds/tag/rifiuti", "/feeds/custom?q=rifiuti", "/feeds/custom?organization=comune-di-esempio", "/feeds/holder/c_x000",
	} {
		base, query, _ := strings.Cut(path, "?")
		if query != "" {
			query = "?" + query
		}
		atom := w.atom(base + ".atom" + query)
		rec := w.do("GET", base+".json"+query, "")
		var feed struct {
			Version string `json:"version"`
			Home    string `json:"home_page_url"`
			Feed    string `json:"feed_url"`
			Items   []struct{ ID, URL, Title, DateModified string }
		}
		if err := json.Unmarshal(rec.Body.Bytes(), &feed); err != nil || rec.Code != http.StatusOK {
			t.Fatalf("%s: %d, %v\n%s", path, rec.Code, err, rec.Body)
		}
		if ct := rec.Header().Get("Content-Type"); !strings.HasPrefix(ct, "application/feed+json") || feed.Version != "https://jsonfeed.org/version/1.1" || feed.Feed != strings.Replace(atom.link("self"), ".atom", ".json", 1) || feed.Home != atom.link("alternate") {
			t.Errorf("%s: %s %+v", path, ct, feed)
		}
		var titles []string
		for _, i := range feed.Items {
			titles = append(titles, i.Title)
			if !strings.Contains(i.URL, "/dataset/") || i.ID == "" {
				t.Errorf("%s: %+v", path, i)
			}
		}
		if !slices.Equal(titles, atom.titles()) {
			t.Errorf("%s: %v, and in Atom %v", path, titles, atom.titles())
		}
	}
	if rec := w.do("GET", "/feeds/dataset.json", ""); !strings.Contains(rec.Body.String(), `"items":[{`) {
		t.Error("the feed of everything is empty")
	}
	if rec := w.do("GET", "/feeds/dataset.xml", ""); rec.Code != http.StatusNotFound {
		t.Errorf("another form: %d", rec.Code)
	}
}
