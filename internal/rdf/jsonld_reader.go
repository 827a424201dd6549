package rdf

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/piprate/json-gold/ld"
)

// readJSONLD reads JSON-LD 1.1: json-gold expands the document, we walk what
// comes of it in the order of its arrays. Named graphs count as one.
func readJSONLD(r io.Reader, base string, lim Limits) (*Document, error) {
	text, warnings, err := readText(r, JSONLD, lim)
	if err != nil {
		return nil, err
	}
	w := &jsonWalker{collector: newCollector(JSONLD, lim, warnings), base: base}
	doc, err := w.parse(text)
	if err != nil {
		return w.document(), err
	}
	w.declare(doc)
	expanded, err := expand(doc, base)
	if err != nil {
		return w.document(), err
	}
	return w.document(), w.nodes(expanded, 1)
}

// parse decodes the document and refuses what would be too much for json-gold.
func (w *jsonWalker) parse(text string) (any, error) {
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	var doc any
	if err := dec.Decode(&doc); err != nil {
		msg, at := err.Error(), dec.InputOffset()
		if bad, ok := errors.AsType[*json.SyntaxError](err); ok {
			at = bad.Offset
		}
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			msg, at = incomplete, int64(len(text))
		}
		line := 1 + strings.Count(text[:min(int(at), len(text))], "\n")
		return nil, &SyntaxError{Format: JSONLD, Line: line, Msg: msg}
	}
	switch doc.(type) {
	case map[string]any, []any:
	default:
		return nil, &SyntaxError{Format: JSONLD, Line: 1, Msg: "the document is neither an object nor an array"}
	}
	if rest := strings.TrimLeft(text[dec.InputOffset():], " \t\r\n"); rest != "" {
		return nil, &SyntaxError{Format: JSONLD, Line: 1 + strings.Count(text[:len(text)-len(rest)], "\n"), Msg: "there is text behind the document"}
	}
	var m measure
	if depth := m.walk(doc, false); depth > w.lim.Depth {
		return nil, w.deep(depth)
	}
	if m.cost() > maxContextWork {
		return nil, fmt.Errorf("%s: too many and too large contexts: %w", JSONLD, ErrLimit)
	}
	return doc, nil
}

// maxContextWork bounds the terms that are copied when contexts are applied,
// for a context is copied wherever another is added to it.
const maxContextWork = 20_000_000

// A measure is what tells how much work the contexts of a document make.
type measure struct {
	objects, contexts, terms int
	scoped                   bool // terms have contexts of their own
}

func (m *measure) cost() int {
	if m.scoped {
		return (m.objects + m.contexts) * m.terms
	}
	return m.contexts * m.terms
}

// walk measures v and returns its depth. It mends on the way what json-gold
// would refuse the document for.
func (m *measure) walk(v any, inContext bool) int {
	depth := 0
	switch v := v.(type) {
	case map[string]any:
		depth = m.object(v, inContext)
	case []any:
		for _, value := range v {
			depth = max(depth, m.walk(value, inContext))
		}
	default:
		return 0
	}
	return depth + 1
}

// object measures what is in an object and returns its depth.
func (m *measure) object(v map[string]any, inContext bool) (depth int) {
	m.objects++
	for key, value := range v {
		is := key == "@context"
		if is {
			m.contexts++
			m.scoped = m.scoped || inContext
			m.terms += size(value)
		}
		if n, ok := value.(json.Number); ok && key == "@version" {
			v[key] = version(n) // json-gold compares it as a float
		}
		if value == nil && !inContext && nullIsNothing[key] {
			delete(v, key)
		}
		depth = max(depth, m.walk(value, is || inContext))
	}
	return depth
}

// nullIsNothing tells the keywords that many write with null for what they do
// not know, which JSON-LD forbids.
var nullIsNothing = map[string]bool{"@id": true, "@type": true, "@language": true, "@index": true}

func version(n json.Number) float64 {
	f, err := n.Float64()
	if err != nil {
		return 0
	}
	return f
}

// size returns how many terms a context defines.
func size(context any) int {
	switch c := context.(type) {
	case map[string]any:
		return len(c)
	case []any:
		n := 0
		for _, part := range c {
			n += size(part)
		}
		return n
	}
	return 1
}

// expand runs the expansion algorithm. json-gold is not ours: should hostile
// input make it panic, that is an error of the document.
func expand(doc any, base string) (expanded []any, err error) {
	defer func() {
		if e := recover(); e != nil {
			err = &SyntaxError{Format: JSONLD, Msg: fmt.Sprint("the document cannot be expanded: ", e)}
		}
	}()
	opts := ld.NewJsonLdOptions(base)
	opts.DocumentLoader = contexts{}
	expanded, err = ld.NewJsonLdProcessor().Expand(doc, opts)
	if err == nil {
		return expanded, nil
	}
	if bad, ok := errors.AsType[*contextError](err); ok {
		return nil, &SyntaxError{Format: JSONLD, Msg: bad.Error()}
	}
	msg := err.Error()
	if bad, ok := errors.AsType[*ld.JsonLdError](err); ok {
		msg = string(bad.Code)
		if bad.Details != nil {
			msg = fmt.Sprint(bad.Code, ": ", bad.Details)
		}
	}
	return nil, &SyntaxError{Format: JSONLD, Msg: msg}
}

// contexts loads the few contexts that this package knows by heart. It opens
// no file and no connection.
type contexts struct{}

// A contextError names a context that lies outside the document.
type contextError struct{ url string }

func (e *contextError) Error() string {
	return fmt.Sprintf("the context %q lies outside the document, which is refused", e.url)
}

// LoadDocument implements ld.DocumentLoader.
func (contexts) LoadDocument(u string) (*ld.RemoteDocument, error) {
	name := strings.TrimSuffix(u, "/")
	name = strings.TrimPrefix(strings.TrimPrefix(name, "https://"), "http://")
	var context map[string]any
	switch name {
	case "schema.org", "www.schema.org", "schema.org/docs/jsonldcontext.json", "schema.org/docs/jsonldcontext.jsonld":
		context = map[string]any{"@vocab": "http://schema.org/", "schema": "http://schema.org/"}
	case "www.w3.org/ns/hydra/context.jsonld", "www.w3.org/ns/hydra/core":
		const ns = "http://www.w3.org/ns/hydra/core#"
		context = map[string]any{"hydra": ns}
		for _, term := range []string{"Collection", "PagedCollection", "PartialCollectionView", "totalItems", "itemsPerPage"} {
			context[term] = ns + term
		}
		for _, term := range []string{"member", "view", "first", "next", "previous", "last"} {
			context[term] = map[string]any{"@id": ns + term, "@type": "@id"}
		}
	default:
		return nil, &contextError{u}
	}
	return &ld.RemoteDocument{DocumentURL: u, Document: map[string]any{"@context": context}}, nil
}

// declare notes the prefixes of the outermost context.
func (w *jsonWalker) declare(doc any) {
	top, ok := doc.(map[string]any)
	if !ok {
		return
	}
	context, ok := top["@context"].(map[string]any)
	if !ok {
		return
	}
	for prefix, v := range context {
		ns, ok := v.(string)
		if ok && scheme(ns) > 0 && strings.ContainsRune("#/:", rune(ns[len(ns)-1])) && !strings.HasPrefix(prefix, "@") {
			w.doc.Prefixes[prefix] = ns
		}
	}
}
