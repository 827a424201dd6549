package main

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"portico/cmd/portico/demo"
)

var discard = slog.New(slog.DiscardHandler)

// demoSources unpacks the office files, serves the web sources, and returns
// the arguments of a harvest of each.
func demoSources(t *testing.T) [][]string {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "uffici")
	if err := demo.Unpack(folder); err != nil {
		t.Fatal(err)
	}
	var origin string
	origin = site(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { demo.Handler(origin).ServeHTTP(w, r) }))
	var out [][]string
	for _, s := range demo.Sources(folder, origin) {
		out = append(out, []string{s.Kind, s.URL, "--allow-private", "--with-data"})
	}
	return out
}

// TestDemo starts the demo twice: the first start harvests everything, the
// second finds everything the same.
func TestDemo(t *testing.T) {
	data := t.TempDir()
	for i, want := range []string{"8 cambiati, 0 uguali, 0 scartati", "0 cambiati, 8 uguali, 0 scartati"} {
		ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
		out := &lockedBuffer{}
		r, w := io.Pipe()
		done := make(chan int, 1)
		go func() {
			done <- run(ctx, []string{"demo", "--data", data, "--listen", "127.0.0.1:0", "--admin-listen", "off"}, out, w)
			w.Close()
		}()
		origin := ready(t, r)
		for end := time.Now().Add(time.Minute); !strings.Contains(out.String(), "Portico è pronto"); time.Sleep(50 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatalf("the demo did not get ready:\n%s", out)
			}
		}
		if !strings.Contains(out.String(), want) || regexp.MustCompile(`[1-9]\d* scartati`).MatchString(out.String()) {
			t.Errorf("start %d: want %q:\n%s", i+1, want, out)
		}
		var list []string
		action(t, origin, "package_list", &list)
		if len(list) != demo.Datasets {
			t.Errorf("start %d: %d datasets, want %d: %q", i+1, len(list), demo.Datasets, list)
		}
		var found struct{ Count int }
		for end := time.Now().Add(10 * time.Second); found.Count == 0 && time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
			action(t, origin, "package_search?q=rifiuto", &found)
		}
		if found.Count == 0 {
			t.Errorf("start %d: nothing is found for «rifiuto»", i+1)
		}
		if code, body := get(t, origin+"/"); code != http.StatusOK || !strings.Contains(body, "Valdoria") {
			t.Errorf("start %d: the home page answers %d", i+1, code)
		}
		cancel()
		if code := <-done; code != exitDone {
			t.Errorf("start %d ended with %d", i+1, code)
		}
	}
}

// TestTablesOfTheDemo reads every table of the demo as CSV and Parquet.
func TestTablesOfTheDemo(t *testing.T) {
	data := t.TempDir()
	origin := serve(t, "serve", "--data", data)
	for _, src := range demoSources(t) {
		if rep, code := harvest(t, append(src, "--data", data)...); code != exitDone {
			t.Fatalf("harvest %v = %d: %+v", src, code, rep)
		}
	}
	tables := 0
	for _, d := range datasets(t, data, nil) {
		for _, x := range d.Distributions {
			if x.Table == nil {
				if x.Format == "CSV" || x.Format == "XLSX" {
					t.Errorf("%s has no table", d.Name)
				}
				continue
			}
			tables++
			base := origin + "/dataset/" + d.ID + "/resource/" + x.ID
			code, csv := get(t, base+"/data.csv")
			if n := int64(strings.Count(csv, "\n")); code != http.StatusOK || n != x.Table.Rows+1 {
				t.Errorf("%s: data.csv = %d with %d lines, want %d", d.Name, code, n, x.Table.Rows+1)
			}
			if strings.Contains(csv, "\ufffd") {
				t.Errorf("%s: data.csv has characters that could not be read", d.Name)
			}
			if code, pq := get(t, base+"/data.parquet"); code != http.StatusOK || !strings.HasPrefix(pq, "PAR1") {
				t.Errorf("%s: data.parquet = %d", d.Name, code)
			}
			if code, raw := get(t, base+"/download/"+x.File.Name); code != http.StatusOK || int64(len(raw)) != x.File.Size {
				t.Errorf("%s: the original = %d with %d bytes, want %d", d.Name, code, len(raw), x.File.Size)
			}
		}
	}
	if tables != 16 {
		t.Errorf("%d tables, want 16", tables)
	}
	if _, csv := get(t, origin+"/dataset/impianti-sportivi-comunali"); !strings.Contains(csv, "Impianti sportivi") {
		t.Error("the page of a dataset lacks its title")
	}
}

// A lockedBuffer may be written and read at once.
type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

// Write implements io.Writer.
func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}
