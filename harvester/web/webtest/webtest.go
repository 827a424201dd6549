// Package webtest tests connectors that read documents from the web: what they
// make of recorded answers, what they remember, and that nothing that comes
// breaks them. Tests alone import it.
package webtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"portico/catalog"
	"portico/harvester"
	"portico/internal/httpclient"
)

// Update is the flag -update: the .want.json files are rewritten.
var Update = flag.Bool("update", false, "rewrite the .want.json files")

// An Outcome is what came of a record, for comparing.
type Outcome struct {
	ID, Title     string
	Error         string            `json:",omitempty"`
	Distributions int               `json:",omitempty"`
	Problems      []catalog.Problem `json:",omitempty"`
	Dataset       *catalog.Dataset  `json:",omitempty"`
}

// Client returns a client that may reach a test's own server.
func Client() *http.Client { return httpclient.New(httpclient.Options{AllowPrivate: true}) }

// Open opens a source of a kind.
func Open(t testing.TB, kind harvester.Kind, url, options string) harvester.Connector {
	t.Helper()
	conn, err := kind.Open(catalog.Source{Kind: kind.Name, URL: url, Options: json.RawMessage(options)}, Client())
	if err != nil {
		t.Fatal(err)
	}
	return conn
}

// Read returns what a connector yields, and the error that ended it.
func Read(t testing.TB, conn harvester.Connector) (got []Outcome, end error) {
	t.Helper()
	for rec, err := range conn.Records(t.Context()) {
		if rec.ID == "" {
			return got, err
		}
		o := Outcome{ID: rec.ID, Title: rec.Title, Distributions: rec.Distributions, Problems: rec.Problems, Dataset: &rec.Dataset}
		if err != nil {
			o.Error, o.Dataset = err.Error(), nil
		}
		got = append(got, o)
	}
	return got, nil
}

// Golden serves each testdata/NAME.in.EXT, whatever is asked, to a source at a
// path and compares what comes of it with testdata/NAME.want.json.
func Golden(t *testing.T, kind harvester.Kind, path string) {
	t.Helper()
	inputs, err := filepath.Glob("testdata/*.in.*")
	if err != nil || len(inputs) == 0 {
		t.Fatalf("no inputs: %v", err)
	}
	for _, in := range inputs {
		name, _, _ := strings.Cut(filepath.Base(in), ".in.")
		t.Run(name, func(t *testing.T) {
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, in) }))
			defer srv.Close()
			got, end := Read(t, Open(t, kind, srv.URL+path, ""))
			if end != nil {
				t.Error(end)
			}
			b, err := json.MarshalIndent(got, "", "\t")
			if err != nil {
				t.Fatal(err)
			}
			compare(t, "testdata/"+name+".want.json", append([]byte(strings.ReplaceAll(string(b), srv.URL, "http://portal")), '\n'))
		})
	}
}

func compare(t *testing.T, file string, got []byte) {
	t.Helper()
	if *Update {
		if err := os.WriteFile(file, got, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), string(got)); d != "" {
		t.Errorf("%s (-want +got):\n%s", file, d)
	}
}

// Remembers reads a source twice, the second time with the memo of the first,
// and checks that all records are the same and how many requests that took.
func Remembers(t *testing.T, kind harvester.Kind, h http.Handler, path string, requests int) {
	t.Helper()
	var asked atomic.Int64
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		h.ServeHTTP(w, r)
	}))
	defer srv.Close()
	first := Open(t, kind, srv.URL+path, "")
	got, end := Read(t, first)
	if end != nil || len(got) == 0 {
		t.Fatalf("the first reading: %d records, %v", len(got), end)
	}
	memo := first.(harvester.Rememberer).Memo()
	if memo == nil {
		t.Fatal("nothing remembered")
	}
	asked.Store(0)
	again := Open(t, kind, srv.URL+path, "")
	again.(harvester.Rememberer).Recall(memo)
	same, end := Read(t, again)
	if end != nil || len(same) != len(got) {
		t.Fatalf("the second reading: %d records, %v; want %d", len(same), end, len(got))
	}
	for _, o := range same {
		if o.Error != harvester.ErrSame.Error() {
			t.Errorf("%s: %q", o.ID, o.Error)
		}
	}
	if n := int(asked.Load()); n != requests {
		t.Errorf("%d requests for what has not changed, want %d", n, requests)
	}
	if next := again.(harvester.Rememberer).Memo(); next == nil {
		t.Error("the second reading remembers nothing")
	}
}

// always answers every request with one body.
type always []byte

// RoundTrip implements http.RoundTripper.
func (a always) RoundTrip(req *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(a)), Request: req}, nil
}

// maxYield is what no document of a fuzzer's size may exceed.
const maxYield = 100_000

// Fuzz answers every request of a source at one of addresses with what the
// fuzzer makes of seeds and of testdata: the connector must come to an end, and
// what it yields must have IDs and be text.
func Fuzz(f *testing.F, kind harvester.Kind, addresses []string, seeds ...string) {
	f.Helper()
	inputs, err := filepath.Glob("testdata/*.in.*")
	if err != nil {
		f.Fatal(err)
	}
	for _, in := range inputs {
		b, err := os.ReadFile(in)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, a := range addresses {
			conn, err := kind.Open(catalog.Source{URL: a}, &http.Client{Transport: always(body)})
			if err != nil {
				t.Fatal(err)
			}
			n := 0
			for rec, err := range conn.Records(t.Context()) {
				if n++; n > maxYield {
					t.Fatal("no end")
				}
				sane(t, rec, err)
			}
		}
	})
}

// sane checks what holds for every record, whatever it was made of.
func sane(t *testing.T, rec harvester.Record, err error) {
	t.Helper()
	if rec.ID == "" && err == nil {
		t.Error("a record without ID")
	}
	if p, ok := errors.AsType[*harvester.PanicError](err); ok {
		t.Errorf("%s", p.String())
	}
	if _, err := json.Marshal(rec.Dataset); err != nil {
		t.Error(err)
	}
}
