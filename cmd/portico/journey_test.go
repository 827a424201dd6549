package main

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"portico/internal/browser"
	"portico/internal/fixtures"
	"portico/internal/mail/mailtest"
)

// TestJourneys takes two people through a running portal with the data of the
// demo: a citizen who looks for a number (J1) and a developer who wants to
// compute with it (J2).
func TestJourneys(t *testing.T) {
	path := browser.Find()
	if path == "" {
		fixtures.Missing(t, "journeys are made in Chromium, which is missing")
	}
	data := t.TempDir()
	smtp := mailtest.New(t, tls.Certificate{}, false)
	origin := serve(t, "serve", "--data", data, "--smtp-url", "smtp://"+smtp.Addr, "--site-email", "opendata@comune.example.it")
	for _, src := range demoSources(t) {
		if rep, code := harvest(t, append(src, "--data", data)...); code != exitDone {
			t.Fatalf("harvest %v = %d: %+v", src, code, rep)
		}
	}
	var found struct{ Count int }
	for end := time.Now().Add(20 * time.Second); found.Count == 0 && time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		action(t, origin, "package_search?q=massafra", &found) // the index follows
	}
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	t.Cleanup(cancel)
	b, stop, err := browser.Start(ctx, path, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	for _, w := range []struct {
		name          string
		width, height int64
		js, keys      bool
	}{
		{"on a phone", 360, 780, true, false},
		{"on a phone without scripts", 360, 780, false, false},
		{"at a desk", 1280, 900, true, false},
		{"at a desk with the keyboard alone", 1280, 900, true, true},
	} {
		t.Run("the citizen "+w.name, func(t *testing.T) {
			tab, visit, closes, err := b.Tab(w.width, w.height, w.js)
			if err != nil {
				t.Fatal(err)
			}
			defer closes()
			tab, cancel := context.WithTimeout(tab, time.Minute)
			defer cancel()
			c := &walker{T: t, ctx: tab, visit: visit, origin: origin, keys: w.keys, js: w.js}
			c.citizen()
			c.subscribe(smtp, w.name)
			c.clean()
		})
	}
	for _, width := range []int64{360, 1280} {
		t.Run(fmt.Sprintf("the developer at %d", width), func(t *testing.T) {
			tab, visit, closes, err := b.Tab(width, 800, true)
			if err != nil {
				t.Fatal(err)
			}
			defer closes()
			tab, cancel := context.WithTimeout(tab, time.Minute)
			defer cancel()
			(&walker{T: t, ctx: tab, visit: visit, origin: origin, js: true}).developer()
		})
	}
	t.Run("the developer's script", func(t *testing.T) {
		command(t, python(t), filepath.Join("testdata", "clients", "ckanapi_journey.py"), origin)
	})
}

// A walker is a person at a browser, who uses a mouse or a finger, or the
// keyboard alone.
type walker struct {
	*testing.T

	ctx    context.Context
	visit  *browser.Visit
	origin string
	keys   bool // and no mouse
	js     bool
	taps   int
}

// citizen goes from the home page to a number, its chart and its sheet.
func (w *walker) citizen() {
	w.open("/")
	w.write("#q", "rifuti massafra")
	w.enter("#q")
	w.at("/dataset?q=rifuti", ".p-card")
	w.is("the reason is told", `document.querySelector("main .alert-info strong").textContent`, "rifiuti massafra")
	const target = `.p-card-title a[href="/dataset/raccolta-differenziata-nei-comuni-vicini"]`
	w.yes("the dataset is among the first three", `[...document.querySelectorAll(".p-card")].slice(0, 3).some(c => c.querySelector('`+target+`'))`)
	w.tap(target)
	w.at("/dataset/raccolta-differenziata-nei-comuni-vicini", ".p-file")
	w.tap(".p-file .btn-primary")
	w.at("#preview", ".p-tools")
	w.write("#table-q", "massafra")
	w.enter("#table-q")
	w.at("?q=massafra", ".p-table tbody tr")
	w.yes("only rows of Massafra are shown", `[...document.querySelectorAll(".p-preview tbody tr")].length === 6 && [...document.querySelectorAll(".p-preview tbody tr")].every(r => r.textContent.includes("Massafra"))`)
	w.yes("the number is there, as Italians write it", `document.querySelector(".p-preview tbody").textContent.includes("71,4")`)
	if w.taps > 4 {
		w.Errorf("%d taps to the number, want at most 4", w.taps)
	}
	w.yes("a chart is drawn, with its data beside it", `document.querySelectorAll(".p-chart-picture circle, .p-chart-picture rect").length > 3 && document.querySelector(".p-chart table tbody tr") !== null`)
	w.yes("and it is of Massafra alone", `document.querySelector(".p-chart .p-sub").textContent.includes("righe scelte")`)
	w.sheet(w.text(`document.querySelector('.p-preview a[href*="data.xlsx"]').href`))
}

