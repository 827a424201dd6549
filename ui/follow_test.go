package ui_test

import (
	"context"
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"portico/catalog"
	"portico/internal/mail"
	"portico/internal/mail/mailtest"
	"portico/openness"
	"portico/subscription"
	"portico/ui"
)

// mailed is a world that sends mail.
func mailed(t *testing.T) (*world, *mailtest.Server, *subscription.Post) {
	t.Helper()
	w := newWorld(t)
	smtp, post := w.mails(t)
	return w, smtp, post
}

// mails has the pages take subscriptions.
func (w *world) mails(t *testing.T) (*mailtest.Server, *subscription.Post) {
	t.Helper()
	smtp := mailtest.New(t, tls.Certificate{}, false)
	m, err := mail.New("smtp://"+smtp.Addr, nil)
	if err != nil {
		t.Fatal(err)
	}
	post := &subscription.Post{Mail: m, From: "opendata@valleserchiello.example"}
	post.Desk = subscription.New(subscription.Config{
		Records: w.store, Site: w.site, Secret: []byte("a secret of the test"),
		Invite: func(ctx context.Context, id string) error { return post.SendInvite(ctx, id) },
	})
	w.serve(func(c *ui.Config) { c.Alerts, c.Records = post.Desk, w.store })
	return smtp, post
}

var dayTicket = regexp.MustCompile(`name="ticket" value="([^"]+)"`)

// linkIn returns the path of a link in a mail.
func linkIn(t *testing.T, raw, page string) string {
	t.Helper()
	_, text := mailtest.Read(t, raw)
	at := regexp.MustCompile(`https://dati\.valleserchiello\.example(\S*` + page + `\S+)`).FindStringSubmatch(text)
	if at == nil {
		t.Fatalf("no link to %s in\n%s", page, text)
	}
	return at[1]
}

func TestAnAlertFromAPageToItsEnd(t *testing.T) {
	w, smtp, _ := mailed(t)
	for _, c := range []struct{ page, param, value, about string }{
		{"/dataset/numeri-civici", "dataset", "numeri-civici", "il dataset «Numeri civici»"},
		{"/en/organization/comune-di-roccaverde", "organization", "comune-di-roccaverde", "the datasets of Comune di Roccaverde"},
		{"/dataset?q=rifiuti&groups=ambiente", "search", "groups=ambiente&q=rifiuti", "la ricerca «rifiuti, Tema: Ambiente»"},
		{"/dataset", "", "", "tutto il catalogo"},
	} {
		body := w.get(t, c.page).Body.String()
		ticket := dayTicket.FindStringSubmatch(body)
		if ticket == nil || c.param != "" && !strings.Contains(body, `name="`+c.param+`" value="`+strings.ReplaceAll(c.value, "&", "&amp;")+`"`) {
			t.Fatalf("%s has no form", c.page)
		}
		for _, feed := range []string{"application/atom+xml", "application/feed+json"} {
			if !strings.Contains(body, `<link rel="alternate" type="`+strings.ReplaceAll(feed, "+", "&#43;")+`"`) {
				t.Errorf("%s does not name its feed %s", c.page, feed)
			}
		}
		prefix := ""
		if strings.HasPrefix(c.page, "/en") {
			prefix = "/en"
		}
		v := url.Values{"email": {c.param + "x@lettori.example"}, "ticket": {ticket[1]}}
		if c.param != "" {
			v.Set(c.param, c.value)
		}
		if rec := w.send(t, prefix+"/avvisi", v); rec.Code != http.StatusSeeOther || rec.Header().Get("Location") != prefix+"/avvisi?inviato=1" {
			t.Fatalf("%s: %d %s", c.page, rec.Code, rec.Body)
		}
		confirm := linkIn(t, smtp.Next(t), "/avvisi/conferma/")
		if body := w.get(t, confirm).Body.String(); !strings.Contains(body, c.about) || !strings.Contains(body, `method="post"`) || !strings.Contains(body, "noindex") {
			t.Errorf("%s: the link does not ask: %s", c.page, body)
		}
		done := w.send(t, confirm, nil)
		cancel := regexp.MustCompile(`href="(/[^"]*/avvisi/annulla/[^"]+|https://dati\.valleserchiello\.example[^"]+/annulla/[^"]+)"`).FindStringSubmatch(done.Body.String())
		if done.Code != http.StatusOK || cancel == nil {
			t.Fatalf("%s: %d %s", c.page, done.Code, done.Body)
		}
		at := strings.TrimPrefix(cancel[1], "https://dati.valleserchiello.example")
		if body := w.get(t, at).Body.String(); !strings.Contains(body, c.about) {
			t.Errorf("%s: the link to end does not say what: %s", c.page, body)
		}
		// As a mail program does it: nothing of a browser, one field.
		if rec := w.send(t, at, url.Values{"List-Unsubscribe": {"One-Click"}}); rec.Code != http.StatusOK {
			t.Errorf("%s: one click: %d", c.page, rec.Code)
		}
		for _, rec := range []*httptest.ResponseRecorder{w.get(t, at), w.send(t, at, nil), w.get(t, confirm)} {
			if rec.Code != http.StatusOK || strings.Contains(rec.Body.String(), `<form class="p-form"`) {
				t.Errorf("%s: after its end: %d", c.page, rec.Code)
			}
		}
	}
}

