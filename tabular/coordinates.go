package tabular

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/paulmach/orb"

	"portico/tabular/geo"
)

// What columns of coordinates are called, the likelier first.
var (
	eastNames  = []string{"longitudine", "longitude", "lon", "long", "lng", "coordx", "coord_x", "coordinata_x", "x_coord", "est", "east", "easting", "x"}
	northNames = []string{"latitudine", "latitude", "lat", "coordy", "coord_y", "coordinata_y", "y_coord", "nord", "north", "northing", "y"}
)

// coordinateColumns returns the columns in which a table holds the place of
// its rows, or false.
func coordinateColumns(t *Table) (east, north int, ok bool) {
	find := func(names []string) int {
		for _, n := range names {
			for i, c := range t.Columns {
				if c.Name == n || strings.Join(wordsOf(c.Header), "_") == n {
					return i
				}
			}
		}
		return -1
	}
	east, north = find(eastNames), find(northNames)
	return east, north, east >= 0 && north >= 0 && east != north
}

// locate finds out where the rows of a table lie, by its coordinates.
func locate(ctx context.Context, t *Table, o Options) error {
	if t.Geo != nil {
		return nil
	}
	east, north, ok := coordinateColumns(t)
	if !ok {
		return nil
	}
	points, err := placesOf(t, east, north)
	if err != nil || len(points) == 0 {
		return err
	}
	place := newPlacing(points, placeOptions{crs: geo.WGS84}, o)
	if place.crs == geo.Unknown || outOfPlane(points, place.crs) {
		return nil // an x and a y, but of no place
	}
	t.Geo = place.stat
	for row, err := range t.Rows {
		if err != nil {
			return err
		}
		place.noteRow(row[east], row[north])
	}
	notes := slices.Clone(t.Notes)
	place.conclude(t)
	t.Notes = append(notes, t.Geo.Problems...) // the columns themselves stay as they are
	return ctx.Err()
}

// placesOf returns the places of the first rows.
func placesOf(t *Table, east, north int) ([]orb.Point, error) {
	var points []orb.Point
	for row, err := range t.Rows {
		if err != nil {
			return nil, err
		}
		if p, ok := pointOf(row[east], row[north]); ok {
			points = append(points, p)
		}
		if len(points) == samplePoints {
			break
		}
	}
	return points, nil
}

// noteRow notes where a row lies.
func (q *placing) noteRow(x, y any) {
	p, ok := pointOf(x, y)
	if !ok {
		q.note(nil, nil, x == nil && y == nil)
		return
	}
	w, ok := q.toWGS84(p)
	q.note(p, w, ok)
}

func pointOf(x, y any) (p orb.Point, ok bool) {
	for i, v := range []any{x, y} {
		switch v := v.(type) {
		case float64:
			p[i] = v
		case int64:
			p[i] = float64(v)
		case string:
			f, err := strconv.ParseFloat(strings.Replace(trim(v), ",", ".", 1), 64)
			if err != nil {
				return p, false
			}
			p[i] = f
		default:
			return p, false
		}
	}
	return p, p[0] != 0 || p[1] != 0
}
