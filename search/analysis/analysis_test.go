package analysis_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"portico/search/analysis"
)

func TestTokens(t *testing.T) {
	tests := []struct{ name, lang, text, want string }{
		{"accents are folded before and after stemming", "it", "Città citta qualità QUALITA' perché", "citt citt qualit qualit perc"},
		{"articles are elided", "it", "dell'acqua l’Università un'isola", "acqu universit isol"},
		{"what is no article stays", "it", "D'Annunzio Po' O'Brien", "annunz po o brien"},
		{"plural and singular are one", "it", "parcheggi parcheggio farmacie farmacia musei museo laghi lago biblioteche biblioteca", "parchegg parchegg farmac farmac muse muse lag lag bibliotec bibliotec"},
		{"a hyphen parts and joins", "it", "Wi-Fi", "wi fi wif wif"},
		{"a capital parts and joins", "it", "OpenStreetMap GeoJSON", "open street map openstreetmap openstreetmap geo json geojson geojson"},
		{"codes stay whole", "it", "H501 058091 C_H501 2020-01", "h501 058091 c h501 ch501 ch501 2020 01 202001 202001"},
		{"codes of the administration stay whole", "it", "CIG Z1A2B3C4D5 CF RSSMRA80A01H501U CUP J51B21003080006 ISTAT 022205", "cig z1a2b3c4d5 cf rssmra80a01h501u cup j51b21003080006 istat 022205"},
		{"acronyms that end in a vowel stay whole", "it", "TARI TASI ISEE Cila", "tari tasi isee cila"},
		{"adjectives and short nouns, too", "it", "scolastico scolastiche nido nidi multa multe parco parchi bilancio bilanci provincia province", "scolastic scolastic nid nid mult mult parc parc bilanc bilanc provinc provinc"},
		{"initials are joined, sentences are not", "it", "A.R.P.A. fine.Inizio", "a r p a arp arp fin iniz"},
		{"English has its own stems", "en", "running buses library libraries", "run buse librari librari"},
		{"as Solr: parts, and joined by kind", "en", "Wi-Fi PowerShot SD500 2020-01", "wi fi wifi power shot powershot sd 500 2020 01 202001"},
		{"as Solr: articles are words", "en", "dell'acqua l'Università CITTÀ perché", "dell acqua dellacqua l universita luniversita citta perche"},
		{"as Solr: any sign parts", "en", "open_data acqua.potabile a/b C++", "open data opendata acqua potabil acquapotabil a b ab c"},
		{"as Solr: it is English that is stemmed", "en", "comunale comuni comune running", "comunal comuni comun run"},
		{"as Solr: a possessive is left out", "en", "Rome's O'Neill's", "rome o neill oneil"},
		{"as Solr: accents are folded after the stem", "en", "àèìòù Straße", "aeiou strasse"},
		{"as Solr: hostile bytes are no words", "en", "\x00\xff\xfe — ··· \u200b \u0301", ""},
		{"hostile bytes are no words", "it", "\x00\xff\xfe — ··· 🏛 \u200b", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tokens, _ := analysis.New(tt.lang).Tokens(nil, tt.text, 0)
			var got []string
			for _, x := range tokens {
				if !analysis.Meaning(x.Term) {
					got = append(got, x.Term)
				}
			}
			if s := strings.Join(got, " "); s != tt.want {
				t.Errorf("got  %s\nwant %s", s, tt.want)
			}
		})
	}
}

func TestPlacesOfAJoinedWordAreItsFirstAndItsLast(t *testing.T) {
	tokens, next := analysis.New("it").Tokens(nil, "rete Wi-Fi nuova", 10)
	var got []string
	for _, x := range tokens {
		if !analysis.Meaning(x.Term) {
			got = append(got, fmt.Sprint(x.Form, x.Pos))
		}
	}
	want := []string{"rete10", "wi11", "fi12", "wifi11", "wifi12", "nuova13"}
	if !slices.Equal(got, want) || next != 14 {
		t.Errorf("got %v, %d; want %v, 14", got, next, want)
	}
}

