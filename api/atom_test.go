package api_test

import (
	"encoding/json"
	"encoding/xml"
	"net/http"
	"slices"
	"strings"
	"testing"

	"portico/api"
	"portico/catalog"
)

// An atomDoc is what the tests read of a feed.
type atomDoc struct {
	Title string `xml:"title"`
	Links []struct {
		Rel  string `xml:"rel,attr"`
		Href string `xml:"href,attr"`
	} `xml:"link"`
	Entries []struct {
		ID         string `xml:"id"`
		Title      string `xml:"title"`
		Content    string `xml:"content"`
		Categories []struct {
			Term string `xml:"term,attr"`
		} `xml:"category"`
	} `xml:"entry"`
}

func (w *world) atom(target string) atomDoc {
	w.t.Helper()
	rec := w.do("GET", target, "")
	if rec.Code != http.StatusOK || !strings.HasPrefix(rec.Header().Get("Content-Type"), "application/atom+xml") {
		w.t.Fatalf("%s: %d %s\n%s", target, rec.Code, rec.Header().Get("Content-Type"), rec.Body)
	}
	var doc atomDoc
	if err := xml.Unmarshal(rec.Body.Bytes(), &doc); err != nil {
		w.t.Fatalf("%s: %v\n%s", target, err, rec.Body)
	}
	return doc
}

func (d atomDoc) titles() []string {
	var out []string
	for _, e := range d.Entries {
		out = append(out, e.Title)
	}
	return out
}

func (d atomDoc) link(rel string) string {
	for _, l := range d.Links {
		if l.Rel == rel {
			return l.Href
		}
	}
	return ""
}

func TestAtomFeedsTellWhatChangedLast(t *testing.T) {
	w := newWorld(t).fill()
	for _, c := range []struct {
		target, title string
		entries       int
	}{
		{"/feeds/dataset.atom", "Dati di Esempio", 4},
		{"/feeds/organization/comune-di-esempio.atom", `Dati di Esempio - Organization: "Comune di Esempio"`, 2},
		{"/feeds/group/envi.atom", `Dati di Esempio - Group: "Ambiente"`, 2},
		{"/feeds/tag/rifiuti.atom", `Dati di Esempio - Tag: "rifiuti"`, 1},
		{"/feeds/custom.atom?q=rifiuti&organization=comune-di-esempio&sort=name+asc", "Dati di Esempio - Custom query", 1},
		{"/feeds/custom.atom?tags=%22nope", "Dati di Esempio - Custom query", 0},
	} {
		doc := w.atom(c.target)
		if doc.Title != c.title || len(doc.Entries) != c.entries {
			t.Errorf("%s: title %q, entries %q; want %q, %d", c.target, doc.Title, doc.titles(), c.title, c.entries)
		}
		if self := doc.link("self"); !strings.HasPrefix(self, origin) || w.do("GET", strings.TrimPrefix(self, origin), "").Code != http.StatusOK {
			t.Errorf("%s: self is %q", c.target, self)
		}
		if slices.Contains(doc.titles(), "Stipendi") {
			t.Errorf("%s tells what is private", c.target)
		}
	}
}

func TestAtomFeedsArePaged(t *testing.T) {
	w := newWorld(t)
	for i := range 45 {
		d := &catalog.Dataset{Title: catalog.It("Dataset <b>n</b>"), Description: catalog.It("una\x01 riga\ndue & tre"), Keywords: []catalog.Keyword{{Name: "b"}, {Name: "a"}}}
		if i == 44 {
			d.Title = catalog.It("Ultimo")
		}
		_, err := w.store.PutDataset(w.ctx, d)
		w.must(err)
	}
	w.follow()
	seen := map[string]bool{}
	target := "/feeds/dataset.atom"
	for pages := 0; target != ""; pages++ {
		if pages > 3 {
			t.Fatal("the pages do not end")
		}
		doc := w.atom(target)
		for _, e := range doc.Entries {
			seen[e.ID] = true
		}
		if pages == 0 && (doc.Entries[0].Title != "Ultimo" || doc.Entries[0].Content != "una rigadue & tre" || doc.Entries[0].Categories[0].Term != "a") {
			t.Errorf("the first entry is %+v", doc.Entries[0])
		}
		target = strings.TrimPrefix(doc.link("next"), origin)
	}
	if len(seen) != 45 {
		t.Errorf("%d datasets on the pages, want 45", len(seen))
	}
	first := w.do("GET", "/feeds/dataset.atom", "")
	if again := w.do("GET", "/feeds/dataset.atom", "", "If-None-Match", first.Header().Get("ETag")); again.Code != http.StatusNotModified {
		t.Errorf("unchanged: %d", again.Code)
	}
	w.must(w.store.SetDatasetState(w.ctx, "ultimo", catalog.Withdrawn, ""))
	if doc := w.atom("/feeds/dataset.atom"); slices.Contains(doc.titles(), "Ultimo") {
		t.Error("a withdrawn dataset is still in the feed")
	}
}

