package api_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"portico/api"
	"portico/catalog"
	"portico/internal/rdf"
)

const hydra = "http://www.w3.org/ns/hydra/core#"

// feedable returns a dataset that a feed may hold. Its ID is spread over all
// that there are, so that new ones come before and behind a reader.
func feedable(n int) *catalog.Dataset {
	name := fmt.Sprintf("passo-%05d", n)
	return &catalog.Dataset{
		ID: catalog.StableID("walk", name), Name: name, Identifier: "c_x000:" + name, Title: catalog.It("Passo " + strconv.Itoa(n)),
		Description: catalog.It("Un dataset da contare, passo per passo."), State: catalog.Active, Modified: "2026-01-02", Frequency: "ANNUAL",
		Holder: catalog.Agent{Identifier: "c_x000", Name: catalog.It("Comune di Esempio")}, Themes: []catalog.Theme{{Code: "ENVI"}},
		Publisher:     catalog.Agent{Identifier: "c_x000", Name: catalog.It("Comune di Esempio")},
		Distributions: []catalog.Distribution{{AccessURL: "https://dati.esempio.example/" + name + ".csv", Format: "CSV", License: "https://creativecommons.org/licenses/by/4.0/"}},
	}
}

// A walker reads a catalogue as the harvesters of CKAN, udata and piveau do:
// whatever has the class of a dataset, and then the page that hydra names next.
type walker struct {
	t     *testing.T
	w     *world
	seen  map[string]bool
	pages int
}

// page reads one page and returns the address of the next, or "".
func (x *walker) page(address string) string {
	x.t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		x.t.Fatal(err)
	}
	rec := x.w.do("GET", u.RequestURI(), "")
	if rec.Code != http.StatusOK {
		x.t.Fatalf("%s = %d", address, rec.Code)
	}
	doc, err := rdf.Read(bytes.NewReader(rec.Body.Bytes()), rdf.NTriples, origin, rdf.DefaultLimits)
	if err != nil {
		x.t.Fatal(err)
	}
	g := rdf.NewGraph(doc.Triples)
	for _, s := range g.Typed("http://www.w3.org/ns/dcat#Dataset") {
		if x.seen[rdf.Value(s)] {
			x.t.Errorf("page %d repeats %s", x.pages+1, rdf.Value(s))
		}
		x.seen[rdf.Value(s)] = true
	}
	x.pages++
	for _, s := range g.Typed(hydra + "PagedCollection") {
		if next := g.Object(s, hydra+"nextPage"); next != nil {
			return rdf.Value(next)
		}
	}
	return ""
}

// TestAWalkLosesNothingWhileDataChange walks 2,000 datasets while others come,
// change and go before and behind the reader: what is there all the while is
// seen, and nothing is seen twice.
func TestAWalkLosesNothingWhileDataChange(t *testing.T) {
	n := 2000
	if testing.Short() {
		n = 400
	}
	for _, path := range []string{"/catalog.nt", "/catalog.nt?q=passo", "/holder/C_X000/catalog.nt", "/catalog.nt?modified_since=2020-01-01&rndt=true"} {
		t.Run(path, func(t *testing.T) {
			w := newWorld(t)
			for i := range n {
				w.put(feedable(i))
			}
			w.follow()
			x := &walker{t: t, w: w, seen: map[string]bool{}}
			dice := rand.New(rand.NewPCG(7, 7))
			gone, fresh := map[int]bool{}, n
			for next := origin + path; next != ""; {
				if next = x.page(next); x.pages > 2*n/100 {
					t.Fatal("the pages do not end")
				}
				for range 5 {
					i := dice.IntN(n)
					gone[i] = true
					w.must(w.store.SetDatasetState(w.ctx, feedable(i).ID, catalog.Withdrawn, ""))
					w.put(feedable(fresh))
					fresh++
					if d := feedable(dice.IntN(n)); !gone[numberOf(d)] {
						d.Title = catalog.It(d.Title.String() + " bis")
						w.put(d)
					}
				}
				w.follow()
			}
			for i := range n {
				if id := origin + "/dataset/" + feedable(i).ID; !gone[i] && !x.seen[id] {
					t.Errorf("%s was lost", feedable(i).Name)
				}
			}
			t.Logf("%d pages, %d datasets", x.pages, len(x.seen))
		})
	}
}

func numberOf(d *catalog.Dataset) int {
	n, err := strconv.Atoi(strings.TrimPrefix(d.Name, "passo-"))
	if err != nil {
		return -1
	}
	return n
}

