package outline

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/paulmach/orb"
)

// maxUnpacked is how many bytes a kept file may unpack to.
const maxUnpacked = 256 << 20

// errKept is why a kept file cannot be read.
var errKept = errors.New("not a file of outlines")

// The form in which outlines are kept: JSON, packed by gzip, in which a ring is
// its first point on the grid and then the way from each to the next.
type (
	keptSet struct {
		Version int        `json:"v"`
		Level   Level      `json:"level"`
		Areas   []keptArea `json:"areas"`
	}
	keptArea struct {
		Code   string      `json:"c"`
		Name   string      `json:"n"`
		Sigla  string      `json:"s,omitempty"`
		Region string      `json:"r,omitempty"`
		Shape  [][][]int32 `json:"p"`
	}
)

// encode returns s as it is kept.
func encode(s *Set) ([]byte, error) {
	out := keptSet{Version: 1, Level: s.Level}
	for _, a := range s.Areas {
		k := keptArea{Code: a.Code, Name: a.Name, Sigla: a.Sigla, Region: a.Region}
		for _, p := range a.Shape {
			var poly [][]int32
			for _, r := range p {
				poly = append(poly, steps(r))
			}
			k.Shape = append(k.Shape, poly)
		}
		out.Areas = append(out.Areas, k)
	}
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, fmt.Errorf("pack outlines: %w", err)
	}
	if err := errors.Join(json.NewEncoder(z).Encode(out), z.Close()); err != nil {
		return nil, fmt.Errorf("pack outlines: %w", err)
	}
	return b.Bytes(), nil
}

func steps(r orb.Ring) []int32 {
	out := make([]int32, 0, 2*len(r))
	var x, y int32
	for i, p := range r {
		if i == len(r)-1 && p == r[0] {
			break // the ring is known to close
		}
		px, py := int32(math.Round(p[0]*gridPerDegree)), int32(math.Round(p[1]*gridPerDegree))
		out = append(out, px-x, py-y)
		x, y = px, py
	}
	return out
}

// decode reads what encode has made. It believes nothing that would be drawn
// outside of the Earth.
func decode(r io.Reader) (*Set, error) {
	z, err := gzip.NewReader(r)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errKept, err)
	}
	var in keptSet
	if err := json.NewDecoder(io.LimitReader(z, maxUnpacked)).Decode(&in); err != nil {
		return nil, fmt.Errorf("%w: %w", errKept, err)
	}
	if in.Version != 1 || in.Level.digits() == 0 {
		return nil, fmt.Errorf("%w: version %d, level %q", errKept, in.Version, in.Level)
	}
	var areas []*Area
	for _, k := range in.Areas {
		a := &Area{Code: k.Code, Name: k.Name, Sigla: k.Sigla, Region: k.Region}
		for _, poly := range k.Shape {
			var p orb.Polygon
			for _, s := range poly {
				ring, err := unstep(s)
				if err != nil {
					return nil, err
				}
				p = append(p, ring)
			}
			if len(p) > 0 {
				a.Shape = append(a.Shape, p)
			}
		}
		if len(a.Shape) == 0 {
			return nil, fmt.Errorf("%w: %s has no outline", errKept, k.Code)
		}
		a.Box = a.Shape.Bound()
		areas = append(areas, a)
	}
	return NewSet(in.Level, areas), nil
}

func unstep(s []int32) (orb.Ring, error) {
	if len(s)%2 != 0 || len(s) < 6 {
		return nil, fmt.Errorf("%w: a ring of %d numbers", errKept, len(s))
	}
	ring := make(orb.Ring, 0, len(s)/2+1)
	var x, y int64
	for i := 0; i < len(s); i += 2 {
		x, y = x+int64(s[i]), y+int64(s[i+1])
		if max(x, -x) > 180*gridPerDegree || max(y, -y) > 90*gridPerDegree {
			return nil, fmt.Errorf("%w: a point outside of the Earth", errKept)
		}
		ring = append(ring, orb.Point{float64(x) / gridPerDegree, float64(y) / gridPerDegree})
	}
	return append(ring, ring[0]), nil
}