func TestTheFormOfAlertsIsGuarded(t *testing.T) {
	w, smtp, post := mailed(t)
	good := url.Values{"email": {"anna@lettori.example"}, "ticket": {post.Ticket()}}
	for _, h := range [][]string{{"Sec-Fetch-Site", "cross-site"}, {"Origin", "https://evil.example"}, {"Origin", "null"}} {
		if rec := w.send(t, "/avvisi", good, h...); rec.Code != http.StatusForbidden {
			t.Errorf("%v: %d", h, rec.Code)
		}
	}
	for name, c := range map[string]struct {
		v      url.Values
		status int
		want   string
	}{
		"no address":                  {url.Values{"email": {`anna"><script>`}, "ticket": good["ticket"]}, 422, "Non è un indirizzo e-mail"},
		"no ticket":                   {url.Values{"email": good["email"]}, 422, "era aperta da molto tempo"},
		"a program":                   {url.Values{"email": good["email"], "ticket": good["ticket"], "website": {"x"}}, 422, "compilato da un programma"},
		"a dataset that is not there": {url.Values{"email": good["email"], "ticket": good["ticket"], "dataset": {"boh"}}, 404, ""},
	} {
		rec := w.send(t, "/avvisi", c.v)
		if rec.Code != c.status || !strings.Contains(rec.Body.String(), c.want) || strings.Contains(rec.Body.String(), "<script>") {
			t.Errorf("%s: %d %s", name, rec.Code, rec.Body)
		}
	}
	for _, path := range []string{"/avvisi/conferma/x", "/avvisi/annulla/" + post.Ticket(), "/avvisi/annulla/%00"} {
		if rec := w.get(t, path); rec.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, rec.Code)
		}
	}
	if smtp.Waiting() > 0 {
		t.Error("somebody was written to")
	}
	w.serve(func(*ui.Config) {})
	body := w.get(t, "/avvisi").Body.String()
	if !strings.Contains(body, "non invia e-mail") || !strings.Contains(body, "/feeds/dataset.json") || strings.Contains(body, `type="email"`) {
		t.Error("without mail, the page does not send readers to the feeds")
	}
	if rec := w.send(t, "/avvisi", good); rec.Code != http.StatusNotFound {
		t.Errorf("without mail: %d", rec.Code)
	}
}

func TestAQuestionIsReadBack(t *testing.T) {
	for parameters, words := range map[string]string{"q=rifiuti&groups=ambiente": "rifiuti", "": "", "%zz": "%zz", "groups=ENVI&sort=boh&page=-1": ""} {
		q, got := ui.Question(parameters)
		if want := strings.Count(parameters, "groups"); got != words || len(q.Filters) != want {
			t.Errorf("%q: %q, %d filters", parameters, got, len(q.Filters))
		}
	}
}

// grown has the openness index of two years.
func (w *world) grown(t testing.TB) {
	t.Helper()
	ctx := catalog.WithActor(t.Context(), catalog.System)
	now := time.Now().UTC()
	k := openness.Keeper{Datasets: w.store, Organizations: w.store, Scores: w.store, Records: w.store}
	for back := 14; back >= 0; back-- {
		at := time.Date(now.Year(), now.Month()-time.Month(back), 1, 2, 0, 0, 0, time.UTC)
		k.Now = func() time.Time { return at }
		k.Skip = func(d *catalog.Dataset) bool { return int(d.Name[0])%7 < back/3 }
		if _, err := k.Take(ctx); err != nil {
			t.Fatal(err)
		}
	}
}

func TestTheOpennessIndex(t *testing.T) {
	w := newWorld(t)
	w.mails(t)
	if body := w.get(t, "/indice").Body.String(); !strings.Contains(body, "L’indice parte oggi") || !strings.Contains(body, "ln(1 &#43; n)") {
		t.Error("before there is an index, nobody is told so, nor how it will be made")
	}
	w.grown(t)
	w.mails(t)
	for path, want := range map[string][]string{
		"/indice":                {"Comune di Roccaverde", `href="/indice?ente=c_x101"`, "p-spark", "Rispetto a un anno fa", "I dati del grafico", "20%"},
		"/indice?ente=c_x101":    {"Indice di apertura: Comune di Roccaverde", `href="/organization/comune-di-roccaverde"`, "L’indice di tutti gli enti"},
		"/en/indice?ente=c_x101": {"Openness index: Comune di Roccaverde", "Share of the datasets"},
		"/indice.csv":            {"month,body,name", "c_x101,Comune di Roccaverde"},
		"/indice.json":           {`"formula":"1"`, `"key":"mqa","weight":15`, `"id":"uc_vsr"`},
	} {
		rec := w.get(t, path)
		for _, x := range want {
			if rec.Code != http.StatusOK || !strings.Contains(rec.Body.String(), x) {
				t.Errorf("%s: %d, %q is not there", path, rec.Code, x)
			}
		}
	}
	if rec := w.get(t, "/indice?ente=boh"); rec.Code != http.StatusNotFound {
		t.Errorf("nobody's index: %d", rec.Code)
	}
}

