package ckan

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"portico/catalog"
)

// Limits on what one package may hold. Real ones stay far below.
const (
	maxItems = 20_000 // resources, extras, tags or groups
	maxDepth = 100    // of JSON within JSON
)

// ErrNoPackage is wrapped by the error of an answer that holds no package.
var ErrNoPackage = errors.New("no CKAN package")

// Decode reads one package: the package itself, the answer of an action that
// holds it, or a list of which it is the first.
//
// It is strict about what could be read in two ways (a key that comes twice,
// or in other case than CKAN's), and takes the rest as portals write it: tags
// as texts, numbers as texts, extras as an object, null for everything.
func Decode(raw []byte) (*Package, error) {
	fields, err := unwrap(raw)
	if err != nil {
		return nil, err
	}
	p := &Package{Rest: make(map[string]json.RawMessage)}
	for _, f := range fields {
		if !core[f.Key] {
			p.Rest[f.Key] = f.Value
			continue
		}
		if err := p.set(f.Key, f.Value); err != nil {
			return nil, fmt.Errorf("%s: %w", f.Key, err)
		}
	}
	return p, nil
}

// unwrap returns the members of the package, out of envelope and lists.
func unwrap(raw []byte) ([]catalog.Field, error) {
	for range 4 {
		raw = bytes.TrimLeft(raw, " \t\r\n\ufeff")
		switch {
		case len(raw) > 0 && raw[0] == '[':
			var items []json.RawMessage
			if err := json.Unmarshal(raw, &items); err != nil {
				return nil, err
			}
			if len(items) == 0 {
				return nil, ErrNoPackage
			}
			raw = items[0]
			continue
		case len(raw) == 0 || raw[0] != '{':
			return nil, ErrNoPackage
		}
		fields, err := members(raw, core)
		if err != nil {
			return nil, err
		}
		inner, ok := envelope(fields)
		if !ok {
			return fields, nil
		}
		if inner == nil {
			return nil, fmt.Errorf("%w: success is not true", ErrNoPackage)
		}
		raw = inner
	}
	return nil, ErrNoPackage
}

// envelope returns the result of an action's answer, nil where it was no
// success; ok is false for what is no such answer.
func envelope(fields []catalog.Field) (result json.RawMessage, ok bool) {
	for _, f := range fields {
		switch f.Key {
		case "success":
			if ok = true; string(f.Value) != "true" {
				return nil, true
			}
		case "result":
			result = f.Value
		}
	}
	return result, ok
}

// members returns the members of a JSON object in order. known are the keys of
// which no other case is taken.
func members(raw []byte, known map[string]bool) ([]catalog.Field, error) {
	if depth(raw) > maxDepth {
		return nil, errors.New("nested too deeply")
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return nil, fmt.Errorf("%w: not an object", ErrNoPackage)
	}
	var out []catalog.Field
	seen := make(map[string]bool)
	for dec.More() {
		t, err := dec.Token()
		if err != nil {
			return nil, err
		}
		key, _ := t.(string) // json allows nothing else here
		if low := strings.ToLower(key); seen[key] || low != key && known[low] {
			return nil, fmt.Errorf("the key %.80q comes twice or in the wrong case", key)
		}
		seen[key] = true
		var v json.RawMessage
		if err := dec.Decode(&v); err != nil {
			return nil, err
		}
		if out = append(out, catalog.Field{Key: key, Value: v}); len(out) > maxItems {
			return nil, errors.New("too many keys")
		}
	}
	_, err := dec.Token()
	return out, err
}

// depth returns how deeply the brackets of raw nest.
func depth(raw []byte) int {
	deepest, at, quoted := 0, 0, false
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			at++
			deepest = max(deepest, at)
		case c == '}' || c == ']':
			at--
		}
	}
	return deepest
}

// plainValue returns a JSON value as text: a string as it is, null as "",
// anything else as its JSON.
func plainValue(raw json.RawMessage) string {
	raw = bytes.TrimSpace(raw)
	switch {
	case len(raw) == 0 || string(raw) == "null":
		return ""
	case raw[0] == '"' && plainText(raw):
		return string(raw[1 : len(raw)-1])
	case raw[0] == '"':
		var s string
		if json.Unmarshal(raw, &s) == nil {
			return strings.ReplaceAll(s, "\x00", "")
		}
	case raw[0] == '{' || raw[0] == '[':
		var b bytes.Buffer
		if json.Compact(&b, raw) == nil {
			return b.String()
		}
	}
	return string(raw)
}

// plainText reports whether a JSON string holds no escape and no bad UTF-8, so
// that it is its own value.
func plainText(raw json.RawMessage) bool {
	return len(raw) > 1 && bytes.IndexByte(raw, '\\') < 0 && utf8.Valid(raw)
}