// TestThePagesOfACatalogueAreNumbered reads what hydra says on each page.
func TestThePagesOfACatalogueAreNumbered(t *testing.T) {
	w := newWorld(t)
	for i := range 250 {
		w.put(feedable(i))
	}
	said := func(target string) map[string]string {
		doc, err := rdf.Read(bytes.NewReader(w.do("GET", target, "").Body.Bytes()), rdf.NTriples, origin, rdf.DefaultLimits)
		w.must(err)
		out := map[string]string{}
		for _, tr := range doc.Triples {
			if p, ok := strings.CutPrefix(rdf.Value(tr.Pred), hydra); ok {
				out[p] = strings.TrimPrefix(rdf.Value(tr.Obj), origin+"/catalog.nt?")
				out["subject"] = strings.TrimPrefix(rdf.Value(tr.Subj), origin+"/catalog.nt?")
			}
		}
		return out
	}
	one := said("/catalog.nt")
	two := said("/catalog.nt?" + one["next"])
	three := said("/catalog.nt?" + two["nextPage"])
	for i, c := range []struct {
		page                        map[string]string
		number, previous, last, end string
	}{
		{one, "page=1", "", "page=3", "page=2"},
		{two, "page=2", "page=1", "", "page=3"},
		{three, "page=3", "page=2", "page=3", ""},
	} {
		p := c.page
		if p["totalItems"] != "250" || p["itemsPerPage"] != "100" || p["first"] != "page=1" || !strings.HasSuffix(p["subject"], c.number) ||
			p["previous"] != c.previous || !strings.HasSuffix(p["next"], c.end) || (p["next"] == "") != (c.end == "") || p["next"] != p["nextPage"] || p["last"] != p["lastPage"] {
			t.Errorf("page %d says %v", i+1, p)
		}
		if c.last != "" && !strings.HasSuffix(p["last"], c.last) {
			t.Errorf("page %d: last is %s", i+1, p["last"])
		}
	}
}

// TestGeodataOfTheRNDTStayOutOfFeeds is AgID's requirement 30.
func TestGeodataOfTheRNDTStayOutOfFeeds(t *testing.T) {
	w := newWorld(t)
	marked, described, plain, denied := feedable(1), feedable(2), feedable(3), feedable(4)
	marked.Extras = []catalog.Extra{{Key: "rndt", Value: "Sì"}}
	described.LandingPage = "https://geodati.gov.it/geoportale/visualizzazione-metadati/scheda-metadati/?uuid=c_a944:1"
	denied.Pages, denied.Extras = []string{"https://geodati.gov.it/x"}, []catalog.Extra{{Key: "rndt", Value: "false"}}
	for _, d := range []*catalog.Dataset{marked, described, plain, denied} {
		w.put(d)
	}
	w.follow()
	feedHas := func(s *api.Server, target string, want ...*catalog.Dataset) {
		t.Helper()
		body := send(s, "GET", target, "").Body.String()
		for _, d := range []*catalog.Dataset{marked, described, plain, denied} {
			in := false
			for _, x := range want {
				in = in || x == d
			}
			if strings.Contains(body, d.Identifier) != in {
				t.Errorf("%s: %s in it: %t, want %t", target, d.Name, !in, in)
			}
		}
		if strings.HasPrefix(target, "/catalog") && !strings.Contains(body, fmt.Sprintf(`totalItems> "%d"`, len(want))) {
			t.Errorf("%s: total is not %d", target, len(want))
		}
	}
	for _, target := range []string{"/catalog.nt", "/catalog.nt?q=passo", "/catalog.nt?rndt=0", "/data.json", "/holder/c_x000/catalog.nt"} {
		feedHas(w.server, target, plain, denied)
	}
	for _, target := range []string{"/catalog.nt?rndt=true", "/catalog.nt?q=passo&rndt=1", "/data.json?rndt=true"} {
		feedHas(w.server, target, marked, described, plain, denied)
	}
	whole := api.New(withRNDT(w.config(catalog.Site{Title: "Dati di Esempio", Origin: origin, Locale: "en"})))
	feedHas(whole, "/catalog.nt", marked, described, plain, denied)
	feedHas(whole, "/catalog.nt?rndt=false", plain, denied)
	marked.Extras = nil
	w.put(marked)
	feedHas(w.server, "/catalog.nt", marked, plain, denied)
	if rec := w.do("GET", "/catalog.nt?rndt=forse", ""); rec.Code != http.StatusConflict {
		t.Errorf("rndt=forse: %d", rec.Code)
	}
}

func withRNDT(c api.Config) api.Config {
	c.RNDT = true
	return c
}

