package schema

import (
	"encoding/json"
	"errors"
	"io"
	"maps"
	"slices"
	"strings"
)

// A Revision is what package_revise is asked to do to a dataset: first to match
// it, then to take away, then to change.
type Revision struct {
	match   map[string]any
	matches map[string]any // the match__… keys, without their prefix
	filter  []glob
	update  map[string]any
	updates map[string]any // the update__… keys
	include []glob
	params  map[string]any
}

// ParseRevision reads the parameters of package_revise. Texts may hold JSON,
// as they do in a form. It does not look into values that are no JSON, such as
// an uploaded file.
func ParseRevision(params map[string]any) (*Revision, error) {
	if len(params) > maxRevisions {
		return nil, Says("message", tooManyKeys)
	}
	r := &Revision{params: params}
	var wrong Error
	r.match = parseDict(&wrong, params, "match")
	r.update = parseDict(&wrong, params, "update")
	r.filter = parseGlobs(&wrong, params, "filter")
	r.include = parseGlobs(&wrong, params, "include")
	r.matches = withPrefix(params, "match__")
	r.updates = withPrefix(params, "update__")
	if err := wrong.orNil(); err != nil {
		return nil, err
	}
	for _, ref := range []any{r.matches["id"], r.match["id"], r.matches["name"], r.match["name"]} {
		if ref != nil {
			return r, nil
		}
	}
	return nil, Says("match__id", missingValue)
}

// Ref returns the ID or name of the dataset to be revised.
func (r *Revision) Ref() string {
	for _, ref := range []any{r.matches["id"], r.match["id"], r.matches["name"], r.match["name"]} {
		if truthy(ref) {
			return asText(ref)
		}
	}
	return ""
}

// Apply returns a revised copy of a dataset, as its show action gives it, or
// says where it does not match. The copy goes to Package.
func (r *Revision) Apply(stored map[string]any) (map[string]any, error) {
	if err := r.check(stored); err != nil {
		return nil, err
	}
	revised, _ := deepCopy(stored).(map[string]any)
	delete(revised, "metadata_modified")
	if len(r.filter) > 0 {
		filterGlobs(revised, r.filter)
		revised["id"] = stored["id"]
	}
	if err := mergeDict(revised, deepCopy(r.update), nil); r.update != nil && err != nil {
		return nil, Fault("update", err.Error())
	}
	for _, key := range r.updateOrder() {
		if err := mergeAt(revised, key, deepCopy(r.updates[key])); err != nil {
			return nil, Fault(key, err.Error())
		}
	}
	return revised, nil
}

// Include leaves of an answer, in place, what the caller asked to see. CKAN
// takes an include that is a text for a list of its letters; here it is read
// as the filter is.
func (r *Revision) Include(answer map[string]any) {
	if len(r.include) > 0 {
		filterGlobs(answer, r.include)
	}
}

func (r *Revision) check(stored map[string]any) error {
	unmatched := unmatchedDict(stored, r.match, nil)
	for _, key := range slices.Sorted(maps.Keys(r.matches)) {
		current, at, err := resolve(stored, key)
		if err != nil {
			return misshapen(err.Error(), r.params)
		}
		unmatched = append(unmatched, unmatchedValue(current, r.matches[key], at)...)
	}
	if len(unmatched) == 0 {
		return nil
	}
	paths := make([]string, len(unmatched))
	for i, p := range unmatched {
		paths[i] = p.String()
	}
	return Fault("match", paths...)
}

// updateOrder puts the keys that lengthen lists first, so that others may
// reach what was added.
func (r *Revision) updateOrder() []string {
	keys := slices.Sorted(maps.Keys(r.updates))
	slices.SortStableFunc(keys, func(a, b string) int {
		x, y := strings.HasSuffix(a, "extend"), strings.HasSuffix(b, "extend")
		switch {
		case x == y:
			return 0
		case x:
			return -1
		}
		return 1
	})
	return keys
}

// parseText reads a text that may be JSON.
func parseText(v any) any {
	s, ok := v.(string)
	if !ok {
		return v
	}
	if out, ok := decodeJSON(s); ok {
		return out
	}
	return v
}

// decodeJSON reads one JSON value and no more. What goes deeper than any
// catalogue does is no JSON here.
func decodeJSON(s string) (any, bool) {
	if tooDeep(s) {
		return nil, false
	}
	dec := json.NewDecoder(strings.NewReader(s))
	dec.UseNumber()
	var out any
	if err := dec.Decode(&out); err != nil {
		return nil, false
	}
	_, err := dec.Token()
	return out, errors.Is(err, io.EOF)
}

const maxDepth = 64

// tooDeep reports whether brackets stand in more brackets than they should.
// Those in texts must not count.
func tooDeep(s string) bool {
	depth, quoted := 0, false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '[' || c == '{':
			depth++
		case c == ']' || c == '}':
			depth--
		}
		if depth > maxDepth {
			return true
		}
	}
	return false
}

func parseDict(wrong *Error, params map[string]any, key string) map[string]any {
	v := parseText(params[key])
	if v == nil {
		return nil
	}
	m, ok := v.(map[string]any)
	if !ok {
		wrong.add(key, "Must be a dict")
	}
	return m
}

func parseGlobs(wrong *Error, params map[string]any, key string) []glob {
	v := params[key]
	if v == nil {
		return nil
	}
	if s, ok := v.(string); ok {
		if v, ok = decodeJSON(s); !ok {
			v = anyList(strings.SplitN(s, ",", maxRevisions+2))
		}
	}
	items, ok := v.([]any)
	if !ok || len(items) > maxRevisions {
		wrong.add(key, "Not a list")
		return nil
	}
	out := make([]glob, 0, len(items))
	for _, item := range items {
		s, ok := item.(string)
		if !ok {
			wrong.add(key, "Not a string: "+asText(item))
			return nil
		}
		out = append(out, newGlob(s))
	}
	return out
}

func anyList(parts []string) []any {
	out := make([]any, len(parts))
	for i, p := range parts {
		out[i] = p
	}
	return out
}

func withPrefix(params map[string]any, prefix string) map[string]any {
	out := make(map[string]any)
	for key, v := range params {
		if rest, ok := strings.CutPrefix(key, prefix); ok {
			out[rest] = parseText(v)
		}
	}
	return out
}

func deepCopy(v any) any {
	switch v := v.(type) {
	case []any:
		out := make([]any, len(v))
		for i, x := range v {
			out[i] = deepCopy(x)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, x := range v {
			out[k] = deepCopy(x)
		}
		return out
	}
	return v
}
