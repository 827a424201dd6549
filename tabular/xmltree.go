package tabular

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"strings"

	"portico/catalog"
)

// A node is an element of XML with all that is in it.
type node struct {
	name     string
	attrs    []xml.Attr
	text     strings.Builder
	children []*node
}

func (n *node) value() string { return strings.TrimSpace(n.text.String()) }

// child returns the first child of a name, or nil.
func (n *node) child(name string) *node {
	for _, c := range n.children {
		if c.name == name {
			return c
		}
	}
	return nil
}

func (n *node) attr(name string) string {
	for _, a := range n.attrs {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// A budget bounds how many bytes may be read for one record.
type budget struct {
	r    io.Reader
	left int
}

func (b *budget) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, tooLarge(maxElement)
	}
	n, err := b.r.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}

// An xmlReader walks over a document. Entities that the document declares are
// never expanded, and nothing outside it is read.
type xmlReader struct {
	d      *xml.Decoder
	budget *budget
	depth  int
	nodes  int // of the record at hand
}

func newXMLReader(r io.Reader) *xmlReader {
	b := &budget{r: r, left: maxElement}
	d := xml.NewDecoder(b)
	d.Entity = xml.HTMLEntity
	d.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil } // it is UTF-8 by now
	return &xmlReader{d: d, budget: b}
}

const maxNodes = 1_000_000 // elements of one record

func (x *xmlReader) token() (xml.Token, error) {
	t, err := x.d.Token()
	if err != nil {
		return nil, x.broken(err)
	}
	switch t := t.(type) {
	case xml.StartElement:
		x.nodes++
		if x.depth++; x.depth > maxDepthOfTree {
			return nil, tooDeep()
		}
		if x.nodes > maxNodes {
			return nil, tooLarge(maxElement)
		}
	case xml.EndElement:
		x.depth--
	case xml.Directive:
		if strings.Contains(string(t), "<!ENTITY") && strings.Count(string(t), "<!ENTITY") > 200 {
			return nil, x.broken(nil)
		}
	}
	return t, nil
}

func (x *xmlReader) broken(err error) error {
	if errors.Is(err, io.EOF) {
		return err
	}
	if e, ok := errors.AsType[*catalog.Error](err); ok {
		return e
	}
	line, _ := x.d.InputPos()
	if s, ok := errors.AsType[*xml.SyntaxError](err); ok && strings.Contains(s.Msg, "entity") {
		return catalog.Errorf(catalog.Invalid, "The XML document uses entities that it declares itself, at line %d: they are not expanded", line).
			Italian("Il documento XML usa entità dichiarate da lui stesso, alla riga %d: non vengono espanse", line).Because(err)
	}
	return catalog.Errorf(catalog.Invalid, "The XML document is not well-formed at line %d", line).
		Italian("Il documento XML non è ben formato alla riga %d", line).Because(err)
}

// fresh begins a new record.
func (x *xmlReader) fresh() { x.budget.left, x.nodes = maxElement, 0 }

// tree reads the element that has begun, to its end.
func (x *xmlReader) tree(start xml.StartElement) (*node, error) {
	root := &node{name: start.Name.Local, attrs: start.Copy().Attr}
	stack := []*node{root}
	for {
		t, err := x.token()
		if err != nil {
			if errors.Is(err, io.EOF) {
				err = x.broken(io.ErrUnexpectedEOF)
			}
			return nil, err
		}
		top := stack[len(stack)-1]
		switch t := t.(type) {
		case xml.StartElement:
			c := &node{name: t.Name.Local, attrs: t.Copy().Attr}
			top.children = append(top.children, c)
			stack = append(stack, c)
		case xml.CharData:
			top.text.Write(t)
		case xml.EndElement:
			if stack = stack[:len(stack)-1]; len(stack) == 0 {
				return root, nil
			}
		}
	}
}

// eachElementAt calls f with each element for which wanted says so, given its path.
func eachElementAt(ctx context.Context, s stream, wanted func(path []string) bool, f func(n *node, path []string, line int) error) error {
	r, err := s.open()
	if err != nil {
		return err
	}
	defer r.Close()
	x := newXMLReader(r)
	var path []string
	for n := 0; ; n++ {
		if n%256 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		x.budget.left = maxElement
		t, err := x.token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch t := t.(type) {
		case xml.StartElement:
			path = append(path, t.Name.Local)
			if !wanted(path) {
				continue
			}
			x.fresh()
			line, _ := x.d.InputPos()
			tree, err := x.tree(t)
			if err != nil {
				return err
			}
			if err := f(tree, path, line); err != nil {
				return err
			}
			path = path[:len(path)-1]
		case xml.EndElement:
			path = path[:len(path)-1]
		}
	}
}

// json writes a node as JSON: a text where it has nothing but that.
func (n *node) json() any {
	if len(n.children) == 0 && len(n.attrs) == 0 {
		return n.value()
	}
	out := make(map[string]any)
	for _, a := range n.attrs {
		out[a.Name.Local] = a.Value
	}
	for _, c := range n.children {
		v := c.json()
		switch old := out[c.name].(type) {
		case nil:
			out[c.name] = v
		case []any:
			out[c.name] = append(old, v)
		default:
			out[c.name] = []any{old, v}
		}
	}
	if v := n.value(); v != "" {
		out["text"] = v
	}
	return out
}

func jsonText(v any) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if e.Encode(v) != nil {
		return "" // texts, maps and lists of them always encode
	}
	return strings.TrimSuffix(b.String(), "\n")
}
