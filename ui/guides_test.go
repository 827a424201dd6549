package ui_test

import (
	"context"
	"encoding/json"
	"net/http"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"golang.org/x/net/html"

	"portico/catalog"
	"portico/internal/fixtures"
	"portico/ui"
)

// A guideWorld has tables of two municipalities under the same title, with a
// history.
type guideWorld struct {
	*tableWorld

	rid, name string
}

func newGuideWorld(t *testing.T) *guideWorld {
	t.Helper()
	w := &guideWorld{tableWorld: newTableWorld(t)}
	page := w.load(t, "Fontane pubbliche di Roccaverde", "fontane.csv", fountains)
	w.name, w.rid = strings.Split(page, "/")[2], strings.Split(page, "/")[4]
	w.load(t, "Fontane pubbliche - Sant’Elmo al Ponte (2025)", "fontane2.csv", fountains)
	ctx := catalog.WithActor(t.Context(), catalog.System)
	for ref, holder := range map[string]catalog.Agent{
		w.name: {Identifier: "c_x101", Name: catalog.It("Comune di Roccaverde")},
		catalog.Slug("Fontane pubbliche - Sant’Elmo al Ponte (2025)", 60): {Identifier: "c_x103", Name: catalog.It("Comune di Sant’Elmo al Ponte")},
	} {
		d, err := w.store.Dataset(ctx, ref)
		if err != nil {
			t.Fatal(err)
		}
		d.Holder, d.Keywords, d.Frequency, d.Modified = holder, []catalog.Keyword{{Name: "acqua"}, {Name: "fontane"}}, "MONTHLY", "2024-03-31"
		d.Themes = []catalog.Theme{{Code: "ENVI"}}
		w.put(t, d)
	}
	d, err := w.store.Dataset(ctx, w.name)
	if err != nil {
		t.Fatal(err)
	}
	d.Description, d.Frequency = catalog.It("Dove si beve."), "ANNUAL"
	w.put(t, d)
	return w
}

// pre finds the commands of a page.
var pre = regexp.MustCompile(`(?s)<pre[^>]*><code>(.*?)</code></pre>`)

// commands returns the examples of a page that call curl without a token.
func commands(page string) []string {
	var out []string
	for _, m := range pre.FindAllStringSubmatch(page, -1) {
		if code := html.UnescapeString(m[1]); strings.HasPrefix(code, "curl ") && !strings.Contains(code, "$TOKEN") {
			out = append(out, code)
		}
	}
	return out
}

func TestEveryExampleOfTheGuidesRuns(t *testing.T) {
	if _, err := exec.LookPath("curl"); err != nil {
		fixtures.Missing(t, "the examples are run with curl, which is missing")
	}
	w := newGuideWorld(t)
	for path, least := range map[string]int{"/api-docs": 30, "/api-docs/" + w.rid: 10} {
		rec := w.get(t, path)
		if rec.Code != http.StatusOK {
			t.Fatalf("%s: %d", path, rec.Code)
		}
		examples := commands(rec.Body.String())
		if len(examples) < least {
			t.Errorf("%s has %d examples, want %d", path, len(examples), least)
		}
		for _, code := range examples {
			cmd := exec.CommandContext(t.Context(), "sh", "-eu")
			cmd.Dir, cmd.Stdin = t.TempDir(), strings.NewReader(code+"\n")
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Errorf("%s: %v\n%s\n%.300s", path, err, code, out)
				continue
			}
			if !strings.Contains(code, "/api/3/action/") {
				continue
			}
			var answer struct {
				Success bool
				Result  json.RawMessage
			}
			if err := json.Unmarshal(out, &answer); err != nil || !answer.Success {
				t.Errorf("%v\n%s\n%.300s", err, code, out)
			}
			if strings.Contains(code, "datastore_search'") && strings.Contains(code, "filters=") && strings.Contains(string(answer.Result), `"total": 0`) {
				t.Errorf("finds nothing: %s", code)
			}
		}
	}
}

func TestTheAddressesOfExamplesAnswer(t *testing.T) {
	w := newGuideWorld(t)
	href := regexp.MustCompile(`href="(/(?:api/3|dataset|catalog|feeds|api-docs|openapi)[^"]*)"`)
	for _, path := range []string{"/api-docs", "/en/api-docs/" + w.rid} {
		for _, m := range href.FindAllStringSubmatch(w.get(t, path).Body.String(), -1) {
			resp, err := http.Get(w.server.URL + html.UnescapeString(m[1]))
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			if resp.StatusCode != http.StatusOK {
				t.Errorf("%s: %s is %d", path, m[1], resp.StatusCode)
			}
		}
	}
}

