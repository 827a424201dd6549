package ui_test

import (
	"context"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"portico/ui"
)

// TestFiltersInChromium narrows the list: with JavaScript the page stays, and
// focus, announcement and history go along; without, links do.
func TestFiltersInChromium(t *testing.T) {
	needAssets(t)
	w := newWorld(t)
	w.serve(func(c *ui.Config) { c.Theme = themed(t) })
	server := httptest.NewServer(w.ui)
	t.Cleanup(server.Close)
	axe := axeSource(t)
	b := newBrowser(t, server.URL)
	for _, size := range sizes {
		t.Run("with JavaScript at "+size.name, func(t *testing.T) {
			ctx, v := b.tab(t, size.width, size.height, true)
			ctx, cancel := context.WithTimeout(ctx, time.Minute)
			defer cancel()
			narrowed(ctx, t, b.base, size.width < 992)
			for _, p := range inspectAxe(ctx, t, axe) {
				t.Error(p)
			}
			shoot(ctx, t, "filtered-live-"+size.name)
			if len(v.Problems()) > 0 || len(v.Hosts()) != 1 {
				t.Errorf("the browser says %q, and asked %q", v.Problems(), v.Hosts())
			}
		})
	}
	t.Run("with a theme", func(t *testing.T) {
		for _, size := range sizes {
			ctx, v := b.tab(t, size.width, size.height, true)
			for name, path := range map[string]string{"themed-home": "/", "themed-list": "/dataset?q=rifiuti&stars=3"} {
				v.Reset()
				checkPage(ctx, t, v, b.base+path, axe)
				shoot(ctx, t, name+"-"+size.name)
			}
		}
	})
	t.Run("without JavaScript", func(t *testing.T) {
		ctx, _ := b.tab(t, 1280, 900, false)
		ctx, cancel := context.WithTimeout(ctx, time.Minute)
		defer cancel()
		do(ctx, t, chromedp.Navigate(b.base+"/dataset?q=rifiuti&groups=ambiente"), chromedp.Click(chromedp.CSS(".p-chip-close")), chromedp.WaitNotPresent(chromedp.CSS(".p-chip-close")))
		if at := location(ctx, t); !strings.HasSuffix(at, "/dataset?q=rifiuti") {
			t.Errorf("a chip leads to %s", at)
		}
		do(ctx, t, chromedp.Navigate(b.base+"/dataset?stars=3"), chromedp.SendKeys(chromedp.CSS("#q"), "rifiuti"), chromedp.Submit(chromedp.CSS("#q")), chromedp.WaitReady(chromedp.CSS(".p-why")))
		if at := location(ctx, t); !strings.Contains(at, "q=rifiuti") || !strings.Contains(at, "stars=3") {
			t.Errorf("the form leads to %s", at)
		}
	})
}

func do(ctx context.Context, t *testing.T, actions ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	if err := chromedp.Do(ctx, actions...); err != nil {
		t.Fatal(err)
	}
}

func location(ctx context.Context, t *testing.T) string {
	t.Helper()
	at, err := chromedp.Run(ctx, chromedp.Location())
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// until waits for a condition in the page.
func until(ctx context.Context, t *testing.T, what, js string) {
	t.Helper()
	for range 100 {
		if eval[bool](ctx, t, js) {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("%s: %s never holds at %s", what, js, location(ctx, t))
}

// narrowed walks through the list with JavaScript on.
func narrowed(ctx context.Context, t *testing.T, base string, phone bool) {
	t.Helper()
	do(ctx, t, chromedp.Navigate(base+"/dataset"), chromedp.WaitReady(chromedp.CSS("#total")))
	eval[bool](ctx, t, `window.stayed = true`)
	if phone {
		do(ctx, t, chromedp.Click(chromedp.CSS(".p-filters > summary")))
	}
	do(ctx, t, chromedp.Click(chromedp.CSS(`.p-facet a[href="/dataset?res_format=JSON"]`)))
	until(ctx, t, "a facet narrows", `location.search === "?res_format=JSON" && document.querySelectorAll(".p-card").length === 2`)
	until(ctx, t, "the focus stays on the value", `document.activeElement.dataset.key === "res_format JSON" && document.activeElement.getAttribute("aria-current") === "true"`)
	until(ctx, t, "the number is announced", `document.getElementById("live").textContent.includes("2 dataset")`)
	if phone && !eval[bool](ctx, t, `document.querySelector(".p-filters").open`) {
		t.Error("the filters folded")
	}
	do(ctx, t, chromedp.Focus(chromedp.CSS(".p-chip-close")), chromedp.KeyEvent(kb.Enter))
	until(ctx, t, "a chip is taken off", `location.search === "" && document.querySelectorAll(".p-card").length > 10`)
	until(ctx, t, "the focus goes to the number", `document.activeElement.id === "total"`)
	do(ctx, t, chromedp.SendKeys(chromedp.CSS("#q"), "rifiuti"), chromedp.KeyEvent(kb.Enter))
	until(ctx, t, "words are sought", `location.search === "?q=rifiuti" && document.querySelectorAll(".p-card").length === 2 && document.querySelector("mark") !== null`)
	eval[bool](ctx, t, `history.go(-2) || true`)
	until(ctx, t, "the way back is kept", `location.search === "?res_format=JSON" && document.querySelectorAll(".p-card").length === 2`)
	if !eval[bool](ctx, t, `window.stayed === true`) {
		t.Error("the page was loaded anew")
	}
	eval[bool](ctx, t, `(window.fetch = () => Promise.reject(new Error("away"))) && true`)
	do(ctx, t, chromedp.Click(chromedp.CSS(".p-chip-close")))
	until(ctx, t, "without an answer the link is followed", `location.search === "" && window.stayed === undefined && document.querySelectorAll(".p-card").length > 10`)
}
