package ckan

import (
	"bytes"
	"encoding/json"
	"testing"
)

func TestMapsAreLimited(t *testing.T) {
	var deep any = "x"
	for range 200 {
		deep = []any{deep}
	}
	for name, m := range map[string]map[string]any{
		"too deep":               {"pippo": deep},
		"too deep in a resource": {"resources": []any{map[string]any{"x": deep}}},
		"too many tags":          {"tags": make([]any, maxItems+1)},
	} {
		if _, err := FromMap(m); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	odd := map[string]any{"tags": "x", "extras": map[string]any{}, "groups": []any{nil, "g"}, "resources": []any{"x", nil}, "organization": "o", "title": 5, "private": "true"}
	if p, err := FromMap(odd); err != nil || p.Title != "5" || !p.Private || len(p.Resources) != 0 {
		t.Errorf("got %+v, %v", p, err)
	}
}

func BenchmarkFromMapAndRead(b *testing.B) {
	var maps []map[string]any
	golden(b, func(sent []byte) {
		if len(maps) < 100 {
			var m map[string]any
			dec := json.NewDecoder(bytes.NewReader(sent))
			dec.UseNumber()
			_ = dec.Decode(&m)
			maps = append(maps, m)
		}
	})
	i := 0
	b.ReportAllocs()
	for b.Loop() {
		p, err := FromMap(maps[i%len(maps)])
		if err != nil {
			b.Fatal(err)
		}
		Read(p, "")
		i++
	}
}
