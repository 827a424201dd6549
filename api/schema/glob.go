package schema

import (
	"maps"
	"strings"
)

// A glob is one pattern of package_revise's filter and include: a path in which
// "*" stands for all there is on a level, with "+" before it to keep what it
// matches and "-" or nothing to take it away. The first that matches wins.
type glob struct {
	keep bool
	keys []string
}

func newGlob(s string) glob {
	return glob{strings.HasPrefix(s, "+"), strings.Split(strings.TrimLeft(s, "-+"), "__")}
}

func (g glob) rest() glob { return glob{g.keep, g.keys[1:]} }

// filterGlobs takes out of m, in place, what the patterns say.
func filterGlobs(m map[string]any, globs []glob) {
	kept := make(map[string]any)
	children := make(map[string][]glob)
	for _, g := range globs {
		head := g.keys[0]
		v, ok := m[head]
		switch {
		case head == "*" && g.keep:
			maps.Copy(kept, m)
		case head == "*":
			clear(m)
		case !ok:
		case len(g.keys) > 1:
			children[head] = append(children[head], g.rest())
		case g.keep:
			kept[head] = v
		default:
			delete(m, head)
		}
	}
	maps.Copy(m, kept)
	for head, globs := range children {
		if v, ok := m[head]; ok {
			m[head] = filtered(v, globs)
		}
	}
}

func filtered(v any, globs []glob) any {
	switch v := v.(type) {
	case map[string]any:
		filterGlobs(v, globs)
	case []any:
		return filterItems(v, globs)
	}
	return v
}

func filterItems(items []any, globs []glob) []any {
	kept, gone := make([]bool, len(items)), make([]bool, len(items))
	mark := func(i int, keep bool) {
		if keep && !gone[i] {
			kept[i] = true
		}
		if !keep && !kept[i] {
			gone[i] = true
		}
	}
	children := make(map[int][]glob)
	for _, g := range globs {
		head := g.keys[0]
		if head == "*" {
			for i := range items {
				mark(i, g.keep)
			}
			continue
		}
		i, ok := position(items, head)
		switch {
		case !ok:
		case len(g.keys) > 1:
			children[i] = append(children[i], g.rest())
		default:
			mark(i, g.keep)
		}
	}
	out := make([]any, 0, len(items))
	for i, item := range items {
		if gone[i] {
			continue
		}
		out = append(out, filtered(item, children[i]))
	}
	return out
}
