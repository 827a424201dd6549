package schema

import (
	"errors"
	"strconv"
	"strings"
)

// mergeDict changes m, in place, by what update says. Objects and lists are
// gone into; what is neither takes the place of what was there.
func mergeDict(m map[string]any, update any, at path) error {
	changes, ok := update.(map[string]any)
	if !ok {
		return errors.New("Expected dict for " + at.String())
	}
	for k, v := range changes {
		merged, err := mergeValue(m[k], v, at.with(k))
		if err != nil {
			return err
		}
		m[k] = merged
	}
	return nil
}

// mergeList returns items changed by what update says, position by position.
func mergeList(items []any, update any, at path) ([]any, error) {
	changes, ok := update.([]any)
	if !ok {
		return nil, errors.New("Expected list for " + at.String())
	}
	for i, v := range changes {
		if i >= len(items) {
			items = append(items, v)
			continue
		}
		merged, err := mergeValue(items[i], v, at.with(strconv.Itoa(i)))
		if err != nil {
			return nil, err
		}
		items[i] = merged
	}
	return items, nil
}

func mergeValue(old, v any, at path) (any, error) {
	switch old := old.(type) {
	case map[string]any:
		return old, mergeDict(old, v, at)
	case []any:
		return mergeList(old, v, at)
	}
	return v, nil
}

// mergeAt changes what stands at the path key of m: "notes",
// "resources__0__name", and "resources__extend" to lengthen a list.
func mergeAt(m map[string]any, key string, v any) error {
	parent, last := "", key
	if i := strings.LastIndex(key, "__"); i >= 0 {
		parent, last = key[:i], key[i+len("__"):]
	}
	var current any = m
	var at path
	if parent != "" {
		var err error
		if current, at, err = resolve(m, parent); err != nil {
			return err
		}
	}
	switch current := current.(type) {
	case map[string]any:
		return mergeDict(current, map[string]any{last: v}, at)
	case []any:
		changed, err := mergeItem(current, last, v, at)
		if err != nil {
			return err
		}
		replace(m, at, changed)
		return nil
	}
	return errors.New("Expected list or dict for " + parent)
}

func mergeItem(items []any, last string, v any, at path) ([]any, error) {
	if last == "extend" {
		more, ok := v.([]any)
		if !ok {
			return nil, errors.New("Expected list for " + at.String())
		}
		return append(items, more...), nil
	}
	i, ok := position(items, last)
	if !ok {
		return nil, errors.New("Unmatched key " + last)
	}
	merged, err := mergeValue(items[i], v, at.with(strconv.Itoa(i)))
	if err != nil {
		return nil, err
	}
	items[i] = merged
	return items, nil
}

// replace puts a list, which may have grown, back where it was found.
func replace(v any, at path, items []any) {
	last := len(at) - 1
	for _, k := range at[:last] {
		switch here := v.(type) {
		case map[string]any:
			v = here[k]
		case []any:
			v = here[digits(k)]
		}
	}
	switch here := v.(type) {
	case map[string]any:
		here[at[last]] = items
	case []any:
		here[digits(at[last])] = items
	}
}
