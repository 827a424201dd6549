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
		{"initials are joined, sentences are not", "it", "A.R.P.A. fine.Inizio", "a r p a arp arp fin iniz"},
		{"English has its own stems", "en", "running buses library libraries", "run buse librari librari"},
		{"hostile bytes are no words", "it", "\x00\xff\xfe — ··· 🏛 \u200b", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tokens, _ := analysis.New(tt.lang).Tokens(nil, tt.text, 0)
			var got []string
			for _, x := range tokens {
				got = append(got, x.Term)
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
		got = append(got, fmt.Sprint(x.Form, x.Pos))
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

func FuzzTokens(f *testing.F) {
	for _, s := range []string{"dell'acqua", "Wi-Fi", "a.b.c", "\xff'", "ǅ-ß", "----", strings.Repeat("aB", 200)} {
		f.Add(s)
	}
	a := analysis.New("it")
	f.Fuzz(func(t *testing.T, s string) {
		tokens, next := a.Tokens(nil, s, 0)
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
	})
}
