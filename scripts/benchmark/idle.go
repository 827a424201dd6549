package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"portico/catalog"
	"portico/harvester"
	"portico/harvester/all"
	"portico/internal/httpclient"
	"portico/store"
)

// portalAddress is where the portals of the idle harvest are: in a process of
// their own, so that their memory is not taken for the harvester's.
const portalAddress = "127.0.0.1:18925"

// A fleet is many sources that hold many datasets.
type fleet struct{ sources, datasets, rounds int }

func (f fleet) each(i int) int {
	n := f.datasets / f.sources
	if i < f.datasets%f.sources {
		n++
	}
	return n
}

// portals serves them: a third data.json, a third DCAT as Turtle, both with
// an ETag, and a third CKAN.
func (f fleet) portals() error {
	srv := &http.Server{ReadHeaderTimeout: time.Minute, Addr: portalAddress, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
		i, err := strconv.Atoi(name)
		if err != nil || i < 0 || i >= f.sources {
			http.NotFound(w, r)
			return
		}
		switch {
		case i%3 == 0 && strings.HasSuffix(rest, "/package_search"):
			f.packages(w, r, i)
		case i%3 == 1 && rest == "data.json":
			tagged(w, r, func() []byte { return f.pod(i) })
		case i%3 == 2 && rest == "catalog.ttl":
			tagged(w, r, func() []byte { return f.turtle(i) })
		default:
			http.NotFound(w, r)
		}
	})}
	return srv.ListenAndServe()
}

func tagged(w http.ResponseWriter, r *http.Request, body func() []byte) {
	const etag = `"1"`
	w.Header().Set("ETag", etag)
	if r.Header.Get("If-None-Match") == etag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	_, _ = w.Write(body())
}

func (f fleet) packages(w http.ResponseWriter, r *http.Request, i int) {
	start, _ := strconv.Atoi(r.FormValue("start"))
	rows, err := strconv.Atoi(r.FormValue("rows"))
	if err != nil {
		rows = 10
	}
	short := r.FormValue("fl") != ""
	results := []any{}
	for k := start; k < f.each(i) && k < start+rows; k++ {
		p := pkg(i*1000 + k)
		if short {
			p = map[string]any{"id": p["id"], "metadata_modified": p["metadata_modified"]}
		}
		results = append(results, p)
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"success": true, "result": map[string]any{"count": f.each(i), "results": results}})
}

func (f fleet) pod(i int) []byte {
	list := []any{}
	for k := range f.each(i) {
		list = append(list, map[string]any{
			"identifier": fmt.Sprintf("c_x%03d:%d", i, k), "title": fmt.Sprintf("%s %d-%d", subjects[k%len(subjects)], i, k), "modified": "2024-05-06",
			"description": strings.Repeat("Dati raccolti dagli uffici. ", 8), "keyword": []string{"prova", "comune"}, "license": "https://creativecommons.org/licenses/by/4.0/",
			"publisher":    map[string]string{"name": fmt.Sprintf("Comune %d", i)},
			"distribution": []any{map[string]string{"downloadURL": fmt.Sprintf("https://dati.example/%d/%d.csv", i, k), "mediaType": "text/csv"}},
		})
	}
	b, err := json.Marshal(map[string]any{"conformsTo": "https://project-open-data.cio.gov/v1.1/schema", "dataset": list})
	if err != nil {
		panic(err) // of texts and numbers alone
	}
	return b
}

func (f fleet) turtle(i int) []byte {
	var b strings.Builder
	b.WriteString("@prefix dcat: <http://www.w3.org/ns/dcat#> .\n@prefix dct: <http://purl.org/dc/terms/> .\n@prefix foaf: <http://xmlns.com/foaf/0.1/> .\n")
	fmt.Fprintf(&b, "<https://dati.example/ente/%d> a foaf:Agent ; foaf:name \"Comune %d\"@it ; dct:identifier \"c_y%03d\" .\n", i, i, i)
	for k := range f.each(i) {
		fmt.Fprintf(&b, `<https://dati.example/%[1]d/%[2]d> a dcat:Dataset ; dct:title "%[3]s %[1]d-%[2]d"@it ; dct:description "Dati raccolti dagli uffici."@it ; dct:identifier "c_y%03[1]d:%[2]d" ;
  dct:rightsHolder <https://dati.example/ente/%[1]d> ; dcat:distribution <https://dati.example/%[1]d/%[2]d/csv> .
<https://dati.example/%[1]d/%[2]d/csv> a dcat:Distribution ; dcat:downloadURL <https://dati.example/%[1]d/%[2]d.csv> ; dct:license <https://creativecommons.org/licenses/by/4.0/> .
`, i, k, subjects[k%len(subjects)])
	}
	return []byte(b.String())
}

