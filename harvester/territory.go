package harvester

import (
	"portico/catalog"
	"portico/internal/extent"
)

// territory returns the part of the map that a dataset is said to be about,
// west, south, east and north, with a margin, or nil where nothing is said or
// only a point or a line.
func territory(d *catalog.Dataset) *[4]float64 {
	const margin, least = 0.005, 0.005 // degrees, some 500 m
	var b extent.Box
	for _, p := range d.Spatial {
		b.Add(extent.Of(p.Geometry))
	}
	if b.Points == 0 || b.East-b.West < least || b.North-b.South < least {
		return nil
	}
	return &[4]float64{b.West - margin, b.South - margin, b.East + margin, b.North + margin}
}
