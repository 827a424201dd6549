package ui_test

import (
	"image"
	"image/png"
	"math"
	"net/http"
	"strings"
	"testing"

	"portico/ui"
)

func TestColoursAreLegible(t *testing.T) {
	for _, c := range []struct {
		name, color string
		changed     bool
	}{
		{"the design system's blue stays", "#0066cc", false},
		{"a dark green stays", "#004d2b", false},
		{"yellow becomes dark", "#ffcc00", true},
		{"white becomes grey", "#fff", true},
		{"a grey that only just lacks contrast moves a little", "#808080", true},
		{"black stays", "#000000", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, changed, err := ui.Legible(c.color)
			if err != nil || changed != c.changed || ui.Contrast(got) < 4.5 {
				t.Errorf("got %s, changed %t, contrast %.2f, %v", got, changed, ui.Contrast(got), err)
			}
			if again, changed, _ := ui.Legible(got); changed || again != got {
				t.Errorf("%s is not legible: %s", got, again)
			}
		})
	}
	for _, bad := range []string{"blue", "0066cc", "#12345", "#gggggg", "#0066cc;}", "rgb(0,0,0)"} {
		if _, _, err := ui.Legible(bad); err == nil {
			t.Errorf("%q is taken for a colour", bad)
		}
	}
	if got := ui.Contrast("#767676"); math.Abs(got-4.54) > 0.01 {
		t.Errorf("the contrast of #767676 with white is %.2f, want 4.54", got)
	}
}

const goodCrest = `<?xml version="1.0"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd"><!-- x -->
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 12"><style>.a{fill:url(#g)}</style><defs><linearGradient id="g"><stop offset="0" stop-color="#c00"/></linearGradient></defs><path class="a" d="M0 0h10v8l-5 4-5-4z"/></svg>`

func TestCrestsDoNothing(t *testing.T) {
	for _, c := range []struct{ name, svg, says string }{
		{"a drawing is taken", goodCrest, ""},
		{"a script is not", `<svg><script>x</script></svg>`, "<script>"},
		{"nor one with a namespace", `<s:svg xmlns:s="http://www.w3.org/2000/svg"><s:script>x</s:script></s:svg>`, "<script>"},
		{"nor what listens", `<svg onload="x"></svg>`, "onload"},
		{"nor pages within", `<svg><foreignObject/></svg>`, "foreignObject"},
		{"nor what moves", `<svg><a><set attributeName="href" to="javascript:x"/></a></svg>`, "<set>"},
		{"nor pictures from elsewhere", `<svg><image href="https://spia.example/x.png"/></svg>`, "href"},
		{"nor links that run", `<svg><a xlink:href=" javascript:x"/></svg>`, "href"},
		{"nor fills from elsewhere", `<svg><path style="fill: url( 'https://spia.example/x' )"/></svg>`, "style"},
		{"nor styles from elsewhere", `<svg><style>@import "https://spia.example/x.css";</style></svg>`, "styles"},
		{"nor entities", `<!DOCTYPE svg [<!ENTITY a "b">]><svg>&a;</svg>`, "neither"},
		{"nor what is no drawing", `<html></html>`, "no SVG"},
		{"nor text", `ciao`, "no SVG"},
		{"nor half of one", `<svg><g>`, "no SVG"},
		{"nor depth without end", strings.Repeat("<svg>", 100), "no SVG"},
		{"nor size without end", "<svg>" + strings.Repeat(" ", 600<<10), "512 KiB"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := ui.NewCrest(strings.NewReader(c.svg))
			if (err == nil) != (c.says == "") || err != nil && !strings.Contains(err.Error(), c.says) {
				t.Errorf("got %v, want %q", err, c.says)
			}
		})
	}
	var big strings.Builder
	if err := png.Encode(&big, image.NewGray(image.Rect(0, 0, 3000, 1))); err != nil {
		t.Fatal(err)
	}
	if _, err := ui.NewCrest(strings.NewReader(big.String())); err == nil {
		t.Error("a picture of 3000 pixels is taken")
	}
}

