package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"portico/catalog"
	"portico/harvester"
	"portico/store"
)

// A crashing store kills the process at its Nth durable operation, before or
// after it is done.
type crashing struct {
	*store.Store
	left *atomic.Int64
}

func (c crashing) op() {
	if c.left.Add(-1) == 0 {
		syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {} // the signal is on its way
	}
}

func (c crashing) PutDataset(ctx context.Context, d *catalog.Dataset) (catalog.Change, error) {
	c.op()
	defer c.op()
	return c.Store.PutDataset(ctx, d)
}

func (c crashing) PutOrganization(ctx context.Context, o *catalog.Organization) error {
	c.op()
	defer c.op()
	return c.Store.PutOrganization(ctx, o)
}

func (c crashing) PutGroup(ctx context.Context, g *catalog.Group) error {
	c.op()
	defer c.op()
	return c.Store.PutGroup(ctx, g)
}

func (c crashing) RetireDatasets(ctx context.Context, source string, records []string, to catalog.State) (int, error) {
	c.op()
	defer c.op()
	return c.Store.RetireDatasets(ctx, source, records, to)
}

func (c crashing) StartRun(ctx context.Context, source string, slot time.Time) (*catalog.Run, error) {
	c.op()
	defer c.op()
	return c.Store.StartRun(ctx, source, slot)
}

func (c crashing) FinishRun(ctx context.Context, r *catalog.Run) error {
	c.op()
	defer c.op()
	return c.Store.FinishRun(ctx, r)
}

// crashEnv names the variables by which a test runs itself as the child that
// crashes.
const crashEnv = "PORTICO_CRASH_AT"

// TestCrashChild is the child: one harvest that kills itself at the operation
// that the parent names. By itself it does nothing.
func TestCrashChild(t *testing.T) {
	at := os.Getenv(crashEnv)
	if at == "" {
		return
	}
	n, err := strconv.ParseInt(at, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	if err := crashHarvest(t.Context(), os.Getenv("PORTICO_CRASH_DATA"), os.Getenv("PORTICO_CRASH_URL"), n); err != nil {
		t.Fatal(err)
	}
}

// crashHarvest harvests the CKAN at url into data, to crash at operation n.
func crashHarvest(ctx context.Context, data, url string, n int64) error {
	ctx = catalog.WithActor(ctx, catalog.System)
	c := &cli{Settings: Settings{Data: data, SearchLanguage: "it", MaxUpload: 10}}
	if err := c.complete(); err != nil {
		return err
	}
	h, err := newEnv(c, os.Stdout, os.Stderr).open(ctx, discard)
	if err != nil {
		return err
	}
	defer h.Close()
	// As if a minute had gone by since the crash: a run that was killed keeps its source that long.
	if _, err := h.DB().ExecContext(ctx, `UPDATE runs SET beat = 0`); err != nil {
		return err
	}
	st := crashing{h.Store, &atomic.Int64{}}
	st.left.Store(n)
	src, err := h.Source(ctx, "crash")
	if catalog.KindOf(err) == catalog.NotFound {
		src = &catalog.Source{ID: catalog.StableID("crash"), Name: "crash", Kind: "ckan", URL: url, AllowPrivate: true}
		err = h.PutSource(ctx, src)
	}
	if err != nil {
		return err
	}
	hv := h.harvester()
	hv.Datasets, hv.Origins, hv.Organizations, hv.Sources = st, st, st, st
	_, err = hv.Run(ctx, *src, harvester.Options{})
	return err
}

// TestCrashAtEveryOperation is REL-001: a harvest of 200 datasets is killed
// with SIGKILL at one durable operation after another; started again, it must
// end as if nothing had happened.
func TestCrashAtEveryOperation(t *testing.T) {
	url := manyPackages(t, 200)
	clean := t.TempDir()
	if err := crashHarvest(t.Context(), clean, url, 1<<40); err != nil {
		t.Fatal(err)
	}
	want := state(t, clean)
	if len(want) < 200 {
		t.Fatalf("the uninterrupted harvest has %d lines", len(want))
	}
	step := int64(23) // prime, so that before and after an operation are both hit
	if os.Getenv("PORTICO_CRASH_STEP") != "" {
		var err error
		if step, err = strconv.ParseInt(os.Getenv("PORTICO_CRASH_STEP"), 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	crashes := 0
	for n := int64(1); ; n += step {
		data := t.TempDir()
		if !crashed(t, data, url, n) {
			break
		}
		crashes++
		if err := crashHarvest(t.Context(), data, url, 1<<40); err != nil {
			t.Fatalf("crash at %d: the next run: %v", n, err)
		}
		if got := state(t, data); strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Fatalf("crash at %d: the state differs: %d lines, want %d", n, len(got), len(want))
		}
	}
	if crashes < 10 {
		t.Errorf("only %d crashes", crashes)
	}
	t.Logf("%d crash points", crashes)
}

// crashed runs the child and reports whether it was killed.
func crashed(t *testing.T, data, url string, n int64) bool {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestCrashChild$")
	cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%d", crashEnv, n), "PORTICO_CRASH_DATA="+data, "PORTICO_CRASH_URL="+url)
	out, err := cmd.CombinedOutput()
	if err == nil {
		return false
	}
	if ws, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); !ok || !ws.Signaled() || ws.Signal() != syscall.SIGKILL {
		t.Fatalf("the child ended otherwise: %v\n%s", err, out)
	}
	return true
}

// state is what an instance has, one line a dataset or run, without the times
// at which it happened to be kept.
func state(t *testing.T, data string) []string {
	t.Helper()
	st, err := store.Open(t.Context(), "sqlite:"+filepath.Join(data, "portico.db"), discard)
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	ctx := catalog.WithActor(t.Context(), catalog.System)
	ds, _, err := st.ListDatasets(ctx, catalog.DatasetFilter{AnyState: true, Limit: -1})
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, d := range ds {
		for i := range d.Distributions {
			d.Distributions[i].Created, d.Distributions[i].Updated = time.Time{}, time.Time{}
		}
		b, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		org, err := st.Organization(ctx, d.Organization)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, fmt.Sprint(d.ID, d.Name, d.State, d.Origin.Record, org.Name, string(b)))
	}
	runs, err := st.Runs(ctx, "", 1)
	if err != nil || len(runs) != 1 || runs[0].Status != catalog.RunDone {
		t.Fatalf("the latest run is %+v, %v", runs, err)
	}
	all, err := st.Runs(ctx, "", 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range all {
		if r.Status == catalog.RunRunning {
			t.Fatalf("run %s still says that it is running", r.ID)
		}
	}
	return out
}

// TestKillAtRandomMoments kills the program itself, ten times in the middle of
// a harvest with a server beside it: nothing is half-visible, nothing doubled.
func TestKillAtRandomMoments(t *testing.T) {
	const n = 300
	url := manyPackages(t, n)
	bin := build(t)
	data := t.TempDir()
	for range 10 {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		cmd := exec.CommandContext(ctx, bin, "harvest", "ckan", url, "--allow-private", "--data", data)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(20+rand.IntN(400)) * time.Millisecond)
		cmd.Process.Kill()
		cmd.Wait()
		cancel()
		whole(t, data)
	}
	rep, code := harvest(t, "ckan", url, "--allow-private", "--data", data)
	if code != exitDone || rep.Changed+rep.Same != n || rep.Failed != 0 {
		t.Fatalf("exit %d: %+v", code, rep)
	}
	if got := whole(t, data); got != n {
		t.Errorf("%d datasets, want %d", got, n)
	}
	if again, _ := harvest(t, "ckan", url, "--allow-private", "--data", data); again.Changed != 0 || again.Same != n {
		t.Errorf("again: %+v", again)
	}
}