// setText sets the text of a key, and reports whether it is one of those.
func (p *Package) setText(key, v string, null bool) bool {
	to := p.text(key)
	if to == nil {
		return false
	}
	if *to = v; !null && strings.TrimSpace(v) == "" && (catalog.Extra{Key: key}).Mark() {
		if p.Blank == nil {
			p.Blank = make(map[string]string)
		}
		p.Blank[key] = v
	}
	return true
}

func (p *Package) set(key string, v json.RawMessage) (err error) {
	if p.setText(key, plainValue(v), isNull(v)) {
		return nil
	}
	switch key {
	case "private":
		p.Private = truth(v)
	case "organization":
		if bytes.HasPrefix(bytes.TrimSpace(v), []byte("{")) {
			var g Group
			if g, err = readGroup(v); err == nil {
				p.Organization = &g
			}
		}
	case "groups":
		err = items(v, func(item json.RawMessage) error {
			g, err := readGroup(item)
			if g.Name != "" || g.Title != "" {
				p.Groups = append(p.Groups, g)
			}
			return err
		})
	case "tags":
		err = items(v, p.addTag)
	case "extras":
		p.Extras, err = readExtras(v)
	case "resources":
		err = items(v, func(item json.RawMessage) error {
			r, err := readResource(item)
			p.Resources = append(p.Resources, r)
			return err
		})
	}
	return err // what is left are counts and relationships
}

// text returns where the text of a key goes, or nil when it is no text.
func (p *Package) text(key string) *string {
	if at := textAt[key]; at != nil {
		return at(p)
	}
	return nil
}

var textAt = map[string]func(*Package) *string{
	"id":                func(p *Package) *string { return &p.ID },
	"name":              func(p *Package) *string { return &p.Name },
	"title":             func(p *Package) *string { return &p.Title },
	"notes":             func(p *Package) *string { return &p.Notes },
	"url":               func(p *Package) *string { return &p.URL },
	"version":           func(p *Package) *string { return &p.Version },
	"author":            func(p *Package) *string { return &p.Author },
	"author_email":      func(p *Package) *string { return &p.AuthorEmail },
	"maintainer":        func(p *Package) *string { return &p.Maintainer },
	"maintainer_email":  func(p *Package) *string { return &p.MaintainerEmail },
	"license_id":        func(p *Package) *string { return &p.LicenseID },
	"license_title":     func(p *Package) *string { return &p.LicenseTitle },
	"license_url":       func(p *Package) *string { return &p.LicenseURL },
	"state":             func(p *Package) *string { return &p.State },
	"type":              func(p *Package) *string { return &p.Type },
	"owner_org":         func(p *Package) *string { return &p.OwnerOrg },
	"creator_user_id":   func(p *Package) *string { return &p.CreatorUserID },
	"metadata_created":  func(p *Package) *string { return &p.MetadataCreated },
	"metadata_modified": func(p *Package) *string { return &p.MetadataModified },
}

func truth(v json.RawMessage) bool {
	b, err := strconv.ParseBool(plainValue(v))
	return err == nil && b
}

// items calls f with each item of a list; a single object is a list of one.
func items(raw json.RawMessage, f func(json.RawMessage) error) error {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 || string(raw) == "null" || string(raw) == `""` {
		return nil
	}
	if raw[0] != '[' {
		return f(raw)
	}
	var list []json.RawMessage
	if err := json.Unmarshal(raw, &list); err != nil {
		return err
	}
	if len(list) > maxItems {
		return errors.New("too many items")
	}
	for i, item := range list {
		if err := f(item); err != nil {
			return fmt.Errorf("item %d: %w", i, err)
		}
	}
	return nil
}

func (p *Package) addTag(item json.RawMessage) error {
	t := Tag{Name: plainValue(item)}
	if bytes.HasPrefix(bytes.TrimSpace(item), []byte("{")) {
		fields, err := members(item, nil)
		if err != nil {
			return err
		}
		values := valuesOf(fields)
		t = Tag{orElse(values["name"], values["display_name"]), values["vocabulary_id"]}
	}
	p.keepTag(t)
	return nil
}

func (p *Package) keepTag(t Tag) {
	if t.Name = strings.TrimSpace(t.Name); t.Name != "" {
		p.Tags = append(p.Tags, t)
	}
}

func isNull(v json.RawMessage) bool { return string(bytes.TrimSpace(v)) == "null" }

func valuesOf(fields []catalog.Field) map[string]string {
	m := make(map[string]string, len(fields))
	for _, f := range fields {
		m[f.Key] = plainValue(f.Value)
	}
	return m
}