// subscribe asks to hear of the dataset, confirms by the link in the mail, and
// takes it back.
func (w *walker) subscribe(smtp *mailtest.Server, who string) {
	w.open("/dataset/raccolta-differenziata-nei-comuni-vicini")
	w.write("#follow-email", strings.ReplaceAll(who, " ", "-")+"@lettori.example")
	w.enter("#follow-email")
	w.at("/avvisi?inviato=1", ".p-alert-good")
	_, text := mailtest.Read(w.T, smtp.Next(w.T))
	link := regexp.MustCompile(regexp.QuoteMeta(w.origin) + `(/\S+/conferma/\S+|/avvisi/conferma/\S+)`).FindStringSubmatch(text)
	if link == nil {
		w.Fatalf("no link in\n%s", text)
	}
	w.open(link[1])
	w.tap(".p-form button")
	w.at("/avvisi/conferma/", ".p-alert-good")
	w.tap(`main a[href*="/avvisi/annulla/"]`)
	w.at("/avvisi/annulla/", ".p-form button")
	w.tap(".p-form button")
	w.at("/avvisi/annulla/", ".p-alert-good")
}

// developer goes from the home page to a call that runs as it is printed.
func (w *walker) developer() {
	w.open("/")
	w.tap(`footer a[href="/api-docs"]`)
	w.at("/api-docs", "#main")
	w.open("/dataset?q=rifiuti+massafra")
	w.tap(`.p-card-title a[href="/dataset/raccolta-differenziata-nei-comuni-vicini"]`)
	w.at("/dataset/raccolta-differenziata-nei-comuni-vicini", ".p-file")
	w.tap(".p-file .btn-primary")
	w.at("#preview", ".p-snippet")
	address := w.text(`document.querySelector('a[href*="datastore_search"]').href`)
	command := w.text(`[...document.querySelectorAll(".p-snippet code")].map(c => c.textContent).find(c => c.startsWith("curl")) ?? ""`)
	if command == "" {
		command = "curl --fail --silent --show-error '" + address + "'" // the page shows the address alone
	}
	cmd := exec.CommandContext(w.ctx, "sh", "-c", command)
	cmd.Dir = w.TempDir()
	if out, err := cmd.CombinedOutput(); err != nil {
		w.Errorf("%s: %v\n%s", command, err, out)
	}
	var answer struct {
		Success bool
		Result  struct{ Records []map[string]any }
	}
	code, body := get(w.T, address)
	if err := json.Unmarshal([]byte(body), &answer); err != nil || code != http.StatusOK || !answer.Success || len(answer.Result.Records) == 0 {
		w.Errorf("the printed call answers %d: %v %.200s", code, err, body)
	}
	w.clean()
}

