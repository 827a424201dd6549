package search_test

import (
	"fmt"
	"testing"
	"time"

	"portico/catalog"
	"portico/search"
	"portico/search/memory"
)

// written returns datasets with the given titles, one each.
func written(titles ...string) []*catalog.Dataset {
	var out []*catalog.Dataset
	for i, title := range titles {
		out = append(out, &catalog.Dataset{ID: fmt.Sprintf("d%02d", i), Name: fmt.Sprintf("d%02d", i), Title: catalog.It(title), State: catalog.Active})
	}
	return out
}

func many(title string, n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = title
	}
	return out
}

func TestAQuestionIsTakenForWhatWasMeant(t *testing.T) {
	titles := append(many("Raccolta dei rifiuti", 30), "Parcheggi pubblici", "Qualità dell'acqua", "Rifiti", "Codice H501X", "Scuola")
	s := stacked(t, memory.New("it"), written(titles...))
	tests := []struct {
		name, text, taken string
		total             int
		also, some        bool
	}{
		{"as it is written", "parcheggio", "", 1, false, false},
		{"one letter is missing", "parchegi", "parcheggi", 1, false, false},
		{"two letters changed places", "parhceggi", "parcheggi", 1, false, false},
		{"two slips in a long word", "parghegi pubblici", "parcheggi pubblici", 1, false, false},
		{"one slip is enough in a short word", "scula", "scuola", 1, false, false},
		{"two are too many there", "sula", "", 0, false, false},
		{"three letters are never a slip", "acc", "", 0, false, false},
		{"an accent and an article stay as they are", "qualita dell'aqua", "qualita dell'acqua", 1, false, false},
		{"what next to nobody writes is taken for what all write, too", "rifiti", "rifiuti", 31, true, false},
		{"the last word may be unfinished", "raccolta rifiu", "", 30, false, false},
		{"another one may not", "rifiu raccolta", "raccolta", 30, false, false},
		{"a synonym is no slip", "immondizia", "", 30, false, false},
		{"what nobody writes is left out", "xyzzyq parcheggi", "parcheggi", 1, false, false},
		{"some of the words", "scuola parcheggi", "", 2, false, true},
		{"codes are never taken for others", "h502x", "", 0, false, false},
		{"nothing like it", "zzzzzzzz", "", 0, false, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := search.Ask(t.Context(), s.engine, s, search.Query{Limit: 5}, tt.text)
			if err != nil {
				t.Fatal(err)
			}
			if got.Taken != tt.taken || got.Total != tt.total || got.Also != tt.also || got.Some != tt.some {
				t.Errorf("%q: taken for %q, %d found, also %v, some %v; want %q, %d, %v, %v", tt.text, got.Taken, got.Total, got.Also, got.Some, tt.taken, tt.total, tt.also, tt.some)
			}
			exact, err := search.AskExactly(t.Context(), s.engine, s, search.Query{Limit: 5}, tt.text)
			if err != nil || exact.Taken != "" || tt.taken != "" && exact.Total >= tt.total {
				t.Errorf("exactly: taken for %q, %d found, %v", exact.Taken, exact.Total, err)
			}
		})
	}
}

func TestCorrectionsKnowOnlyWhatEverybodyMayRead(t *testing.T) {
	ds := written("Canarino segreto", "Canarino privato", "Altro")
	ds[0].State, ds[1].Private = catalog.Draft, true
	s := stacked(t, memory.New("it"), ds)
	for _, a := range []catalog.Actor{{}, catalog.System} {
		got, err := search.Corrections(catalog.WithActor(t.Context(), a), s.engine, "canarno")
		if err != nil || len(got) != 1 || got[0].For != "" {
			t.Errorf("got %+v, %v; want a word that nobody writes", got, err)
		}
	}
}

func TestAnEngineWithoutAVocabularyCorrectsNothing(t *testing.T) {
	s := stacked(t, memory.New("it"), written("Parcheggi"))
	only := struct{ search.Engine }{s.engine}
	if got, err := search.Corrections(t.Context(), only, "parchegi"); got != nil || err != nil {
		t.Errorf("got %+v, %v", got, err)
	}
	if got, err := search.Ask(t.Context(), only, s, search.Query{Limit: 5}, "parchegi"); got.Total != 0 || err != nil {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestCorrectionsTakeBoundedTime(t *testing.T) {
	if testing.Short() {
		t.Skip("it fills an engine")
	}
	var titles []string
	for i := range 20_000 {
		titles = append(titles, fmt.Sprintf("parola%c%c%c%c", 'a'+i%26, 'a'+i/26%26, 'a'+i/676%26, 'a'+i/7%26))
	}
	s := stacked(t, memory.New("it"), written(titles...))
	text, begun := "", time.Now()
	for i := range 40 {
		text += fmt.Sprintf("parolx%c%c%c ", 'a'+i%26, 'b'+i%7, 'c'+i%5)
	}
	if _, err := search.Corrections(t.Context(), s.engine, text); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(begun); took > 3*time.Second {
		t.Errorf("it took %v", took)
	}
}

func FuzzCorrected(f *testing.F) {
	f.Add("parchegi, xyzzyq; l'aqua")
	f.Add("\xff\u0301 a\u0301bcd")
	f.Fuzz(func(t *testing.T, text string) {
		s := stacked(t, memory.New("it"), written("Parcheggi e acqua"))
		cs, err := search.Corrections(t.Context(), s.engine, text)
		if err != nil {
			t.Fatal(err)
		}
		search.Corrected(text, cs)
		if text == "" {
			return // that is everything, which the store answers
		}
		if _, err := search.Ask(t.Context(), s.engine, s, search.Query{Limit: 5}, text); err != nil {
			t.Fatal(err)
		}
	})
}
