package api_test

import (
	"encoding/json"
	"slices"
	"testing"
)

type suggested struct {
	Suggestions []struct {
		Kind, Text, Name, URL string
		Count                 int
	}
}

func (w *world) suggest(query string) []string {
	w.t.Helper()
	rec := w.do("GET", "/api/util/suggest?"+query, "")
	var got suggested
	if err := json.Unmarshal(rec.Body.Bytes(), &got); rec.Code != 200 || err != nil {
		w.t.Fatalf("%s: %d %s", query, rec.Code, rec.Body)
	}
	out := []string{}
	for _, x := range got.Suggestions {
		out = append(out, x.Kind+" "+x.Text+" "+x.URL)
	}
	return out
}

func TestSuggestionsAreOfEverythingThatHasAName(t *testing.T) {
	w := newWorld(t).fill()
	for query, want := range map[string][]string{
		"q=rifiu":           {"dataset Raccolta dei rifiuti 2023 /dataset/rifiuti-2023"},
		"q=unione":          {"organization Unione Alta Valle /organization/unione-alta-valle"},
		"q=ambie&lang=it":   {"theme Ambiente /group/ambiente"},
		"q=envir&lang=en":   {"theme Environment /group/ambiente"},
		"q=valor":           {"column valore /dataset?q=valore"},
		"q=esempio":         {"organization Comune di Esempio /organization/comune-di-esempio", "place Comune di Esempio /dataset?q=Comune+di+Esempio"},
		"q=esempio&limit=1": {"organization Comune di Esempio /organization/comune-di-esempio"},
		"q=r":               {},
		"":                  {},
		"q=%00%ff":          {},
	} {
		if got := w.suggest(query); !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", query, got, want)
		}
	}
	if rec := w.do("POST", "/api/util/suggest", ""); rec.Code != 405 {
		t.Errorf("POST: %d, want 405", rec.Code)
	}
}

func TestAMisspeltNameIsCompletedAsWhatWasMeant(t *testing.T) {
	w := newWorld(t).fill()
	for part, want := range map[string]string{"rifuti": "rifiuti", "rifiu": ""} {
		rec := w.do("GET", "/api/3/action/package_autocomplete?q="+part, "")
		var got struct{ Result []map[string]string }
		if err := json.Unmarshal(rec.Body.Bytes(), &got); err != nil || len(got.Result) != 1 || got.Result[0]["match_corrected"] != want {
			t.Errorf("%s: got %s, %v; want one match, taken for %q", part, rec.Body, err, want)
		}
	}
}
