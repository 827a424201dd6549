package all_test

import (
	"testing"

	"portico/exporter/all"
)

func TestFormatsAreListedInTheirOrder(t *testing.T) {
	want := []string{"csv", "xlsx", "parquet", "json", "geojson", "tsv", "ndjson", "ttl", "nt", "csv-metadata.json"}
	formats := all.Formats().All()
	if len(formats) != len(want) {
		t.Fatalf("%d formats", len(formats))
	}
	for i, f := range formats {
		if f.Name != want[i] || f.Title == "" || f.MediaType == "" || f.Write == nil {
			t.Errorf("format %d: %+v", i, f)
		}
	}
	if _, ok := all.Formats().Format("csv-excel"); ok {
		t.Error("the CSV for Excel has no address of its own")
	}
}
