package ui_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"portico/catalog"
	"portico/internal/fixtures"
)

// A pageCase is one page that the proofs are made on. Its name begins with that of
// its template.
type pageCase struct{ name, path string }

// pages fills the world so that every template has something to show, and lists
// a page of each: they are looked at in Chromium by axe at two sizes, walked
// through with the keyboard, and their HTML is validated. A new page joins with
// a line here.
func (w *world) pages(t *testing.T) []pageCase {
	t.Helper()
	w.score(t)
	away := w.elsewhere(t, "numeri-civici", 3)
	run := w.harvested(t)
	said, alert := w.said(t), w.askedForAlerts(t)
	const history = "/dataset/activity/numeri-civici"
	return []pageCase{
		{"home", "/"},
		{"home-en", "/en/"},
		{"list", "/dataset"},
		{"list-filtered", "/dataset?q=rifiuti&groups=ambiente&res_format=CSV"},
		{"list-facets", "/dataset?updated=year&stars=3"},
		{"list-none", "/dataset?q=astronavi&res_format=CSV&sort=boh"},
		{"dataset", "/dataset/raccolta-differenziata-mensile"},
		{"dataset-en", "/en/dataset/raccolta-differenziata-mensile"},
		{"dataset-files", "/dataset/qualita-dell-aria-centraline-mobili"},
		{"resource", "/dataset/raccolta-differenziata-mensile/resource/" + wasteFile},
		{"resource-broken", "/dataset/numeri-civici/resource/" + away},
		{"organizations", "/organization"},
		{"organization", "/organization/comune-di-roccaverde"},
		{"groups", "/group"},
		{"group", "/group/ambiente"},
		{"stats", "/stats"},
		{"feedback", "/dataset/raccolta-differenziata-mensile/segnalazioni"},
		{"feedback-stars", "/dataset/raccolta-differenziata-mensile/segnalazioni?stars=2"},
		{"receipt", "/segnalazioni/" + said.ID},
		{"requests", "/richieste"},
		{"request", "/richieste/" + said.Number},
		{"request-form", "/richieste/nuova?q=rifiuti"},
		{"harvest", "/harvest"},
		{"source", "/harvest/regione"},
		{"run", "/harvest/regione/run/" + run},
		{"object", "/harvest/object/raccolto"},
		{"validatore", "/validatore"},
		{"validatore-en", "/en/validatore?url=https%3A%2F%2Fesempio.it%2Fcatalog.rdf"},
		{"text-about", "/about"},
		{"text-faq", "/faq"},
		{"text-accessibilita", "/accessibilita"},
		{"text-privacy", "/privacy"},
		{"text-note-legali", "/note-legali"},
		{"tags", "/tag"},
		{"staff", "/dataset/new"},
		{"bulk", "/bulk"},
		{"history", history},
		{"changes", regexp.MustCompile(`/dataset/changes/[0-9a-f-]+`).FindString(w.get(t, history).Body.String())},
		{"apidocs", "/api-docs"},
		{"tableapi", "/api-docs/" + wasteFile},
		{"map", "/mappa"},
		{"alerts", "/avvisi"},
		{"alert-link", alert},
		{"openness", "/indice"},
		{"error", "/dataset/non-esiste"},
	}
}

// harvested fills the pages about sources: one source, one run with a rejected
// record, and the original of the dataset "raccolto". It returns the run's ID.
func (w *world) harvested(t *testing.T) (run string) {
	t.Helper()
	ctx := catalog.WithActor(t.Context(), catalog.System)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(w.store.PutSource(ctx, &catalog.Source{Name: "regione", Title: "Dati aperti della Regione", Kind: "ckan", URL: "https://dati.regione.example/", Schedule: "daily"}))
	src, err := w.store.Source(ctx, "regione")
	must(err)
	r, err := w.store.StartRun(ctx, src.ID, time.Time{})
	must(err)
	r.Status = catalog.RunDone
	r.Report = json.RawMessage(`{"read":{"datasets":2},"changed":1,"new":1,"failed":1,"complete":true,"records":[{"id":"b","title":"Bilancio","outcome":"rejected","link":"https://dati.regione.example/b",
		"problems":[{"field":"dct:title","value":"","rule":"title-missing","message":"manca il titolo / there is no title","mend":"scrivilo / write it"}]}]}`)
	must(w.store.FinishRun(ctx, r))
	w.put(t, &catalog.Dataset{ID: catalog.StableID(src.ID, "a"), Name: "raccolto", Title: catalog.It("Raccolto"), Origin: catalog.Origin{Source: src.ID, Record: "a"}})
	raw := catalog.RawRecord{ID: catalog.StableID(src.ID, "a"), Source: src.ID, Record: "a", Run: r.ID, MediaType: "application/json", Text: `{"title":"Raccolto","notes":"` + strings.Repeat("Testo lungo. ", 40) + `"}`}
	rec, err := raw.Pack()
	must(err)
	must(w.store.PutRecord(ctx, rec))
	return r.ID
}