func TestAtomFeedsThatAreNotThere(t *testing.T) {
	w := newWorld(t).fill()
	for target, status := range map[string]int{
		"/feeds/organization/nope.atom": 404, "/feeds/group/comune-di-esempio.atom": 404, "/feeds/nope.atom": 404, "/feeds/dataset": 404,
		"/feeds/dataset.atom?page=x": 400, "/feeds/dataset.atom?page=0": 400, "/feeds/custom.atom?sort=nope": 400,
		"/feeds/tag/.atom": 404, "/feeds/": 404,
	} {
		if rec := w.do("GET", target, ""); rec.Code != status || strings.Contains(rec.Body.String(), "goroutine") {
			t.Errorf("%s: %d, want %d", target, rec.Code, status)
		}
	}
}

func TestSitemapListsWhatEverybodySees(t *testing.T) {
	w := newWorld(t).fill()
	index := w.do("GET", "/sitemap.xml", "")
	var all strings.Builder
	for _, part := range strings.Split(index.Body.String(), "<loc>")[1:] {
		address, _, _ := strings.Cut(part, "</loc>")
		rec := w.do("GET", strings.TrimPrefix(address, origin), "")
		if rec.Code != http.StatusOK {
			t.Errorf("%s: %d", address, rec.Code)
		}
		if err := xml.Unmarshal(rec.Body.Bytes(), new(struct{})); err != nil {
			t.Errorf("%s: %v", address, err)
		}
		all.WriteString(rec.Body.String())
	}
	for _, want := range []string{"/dataset/rifiuti-2023<", "/organization/comune-di-esempio<", "/group/envi<", origin + "/<"} {
		if !strings.Contains(all.String(), want) {
			t.Errorf("the sitemap lacks %s", want)
		}
	}
	for _, secret := range []string{"stipendi", "vecchi-orari"} {
		if strings.Contains(all.String(), secret) {
			t.Errorf("the sitemap tells of %s", secret)
		}
	}
	for _, target := range []string{"/sitemap/sitemap-9.xml", "/sitemap/sitemap-1.txt", "/sitemap/sitemap-01.xml", "/sitemap/x"} {
		if rec := w.do("GET", target, ""); target == "/sitemap/sitemap-9.xml" && rec.Code != 200 || target != "/sitemap/sitemap-9.xml" && rec.Code != 404 {
			t.Errorf("%s: %d", target, rec.Code)
		}
	}
}

func TestOpenAPITellsEveryAction(t *testing.T) {
	w := newWorld(t)
	rec := w.do("GET", "/openapi.json", "")
	var doc struct {
		OpenAPI    string
		Paths      map[string]map[string]map[string]any
		Components struct{ Schemas map[string]any }
	}
	if err := json.Unmarshal(rec.Body.Bytes(), &doc); err != nil || doc.OpenAPI != "3.1.0" {
		t.Fatalf("%v: %.300s", err, rec.Body)
	}
	ids := map[any]bool{}
	for _, name := range api.ActionNames(w.server) {
		path := doc.Paths["/api/3/action/"+name]
		if path["post"] == nil {
			t.Errorf("%s is not in the document", name)
		}
		for _, op := range path {
			if ids[op["operationId"]] || op["summary"] == "" {
				t.Errorf("%s: operationId %v twice, or no summary", name, op["operationId"])
			}
			ids[op["operationId"]] = true
		}
	}
	for _, part := range strings.Split(rec.Body.String(), `"$ref":"#/components/schemas/`)[1:] {
		if name, _, _ := strings.Cut(part, `"`); doc.Components.Schemas[name] == nil {
			t.Errorf("there is no schema %s", name)
		}
	}
}
