package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestTheFeedOfACopyIsIsomorphic harvests the demo into A and A's feed into B,
// which stands at the same public address: rdflib finds one graph in both
// feeds.
func TestTheFeedOfACopyIsIsomorphic(t *testing.T) {
	py := python(t)
	public := []string{"--site-url", "https://dati.valdoria.example", "--site-title", "Dati aperti di Valdoria", "--publisher-name", "Comune di Valdoria", "--publisher-code", "c_vd00"}
	dir := t.TempDir()
	first := t.TempDir()
	a := serve(t, append([]string{"serve", "--data", first}, public...)...)
	for _, src := range demoSources(t) {
		if rep, code := harvest(t, append(src, "--data", first)...); code != exitDone {
			t.Fatalf("harvest %v = %d: %+v", src, code, rep)
		}
	}
	feed := func(origin, name string) string {
		code, body := get(t, origin+"/catalog.nt")
		if code != 200 {
			t.Fatalf("/catalog.nt = %d", code)
		}
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	original := feed(a, "a.nt")
	for _, ext := range []string{"ttl", "rdf", "jsonld", "nt"} {
		t.Run(ext, func(t *testing.T) {
			data := t.TempDir()
			rep, code := harvest(t, "dcat", a+"/catalog."+ext, "--allow-private", "--data", data)
			if code != exitDone || rep.Published != 16 {
				t.Fatalf("harvest = %d: %+v", code, rep)
			}
			b := serve(t, append([]string{"serve", "--data", data}, public...)...)
			t.Log(strings.TrimSpace(command(t, py, filepath.Join("testdata", "clients", "rdflib_same.py"), original, feed(b, ext+".nt"))))
		})
	}
}