// sheet downloads an Excel file and reads what a citizen would see in it.
func (w *walker) sheet(address string) {
	w.Helper()
	code, body := get(w.T, address)
	if code != http.StatusOK {
		w.Fatalf("%s = %d", address, code)
	}
	z, err := zip.NewReader(strings.NewReader(body), int64(len(body)))
	if err != nil {
		w.Fatal(err)
	}
	var all bytes.Buffer
	for _, f := range z.File {
		if !strings.HasPrefix(f.Name, "xl/") || !strings.HasSuffix(f.Name, ".xml") {
			continue
		}
		r, err := f.Open()
		if err != nil {
			w.Fatal(err)
		}
		if _, err := io.Copy(&all, io.LimitReader(r, 1<<22)); err != nil {
			w.Fatal(err)
		}
	}
	// Decimals are numbers, which Excel shows with the reader's comma; codes are texts that keep their zeros.
	for _, want := range []string{"di prossimità", "<v>71.4</v>", "073015", "Massafra"} {
		if !strings.Contains(all.String(), want) {
			w.Errorf("the sheet has no %q", want)
		}
	}
	if strings.Contains(all.String(), "Mottola") {
		w.Error("the sheet has more than the rows that were found")
	}
}

// clean looks at what the way has left behind.
func (w *walker) clean() {
	w.Helper()
	for _, p := range w.visit.Problems() {
		w.Errorf("the browser says: %s", p)
	}
	if u, _ := url.Parse(w.origin); !slices.Equal(w.visit.Hosts(), []string{u.Host}) {
		w.Errorf("asked %v, want only %s", w.visit.Hosts(), u.Host)
	}
	if c := w.text(`document.cookie`); c != "" {
		w.Errorf("a cookie was set: %s", c)
	}
}

func (w *walker) do(what string, a chromedp.Action[chromedp.Void]) {
	w.Helper()
	if err := chromedp.Do(w.ctx, a); err != nil {
		w.Fatalf("%s: %v", what, err)
	}
}

func (w *walker) open(path string) {
	w.Helper()
	w.do("open "+path, chromedp.Navigate(w.origin+path))
}

// tap follows a link or presses a button.
func (w *walker) tap(selector string) {
	w.Helper()
	w.taps++
	if !w.keys {
		w.do("tap "+selector, chromedp.Click(chromedp.CSS(selector)))
		return
	}
	w.reach(selector)
	w.do("press "+selector, chromedp.KeyEvent(kb.Enter))
}

// reach presses Tab until the focus is there.
func (w *walker) reach(selector string) {
	w.Helper()
	for range 120 {
		if w.text(`String(document.activeElement === document.querySelector(`+strconv.Quote(selector)+`))`) == "true" {
			return
		}
		w.do("Tab", chromedp.KeyEvent(kb.Tab))
	}
	w.Fatalf("the keyboard does not reach %s", selector)
}

func (w *walker) write(selector, text string) {
	w.Helper()
	if w.keys {
		w.reach(selector)
		w.do("write", chromedp.KeyEvent(text))
		return
	}
	w.do("write in "+selector, chromedp.SendKeys(chromedp.CSS(selector), text))
}

// enter sends the form of a field, as a phone's keyboard does.
func (w *walker) enter(selector string) {
	w.Helper()
	w.taps++
	if w.keys {
		w.do("Enter", chromedp.KeyEvent(kb.Enter))
		return
	}
	w.do("send "+selector, chromedp.Submit(chromedp.CSS(selector)))
}

