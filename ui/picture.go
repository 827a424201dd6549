package ui

import (
	"fmt"
	"math"
	"strconv"

	"github.com/paulmach/orb"

	"portico/outline"
)

// A picture is a map as it is drawn on the server: shapes in whole units of a
// box, so that pages are small and neighbours meet.
type picture struct {
	Width, Height int
	Shapes        []pictureShape
	Dots          []pictureDot
}

// A pictureShape is an area, a line or a box. With a URL it is a link, whose
// Label says to where.
type pictureShape struct {
	Path  string
	Class string // of quantileClasses, or one of the others of this file
	Label string
	URL   string
	Code  string // of a municipality
}

type pictureDot struct{ X, Y int }

// The classes of what is on a picture.
const (
	classGround = "p-area-ground" // areas that are there for orientation
	classOwn    = "p-area-own"    // what the picture is about
	classBox    = "p-area-box"    // a box around places
	classLine   = "p-area-line"
)

// pictureSide is the longer side of a picture, in its own units; a picture is
// never narrower than leastSide.
const (
	pictureSide = 1000
	leastSide   = 300
)

// A frameOfMap brings degrees to the units of a picture.
type frameOfMap struct {
	box           orb.Bound
	stretch       float64 // a degree of longitude in degrees of latitude
	scale         float64
	width, height int
	left, top     float64
}

// around returns the frame for a box, with some room at its edges. A box
// without extent gets one.
func around(box orb.Bound, room float64) frameOfMap {
	const least = 0.01 // degrees, about a kilometre
	wide, high := max(box.Max[0]-box.Min[0], least), max(box.Max[1]-box.Min[1], least)
	c := box.Center()
	wide, high = wide*(1+2*room), high*(1+2*room)
	f := frameOfMap{stretch: math.Cos(c[1] * math.Pi / 180)}
	f.box = orb.Bound{Min: orb.Point{c[0] - wide/2, c[1] - high/2}, Max: orb.Point{c[0] + wide/2, c[1] + high/2}}
	f.scale = pictureSide / max(wide*f.stretch, high)
	f.width, f.height = int(math.Ceil(wide*f.stretch*f.scale)), int(math.Ceil(high*f.scale))
	if f.width < leastSide {
		f.left, f.width = float64(leastSide-f.width)/2, leastSide
	}
	if f.height < leastSide {
		f.top, f.height = float64(leastSide-f.height)/2, leastSide
	}
	return f
}

// at returns where a point is drawn. Points far outside stay in reach, so that
// no number is absurd.
func (f *frameOfMap) at(p orb.Point) (x, y int) {
	const far = 20 * pictureSide
	fx := f.left + (p[0]-f.box.Min[0])*f.stretch*f.scale
	fy := f.top + (f.box.Max[1]-p[1])*f.scale
	return int(math.Round(min(max(fx, -far), far))), int(math.Round(min(max(fy, -far), far)))
}

// path draws rings.
func (f *frameOfMap) path(shape orb.MultiPolygon) string {
	var b []byte
	for _, p := range shape {
		for _, r := range p {
			b = f.appendLine(b, r, true)
		}
	}
	return string(b)
}

// appendLine draws a line; a ring that is smaller than a unit is not drawn.
func (f *frameOfMap) appendLine(b []byte, line []orb.Point, closed bool) []byte {
	start, n := len(b), 0
	var x, y int
	for i, p := range line {
		px, py := f.at(p)
		switch {
		case i == 0:
			b = fmt.Appendf(b, "M%d %d", px, py)
		case px == x && py == y:
			continue
		default:
			if n == 0 {
				b = append(b, 'l')
			} else if px >= x {
				b = append(b, ' ')
			}
			b = strconv.AppendInt(b, int64(px-x), 10)
			if py >= y {
				b = append(b, ' ')
			}
			b = strconv.AppendInt(b, int64(py-y), 10)
			n++
		}
		x, y = px, py
	}
	if closed && n < 2 {
		return b[:start]
	}
	if closed {
		b = append(b, 'z')
	}
	return b
}

// boxPath draws a box.
func (f *frameOfMap) boxPath(b orb.Bound) string {
	x, y := f.at(orb.Point{b.Min[0], b.Max[1]})
	right, bottom := f.at(orb.Point{b.Max[0], b.Min[1]})
	return fmt.Sprintf("M%d %dH%dV%dH%dz", x, y, max(right, x+1), max(bottom, y+1), x)
}

// picture returns an empty picture of f.
func (f *frameOfMap) picture() *picture { return &picture{Width: f.width, Height: f.height} }

// ground draws areas for orientation, but for those that are drawn anyway.
func (p *picture) ground(f *frameOfMap, areas []*outline.Area, but map[string]bool) {
	for _, a := range areas {
		if d := f.path(a.Shape); d != "" && !but[a.Code] {
			p.Shapes = append(p.Shapes, pictureShape{Path: d, Class: classGround, Label: a.Name})
		}
	}
}