func FuzzCrest(f *testing.F) {
	f.Add(goodCrest)
	f.Add("\x89PNG\r\n")
	f.Add(`<svg><a xlink:href="#a" b='url("#c")'/></svg>`)
	f.Fuzz(func(t *testing.T, s string) { _, _ = ui.NewCrest(strings.NewReader(s)) })
}

// themed is a site in green with a crest and every link there can be.
func themed(t testing.TB) ui.Theme {
	t.Helper()
	crest, err := ui.NewCrest(strings.NewReader(goodCrest))
	if err != nil {
		t.Fatal(err)
	}
	return ui.Theme{
		Color: "#00693e", Crest: crest, Parent: "Regione Toscana", ParentURL: "https://www.regione.example/",
		Links: ui.Links{
			Privacy: "https://comune.example/privacy", Legal: "https://comune.example/note",
			Transparency: "https://comune.example/trasparenza", FAQ: "https://comune.example/faq", Report: "https://comune.example/segnala",
			Appointment: "https://comune.example/prenota", Login: "https://comune.example/area",
		},
	}
}

func TestASiteHasItsTheme(t *testing.T) {
	w := newWorld(t)
	w.serve(func(c *ui.Config) { c.Theme, c.Site.Declaration = themed(t), "https://form.agid.example/x" })
	body := w.get(t, "/").Body.String()
	for _, want := range []string{
		`<meta name="theme-color" content="#00693e">`, `<a class="p-slim-owner" href="https://www.regione.example/">Regione Toscana</a>`, `<img class="p-crest" src="/static/crest-`,
		`href="https://form.agid.example/x" data-element="accessibility-link"`, `href="https://comune.example/privacy" data-element="privacy-policy-link"`,
		`href="https://comune.example/note" data-element="legal-notes"`, `href="https://comune.example/faq" data-element="faq"`,
		`href="https://comune.example/segnala" data-element="report-inefficiency"`, `href="https://comune.example/prenota" data-element="appointment-booking"`,
		`href="https://comune.example/area" data-element="personal-area-login"`, "https://comune.example/trasparenza",
	} {
		if !strings.Contains(body, want) {
			t.Errorf("nothing says %s", want)
		}
	}
	if n := strings.Count(body, `data-element="accessibility-link"`); n != 1 {
		t.Errorf("%d links are marked as the accessibility declaration", n)
	}
	for _, begin := range []string{`<link rel="stylesheet" href="/static/theme-`, `<img class="p-crest" src="/static/crest-`} {
		_, rest, ok := strings.Cut(body, begin)
		name, _, _ := strings.Cut(rest, `"`)
		path := begin[strings.Index(begin, "/static/"):] + name
		rec := w.get(t, path)
		if !ok || rec.Code != http.StatusOK || !strings.Contains(rec.Header().Get("Cache-Control"), "immutable") {
			t.Errorf("%s: %d %v", path, rec.Code, rec.Header())
		}
		switch svg := strings.HasSuffix(path, ".svg"); {
		case svg && (!strings.Contains(rec.Header().Get("Content-Security-Policy"), "sandbox") || strings.Contains(rec.Body.String(), "DOCTYPE")):
			t.Errorf("the crest has the policy %q and is %s", rec.Header().Get("Content-Security-Policy"), rec.Body)
		case !svg && !strings.Contains(rec.Body.String(), "--p-blue:#00693e"):
			t.Errorf("the style sheet is %s", rec.Body)
		}
	}
	w.serve(func(c *ui.Config) { c.Theme.Links = ui.Links{FAQ: "javascript:alert(1)", Privacy: "/privacy"} })
	if body := w.get(t, "/").Body.String(); strings.Contains(body, "javascript:") || strings.Contains(body, "/static/theme-") {
		t.Error("an address that is none, or a theme that is none, is on the page")
	}
}
