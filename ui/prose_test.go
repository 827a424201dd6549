package ui

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"portico/catalog"
)

func TestPartsOfATextAreChosen(t *testing.T) {
	values := map[string]string{"email": "a@b.example", "no": ""}
	for _, c := range []struct{ name, in, want string }{
		{"what is known stands", "x{{#email}}y{{/email}}z", "xyz"},
		{"what is not does not", "x{{#no}}y{{/no}}z", "xz"},
		{"and the reverse", "x{{^no}}y{{/no}}{{^email}}k{{/email}}z", "xyz"},
		{"a part in a part", "{{^no}}a{{#email}}b{{/email}}{{#no}}c{{/no}}d{{/no}}", "abd"},
		{"a hidden part hides all that is in it", "{{#no}}a{{#email}}b{{/email}}c{{/no}}d", "d"},
		{"a part that is never closed", "a{{#no}}b", "a"},
		{"an end without a beginning", "a{{/email}}b", "ab"},
	} {
		if got := chosenParts(c.in, values); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestEveryTextIsThereInItalianAndEnglish(t *testing.T) {
	s := testServer(t)
	for _, name := range textPages {
		for _, l := range []string{"it", "en"} {
			text, ok := TextPage(l, name)
			if title, body := splitTitle(text); !ok || title == "" || len(body) < 500 {
				t.Errorf("%s/%s: %q", l, name, title)
			}
			for _, m := range proseMark.FindAllStringSubmatch(text, -1) {
				if open, end := strings.Count(text, "{{#"+m[2]+"}}")+strings.Count(text, "{{^"+m[2]+"}}"), strings.Count(text, "{{/"+m[2]+"}}"); open != end {
					t.Errorf("%s/%s: %s is opened %d times and closed %d times", l, name, m[2], open, end)
				}
			}
			if left := s.fillIn(&request{speaker: s.templates[l].speaker}, text); strings.Contains(left, "{{") {
				t.Errorf("%s/%s has a value that nobody knows", l, name)
			}
		}
	}
	for _, bad := range [][2]string{{"it", "../../ui"}, {"xx", "privacy"}, {"it/..", "privacy"}} {
		if _, ok := TextPage(bad[0], bad[1]); ok {
			t.Errorf("%v is a page", bad)
		}
	}
}

func FuzzProse(f *testing.F) {
	f.Add("# a\n{{#email}}<script>x</script>{{/email}} [a](javascript:b) [c](/d)")
	f.Add("{{^no}}{{#no}}{{/no}} ## x {#id}\n<{{email}}>")
	f.Fuzz(func(t *testing.T, s string) {
		doc, err := html.Parse(strings.NewReader(string(proseHTML(chosenParts(s, map[string]string{"email": "x"})))))
		if err != nil {
			t.Fatal(err)
		}
		for n := range doc.Descendants() {
			if n.Type == html.ElementNode && (n.Data == "script" || n.Data == "style" || n.Data == "img" || n.Data == "iframe" || n.Data == "h1") {
				t.Errorf("%q lets <%s> in", s, n.Data)
			}
			if bad := breach(n); bad != "" {
				t.Errorf("%q: %s", s, bad)
			}
		}
	})
}

func TestCountsAreSaidAsEachLanguageDoes(t *testing.T) {
	s := testServer(t)
	for _, c := range []struct {
		locale string
		n      int
		want   string
	}{
		{"sl", 1, "1 datoteka"},
		{"sl", 2, "2 datoteki"},
		{"sl", 3, "3 datoteke"},
		{"sl", 4, "4 datoteke"},
		{"sl", 5, "5 datotek"},
		{"sl", 0, "0 datotek"},
		{"sl", 11, "11 datotek"},
		{"sl", 101, "101 datoteka"},
		{"sl", 102, "102 datoteki"},
		{"sl", 1103, "1.103 datoteke"},
		{"sl", 112, "112 datotek"},
		{"fr", 0, "0 fichier"},
		{"fr", 1, "1 fichier"},
		{"fr", 2, "2 fichiers"},
		{"fr", 12345, "12\u202f345 fichiers"},
		{"de", 0, "0 Dateien"},
		{"de", 1, "1 Datei"},
		{"de", 12345, "12.345 Dateien"},
		{"it", 1, "1 file"},
		{"en", 12345, "12,345 files"},
	} {
		if got := s.templates[c.locale].count("files", c.n); got != c.want {
			t.Errorf("%s: %q, want %q", c.locale, got, c.want)
		}
	}
	if got := s.templates["sl"].count("quality.gains", 2); got != "2 pieces of advice" && strings.Contains(got, "quality.") {
		t.Errorf("what has no Slovenian is said in English: %q", got)
	}
}

func TestNumbersAndDatesOfEachLanguage(t *testing.T) {
	s := testServer(t)
	day := catalog.Date("2026-11-02")
	for locale, want := range map[string][2]string{
		"it": {"1.930,5", "02/11/2026"}, "en": {"1,930.5", "2 November 2026"}, "de": {"1.930,5", "02.11.2026"}, "fr": {"1\u202f930,5", "02/11/2026"}, "sl": {"1.930,5", "2. 11. 2026"},
	} {
		p := s.templates[locale]
		if got := [2]string{p.decimal(1930.5, 1), p.date(day)}; got != want {
			t.Errorf("%s: %q, want %q", locale, got, want)
		}
	}
}

// TestLanguagesThatAreBegunAreSound compares them with English: no key that
// there is not, no other placeholders, and every form of what they count.
func TestLanguagesThatAreBegunAreSound(t *testing.T) {
	en, err := ownMessages("en")
	if err != nil {
		t.Fatal(err)
	}
	holes := regexp.MustCompile(`\{\d\}`)
	forms := map[string][]string{"de": {"one", "other"}, "fr": {"one", "other"}, "sl": {"one", "two", "few", "other"}}
	for locale, needed := range forms {
		own, err := ownMessages(locale)
		if err != nil {
			t.Fatal(err)
		}
		for key, s := range own {
			if strings.HasPrefix(key, "theme.") || strings.HasPrefix(key, "frequency.") {
				continue // English has them from the vocabularies
			}
			base, form, counts := cutForm(key)
			like := en[key]
			if counts && like == "" {
				like = en[base+".other"]
			}
			if like == "" || s == "" {
				t.Errorf("%s: %s is no key, or says nothing", locale, key)
			}
			if form != "one" && strings.Count(strings.Join(holes.FindAllString(s, -1), ""), "{") != len(holes.FindAllString(like, -1)) {
				t.Errorf("%s: %s: %q and %q want other things", locale, key, s, like)
			}
			if !counts {
				continue
			}
			for _, f := range needed {
				if own[base+"."+f] == "" {
					t.Errorf("%s: %s lacks the form %s", locale, base, f)
				}
			}
			if en[base+".zero"] != "" && own[base+".zero"] == "" {
				t.Errorf("%s: %s lacks a word for none", locale, base)
			}
		}
		for _, begin := range []string{"nav.", "search.", "dataset.", "footer.", "license.can", "license.must", "license.cannot", "fact.", "skip.", "pager.", "facet."} {
			for key := range en {
				base, _, counts := cutForm(key)
				if strings.HasPrefix(key, begin) && own[key] == "" && (!counts || own[base+".other"] == "") && !strings.HasPrefix(key, "dataset.notes") {
					t.Errorf("%s does not say %s", locale, key)
				}
			}
		}
	}
}

func cutForm(key string) (base, form string, ok bool) {
	i := strings.LastIndexByte(key, '.')
	if i < 0 {
		return key, "", false
	}
	switch form = key[i+1:]; form {
	case "one", "two", "few", "other", "zero":
		return key[:i], form, true
	}
	return key, "", false
}

// TestTemplatesHaveNoSentences finds words that were written into a template
// instead of the locales.
func TestTemplatesHaveNoSentences(t *testing.T) {
	action := regexp.MustCompile(`(?s)\{\{.*?\}\}`)
	known := regexp.MustCompile(`^(?:Python|GET, POST|POST|OpenAPI|API|HVD|BibTeX|Atom|JSON|CSV|B|For|OpenAPI 3\.1|SHA-256|JSON Feed|XLSX|Parquet|.*data-[a-z-]+=".*)$`)
	word := regexp.MustCompile(`\p{L}{2,}`)
	files, err := filepath.Glob("templates/*.html")
	if err != nil {
		t.Fatal(err)
	}
	parts, err := filepath.Glob("templates/parts/*.html")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range append(files, parts...) {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		z := html.NewTokenizer(strings.NewReader(action.ReplaceAllString(string(b), "\x00")))
		skip := false
		for tt := z.Next(); tt != html.ErrorToken; tt = z.Next() {
			name, _ := z.TagName()
			if tt == html.StartTagToken || tt == html.EndTagToken {
				skip = tt == html.StartTagToken && (string(name) == "script" || string(name) == "style" || string(name) == "code")
			}
			if tt == html.TextToken {
				for part := range strings.SplitSeq(string(z.Raw()), "\x00") {
					part = strings.Trim(part, " \n\t.:,;·()–-+?/*=")
					if !skip && word.MatchString(html.UnescapeString(part)) && !known.MatchString(part) {
						t.Errorf("%s says %q in every language", f, part)
					}
				}
			}
		}
	}
}

func TestCitationsKeepTheirShape(t *testing.T) {
	c := citation{
		Key: "acqua", Author: `Comune di "X" & {Y}`, Title: "100 % d'acqua_potabile\n@misc{evil, title={\\input{/etc/passwd}} $x^2$ ~#",
		Version: "1.0", License: "CC BY 4.0", URL: "https://dati.example/dataset/acqua}%20", Lang: "it", When: time.Date(2026, 3, 31, 0, 0, 0, 0, time.UTC), Exact: true,
	}
	bib := c.bibTeX()
	depth, lowest := 0, 9
	for i := range len(bib) {
		escaped := i > 0 && bib[i-1] == '\\'
		switch {
		case bib[i] == '{' && !escaped:
			depth++
		case bib[i] == '}' && !escaped:
			depth--
			if i < len(bib)-2 {
				lowest = min(lowest, depth)
			}
		}
	}
	if depth != 0 || lowest < 1 {
		t.Errorf("braces do not match (%d, %d):\n%s", depth, lowest, bib)
	}
	for _, want := range []string{"@misc{acqua,\n", `{{Comune di {''}X{''} \& \{Y\}}}`, `100 \% d'acqua\_potabile @misc\{evil`, `\textbackslash{}input`, "year = {2026}", "date = {2026-03-31}", "acqua%7D%20"} {
		if !strings.Contains(bib, want) {
			t.Errorf("nothing says %s in\n%s", want, bib)
		}
	}
	ris := c.ris()
	for line := range strings.SplitSeq(strings.TrimSuffix(ris, "\r\n"), "\r\n") {
		if !regexp.MustCompile(`^[A-Z][A-Z0-9]  - .*$`).MatchString(line) {
			t.Errorf("%q is no line of RIS", line)
		}
	}
	if !strings.HasPrefix(ris, "TY  - DATA\r\n") || !strings.HasSuffix(ris, "UR  - https://dati.example/dataset/acqua}%20\r\nER  - \r\n") {
		t.Errorf("%q", ris)
	}
}

func TestSubjectsLeaveOutWhoAndWhen(t *testing.T) {
	holder := catalog.Agent{Name: catalog.It("Comune di San Vito")}
	for title, want := range map[string]string{
		"Bilancio consuntivo 2025 del Comune di San Vito": "Bilancio consuntivo del",
		"SAN VITO - Raccolta differenziata (2019-2023)":   "Raccolta differenziata",
		"Dati 2024": "",
	} {
		if got := subject(&catalog.Dataset{Title: catalog.It(title), Holder: holder}); got != want {
			t.Errorf("%s: %q, want %q", title, got, want)
		}
	}
}

func TestLicencesThatAreNotOpenSayWhatTheyForbid(t *testing.T) {
	for url, want := range map[string][2]string{
		"https://creativecommons.org/licenses/by-nc-nd/4.0/": {"license.cannot.change", "license.cannot.sell"},
		"https://creativecommons.org/licenses/by-nc-sa/4.0/": {"license.must.same", "license.cannot.sell"},
		"https://creativecommons.org/licenses/by-nd/4.0/":    {"license.can.sell", "license.cannot.change"},
	} {
		w := licenseNamed(url).Words()
		all := strings.Join(append(append(w.Can, w.Must...), w.Cannot...), " ")
		if !strings.Contains(all, want[0]) || !strings.Contains(all, want[1]) {
			t.Errorf("%s: %+v", url, w)
		}
	}
	if w := licenseNamed("https://licenze.example/mia").Words(); w.Can != nil {
		t.Errorf("an unknown licence allows %v", w)
	}
}
