package all_test

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"portico/catalog"
	"portico/harvester"
	"portico/harvester/all"
	"portico/internal/httpclient"
	"portico/store"
)

// BenchmarkHarvest reads 1,000 datasets of a CKAN into a fresh SQLite file.
func BenchmarkHarvest(b *testing.B) {
	const n = 1_000
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start, _ := strconv.Atoi(r.URL.Query().Get("start"))
		var rows []string
		for i := start; i < min(n, start+100); i++ {
			rows = append(rows, fmt.Sprintf(`{"id":"id-%05d","name":"dataset-%d","title":"Dataset %d","notes":"Descrizione del dataset","license_id":"cc-by",
				"tags":[{"name":"a"},{"name":"b"}],"extras":[{"key":"holder_name","value":"Comune %d"},{"key":"holder_identifier","value":"c_a%03d"},
				{"key":"frequency","value":"ANNUAL"},{"key":"theme","value":"ENVI"},{"key":"modified","value":"2024-01-01"}],
				"resources":[{"id":"r1","url":"https://example.it/%d.csv","format":"CSV"},{"id":"r2","url":"https://example.it/%d.json","format":"JSON"}]}`,
				i, i, i, i%50, i%50, i, i))
		}
		_, _ = fmt.Fprintf(w, `{"success":true,"result":{"count":%d,"results":[%s]}}`, n, strings.Join(rows, ","))
	}))
	defer srv.Close()
	for b.Loop() {
		db, err := store.Open(b.Context(), "sqlite:"+filepath.Join(b.TempDir(), "db"), slog.New(slog.DiscardHandler))
		if err != nil {
			b.Fatal(err)
		}
		src := catalog.Source{Name: "ckan", Kind: "ckan", URL: srv.URL}
		if err := db.PutSource(b.Context(), &src); err != nil {
			b.Fatal(err)
		}
		h := harvester.Harvester{
			Connectors: all.Connectors(), Datasets: db, Origins: db, Organizations: db, Sources: db, Log: slog.New(slog.DiscardHandler),
			Client: func(catalog.Source) *http.Client { return httpclient.New(httpclient.Options{AllowPrivate: true}) },
		}
		for i := range 2 {
			rep, err := h.Run(b.Context(), src, harvester.Options{})
			if err != nil || i == 0 && rep.Changed != n || i == 1 && rep.Same != n {
				b.Fatalf("%+v, %v", rep.Read, err)
			}
		}
		if err := db.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
