package ui_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"portico/catalog"
	"portico/quality"
	"portico/ui"
)

// score scores all that is to be scored.
func (w *world) score(t testing.TB) {
	t.Helper()
	s := &quality.Scorer{Desk: &quality.Desk{Site: w.site, Links: w.store, Scores: w.store}, Datasets: w.store}
	if _, err := s.Run(catalog.WithActor(t.Context(), catalog.System)); err != nil {
		t.Fatal(err)
	}
}

// elsewhere moves the first file of a dataset to another host, at which it was
// tried with the given strikes.
func (w *world) elsewhere(t testing.TB, name string, strikes int) (resource string) {
	t.Helper()
	ctx := catalog.WithActor(t.Context(), catalog.System)
	d, err := w.store.Dataset(ctx, name)
	if err != nil {
		t.Fatal(err)
	}
	x := &d.Distributions[0]
	x.AccessURL, x.DownloadURL = "https://altrove.example/"+name+".csv", ""
	w.put(t, d)
	at := time.Date(2026, 11, 18, 3, 0, 0, 0, time.UTC)
	l := &catalog.Link{Address: x.AccessURL, Checked: at, Answered: at, Status: 200, Method: "HEAD", Strikes: strikes}
	if strikes > 0 {
		l.Status, l.Since, l.Reason = 404, at.AddDate(0, 0, 1-strikes), catalog.Text{"it": "il server ha risposto 404 Not Found", "en": "the server answered 404 Not Found"}
	}
	for _, err := range []error{w.store.SeeLinks(ctx, []string{x.AccessURL}, at), w.store.PutLink(ctx, l)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return x.ID
}

func TestADatasetTellsHowGoodItsMetadataAre(t *testing.T) {
	w := newWorld(t)
	for path, wants := range map[string][]string{
		"/dataset/numeri-civici":    {"Qualità dei metadati", "stelle su 5: ", "punti su 405", "Reperibilità", "farebbe", "Come rimediare", "/validatore?fragment=on&amp;url="},
		"/en/dataset/numeri-civici": {"Quality of the metadata", "of 5 stars: ", "of 405 points", "Findability", "/en/validatore?"},
	} {
		body := w.get(t, path).Body.String()
		for _, want := range wants {
			if !strings.Contains(body, want) {
				t.Errorf("%s has no %q", path, want)
			}
		}
	}
	w.serve(func(c *ui.Config) { c.Quality, c.Validator = nil, nil })
	if rec := w.get(t, "/dataset/numeri-civici"); rec.Code != http.StatusOK || strings.Contains(rec.Body.String(), "Qualità dei metadati") {
		t.Errorf("nobody tells of quality: %d", rec.Code)
	}
	if rec := w.get(t, "/validatore"); rec.Code != http.StatusNotFound {
		t.Errorf("there is no validator: %d", rec.Code)
	}
}

// TestWhyADatasetIsNotFedIsForItsEditors shows a visitor that it is not, and an
// editor why.
func TestWhyADatasetIsNotFedIsForItsEditors(t *testing.T) {
	w := newWorld(t)
	ctx := catalog.WithActor(t.Context(), catalog.System)
	d, err := w.store.Dataset(ctx, "farmacie-e-turni")
	if err != nil {
		t.Fatal(err)
	}
	d.Quarantine = []catalog.Problem{catalog.Problemf("dct:license", "boh", "license-missing", "Manca la licenza canarino.", "The licence is missing.").WithMend("Indicare la licenza.", "Give the licence.")}
	w.put(t, d)
	body := w.get(t, "/dataset/farmacie-e-turni").Body.String()
	if !strings.Contains(body, "non è ancora nei cataloghi nazionale ed europeo") || strings.Contains(body, "canarino") {
		t.Error("a visitor is told too little, or too much")
	}
	editor := catalog.Actor{ID: "u", Name: "u", Roles: map[string]catalog.Role{d.Organization: catalog.RoleEditor}}
	rec := httptest.NewRecorder()
	w.ui.ServeHTTP(rec, httptest.NewRequestWithContext(catalog.WithActor(t.Context(), editor), http.MethodGet, "/dataset/farmacie-e-turni", nil))
	if !strings.Contains(rec.Body.String(), "Manca la licenza canarino.") || !strings.Contains(rec.Body.String(), "Indicare la licenza.") {
		t.Error("an editor is not told why")
	}
	if body := w.get(t, "/dataset/farmacie-e-turni").Body.String(); strings.Contains(body, "canarino") {
		t.Error("the editor's page was kept for others")
	}
}

func TestAnOrganizationShowsTheMeanOfItsDatasets(t *testing.T) {
	w := newWorld(t)
	if body := w.get(t, "/organization/comune-di-roccaverde").Body.String(); strings.Contains(body, "Qualità dei metadati") {
		t.Error("a mean of nothing is shown")
	}
	w.score(t)
	body := w.get(t, "/organization/comune-di-roccaverde").Body.String() // the page from before was kept
	for _, want := range []string{"Qualità dei metadati", "In media ", "su 4 dataset", "stelle su 5"} {
		if !strings.Contains(body, want) {
			t.Errorf("no %q", want)
		}
	}
}

func TestAFileTellsWhetherItsAddressAnswers(t *testing.T) {
	for strikes, want := range map[int]string{
		0: "risponde: ultimo controllo 18/11/2026",
		1: "ultimo controllo 18/11/2026: non risponde dal 18/11/2026 (il server ha risposto 404 Not Found); sarà riprovato",
		3: "ultimo controllo 18/11/2026: non risponde dal 16/11/2026 (il server ha risposto 404 Not Found)",
	} {
		t.Run(fmt.Sprint(strikes, " failures"), func(t *testing.T) {
			w := newWorld(t)
			path := "/dataset/numeri-civici/resource/" + w.elsewhere(t, "numeri-civici", strikes)
			if body := w.get(t, path).Body.String(); !strings.Contains(body, want) || !strings.Contains(body, "altrove.example") {
				t.Errorf("no %q", want)
			}
		})
	}
}

// ask sends a form to the validator.
func (w *world) ask(t *testing.T, path string, form url.Values, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	req := httptest.NewRequestWithContext(t.Context(), http.MethodPost, path, strings.NewReader(form.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	rec := httptest.NewRecorder()
	w.ui.ServeHTTP(rec, req)
	return rec
}

const badTurtle = `@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dct: <http://purl.org/dc/terms/> .
<https://esempio.it/d> a dcat:Dataset ; dct:title "<script>alert(1)</script>"@it , "Due"@it ; dct:accrualPeriodicity "mensile" .
`

func TestTheValidatorAnswersWithAPage(t *testing.T) {
	w := newWorld(t)
	for _, tc := range []struct {
		name, path string
		form       url.Values
		status     int
		want       []string
	}{
		{"what is wrong, and how to mend it", "/validatore", url.Values{"document": {badTurtle}, "profile": {"ap2"}}, 200, []string{"violazioni", "Come rimediare:", "https://esempio.it/d", "dct:description", "Turtle"}},
		{"the same in English", "/en/validatore", url.Values{"document": {badTurtle}, "profile": {"ap2"}}, 200, []string{"violations", "How to mend it:", "is missing"}},
		{"a document that is none", "/validatore", url.Values{"document": {"ciao"}}, 400, []string{"Questo non è un documento RDF.", `role="alert"`}},
		{"nothing at all", "/validatore", url.Values{}, 400, []string{"Manca il documento"}},
		{"an address inside", "/validatore", url.Values{"url": {"http://127.0.0.1:8081/metrics"}}, 400, []string{"indirizzo non ammesso", `value="http://127.0.0.1:8081/metrics"`}},
		{"an unknown profile", "/validatore", url.Values{"document": {badTurtle}, "profile": {"boh"}}, 400, []string{"Nessun profilo si chiama"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			rec := w.ask(t, tc.path, tc.form)
			body := rec.Body.String()
			if rec.Code != tc.status {
				t.Errorf("status %d", rec.Code)
			}
			for _, want := range tc.want {
				if !strings.Contains(body, want) {
					t.Errorf("no %q", want)
				}
			}
			if strings.Contains(body, "<script>alert") {
				t.Error("the document speaks for the page")
			}
		})
	}
	if body := w.get(t, "/validatore?url=https%3A%2F%2Fesempio.it%2F%22%3E&fragment=on").Body.String(); !strings.Contains(body, `value="https://esempio.it/&#34;&gt;"`) || !strings.Contains(body, `name="fragment" value="on" checked`) {
		t.Error("the form is not filled in from the address")
	}
}

func TestTheValidatorAnswersProgramsWithJSON(t *testing.T) {
	w := newWorld(t)
	for name, rec := range map[string]*httptest.ResponseRecorder{
		"by Accept": w.ask(t, "/validatore", url.Values{"document": {badTurtle}, "profile": {"ap2"}}, "Accept", "application/json"),
		"by format": w.ask(t, "/validatore?format=json", url.Values{"document": {badTurtle}, "profile": {"ap2"}}),
	} {
		var got quality.Answer
		if err := json.Unmarshal(rec.Body.Bytes(), &got); err != nil || rec.Code != 200 || got.Violations == 0 || len(got.Results) < got.Violations || got.Results[0].Mend == "" {
			t.Errorf("%s: %d %v %s", name, rec.Code, err, rec.Body)
		}
	}
	rec := w.ask(t, "/validatore?format=json", url.Values{"document": {"ciao"}})
	if rec.Code != 400 || !strings.Contains(rec.Body.String(), `"error":"Questo non è un documento RDF."`) {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
}

func TestTheValidatorKeepsFormsOfOtherSitesAndTheImpatientOut(t *testing.T) {
	w := newWorld(t)
	form := url.Values{"document": {badTurtle}}
	if rec := w.ask(t, "/validatore", form, "Sec-Fetch-Site", "cross-site", "Origin", "https://altrove.example"); rec.Code != http.StatusForbidden {
		t.Errorf("another site: %d", rec.Code)
	}
	if rec := w.ask(t, "/validatore", form, "Sec-Fetch-Site", "same-origin"); rec.Code != http.StatusOK || rec.Header().Get("Set-Cookie") != "" {
		t.Errorf("this site: %d", rec.Code)
	}
	for range 40 {
		if rec := w.ask(t, "/validatore", form); rec.Code == http.StatusTooManyRequests {
			if rec.Header().Get("Retry-After") == "" || !strings.Contains(rec.Body.String(), "riprova tra un momento") {
				t.Error("it does not say when to come again")
			}
			return
		}
	}
	t.Error("nobody was refused")
}
