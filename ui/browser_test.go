package ui_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	chromium "portico/internal/browser"
	"portico/internal/fixtures"
)

// A browser is a Chromium of the tests, and where their pages are.
type browser struct {
	*chromium.Browser

	base string
}

// A visit is what the browser told while it showed a page.
type visit = chromium.Visit

func newBrowser(t *testing.T, base string) *browser {
	t.Helper()
	path := chromium.Find()
	if path == "" {
		fixtures.Missing(t, "the pages are proven in Chromium, which is missing")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	t.Cleanup(cancel)
	b, stop, err := chromium.Start(ctx, path, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	return &browser{b, base}
}

// tab opens a tab whose console and requests are watched.
func (b *browser) tab(t *testing.T, width, height int64, js bool) (context.Context, *visit) {
	t.Helper()
	ctx, v, closes, err := b.Tab(width, height, js)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(closes)
	return ctx, v
}

// sizes are a desk and a phone.
var sizes = []struct {
	name          string
	width, height int64
}{{"1280", 1280, 900}, {"360", 360, 780}}

// needAssets leaves out a test of what only the built style sheet and script do.
func needAssets(t *testing.T) {
	t.Helper()
	if _, err := os.Stat("static/build/manifest.json"); err != nil {
		fixtures.Missing(t, "the style sheet and the script are not built: make assets")
	}
}

func TestPagesInChromium(t *testing.T) {
	needAssets(t)
	w := newWorld(t)
	pages := w.pages(t)
	server := httptest.NewServer(w.ui)
	t.Cleanup(server.Close)
	axe := axeSource(t)
	b := newBrowser(t, server.URL)
	for _, size := range sizes {
		ctx, v := b.tab(t, size.width, size.height, true)
		for _, p := range pages {
			t.Run(p.name+" at "+size.name, func(t *testing.T) {
				v.Reset()
				checkPage(ctx, t, v, b.base+p.path, axe)
				shoot(ctx, t, p.name+"-"+size.name)
			})
		}
	}
}

func checkPage(ctx context.Context, t *testing.T, v *visit, address, axe string) {
	t.Helper()
	for _, p := range inspect(ctx, t, v, address, axe) {
		if !strings.Contains(p, "status of 404") || !strings.Contains(address, "non-esiste") {
			t.Error(p)
		}
	}
}

// inspect shows a page and returns all that is wrong with it.
func inspect(ctx context.Context, t *testing.T, v *visit, address, axe string) []string {
	t.Helper()
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if err := chromedp.Do(ctx, chromedp.Navigate(address), chromedp.Sleep(100*time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	return inspectHere(ctx, t, v, address, axe)
}

// inspectHere returns all that is wrong with the page that is shown already.
func inspectHere(ctx context.Context, t *testing.T, v *visit, address, axe string) []string {
	t.Helper()
	var out []string
	if overflow := eval[int](ctx, t, `document.documentElement.scrollWidth - document.documentElement.clientWidth`); overflow > 0 {
		wide := eval[string](ctx, t, `[...document.querySelectorAll("main *, header *, footer *")].filter(e => e.getBoundingClientRect().right > innerWidth + 1).slice(0, 5).map(e => e.tagName + "." + e.className).join(" ; ")`)
		out = append(out, fmt.Sprintf("the page is %d pixels wider than the screen: %s", overflow, wide))
	}
	if cookies := eval[string](ctx, t, `document.cookie`); cookies != "" {
		out = append(out, "the page set a cookie: "+cookies)
	}
	for _, p := range v.Problems() {
		out = append(out, "the browser says: "+p)
	}
	hosts := v.Hosts()
	if u, _ := url.Parse(address); len(hosts) != 1 || hosts[0] != u.Host {
		out = append(out, fmt.Sprintf("asked hosts %v, want only %s", hosts, u.Host))
	}
	if axe != "" {
		out = append(out, inspectAxe(ctx, t, axe)...)
	}
	return out
}

// inspectAxe returns what axe-core finds wrong under WCAG 2.1 A and AA.
func inspectAxe(ctx context.Context, t *testing.T, axe string) []string {
	t.Helper()
	eval[int](ctx, t, axe+";0")
	report := eval[string](ctx, t, `axe.run(document, {
		runOnly: {type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}, resultTypes: ["violations"]
	}).then(r => JSON.stringify(r.violations.map(v => ({id: v.id, impact: v.impact, help: v.help, nodes: v.nodes.map(n => n.html.slice(0, 160) + " " + (n.any[0]?.message || "")).slice(0, 3)}))))`,
		chromedp.EvalAwaitPromise)
	var violations []struct {
		ID, Impact, Help string
		Nodes            []string
	}
	if err := json.Unmarshal([]byte(report), &violations); err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, v := range violations {
		out = append(out, fmt.Sprintf("axe: %s %s (%s): %s", v.Impact, v.ID, v.Help, strings.Join(v.Nodes, " | ")))
	}
	return out
}

// TestInspectionSeesWhatIsWrongInChromium proves that the checks of the pages are awake.
func TestInspectionSeesWhatIsWrongInChromium(t *testing.T) {
	const bad = `<!DOCTYPE html><html><head><title>x</title></head><body style="margin:0"><img src="http://127.0.0.2:1/spia.png"><div style="width:3000px">x</div><form><input></form><script>x()</script></body></html>`
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'none'; img-src *; style-src 'unsafe-inline'")
		w.Header().Set("Set-Cookie", "visitor=1")
		fmt.Fprint(w, bad)
	}))
	t.Cleanup(server.Close)
	axe := axeSource(t)
	b := newBrowser(t, server.URL)
	ctx, v := b.tab(t, 360, 780, true)
	all := strings.Join(inspect(ctx, t, v, server.URL, axe), "\n")
	want := []string{"wider than the screen", "cookie", "asked hosts", "script-src"}
	if axe != "" {
		want = append(want, "image-alt", "html-has-lang", "label")
	}
	for _, w := range want {
		if !strings.Contains(all, w) {
			t.Errorf("nobody saw %q in\n%s", w, all)
		}
	}
}

// TestSearchWithoutScriptsInChromium goes from the home page to a row of a
// table with JavaScript off, on a phone.
func TestSearchWithoutScriptsInChromium(t *testing.T) {
	w := newWorld(t)
	server := httptest.NewServer(w.ui)
	t.Cleanup(server.Close)
	b := newBrowser(t, server.URL)
	ctx, _ := b.tab(t, 360, 780, false)
	ctx, cancel := context.WithTimeout(ctx, 90*time.Second)
	t.Cleanup(cancel)
	steps := []struct {
		name   string
		action chromedp.Action[chromedp.Void]
		want   string // at the end of the address
		shows  string // a selector that must be visible then
	}{
		{"the home page opens", chromedp.Navigate(b.base + "/"), "/", "#q"},
		{"the menu unfolds", chromedp.Click(chromedp.CSS(".p-menu > summary")), "/", `.p-menu a[href="/dataset"]`},
		{"words are sought", chromedp.Steps(chromedp.SendKeys(chromedp.CSS("#q"), "rifiuti"), chromedp.Submit(chromedp.CSS("#q"))), "/dataset?q=rifiuti", ".p-filters > summary"},
		{"the filters unfold", chromedp.Click(chromedp.CSS(".p-filters > summary")), "/dataset?q=rifiuti", "#facet-res_format"},
		{"a filter narrows", chromedp.Click(chromedp.CSS(`.p-facet a[href="/dataset?q=rifiuti&res_format=XLSX"]`)), "/dataset?q=rifiuti&res_format=XLSX", ".p-chip-close"},
		{"the dataset opens", chromedp.Click(chromedp.CSS(".p-card-title a")), "/dataset/raccolta-differenziata-mensile", ".p-file"},
		{"its file opens", chromedp.Click(chromedp.CSS(".p-file .btn-primary")), "/resource/" + wasteFile + "#preview", ".p-table tbody tr"},
		{"the next rows come", chromedp.Click(chromedp.CSS(`.p-pager a[rel="next"]`)), "?page=2", ".p-table tbody tr"},
	}
	for _, step := range steps {
		if err := chromedp.Do(ctx, step.action); err != nil {
			t.Fatalf("%s: %v", step.name, err)
		}
		at := ""
		for range 150 { // a busy machine takes its time to follow a link
			if at, _ = chromedp.Run(ctx, chromedp.Location()); strings.HasSuffix(at, step.want) {
				break
			}
			time.Sleep(100 * time.Millisecond)
		}
		if !strings.HasSuffix(at, step.want) {
			t.Fatalf("%s: at %s, want %s", step.name, at, step.want)
		}
		if err := chromedp.Do(ctx, chromedp.WaitVisible(chromedp.CSS(step.shows))); err != nil {
			t.Fatalf("%s: %v", step.name, err)
		}
	}
}

// TestKeyboardInChromium uses no mouse.
func TestKeyboardInChromium(t *testing.T) {
	needAssets(t)
	w := newWorld(t)
	server := httptest.NewServer(w.ui)
	t.Cleanup(server.Close)
	b := newBrowser(t, server.URL)
	ctx, _ := b.tab(t, 1280, 900, true)
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx, chromedp.Navigate(b.base+"/dataset?q=rifiuti"), chromedp.KeyEvent(kb.Tab)); err != nil {
		t.Fatal(err)
	}
	const focus = `(e => e.tagName + " " + (e.getAttribute("href") || e.id || e.className))(document.activeElement)`
	if got := eval[string](ctx, t, focus); got != "A #main" {
		t.Errorf("the first stop is %q, want the skip link", got)
	}
	if seen := eval[bool](ctx, t, `document.activeElement.getBoundingClientRect().height > 10`); !seen {
		t.Error("the skip link cannot be seen when it has the focus")
	}
	if err := chromedp.Do(ctx, chromedp.KeyEvent(kb.Enter), chromedp.Sleep(100*time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	if got := eval[string](ctx, t, focus); got != "MAIN main" {
		t.Errorf("the skip link leads to %q", got)
	}
	if err := chromedp.Do(ctx, chromedp.Focus(chromedp.CSS(".p-sort > summary")), chromedp.KeyEvent(kb.Enter), chromedp.Sleep(200*time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	const open = `document.querySelector(".p-sort").open`
	if !eval[bool](ctx, t, open) {
		t.Error("the orders do not unfold")
	}
	if err := chromedp.Do(ctx, chromedp.KeyEvent(kb.Escape), chromedp.Sleep(200*time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	if eval[bool](ctx, t, open) {
		t.Error("Escape does not fold the orders")
	}
}

func eval[T any](ctx context.Context, t *testing.T, js string, opts ...chromedp.EvaluateOption) T {
	t.Helper()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](js, opts...))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// axeSource reads axe-core from the development dependencies of the assets.
func axeSource(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("assets", "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("axe-core is missing: %v", err)
		}
		t.Log("no axe-core here: accessibility is not checked")
		return ""
	}
	return string(b)
}

// shoot keeps a picture of the page where PORTICO_TEST_SHOTS says, for people
// to look at.
func shoot(ctx context.Context, t *testing.T, name string) {
	t.Helper()
	dir := os.Getenv("PORTICO_TEST_SHOTS")
	if dir == "" {
		return
	}
	png, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), png, 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestValidatorWithoutScriptsInChromium validates a text with JavaScript off,
// on a phone and at a desk, and looks at what comes back.
func TestValidatorWithoutScriptsInChromium(t *testing.T) {
	w := newWorld(t)
	server := httptest.NewServer(w.ui)
	t.Cleanup(server.Close)
	axe := axeSource(t)
	b := newBrowser(t, server.URL)
	for _, size := range sizes {
		plain, _ := b.tab(t, size.width, size.height, false)
		plain, cancel := context.WithTimeout(plain, time.Minute)
		t.Cleanup(cancel)
		if err := chromedp.Do(plain, chromedp.Navigate(b.base+"/validatore"), chromedp.SendKeys(chromedp.CSS("#v-document"), badTurtle),
			chromedp.Click(chromedp.CSS(".p-form button")), chromedp.WaitVisible(chromedp.CSS("#result")), chromedp.Click(chromedp.CSS(".p-where summary"))); err != nil {
			t.Fatal(err)
		}
		shoot(plain, t, "validator-result-"+size.name)
		scripted, _ := b.tab(t, size.width, size.height, true)
		scripted, cancel = context.WithTimeout(scripted, time.Minute)
		t.Cleanup(cancel)
		if err := chromedp.Do(scripted, chromedp.Navigate(b.base+"/validatore"), chromedp.SendKeys(chromedp.CSS("#v-document"), badTurtle),
			chromedp.Click(chromedp.CSS(".p-form button")), chromedp.WaitVisible(chromedp.CSS("#result"))); err != nil {
			t.Fatal(err)
		}
		if overflow := eval[int](scripted, t, `document.documentElement.scrollWidth - document.documentElement.clientWidth`); overflow > 0 {
			t.Errorf("%s: the result is %d pixels wider than the screen", size.name, overflow)
		}
		if axe == "" {
			continue
		}
		for _, p := range inspectAxe(scripted, t, axe) {
			t.Errorf("%s: %s", size.name, p)
		}
	}
}
