package ckan

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"portico/catalog"
)

// FromMap reads a package that is decoded already: an object of JSON with
// json.Number for numbers. It is to be what a client sent, checked and
// completed; what is not in CKAN's form is left out without an error, but too
// much of it or too deep is one.
func FromMap(m map[string]any) (*Package, error) {
	p := &Package{Rest: make(map[string]json.RawMessage)}
	for key, v := range m {
		if err := p.setAny(key, v); err != nil {
			return nil, fmt.Errorf("%s: %w", key, err)
		}
	}
	return p, nil
}

func (p *Package) setAny(key string, v any) error {
	if !core[key] {
		raw, err := appendAny(nil, v, maxDepth)
		p.Rest[key] = raw
		return err
	}
	if s, ok := v.(string); ok || p.text(key) != nil {
		if !ok {
			s = plainAny(v)
		}
		if p.setText(key, strings.ReplaceAll(s, "\x00", ""), v == nil) {
			return nil
		}
	}
	switch key {
	case "private":
		b, err := strconv.ParseBool(plainAny(v))
		p.Private = err == nil && b
	case "organization":
		if o, ok := v.(map[string]any); ok {
			g, err := groupFrom(o)
			p.Organization = &g
			return err
		}
	case "groups", "tags", "extras", "resources":
		return p.setList(key, v)
	}
	return nil // what is left are counts and relationships
}

func (p *Package) setList(key string, v any) error {
	list, _ := v.([]any)
	if len(list) > maxItems {
		return errors.New("too many items")
	}
	switch key {
	case "extras":
		p.Extras = slices.Grow(p.Extras, len(list))
	case "tags":
		p.Tags = slices.Grow(p.Tags, len(list))
	case "resources":
		p.Resources = slices.Grow(p.Resources, len(list))
	}
	for i, item := range list {
		if err := p.addItem(key, item); err != nil {
			return fmt.Errorf("item %d: %w", i, err)
		}
	}
	return nil
}

func (p *Package) addItem(key string, item any) error {
	in, ok := item.(map[string]any)
	switch {
	case !ok && key == "tags":
		p.keepTag(Tag{Name: plainAny(item)})
	case !ok && key == "groups":
		p.Groups = append(p.Groups, Group{Name: plainAny(item)})
	case ok:
		return p.addObject(key, in)
	}
	return nil
}

func (p *Package) addObject(key string, in map[string]any) error {
	switch key {
	case "tags":
		p.keepTag(Tag{orElse(plainAny(in["name"]), plainAny(in["display_name"])), plainAny(in["vocabulary_id"])})
	case "extras":
		if x := (catalog.Extra{Key: plainAny(in["key"]), Value: plainAny(in["value"])}); x.Key != "" && in["state"] != "deleted" {
			p.Extras = append(p.Extras, x)
		}
	case "groups":
		g, err := groupFrom(in)
		if g.Name != "" || g.Title != "" {
			p.Groups = append(p.Groups, g)
		}
		return err
	case "resources":
		r, err := resourceFrom(in)
		p.Resources = append(p.Resources, r)
		return err
	}
	return nil
}

func resourceFrom(m map[string]any) (r Resource, err error) {
	if len(m) > maxItems {
		return r, errors.New("too many keys")
	}
	for key, v := range m {
		text := ""
		if resourceCore[key] {
			text = plainAny(v)
		}
		if to := r.set(key, text, v == nil); to != nil {
			raw, err := appendAny(nil, v, maxDepth)
			if err != nil {
				return r, fmt.Errorf("%s: %w", key, err)
			}
			*to = append(*to, catalog.Field{Key: key, Value: raw})
		}
	}
	slices.SortFunc(r.Rest, byKey)
	slices.SortFunc(r.Core, byKey)
	return r, nil
}

func byKey(a, b catalog.Field) int { return strings.Compare(a.Key, b.Key) }

func groupFrom(m map[string]any) (Group, error) {
	fields, err := fieldsOf(m)
	if err != nil {
		return Group{}, err
	}
	return groupOf(fields)
}

// fieldsOf returns the members of an object, by key.
func fieldsOf(m map[string]any) ([]catalog.Field, error) {
	if len(m) > maxItems {
		return nil, errors.New("too many keys")
	}
	out := make([]catalog.Field, 0, len(m))
	for key, v := range m {
		raw, err := appendAny(nil, v, maxDepth)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", key, err)
		}
		out = append(out, catalog.Field{Key: key, Value: raw})
	}
	slices.SortFunc(out, byKey)
	return out, nil
}

// plainAny is plainValue for what is decoded already.
func plainAny(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return strings.ReplaceAll(v, "\x00", "")
	}
	raw, err := appendAny(nil, v, maxDepth)
	if err != nil {
		return ""
	}
	return string(raw)
}

// appendAny appends v as JSON, the members of objects by key.
func appendAny(b []byte, v any, deep int) (_ []byte, err error) {
	if deep == 0 {
		return b, errors.New("nested too deeply")
	}
	switch v := v.(type) {
	case nil:
		return append(b, "null"...), nil
	case string:
		return appendString(b, v), nil
	case bool:
		return strconv.AppendBool(b, v), nil
	case []any:
		l := list{b: append(b, '[')}
		for _, item := range v {
			l.comma()
			if l.b, err = appendAny(l.b, item, deep-1); err != nil {
				return b, err
			}
		}
		return append(l.b, ']'), nil
	case map[string]any:
		l := list{b: append(b, '{')}
		for _, key := range sortedKeys(v) {
			l.comma()
			l.b = append(appendString(l.b, key), ':')
			if l.b, err = appendAny(l.b, v[key], deep-1); err != nil {
				return b, err
			}
		}
		return append(l.b, '}'), nil
	}
	raw, err := json.Marshal(v) // numbers
	return append(b, raw...), err
}
