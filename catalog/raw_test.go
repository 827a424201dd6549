package catalog_test

import (
	"strings"
	"testing"

	"portico/catalog"
)

func TestARawRecordIsKeptWithinBounds(t *testing.T) {
	for name, test := range map[string]struct {
		text, want string
		cut        bool
	}{
		"as it came": {"{\"a\":\"è\"}", "{\"a\":\"è\"}", false}, "without what is no text": {"a\xffb", "ab", false},
		"cut": {strings.Repeat("è", 1<<20), strings.Repeat("è", 256<<10), true},
	} {
		rec, err := (&catalog.RawRecord{ID: "d", Source: "s", Record: "r", MediaType: "application/json", Text: test.text}).Pack()
		if err != nil || rec.Key != "d" || rec.Owner != "s" || len(rec.Body) > 10_000 {
			t.Fatalf("%s: %d bytes, %v", name, len(rec.Body), err)
		}
		got, err := catalog.RawOf(rec)
		if err != nil || got.Text != test.want || got.Cut != test.cut || got.Record != "r" {
			t.Errorf("%s: %d bytes, %t, %v", name, len(got.Text), got.Cut, err)
		}
	}
	if _, err := catalog.RawOf(&catalog.Record{Body: []byte("{}")}); err == nil {
		t.Error("what is no raw record is one")
	}
}
