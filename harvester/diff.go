package harvester

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"portico/catalog"
)

// A FieldChange is one field of a dataset that a run would change.
type FieldChange struct {
	Field string `json:"field"` // such as "title.it" or "distributions[Dati].license"
	Old   string `json:"old"`   // "" = it was not there
	New   string `json:"new"`   // "" = it goes
}

// Bounds of a difference, for people read it.
const (
	maxChanges   = 200
	maxChangeLen = 300 // runes of a value
)

// wouldKeep says what a dry run would change.
func (r *run) wouldKeep(d, old *catalog.Dataset, told *RecordReport) (*catalog.Dataset, Outcome, error) {
	if old == nil {
		return d, Changed, nil
	}
	if d.ID = cmp.Or(d.ID, old.ID); old.State == catalog.Deleted {
		return d, Same, nil
	}
	d.Name, d.State = old.Name, cmp.Or(old.State, d.State)
	var err error
	if told.Changes, err = difference(old, d); err != nil {
		return nil, "", err
	}
	if len(told.Changes) == 0 && old.State != catalog.Retired {
		return d, Same, nil
	}
	return d, Changed, nil
}

// difference returns what is not the same in two versions of a dataset.
func difference(old, is *catalog.Dataset) ([]FieldChange, error) {
	a, err := flat(old)
	if err != nil {
		return nil, err
	}
	b, err := flat(is)
	if err != nil {
		return nil, err
	}
	var out []FieldChange
	for k, v := range b {
		if a[k] != v {
			out = append(out, FieldChange{k, cut(a[k]), cut(v)})
		}
	}
	for k, v := range a {
		if _, ok := b[k]; !ok {
			out = append(out, FieldChange{k, cut(v), ""})
		}
	}
	slices.SortFunc(out, func(x, y FieldChange) int { return strings.Compare(x.Field, y.Field) })
	return out[:min(len(out), maxChanges)], nil
}

func cut(s string) string {
	if r := []rune(s); len(r) > maxChangeLen {
		return string(r[:maxChangeLen]) + "…"
	}
	return s
}

// flat returns a dataset as a list of its values, by the path to each. What we
// add to it, and where its files are kept here, is no part of what it says.
func flat(d *catalog.Dataset) (map[string]string, error) {
	said := *d
	said.Notes, said.Quarantine, said.Distributions = nil, nil, nil
	out := map[string]string{"organization": d.Organization}
	if err := flatten(out, "", said); err != nil {
		return nil, err
	}
	seen := make(map[string]int)
	for i := range d.Distributions {
		x := d.Distributions[i]
		name := cmp.Or(x.Title.String(), x.URL(), x.ID)
		if seen[name]++; seen[name] > 1 {
			name = fmt.Sprintf("%s %d", name, seen[name])
		}
		x.ID, x.File, x.Table, x.Created, x.Updated = "", nil, nil, time.Time{}, time.Time{}
		if err := flatten(out, "distributions["+name+"]", x); err != nil {
			return nil, err
		}
	}
	for k, v := range out {
		if v == "" {
			delete(out, k)
		}
	}
	return out, nil
}

func flatten(out map[string]string, path string, v any) error {
	raw, err := json.Marshal(v)
	if err != nil {
		return err
	}
	var x any
	if err := json.Unmarshal(raw, &x); err != nil {
		return err
	}
	walk(out, path, x)
	return nil
}

func walk(out map[string]string, path string, v any) {
	switch v := v.(type) {
	case map[string]any:
		for k, x := range v {
			walk(out, strings.TrimPrefix(path+"."+k, "."), x)
		}
	case []any:
		for i, x := range v {
			walk(out, fmt.Sprintf("%s[%d]", path, i), x)
		}
	case string:
		out[path] = v
	case nil:
	default:
		out[path] = fmt.Sprint(v)
	}
}
