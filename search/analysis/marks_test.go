package analysis_test

import (
	"strings"
	"testing"

	"portico/search/analysis"
)

func marked(a *analysis.Analyzer, text, question string) string {
	var b strings.Builder
	at := 0
	for _, m := range a.Marks(text, a.Words(question)) {
		b.WriteString(text[at:m.Start] + "[" + text[m.Start:m.End] + "]")
		at = m.End
	}
	return b.String() + text[at:]
}

func TestMarksShowWhatAQuestionFinds(t *testing.T) {
	it := analysis.New("it")
	for _, c := range []struct{ name, text, question, want string }{
		{"a word in its plural", "Parcheggi pubblici", "parcheggio", "[Parcheggi] pubblici"},
		{"without its accent, after an article", "Qualità dell'acqua all'aperto", "qualita acqua", "[Qualità] dell'[acqua] all'aperto"},
		{"articles are not looked for", "I rifiuti della città", "della rifiuti", "I [rifiuti] della città"},
		{"a word that was begun", "Raccolta differenziata", "differenz", "Raccolta [differenziata]"},
		{"words that are written as one", "La rete Wi-Fi", "wifi", "La rete [Wi-Fi]"},
		{"what means the same", "Raccolta dei rifiuti", "immondizia", "Raccolta dei [rifiuti]"},
		{"nothing is found in nothing", "", "acqua", ""},
		{"no question marks nothing", "Acqua", "", "Acqua"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := marked(it, c.text, c.question); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
	if got := marked(analysis.New("en"), "Open  data, opened", "opening"); got != "[Open]  data, [opened]" {
		t.Errorf("in English: %q", got)
	}
}

func FuzzMarks(f *testing.F) {
	f.Add("Qualità dell'acqua: Wi-Fi a.b.c", "acqua wifi")
	f.Add("\xff\xfe rifiuti \u00ad-", "rifiuti")
	it, en := analysis.New("it"), analysis.New("en")
	f.Fuzz(func(t *testing.T, text, question string) {
		for _, a := range []*analysis.Analyzer{it, en} {
			at := 0
			for _, m := range a.Marks(text, a.Words(question)) {
				if m.Start < at || m.End <= m.Start || m.End > len(text) {
					t.Fatalf("mark %v after %d in %q", m, at, text)
				}
				at = m.End
			}
		}
	})
}
