package meilisearch_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"portico/search/analysis"
	"portico/search/meilisearch"
)

// TestTheIndexIsEmptiedWhenItsWordsWereMadeByOtherRules starts an engine on an
// index that has settings of ours, of another time, or of somebody else.
func TestTheIndexIsEmptiedWhenItsWordsWereMadeByOtherRules(t *testing.T) {
	now := analysis.New("it").Fingerprint()
	for _, tt := range []struct {
		name, synonyms string
		emptied        bool
	}{
		{"ours", `{"porticofingerprint0":["` + now + `"]}`, false},
		{"of another time", `{"porticofingerprint0":["0123456789abcdef"]}`, true},
		{"of somebody else", `{}`, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			emptied, told := false, map[string]any{}
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				switch {
				case strings.HasSuffix(r.URL.Path, "/synonyms"):
					fmt.Fprint(w, tt.synonyms)
				case r.URL.Path == "/tasks/1":
					fmt.Fprint(w, `{"uid":1,"status":"succeeded"}`)
				case r.Method == http.MethodGet:
					fmt.Fprint(w, `{"uid":"portico_v4","primaryKey":"pk"}`)
				default:
					emptied = emptied || r.Method == http.MethodDelete
					if strings.HasSuffix(r.URL.Path, "/settings") {
						body, _ := io.ReadAll(r.Body)
						if err := json.Unmarshal(body, &told); err != nil {
							t.Error(err)
						}
					}
					w.WriteHeader(http.StatusAccepted)
					fmt.Fprint(w, `{"taskUid":1}`)
				}
			}))
			defer s.Close()
			if _, err := meilisearch.New(t.Context(), meilisearch.Config{URL: s.URL, HTTP: s.Client()}); err != nil {
				t.Fatal(err)
			}
			if emptied != tt.emptied {
				t.Errorf("emptied: %v, want %v", emptied, tt.emptied)
			}
			synonyms, _ := told["synonyms"].(map[string]any)
			if fmt.Sprint(synonyms["porticofingerprint0"]) != "["+now+"]" || len(synonyms) < 100 {
				t.Errorf("%d synonyms are told, and %v for the fingerprint", len(synonyms), synonyms["porticofingerprint0"])
			}
			for _, setting := range []string{"searchableAttributes", "filterableAttributes", "sortableAttributes", "rankingRules", "localizedAttributes", "pagination", "faceting", "searchCutoffMs"} {
				if told[setting] == nil {
					t.Errorf("nothing is told of %s", setting)
				}
			}
		})
	}
}
