package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A check is what scripts read of `portico index check --json`.
type check struct {
	Datasets, Indexed, Stale, Lacking, Extra int
	Equal, Repaired                          bool
	NoSnapshot                               string `json:"no_snapshot"`
}

func checked(t *testing.T, args ...string) check {
	t.Helper()
	var c check
	if err := json.Unmarshal([]byte(must(t, append([]string{"index", "check", "--json"}, args...)...)), &c); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestTheIndexOutlivesTheServer(t *testing.T) {
	data, office := t.TempDir(), t.TempDir()
	for _, name := range []string{"rifiuti", "bilancio"} {
		if err := os.WriteFile(filepath.Join(office, name+".csv"), []byte("a;b\n1;2\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if r, code := harvest(t, "files", office, "--data", data); code != exitDone {
		t.Fatalf("harvest: %d, %+v", code, r)
	}
	if c := checked(t, "--data", data); !c.Equal || c.Datasets != 2 || c.NoSnapshot == "" {
		t.Errorf("before the first start: %+v", c)
	}
	found := func(want int) {
		t.Helper()
		var page struct{ Count int }
		t.Run("served", func(t *testing.T) {
			action(t, serve(t, "serve", "--data", data), "package_search?q=rifiuti", &page)
		})
		if page.Count != want {
			t.Errorf("found %d, want %d", page.Count, want)
		}
	}
	found(1)
	path := filepath.Join(data, "search-index")
	if c := checked(t, "--data", data); !c.Equal || c.Indexed != 2 || c.NoSnapshot != "" {
		t.Errorf("after a server: %+v", c)
	}
	if err := os.WriteFile(filepath.Join(office, "rifiuti-2024.csv"), []byte("a;b\n1;2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if r, code := harvest(t, "files", office, "--data", data); code != exitDone {
		t.Fatalf("harvest: %d, %+v", code, r)
	}
	found(2)
	if err := os.Truncate(path, 100); err != nil {
		t.Fatal(err)
	}
	if c := checked(t, "--data", data); !strings.Contains(c.NoSnapshot, "damaged") {
		t.Errorf("of a damaged snapshot: %+v", c)
	}
	if out := must(t, "index", "rebuild", "--data", data); !strings.Contains(out, "3 dataset") {
		t.Errorf("rebuild: %s", out)
	}
	if c := checked(t, "--data", data); !c.Equal || c.Indexed != 3 || c.NoSnapshot != "" {
		t.Errorf("after a rebuild: %+v", c)
	}
	found(2)
}
