// Package shapefile reads the three files of an ESRI shapefile: shapes (.shp)
// and fields (.dbf), one after the other. It knows no archive and no reference
// system, and believes no count that the bytes do not bear out.
package shapefile

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"
)

// maxRecord is how many bytes one shape may take.
const maxRecord = 64 << 20

// ErrFormat is why a file is no shapefile, or a broken one.
var ErrFormat = errors.New("not a shapefile")

// Shapes reads the shapes of a .shp file.
type Shapes struct {
	r   *bufio.Reader
	buf []byte
}

// NewShapes reads the header of a .shp file.
func NewShapes(r io.Reader) (*Shapes, error) {
	s := &Shapes{r: bufio.NewReaderSize(r, 64<<10)}
	var head [100]byte
	if _, err := io.ReadFull(s.r, head[:]); err != nil {
		return nil, fmt.Errorf("%w: header: %w", ErrFormat, err)
	}
	if binary.BigEndian.Uint32(head[:]) != 9994 {
		return nil, fmt.Errorf("%w: file code", ErrFormat)
	}
	return s, nil
}

// Next returns the next shape, nil where the record is empty, and io.EOF
// after the last. Heights and measures are dropped.
func (s *Shapes) Next() (orb.Geometry, error) {
	var head [8]byte
	if _, err := io.ReadFull(s.r, head[:]); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, io.EOF
		}
		return nil, fmt.Errorf("%w: record: %w", ErrFormat, err)
	}
	size := 2 * int64(binary.BigEndian.Uint32(head[4:]))
	if size < 4 || size > maxRecord {
		return nil, fmt.Errorf("%w: record of %d bytes", ErrFormat, size)
	}
	// The buffer grows with what is read, not with what is promised.
	s.buf = s.buf[:0]
	for int64(len(s.buf)) < size {
		n := min(size-int64(len(s.buf)), 1<<20)
		from := len(s.buf)
		s.buf = append(s.buf, make([]byte, n)...)
		if _, err := io.ReadFull(s.r, s.buf[from:]); err != nil {
			return nil, fmt.Errorf("%w: record: %w", ErrFormat, err)
		}
	}
	return parseShape(s.buf)
}

func parseShape(b []byte) (orb.Geometry, error) {
	switch kind := binary.LittleEndian.Uint32(b); kind {
	case 0:
		return nil, nil //nolint:nilnil // the null shape of the format
	case 1, 11, 21:
		if len(b) < 20 {
			return nil, fmt.Errorf("%w: point", ErrFormat)
		}
		return pointAt(b[4:]), nil
	case 8, 18, 28:
		return multiPoint(b)
	case 3, 13, 23:
		return fromParts(b, lines)
	case 5, 15, 25:
		return fromParts(b, polygons)
	default:
		return nil, fmt.Errorf("%w: shape type %d", ErrFormat, kind)
	}
}

func multiPoint(b []byte) (orb.Geometry, error) {
	if len(b) < 40 {
		return nil, fmt.Errorf("%w: points", ErrFormat)
	}
	points, err := pointsAt(b[40:], binary.LittleEndian.Uint32(b[36:]))
	if err != nil || len(points) == 0 {
		return nil, err
	}
	return orb.MultiPoint(points), nil
}

// fromParts makes a geometry of the parts of a line or polygon.
func fromParts(b []byte, join func([][]orb.Point) orb.Geometry) (orb.Geometry, error) {
	parts, err := partsOf(b)
	if err != nil || len(parts) == 0 {
		return nil, err
	}
	return join(parts), nil
}

func pointAt(b []byte) orb.Point {
	return orb.Point{
		math.Float64frombits(binary.LittleEndian.Uint64(b)),
		math.Float64frombits(binary.LittleEndian.Uint64(b[8:])),
	}
}

func pointsAt(b []byte, n uint32) ([]orb.Point, error) {
	if int64(n) > int64(len(b)/16) {
		return nil, fmt.Errorf("%w: %d points in %d bytes", ErrFormat, n, len(b))
	}
	points := make([]orb.Point, n)
	for i := range points {
		points[i] = pointAt(b[16*i:])
	}
	return points, nil
}

// partsOf returns the parts of a line or polygon.
func partsOf(b []byte) ([][]orb.Point, error) {
	if len(b) < 44 {
		return nil, fmt.Errorf("%w: parts", ErrFormat)
	}
	n, total := binary.LittleEndian.Uint32(b[36:]), binary.LittleEndian.Uint32(b[40:])
	if int64(n) > int64(len(b)-44)/4 {
		return nil, fmt.Errorf("%w: %d parts in %d bytes", ErrFormat, n, len(b))
	}
	points, err := pointsAt(b[44+4*n:], total)
	if err != nil {
		return nil, err
	}
	parts := make([][]orb.Point, 0, n)
	for i := range n {
		from, to := binary.LittleEndian.Uint32(b[44+4*i:]), total
		if i+1 < n {
			to = binary.LittleEndian.Uint32(b[48+4*i:])
		}
		if from > to || to > total {
			return nil, fmt.Errorf("%w: part %d", ErrFormat, i)
		}
		if from < to {
			parts = append(parts, points[from:to:to])
		}
	}
	return parts, nil
}

func lines(parts [][]orb.Point) orb.Geometry {
	if len(parts) == 1 {
		return orb.LineString(parts[0])
	}
	all := make(orb.MultiLineString, len(parts))
	for i, p := range parts {
		all[i] = p
	}
	return all
}

// maxHoles is how many holes are looked for their polygon; more are taken to
// lie in the one before them.
const maxHoles = 2000

// polygons puts rings together: those that run clockwise are outer, the others
// are holes in one of them. GeoJSON wants them the other way round.
func polygons(parts [][]orb.Point) orb.Geometry {
	var all orb.MultiPolygon
	var holes []orb.Ring
	for _, p := range parts {
		r := orb.Ring(p)
		if r.Orientation() == orb.CCW && len(parts) > 1 {
			holes = append(holes, r)
			continue
		}
		if r.Orientation() == orb.CW {
			r.Reverse()
		}
		all = append(all, orb.Polygon{r})
	}
	for i, h := range holes {
		at := len(all) - 1
		if i < maxHoles && len(all) < maxHoles {
			for j := range all {
				if planar.RingContains(all[j][0], h[0]) {
					at = j
					break
				}
			}
		}
		if at < 0 { // a hole in nothing is drawn the wrong way round
			all = append(all, orb.Polygon{h})
			continue
		}
		h.Reverse()
		all[at] = append(all[at], h)
	}
	if len(all) == 1 {
		return all[0]
	}
	return all
}