// TestFeedsAreCompressedForWhoTakesIt compares what is sent with and without.
func TestFeedsAreCompressedForWhoTakesIt(t *testing.T) {
	w := newWorld(t).fill()
	for _, target := range []string{"/catalog.ttl", "/catalog.rdf?q=rifiuti", "/organization/unione-alta-valle/catalog.jsonld", "/holder/c_x000/catalog.ttl", "/dataset/rifiuti-2023.ttl", "/data.json"} {
		plain := w.do("GET", target, "")
		zipped := w.do("GET", target, "", "Accept-Encoding", "br, gzip;q=0.8")
		head := w.do("HEAD", target, "", "Accept-Encoding", "gzip")
		z, err := gzip.NewReader(zipped.Body)
		if err != nil {
			t.Fatalf("%s: %v %v", target, err, zipped.Header())
		}
		length := zipped.Header().Get("Content-Length")
		body, err := io.ReadAll(z)
		w.must(err)
		if string(body) != plain.Body.String() || zipped.Header().Get("Content-Encoding") != "gzip" {
			t.Errorf("%s says something else when compressed", target)
		}
		if head.Header().Get("Content-Length") != length || length == "" || head.Header().Get("ETag") != zipped.Header().Get("ETag") || head.Body.Len() > 0 {
			t.Errorf("%s: HEAD %v, GET %v", target, head.Header(), zipped.Header())
		}
		for _, r := range []http.Header{plain.Header(), zipped.Header()} {
			if !strings.Contains(strings.Join(r.Values("Vary"), ","), "Accept-Encoding") {
				t.Errorf("%s: Vary %v", target, r.Values("Vary"))
			}
		}
		if plain.Header().Get("ETag") == zipped.Header().Get("ETag") {
			t.Errorf("%s: one ETag for two bodies", target)
		}
		if again := w.do("GET", target, "", "Accept-Encoding", "gzip", "If-None-Match", zipped.Header().Get("ETag")); again.Code != http.StatusNotModified || again.Body.Len() > 0 {
			t.Errorf("%s with its ETag: %d", target, again.Code)
		}
		if refused := w.do("GET", target, "", "Accept-Encoding", "gzip;q=0, identity"); refused.Header().Get("Content-Encoding") != "" {
			t.Errorf("%s is compressed for who refuses it", target)
		}
	}
}

// TestDataJSON reads /data.json as harvesters of DCAT-US do, short and long.
func TestDataJSON(t *testing.T) {
	w := newWorld(t).fill()
	type document struct {
		Type       string `json:"@type"`
		ConformsTo string
		Dataset    []struct {
			Title, Description, Identifier, Modified, AccessLevel string
			Keyword                                               []string
			Publisher                                             struct{ Name string }
			ContactPoint                                          struct{ Fn, HasEmail string }
			Distribution                                          []struct{ DownloadURL, AccessURL, MediaType string }
		}
	}
	read := func(target string) (d document) {
		t.Helper()
		rec := w.do("GET", target, "")
		if err := json.Unmarshal(rec.Body.Bytes(), &d); err != nil || rec.Code != http.StatusOK {
			t.Fatalf("%s: %d %v", target, rec.Code, err)
		}
		return d
	}
	short := read("/data.json")
	if short.Type != "dcat:Catalog" || short.ConformsTo != "https://project-open-data.cio.gov/v1.1/schema" || len(short.Dataset) != 3 {
		t.Fatalf("%+v", short)
	}
	for _, d := range short.Dataset {
		if d.Title == "" || d.Description == "" || d.Identifier == "" || d.Modified == "" || d.AccessLevel != "public" || len(d.Keyword) == 0 || d.Publisher.Name == "" || d.ContactPoint.Fn == "" {
			t.Errorf("lacks what the schema demands: %+v", d)
		}
		for _, x := range d.Distribution {
			if x.DownloadURL == "" && x.AccessURL == "" || x.DownloadURL != "" && x.MediaType == "" {
				t.Errorf("%s: %+v", d.Title, x)
			}
		}
	}
	for i := range 2100 {
		w.put(feedable(i))
	}
	w.follow()
	seen := map[string]bool{}
	for _, d := range read("/data.json").Dataset {
		if seen[d.Identifier] {
			t.Errorf("%s twice", d.Identifier)
		}
		seen[d.Identifier] = true
	}
	if len(seen) != 2103 {
		t.Errorf("%d datasets in the long document, want 2103", len(seen))
	}
	for target, want := range map[string]int{"/data.json?page=1": 100, "/data.json?page=22": 3, "/data.json?page=23": 0, "/data.json?q=rifiuti": 1, "/data.json?modified_since=2999-01-01": 0} {
		if got := len(read(target).Dataset); got != want {
			t.Errorf("%s: %d datasets, want %d", target, got, want)
		}
	}
	if rec := w.do("GET", "/data.json?page=0", ""); rec.Code != http.StatusConflict {
		t.Errorf("page=0: %d", rec.Code)
	}
}
