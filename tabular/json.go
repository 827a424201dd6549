package tabular

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"portico/tabular/geo"
)

// maxFlat is how many levels of objects become columns; what is deeper stays
// JSON in a cell.
const maxFlat = 6

// openJSON understands a JSON text, of objects or of features.
func openJSON(ctx context.Context, s stream, head []byte, o Options) (*Table, error) {
	e, err := detectEncoding(ctx, s, head)
	if err != nil {
		return nil, err
	}
	text := decoded(s, e)
	shape, err := shapeOf(text, o.Sheet)
	if err != nil {
		return nil, err
	}
	t := &Table{Format: "json", Encoding: e.name, Notes: append(append(s.notes, e.notes()...), shape.notes()...), Sheets: shape.others}
	if o.Sheet != "" {
		t.Sheet = o.Sheet
	}
	if shape.sequence {
		t.Format = "ndjson"
	}
	src := &jsonSource{s: text, raw: s, e: e, shape: shape}
	if shape.kind == '[' && !shape.single {
		return t, openRecords(ctx, t, &jsonRows{src}, o)
	}
	f := newFields()
	if shape.geo {
		t.Format = "geojson"
		return t, openFeatures(ctx, t, src, f, shape.place(), o)
	}
	if _, _, err := learn(ctx, src, f); err != nil {
		return nil, err
	}
	return t, openFields(ctx, t, src, f, o)
}

// shapeOf reads a text through to find its records.
func shapeOf(text stream, want string) (shape jsonShape, err error) {
	r, err := text.open()
	if err != nil {
		return shape, err
	}
	defer func() {
		if e := r.Close(); err == nil && e != nil {
			err = unpackError(e)
		}
	}()
	return findShape(r, want)
}

// place is what the text says of its coordinates: older GeoJSON names their
// system, newer has but one.
func (s *jsonShape) place() placeOptions {
	if len(s.crs) == 0 || string(s.crs) == "null" {
		return placeOptions{crs: geo.WGS84}
	}
	name := crsName(s.crs)
	return placeOptions{crs: geo.ByName(name), stated: true, told: name}
}

// crsName returns the name in the member "crs" of older GeoJSON.
func crsName(raw []byte) string {
	var c struct {
		Properties struct {
			Name json.RawMessage `json:"name"`
			Code json.RawMessage `json:"code"`
		} `json:"properties"`
	}
	if json.Unmarshal(raw, &c) != nil {
		return ""
	}
	if len(c.Properties.Name) == 0 {
		return "EPSG:" + string(bytes.Trim(c.Properties.Code, `"`))
	}
	return jsonString(c.Properties.Name)
}

// A jsonSource yields the records of a JSON text.
type jsonSource struct {
	s     stream // in UTF-8
	raw   stream // as it is stored
	e     encodingReport
	shape jsonShape
}

// values calls f with each record, as it stands in the text.
func (s *jsonSource) values(ctx context.Context, f func(raw []byte, line int64) error) error {
	if s.shape.lines {
		return s.lines(ctx, f)
	}
	r, err := s.s.open()
	if err != nil {
		return err
	}
	defer r.Close()
	j := newJSONScanner(r)
	n := 0
	one := func() error {
		if n++; n%256 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if _, err := j.peek(); err != nil {
			return j.broken(err)
		}
		line := j.line
		raw, err := j.value(true)
		if err != nil {
			return err
		}
		return f(raw, line)
	}
	switch {
	case s.shape.single:
		return one()
	case !s.shape.sequence:
		return s.shape.to(j, s.shape.path, one)
	}
	for {
		if _, err := j.peek(); errors.Is(err, io.EOF) {
			return nil
		}
		if err := one(); err != nil {
			return err
		}
	}
}

func (s *jsonSource) lines(ctx context.Context, f func(raw []byte, line int64) error) error {
	lines, err := openLines(s.raw, s.e)
	if err != nil {
		return err
	}
	defer lines.Close()
	for n := 0; ; n++ {
		if n%256 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		b, err := lines.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if b = bytes.TrimLeft(bytes.TrimSpace(b), "\x1e"); len(b) == 0 {
			continue
		}
		if !json.Valid(b) {
			b = nil
		}
		if err := f(b, lines.number); err != nil {
			return err
		}
	}
}

func (s *jsonSource) walk(ctx context.Context, f *fields, done func() error) error {
	return s.values(ctx, func(raw []byte, line int64) error {
		f.line = line
		switch {
		case len(raw) == 0:
			f.bad = "La riga non è un oggetto JSON valido / the line is not valid JSON"
		case s.shape.geo:
			setFeature(f, raw)
		case raw[0] == '{':
			flatten(f, "", raw, 0)
		case s.shape.kind == 'v':
			setJSON(f, "value", raw, 0)
		default:
			f.bad = fmt.Sprintf("Elemento che non è un oggetto: %s / not an object", raw[:min(len(raw), 60)])
		}
		return done()
	})
}

// flatten makes fields of the members of an object.
func flatten(f *fields, prefix string, raw []byte, depth int) {
	eachMember(raw, func(key string, value []byte) { setJSON(f, prefix+key, value, depth) })
}

// setJSON sets a field to a value. An object becomes a field for each of its
// members; an array, which may be of any length, stays as it is.
func setJSON(f *fields, name string, value []byte, depth int) {
	if len(value) == 0 {
		return
	}
	switch value[0] {
	case '{':
		if depth < maxFlat && len(value) > 2 {
			flatten(f, name+".", value, depth+1)
			return
		}
		f.set(name, compactJSON(value), false)
	case '[':
		if len(bytes.TrimSpace(value[1:len(value)-1])) == 0 {
			f.set(name, "", false)
			return
		}
		f.set(name, compactJSON(value), false)
	case '"':
		f.set(name, jsonString(value), false)
	case 'n':
		f.set(name, "", false)
	case 't', 'f':
		f.set(name, string(value), false)
	default:
		f.set(name, plainExponent(string(value)), true)
	}
}

func compactJSON(raw []byte) string {
	var b bytes.Buffer
	if json.Compact(&b, raw) != nil {
		return string(raw)
	}
	return b.String()
}

// jsonRows yields the arrays of an array as records.
type jsonRows struct{ src *jsonSource }

func (s *jsonRows) each(ctx context.Context, f func(*record) error) error {
	var r record
	var index int64
	err := s.src.values(ctx, func(raw []byte, line int64) error {
		r.cells, r.native = r.cells[:0], r.native[:0]
		one := newFields()
		eachElement(raw, func(value []byte) {
			if len(r.cells) <= maxCells {
				setJSON(one, "", value, maxFlat)
				r.cells, r.native = append(r.cells, one.cells[0]), append(r.native, one.native[0])
			}
		})
		r.line, r.index = line, index
		index++
		return f(&r)
	})
	if errors.Is(err, errStop) {
		return nil
	}
	return err
}

// plainExponent writes 1e3 as 1000: only JSON and programs write it so.
func plainExponent(s string) string {
	if !strings.ContainsAny(s, "eE") {
		return s
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || math.Abs(f) >= 1e18 || f != 0 && math.Abs(f) < 1e-15 {
		return s
	}
	return strconv.FormatFloat(f, 'f', -1, 64)
}
