package tabular

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"portico/catalog"
)

// A jsonShape says where in a JSON text its records are.
type jsonShape struct {
	path     []string // of the array, from the root
	kind     byte     // what its elements are: '{', '[' or 'v'
	count    int64
	sequence bool // values one after the other, without an array
	lines    bool // each of them on a line of its own
	single   bool // the root is one record
	geo      bool
	root     byte
	feature  string // "type" of the root
	crs      []byte
	others   []string // other arrays of objects
}

// maxArrayDepth is how deep arrays of records are looked for.
const maxArrayDepth = 4

// findShape reads a JSON text through.
func findShape(r io.Reader, want string) (jsonShape, error) {
	j := newJSONScanner(r)
	var p shapeFinder
	root, err := j.peek()
	if err != nil {
		return p.shape, j.broken(err)
	}
	p.shape.root = root
	switch root {
	case '[':
		err = p.array(j, nil)
	case '{':
		err = p.object(j, nil)
	default:
		return p.shape, j.broken(nil)
	}
	if err != nil {
		return p.shape, err
	}
	firstEnds := j.line
	next, err := j.peek()
	if err == nil && root == '{' && next == '{' {
		return jsonShape{sequence: true, lines: firstEnds == 1, kind: '{', geo: p.shape.feature == "Feature"}, nil
	}
	if err == nil || !errors.Is(err, io.EOF) {
		return p.shape, j.broken(err)
	}
	return p.choose(want)
}

// A shapeFinder gathers the arrays of a document.
type shapeFinder struct {
	shape  jsonShape
	arrays []jsonShape
	failed bool // "success": false, the answer of an API that has no data
}

func (p *shapeFinder) array(j *jsonScanner, path []string) error {
	s := jsonShape{path: slices.Clone(path)}
	err := j.elements(func() error {
		b, err := j.peek()
		if err != nil {
			return j.broken(err)
		}
		k := byte('v')
		if b == '{' || b == '[' {
			k = b
		}
		if s.count++; s.kind == 0 || k == '{' {
			s.kind = k
		}
		_, err = j.value(false)
		return err
	})
	if s.count > 0 || len(path) == 0 {
		p.arrays = append(p.arrays, s)
	}
	return err
}

func (p *shapeFinder) object(j *jsonScanner, path []string) error {
	return j.members(func(key string) error {
		b, err := j.peek()
		if err != nil {
			return j.broken(err)
		}
		switch {
		case len(path) == 0 && (key == "type" || key == "crs" || key == "success"):
			raw, err := j.value(true)
			if err != nil {
				return err
			}
			p.rootMember(key, raw)
			return nil
		case b == '[' && len(p.arrays) < 1000:
			return p.array(j, append(path, key))
		case b == '{' && len(path) < maxArrayDepth:
			return p.object(j, append(path, key))
		}
		_, err = j.value(false)
		return err
	})
}

func (p *shapeFinder) rootMember(key string, raw []byte) {
	switch key {
	case "type":
		p.shape.feature = jsonString(raw)
	case "crs":
		p.shape.crs = bytes.Clone(raw[:min(len(raw), 4<<10)])
	case "success":
		p.failed = string(raw) == "false"
	}
}

// choose takes the array that is asked for, or the longest of objects.
func (p *shapeFinder) choose(want string) (jsonShape, error) {
	if p.failed {
		return p.shape, catalog.Errorf(catalog.Invalid, "This is the answer of an API that failed (\"success\": false), not data").
			Italian("È la risposta di un'API che segnala un errore (\"success\": false), non dati")
	}
	s := p.shape
	if slices.Contains(singleFeatures, s.feature) {
		s.single, s.geo, s.count = true, true, 1
		return s, nil
	}
	best := p.best(want)
	if best == nil && want != "" {
		return s, noSheet(want, p.names())
	}
	if best == nil || best.kind != '{' && want == "" && s.root == '{' {
		s.single, s.count = true, 1
		return s, nil
	}
	s.path, s.kind, s.count = best.path, best.kind, best.count
	s.geo = s.feature == "FeatureCollection" && len(s.path) == 1 && s.path[0] == "features"
	s.others = slices.DeleteFunc(p.names(), func(n string) bool { return n == strings.Join(s.path, ".") })
	return s, nil
}

// singleFeatures are what the root of GeoJSON may be beside a collection.
var singleFeatures = []string{"Feature", "Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon", "GeometryCollection"}

// best returns the array of that name, or without one the best of all.
func (p *shapeFinder) best(want string) (best *jsonShape) {
	for i := range p.arrays {
		a := &p.arrays[i]
		switch {
		case want != "" && strings.Join(a.path, ".") == want:
			return a
		case want == "" && (best == nil || a.better(best)):
			best = a
		}
	}
	return best
}

// better prefers arrays of objects, then the longer, then the one before.
func (s *jsonShape) better(o *jsonShape) bool {
	if (s.kind == '{') != (o.kind == '{') {
		return s.kind == '{'
	}
	return s.count > o.count
}

// names lists the arrays of objects.
func (p *shapeFinder) names() []string {
	var all []string
	for _, a := range p.arrays {
		if a.kind == '{' && len(a.path) > 0 {
			all = append(all, strings.Join(a.path, "."))
		}
	}
	return all
}

func (s *jsonShape) notes() []string {
	var notes []string
	if len(s.path) > 0 && !s.geo {
		notes = append(notes, fmt.Sprintf("Letto l'elenco %q del documento JSON / list read: %q", strings.Join(s.path, "."), strings.Join(s.path, ".")))
	}
	if len(s.others) > 0 {
		notes = append(notes, "Altri elenchi nel documento / other lists: "+firstNames(s.others))
	}
	return notes
}

// to leads a scanner to the array of the records, and calls f before each.
func (s *jsonShape) to(j *jsonScanner, path []string, f func() error) error {
	if len(path) == 0 {
		return j.elements(f)
	}
	found := false
	return j.members(func(key string) error {
		b, err := j.peek()
		if err != nil {
			return j.broken(err)
		}
		if key == path[0] && !found && (b == '[' && len(path) == 1 || b == '{' && len(path) > 1) {
			found = true
			return s.to(j, path[1:], f)
		}
		_, err = j.value(false)
		return err
	})
}
