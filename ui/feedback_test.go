package ui_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"portico/catalog"
	"portico/participation"
	"portico/ui"
)

// takes is a world whose pages take what people say; forms need not lie open
// for a moment.
func takes(t *testing.T) (*world, *participation.Desk) {
	t.Helper()
	w := newWorld(t)
	desk := participation.New(w.store, []byte("a secret of the test"))
	w.serve(func(c *ui.Config) { c.Contributions, c.Desk = w.store, desk })
	return w, desk
}

var ticket = regexp.MustCompile(`name="ticket" value="([^"]+)"`)

// fillIn gets a form, waits as a person would, and sends it.
func (w *world) fillIn(t *testing.T, page, to string, values url.Values) *httptest.ResponseRecorder {
	t.Helper()
	found := ticket.FindStringSubmatch(w.get(t, page).Body.String())
	if found == nil {
		t.Fatalf("%s has no form", page)
	}
	time.Sleep(2100 * time.Millisecond)
	values.Set("ticket", found[1])
	return w.send(t, to, values)
}

func (w *world) send(t *testing.T, to string, values url.Values, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, to, strings.NewReader(values.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	rec := httptest.NewRecorder()
	w.ui.ServeHTTP(rec, r)
	return rec
}

func TestAReportFromFormToAnswer(t *testing.T) {
	w, _ := takes(t)
	a, _ := w.firstTwo(t)
	page := "/dataset/" + a + "/segnalazioni"
	rec := w.fillIn(t, page, page, url.Values{"text": {"La riga 3 <script>alert(1)</script> è doppia."}, "name": {"Anna"}, "email": {"anna@example.org"}})
	if rec.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	receipt := rec.Header().Get("Location")
	if body := w.get(t, receipt).Body.String(); !strings.Contains(body, "Una persona lo leggerà") {
		t.Errorf("the receipt says %s", body)
	}
	if body := w.get(t, page).Body.String(); strings.Contains(body, "riga 3") {
		t.Error("what nobody has read is published")
	}
	if rec := w.get(t, "/segnalazioni/1"); rec.Code != http.StatusNotFound {
		t.Errorf("a receipt by its number, which anybody can guess: %d", rec.Code)
	}
	_, err := w.store.ChangeContribution(t.Context(), "1", func(c *catalog.Contribution) error {
		c.State, c.Answer = catalog.Accepted, "Corretto, grazie."
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	body := w.get(t, page).Body.String()
	for _, want := range []string{"La riga 3 &lt;script&gt;", "Corretto, grazie."} {
		if !strings.Contains(body, want) {
			t.Errorf("%q is not in the page", want)
		}
	}
	for _, secret := range []string{"Anna", "anna@example.org"} {
		if strings.Contains(body, secret) {
			t.Errorf("%q is in the page", secret)
		}
	}
}

func TestARatingCounts(t *testing.T) {
	w, _ := takes(t)
	a, _ := w.firstTwo(t)
	if body := w.get(t, "/dataset/"+a).Body.String(); !strings.Contains(body, `data-element="feedback-rate-5"`) {
		t.Error("the dataset's page does not ask how useful it is")
	}
	page := "/dataset/" + a + "/segnalazioni?stars=4"
	if rec := w.fillIn(t, page, "/dataset/"+a+"/valutazione", url.Values{"stars": {"4"}, "reason": {"clear"}}); rec.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	if body := w.get(t, "/en/dataset/"+a+"/segnalazioni").Body.String(); !strings.Contains(body, "4.0 of 5, 1 rating.") {
		t.Error("the rating does not count")
	}
}

func TestARequestHasATerm(t *testing.T) {
	w, _ := takes(t)
	rec := w.fillIn(t, "/richieste/nuova?q=Orari+scuolabus", "/richieste/nuova", url.Values{"title": {"Orari scuolabus"}, "email": {"anna@example.org"}})
	if rec.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	if rec := w.get(t, "/richieste/1"); rec.Code != http.StatusNotFound {
		t.Errorf("a request that nobody has read: %d", rec.Code)
	}
	if _, err := w.store.ChangeContribution(t.Context(), "1", func(c *catalog.Contribution) error { c.State = catalog.Accepted; return nil }); err != nil {
		t.Fatal(err)
	}
	due := time.Now().UTC().AddDate(0, 0, 30).Format("02/01/2006")
	for _, path := range []string{"/richieste", "/richieste/1"} {
		if body := w.get(t, path).Body.String(); !strings.Contains(body, "Orari scuolabus") || !strings.Contains(body, "risposta entro il "+due) {
			t.Errorf("%s does not tell the term %s", path, due)
		}
	}
}

func TestNothingTypedIsLost(t *testing.T) {
	w, desk := takes(t)
	rec := w.send(t, "/richieste/nuova", url.Values{"title": {"Bil"}, "text": {"Per una tesi sui \"bilanci\""}, "email": {"anna"}, "ticket": {desk.Ticket()}})
	body := rec.Body.String()
	for _, want := range []string{"Per una tesi sui &#34;bilanci&#34;", `value="anna"`, "Non è un indirizzo e-mail", "Scrivi qualche parola in più", `aria-invalid="true"`} {
		if !strings.Contains(body, want) {
			t.Errorf("%d: %q is not in the page", rec.Code, want)
		}
	}
}

func TestFormsOfOtherSitesAreRefused(t *testing.T) {
	w, desk := takes(t)
	v := url.Values{"title": {"Orari delle scuole"}, "email": {"a@b.it"}, "ticket": {desk.Ticket()}}
	for _, h := range [][]string{{"Sec-Fetch-Site", "cross-site"}, {"Origin", "https://evil.example"}, {"Origin", "null"}} {
		if rec := w.send(t, "/richieste/nuova", v, h...); rec.Code != http.StatusForbidden {
			t.Errorf("%v: %d", h, rec.Code)
		}
	}
	if rec := w.send(t, "/richieste/nuova", url.Values{"text": {strings.Repeat("x", 1<<20)}}); rec.Code != http.StatusBadRequest {
		t.Errorf("a form of 1 MB: %d", rec.Code)
	}
	if _, n, err := w.store.Contributions(t.Context(), catalog.ContributionFilter{}); n != 0 || err != nil {
		t.Errorf("%d were kept, %v", n, err)
	}
}
