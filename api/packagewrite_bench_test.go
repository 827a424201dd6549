package api_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
)

// BenchmarkDatasetsOfEightClients makes datasets over HTTP, as a script that
// moves a catalogue does.
func BenchmarkDatasetsOfEightClients(b *testing.B) {
	w := newWorld(b).fill()
	server := httptest.NewServer(w.server)
	b.Cleanup(server.Close)
	client := server.Client()
	client.Transport.(*http.Transport).MaxIdleConnsPerHost = 8
	var n atomic.Int64
	b.SetParallelism(max(1, 8/runtime.GOMAXPROCS(0)))
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			body := fmt.Sprintf(newDataset, n.Add(1))
			r, err := http.NewRequest(http.MethodPost, server.URL+"/api/3/action/package_create", strings.NewReader(body))
			if err != nil {
				b.Fatal(err)
			}
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("Authorization", w.token)
			res, err := client.Do(r)
			if err != nil {
				b.Fatal(err)
			}
			answer, _ := io.ReadAll(res.Body)
			_ = res.Body.Close()
			if res.StatusCode != http.StatusOK {
				b.Fatalf("answers %d: %s", res.StatusCode, answer)
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "datasets/s")
}

const newDataset = `{"name": "carico-%d", "title": "Un dataset", "notes": "Con una descrizione", "owner_org": "comune-di-esempio", "license_id": "cc-by",
	"author": "Ufficio", "author_email": "u@esempio.example", "tags": [{"name": "uno"}, {"name": "due"}, {"name": "tre"}],
	"groups": [{"name": "envi"}, {"name": "econ"}],
	"extras": [{"key": "frequency", "value": "ANNUAL"}, {"key": "holder_name", "value": "Comune"}, {"key": "holder_identifier", "value": "c_x000"}],
	"resources": [{"url": "https://altrove.example/a.csv", "name": "CSV"}, {"url": "https://altrove.example/a.json", "format": "JSON"}]}`