func TestTheGuideOfATable(t *testing.T) {
	w := newGuideWorld(t)
	body := html.UnescapeString(w.get(t, "/api-docs/"+w.rid).Body.String())
	for _, want := range []string{"portata_l_s", "numeric", `filters={"nome":"Fontana Vecchia"}`, `"gte":1.5`, "portata_l_s desc", "q=Fontana", "openapi.json", "data.xlsx"} {
		if !strings.Contains(body, want) {
			t.Errorf("nothing says %s", want)
		}
	}
	for _, missing := range []string{"/api-docs/boh", "/api-docs/boh/openapi.json", "/api-docs/" + strings.Repeat("x", 300)} {
		if rec := w.get(t, missing); rec.Code != http.StatusNotFound {
			t.Errorf("%s: %d", missing, rec.Code)
		}
	}
	ctx := catalog.WithActor(t.Context(), catalog.System)
	d, err := w.store.Dataset(ctx, w.name)
	if err != nil {
		t.Fatal(err)
	}
	d.Private = true
	w.put(t, d)
	for _, path := range []string{"/api-docs/" + w.rid, "/api-docs/" + w.rid + "/openapi.json", "/dataset/activity/" + w.name, "/dataset/" + w.name + "/citation.bib"} {
		if rec := w.get(t, path); rec.Code != http.StatusNotFound && rec.Code != http.StatusGone || strings.Contains(rec.Body.String(), "Fontana Vecchia") {
			t.Errorf("%s of a private dataset: %d", path, rec.Code)
		}
	}
}

func TestADatasetLeadsToOthersAndToItsPast(t *testing.T) {
	w := newGuideWorld(t)
	page := "/dataset/" + w.name
	for _, c := range []struct {
		name, path   string
		want, absent []string
	}{
		{"the same data of another holder", page, []string{"Gli stessi dati di altri enti", "Fontane pubbliche - Sant’Elmo al Ponte (2025)", "Comune di Sant’Elmo al Ponte"}, nil},
		{"how late it is, in words", page, []string{"Aggiornamento annuale: era atteso entro il 01/04/2025", "attesa entro il 01/04/2025"}, nil},
		{"the licence in words", page, []string{"Puoi", "usarli per ogni scopo", "Devi", "citare la fonte e la licenza", "Non puoi", "far credere"}, nil},
		{"citations", page, []string{"@misc{" + w.name, "citation.ris"}, nil},
		{"Croissant", page, []string{page + "/croissant.jsonld"}, nil},
		{"a row that can be reported", page + "/resource/" + w.rid, []string{"/dataset/" + w.name + "/segnalazioni?resource=" + w.rid + "&row=1"}, nil},
		{"similar data", "/dataset/isole-ecologiche", []string{"Dataset simili", "Raccolta differenziata mensile"}, []string{"Gli stessi dati"}},
		{"its history", "/dataset/activity/" + w.name, []string{"Nessuna modifica dal", "aggiornato", "pubblicato per la prima volta", "mensile → annuale", "Titolare: Comune di Roccaverde", "/dataset/changes/00000000-"}, nil},
		{"its history in English", "/en/dataset/activity/" + w.name, []string{"No change since", "published for the first time"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			rec := w.get(t, c.path)
			body := html.UnescapeString(rec.Body.String())
			if rec.Code != http.StatusOK {
				t.Fatalf("status %d", rec.Code)
			}
			for _, want := range c.want {
				if !strings.Contains(body, want) {
					t.Errorf("nothing says %q", want)
				}
			}
			for _, absent := range c.absent {
				if strings.Contains(body, absent) {
					t.Errorf("it says %q", absent)
				}
			}
			checkHeaders(t, rec)
		})
	}
	change := regexp.MustCompile(`/dataset/changes/[0-9a-f-]+`).FindString(w.get(t, "/dataset/activity/"+w.name).Body.String())
	body := html.UnescapeString(w.get(t, change).Body.String())
	for _, want := range []string{"Dove si beve.", "mensile", "annuale", "Prima", "Dopo"} {
		if !strings.Contains(body, want) {
			t.Errorf("%s does not say %q", change, want)
		}
	}
	for _, path := range []string{"/dataset/changes/boh", "/dataset/changes/00000000-0000-4000-8000-0000ffffffff", "/dataset/activity/boh"} {
		if rec := w.get(t, path); rec.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, rec.Code)
		}
	}
}

func TestTextsOfTheSite(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct {
		name, path string
		want       []string
	}{
		{"the privacy notice knows who answers", "/privacy", []string{"Unione dei Comuni Valle del Serchiello", "mailto:opendata@valleserchiello.example", `href="/stats"`, "Valutazioni, segnalazioni"}},
		{"and links within its language", "/en/privacy", []string{`href="/en/stats"`}},
		{"accessibility has a way to complain", "/accessibilita", []string{"30 giorni", "Difensore civico", "23 settembre"}},
		{"questions", "/faq", []string{"Devo registrarmi o pagare?", "/richieste/nuova"}},
		{"legal notes", "/note-legali", []string{"36", "CC BY 4.0"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			rec := w.get(t, c.path)
			body := html.UnescapeString(rec.Body.String())
			if rec.Code != http.StatusOK || strings.Contains(body, "{{") {
				t.Fatalf("%d %s", rec.Code, body)
			}
			for _, want := range c.want {
				if !strings.Contains(body, want) {
					t.Errorf("nothing says %q", want)
				}
			}
		})
	}
	for path, to := range map[string]string{"/legal": "/note-legali", "/en/accessibility": "/en/accessibilita"} {
		if rec := w.get(t, path); rec.Header().Get("Location") != to {
			t.Errorf("%s leads to %q", path, rec.Header().Get("Location"))
		}
	}
}

