package schema

import (
	"context"
	"slices"
)

// A step is one link of the chain that a value goes through. It reports
// whether the chain goes on: what is wrong does not end it, so that a field may
// have several messages.
type step func(*cell) bool

// A field is a key of a shape with its chain.
type field struct {
	key   string
	chain []step
}

// A policy says what becomes of the keys that a shape does not name.
type policy int

const (
	drop   policy = iota // they are left out, silently
	keep                 // they stay as they are
	refuse               // they are an error
)

// A shape is the schema of an object. Its fields, and the lists of its objects,
// are in the order in which CKAN goes through them, that of their keys: some
// look at what another has become.
type shape struct {
	fields []field
	lists  []list
	others policy
	before func(*run) // sees the whole before its fields
	after  func(*run) // sees the whole after its fields and lists
}

// A list is a key of a shape that holds a list of objects.
type list struct {
	key  string
	item *shape
	most int // how many there may be
}

// absent is the value of a key that was not given, or that is not kept.
type absent struct{}

// A run is one shape applied to one object.
type run struct {
	ctx    context.Context
	c      *Context
	in     map[string]any
	out    map[string]any
	wrong  Error
	broken error           // a lookup that failed
	tags   []any           // of tag_string
	seen   map[string]bool // IDs of the distributions so far
	keys   func(string) bool
	cell   cell // of object, which needs but one
}

// A cell is a value on its way through its chain, with its neighbours.
type cell struct {
	*run
	in, out map[string]any // the object it stands in: as sent, and what is cleaned of it so far
	value   any
	wrong   []string
}

func (c *cell) fail(message string) bool {
	c.wrong = append(c.wrong, message)
	return true
}

// text returns the value as a text, "" when it is none.
func (c *cell) text() string {
	s, _ := c.value.(string)
	return s
}

// find asks the Lookup. A failing one ends the run.
func (r *run) find(kind Kind, ref string) Thing {
	if ref == "" || r.broken != nil {
		return Thing{}
	}
	t, err := r.c.Lookup.Find(r.ctx, kind, ref)
	if err != nil {
		r.broken = err
	}
	return t
}

// ask notes the error of another question to the Lookup.
func (r *run) ask(answer bool, err error) bool {
	if err != nil {
		r.broken = err
	}
	return answer
}

// apply cleans in by s, or says what is wrong with it.
func apply(ctx context.Context, c *Context, s *shape, in map[string]any) (map[string]any, error) {
	if err := s.checkStructure(in); err != nil {
		return nil, err
	}
	r := &run{ctx: ctx, c: c, in: in, out: make(map[string]any, len(in)), keys: s.names}
	if s.before != nil {
		s.before(r)
	}
	for field, messages := range r.object(s, in, r.out, c.Existing) {
		r.wrong.add(field, messages...)
	}
	for i := range s.lists {
		r.list(&s.lists[i])
	}
	if s.after != nil {
		s.after(r)
	}
	if r.broken != nil {
		return nil, r.broken
	}
	if err := r.wrong.orNil(); err != nil {
		return nil, err
	}
	return r.out, nil
}

// object puts what is cleaned of in into out and returns what is wrong. What
// stands in was as it is in in is not found wrong.
func (r *run) object(s *shape, in, out, was map[string]any) map[string][]string {
	var wrong map[string][]string
	c := &r.cell
	*c = cell{run: r, in: in, out: out}
	for i := range s.fields {
		f := &s.fields[i]
		v, ok := in[f.key]
		c.value, c.wrong = v, nil
		if !ok {
			c.value = absent{}
		}
		for _, do := range f.chain {
			if !do(c) {
				break
			}
		}
		if _, none := c.value.(absent); !none {
			out[f.key] = c.value
		}
		if len(c.wrong) == 0 || ok && unchanged(was, f.key, v) {
			continue
		}
		if wrong == nil {
			wrong = make(map[string][]string)
		}
		wrong[f.key] = c.wrong
	}
	return s.rest(in, out, wrong)
}

// rest sees to the keys that the shape does not name.
func (s *shape) rest(in, out map[string]any, wrong map[string][]string) map[string][]string {
	if s.others == drop {
		return wrong
	}
	for key, v := range in {
		if s.names(key) {
			continue
		}
		if s.others == keep {
			out[clean(key)] = cleaned(v)
			continue
		}
		if wrong == nil {
			wrong = make(map[string][]string)
		}
		wrong["__extras"] = []string{"The input field __extras was not expected."}
	}
	return wrong
}

func (s *shape) names(key string) bool {
	return s.field(key) >= 0 || slices.ContainsFunc(s.lists, func(l list) bool { return l.key == key })
}

func (s *shape) field(key string) int {
	i, ok := slices.BinarySearchFunc(s.fields, key, func(f field, key string) int {
		switch {
		case f.key < key:
			return -1
		case f.key > key:
			return 1
		}
		return 0
	})
	if !ok {
		return -1
	}
	return i
}

// list cleans a list of objects. As in CKAN an empty object is as good as
// none, in what is kept and in what is wrong.
func (r *run) list(l *list) {
	v, ok := r.in[l.key]
	if !ok {
		return
	}
	items, _ := v.([]any)
	if len(items) == 0 {
		r.out[l.key] = []any{}
		return
	}
	var out []any
	wrong := make([]map[string][]string, 0, len(items))
	bad := false
	for _, item := range items {
		in, _ := item.(map[string]any)
		if len(in) == 0 {
			continue
		}
		clean := make(map[string]any, len(in))
		faults := r.object(l.item, in, clean, r.storedItem(l.key, in))
		bad = bad || len(faults) > 0
		wrong = append(wrong, faults)
		if len(clean) > 0 {
			out = append(out, clean)
		}
		if r.broken != nil {
			return
		}
	}
	if len(out) > 0 {
		r.out[l.key] = out
	}
	if bad && !unchanged(r.c.Existing, l.key, v) {
		if r.wrong.items == nil {
			r.wrong.items = make(map[string][]map[string][]string)
		}
		r.wrong.items[l.key] = wrong
	}
}

// storedItem returns the stored object of a list that has the ID of in.
func (r *run) storedItem(key string, in map[string]any) map[string]any {
	id, _ := in["id"].(string)
	items, _ := r.c.Existing[key].([]any)
	if id == "" {
		return nil
	}
	for _, item := range items {
		if m, ok := item.(map[string]any); ok && m["id"] == id {
			return m
		}
	}
	return nil
}
