package rdf

import (
	"encoding/xml"
	"slices"
	"sort"
)

// markup reads what is in e as an XML literal, in the form of exclusive
// canonicalization: every namespace is declared where it is first used.
func (p *xmlReader) markup(e *element) (string, error) {
	var out []byte
	var open []xml.Name
	var declared []binding // what the output declares, as a stack
	var marks []int
	bound := len(p.bindings)
	for {
		t, err := p.next()
		if err != nil {
			return "", err
		}
		switch t := t.(type) {
		case xml.StartElement:
			if err := p.deep(len(open) + 1); err != nil {
				return "", err
			}
			open, marks = append(open, t.Name), append(marks, len(declared), len(p.bindings))
			p.bind(t.Attr)
			out = append(out, '<')
			out = appendName(out, t.Name)
			out, declared = p.appendNamespaces(out, t, declared)
			out = appendAttrs(out, t.Attr)
			out = append(out, '>')
		case xml.EndElement:
			if len(open) == 0 {
				p.bindings = p.bindings[:bound]
				return string(out), p.close(e, t)
			}
			last := len(open) - 1
			if open[last] != t.Name {
				return "", p.fail(tag(open[last]) + " is closed by </" + tag(t.Name)[1:])
			}
			declared, p.bindings = declared[:marks[2*last]], p.bindings[:marks[2*last+1]]
			open, marks = open[:last], marks[:2*last]
			clear(p.names)
			out = append(out, "</"...)
			out = appendName(out, t.Name)
			out = append(out, '>')
		case xml.CharData:
			out = appendXMLText(out, string(t), false)
		}
	}
}

func appendName(b []byte, n xml.Name) []byte {
	if n.Space != "" {
		b = append(b, n.Space...)
		b = append(b, ':')
	}
	return append(b, n.Local...)
}

// appendNamespaces declares the namespaces that t uses and the output does not
// declare yet, and returns declared with them.
func (p *xmlReader) appendNamespaces(b []byte, t xml.StartElement, declared []binding) ([]byte, []binding) {
	used := []string{t.Name.Space}
	for _, a := range t.Attr {
		if s := a.Name.Space; s != "" && s != "xmlns" && s != "xml" {
			used = append(used, s)
		}
	}
	sort.Strings(used)
	for _, prefix := range used {
		ns := lookup(p.bindings, prefix)
		if prefix == "xml" || ns == lookup(declared, prefix) {
			continue
		}
		declared = append(declared, binding{prefix, ns})
		b = append(b, " xmlns"...)
		if prefix != "" {
			b = append(b, ':')
			b = append(b, prefix...)
		}
		b = append(b, `="`...)
		b = appendXMLText(b, ns, true)
		b = append(b, '"')
	}
	return b, declared
}

func lookup(bindings []binding, prefix string) string {
	for _, b := range slices.Backward(bindings) {
		if b.prefix == prefix {
			return b.namespace
		}
	}
	return ""
}

func appendAttrs(b []byte, attrs []xml.Attr) []byte {
	kept := make([]xml.Attr, 0, len(attrs))
	for _, a := range attrs {
		if a.Name.Space != "xmlns" && (a.Name.Space != "" || a.Name.Local != "xmlns") {
			kept = append(kept, a)
		}
	}
	sort.SliceStable(kept, func(i, j int) bool {
		if kept[i].Name.Space != kept[j].Name.Space {
			return kept[i].Name.Space < kept[j].Name.Space
		}
		return kept[i].Name.Local < kept[j].Name.Local
	})
	for _, a := range kept {
		b = append(b, ' ')
		b = appendName(b, a.Name)
		b = append(b, `="`...)
		b = appendXMLText(b, a.Value, true)
		b = append(b, '"')
	}
	return b
}
