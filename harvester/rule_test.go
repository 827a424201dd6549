package harvester

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"portico/catalog"
)

func TestRules(t *testing.T) {
	for _, test := range []struct {
		name string
		rule catalog.Rule
		d    catalog.Dataset
		want map[string][]string
	}{
		{
			"set",
			catalog.Rule{Field: "license", Set: new("CC-BY-4.0")},
			catalog.Dataset{Distributions: make([]catalog.Distribution, 2)},
			map[string][]string{"license": {"https://creativecommons.org/licenses/by/4.0/"}, "distribution.license": {"https://creativecommons.org/licenses/by/4.0/", "https://creativecommons.org/licenses/by/4.0/"}},
		},
		{"set only where it is empty", catalog.Rule{Field: "frequency", Set: new("ANNUAL"), IfEmpty: true}, catalog.Dataset{Frequency: "DAILY"}, map[string][]string{"frequency": {"DAILY"}}},
		{"map, in any case of letters", catalog.Rule{Field: "theme", From: "extras.tema", Map: map[string]string{"Ambiente": "ENVI"}}, catalog.Dataset{Extras: []catalog.Extra{{Key: "tema", Value: "AMBIENTE"}}}, map[string][]string{"theme": {"ENVI"}}},
		{"map with a default", catalog.Rule{Field: "frequency", Map: map[string]string{"x": "y"}, Default: new("UNKNOWN")}, catalog.Dataset{Frequency: "boh"}, map[string][]string{"frequency": {"UNKNOWN"}}},
		{"split", catalog.Rule{Field: "keywords", Split: ";"}, catalog.Dataset{Keywords: []catalog.Keyword{{Name: "aria; acqua;;aria"}, {Name: "suolo"}}}, map[string][]string{"keywords": {"aria", "acqua", "suolo"}}},
		{"regex with a group", catalog.Rule{Field: "title", Regex: `^\[(\w+)\]\s*`, Replace: "$1: "}, catalog.Dataset{Title: catalog.Text{"it": "[SIT] Strade", "en": "Roads"}}, map[string][]string{"title": {"SIT: Strade"}}},
		{"copy from another field", catalog.Rule{Field: "publisher", From: "holder"}, catalog.Dataset{Holder: catalog.Agent{Name: catalog.It("Comune")}}, map[string][]string{"publisher": {"Comune"}}},
		{"nothing to read changes nothing", catalog.Rule{Field: "title", From: "extras.no"}, catalog.Dataset{Title: catalog.It("T")}, map[string][]string{"title": {"T"}}},
		{"an extra", catalog.Rule{Field: "extras.area", Set: new("Nord")}, catalog.Dataset{}, map[string][]string{"extras.area": {"Nord"}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			m, err := newMapping([]catalog.Rule{test.rule})
			if err != nil {
				t.Fatal(err)
			}
			m.apply(&test.d)
			for name, want := range test.want {
				f, _ := fieldNamed(name)
				if diff := cmp.Diff(want, f.read(&test.d)); diff != "" {
					t.Errorf("%s: %s", name, diff)
				}
			}
		})
	}
}

func TestRulesThatAreRefused(t *testing.T) {
	long := strings.Repeat("a", 2000)
	for name, r := range map[string]catalog.Rule{
		"no field":             {Field: "owner_org", Set: new("x")},
		"identity is not ours": {Field: "state", Set: new("deleted")},
		"two ways":             {Field: "title", Set: new("x"), Regex: "y"},
		"no way":               {Field: "title"},
		"a bad expression":     {Field: "title", Regex: "("},
		"a backreference":      {Field: "title", Regex: `(a)\1`},
		"a long one":           {Field: "title", Regex: long},
		"a bomb":               {Field: "title", Regex: "((a{1000}){1000}){1000}"},
		"a large one":          {Field: "title", Regex: strings.Repeat("(a|b|c){100}", 60)},
		"a mark":               {Field: "extras.notes", Set: new("x")},
		"a bad source":         {Field: "title", From: "nowhere"},
	} {
		if _, err := newMapping([]catalog.Rule{r}); catalog.KindOf(err) != catalog.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, c := range []string{"", "title", "=x", "nowhere=x", "title~(", "state=active"} {
		if _, err := newSelection([]string{c}, nil); catalog.KindOf(err) != catalog.Invalid {
			t.Errorf("%q: %v", c, err)
		}
	}
}

// HRV-026: an expression that is fatal elsewhere takes four times as long for
// four times the text, on a slow machine and a busy one, too.
func TestRulesTakeTimeInProportion(t *testing.T) {
	text := strings.Repeat("a", maxRuleText-1) + "!"
	for _, pattern := range []string{`^(a+)+$`, `(a|aa)+$`, `(.*a){20}x`, `a*a*a*a*a*b`, `\s+$`} {
		m, err := newMapping([]catalog.Rule{{Field: "title", Regex: pattern, Replace: "$0$0$0$0$0"}})
		if err != nil {
			t.Fatal(err)
		}
		best := func(text string) (least time.Duration) { // of a few, for others work here as well
			for i := range 3 {
				d := catalog.Dataset{Title: catalog.It(text)}
				begin := time.Now()
				m.apply(&d)
				if took := time.Since(begin); i == 0 || took < least {
					least = took
				}
				if n := len(d.Title.String()); n > 4*maxRuleText {
					t.Errorf("%s made %d bytes", pattern, n)
				}
			}
			return least
		}
		quarter, whole := best(text[len(text)*3/4:]), best(text)
		const slack, square = 50 * time.Millisecond, 16 // what is quadratic takes sixteen times as long
		if whole > square*quarter*3/4+slack {
			t.Errorf("%s took %v for a quarter and %v for all", pattern, quarter, whole)
		}
	}
}

func FuzzRule(f *testing.F) {
	f.Add("title", "^a(.)", "$1", "abc")
	f.Add("keywords", "", ";", "a;b")
	f.Fuzz(func(t *testing.T, field, regex, replace, value string) {
		rules := []catalog.Rule{{Field: field, Regex: regex, Replace: replace}, {Field: "keywords", From: "title", Split: replace}}
		for _, r := range rules {
			m, err := newMapping([]catalog.Rule{r})
			if err != nil {
				continue
			}
			d := catalog.Dataset{Title: catalog.It(value), Keywords: []catalog.Keyword{{Name: value}}, Distributions: make([]catalog.Distribution, 1)}
			m.apply(&d)
		}
	})
}
