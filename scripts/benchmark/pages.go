package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"time"
)

// What CKAN 2.12 does in a second with 8 clients and the same data, and how many
// times that the pages are to do.
const (
	ckanHome, ckanList, ckanDataset = 36, 46, 42
	pageFactor                      = 40
)

// The random searches: how many in a second, for how long, and the time that 99
// of 100 must keep to.
const (
	facetRate  = 50
	facetSpan  = 30 * time.Second
	facetBound = 200 * time.Millisecond
)

// pages measures what people look at, with n datasets in the catalogue. It fails
// where a page is slower than it should be.
func pages(bin string, n int) error {
	if n == 0 {
		return nil
	}
	dir, err := os.MkdirTemp("", "portico-bench-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	data := filepath.Join(dir, "pages")
	if _, err := harvest(bin, data, n, ""); err != nil {
		return err
	}
	s, err := serve(bin, data)
	if err != nil {
		return err
	}
	defer s.stop()
	time.Sleep(settleTime) // the scores of the datasets are computed first
	return errors.Join(s.pageRates(), s.randomFacets())
}

const settleTime = 5 * time.Second

// pageRates asks for pages with 8 clients, each page with other names.
func (s *server) pageRates() error {
	names, err := s.names()
	if err != nil {
		return err
	}
	resources, err := s.resources()
	if err != nil {
		return err
	}
	facets, err := s.facets()
	if err != nil {
		return err
	}
	var all []error
	for _, p := range []struct {
		name string
		ckan float64
		path func(i int64) string
	}{
		{"home page", ckanHome, func(int64) string { return "/" }},
		{"search page", ckanList, func(int64) string { return "/dataset?q=rifiuti" }},
		{"search page, no two alike", 0, func(i int64) string {
			return facets.address(rand.New(rand.NewPCG(2, uint64(i)))) + "&q=" + strconv.FormatInt(i, 10)
		}},
		{"search page, 200 searches, first", 0, func(i int64) string { return facets.address(rand.New(rand.NewPCG(1, uint64(i%200)))) }},
		{"search page, 200 searches, again", ckanList, func(i int64) string { return facets.address(rand.New(rand.NewPCG(1, uint64(i%200)))) }},
		{"dataset page", ckanDataset, func(int64) string { return "/dataset/" + names[0] }},
		{"dataset page, varied, first", 0, func(i int64) string { return "/dataset/" + names[int(i)%len(names)] }},
		{"", 0, func(i int64) string { return "/dataset/" + names[int(i)%len(names)] }},
		{"dataset page, varied, again", ckanDataset, func(i int64) string { return "/dataset/" + names[int(i)%len(names)] }},
		{"resource page, varied, first", 0, func(i int64) string { return resources[int(i)%len(resources)] }},
		{"resource page, varied, again", ckanDataset, func(i int64) string { return resources[int(i)%len(resources)] }},
	} {
		if p.name == "" { // all of them once, so that the next round finds them kept
			if err := s.visit(len(names), p.path); err != nil {
				return err
			}
			continue
		}
		rate, err := s.rate(p.name, p.path, getZipped)
		if err != nil {
			return err
		}
		if rate < pageFactor*p.ckan { // 0 = CKAN's figure is of pages that it has shown before
			all = append(all, fmt.Errorf("%s: %.0f × CKAN's, want %d ×", p.name, rate/p.ckan, pageFactor))
		}
	}
	return errors.Join(all...)
}

// visit asks for n pages, one after the other.
func (s *server) visit(n int, path func(int64) string) error {
	for i := range int64(n) {
		if code, _, err := getZipped(s.origin + path(i)); err != nil || code != http.StatusOK {
			return fmt.Errorf("%s: %d: %w", path(i), code, errors.Join(err, errors.New("no page")))
		}
	}
	return nil
}

// getZipped asks as browsers do.
func getZipped(url string) (int, []byte, error) { return get(url, "Accept-Encoding", "gzip") }

func (s *server) resources() ([]string, error) {
	_, body, err := get(s.origin + "/api/3/action/package_search?rows=500")
	if err != nil {
		return nil, err
	}
	var env struct {
		Result struct {
			Results []struct {
				Name      string
				Resources []struct{ ID string }
			}
		}
	}
	if err := json.Unmarshal(body, &env); err != nil {
		return nil, err
	}
	var out []string
	for _, p := range env.Result.Results {
		for _, r := range p.Resources {
			out = append(out, "/dataset/"+p.Name+"/resource/"+r.ID)
		}
	}
	if len(out) == 0 {
		return nil, errors.New("no resources")
	}
	return out, nil
}

// A choice is what the facets of the search page offer, by parameter.
type choice map[string][]string

func (s *server) facets() (choice, error) {
	_, body, err := get(s.origin + `/api/3/action/package_search?rows=0&facet.limit=60&facet.field=["organization","groups","tags","res_format","license_id"]`)
	if err != nil {
		return nil, err
	}
	var env struct {
		Result struct{ Facets map[string]map[string]int }
	}
	if err := json.Unmarshal(body, &env); err != nil {
		return nil, err
	}
	out := choice{"sort": {"", "title_string asc", "metadata_modified desc"}, "page": {"1", "1", "1", "2", "3"}, "q": {"", "", "rifiuti", "bilancio", "scuole", "strade comune"}}
	for name, counts := range env.Result.Facets {
		for v := range counts {
			out[name] = append(out[name], v)
		}
		slices.Sort(out[name])
	}
	return out, nil
}

// address returns a search with some facets chosen.
func (c choice) address(r *rand.Rand) string {
	v := url.Values{}
	for _, name := range slices.Sorted(func(yield func(string) bool) {
		for k := range c {
			if !yield(k) {
				return
			}
		}
	}) {
		const oneIn = 3
		if list := c[name]; len(list) > 0 && r.IntN(oneIn) == 0 {
			v.Set(name, list[r.IntN(len(list))])
		}
	}
	v.Set("ext", "1") // so that every address has a query
	return "/dataset?" + v.Encode()
}

// randomFacets asks for searches at random, at a steady pace whether or not the
// answers come, as many readers do.
func (s *server) randomFacets() error {
	facets, err := s.facets()
	if err != nil {
		return err
	}
	r := rand.New(rand.NewPCG(3, 3))
	var (
		wg     sync.WaitGroup
		mu     sync.Mutex
		all    []time.Duration
		failed error
	)
	ctx, cancel := context.WithTimeout(context.Background(), facetSpan)
	defer cancel()
	tick := time.NewTicker(time.Second / facetRate)
	defer tick.Stop()
	for ctx.Err() == nil {
		path, begin := facets.address(r), <-tick.C
		wg.Go(func() {
			code, _, err := getZipped(s.origin + path)
			took := time.Since(begin)
			mu.Lock()
			defer mu.Unlock()
			all = append(all, took)
			if err != nil || code != http.StatusOK {
				failed = cmp.Or(failed, fmt.Errorf("%s: %d: %w", path, code, errors.Join(err, errors.New("no page"))))
			}
		})
	}
	wg.Wait()
	if failed != nil {
		return failed
	}
	slices.Sort(all)
	at := func(share float64) time.Duration { return all[int(share*float64(len(all)-1))] }
	const p50, p99 = 0.5, 0.99
	row(fmt.Sprintf("%d random searches a second", facetRate), at(p99).Round(time.Microsecond*100), fmt.Sprintf("p99 of %d, p50 %.1f ms", len(all), float64(at(p50).Microseconds())/1000))
	if at(p99) > facetBound {
		return fmt.Errorf("random searches: p99 %v, want %v", at(p99), facetBound)
	}
	return nil
}
