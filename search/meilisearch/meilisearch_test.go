package meilisearch_test

import (
	"bytes"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"gopkg.in/dnaeon/go-vcr.v4/pkg/cassette"
	"gopkg.in/dnaeon/go-vcr.v4/pkg/recorder"

	"portico/search"
	"portico/search/meilisearch"
	"portico/search/searchtest"
)

// The answers of a real Meilisearch are in testdata/cassettes. To ask one that
// runs, set PORTICO_TEST_MEILI to its URL and PORTICO_TEST_MEILI_KEY to its
// key; to record its answers, PORTICO_TEST_MEILI_RECORD to 1, too.
const replayed = "http://127.0.0.1:7700"

func TestContract(t *testing.T) {
	searchtest.Run(t, func(t *testing.T) search.Engine {
		client, url, key := connect(t)
		e, err := meilisearch.New(t.Context(), meilisearch.Config{URL: url, Key: key, Index: indexName(t), HTTP: client})
		if err != nil {
			t.Fatal(err)
		}
		if err := e.Clear(t.Context()); err != nil {
			t.Fatal(err)
		}
		return e
	})
}

var notInNames = regexp.MustCompile(`[^a-z0-9]+`)

func indexName(t *testing.T) string {
	name := t.Name()[strings.LastIndex(t.Name(), "/")+1:]
	return "test_" + notInNames.ReplaceAllString(strings.ToLower(name), "_")
}

// connect returns a client for the recordings of the test, or for a server.
func connect(t *testing.T) (client *http.Client, url, key string) {
	t.Helper()
	url, key = os.Getenv("PORTICO_TEST_MEILI"), os.Getenv("PORTICO_TEST_MEILI_KEY")
	if url == "" {
		url, key = replayed, "scrubbed"
	}
	mode := recorder.ModeReplayOnly
	switch {
	case os.Getenv("PORTICO_TEST_MEILI_RECORD") == "1":
		mode = recorder.ModeRecordOnly
	case os.Getenv("PORTICO_TEST_MEILI") != "":
		return &http.Client{}, url, key
	}
	r, err := recorder.New(filepath.Join("testdata", "cassettes", indexName(t)),
		recorder.WithMode(mode),
		recorder.WithSkipRequestLatency(true),
		recorder.WithMatcher(sameRequest),
		recorder.WithHook(scrub, recorder.BeforeSaveHook),
	)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Stop(); err != nil {
			t.Error(err)
		}
	})
	return r.GetDefaultClient(), url, key
}

// sameRequest compares method, path and body: the host and the key are those
// of whoever recorded. The settings have every synonym there is, most of which
// change no answer to what is asked here.
func sameRequest(r *http.Request, i cassette.Request) bool {
	if r.Method != i.Method || r.URL.RequestURI() != strings.TrimPrefix(i.URL, replayed) {
		return false
	}
	if strings.HasSuffix(r.URL.Path, "/settings") {
		return true
	}
	if r.Body == nil || r.Body == http.NoBody {
		return i.Body == ""
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return false
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	return string(body) == i.Body
}

var requestUID = regexp.MustCompile(`,"requestUid":"[^"]*"`)

var unfinished = regexp.MustCompile(`"status":"(enqueued|processing)"`)

// scrub leaves of an exchange what the tests need: no key, and of the waiting
// for a task only its end.
func scrub(i *cassette.Interaction) error {
	if i.Request.Method == http.MethodGet && unfinished.MatchString(i.Response.Body) {
		i.DiscardOnSave = true
	}
	if strings.HasSuffix(i.Request.URL, "/settings") {
		i.Request.Body = ""
	}
	i.Request.Headers = nil
	i.Request.Host, i.Request.RemoteAddr = "", ""
	if at := strings.Index(i.Request.URL, "//"); at >= 0 {
		if slash := strings.Index(i.Request.URL[at+2:], "/"); slash >= 0 {
			i.Request.URL = replayed + i.Request.URL[at+2+slash:]
		}
	}
	i.Response.Headers = http.Header{"Content-Type": {"application/json"}}
	i.Response.Body = requestUID.ReplaceAllString(i.Response.Body, "")
	i.Response.Duration = 0
	return nil
}
