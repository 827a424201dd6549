package ui

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"html/template"
	"net/http"
	"net/http/httptest"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"portico/internal/browser"
	"portico/internal/fixtures"
)

// corpus returns the payloads that the pages are fed with: our own, and those
// among the shared searches that look like markup.
func corpus(t *testing.T) []string {
	t.Helper()
	files := []string{"testdata/xss.txt"}
	if fixtures.Has(t, "security", "query_attacks.txt") {
		files = append(files, fixtures.Path(t, "security", "query_attacks.txt"))
	}
	var all []string
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for sc := bufio.NewScanner(bytes.NewReader(b)); sc.Scan(); {
			fields := strings.Split(sc.Text(), "\t")
			if line := fields[len(fields)-1]; !strings.HasPrefix(line, "#") && (strings.Contains(line, "<") || strings.Contains(line, "script") || name == files[0]) {
				all = append(all, line)
			}
		}
	}
	return all
}

// A payloads fills values with the next payload each.
type payloads struct {
	all  []string
	next int
}

// fill puts a payload in every text below v and something in everything else.
func (p *payloads) fill(v reflect.Value, depth int) {
	if depth > 9 || !v.CanSet() {
		return
	}
	switch v.Kind() {
	case reflect.String:
		if v.Type() == reflect.TypeFor[template.HTML]() { // what the templates trust comes from here alone
			v.Set(reflect.ValueOf(proseHTML(p.take())))
			return
		}
		v.SetString(p.take())
	case reflect.Map:
		if v.Type().Key().Kind() == reflect.String && v.Type().Elem().Kind() == reflect.String {
			m := reflect.MakeMap(v.Type())
			m.SetMapIndex(reflect.ValueOf("it").Convert(v.Type().Key()), reflect.ValueOf(p.take()).Convert(v.Type().Elem()))
			v.Set(m)
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		p.fill(v.Elem(), depth+1)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		p.fill(v.Index(0), depth+1)
		p.fill(v.Index(1), depth+1)
	case reflect.Struct:
		for _, field := range v.Fields() {
			p.fill(field, depth+1)
		}
	default:
		fillPlain(v)
	}
}

func (p *payloads) take() string {
	s := p.all[p.next%len(p.all)]
	p.next++
	return s
}

// TestNoPayloadRunsInChromium draws every template, every text in it a payload,
// and opens it in Chromium under a policy that only reports: so it is the
// template that keeps the payload from running, and the policy that tells. A
// page is drawn until it has shown the whole corpus, with the payloads in other
// places each time.
func TestNoPayloadRunsInChromium(t *testing.T) {
	path := browser.Find()
	if path == "" {
		fixtures.Missing(t, "payloads are proven in Chromium, which is missing")
	}
	s := testServer(t)
	pages := map[string][]byte{}
	var names []string
	all := corpus(t)
	p := &payloads{all: all}
	for name := range everyPage() {
		most := 3 // of a page with few texts, so that the whole corpus does not take for ever
		if name == "text" {
			most = 1 // nothing but the frame comes from outside
		}
		for i, begin := 0, p.next; i < most && p.next-begin < len(all)*3/2; i++ {
			page := everyPage()[name]
			p.fill(reflect.ValueOf(page).Elem(), 0)
			page.base().Locale = "it"
			vary(page, []string{"late", "fresh", "taken", "also", "some"}[i%5])
			page.base().JSONLD = map[string]string{"name": p.take(), "description": p.take()}
			at := fmt.Sprintf("/%s-%d", name, i)
			pages[at], names = draw(t, s, "it", name, page), append(names, at)
		}
	}
	pages["/awake"] = []byte(`<!DOCTYPE html><title>x</title><img src=x onerror=window.__x=1><script>alert(1)</script>`)
	slices.Sort(names)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, ok := pages[r.URL.Path]
		if !ok {
			s.ServeHTTP(w, r)
			return
		}
		s.secure(w.Header())
		w.Header().Del("Content-Security-Policy")
		w.Header().Set("Content-Security-Policy-Report-Only", policy)
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(body)
	}))
	t.Cleanup(server.Close)
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	t.Cleanup(cancel)
	b, stop, err := browser.Start(ctx, path, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	tab, v, closes, err := b.Tab(1280, 900, true)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(closes)
	if got := ran(tab, t, v, server.URL, "/awake"); len(got) < 3 {
		t.Errorf("of three wrongs of a page only %q were seen", got)
	}
	for _, name := range names {
		for _, problem := range ran(tab, t, v, server.URL, name) {
			t.Errorf("%s: %s", name, problem)
		}
	}
	t.Logf("%d payloads on %d pages", len(all), len(names))
}

// ran opens a page, focuses all that can be focused, and returns what ran.
func ran(ctx context.Context, t *testing.T, v *browser.Visit, origin, name string) []string {
	t.Helper()
	v.Reset()
	if err := chromedp.Do(ctx, chromedp.Navigate(origin+name)); err != nil {
		t.Fatal(err)
	}
	marked, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`(() => { for (const e of document.querySelectorAll("a, button, input, select, textarea, summary, [tabindex]")) e.focus(); return "__x" in window })()`))
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	if marked {
		out = append(out, "a payload ran")
	}
	for _, h := range v.Hosts() {
		if "http://"+h != origin {
			out = append(out, "asked "+h)
		}
	}
	for _, p := range v.Problems() {
		numbers := strings.HasPrefix(p, "rendering: Error: <")                                                                // a payload where the program puts numbers
		features := strings.HasPrefix(name, "/resource") && strings.Contains(p, "status of 404 (Not Found) http://127.0.0.1") // or the address of a map's features
		if !numbers && !features {
			out = append(out, p)
		}
	}
	return out
}