// said is where a request for data, and its receipt, are to be seen.
type saidRequest struct{ ID, Number string }

func (w *world) said(t *testing.T) saidRequest {
	t.Helper()
	day := time.Date(2026, 11, 3, 9, 0, 0, 0, time.UTC)
	c := &catalog.Contribution{
		ID: catalog.StableID("ui-test", "richiesta"), Kind: catalog.Request, State: catalog.Accepted, Title: "Consumi di acqua per via", Text: "Servono per una ricerca.\n\nBastano i totali del mese.",
		Name: "Anna", Created: day, Decided: day, Due: day.AddDate(0, 0, 30),
	}
	if err := w.store.AddContribution(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	return saidRequest{c.ID, strconv.FormatInt(c.Number, 10)}
}

// askedForAlerts asks for alerts and returns where they are confirmed.
func (w *world) askedForAlerts(t *testing.T) string {
	t.Helper()
	smtp, _ := w.mails(t)
	ticket := dayTicket.FindStringSubmatch(w.get(t, "/avvisi").Body.String())
	if ticket == nil {
		t.Fatal("there is no form for alerts")
	}
	if rec := w.send(t, "/avvisi", url.Values{"email": {"anna@lettori.example"}, "ticket": {ticket[1]}}); rec.Code != http.StatusSeeOther {
		t.Fatalf("alerts: %d %s", rec.Code, rec.Body)
	}
	return linkIn(t, smtp.Next(t), "/avvisi/conferma/")
}

// TestEveryTemplateHasItsProof fails when a page joins that is not in the list.
func TestEveryTemplateHasItsProof(t *testing.T) {
	files, err := filepath.Glob("templates/*.html")
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t)
	pages := w.pages(t)
	for _, p := range pages {
		want := http.StatusOK
		if p.name == "error" {
			want = http.StatusNotFound
		}
		if rec := w.get(t, p.path); rec.Code != want {
			t.Errorf("%s: %s answers %d, want %d", p.name, p.path, rec.Code, want)
		}
	}
	for _, f := range files {
		name := strings.TrimSuffix(filepath.Base(f), ".html")
		if name != "layout" && !slices.ContainsFunc(pages, func(p pageCase) bool { return p.name == name || strings.HasPrefix(p.name, name+"-") }) {
			t.Errorf("no page of %s is in the list", f)
		}
	}
}

// TestEveryPageIsValidHTML holds what is sent against the standard, and beside
// it a page that is not, to see that the validator is awake.
func TestEveryPageIsValidHTML(t *testing.T) {
	w := newWorld(t)
	pages := map[string][]byte{"bad": []byte(`<!DOCTYPE html><html lang="it"><head><title>x</title></head><body><ul><p id="a">x</p></ul><a id="a" href="/"></a></body></html>`)}
	for _, p := range w.pages(t) {
		pages[p.name] = w.get(t, p.path).Body.Bytes()
	}
	var bad strings.Builder
	for _, complaint := range validate(t, pages) {
		if strings.HasPrefix(complaint, "bad.html") {
			bad.WriteString(complaint + "\n")
			continue
		}
		t.Error(complaint)
	}
	for _, rule := range []string{"element-permitted-content", "no-dup-id"} {
		if !strings.Contains(bad.String(), rule) {
			t.Errorf("nobody saw %s in\n%s", rule, bad.String())
		}
	}
}

// validate returns what html-validate says of pages, by name.
func validate(t *testing.T, pages map[string][]byte) []string {
	t.Helper()
	tool, err := filepath.Abs(filepath.Join("..", "scripts", "html"))
	if err != nil {
		t.Fatal(err)
	}
	node, err := exec.LookPath("node")
	if err == nil {
		_, err = os.Stat(filepath.Join(tool, "node_modules", "html-validate"))
	}
	if err != nil {
		fixtures.Missing(t, "html-validate is missing; make test installs it: "+err.Error())
	}
	dir := t.TempDir()
	for name, body := range pages {
		if err := os.WriteFile(filepath.Join(dir, name+".html"), body, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), node, filepath.Join(tool, "node_modules", "html-validate", "bin", "html-validate.mjs"), "--config", filepath.Join(tool, "htmlvalidate.json"), "--formatter", "json", dir)
	cmd.Dir = tool
	out, err := cmd.Output()
	var files []struct {
		FilePath string
		Messages []struct {
			RuleID, Message, Selector string
			Line                      int
		}
	}
	if jsonErr := json.Unmarshal(out, &files); jsonErr != nil {
		t.Fatalf("html-validate: %v: %v\n%s", err, jsonErr, out)
	}
	var all []string
	for _, f := range files {
		for _, m := range f.Messages {
			all = append(all, fmt.Sprintf("%s, line %d: %s: %s (%s)", filepath.Base(f.FilePath), m.Line, m.RuleID, m.Message, m.Selector))
		}
	}
	return all
}
