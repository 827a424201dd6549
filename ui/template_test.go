package ui

import (
	"bytes"
	"html/template"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"portico/catalog"
	"portico/dcat"
)

// canary would break out of text, attribute, address and script alike.
const canary = `javascript:canary()//"'></script><script>canary()</script>{{.}}`

// everyPage has an empty value of what each template shows.
func everyPage() map[string]framed {
	pages := map[string]framed{
		"home": &homePage{}, "list": &listPage{}, "dataset": &datasetPage{D: &catalog.Dataset{}}, "resource": &resourcePage{D: &catalog.Dataset{}},
		"organizations": &organizationsPage{}, "organization": &organizationPage{}, "groups": &groupsPage{}, "group": &groupPage{}, "error": &errorPage{}, "validatore": &validatorPage{},
		"stats": &statsPage{}, "bulk": &bulkPage{}, "feedback": &feedbackPage{D: &catalog.Dataset{}}, "receipt": &receiptPage{C: &catalog.Contribution{}},
		"requests": &requestsPage{}, "request": &requestPage{R: requestView{Contribution: &catalog.Contribution{}}}, "request-form": &requestFormPage{},
		"alerts": &alertsPage{}, "openness": &opennessPage{One: &opennessRow{}}, "alert-link": &alertLinkPage{},
		"harvest": &harvestPage{}, "source": &sourcePage{}, "run": &runPage{}, "object": &objectPage{}, "staff": &staffPage{}, "tags": &tagsPage{},
		"text": &textPage{}, "history": &historyPage{}, "changes": &changesPage{}, "apidocs": &apiDocsPage{}, "tableapi": &tableAPIPage{}, "map": &mapPage{},
	}
	return pages
}

func testServer(t *testing.T) *Server {
	t.Helper()
	s, err := newServer(Config{Site: catalog.Site{Title: "Dati", Origin: "https://dati.example", Locale: "it"}, Languages: Locales()})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestEveryTemplateDrawsItsPage(t *testing.T) {
	s := testServer(t)
	for _, locale := range locales {
		pages := everyPage()
		if len(pages) != len(s.templates[locale].pages) {
			t.Fatalf("%d templates, %d pages", len(s.templates[locale].pages), len(pages))
		}
		for name, empty := range pages {
			t.Run(locale+"/"+name+" with nothing", func(t *testing.T) { draw(t, s, locale, name, empty) })
			for _, variant := range []string{"late", "fresh", "taken", "also", "some"} {
				full := everyPage()[name]
				fill(reflect.ValueOf(full).Elem(), 0)
				vary(full, variant)
				t.Run(locale+"/"+name+" with everything, "+variant, func(t *testing.T) { checkSafe(t, draw(t, s, locale, name, full)) })
			}
		}
	}
}

func vary(p framed, variant string) {
	p.base().Locale, p.base().Section, p.base().JSONLD = "it", "group", dcat.Thing{"name": canary}
	switch p := p.(type) {
	case *datasetPage:
		p.Freshness.State = variant
	case *listPage:
		p.How = variant
	case *errorPage:
		p.Tombstone.Retired = variant == "late"
	}
}

func draw(t *testing.T, s *Server, locale, name string, data any) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := s.templates[locale].pages[name].Execute(&b, data); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// fill puts the canary in every text of v, and something in everything else.
func fill(v reflect.Value, depth int) {
	if depth > 9 || !v.CanSet() {
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), depth+1)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fill(v.Index(0), depth+1)
		fill(v.Index(1), depth+1)
	case reflect.Struct:
		for _, field := range v.Fields() {
			fill(field, depth+1)
		}
	default:
		fillPlain(v)
	}
}

func fillPlain(v reflect.Value) {
	switch {
	case v.Type() == reflect.TypeFor[template.HTML](): // is made safe before it gets to a template
		v.SetString("<p>canary()</p>")
	case v.Type() == reflect.TypeFor[catalog.Text]():
		v.Set(reflect.ValueOf(catalog.Text{"it": canary, canary: canary}))
	case v.Kind() == reflect.String:
		v.SetString(canary)
	case v.Kind() == reflect.Bool:
		v.SetBool(true)
	case v.CanInt():
		v.SetInt(3)
	}
}

// checkSafe fails when a canary got out of its place.
func checkSafe(t *testing.T, page []byte) {
	t.Helper()
	doc, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	found := false
	for n := range doc.Descendants() {
		if n.Type == html.TextNode && strings.Contains(n.Data, "canary()") {
			found = true
		}
		if bad := breach(n); bad != "" {
			t.Error(bad)
		}
	}
	if !found && bytes.Contains(page, []byte("p-card")) {
		t.Error("the canary is nowhere: the page was not filled")
	}
}

