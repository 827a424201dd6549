package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"time"
)

// feeds measures what aggregators ask for: pages of a catalogue of n datasets
// that nobody has asked for before, the same again, and one of whole, the
// files of a catalogue of as many datasets as the national one has.
func feeds(bin, dir string, n, whole int) error {
	data := filepath.Join(dir, "feed")
	if _, err := harvest(bin, data, n, ""); err != nil {
		return err
	}
	s, err := serve(bin, data)
	if err != nil {
		return err
	}
	if err := s.pages(n); err != nil {
		s.stop()
		return err
	}
	s.stop()
	if whole == 0 {
		return nil
	}
	data = filepath.Join(dir, "whole")
	took, err := harvest(bin, data, whole, "")
	if err != nil {
		return err
	}
	row(fmt.Sprintf("harvest of %d", whole), took.Round(time.Second), "")
	return dump(bin, data)
}

// pages asks for each page once, and then for all of them with 8 clients.
func (s *server) pages(n int) error {
	const settle = 2 * time.Second
	time.Sleep(settle)
	for _, ext := range []string{"ttl", "rdf"} {
		var first []time.Duration
		for page := range min(n/100, 50) {
			took, err := firstByte(fmt.Sprintf("%s/catalog.%s?page=%d", s.origin, ext, page+1))
			if err != nil {
				return err
			}
			first = append(first, took)
		}
		slices.Sort(first)
		row(fmt.Sprintf("/catalog.%s of %d, first byte", ext, n), first[len(first)/2].Round(10*time.Microsecond),
			fmt.Sprintf("median of %d pages that nobody had asked for; slowest %v", len(first), first[len(first)-1].Round(time.Millisecond)))
	}
	const hot = 10 // pages, which stay in the cache
	for page := range hot {
		if _, _, err := get(fmt.Sprintf("%s/catalog.ttl?page=%d", s.origin, page+1)); err != nil {
			return err
		}
	}
	return s.load("/catalog.ttl, 100 datasets a page, kept", func(i int64) string {
		return fmt.Sprintf("/catalog.ttl?page=%d", i%hot+1)
	})
}

func firstByte(url string) (time.Duration, error) {
	req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, url, nil)
	if err != nil {
		return 0, err
	}
	begin := time.Now()
	resp, err := client.Do(req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	var one [1]byte
	if _, err := resp.Body.Read(one[:]); err != nil {
		return 0, err
	}
	took := time.Since(begin)
	if resp.StatusCode != http.StatusOK {
		return 0, errors.New(resp.Status)
	}
	return took, nil
}

// dump makes the files of the whole catalogue in a process of its own, whose
// largest size is what it needs.
func dump(bin, data string) error {
	cmd := exec.CommandContext(context.Background(), bin, "bulk", "--json", "--data", data)
	begin := time.Now()
	out, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("bulk: %w", err)
	}
	took := time.Since(begin)
	var x struct {
		Fed   int
		Files []struct {
			Name          string
			Size, Entries int64
			Seconds       float64
		}
	}
	if err := json.Unmarshal(out, &x); err != nil {
		return err
	}
	size := int64(0)
	if u, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		size = u.Maxrss / 1024
	}
	for _, f := range x.Files {
		row("/bulk/"+f.Name, fmt.Sprintf("%.1f s", f.Seconds), fmt.Sprintf("%d MB, %d entries", f.Size>>20, f.Entries))
	}
	row(fmt.Sprintf("all files of %d datasets", x.Fed), took.Round(time.Second), fmt.Sprintf("at most %d MiB resident", size))
	return nil
}
