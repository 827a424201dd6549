package meilisearch_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"testing"
	"time"

	"portico/catalog"
	"portico/search"
	"portico/search/meilisearch"
)

// A process is a Meilisearch of the test's own.
type process struct {
	binary, address string
	cmd             *exec.Cmd
}

func (p *process) start(t *testing.T) {
	t.Helper()
	p.cmd = exec.CommandContext(context.Background(), p.binary, "--http-addr", p.address, "--master-key", secret, "--no-analytics", "--db-path", t.TempDir()+"/data", "--dump-dir", t.TempDir())
	p.cmd.Dir = t.TempDir()
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for range 200 {
		if c, err := net.Dial("tcp", p.address); err == nil {
			c.Close()
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatal("Meilisearch does not start")
}

func (p *process) stop() {
	_ = p.cmd.Process.Kill()
	_ = p.cmd.Wait()
}

func docsOf(n int) []search.Document {
	docs := make([]search.Document, n)
	for i := range docs {
		docs[i] = search.Document{
			ID:      fmt.Sprintf("d%04d", i),
			Strings: map[search.Field][]string{search.Theme: {"ENVI"}},
			Texts:   map[search.Field][]string{search.All: {fmt.Sprintf("Fontane del quartiere %d", i)}},
			Ints:    map[search.Field]int64{search.Distributions: int64(i)},
		}
	}
	return docs
}

// TestARealServerThatIsKilledAndWipedIsComparedAndMadeAnew needs a server of
// its own: PORTICO_TEST_MEILI_BINARY names the program.
func TestARealServerThatIsKilledAndWipedIsComparedAndMadeAnew(t *testing.T) {
	binary := os.Getenv("PORTICO_TEST_MEILI_BINARY")
	if binary == "" {
		t.Skip("PORTICO_TEST_MEILI_BINARY names no program")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &process{binary: binary, address: l.Addr().String()}
	l.Close()
	p.start(t)
	defer func() { p.stop() }()
	e, err := meilisearch.New(t.Context(), meilisearch.Config{URL: "http://" + p.address, Key: secret, Index: "portico", Lang: "it", HTTP: &http.Client{Timeout: 10 * time.Second}})
	if err != nil {
		t.Fatal(err)
	}
	docs := docsOf(1200)
	must(t, e.Put(t.Context(), docs[:1100]...))
	docs[7].Ints[search.Distributions] = 99
	wantLacking(t, e, docs, append([]search.Document{docs[7]}, docs[1100:]...))
	n := 0
	must(t, e.IDs(t.Context(), func(string) bool { n++; return true }))
	if n != 1100 {
		t.Errorf("%d IDs, want 1100", n)
	}

	aside, swap, err := e.Aside(t.Context())
	must(t, err)
	must(t, aside.Put(t.Context(), docs...))
	wantLacking(t, e, docs[:7], nil)
	must(t, swap(t.Context()))
	wantLacking(t, e, docs, nil)

	p.stop()
	if _, err := e.Search(t.Context(), search.Query{}); catalog.KindOf(err) != catalog.Unavailable {
		t.Errorf("killed: %v, want Unavailable", err)
	}
	p.start(t) // with nothing in it
	if n, err := e.Len(t.Context()); n != 0 || err != nil {
		t.Errorf("wiped: %d documents, %v; want none", n, err)
	}
	must(t, e.Put(t.Context(), docs...))
	wantLacking(t, e, docs, nil)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantLacking(t *testing.T, e *meilisearch.Engine, docs, want []search.Document) {
	t.Helper()
	got, err := e.Lacks(t.Context(), docs...)
	var ids []string
	for i := range want {
		ids = append(ids, want[i].ID)
	}
	if err != nil || !slices.Equal(got, ids) {
		t.Errorf("lacks %d, %v; want %d", len(got), err, len(ids))
	}
}
