package dcat_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"portico/catalog"
	"portico/dcat"
	"portico/internal/rdf"
)

const goodTurtle = `@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dct: <http://purl.org/dc/terms/> .
<https://esempio.it/d> a dcat:Dataset ; dct:title "Civici"@it ; dct:description "I numeri civici"@it ;
  dcat:distribution <https://esempio.it/x> .
<https://esempio.it/x> a dcat:Distribution ; dcat:accessURL <https://esempio.it/x.csv> .
`

func TestADocumentIsExamined(t *testing.T) {
	for _, tc := range []struct {
		name, body, mediaType, url string
		violations                 int
		rule                       string
		refused                    string
	}{
		{name: "a good one has no violations", body: goodTurtle, mediaType: "text/turtle"},
		{name: "the name of its file tells the syntax", body: goodTurtle, url: "d.ttl"},
		{name: "one that is cut off is told of, and what was read is judged", body: goodTurtle + "<https://esempio.it/e> oops", violations: 1, rule: "rdf syntax"},
		{name: "a page is no document", body: "<!DOCTYPE html><p>404", refused: "non è un documento RDF"},
		{name: "an empty text is none", body: "", refused: "non è un documento RDF"},
		{name: "one that is too long is refused", body: goodTurtle + strings.Repeat("# x\n", 1<<10), refused: "troppo grande"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			v, err := dcat.Examine(dcat.Unread{Body: []byte(tc.body), Type: tc.mediaType, URL: tc.url}, rdf.Limits{Bytes: 1 << 12},
				dcat.Validation{Rules: []dcat.Ruleset{dcat.RulesAP2}, Fragment: true})
			if tc.refused != "" {
				e, ok := err.(*catalog.Error) //nolint:errorlint // it is not wrapped
				if !ok || e.Kind != catalog.Invalid || !strings.Contains(e.MsgIT, tc.refused) {
					t.Errorf("%v, want %q", err, tc.refused)
				}
				return
			}
			if err != nil || v.Violations != tc.violations || v.Format != rdf.Turtle {
				t.Fatalf("%+v, %v", v, err)
			}
			if tc.rule != "" && !slices.ContainsFunc(v.Findings, func(f dcat.Finding) bool { return f.Rule == tc.rule }) {
				t.Errorf("no %q among %+v", tc.rule, v.Findings)
			}
			if tc.rule == "" && v.Datasets != 1 {
				t.Errorf("%d datasets", v.Datasets)
			}
		})
	}
}

func FuzzExamine(f *testing.F) {
	f.Add([]byte(goodTurtle), "text/turtle")
	f.Add([]byte(`<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><a xmlns="http://dati.gov.it/onto/dcatapit"/></rdf:RDF>`), "")
	f.Add([]byte(`{"@id": "x", "@type": "http://www.w3.org/ns/dcat#Dataset"}`), "application/ld+json")
	f.Fuzz(func(t *testing.T, body []byte, mediaType string) {
		v, err := dcat.Examine(dcat.Unread{Body: body, Type: mediaType}, rdf.Limits{Bytes: 1 << 14, Triples: 1000, Depth: 20}, dcat.Validation{Rules: dcat.Rulesets(), Vocabularies: true})
		if err == nil && v.Violations+v.Warnings != len(v.Findings) {
			t.Errorf("%d + %d of %d", v.Violations, v.Warnings, len(v.Findings))
		}
	})
}

func TestRulesetsAreNamed(t *testing.T) {
	for _, tc := range []struct {
		names   string
		want    []dcat.Ruleset
		unknown string
	}{
		{"it,ap2", []dcat.Ruleset{dcat.RulesIT, dcat.RulesAP2}, ""},
		{" IT , hvd", []dcat.Ruleset{dcat.RulesIT, dcat.RulesHVD}, ""},
		{"", nil, ""},
		{"it,dcat", []dcat.Ruleset{dcat.RulesIT}, "dcat"},
	} {
		if got, unknown := dcat.RulesetsNamed(tc.names); !slices.Equal(got, tc.want) || unknown != tc.unknown {
			t.Errorf("%q: %v, %q", tc.names, got, unknown)
		}
	}
}

func TestGradesKeepToTheBoundsOfDataEuropaEU(t *testing.T) {
	for points, want := range map[int]int{0: 1, 120: 1, 121: 2, 220: 2, 221: 3, 285: 3, 286: 4, 350: 4, 351: 5, 405: 5} {
		if got := dcat.GradeOf(points); got != want {
			t.Errorf("%d points have %d stars, want %d", points, got, want)
		}
	}
}

// TestATallyAddsUpWhatIsKept adds counts up that were kept as JSON.
func TestATallyAddsUpWhatIsKept(t *testing.T) {
	one, two := best(), best()
	two.Keywords, two.Distributions = nil, append(two.Distributions, catalog.Distribution{ID: "x", AccessURL: "https://esempio.it/"})
	cards := []dcat.Scorecard{dcat.ScoreCard(one, nil), dcat.ScoreCard(two, nil)}
	var tally dcat.Tally
	for _, c := range cards {
		kept, err := json.Marshal(c.Counts())
		if err != nil {
			t.Fatal(err)
		}
		var counts []dcat.Count
		if err := json.Unmarshal(kept, &counts); err != nil {
			t.Fatal(err)
		}
		tally.Add(counts)
	}
	tally.Add([]dcat.Count{{1, 1, 0}}) // of another scheme
	if tally.Datasets != 2 {
		t.Errorf("%d datasets", tally.Datasets)
	}
	for i, m := range tally.Card().Metrics {
		a, b := cards[0].Metrics[i], cards[1].Metrics[i]
		if m.Name != a.Name || m.Passed != a.Passed+b.Passed || m.Of != a.Of+b.Of || m.Presumed != a.Presumed+b.Presumed {
			t.Errorf("%s: %d of %d, presumed %d", m.Name, m.Passed, m.Of, m.Presumed)
		}
		if (m.Mend == nil) != (m.Passed == m.Of) {
			t.Errorf("%s says nothing of what is lost", m.Name)
		}
	}
}

func TestEveryMetricHasALabel(t *testing.T) {
	for _, m := range dcat.ScoreCard(best(), nil).Metrics {
		if l := m.Label(); l["it"] == "" || l["it"] == m.Name || l["en"] == "" {
			t.Errorf("%s is called %v", m.Name, l)
		}
		if l := m.Dimension.Label(); l["it"] == "" || l["en"] == "" {
			t.Errorf("dimension %s is called %v", m.Dimension, l)
		}
	}
}