// at waits until the address holds part and the page shows selector.
func (w *walker) at(part, selector string) {
	w.Helper()
	at := ""
	for range 200 {
		if at, _ = chromedp.Run(w.ctx, chromedp.Location()); strings.Contains(at, part) {
			w.do("see "+selector, chromedp.WaitVisible(chromedp.CSS(selector)))
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	w.Fatalf("at %s, want %s", at, part)
}

// text computes js in the page. It is the test's own question, and answered
// where the page's scripts are off, too.
func (w *walker) text(js string) string {
	w.Helper()
	s, err := chromedp.Run(w.ctx, chromedp.Evaluate[string](js))
	if err != nil {
		w.Fatalf("%s: %v", js, err)
	}
	return s
}

func (w *walker) is(what, js, want string) {
	w.Helper()
	if got := w.text(js); got != want {
		w.Errorf("%s: %q, want %q", what, got, want)
	}
}

func (w *walker) yes(what, js string) {
	w.Helper()
	w.is(what, "String("+js+")", "true")
}

// TestAFloodIsTurnedAwayAndOthersAreServed makes rapid calls from one address
// while another one reads pages.
func TestAFloodIsTurnedAwayAndOthersAreServed(t *testing.T) {
	origin := serve(t, "serve", "--data", t.TempDir(), "--rate-limit", "20/s!")
	from := func(ip string) *http.Client {
		d := &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(ip)}}
		return &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{DialContext: d.DialContext}}
	}
	ask := func(c *http.Client, path string) (status int, header http.Header) {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, origin+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := c.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		if _, err := io.Copy(io.Discard, resp.Body); err != nil {
			t.Fatal(err)
		}
		return resp.StatusCode, resp.Header
	}
	flood, other := from("127.0.0.2"), from("127.0.0.3")
	away := 0
	for range 100 {
		status, header := ask(flood, "/api/3/action/package_list")
		if status != http.StatusTooManyRequests {
			continue
		}
		away++
		if s, err := strconv.Atoi(header.Get("Retry-After")); err != nil || s < 1 || s > 60 {
			t.Fatalf("Retry-After: %q", header.Get("Retry-After"))
		}
	}
	if away == 0 {
		t.Error("100 rapid calls were all answered")
	}
	begin := time.Now()
	if status, _ := ask(other, "/dataset"); status != http.StatusOK || time.Since(begin) > time.Second {
		t.Errorf("another reader got %d after %v", status, time.Since(begin))
	}
}

// TestEveryKindOfAnswerHasTheHeaders asks the program as a whole, with an address
// of https, for one of each kind of answer: pages, API, RDF, feeds, files,
// downloads, errors.
func TestEveryKindOfAnswerHasTheHeaders(t *testing.T) {
	data := t.TempDir()
	if _, code := harvest(t, append(demoSources(t)[0], "--data", data)...); code != exitDone {
		t.Fatalf("the harvest ended with %d", code)
	}
	origin := serve(t, "serve", "--data", data, "--site-url", "https://dati.example")
	var found struct{ Resources []struct{ ID string } }
	action(t, origin, "package_show?id=raccolta-differenziata-nei-comuni-vicini", &found)
	table := "/dataset/raccolta-differenziata-nei-comuni-vicini/resource/" + found.Resources[0].ID
	for _, path := range []string{
		"/", "/dataset", "/dataset/non-esiste", "/en/about", "/static/favicon.svg", "/static/none", "/favicon.ico", "/robots.txt", "/sitemap.xml", "/healthz", "/.well-known/security.txt",
		"/api/3/action/package_list", "/api/3/action/none", "/api/3/action/package_show", "/catalog.ttl", "/catalog.rdf?page=99", "/feeds/dataset.atom", "/dataset/non-esiste.ttl",
		table, table + "/data.csv", table + "/data.xlsx", table + "/data.parquet", table + "/data.json?q=massafra", table + "/download/rifiuti-nei-comuni.csv", "/datastore/dump/" + found.Resources[0].ID,
	} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, origin+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Host = "dati.example"
		resp, err := http.DefaultTransport.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		h := resp.Header
		for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "strict-origin-when-cross-origin", "Cross-Origin-Opener-Policy": "same-origin", "Strict-Transport-Security": "max-age=31536000"} {
			if h.Get(name) != want {
				t.Errorf("%s = %d: %s is %q", path, resp.StatusCode, name, h.Get(name))
			}
		}
		if h.Get("Permissions-Policy") == "" || !strings.Contains(h.Get("Content-Security-Policy"), "default-src 'none'") || h.Get("Set-Cookie") != "" || resp.StatusCode >= http.StatusInternalServerError {
			t.Errorf("%s = %d: %v", path, resp.StatusCode, h)
		}
	}
}