// whole checks that every dataset is complete and there once, and returns how
// many there are.
func whole(t *testing.T, data string) int {
	t.Helper()
	if _, err := os.Stat(filepath.Join(data, "portico.db")); err != nil {
		return 0 // killed before it had begun
	}
	seen := make(map[string]bool)
	for _, d := range datasets(t, data, nil) {
		if seen[d.Origin.Record] || seen[d.Name] {
			t.Errorf("%s is there twice", d.Name)
		}
		seen[d.Origin.Record], seen[d.Name] = true, true
		if len(d.Distributions) != 2 || len(d.Title) == 0 || d.Organization == "" || len(d.Groups) == 0 {
			t.Errorf("%s is half there: %+v", d.Name, d)
		}
	}
	return len(seen) / 2
}

// build builds the program once for the test process.
func build(t *testing.T) string {
	t.Helper()
	bin := filepath.Join(t.TempDir(), "portico")
	var out bytes.Buffer
	cmd := exec.CommandContext(t.Context(), "go", "build", "-o", bin, ".")
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		t.Fatalf("build: %v\n%s", err, out.String())
	}
	return bin
}

// manyPackages serves a CKAN with n invented packages.
func manyPackages(t *testing.T, n int) string {
	t.Helper()
	return site(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasSuffix(r.URL.Path, "/package_search") {
			http.NotFound(w, r)
			return
		}
		start, _ := strconv.Atoi(r.FormValue("start"))
		rows, _ := strconv.Atoi(r.FormValue("rows"))
		results := []any{}
		for i := start; i < n && i < start+rows; i++ {
			results = append(results, inventedPackage(i))
		}
		w.Header().Set("Content-Type", "application/json")
		json.NewEncoder(w).Encode(map[string]any{"success": true, "result": map[string]any{"count": n, "results": results}})
	}))
}

func inventedPackage(i int) map[string]any {
	id := catalog.StableID("package", strconv.Itoa(i))
	themes := []string{"ENVI", "TRAN", "SOCI", "ECON", "GOVE"}
	resource := func(format string) map[string]any {
		return map[string]any{
			"id": catalog.StableID(id, format), "name": "File " + format, "format": format,
			"url": fmt.Sprintf("https://dati.example/%d.%s", i, strings.ToLower(format)),
		}
	}
	return map[string]any{
		"id": id, "name": fmt.Sprintf("dataset-%05d", i), "title": fmt.Sprintf("Dataset numero %d", i/2), "notes": "Un dataset inventato.",
		"license_id": "cc-by", "metadata_modified": "2025-01-01T00:00:00.000000", "tags": []map[string]string{{"name": "prova"}},
		"organization": map[string]string{"name": fmt.Sprintf("comune-%d", i%7), "title": fmt.Sprintf("Comune %d", i%7)},
		"extras": []map[string]string{
			{"key": "identifier", "value": fmt.Sprintf("c_x%03d:%d", i%7, i)},
			{"key": "holder_name", "value": fmt.Sprintf("Comune %d", i%7)},
			{"key": "holder_identifier", "value": fmt.Sprintf("c_x%03d", i%7)},
			{"key": "themes_aggregate", "value": `[{"theme":"` + themes[i%len(themes)] + `","subthemes":[]}]`},
			{"key": "frequency", "value": "ANNUAL"},
		},
		"resources": []any{resource("CSV"), resource("JSON")},
	}
}