// breach tells how n runs what a publisher wrote, or "".
func breach(n *html.Node) string {
	if n.Type != html.ElementNode {
		return ""
	}
	if n.Data == "script" && attr(n, "type") != "application/ld+json" && !strings.HasPrefix(attr(n, "src"), "/static/") {
		return "a script got in"
	}
	for _, a := range n.Attr {
		address := slices.Contains([]string{"href", "src", "action"}, a.Key)
		if strings.HasPrefix(a.Key, "on") || a.Key == "style" || address && strings.HasPrefix(strings.ToLower(strings.TrimSpace(a.Val)), "javascript:") {
			return "<" + n.Data + " " + a.Key + "=" + a.Val + ">"
		}
	}
	return ""
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// computed are the beginnings of keys that are put together while the program
// runs.
var computed = []string{
	"type.", "license.", "error.", "sort.", "page.", "facet.", "fact.", "value.", "language.", "reason.", "receipt.", "use.", "form.", "quality.grade.", "link.", "validator.profile.", "op.", "chart.", "month.", "shape.", "hold.kind.", "apidocs.group.", "bulk.about.",
	"harvest.status.", "harvest.gone.", "harvest.schedule.", "openness.", "why.", "staff.",
}

func TestEveryMessageIsSaidInBothLanguages(t *testing.T) {
	it, en := readBoth(t)
	for key, s := range it {
		if s == "" || en[key] == "" {
			t.Errorf("%s: one language says nothing", key)
		}
		if n := strings.Count(s, "{"); n != strings.Count(en[key], "{") && !strings.HasSuffix(key, ".one") {
			t.Errorf("%s: %q and %q want other things", key, s, en[key])
		}
	}
	for key := range en {
		if it[key] == "" {
			t.Errorf("%s: not in Italian", key)
		}
	}
}

func TestEveryMessageIsUsed(t *testing.T) {
	it, _ := readBoth(t)
	source := sources(t)
	called := regexp.MustCompile(`\b(t|count|text) ?\(?"([a-z0-9.-]+)"`)
	for _, m := range called.FindAllStringSubmatch(source, -1) {
		key := m[2]
		if m[1] == "count" {
			key += ".other"
		}
		if it[key] == "" && !strings.HasSuffix(key, ".") {
			t.Errorf("%s is used and not there", key)
		}
	}
	for key := range it {
		base := strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(key, ".one"), ".other"), ".zero")
		made := slices.ContainsFunc(computed, func(p string) bool { return strings.HasPrefix(key, p) })
		if !made && !strings.Contains(source, `"`+base+`"`) && !strings.Contains(source, `"`+key+`"`) {
			t.Errorf("%s is not used", key)
		}
	}
}

func readBoth(t *testing.T) (it, en messages) {
	t.Helper()
	it, err := readMessages("it")
	if err != nil {
		t.Fatal(err)
	}
	en, err = readMessages("en")
	if err != nil {
		t.Fatal(err)
	}
	return it, en
}

// sources returns all templates and all code of the package.
func sources(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	for _, pattern := range []string{"*.go", "templates/*.html", "templates/*/*.html"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			if strings.HasSuffix(f, "_test.go") {
				continue
			}
			text, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			b.Write(text)
		}
	}
	return b.String()
}

func TestLockfilesNameNoHost(t *testing.T) {
	for file, least := range map[string]int{"assets/package-lock.json": 50, "../scripts/html/package-lock.json": 30, "../scripts/lighthouse/package-lock.json": 100} {
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(b, []byte("://")) || bytes.Contains(b, []byte(`"resolved"`)) {
			t.Errorf("%s says where packages were fetched; take it out", file)
		}
		if n := bytes.Count(b, []byte(`"integrity"`)); n < least {
			t.Errorf("%s: only %d packages are pinned by their hash", file, n)
		}
	}
}

func TestMarkdownIsTamed(t *testing.T) {
	md := newMarkdown()
	for _, c := range []struct{ name, in, want string }{
		{"prose stays", "Un **dato** utile", "<p>Un <strong>dato</strong> utile</p>\n"},
		{"HTML goes", "a <b onclick=x>b</b> <script>alert(1)</script>", "<p>a b alert(1)</p>\n"},
		{"a bad address is no link", "[clic](javascript:alert(1))", "<p>clic</p>\n"},
		{"a good one is", "[clic](https://a.example/x)", "<p><a href=\"https://a.example/x\" rel=\"nofollow\">clic</a></p>\n"},
		{"headings stay below those of the page", "# Titolo", "<h3>Titolo</h3>\n"},
		{"pictures from elsewhere are not loaded", "![x](https://spia.example/p.gif)", "<p></p>\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := md.html(c.in); got != template.HTML(c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func FuzzMarkdown(f *testing.F) {
	f.Add("# a\n\n<script>x</script> [a](javascript:b)")
	f.Add("|a|b|\n|-|-|\n|1|2|\n\n~~x~~ https://a.example")
	md := newMarkdown()
	f.Fuzz(func(t *testing.T, s string) {
		doc, err := html.Parse(strings.NewReader(string(md.html(s))))
		if err != nil {
			t.Fatal(err)
		}
		for n := range doc.Descendants() {
			if n.Type == html.ElementNode && (n.Data == "script" || n.Data == "style" || n.Data == "img" || n.Data == "iframe") {
				t.Errorf("%q lets <%s> in", s, n.Data)
			}
		}
		if n := len([]rune(md.plain(s, 50))); n > 51 {
			t.Errorf("%d characters", n)
		}
	})
}
