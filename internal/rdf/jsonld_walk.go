package rdf

import (
	"encoding/json"
	"math"
	"sort"
	"strconv"
	"strings"

	knakk "github.com/knakk/rdf"
)

// A jsonWalker makes triples of expanded JSON-LD (JSON-LD 1.1 API §5 and §8).
type jsonWalker struct {
	*collector
	base string
}

// node adds what the node object v says, and returns the node. It returns nil
// for what is no node object.
func (w *jsonWalker) node(v any, depth int) (node, error) {
	obj, ok := v.(map[string]any)
	if !ok {
		return nil, nil
	}
	s := w.subject(obj)
	return s, w.describe(s, obj, depth)
}

// describe adds what the node object obj says of s.
func (w *jsonWalker) describe(s node, obj map[string]any, depth int) error {
	if err := w.deep(depth); err != nil {
		return err
	}
	for _, class := range list(obj["@type"]) {
		if name, ok := class.(string); ok {
			if err := w.add(s, rdfType, w.ref(name)); err != nil {
				return err
			}
		}
	}
	for _, key := range keys(obj) {
		var err error
		switch {
		case key == "@graph" || key == "@included":
			err = w.nodes(list(obj[key]), depth+1)
		case key == "@reverse":
			err = w.reverse(s, obj[key], depth)
		case key[0] == '@' || strings.HasPrefix(key, "_:"):
		default:
			err = w.values(s, w.iriOf(key), list(obj[key]), depth)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (w *jsonWalker) nodes(vs []any, depth int) error {
	for _, v := range vs {
		if _, err := w.node(v, depth); err != nil {
			return err
		}
	}
	return nil
}

func (w *jsonWalker) subject(obj map[string]any) node {
	if id, ok := obj["@id"].(string); ok {
		return w.ref(id)
	}
	return w.fresh()
}

// ref returns the node that an @id names.
func (w *jsonWalker) ref(id string) node {
	if label, ok := strings.CutPrefix(id, "_:"); ok {
		return w.blank(label)
	}
	return w.iriOf(id)
}

func (w *jsonWalker) iriOf(id string) resource {
	fixed, changed := RepairIRI(id)
	if changed {
		w.warn(0, "the IRI %q was read as %q", id, fixed)
	}
	return w.iri(resolve(w.base, fixed))
}

// values adds a triple for each of vs. That to a nested node comes before what
// the node says.
func (w *jsonWalker) values(s node, pred resource, vs []any, depth int) error {
	for _, v := range vs {
		obj, ok := v.(map[string]any)
		if !ok {
			continue
		}
		if items, ok := obj["@list"]; ok {
			if err := w.list(s, pred, list(items), depth); err != nil {
				return err
			}
			continue
		}
		if _, ok := obj["@value"]; ok {
			if err := w.add(s, pred, w.literal(obj)); err != nil {
				return err
			}
			continue
		}
		o := w.subject(obj)
		if err := w.add(s, pred, o); err != nil {
			return err
		}
		if err := w.describe(o, obj, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// reverse adds the triples whose object s is.
func (w *jsonWalker) reverse(s node, v any, depth int) error {
	props, ok := v.(map[string]any)
	if !ok {
		return nil
	}
	for _, key := range keys(props) {
		for _, n := range list(props[key]) {
			from, err := w.node(n, depth+1)
			if err != nil {
				return err
			}
			if from == nil {
				continue
			}
			if err := w.add(from, w.iriOf(key), s); err != nil {
				return err
			}
		}
	}
	return nil
}

// list adds an RDF list.
func (w *jsonWalker) list(s node, pred resource, items []any, depth int) error {
	if err := w.deep(depth); err != nil {
		return err
	}
	for _, item := range items {
		cell := w.fresh()
		if err := w.add(s, pred, cell); err != nil {
			return err
		}
		if err := w.values(cell, rdfFirst, []any{item}, depth+1); err != nil {
			return err
		}
		s, pred = cell, rdfRest
	}
	return w.add(s, pred, rdfNil)
}

// literal returns the literal that a value object is.
func (w *jsonWalker) literal(obj map[string]any) knakk.Object {
	datatype, _ := obj["@type"].(string)
	if datatype == "@json" {
		text, err := json.Marshal(obj["@value"])
		if err != nil {
			text = []byte("null")
		}
		return NewTypedLiteral(string(text), rdfNS+"JSON")
	}
	text, native := lexical(obj["@value"], datatype)
	if datatype == "" {
		datatype = native
	}
	if lang, ok := obj["@language"].(string); ok {
		return NewLangLiteral(text, lang)
	}
	if datatype == "" {
		return NewLiteral(text)
	}
	return typedLiteral(text, w.iriOf(datatype))
}

// lexical returns a JSON scalar as a literal has it, and the datatype that it
// has by itself. A number with a fraction is a double, as JSON-LD says.
func lexical(v any, datatype string) (text, native string) {
	switch v := v.(type) {
	case string:
		return v, ""
	case bool:
		return strconv.FormatBool(v), xsdBooleanIRI
	case json.Number:
		if datatype != xsdDoubleIRI && !strings.ContainsAny(string(v), ".eE") {
			return string(v), xsdIntegerIRI
		}
		f, err := v.Float64()
		if err != nil {
			return string(v), xsdDoubleIRI
		}
		return number(f, datatype)
	case float64:
		return number(v, datatype)
	}
	return "", ""
}

func number(f float64, datatype string) (text, native string) {
	if datatype != xsdDoubleIRI && f == math.Trunc(f) && math.Abs(f) < 1e21 {
		return strconv.FormatFloat(f, 'f', 0, 64), xsdIntegerIRI
	}
	text = strconv.FormatFloat(f, 'E', -1, 64)
	mantissa, exponent, _ := strings.Cut(text, "E")
	if !strings.Contains(mantissa, ".") {
		mantissa += ".0"
	}
	n, err := strconv.Atoi(exponent)
	if err != nil {
		return text, xsdDoubleIRI
	}
	return mantissa + "E" + strconv.Itoa(n), xsdDoubleIRI
}

// list returns v as an array.
func list(v any) []any {
	switch v := v.(type) {
	case nil:
		return nil
	case []any:
		return v
	}
	return []any{v}
}

// keys returns the keys of obj in a stable order: JSON's own is lost by now.
func keys(obj map[string]any) []string {
	out := make([]string, 0, len(obj))
	for k := range obj {
		if k != "" {
			out = append(out, k)
		}
	}
	sort.Strings(out)
	return out
}
