// Package xmltree reads XML into a small tree that is asked by local names,
// for documents whose namespaces change from one version of a standard to the
// next while their elements keep their names (ISO 19139 and 19115-3, WFS 1.0
// to 2.0, WMS 1.1 and 1.3).
//
// It resolves no external entity and expands none of a document's own, and it
// bounds what it builds. It knows no standard.
package xmltree

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"golang.org/x/net/html/charset"
)

// Limits bound the tree of one document. A field that is 0 has a default.
type Limits struct {
	Nodes int // elements; 0 = 1,000,000
	Depth int // 0 = 200
}

// ErrTooMuch is wrapped by the error of a document beyond the limits.
var ErrTooMuch = errors.New("the document has too many elements or is too deep")

// A Node is an element. All its methods may be called on nil, which is an
// element that is not there.
type Node struct {
	Space string // namespace
	Name  string // local name
	Attr  []xml.Attr
	Kids  []*Node
	Text  string // character data right within the element, joined
}

// Parse reads a document. What stands before an error is returned with it,
// nil when there is no element.
func Parse(body []byte, lim Limits) (*Node, error) {
	if lim.Nodes <= 0 {
		lim.Nodes = 1_000_000
	}
	if lim.Depth <= 0 {
		lim.Depth = 200
	}
	d := xml.NewDecoder(bytes.NewReader(bytes.TrimLeft(body, "\ufeff \t\r\n")))
	d.CharsetReader = charset.NewReaderLabel
	b := builder{lim: lim}
	for {
		t, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return b.root, fmt.Errorf("xml: %w", err)
		}
		if err := b.take(t); err != nil {
			return b.root, err
		}
	}
	if b.root == nil {
		return nil, errors.New("xml: no element")
	}
	return b.root, nil
}

type builder struct {
	lim   Limits
	root  *Node
	open  []*Node
	nodes int
}

func (b *builder) take(t xml.Token) error {
	switch t := t.(type) {
	case xml.StartElement:
		if b.nodes++; b.nodes > b.lim.Nodes || len(b.open) >= b.lim.Depth {
			return ErrTooMuch
		}
		n := &Node{Space: t.Name.Space, Name: t.Name.Local, Attr: t.Copy().Attr}
		switch {
		case len(b.open) > 0:
			top := b.open[len(b.open)-1]
			top.Kids = append(top.Kids, n)
		case b.root == nil:
			b.root = n
		}
		b.open = append(b.open, n)
	case xml.EndElement:
		b.open = b.open[:len(b.open)-1]
	case xml.CharData:
		if len(b.open) > 0 {
			b.open[len(b.open)-1].add(t)
		}
	}
	return nil
}

// add appends text, but for the white space by which documents are indented.
func (n *Node) add(t []byte) {
	if n.Text == "" && len(bytes.TrimSpace(t)) == 0 {
		return
	}
	n.Text += string(t)
}

// All returns the elements at a path of local names below n: "contact/name".
// A "*" is any one element, and a name with alternatives is written "a|b".
func (n *Node) All(path string) []*Node {
	if n == nil {
		return nil
	}
	at := []*Node{n}
	for step := range strings.SplitSeq(path, "/") {
		names := strings.Split(step, "|")
		var next []*Node
		for _, p := range at {
			for _, k := range p.Kids {
				if step == "*" || slices.Contains(names, k.Name) {
					next = append(next, k)
				}
			}
		}
		at = next
	}
	return at
}

// First returns the first element at a path, or nil.
func (n *Node) First(path string) *Node {
	if all := n.All(path); len(all) > 0 {
		return all[0]
	}
	return nil
}

// Below returns every element of a name anywhere below n, in document order,
// but not those within one that is returned.
func (n *Node) Below(name string) []*Node {
	if n == nil {
		return nil
	}
	var out []*Node
	for _, k := range n.Kids {
		if k.Name == name {
			out = append(out, k)
			continue
		}
		out = append(out, k.Below(name)...)
	}
	return out
}

// Value returns the text of the first element at a path, with that of the
// elements in it, trimmed, or "".
func (n *Node) Value(path string) string {
	for _, x := range n.All(path) {
		if s := x.String(); s != "" {
			return s
		}
	}
	return ""
}

// String returns the text of n and of all in it, trimmed.
func (n *Node) String() string {
	if n == nil {
		return ""
	}
	if len(n.Kids) == 0 {
		return strings.TrimSpace(n.Text)
	}
	var parts []string
	if s := strings.TrimSpace(n.Text); s != "" {
		parts = append(parts, s)
	}
	for _, k := range n.Kids {
		if s := k.String(); s != "" {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, " ")
}

// Attribute returns the value of the attribute with a local name, or "".
func (n *Node) Attribute(local string) string {
	if n == nil {
		return ""
	}
	for _, a := range n.Attr {
		if a.Name.Local == local && a.Name.Space != "xmlns" {
			return strings.TrimSpace(a.Value)
		}
	}
	return ""
}

// Canonical writes n in a form that is the same for equal trees, for a digest:
// without prefixes, comments and the white space around text.
func (n *Node) Canonical(w io.Writer) {
	if n == nil {
		return
	}
	_, _ = fmt.Fprintf(w, "<%s", n.Name) // to a hash, which never fails
	for _, a := range n.Attr {
		if a.Name.Space != "xmlns" && a.Name.Local != "xmlns" && a.Name.Local != "schemaLocation" {
			_, _ = fmt.Fprintf(w, " %s=%q", a.Name.Local, a.Value)
		}
	}
	_, _ = io.WriteString(w, ">"+strings.TrimSpace(n.Text))
	for _, k := range n.Kids {
		k.Canonical(w)
	}
	_, _ = io.WriteString(w, "</>")
}

// Write writes n as XML that people can read, with local names alone: what
// they were bound to is not kept.
func (n *Node) Write(w io.Writer) { n.write(w, 0) }

func (n *Node) write(w io.Writer, depth int) {
	if n == nil {
		return
	}
	indent := strings.Repeat("  ", depth)
	_, _ = fmt.Fprintf(w, "%s<%s", indent, n.Name) // to memory, which never fails
	for _, a := range n.Attr {
		if a.Name.Space != "xmlns" && a.Name.Local != "xmlns" && a.Name.Local != "schemaLocation" {
			_, _ = fmt.Fprintf(w, " %s=\"%s\"", a.Name.Local, escaped(a.Value))
		}
	}
	text := escaped(strings.TrimSpace(n.Text))
	switch {
	case len(n.Kids) == 0 && text == "":
		_, _ = io.WriteString(w, "/>\n")
		return
	case len(n.Kids) == 0:
		_, _ = fmt.Fprintf(w, ">%s</%s>\n", text, n.Name)
		return
	}
	_, _ = io.WriteString(w, ">"+text+"\n")
	for _, k := range n.Kids {
		k.write(w, depth+1)
	}
	_, _ = fmt.Fprintf(w, "%s</%s>\n", indent, n.Name)
}

func escaped(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // to memory, which never fails
	return b.String()
}
