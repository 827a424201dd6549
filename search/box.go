package search

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"portico/catalog"
	"portico/internal/extent"
)

// A Box is a part of the map, in degrees. One whose west is greater than its
// east lies across the meridian where the day begins.
type Box struct{ West, South, East, North float64 }

// ErrBox is the error of ParseBox.
var ErrBox = errors.New("a box is four numbers: west, south, east, north")

// ParseBox reads the four numbers of a box, with commas between them.
// Longitudes beyond 180 go on from the other side.
func ParseBox(s string) (Box, error) {
	parts := strings.Split(s, ",")
	if len(parts) != 4 {
		return Box{}, ErrBox
	}
	var n [4]float64
	for i, part := range parts {
		f, err := strconv.ParseFloat(strings.TrimSpace(part), 64)
		if err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
			return Box{}, ErrBox
		}
		n[i] = f
	}
	b := Box{n[0], n[1], n[2], n[3]}
	if b.South > b.North {
		return Box{}, ErrBox
	}
	if b.East-b.West >= 360 {
		b.West, b.East = -180, 180
	}
	b.West, b.East = wrapped(b.West), wrapped(b.East)
	return b, nil
}

// wrapped returns the same longitude from -180 to 180.
func wrapped(x float64) float64 {
	if x >= -180 && x <= 180 {
		return x
	}
	x = math.Mod(x+180, 360)
	if x < 0 {
		x += 360
	}
	return x - 180
}

// Meets returns the Node of the datasets whose own box, around all of their
// places, has something in common with b.
func (b Box) Meets() Node {
	if b.West > b.East {
		west, east := b, b
		west.East, east.West = 180, -180
		return Bool{Should: []Node{west.Meets(), east.Meets()}}
	}
	return Bool{Must: []Node{
		Range{Field: BoxWest, High: place(b.East)},
		Range{Field: BoxEast, Low: place(b.West)},
		Range{Field: BoxSouth, High: place(b.North)},
		Range{Field: BoxNorth, Low: place(b.South)},
	}}
}

// place writes degrees so that their texts stand in the same order.
func place(degrees float64) string {
	const most, fine = 180, 1e6
	return fmt.Sprintf("%09d", int64(math.Round((min(max(degrees, -most), most)+most)*fine)))
}

// boxOf adds the box around all places of d to values.
func boxOf(values map[Field][]string, d *catalog.Dataset) {
	var b extent.Box
	for i := range d.Spatial {
		if g := d.Spatial[i].Geometry; g != "" {
			b.Add(extent.Of(g))
		}
	}
	if b.Points > 0 {
		values[BoxWest], values[BoxEast] = []string{place(b.West)}, []string{place(b.East)}
		values[BoxSouth], values[BoxNorth] = []string{place(b.South)}, []string{place(b.North)}
	}
}
