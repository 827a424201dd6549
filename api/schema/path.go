package schema

import (
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// A path leads into a dataset: keys and positions, joined by "__".
type path []string

func (p path) String() string { return strings.Join(p, "__") }

// with returns a longer path, which shares nothing with p.
func (p path) with(key string) path { return append(slices.Clip(p), key) }

// The length from which a key in a list is the beginning of an ID.
const shortestPrefix = 5

// resolve follows a path such as resources__0__name or resources__34a12b__name
// and returns what is there.
func resolve(v any, key string) (any, path, error) {
	var at path
	for k := range strings.SplitSeq(key, "__") {
		switch here := v.(type) {
		case map[string]any:
			child, ok := here[k]
			if !ok {
				return nil, nil, unmatchedKey(at, k)
			}
			v, at = child, at.with(k)
		case []any:
			i, ok := position(here, k)
			if !ok {
				return nil, nil, unmatchedKey(at, k)
			}
			v, at = here[i], at.with(strconv.Itoa(i))
		default:
			return nil, nil, unmatchedKey(at, k)
		}
	}
	return v, at, nil
}

func unmatchedKey(at path, k string) error {
	return errors.New("Unmatched key " + at.with(k).String())
}

// position finds an item of a list by its place, from the end if negative, or
// by the beginning of its ID.
func position(items []any, k string) (int, bool) {
	if len(k) >= shortestPrefix {
		for i, item := range items {
			m, _ := item.(map[string]any)
			id, ok := m["id"].(string)
			if !ok {
				return 0, false
			}
			if strings.HasPrefix(id, k) {
				return i, true
			}
		}
		return 0, false
	}
	i, err := strconv.Atoi(k)
	if err != nil || i < -len(items) || i >= len(items) {
		return 0, false
	}
	if i < 0 {
		i += len(items)
	}
	return i, true
}

// unmatchedValue returns the paths at which v differs from what is wanted.
func unmatchedValue(v, want any, at path) []path {
	switch want := want.(type) {
	case map[string]any:
		return unmatchedDict(v, want, at)
	case []any:
		return unmatchedList(v, want, at)
	}
	if !equal(v, want) {
		return []path{at}
	}
	return nil
}

func unmatchedDict(v any, want map[string]any, at path) []path {
	m, ok := v.(map[string]any)
	if !ok {
		return []path{at}
	}
	var out []path
	for _, k := range slices.Sorted(maps.Keys(want)) {
		if _, ok := m[k]; !ok {
			out = append(out, at.with(k))
			continue
		}
		out = append(out, unmatchedValue(m[k], want[k], at.with(k))...)
	}
	return out
}

func unmatchedList(v any, want []any, at path) []path {
	items, ok := v.([]any)
	if !ok {
		return []path{at}
	}
	var out []path
	for i, x := range want {
		k := at.with(strconv.Itoa(i))
		if i >= len(items) {
			out = append(out, k)
			continue
		}
		out = append(out, unmatchedValue(items[i], x, k)...)
	}
	return out
}