func TestAnOperatorsTextIsShownAndTamed(t *testing.T) {
	w := newWorld(t)
	text := "# La nostra privacy\n\nScrivi a <{{email}}>. {{#declaration}}nascosto{{/declaration}}{{boh}}\n\n<script>alert(1)</script> [x](javascript:alert(1)) [stats]({{link}}/stats)\n"
	body, err := json.Marshal(ui.PageText{Text: text})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.store.PutRecord(t.Context(), &catalog.Record{Kind: catalog.RecordPage, Key: "it/privacy", Body: body}); err != nil {
		t.Fatal(err)
	}
	page := w.get(t, "/privacy").Body.String()
	for _, want := range []string{"La nostra privacy</h1>", "mailto:opendata@", "{{boh}}", `href="/stats"`} {
		if !strings.Contains(page, want) {
			t.Errorf("nothing says %q", want)
		}
	}
	for _, bad := range []string{"alert(1)</script>", "javascript:", "nascosto"} {
		_, main, _ := strings.Cut(page, "<main")
		main, _, _ = strings.Cut(main, "</main>")
		if strings.Contains(main, bad) {
			t.Errorf("it says %q", bad)
		}
	}
	if !strings.Contains(w.get(t, "/en/privacy").Body.String(), "Privacy notice</h1>") {
		t.Error("the other language lost its text")
	}
}

func TestLanguagesAreThoseOfTheSite(t *testing.T) {
	w := newWorld(t)
	if rec := w.get(t, "/de/dataset"); rec.Code != http.StatusNotFound {
		t.Errorf("a language that is not shown: %d", rec.Code)
	}
	w.serve(func(c *ui.Config) { c.Languages = []string{"it", "en", "de", "fr", "sl"} })
	for _, c := range []struct {
		path string
		want []string
	}{
		{"/de/dataset/raccolta-differenziata-mensile", []string{`lang="de"`, "Rechteinhaber:", "05.11.2026", "2 Dateien", "Umwelt", "monatlich", `hreflang="sl" href="https://dati.valleserchiello.example/sl/dataset/raccolta-differenziata-mensile"`, `hreflang="x-default" href="https://dati.valleserchiello.example/dataset/raccolta-differenziata-mensile"`, "Monthly separate waste collection"}},
		{"/fr/dataset/raccolta-differenziata-mensile", []string{`lang="fr"`, "Titulaire", "05/11/2026", "2 fichiers"}},
		{"/sl/dataset/raccolta-differenziata-mensile", []string{`lang="sl"`, "Imetnik:", "5. 11. 2026", "2 datoteki"}},
		{"/sl/dataset", []string{"14 najdenih zbirk podatkov"}},
		{"/de/privacy", []string{"Privacy notice"}},
	} {
		rec := w.get(t, c.path)
		body := html.UnescapeString(rec.Body.String())
		if rec.Code != http.StatusOK {
			t.Fatalf("%s: %d", c.path, rec.Code)
		}
		for _, want := range c.want {
			if !strings.Contains(body, want) {
				t.Errorf("%s: nothing says %q", c.path, want)
			}
		}
	}
}

// TestGuidesInChromium looks at the guides, the history, the texts and further
// languages at a desk and on a phone, and with JavaScript off.
func TestGuidesInChromium(t *testing.T) {
	needAssets(t)
	w := newGuideWorld(t)
	axe := axeSource(t)
	b := newBrowser(t, w.server.URL)
	pages := []struct{ name, path string }{
		{"tableapi", "/api-docs/" + w.rid},
		{"dataset-neighbours", "/dataset/" + w.name},
		{"resource-guide", "/dataset/" + w.name + "/resource/" + w.rid},
		{"dataset-de", "/de/dataset/" + w.name},
		{"dataset-sl", "/sl/dataset/" + w.name},
	}
	for _, size := range sizes {
		ctx, v := b.tab(t, size.width, size.height, true)
		for _, p := range pages {
			v.Reset()
			checkPage(ctx, t, v, b.base+p.path, axe)
			shoot(ctx, t, p.name+"-"+size.name)
		}
	}
	plain, _ := b.tab(t, 360, 780, false)
	plain, cancel := context.WithTimeout(plain, time.Minute)
	t.Cleanup(cancel)
	if err := chromedp.Do(plain, chromedp.Navigate(b.base+"/api-docs"), chromedp.Click(chromedp.CSS("#group-dataset > summary")), chromedp.Click(chromedp.CSS("#package_search > summary")),
		chromedp.WaitVisible(chromedp.CSS("#package_search pre"))); err != nil {
		t.Fatal(err)
	}
}
