package schema

import (
	"os"
	"testing"
)

// BenchmarkPackage cleans a dataset of an Italian town as harvesters send it.
func BenchmarkPackage(b *testing.B) {
	c := Context{Lookup: recorded(), Actor: actorNamed("admin")}
	data := typicalDataset(b)
	ctx := b.Context()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Package(ctx, c, data); err != nil {
			b.Fatal(err)
		}
	}
}

func typicalDataset(t testing.TB) map[string]any {
	t.Helper()
	raw, err := os.ReadFile("testdata/dataset.json")
	if err != nil {
		t.Fatal(err)
	}
	return decoded(t, string(raw))
}
