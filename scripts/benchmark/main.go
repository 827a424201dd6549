// Command bench measures a built portico as its users meet it: a harvest of
// many datasets, a cold start, memory, and requests. It prints a table and
// judges nothing; machines differ, so compare figures of one run.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/pprof"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

func main() {
	bin := flag.String("bin", "bin/portico", "program to measure")
	n := flag.Int("n", 10_000, "datasets to harvest")
	start := flag.Int("start", 2_000, "datasets at the cold start")
	database := flag.String("database-url", "", "database (default: SQLite in a folder of its own); it must be empty")
	index := flag.Int("search", 100_000, "datasets in the search index that is measured; 0 = none")
	only := flag.Bool("only-search", false, "measure search alone")
	feed := flag.Int("feed", 10_000, "datasets in the catalogue whose RDF pages are measured; 0 = none")
	whole := flag.Int("whole", 65_000, "datasets in the catalogue that is dumped; 0 = none")
	onlyFeed := flag.Bool("only-feed", false, "measure RDF alone")
	seen := flag.Int("pages", 2_000, "datasets in the catalogue whose pages are measured; 0 = none")
	onlyPages := flag.Bool("only-pages", false, "measure pages alone")
	var f fleet
	flag.IntVar(&f.sources, "sources", 300, "sources of the idle harvest; 0 = none")
	flag.IntVar(&f.datasets, "fleet", 65_000, "datasets of these sources together")
	flag.IntVar(&f.rounds, "rounds", 20, "rounds of the idle harvest")
	onlyIdle := flag.Bool("only-idle", false, "measure the idle harvest alone")
	portals := flag.Bool("portals", false, "serve the portals of the idle harvest (the program starts itself so)")
	large := flag.Int("rows", 10_000_000, "rows of the table that is measured; 0 = none")
	onlyTables := flag.Bool("only-tables", false, "measure tables alone")
	profile := flag.String("cpuprofile", "", "file to write a profile of the processor to")
	file := flag.String("load", "", "load one file and say how long it took")
	flag.Parse()
	profiled(*profile)
	parts := []struct {
		only    bool
		measure func() error
	}{
		{*only, func() error { return searched(*index) }},
		{*onlyTables, func() error { return tables(context.Background(), *bin, *large) }},
		{false, func() error { return run(*bin, *n, *start, *database) }},
		{*onlyPages, func() error { return pages(*bin, *seen) }},
		{*onlyFeed, func() error { return fed(*bin, *feed, *whole) }},
		{*onlyIdle, func() error {
			if f.sources == 0 {
				return nil
			}
			return f.idle()
		}},
	}
	switch {
	case *file != "":
		finish(load(*bin, *file))
	case *portals:
		finish(f.portals())
	}
	for _, part := range parts {
		if part.only {
			finish(part.measure())
		}
	}
	for _, part := range parts {
		if err := part.measure(); err != nil {
			finish(err)
		}
	}
}

