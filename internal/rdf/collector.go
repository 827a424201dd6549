package rdf

import (
	"fmt"
	"strconv"
	"strings"

	knakk "github.com/knakk/rdf"
)

// A node is what may be subject and object, a resource what may be all three.
type (
	node interface {
		knakk.Subject
		knakk.Object
	}
	resource interface {
		knakk.Subject
		knakk.Predicate
		knakk.Object
	}
)

// maxWarnings keeps a document in which everything is wrong from filling a
// report; one more says how many there were.
const maxWarnings = 100

// incomplete is said of documents that were cut.
const incomplete = "the document ends before it is complete"

// A collector makes the Document of a reader: it holds each term once, names
// blank nodes, and watches the limits.
type collector struct {
	doc     *Document
	format  Format
	lim     Limits
	iris    map[string]resource
	labels  map[string]node
	anon    int
	unsaid  int
	ignored map[string]struct{}
}

func newCollector(f Format, lim Limits, warnings []string) *collector {
	if lim.Depth <= 0 {
		lim.Depth = DefaultLimits.Depth
	}
	if lim.Triples <= 0 {
		lim.Triples = DefaultLimits.Triples
	}
	return &collector{
		doc:    &Document{Prefixes: map[string]string{}, Warnings: warnings},
		format: f,
		lim:    lim,
		iris:   map[string]resource{},
		labels: map[string]node{},
	}
}

// add adds a triple, or says that there are too many.
func (c *collector) add(s knakk.Subject, p knakk.Predicate, o knakk.Object) error {
	if len(c.doc.Triples) >= c.lim.Triples {
		return fmt.Errorf("%s: more than %d triples: %w", c.format, c.lim.Triples, ErrLimit)
	}
	c.doc.Triples = append(c.doc.Triples, Triple{Subj: s, Pred: p, Obj: o})
	return nil
}

// deep returns an error if depth is beyond the limit.
func (c *collector) deep(depth int) error {
	if depth > c.lim.Depth {
		return fmt.Errorf("%s: nested deeper than %d: %w", c.format, c.lim.Depth, ErrLimit)
	}
	return nil
}

// iri returns the term of an IRI that is known to be clean.
func (c *collector) iri(s string) resource {
	if t, ok := c.iris[s]; ok {
		return t
	}
	t := resource(NewIRI(s))
	c.iris[s] = t
	return t
}

// blank returns the node that the document calls label. Labels stay as they
// are; those that look like the ones of fresh get a prefix.
func (c *collector) blank(label string) node {
	if t, ok := c.labels[label]; ok {
		return t
	}
	name := label
	if strings.HasPrefix(label, "anon") {
		name = "anonx-" + label
	}
	t := node(NewBlank(name))
	c.labels[label] = t
	return t
}

// fresh returns a new blank node.
func (c *collector) fresh() node {
	c.anon++
	return NewBlank("anon" + strconv.Itoa(c.anon))
}

// prefix notes a declaration and returns the namespace to use for it.
func (c *collector) prefix(prefix, namespace string, line int) string {
	fixed, changed := repairNamespace(namespace)
	if changed {
		c.warn(line, "the namespace %q was read as %q", namespace, fixed)
		if len(c.doc.Misspelt) < maxWarnings {
			c.doc.Misspelt = append(c.doc.Misspelt, namespace)
		}
	}
	c.doc.Prefixes[prefix] = fixed
	return fixed
}

func (c *collector) warn(line int, format string, args ...any) {
	if len(c.doc.Warnings) >= maxWarnings {
		c.unsaid++
		return
	}
	msg := fmt.Sprintf(format, args...)
	if line > 0 {
		msg = "line " + strconv.Itoa(line) + ": " + msg
	}
	c.doc.Warnings = append(c.doc.Warnings, msg)
}

// warnOnce warns of what is likely to be wrong in the same way all over.
func (c *collector) warnOnce(line int, key, format string, args ...any) {
	if _, done := c.ignored[key]; done || len(c.ignored) > maxWarnings {
		return
	}
	if c.ignored == nil {
		c.ignored = map[string]struct{}{}
	}
	c.ignored[key] = struct{}{}
	c.warn(line, format, args...)
}

// document returns what was collected.
func (c *collector) document() *Document {
	if c.unsaid > 0 {
		c.doc.Warnings = append(c.doc.Warnings, fmt.Sprintf("%d more warnings", c.unsaid))
		c.unsaid = 0
	}
	return c.doc
}

const dcatapitNS = "http://dati.gov.it/onto/dcatapit#"

// repairNamespace mends what is known to be misspelt: the example of AgID that
// everybody copied has a quotation mark in the namespace of DCAT-AP_IT, and
// others wrote it with https, with www, or without its last character.
func repairNamespace(ns string) (string, bool) {
	if ns == dcatapitNS || !strings.Contains(ns, "dati.gov.it/onto/dcatapit") {
		return ns, false
	}
	rest := strings.ToLower(strings.TrimSpace(ns))
	rest = strings.TrimPrefix(strings.TrimPrefix(rest, "https://"), "http://")
	rest = strings.TrimPrefix(strings.TrimPrefix(rest, "www."), "dati.gov.it/onto/dcatapit")
	for _, junk := range []string{"%22", `"`, "'", "#", "/", " "} {
		rest = strings.ReplaceAll(rest, junk, "")
	}
	if rest != "" {
		return ns, false
	}
	return dcatapitNS, true
}
