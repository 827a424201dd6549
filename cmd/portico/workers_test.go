package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"portico/catalog"
	"portico/internal/testdb"
	"portico/store"
)

// TestWorkersThatAreKilledLoseNothing has two workers of one Postgres harvest
// several sources, and kills one of them again and again: every run is
// accounted for within two minutes, every source is read to its end, and
// nothing is there twice. On one machine whoever was killed is missed at once;
// that another machine is gone takes a lease to tell, which the tests of the
// queue and of the store hold.
func TestWorkersThatAreKilledLoseNothing(t *testing.T) {
	const sources, perSource, kills = 6, 60, 3
	dsn, bin := testdb.Postgres(t), build(t)
	origin := slowPackages(t, perSource)
	db, err := store.Open(t.Context(), dsn, discard)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	ctx := catalog.WithActor(t.Context(), catalog.System)
	slot := time.Now().Add(-time.Second).UTC().Truncate(time.Microsecond)
	for i := range sources {
		src := &catalog.Source{Name: fmt.Sprintf("fonte-%d", i), Kind: "ckan", URL: fmt.Sprintf("%s/%d", origin, i), AllowPrivate: true, Schedule: "daily"}
		if err := db.PutSource(ctx, src); err != nil {
			t.Fatal(err)
		}
		if err := db.UpdateSourceState(ctx, src.ID, func(st *catalog.SourceState) { st.Due = slot }); err != nil {
			t.Fatal(err)
		}
	}
	var said locked // what the workers say, for when something is wrong
	defer func() {
		if t.Failed() {
			t.Log(said.String())
		}
	}()
	work := func() *exec.Cmd {
		cmd := exec.CommandContext(t.Context(), bin, "worker", "--data", t.TempDir(), "--database-url", dsn)
		cmd.Stderr = &said
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		return cmd
	}
	steady := work()
	defer func() { _ = steady.Process.Kill(); _ = steady.Wait() }()
	victim := work()
	for range kills {
		time.Sleep(time.Duration(1500+rand.IntN(1500)) * time.Millisecond)
		_ = victim.Process.Kill()
		_ = victim.Wait()
		victim = work()
	}
	_ = victim.Process.Kill()
	_ = victim.Wait()
	killed := time.Now()
	atWork, err := db.Runs(ctx, "", -1)
	if err != nil {
		t.Fatal(err)
	}
	accounted(ctx, t, db, atWork, killed)
	finished(ctx, t, db, sources)
	seen := map[string]int{}
	ds, _, err := db.ListDatasets(ctx, catalog.DatasetFilter{Limit: -1})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range ds {
		seen[d.Origin.Source+" "+d.Origin.Record]++
		if len(d.Distributions) != 2 {
			t.Errorf("%s is half there", d.Name)
		}
	}
	if len(ds) != sources*perSource || len(seen) != len(ds) {
		t.Errorf("%d datasets of %d records, want %d", len(ds), len(seen), sources*perSource)
	}
}

// locked is text that several processes write.
type locked struct {
	mu sync.Mutex
	b  strings.Builder
}

// Write implements io.Writer.
func (l *locked) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

// String returns the text so far.
func (l *locked) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// accounted waits until every run that was going on when a worker was killed
// has an end, for two minutes and no longer.
func accounted(ctx context.Context, t *testing.T, db *store.Store, atWork []*catalog.Run, killed time.Time) {
	t.Helper()
	for time.Since(killed) < 2*time.Minute {
		open := 0
		for _, r := range atWork {
			now, err := db.Run(ctx, r.ID)
			if err != nil {
				t.Fatal(err)
			}
			if now.Status == catalog.RunRunning {
				open++
			}
		}
		if open == 0 {
			t.Logf("every run has an end %s after the last kill", time.Since(killed).Round(time.Second))
			return
		}
		time.Sleep(time.Second)
	}
	t.Error("a run that was killed has no end after two minutes")
}

// finished waits until every source was read to its end for its slot, and
// checks that none was twice.
func finished(ctx context.Context, t *testing.T, db *store.Store, sources int) {
	t.Helper()
	for deadline := time.Now().Add(3 * time.Minute); ; time.Sleep(time.Second) {
		runs, err := db.Runs(ctx, "", -1)
		if err != nil {
			t.Fatal(err)
		}
		done, states := map[string]int{}, map[catalog.RunStatus]int{}
		for _, r := range runs {
			states[r.Status]++
			if r.Status == catalog.RunDone {
				done[r.Source+r.Slot.String()]++
			}
		}
		if len(done) == sources && states[catalog.RunRunning] == 0 {
			for k, n := range done {
				if n != 1 {
					t.Errorf("%s was harvested %d times", k, n)
				}
			}
			if states[catalog.RunInterrupted] == 0 {
				t.Errorf("no run was interrupted: %v", states)
			}
			t.Logf("runs: %v", states)
			return
		}
		if time.Now().After(deadline) {
			t.Errorf("not every source was read: %v", states)
			return
		}
	}
}

// slowPackages serves several CKANs, each with n packages of its own, a few at
// a time and slowly.
func slowPackages(t *testing.T, n int) string {
	t.Helper()
	const few = 10
	return site(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
		portal, err := strconv.Atoi(name)
		if err != nil || !strings.HasSuffix(r.URL.Path, "/package_search") {
			http.NotFound(w, r)
			return
		}
		time.Sleep(400 * time.Millisecond)
		start, _ := strconv.Atoi(r.FormValue("start"))
		results := []any{}
		for i := start; i < min(n, start+few); i++ {
			results = append(results, inventedPackage(portal*1000+i))
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]any{"success": true, "result": map[string]any{"count": n, "results": results}})
	}))
}