func TestAnErrorOfARowIsReported(t *testing.T) {
	w, _ := takes(t)
	const d = "/dataset/raccolta-differenziata-mensile"
	body := w.get(t, d+"/resource/"+wasteFile+"?page=2").Body.String()
	link := regexp.MustCompile(`href="([^"]+/segnalazioni\?[^"]*row=53)#report"`).FindStringSubmatch(body)
	if link == nil {
		t.Fatal("row 53 has no link")
	}
	form := strings.ReplaceAll(link[1], "&amp;", "&")
	body = w.get(t, form).Body.String()
	for _, want := range []string{`name="row" inputmode="numeric" value="53"`, `value="` + wasteFile + `" selected`, `<option value="quota">`} {
		if !strings.Contains(body, want) {
			t.Errorf("%q is not in the form", want)
		}
	}
	rec := w.fillIn(t, form, d+"/segnalazioni", url.Values{"text": {"La quota è più di 100."}, "resource": {wasteFile}, "row": {"53"}, "column": {"quota"}})
	if rec.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	c, err := w.store.ChangeContribution(t.Context(), "1", func(c *catalog.Contribution) error { c.State = catalog.Accepted; return nil })
	if err != nil || c.Row != 53 || c.Column != "quota" || c.Distribution != wasteFile {
		t.Fatalf("%+v, %v", c, err)
	}
	if body := w.get(t, d+"/segnalazioni").Body.String(); !strings.Contains(body, "riga 53, colonna quota") || !strings.Contains(body, "Aperta") {
		t.Error("the page does not say which row, or how it stands")
	}
}

// TestAlertsWithoutScriptsInChromium asks for alerts on a phone with JavaScript off,
// says yes by the link and ends it, and looks at the pages of this part.
func TestAlertsWithoutScriptsInChromium(t *testing.T) {
	needAssets(t)
	w, smtp, _ := mailed(t)
	w.grown(t)
	server := httptest.NewServer(w.ui)
	t.Cleanup(server.Close)
	axe := axeSource(t)
	b := newBrowser(t, server.URL)
	phone, _ := b.tab(t, 360, 780, false)
	phone, cancel := context.WithTimeout(phone, time.Minute)
	t.Cleanup(cancel)
	do := func(what string, actions ...chromedp.Action[chromedp.Void]) {
		t.Helper()
		if err := chromedp.Do(phone, chromedp.Steps(actions...)); err != nil {
			t.Fatalf("%s: %v", what, err)
		}
	}
	do("ask", chromedp.Navigate(b.base+"/dataset?q=rifiuti"), chromedp.SendKeys(chromedp.CSS("#follow-email"), "anna@lettori.example"),
		chromedp.Click(chromedp.CSS(".p-follow-form button")), chromedp.WaitVisible(chromedp.CSS(".p-alert-good")))
	shoot(phone, t, "alerts-sent-360")
	confirm := linkIn(t, smtp.Next(t), "/avvisi/conferma/")
	do("confirm", chromedp.Navigate(b.base+confirm), chromedp.Click(chromedp.CSS(".p-form button")), chromedp.WaitVisible(chromedp.CSS(".p-alert-good")))
	all, err := w.store.Records(t.Context(), catalog.RecordSubscription, "", "")
	if err != nil || len(all) != 1 || !strings.Contains(string(all[0].Body), "confirmed") {
		t.Errorf("%d subscriptions, %v", len(all), err)
	}
	for _, size := range sizes {
		ctx, v := b.tab(t, size.width, size.height, true)
		for name, path := range map[string]string{
			"alerts": "/avvisi", "alerts-search": "/avvisi?search=q%3Drifiuti%26groups%3Dambiente", "alerts-confirm": confirm, "openness": "/indice", "openness-one": "/en/indice?ente=c_x101",
			"row-report": "/dataset/raccolta-differenziata-mensile/segnalazioni?resource=" + wasteFile + "&row=3",
		} {
			t.Run(name+" at "+size.name, func(t *testing.T) {
				v.Reset()
				checkPage(ctx, t, v, b.base+path, axe)
				shoot(ctx, t, name+"-"+size.name)
			})
		}
	}
}
