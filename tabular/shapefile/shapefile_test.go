package shapefile

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
)

// shpOf is a .shp file of one record.
func shpOf(content []byte) []byte {
	b := make([]byte, 100)
	binary.BigEndian.PutUint32(b, 9994)
	b = binary.BigEndian.AppendUint32(b, 1)
	b = binary.BigEndian.AppendUint32(b, uint32(len(content)/2))
	return append(b, content...)
}

func polygonOf(rings ...[]orb.Point) []byte {
	le := binary.LittleEndian
	b := le.AppendUint32(nil, 5)
	b = append(b, make([]byte, 32)...)
	total := 0
	for _, r := range rings {
		total += len(r)
	}
	b = le.AppendUint32(le.AppendUint32(b, uint32(len(rings))), uint32(total))
	at := 0
	for _, r := range rings {
		b = le.AppendUint32(b, uint32(at))
		at += len(r)
	}
	for _, r := range rings {
		for _, p := range r {
			b = le.AppendUint64(le.AppendUint64(b, math.Float64bits(p[0])), math.Float64bits(p[1]))
		}
	}
	return b
}

func square(x, y, size float64, clockwise bool) []orb.Point {
	r := []orb.Point{{x, y}, {x, y + size}, {x + size, y + size}, {x + size, y}, {x, y}}
	if !clockwise {
		r[1], r[3] = r[3], r[1]
	}
	return r
}

func TestHolesFindTheirPolygon(t *testing.T) {
	s, err := NewShapes(bytes.NewReader(shpOf(polygonOf(square(0, 0, 10, true), square(20, 0, 10, true), square(2, 2, 1, false)))))
	if err != nil {
		t.Fatal(err)
	}
	got, err := s.Next()
	if err != nil {
		t.Fatal(err)
	}
	want := orb.MultiPolygon{
		{square(0, 0, 10, false), square(2, 2, 1, true)},
		{square(20, 0, 10, false)},
	}
	if diff := cmp.Diff(orb.Geometry(want), got); diff != "" {
		t.Error(diff)
	}
	if _, err := s.Next(); !errors.Is(err, io.EOF) {
		t.Error(err)
	}
}

func TestCountsAreNotBelieved(t *testing.T) {
	broken := polygonOf(square(0, 0, 1, true))
	binary.LittleEndian.PutUint32(broken[40:], math.MaxUint32)
	for name, b := range map[string][]byte{"points": broken, "parts": polygonOf()[:40], "kind": {99, 0, 0, 0}} {
		s, err := NewShapes(bytes.NewReader(shpOf(b)))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Next(); !errors.Is(err, ErrFormat) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzShapes(f *testing.F) {
	f.Add(shpOf(polygonOf(square(0, 0, 10, true), square(2, 2, 1, false))))
	f.Add(shpOf([]byte{1, 0, 0, 0}))
	f.Fuzz(func(_ *testing.T, b []byte) {
		s, err := NewShapes(bytes.NewReader(b))
		for err == nil {
			_, err = s.Next()
		}
	})
}

func FuzzRows(f *testing.F) {
	f.Add([]byte("\x03AAA\x01\x00\x00\x00A\x00\x03\x00AAAAAAAAAAAAAAAAAAAANAME\x00\x00\x00\x00\x00\x00\x00C\x00\x00\x00\x00\x02\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\r ab"))
	f.Fuzz(func(_ *testing.T, b []byte) {
		d, err := NewRows(bytes.NewReader(b))
		for err == nil {
			var cells [][]byte
			if cells, _, err = d.Next(); err == nil {
				for i, c := range cells {
					d.Fields[i].Value(string(c))
				}
			}
		}
	})
}