func TestSignificantLeavesOutStopWordsUnlessThereAreNoOthers(t *testing.T) {
	a := analysis.New("it")
	if got := analysis.Significant(a.Words("bilancio del comune")); len(got) != 2 {
		t.Errorf("got %d words, want bilancio and comune", len(got))
	}
	if got := analysis.Significant(a.Words("di che")); len(got) != 2 {
		t.Errorf("got %d words, want both", len(got))
	}
}

func TestNamesAreNeitherStemmedNorFoldedBySolr(t *testing.T) {
	tokens, _ := analysis.New("en").Plain().Tokens(nil, "Università comunale eGov 12", 0)
	var got []string
	for _, x := range tokens {
		got = append(got, x.Term)
	}
	if s := strings.Join(got, " "); s != "università comunale egov 12" {
		t.Errorf("got %s", s)
	}
	if a := analysis.New("it"); a.Plain() != a {
		t.Error("in Italian, names are words like any other")
	}
}

func TestToSolrThePartsOfAWordAreWords(t *testing.T) {
	if got := analysis.New("en").Words("acqua-potabile di"); len(got) != 3 || got[0].Stop || got[1].Joined != "" {
		t.Errorf("got %+v", got)
	}
}

func FuzzTokens(f *testing.F) {
	for _, s := range []string{"dell'acqua", "Wi-Fi", "a.b.c", "\xff'", "ǅ-ß", "----", strings.Repeat("aB", 200)} {
		f.Add(s)
	}
	f.Add("L'acqua's ª²Ⅷ x")
	analyzers := []*analysis.Analyzer{analysis.New("it"), analysis.New("en"), analysis.New("en").Plain()}
	memos := make([]*analysis.Memo, len(analyzers))
	for i, a := range analyzers {
		memos[i] = a.Memo()
	}
	f.Fuzz(func(t *testing.T, s string) {
		for i, a := range analyzers {
			tokens, next := a.Tokens(nil, s, 0)
			remembers(t, memos[i], s, tokens, next)
			for _, x := range tokens {
				if x.Term == "" || x.Pos < 0 || x.Pos >= next {
					t.Fatalf("token %+v of %q, next %d", x, s, next)
				}
			}
			for _, w := range a.Words(s) {
				if len(w.Parts) == 0 {
					t.Fatalf("a word of %q has no parts", s)
				}
			}
		}
	})
}

// remembers wants m to make the same tokens of a text, whether it knows the
// words or not.
func remembers(t *testing.T, m *analysis.Memo, text string, want []analysis.Token, end int) {
	t.Helper()
	for range 2 {
		got, next := m.Tokens(nil, text, 0)
		same := slices.EqualFunc(got, want, func(a, b analysis.Token) bool {
			a.ID, b.ID = 0, 0
			return a == b
		})
		if !same || next != end {
			t.Fatalf("a memo makes %+v of %q, next %d; want %+v, %d", got, text, next, want, end)
		}
	}
}

func TestAMemoMakesTheSameTokensAndTellsThemApart(t *testing.T) {
	for _, lang := range []string{"it", "en"} {
		a := analysis.New(lang)
		m := a.Memo()
		byID := map[uint32]analysis.Token{}
		for i := range 300 {
			var b strings.Builder
			b.WriteString("Raccolta dell'immondizia con Wi-Fi nella zona, asili nido " + strings.Repeat("x", i%90))
			for n := range 30 { // in all more than it remembers
				fmt.Fprintf(&b, " z%d", 30*i+n)
			}
			text := b.String()
			want, end := a.Tokens(nil, text, 0)
			remembers(t, m, text, want, end)
			tokens, _ := m.Tokens(nil, text, 0)
			for _, x := range tokens {
				x.Pos, x.Joined = 0, false
				if old, known := byID[x.ID]; known && x.ID != 0 && old != x {
					t.Fatalf("%s: ID %d is of %+v and of %+v", lang, x.ID, old, x)
				}
				byID[x.ID] = x
			}
		}
	}
}
