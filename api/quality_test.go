package api_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"portico/catalog"
	"portico/quality"
)

// qualityResult is what is read of the two actions.
type qualityResult struct {
	Success bool
	Result  struct {
		Points, Max, Stars, Datasets int
		Mean                         float64
		Rating                       string
		Fed                          bool
		Dimensions                   map[string]struct{ Points, Max int }
		Metrics                      []struct {
			Name, Dimension string
			Max, Passed, Of int
			Mend            map[string]string
		}
		Findings   []quality.Result
		Links      []map[string]any
		Quarantine []map[string]any
		Spread     map[string]int `json:"datasets_by_stars"`
	}
}

func (w *world) quality(target string, header ...string) (r qualityResult, code int) {
	w.t.Helper()
	rec := w.do("GET", "/api/3/action/"+target, "", header...)
	if err := json.Unmarshal(rec.Body.Bytes(), &r); err != nil {
		w.t.Fatalf("%s: %v: %s", target, err, rec.Body)
	}
	return r, rec.Code
}

func TestTheQualityOfADatasetIsTold(t *testing.T) {
	w := newWorld(t).fill()
	address := "https://dati.altrove.example/qualita-aria.csv"
	at := time.Date(2026, 11, 18, 3, 0, 0, 0, time.UTC)
	w.must(w.store.SeeLinks(w.ctx, []string{address}, at))
	before, _ := w.quality("dataset_quality_show?id=qualita-aria")
	w.must(w.store.PutLink(w.ctx, &catalog.Link{Address: address, Checked: at, Since: at, Strikes: 3, Status: 404, Reason: catalog.Text{"it": "404", "en": "404"}}))
	got, code := w.quality("dataset_quality_show?id=qualita-aria")
	r := got.Result
	if code != 200 || r.Max != 405 || r.Points != before.Result.Points-80 || r.Stars < 1 || !r.Fed || r.Dimensions["accessibility"].Points != 20 {
		t.Errorf("%d: %+v, before %d", code, r, before.Result.Points)
	}
	if len(r.Links) != 1 || r.Links[0]["url"] != address || r.Links[0]["broken"] != true || len(before.Result.Links) != 0 {
		t.Errorf("links %v, before %v", r.Links, before.Result.Links)
	}
	for _, m := range r.Metrics {
		if m.Passed < m.Of && (m.Mend["it"] == "" || m.Mend["en"] == "") {
			t.Errorf("%s does not say how it is mended", m.Name)
		}
	}
	if len(r.Findings) == 0 || r.Findings[0].Mend == "" || r.Quarantine != nil {
		t.Errorf("findings %v, quarantine %v", r.Findings, r.Quarantine)
	}
	for _, ref := range []string{"stipendi", "bozza", "vecchi-orari", "nessuno"} {
		if _, code := w.quality("dataset_quality_show?id=" + ref); code != 403 && code != 404 {
			t.Errorf("%s: %d", ref, code)
		}
	}
}

func TestWhoMayMendADatasetIsToldWhyItIsNotFed(t *testing.T) {
	w := newWorld(t).fill()
	w.must(w.store.PutUser(w.ctx, &catalog.User{ID: "u-red", Name: "redazione", Email: "r@esempio.example"}))
	w.must(w.store.PutMember(w.ctx, &catalog.Member{Body: "0a000000-0000-4000-8000-000000000002", Kind: catalog.MemberUser, Object: "u-red", Role: catalog.RoleEditor}))
	w.must(w.store.PutToken(w.ctx, &catalog.Token{ID: "t-red", User: "u-red", Hash: hashOf("portico_red")}))
	for who, token := range map[string]string{"a visitor": "", "an editor of another organization": w.stranger(), "an editor": "portico_red"} {
		got, _ := w.quality("dataset_quality_show?id=senza-licenza", "Authorization", token)
		if told := len(got.Result.Quarantine) == 1; got.Result.Fed || told != (who == "an editor") {
			t.Errorf("%s: %+v", who, got.Result.Quarantine)
		}
	}
}

func TestTheQualityOfACatalogueIsTold(t *testing.T) {
	w := newWorld(t).fill()
	if got, code := w.quality("catalog_quality_show"); code != 200 || got.Result.Datasets != 0 {
		t.Errorf("nothing is scored yet: %d %+v", code, got.Result)
	}
	_, err := (&quality.Scorer{Desk: &quality.Desk{Site: catalog.Site{Origin: origin}, Links: w.store, Scores: w.store}, Datasets: w.store}).Run(w.ctx)
	w.must(err)
	for target, want := range map[string]int{"": 4, "?organization_id=comune-di-esempio": 2, "?organization_id=unione-alta-valle": 2} {
		got, code := w.quality("catalog_quality_show" + target)
		r := got.Result
		sum := 0
		for _, n := range r.Spread {
			sum += n
		}
		if code != 200 || r.Datasets != want || sum != want || r.Mean <= 0 || r.Points <= 0 || r.Rating == "" || len(r.Metrics) == 0 {
			t.Errorf("%s: %d %+v", target, code, r)
		}
	}
	if _, code := w.quality("catalog_quality_show?organization_id=nessuno"); code != http.StatusNotFound {
		t.Errorf("an organization that is not there: %d", code)
	}
}

func TestADocumentIsValidatedForPrograms(t *testing.T) {
	w := newWorld(t)
	const document = "<https://esempio.it/d> a <http://www.w3.org/ns/dcat#Dataset> ."
	for _, tc := range []struct {
		name, method, target, body string
		header                     []string
		status                     int
		want                       string
	}{
		{"a document", "POST", "/api/validate?profile=ap2&fragment=1", document, []string{"Content-Type", "text/turtle"}, 200, `"rule":"ap2 dcat:Dataset dct:title min"`},
		{"in the reader's language", "POST", "/en/api/validate?profile=ap2", document, []string{"Content-Type", "text/turtle"}, 200, `"message":"The title (dct:title) is missing."`},
		{"a form", "POST", "/api/validate", "profile=ap2&document=" + strings.NewReplacer("#", "%23", " ", "+").Replace(document), []string{"Content-Type", "application/x-www-form-urlencoded"}, 200, `"severity":"violation"`},
		{"what is none", "POST", "/it/api/validate", "ciao", nil, 400, `"error":"questo non è un documento RDF"`},
		{"nothing", "POST", "/it/api/validate", "", nil, 400, `manca il documento`},
		{"no such profile", "POST", "/it/api/validate?profile=x", document, nil, 400, `nessun profilo`},
		{"nobody fetches here", "POST", "/api/validate?url=https://esempio.it/", "", nil, 400, `http://`},
		{"a page of another site", "POST", "/it/api/validate", document, []string{"Sec-Fetch-Site", "cross-site"}, 403, `altri siti`},
		{"a GET", "GET", "/api/validate", "", nil, 405, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			rec := w.do(tc.method, tc.target, tc.body, tc.header...)
			if rec.Code != tc.status || !strings.Contains(rec.Body.String(), tc.want) {
				t.Errorf("%d %s", rec.Code, rec.Body)
			}
		})
	}
	for range 40 {
		if rec := w.do("POST", "/api/validate", document, "Content-Type", "text/turtle"); rec.Code == http.StatusTooManyRequests {
			if rec.Header().Get("Retry-After") == "" {
				t.Error(fmt.Sprint("it does not say when to come again: ", rec.Header()))
			}
			return
		}
	}
	t.Error("nobody was refused")
}
