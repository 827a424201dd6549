package dcat_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"portico/catalog"
	"portico/dcat"
	"portico/internal/rdf"
)

// poisons are values that break feeds of others, one by one.
var poisons = []string{
	"", " ", "\x00", "\ufffe\uffff", "\xff\xfe", "a\u0085b\u2028c", "<b>x</b>", "]]>", "&amp;&", "\"\"\"", "\\u0041\\", "\n\r\t", strings.Repeat("x", 5000),
	"http://", "http:///a", "http://[::1", "https://a b/c d", "https://x.example/{id}?a=|b|&c=^", "https://x.example/<script>", "javascript:alert(1)", "C:\\dati\\file.csv",
	"//x.example/a", "www.x.example", "mailto:", "mailto:a b@c", "tel:+39 06 / 1", "urn:", "urn:x:y", "https://x.example/%zz%", "https://x.example/\u202e", "_:b1", "#", "?", "https://è.example/à",
	"2026-13-45", "0000-00-00", "31/02/2026", "ieri", "2026", "2026-01-01T25:61:00Z", "-2026-01-01", "99999-01-01", "2026-01-01T00:00:00+99:00",
	"xx-", "-it", "it-", "italiano", "i t", "it_IT", "ITA ", "12", "@", "zz-Zzzz-ZZ-zzzzzzzzzz",
	"POINT(1000 2000)", "POLYGON((0 0", `{"type":"Point","coordinates":["a",null]}`, `{"type":`, "NaN", "-1", "1e999",
	"http://publications.europa.eu/resource/authority/frequency/", "http://publications.europa.eu/resource/authority/language/XXX", "OP_DATPRO\"", "c_ac64a52d>",
}

// breakOne puts a poison into one place of d, chosen by dice: a text, a key of
// a text, a list, or a number.
func breakOne(d *catalog.Dataset, dice *rand.Rand) string {
	var places []func(string)
	var names []string
	var visit func(v reflect.Value, name string)
	visit = func(v reflect.Value, name string) {
		switch v.Kind() {
		case reflect.String:
			if v.CanSet() {
				places, names = append(places, v.SetString), append(names, name)
			}
		case reflect.Struct:
			if v.Type().PkgPath() == "time" {
				return
			}
			for i := range v.NumField() {
				f := v.Type().Field(i)
				switch f.Name { // ours, which the store keeps right
				case "ID", "State", "Origin", "Creator", "Notes", "Quarantine", "Extras", "Table", "File", "Created", "Updated", "Revision", "Private", "Groups", "Organization", "Successor":
					continue
				}
				visit(v.Field(i), name+"."+f.Name)
			}
		case reflect.Slice:
			if v.Len() > 0 && v.CanSet() {
				places, names = append(places, func(string) { v.SetZero() }), append(names, name+" emptied")
			}
			for i := range v.Len() {
				visit(v.Index(i), fmt.Sprintf("%s[%d]", name, i))
			}
		case reflect.Map:
			if v.Type() == reflect.TypeFor[catalog.Text]() && v.Len() > 0 {
				text := v.Interface().(catalog.Text)
				places = append(places, func(s string) { text["it"] = s }, func(s string) { clear(text); text[s] = "in una lingua qualsiasi" }, func(string) { clear(text) })
				names = append(names, name+" text", name+" language", name+" emptied")
			}
		case reflect.Int64:
			if v.CanSet() {
				places, names = append(places, func(s string) { v.SetInt(int64(len(s)) - 3) }), append(names, name)
			}
		case reflect.Pointer:
			if !v.IsNil() {
				visit(v.Elem(), name)
			}
		default: // holds nothing that a source could break
		}
	}
	visit(reflect.ValueOf(d).Elem(), "")
	at := dice.IntN(len(places))
	poison := poisons[dice.IntN(len(poisons))]
	places[at](poison)
	return fmt.Sprintf("%s = %.60q", names[at], poison)
}

// TestABrokenRecordBreaksNoFeed breaks 1,000 records, each in one place, and
// feeds each between two good ones: completed and checked as every record is,
// it is in quarantine, or the feed is valid with it. The feed is the same to
// every reader in every syntax.
func TestABrokenRecordBreaksNoFeed(t *testing.T) {
	dice := rand.New(rand.NewPCG(2026, 11))
	held := 0
	var sample []*catalog.Dataset
	for i := range 1000 {
		d := full(10 + i)
		what := breakOne(d, dice)
		d = dcat.Fed(d, nil, dcat.Defaults{})
		ds := []*catalog.Dataset{full(1), d, full(2)}
		if len(dcat.Check(d)) > 0 {
			held++
			ds = []*catalog.Dataset{full(1), full(2)}
		} else if i%10 == 0 {
			sample = append(sample, d)
		}
		p := []dcat.Profile{dcat.DCATAPIT, dcat.DCATAP3}[i%2]
		rules := map[dcat.Profile][]dcat.Ruleset{dcat.DCATAPIT: {dcat.RulesIT, dcat.RulesAP2, dcat.RulesHVD}, dcat.DCATAP3: {dcat.RulesAP3, dcat.RulesHVD}}[p]
		format := formats[i%len(formats)]
		doc, err := rdf.Read(bytes.NewReader(feedOf(t, p, format, ds...)), format, site.Origin, rdf.DefaultLimits)
		if err != nil {
			t.Errorf("%s in %s: the feed cannot be read: %v", what, format, err)
			continue
		}
		if len(doc.Warnings) > 0 {
			t.Errorf("%s in %s: a reader had to repair %v", what, format, doc.Warnings)
		}
		g := rdf.NewGraph(doc.Triples)
		if n := len(g.Typed("http://www.w3.org/ns/dcat#Dataset")); n != len(ds) {
			t.Errorf("%s: %d datasets in the feed, want %d", what, n, len(ds))
		}
		for _, f := range dcat.Validate(g, dcat.Validation{Rules: rules, Vocabularies: true}) {
			if f.Severity == dcat.Violation {
				t.Errorf("%s: %s %s %s %q", what, f.Rule, f.Focus, f.Path, f.Value)
			}
		}
	}
	t.Logf("%d of 1000 are in quarantine, %d of the others go to the shapes", held, len(sample))
	if held < 50 || held > 700 {
		t.Errorf("%d in quarantine", held)
	}
	file := filepath.Join(t.TempDir(), "feed.ttl")
	if err := os.WriteFile(file, feedOf(t, dcat.DCATAPIT, rdf.Turtle, sample...), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, clean := checkShapes(t, file, "--profiles", "it,ap2,hvd", "--vocab"); !clean {
		t.Error(out)
	}
}