// finish ends the program, and tells of an error.
func finish(err error) {
	pprof.StopCPUProfile() // nothing, where none was asked for
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

func run(bin string, n, start int, database string) error {
	dir, err := os.MkdirTemp("", "portico-bench-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := coldStart(bin, filepath.Join(dir, "small"), start); err != nil {
		return err
	}
	return large(bin, filepath.Join(dir, "large"), n, database)
}

// fed measures RDF alone, in a folder of its own.
func fed(bin string, n, whole int) error {
	if n == 0 {
		return nil
	}
	dir, err := os.MkdirTemp("", "portico-bench-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	return feeds(bin, dir, n, whole)
}

// coldStart measures the time to the first answer, and memory at rest.
func coldStart(bin, data string, n int) error {
	if _, err := harvest(bin, data, n, ""); err != nil {
		return err
	}
	var times []time.Duration
	for range 5 {
		s, err := serve(bin, data)
		if err != nil {
			return err
		}
		times = append(times, s.took)
		s.stop()
	}
	row(fmt.Sprintf("cold start, %d datasets", n), median(times).Round(time.Millisecond), "to /healthz 200, median of 5")
	s, err := serve(bin, data)
	if err != nil {
		return err
	}
	defer s.stop()
	const settle = 3 * time.Second
	time.Sleep(settle)
	row("memory idle", fmt.Sprintf("%.0f MiB", s.pss()), "PSS")
	if err := s.requests(); err != nil {
		return err
	}
	row("memory after load", fmt.Sprintf("%.0f MiB", s.pss()), "PSS")
	return nil
}

// large measures a harvest of n datasets, twice.
func large(bin, data string, n int, database string) error {
	took, err := harvest(bin, data, n, database)
	if err != nil {
		return err
	}
	row(fmt.Sprintf("harvest of %d", n), took.Round(10*time.Millisecond), fmt.Sprintf("%.0f datasets/s", float64(n)/took.Seconds()))
	if took, err = harvest(bin, data, n, database); err != nil {
		return err
	}
	row("the same again", took.Round(10*time.Millisecond), "0 changes")
	return nil
}

func row(what string, figure any, note string) { fmt.Printf("%-44s %14v   %s\n", what, figure, note) }

// harvest serves a CKAN with n packages and has the program harvest it.
func harvest(bin, data string, n int, database string) (time.Duration, error) {
	srv := &http.Server{Handler: ckan(n), ReadHeaderTimeout: time.Minute}
	const address = "127.0.0.1:18923" // fixed, so that the second harvest is of the same source
	ln, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", address)
	if err != nil {
		return 0, err
	}
	defer srv.Close()
	go srv.Serve(ln) //nolint:errcheck // it ends with Close
	args := []string{"harvest", "ckan", "http://" + address, "--allow-private", "--json", "--data", data}
	if database != "" {
		args = append(args, "--database-url", database)
	}
	begin := time.Now()
	out, err := exec.CommandContext(context.Background(), bin, args...).Output()
	took := time.Since(begin)
	if err != nil {
		return 0, fmt.Errorf("harvest: %w", err)
	}
	var rep struct{ Changed, Same, Failed int }
	if err := json.Unmarshal(out, &rep); err != nil {
		return 0, err
	}
	if rep.Changed+rep.Same != n || rep.Failed != 0 {
		return 0, fmt.Errorf("harvest: %+v", rep)
	}
	return took, nil
}

// A server is a running program.
type server struct {
	cmd    *exec.Cmd
	origin string
	took   time.Duration
}

func serve(bin, data string) (*server, error) {
	const address = "127.0.0.1:18924"
	args := []string{"serve", "--data", data, "--listen", address, "--admin-listen", "off"}
	s := &server{cmd: exec.CommandContext(context.Background(), bin, args...), origin: "http://" + address}
	begin := time.Now()
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	const patience = 30 * time.Second
	for time.Since(begin) < patience {
		if code, _, err := get(s.origin + "/healthz"); err == nil && code == http.StatusOK {
			s.took = time.Since(begin)
			return s, nil
		}
		time.Sleep(time.Millisecond)
	}
	s.stop()
	return nil, errors.New("the server did not start")
}

func (s *server) stop() {
	_ = s.cmd.Process.Signal(os.Interrupt)
	_ = s.cmd.Wait()
}

// pss is the proportional share of memory, in MiB.
func (s *server) pss() float64 {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", s.cmd.Process.Pid))
	if err != nil {
		return -1
	}
	for line := range strings.Lines(string(b)) {
		if rest, ok := strings.CutPrefix(line, "Pss:"); ok {
			kb, err := strconv.ParseFloat(strings.Fields(rest)[0], 64)
			if err != nil {
				return -1
			}
			return kb / 1024
		}
	}
	return -1
}

// cpu is the time that processors have spent on the server so far: unlike the
// clock it says the same on a machine that does something else as well.
func (s *server) cpu() time.Duration {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	const user, system = 11, 12 // after the name, which stands in brackets
	fields := strings.Fields(string(b[strings.LastIndexByte(string(b), ')')+1:]))
	if len(fields) <= system {
		return 0
	}
	var ticks int64
	for _, f := range fields[user : system+1] {
		n, err := strconv.ParseInt(f, 10, 64)
		if err != nil {
			return 0
		}
		ticks += n
	}
	const tick = 10 * time.Millisecond
	return time.Duration(ticks) * tick
}

// requests times common requests, varied, with 8 clients.
func (s *server) requests() error {
	names, err := s.names()
	if err != nil {
		return err
	}
	words := []string{"rifiuti", "bilancio", "scuola", "strade", "numero", "dataset", "comune", "prova"}
	pick := func(list []string, i int64) string { return list[int(i)%len(list)] }
	for _, r := range []struct {
		name string
		path func(i int64) string
	}{
		{"package_show, varied", func(i int64) string { return "/api/3/action/package_show?id=" + pick(names, i) }},
		{"package_search, 10 rows, varied", func(i int64) string {
			return fmt.Sprintf("/api/3/action/package_search?rows=10&start=%d", i%1000)
		}},
		{"package_search, q + 3 facets, 20 rows", func(i int64) string {
			return fmt.Sprintf(`/api/3/action/package_search?rows=20&q=%s+%d&mm=1&facet.field=["organization","tags","groups"]`, pick(words, i), i%500)
		}},
		{"package_search, rows=1000", func(int64) string { return "/api/3/action/package_search?rows=1000" }},
		{"package_list", func(int64) string { return "/api/3/action/package_list" }},
		{"organization_list all_fields", func(int64) string { return "/api/3/action/organization_list?all_fields=true" }},
		{"/catalog.ttl, 100 datasets, varied pages", func(i int64) string { return fmt.Sprintf("/catalog.ttl?page=%d", i%int64(len(names)/100)+1) }},
		{"dataset.ttl, varied", func(i int64) string { return "/dataset/" + pick(names, i) + ".ttl" }},
		{"home page", func(int64) string { return "/" }},
		{"search page, varied", func(i int64) string { return "/dataset?q=" + pick(words, i) }},
		{"dataset page, varied", func(i int64) string { return "/dataset/" + pick(names, i) }},
	} {
		if err := s.load(r.name, r.path); err != nil {
			return err
		}
	}
	return nil
}

func (s *server) names() ([]string, error) {
	_, body, err := get(s.origin + "/api/3/action/package_list")
	if err != nil {
		return nil, err
	}
	var env struct{ Result []string }
	if err := json.Unmarshal(body, &env); err != nil {
		return nil, err
	}
	if len(env.Result) < 100 {
		return nil, fmt.Errorf("only %d datasets", len(env.Result))
	}
	return env.Result, nil
}

func (s *server) load(name string, path func(int64) string) error {
	_, err := s.rate(name, path, func(url string) (int, []byte, error) { return get(url) })
	return err
}

// rate asks for paths with 8 clients, and returns how many a second were
// answered.
func (s *server) rate(name string, path func(int64) string, ask func(url string) (int, []byte, error)) (float64, error) {
	const clients, span = 8, 3 * time.Second
	var next, bytes atomic.Int64
	var mu sync.Mutex
	var all []time.Duration
	var failed error
	cpu, end := s.cpu(), time.Now().Add(span)
	var wg sync.WaitGroup
	for range clients {
		wg.Go(func() {
			var own []time.Duration
			for time.Now().Before(end) {
				begin := time.Now()
				code, body, err := ask(s.origin + path(next.Add(1)))
				if err != nil || code != http.StatusOK {
					mu.Lock()
					failed = fmt.Errorf("%s: %d %.200s: %w", name, code, body, errors.Join(err, errors.New("no answer")))
					mu.Unlock()
					return
				}
				own = append(own, time.Since(begin))
				bytes.Add(int64(len(body)))
			}
			mu.Lock()
			all = append(all, own...)
			mu.Unlock()
		})
	}
	wg.Wait()
	if failed != nil {
		return 0, failed
	}
	perSecond := float64(len(all)) / span.Seconds()
	row(name, fmt.Sprintf("%.0f req/s", perSecond),
		fmt.Sprintf("p50 %.2f ms, %.2f ms of processor and %d KB each, 8 clients on the same cores",
			float64(median(all).Microseconds())/1000, (s.cpu()-cpu).Seconds()*1000/float64(max(1, len(all))), int(bytes.Load())/max(1, len(all))/1024))
	return perSecond, nil
}

var client = &http.Client{Timeout: time.Minute, Transport: &http.Transport{MaxIdleConnsPerHost: 16, DisableCompression: true}}

func get(url string, header ...string) (int, []byte, error) {
	req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, url, nil)
	if err != nil {
		return 0, nil, err
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := client.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	return resp.StatusCode, b, err
}

func median(d []time.Duration) time.Duration {
	if len(d) == 0 {
		return 0
	}
	slices.Sort(d)
	return d[len(d)/2]
}
