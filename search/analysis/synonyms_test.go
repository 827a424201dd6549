package analysis_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"portico/search/analysis"
)

// finds reports whether a text with the one is found by asking for the other:
// every word of the question has its parts or its meaning in the text.
func finds(a *analysis.Analyzer, asked, text string) bool {
	tokens, _ := a.Tokens(nil, text, 0)
	has := func(term string) bool {
		return slices.ContainsFunc(tokens, func(t analysis.Token) bool { return t.Term == term })
	}
	for _, w := range analysis.Significant(a.Words(asked)) {
		parts := !slices.ContainsFunc(w.Parts, func(p analysis.Token) bool { return !has(p.Term) })
		if !parts && (w.Joined == "" || !has(w.Joined)) {
			return false
		}
	}
	return true
}

func TestSynonymsFindOneAnother(t *testing.T) {
	a := analysis.New("it")
	tests := []struct {
		asked, text string
		want        bool
	}{
		{"immondizia", "Raccolta dei rifiuti", true},
		{"rifiuti", "La spazzatura", true},
		{"spazzature", "Rifiuti urbani", true},
		{"multe", "Sanzioni per violazioni al Codice della strada", true},
		{"sanzione", "Le multe", true},
		{"viabilità", "Le strade comunali", true},
		{"asili", "Scuole dell'infanzia e nidi", true},
		{"asilo nido", "Elenco dei nidi d'infanzia", true},
		{"nidi", "Scuole dell'infanzia", true},
		{"asili nido a Lecce", "I nidi di Lecce", true},
		{"zona traffico limitato", "Accessi alla ZTL", true},
		{"zona a traffico limitato", "Accessi alla ZTL", true},
		{"ztl", "la zona a traffico limitato", true},
		{"ztl", "la zona del traffico intenso e limitato", false},
		{"wifi", "Hotspot pubblici", true},
		{"Wi-Fi", "rete wifi", true},
		{"rifiuti", "Farmacie", false},
		{"casa", "case dell'acqua", true},
	}
	for _, tt := range tests {
		if got := finds(a, tt.asked, tt.text); got != tt.want {
			t.Errorf("%q finds %q: %v, want %v", tt.asked, tt.text, got, tt.want)
		}
	}
}

func TestTheListOfAnOperatorIsAddedToOurs(t *testing.T) {
	list, err := analysis.ParseSynonyms(strings.NewReader("# our dialect\n\nscovazze, rifiuti\nmalga => alpeggio, pascolo\n"))
	if err != nil {
		t.Fatal(err)
	}
	a := analysis.New("it", list)
	for _, tt := range []struct {
		asked, text string
		want        bool
	}{
		{"scovazze", "rifiuti", true},
		{"rifiuti", "scovazze", true},
		{"immondizia", "rifiuti", true},
		{"malga", "gli alpeggi", true},
		{"pascolo", "le malghe", false},
	} {
		if got := finds(a, tt.asked, tt.text); got != tt.want {
			t.Errorf("%q finds %q: %v, want %v", tt.asked, tt.text, got, tt.want)
		}
	}
	if analysis.New("it").Fingerprint() == a.Fingerprint() || a.Fingerprint() != analysis.New("it", list).Fingerprint() {
		t.Error("the fingerprint tells lists apart, and nothing else")
	}
	if got := a.Expansions()["scovazz"]; !slices.Equal(got, []string{"rifiut"}) {
		t.Errorf("scovazze also finds %q, want rifiut", got)
	}
}

func TestEnglishKnowsNoSynonyms(t *testing.T) {
	list, err := analysis.ParseSynonyms(strings.NewReader("waste, garbage"))
	if err != nil {
		t.Fatal(err)
	}
	if a := analysis.New("en", list); finds(a, "garbage", "waste") || len(a.Expansions()) != 0 {
		t.Error("the analyzer that answers as CKAN does took synonyms in")
	}
}

func TestAPhraseKeepsTheArticlesOfASequence(t *testing.T) {
	words := analysis.New("it").Words("bilancio di previsione")
	if len(words) != 1 || len(words[0].Parts) != 3 || len(words[0].Telling()) != 2 {
		t.Errorf("got %+v, want one word of three parts, two of which tell", words)
	}
}

func TestListsThatCannotBe(t *testing.T) {
	for _, list := range []string{"=>", "a =>", "=> b", ",", strings.Repeat("x", 101) + ", y", strings.Repeat("a,", 60) + "b", strings.Repeat("x", 1<<17)} {
		_, err := analysis.ParseSynonyms(strings.NewReader("# one\n" + list))
		if wrong, ok := errors.AsType[*analysis.SynonymsError](err); !ok || wrong.Line != 2 {
			t.Errorf("%.20q: %v, want an error in line 2", list, err)
		}
	}
}

func FuzzSynonyms(f *testing.F) {
	f.Add("a, b\n# c\nd => e", "a d")
	f.Add("di, che\n===x, _", "di x")
	f.Add("wi-fi, wifi, a'b", "wi-fi")
	f.Fuzz(func(t *testing.T, list, text string) {
		s, err := analysis.ParseSynonyms(strings.NewReader(list))
		if err != nil {
			return
		}
		a := analysis.New("it", s)
		tokens, next := a.Tokens(nil, text, 0)
		for _, x := range tokens {
			if x.Term == "" || x.Pos < 0 || x.Pos >= next {
				t.Fatalf("token %+v of %q, next %d", x, text, next)
			}
		}
		for _, w := range a.Words(text) {
			if len(w.Parts) == 0 {
				t.Fatalf("a word of %q has no parts", text)
			}
		}
	})
}