// idle harvests a fleet once and then again and again with nothing changed, in
// this process, by four at once as a worker does.
func (f fleet) idle() error {
	ctx := catalog.WithActor(context.Background(), catalog.System)
	stop, err := f.startPortals(ctx)
	if err != nil {
		return err
	}
	defer stop()
	dir, err := os.MkdirTemp("", "portico-idle-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	quiet := slog.New(slog.DiscardHandler)
	db, err := store.Open(ctx, "sqlite:"+filepath.Join(dir, "db"), quiet)
	if err != nil {
		return err
	}
	defer db.Close()
	hosts := &httpclient.Hosts{AtOnce: 8} // all portals are one host here
	h := &harvester.Harvester{
		Connectors: all.Connectors(), Datasets: db, Origins: db, Organizations: db, Sources: db, Twins: db, Raw: db, Log: quiet,
		Client: func(catalog.Source) *http.Client {
			return httpclient.New(httpclient.Options{AllowPrivate: true, Hosts: hosts})
		},
	}
	list, err := f.enlist(ctx, db)
	if err != nil {
		return err
	}
	for round := range f.rounds + 1 {
		if err := f.round(ctx, h, list, round); err != nil {
			return err
		}
	}
	return nil
}

// startPortals serves the fleet from a process of its own, so that its memory
// is none of what is measured, and returns once it answers; stop ends it.
func (f fleet) startPortals(ctx context.Context) (stop func(), err error) {
	portal := exec.CommandContext(ctx, os.Args[0], "-portals", "-sources", strconv.Itoa(f.sources), "-fleet", strconv.Itoa(f.datasets))
	portal.Stderr = os.Stderr
	if err := portal.Start(); err != nil {
		return nil, err
	}
	stop = func() { _ = portal.Process.Kill(); _ = portal.Wait() }
	for range 100 {
		req, err := http.NewRequestWithContext(ctx, http.MethodHead, "http://"+portalAddress+"/", nil)
		if err != nil {
			stop()
			return nil, err
		}
		if resp, err := client.Do(req); err == nil {
			_ = resp.Body.Close()
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	return stop, nil
}

// round harvests the whole fleet once and prints what it took. Only the first
// round may change anything, or else it was not idleness that was measured.
func (f fleet) round(ctx context.Context, h *harvester.Harvester, list []*catalog.Source, round int) error {
	begin, worked := time.Now(), usage()
	changed, same, err := harvestAll(ctx, h, list)
	if err != nil {
		return err
	}
	wanted := same
	what := fmt.Sprintf("idle harvest %d of %d sources, %d datasets", round, f.sources, f.datasets)
	if round == 0 {
		wanted = changed
		what = fmt.Sprintf("first harvest of %d sources, %d datasets", f.sources, f.datasets)
	}
	if wanted != f.datasets {
		return fmt.Errorf("round %d: %d changed and %d the same of %d", round, changed, same, f.datasets)
	}
	took, worked := time.Since(begin), usage()-worked
	runtime.GC()
	now, most := resident()
	row(what, took.Round(10*time.Millisecond), fmt.Sprintf("%s of a processor, %.0f MiB resident, %.0f MiB at most in the round; goal 5 min, 300 MB",
		worked.Round(10*time.Millisecond), now, most))
	return nil
}

func (f fleet) enlist(ctx context.Context, db *store.Store) ([]*catalog.Source, error) {
	for i := range f.sources {
		src := &catalog.Source{Name: fmt.Sprintf("fonte-%03d", i), AllowPrivate: true}
		src.Kind, src.URL = [3]string{"ckan", "datajson", "dcat"}[i%3], fmt.Sprintf("http://%s/%d/%s", portalAddress, i, [3]string{"", "data.json", "catalog.ttl"}[i%3])
		if err := db.PutSource(ctx, src); err != nil {
			return nil, err
		}
	}
	return db.Sources(ctx)
}

// harvestAll harvests every source, four at once.
func harvestAll(ctx context.Context, h *harvester.Harvester, list []*catalog.Source) (changed, same int, err error) {
	const workers = 4
	var c, s atomic.Int64
	var mu sync.Mutex
	var wg sync.WaitGroup
	next := make(chan *catalog.Source)
	for range workers {
		wg.Go(func() {
			for src := range next {
				rep, failed := h.Run(ctx, *src, harvester.Options{})
				c.Add(int64(rep.Changed))
				s.Add(int64(rep.Same))
				if failed != nil {
					mu.Lock()
					err = errors.Join(err, fmt.Errorf("%s: %w", src.Name, failed))
					mu.Unlock()
				}
			}
		})
	}
	for _, src := range list {
		next <- src
	}
	close(next)
	wg.Wait()
	return int(c.Load()), int(s.Load()), err
}

// profiled writes a profile of the processor to a file, where one is named,
// until the program ends by finish.
func profiled(file string) {
	if file == "" {
		return
	}
	f, err := os.Create(file)
	if err == nil {
		err = pprof.StartCPUProfile(f)
	}
	if err != nil {
		finish(err)
	}
}

// resident is the memory of this process, now and at most since it was asked
// last, in MiB; zero where the system does not tell.
func resident() (now, most float64) {
	b, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, 0
	}
	for line := range strings.Lines(string(b)) {
		for name, to := range map[string]*float64{"VmRSS:": &now, "VmHWM:": &most} {
			if rest, ok := strings.CutPrefix(line, name); ok {
				if kb, err := strconv.ParseFloat(strings.Fields(rest)[0], 64); err == nil {
					*to = kb / 1024
				}
			}
		}
	}
	_ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0o600) // begins the maximum anew, where that is allowed
	return now, most
}
