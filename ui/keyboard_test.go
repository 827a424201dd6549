package ui_test

import (
	"context"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// watchFocus notes every stop of the keyboard: what it is, and whether somebody
// who looks can tell that it has the focus. What can be reached is counted
// apart: all that works and can be seen, a group of radio buttons once.
const watchFocus = `(() => {
	const what = e => e.tagName.toLowerCase() + " " + (e.id ? "#" + e.id : e.getAttribute("href") || e.name || e.className || e.textContent.trim().slice(0, 30));
	window.__what = what; window.__stops = [];
	document.addEventListener("focusin", event => {
		const e = event.target, s = getComputedStyle(e), r = e.getBoundingClientRect();
		const ring = (s.outlineStyle !== "none" && parseFloat(s.outlineWidth) > 0) || s.boxShadow !== "none";
		const seen = r.width > 1 && r.height > 1 && r.bottom > 0 && r.top < innerHeight && r.right > 0 && r.left < innerWidth;
		window.__stops.push({e, name: what(e), ring, seen, again: window.__stops.some(s => s.e === e)});
	});
	const groups = new Set();
	window.__wanted = [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0']")].filter(e => {
		if (e.tabIndex < 0 || e.disabled || !e.checkVisibility({visibilityProperty: true})) return false;
		if (e.type !== "radio") return true;
		const first = !groups.has(e.name); groups.add(e.name); return first;
	});
	return window.__wanted.length;
})()`

// sameStops are pages that have nothing to stop at but what another has, too;
// folded are those that fold something away on a phone, or are forms.
var (
	sameStops = []string{"list", "list-none", "dataset-files", "resource-broken", "organizations", "groups", "harvest", "run", "object", "receipt", "requests", "accessibilita", "privacy", "note-legali"}
	folded    = []string{"home", "list-filtered", "dataset", "resource", "feedback", "request-form", "validatore"}
)

// TestEveryPageWithTheKeyboardInChromium walks each page with the Tab key alone:
// the first stop is the way to the content, nothing that works is passed over,
// no stop is hidden, and none holds the reader.
func TestEveryPageWithTheKeyboardInChromium(t *testing.T) {
	needAssets(t)
	w := newWorld(t)
	pages := w.pages(t)
	server := httptest.NewServer(w.ui)
	t.Cleanup(server.Close)
	b := newBrowser(t, server.URL)
	for _, size := range sizes {
		ctx, _ := b.tab(t, size.width, size.height, true)
		for _, p := range pages {
			if strings.HasSuffix(p.name, "-en") || slices.Contains(sameStops, p.name) || size.width < 1000 && !slices.Contains(folded, p.name) {
				continue
			}
			t.Run(p.name+" at "+size.name, func(t *testing.T) {
				ctx, cancel := context.WithTimeout(ctx, time.Minute)
				defer cancel()
				for _, wrong := range tabThrough(ctx, t, b.base+p.path) {
					t.Error(wrong)
				}
			})
		}
	}
}

// tabThrough presses Tab until the focus comes back, and returns what is wrong.
func tabThrough(ctx context.Context, t *testing.T, address string) []string {
	t.Helper()
	if err := chromedp.Do(ctx, chromedp.Navigate(address)); err != nil {
		t.Fatal(err)
	}
	wanted := eval[int](ctx, t, watchFocus)
	const most = 40 // rounds of ten keys
	round := 0
	for ; round < most; round++ {
		if err := chromedp.Do(ctx, chromedp.KeyEvent(strings.Repeat(kb.Tab, 10))); err != nil {
			t.Fatal(err)
		}
		if eval[bool](ctx, t, `__stops.length > 0 && (__stops.some(s => s.again) || document.activeElement === document.body)`) {
			break
		}
	}
	if round == most {
		return []string{"the focus does not get through: " + eval[string](ctx, t, `__stops.slice(-5).map(s => s.name).join("; ")`)}
	}
	var out []string
	if first := eval[string](ctx, t, `__stops[0].name`); first != "a #main" {
		out = append(out, "the first stop is "+first+", want the skip link")
	}
	for what, js := range map[string]string{
		"not reached":                  `__wanted.filter(e => !__stops.some(s => s.e === e)).map(__what)`,
		"nothing tells that it has it": `__stops.filter(s => !s.ring).map(s => s.name)`,
		"focused where nobody sees it": `__stops.filter(s => !s.seen).map(s => s.name)`,
	} {
		if list := eval[[]string](ctx, t, js); len(list) > 0 {
			out = append(out, what+": "+strings.Join(list, "; "))
		}
	}
	t.Logf("%d stops", wanted)
	return out
}
