package golden

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
)

// parse reads JSON with its numbers as they are written.
func parse(raw []byte) (v any, err error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	if d.More() {
		return nil, fmt.Errorf("more than one value")
	}
	return v, nil
}

// diff says where two JSON values first differ; "" is nowhere.
func diff(want, got any, path string) string {
	switch want := want.(type) {
	case map[string]any:
		if got, ok := got.(map[string]any); ok {
			return diffObject(want, got, path)
		}
	case []any:
		if got, ok := got.([]any); ok {
			return diffList(want, got, path)
		}
	case json.Number:
		if got, ok := got.(json.Number); ok && sameNumber(want, got) {
			return ""
		}
	default:
		if want == got {
			return ""
		}
	}
	return fmt.Sprintf("%s: want %s, got %s", path, short(want), short(got))
}

func diffObject(want, got map[string]any, path string) string {
	keys := slices.Sorted(maps.Keys(want))
	for _, k := range keys {
		if _, ok := got[k]; !ok {
			return fmt.Sprintf("%s.%s missing, want %s", path, k, short(want[k]))
		}
	}
	for _, k := range slices.Sorted(maps.Keys(got)) {
		if _, ok := want[k]; !ok {
			return fmt.Sprintf("%s.%s extra, got %s", path, k, short(got[k]))
		}
	}
	for _, k := range keys {
		if d := diff(want[k], got[k], path+"."+k); d != "" {
			return d
		}
	}
	return ""
}

func diffList(want, got []any, path string) string {
	if len(want) != len(got) {
		return fmt.Sprintf("%s: want %d items, got %d", path, len(want), len(got))
	}
	for i := range want {
		if d := diff(want[i], got[i], fmt.Sprintf("%s[%d]", path, i)); d != "" {
			return d
		}
	}
	return ""
}

// sameNumber compares whole numbers exactly, and others as far as two
// machines that add in another order agree.
func sameNumber(a, b json.Number) bool {
	if a == b {
		return true
	}
	if !strings.ContainsAny(string(a)+string(b), ".eE") {
		return false
	}
	x, errX := a.Float64()
	y, errY := b.Float64()
	return errX == nil && errY == nil && math.Abs(x-y) <= 1e-6*max(1, math.Abs(x))
}

// unordered sorts every list, so that order no longer counts.
func unordered(v any) any {
	switch v := v.(type) {
	case []any:
		for i := range v {
			v[i] = unordered(v[i])
		}
		slices.SortFunc(v, func(a, b any) int { return cmp.Compare(text(a), text(b)) })
	case map[string]any:
		for k := range v {
			v[k] = unordered(v[k])
		}
	}
	return v
}

func text(v any) string {
	raw, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(raw)
}

// shown is how much of a value a difference shows.
const shown = 160

func short(v any) string { return cut(text(v)) }

func cut(s string) string {
	if r := []rune(s); len(r) > shown {
		return string(r[:shown]) + "…"
	}
	return s
}
