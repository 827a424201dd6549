package tabular

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"portico/catalog"
)

// openXML understands a document whose elements repeat: records, or the
// features of KML and GPX.
func openXML(ctx context.Context, s stream, head []byte, o Options) (*Table, error) {
	e, err := detectEncoding(ctx, s, head)
	if err != nil {
		return nil, err
	}
	text := decoded(s, e)
	shape, err := findElements(ctx, text, o.Sheet)
	if err != nil {
		return nil, err
	}
	t := &Table{Format: "xml", Encoding: e.name, Notes: append(s.notes, e.notes()...)}
	switch shape.root {
	case "kml":
		t.Format = "kml"
		return t, openFeatures(ctx, t, &kmlSource{text}, newFields(), placeOptions{crs: gpsCRS}, o)
	case "gpx":
		t.Format = "gpx"
		return t, openFeatures(ctx, t, &gpxSource{text}, newFields(), placeOptions{crs: gpsCRS}, o)
	case "RDF":
		return nil, notTable("un documento RDF", "an RDF document")
	case "html":
		return nil, notTable("una pagina web", "a web page")
	}
	t.Sheets, t.Sheet = shape.others, o.Sheet
	if len(shape.path) > 1 {
		t.Notes = append(t.Notes, fmt.Sprintf("Letti gli elementi %q del documento XML / elements read", strings.Join(shape.path, "/")))
	}
	src := &xmlSource{s: text, path: shape.path, multi: make(map[string]bool)}
	f := newFields()
	if _, _, err := learn(ctx, src, f); err != nil {
		return nil, err
	}
	f.rename(src.column)
	src.settled = true
	return t, openFields(ctx, t, src, f, o)
}

// An xmlShape says which elements of a document are its records.
type xmlShape struct {
	root   string
	path   []string
	others []string
}

// A pathCount counts the elements of one path.
type pathCount struct {
	path     []string
	count    int64
	children bool
	listed   bool // its parent stands once in the document
}

// maxPaths is how many different paths a document may have.
const maxPaths = 20_000

// findElements reads a document through and finds the elements that repeat.
func findElements(ctx context.Context, s stream, want string) (xmlShape, error) {
	var shape xmlShape
	r, err := s.open()
	if err != nil {
		return shape, err
	}
	defer r.Close()
	x := newXMLReader(r)
	p := pathCounter{counts: make(map[string]*pathCount)}
	for n := 0; ; n++ {
		if n%1024 == 0 && ctx.Err() != nil {
			return shape, ctx.Err()
		}
		x.fresh()
		t, err := x.token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return shape, err
		}
		switch t := t.(type) {
		case xml.StartElement:
			p.start(t)
		case xml.EndElement:
			p.path = p.path[:len(p.path)-1]
		}
	}
	if len(p.order) == 0 {
		return shape, catalog.Errorf(catalog.Invalid, "The XML document is empty").Italian("Il documento XML è vuoto")
	}
	shape.root = p.order[0].path[0]
	return shape, shape.choose(p.order, want)
}

// A pathCounter counts the elements of a document by their paths.
type pathCounter struct {
	path   []string
	counts map[string]*pathCount
	order  []*pathCount
}

func (p *pathCounter) start(e xml.StartElement) {
	if up := p.counts[strings.Join(p.path, "/")]; up != nil {
		up.children = true
	}
	p.path = append(p.path, e.Name.Local)
	key := strings.Join(p.path, "/")
	c := p.counts[key]
	if c == nil {
		if len(p.order) >= maxPaths {
			return
		}
		c = &pathCount{path: slices.Clone(p.path)}
		p.counts[key], p.order = c, append(p.order, c)
	}
	c.count++
	c.children = c.children || len(e.Attr) > 0 && len(p.path) > 1
}

// choose takes the longest list: elements that repeat within a parent that
// does not, those with something in them before bare texts.
func (s *xmlShape) choose(order []*pathCount, want string) error {
	var best, named *pathCount
	once := make(map[string]bool)
	for _, c := range order {
		name := strings.Join(c.path, "/")
		once[name] = c.count == 1
		if name == want {
			named = c
		}
		if c.count < 2 {
			continue
		}
		if c.children {
			s.others = append(s.others, name)
		}
		c.listed = once[strings.Join(c.path[:len(c.path)-1], "/")]
		if best == nil || c.better(best) {
			best = c
		}
	}
	switch {
	case named != nil:
		best = named
	case want != "":
		return noSheet(want, s.others)
	case best == nil:
		best = order[0]
	}
	s.path = best.path
	s.others = slices.DeleteFunc(s.others, func(n string) bool { return n == strings.Join(best.path, "/") })
	return nil
}

func (c *pathCount) better(o *pathCount) bool {
	switch {
	case c.children != o.children:
		return c.children
	case c.listed != o.listed:
		return c.listed
	case !c.listed && len(c.path) != len(o.path):
		return len(c.path) < len(o.path)
	}
	return c.count > o.count
}

// An xmlSource yields elements as records. Elements that repeat within one
// become one cell, a list as JSON.
type xmlSource struct {
	s       stream
	path    []string
	multi   map[string]bool // fields whose elements repeat within a record
	settled bool            // multi is known
}

func (s *xmlSource) walk(ctx context.Context, f *fields, done func() error) error {
	wanted := func(path []string) bool { return slices.Equal(path, s.path) }
	return eachElementAt(ctx, s.s, wanted, func(n *node, _ []string, line int) error {
		f.line = int64(line)
		if len(n.children) == 0 && n.value() != "" {
			f.set(n.name, n.value(), false)
		}
		s.flatten(f, "", n)
		return done()
	})
}

func (s *xmlSource) flatten(f *fields, prefix string, n *node) {
	for _, a := range n.attrs {
		if a.Name.Space != "xmlns" && a.Name.Local != "xmlns" && a.Name.Local != "schemaLocation" {
			f.set(prefix+a.Name.Local, strings.TrimSpace(a.Value), false)
		}
	}
	same := make(map[string][]int, len(n.children))
	for i, c := range n.children {
		same[c.name] = append(same[c.name], i)
	}
	for i, c := range n.children {
		name := prefix + c.name
		if len(same[c.name]) > 1 && !s.settled {
			s.multi[name] = true
		}
		if !s.multi[name] {
			s.child(f, name, c)
		} else if same[c.name][0] == i {
			f.set(name, listText(n.children, same[c.name]), false)
		}
	}
}

// child sets the fields of an element that stands once in its record.
func (s *xmlSource) child(f *fields, name string, c *node) {
	if len(c.children) == 0 {
		f.set(name, c.value(), false)
	}
	s.flatten(f, name+".", c)
}

func listText(all []*node, same []int) string {
	list := make([]any, len(same))
	for i, at := range same {
		list[i] = all[at].json()
	}
	return jsonText(list)
}

// column returns the field in which a field ends up, once it is known which repeat.
func (s *xmlSource) column(name string) string {
	for i := range len(name) {
		if name[i] == '.' && s.multi[name[:i]] {
			return name[:i]
		}
	}
	return name
}
