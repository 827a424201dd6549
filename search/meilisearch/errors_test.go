package meilisearch_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"portico/catalog"
	"portico/search"
	"portico/search/meilisearch"
)

const secret = "a-key-that-must-not-be-seen"

// answering returns an engine whose server does the tasks of the setup and
// answers everything else by answer.
func answering(t *testing.T, answer http.HandlerFunc) (*meilisearch.Engine, error) {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		switch {
		case r.Method == http.MethodGet && r.URL.Path == "/indexes/portico_v4":
			fmt.Fprint(w, `{"uid":"portico_v2","primaryKey":"pk"}`)
		case strings.HasSuffix(r.URL.Path, "/synonyms"):
			fmt.Fprint(w, `{}`)
		case strings.HasSuffix(r.URL.Path, "/settings"), r.Method == http.MethodDelete && strings.HasSuffix(r.URL.Path, "/documents"):
			w.WriteHeader(http.StatusAccepted)
			fmt.Fprint(w, `{"taskUid":1}`)
		case r.URL.Path == "/tasks/1":
			fmt.Fprint(w, `{"uid":1,"status":"succeeded"}`)
		default:
			answer(w, r)
		}
	}))
	t.Cleanup(s.Close)
	return meilisearch.New(t.Context(), meilisearch.Config{URL: s.URL, Key: secret, HTTP: s.Client()})
}

func TestAServerThatIsAwayIsUnavailable(t *testing.T) {
	s := httptest.NewServer(http.NotFoundHandler())
	s.Close()
	e, err := meilisearch.New(t.Context(), meilisearch.Config{URL: s.URL, Key: secret, HTTP: s.Client()})
	if err != nil {
		t.Fatalf("New: %v; want an engine all the same", err)
	}
	_, err = e.Search(t.Context(), search.Query{Limit: 1})
	if catalog.KindOf(err) != catalog.Unavailable || strings.Contains(err.Error(), secret) {
		t.Errorf("search: %v; want Unavailable without the key", err)
	}
	if err := e.Put(t.Context(), search.Document{ID: "x"}); catalog.KindOf(err) != catalog.Unavailable {
		t.Errorf("put: %v; want Unavailable", err)
	}
}

func TestAServerThatFailsIsUnavailable(t *testing.T) {
	e, err := answering(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusServiceUnavailable)
		fmt.Fprintf(w, `{"message":"no room for %s","code":"no_space_left_on_device"}`, secret)
	})
	if err != nil {
		t.Fatal(err)
	}
	_, err = e.Search(t.Context(), search.Query{Limit: 1})
	if catalog.KindOf(err) != catalog.Unavailable || strings.Contains(err.Error(), secret) {
		t.Errorf("got %v; want Unavailable without the key", err)
	}
}

func TestAKeyThatIsRefusedIsToldAtTheStart(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusForbidden)
		fmt.Fprintf(w, `{"message":"the key %s is wrong","code":"invalid_api_key"}`, secret)
	}))
	defer s.Close()
	_, err := meilisearch.New(t.Context(), meilisearch.Config{URL: s.URL, Key: secret, HTTP: s.Client()})
	if catalog.KindOf(err) != catalog.Invalid || strings.Contains(err.Error(), secret) {
		t.Errorf("got %v; want Invalid without the key", err)
	}
}

func TestATaskThatFailsIsAnErrorOfPut(t *testing.T) {
	e, err := answering(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/tasks/2" {
			fmt.Fprint(w, `{"uid":2,"status":"failed","type":"documentAdditionOrUpdate","error":{"message":"no room","code":"no_space"}}`)
			return
		}
		w.WriteHeader(http.StatusAccepted)
		fmt.Fprint(w, `{"taskUid":2}`)
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Put(t.Context(), search.Document{ID: "x"}); err == nil || !strings.Contains(err.Error(), "no_space: no room") {
		t.Errorf("got %v; want the error of the task", err)
	}
}

func TestConfigurationsThatCannotBe(t *testing.T) {
	for _, cfg := range []meilisearch.Config{
		{URL: "", HTTP: &http.Client{}},
		{URL: "ftp://example.org", HTTP: &http.Client{}},
		{URL: "http://user:" + secret + "@example.org", HTTP: &http.Client{}},
		{URL: "http://example.org", Index: "../keys", HTTP: &http.Client{}},
		{URL: "http://example.org"},
	} {
		_, err := meilisearch.New(t.Context(), cfg)
		if catalog.KindOf(err) != catalog.Invalid || strings.Contains(err.Error(), secret) {
			t.Errorf("%q: %v; want Invalid", cfg.URL, err)
		}
	}
}

func TestWhatCannotBeAskedIsRefusedRatherThanLeftOut(t *testing.T) {
	facet := `{"hits":[],"totalHits":1,"facetDistribution":{"s.keyword":{`
	for i := range 20_000 {
		facet += fmt.Sprintf(`"v%d":1,`, i)
	}
	facet = strings.TrimSuffix(facet, ",") + `}}}`
	e, err := answering(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if bytes.Contains(body, []byte(`"facets"`)) {
			fmt.Fprint(w, facet)
			return
		}
		fmt.Fprint(w, `{"hits":[],"totalHits":10001}`)
	})
	if err != nil {
		t.Fatal(err)
	}
	many := make([]search.Node, 40)
	for i := range many {
		many[i] = search.Term{Field: search.Theme, Value: fmt.Sprint(i)}
	}
	deep := search.Node(search.Everything{})
	for range 200 {
		deep = search.Bool{Must: []search.Node{deep}}
	}
	for name, n := range map[string]search.Node{
		"a sloppy phrase in too many of them": search.Phrase{Field: search.All, Text: "a b", Slop: 2},
		"a phrase in too many documents":      search.Phrase{Field: search.All, Text: "a b"},
		"a pattern in too many values":        search.Wildcard{Field: search.Keyword, Pattern: "a*b"},
		"too many combinations":               search.Bool{Should: many, Min: 20},
		"a query deeper than anybody asks it": deep,
	} {
		_, err := e.Search(t.Context(), search.Query{Filters: []search.Node{n}, Limit: 1})
		if catalog.KindOf(err) != catalog.Invalid {
			t.Errorf("%s: %v; want Invalid", name, err)
		}
	}
}

func TestRecordingsHoldNoKey(t *testing.T) {
	files, err := filepath.Glob("testdata/cassettes/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no recordings: %v", err)
	}
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(bytes.ToLower(data), []byte("bearer")) || bytes.Contains(data, []byte("Authorization")) {
			t.Errorf("%s holds a key", f)
		}
	}
}
