package gtfs

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
)

// A position is a longitude and a latitude.
type position [2]float64

// writeFeatures writes a GeoJSON collection of what each yields.
func writeFeatures(to io.Writer, each func(put func(properties map[string]string, kind string, coordinates any) error) error) error {
	w := bufio.NewWriter(to)
	if _, err := w.WriteString(`{"type":"FeatureCollection","features":[`); err != nil {
		return err
	}
	first := true
	err := each(func(properties map[string]string, kind string, coordinates any) error {
		b, err := json.Marshal(map[string]any{
			"type": "Feature", "properties": properties, "geometry": map[string]any{"type": kind, "coordinates": coordinates},
		})
		if err != nil {
			return err
		}
		if !first {
			b = append([]byte(",\n"), b...)
		}
		first = false
		_, err = w.Write(b)
		return err
	})
	if err != nil {
		return err
	}
	if _, err := w.WriteString("]}\n"); err != nil {
		return err
	}
	return w.Flush()
}

// writeStops writes the stops that have a place as points.
func (f *feed) writeStops(to io.Writer) error {
	lat, lon := f.stops.column("stop_lat"), f.stops.column("stop_lon")
	return writeFeatures(to, func(put func(map[string]string, string, any) error) error {
		for _, row := range f.stops.rows {
			x, y, ok := point(cell(row, lon), cell(row, lat))
			if !ok {
				continue
			}
			if err := put(f.stops.properties(row, "stop_lat", "stop_lon"), "Point", position{x, y}); err != nil {
				return err
			}
		}
		return nil
	})
}

func (t *table) properties(row []string, without ...string) map[string]string {
	out := make(map[string]string)
	for i, h := range t.head {
		if v := cell(row, i); v != "" && !slices.Contains(without, h) {
			out[h] = v
		}
	}
	return out
}

// A trip is one of a route that stands for all that go the same way.
type trip struct {
	route, direction, shape string
	stops                   int
}

// writeLines writes each route, once for each direction, as a line: the shape
// of its longest trip, or from stop to stop where the feed has no shapes.
func (f *feed) writeLines(to io.Writer) error {
	chosen, err := f.longest()
	if err != nil {
		return err
	}
	lines, err := f.drawn(chosen)
	if err != nil {
		return err
	}
	ids := make([]string, 0, len(chosen))
	for id := range chosen {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b string) int {
		return cmp.Or(cmp.Compare(chosen[a].route, chosen[b].route), cmp.Compare(chosen[a].direction, chosen[b].direction))
	})
	routes := make(map[string][]string)
	at := f.routes.column("route_id")
	for _, row := range f.routes.rows {
		routes[cell(row, at)] = row
	}
	return writeFeatures(to, func(put func(map[string]string, string, any) error) error {
		for _, id := range ids {
			t := chosen[id]
			if len(lines[id]) < 2 {
				continue
			}
			properties := f.routes.properties(routes[t.route])
			properties["route_id"] = t.route
			if t.direction != "" {
				properties["direction_id"] = t.direction
			}
			if err := put(properties, "LineString", lines[id]); err != nil {
				return err
			}
		}
		return nil
	})
}

// longest returns, for each route and direction, the trip with the most stops.
func (f *feed) longest() (map[string]*trip, error) {
	trips := make(map[string]*trip)
	err := f.each("trips.txt", maxRows*10, func(get func(string) string) error {
		if id := get("trip_id"); id != "" {
			trips[id] = &trip{route: get("route_id"), direction: get("direction_id"), shape: get("shape_id")}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	err = f.each("stop_times.txt", maxTimes, func(get func(string) string) error {
		if t := trips[get("trip_id")]; t != nil {
			t.stops++
		}
		return nil
	})
	best := make(map[string]string)
	for id, t := range trips {
		key := t.route + "\x00" + t.direction
		if had, ok := best[key]; !ok || t.stops > trips[had].stops || t.stops == trips[had].stops && id < had {
			best[key] = id
		}
	}
	out := make(map[string]*trip)
	for _, id := range best {
		out[id] = trips[id]
	}
	return out, err
}

// A vertex is a point of a line, in its place.
type vertex struct {
	order float64
	at    position
}

// A plot counts the points of all lines, so that together they stay within
// what may be kept in memory.
type plot struct{ points int }

// add puts a point at its place in a line. One whose order is no number comes
// after those that are there.
func (p *plot) add(to map[string][]vertex, key, order string, at position) error {
	if p.points++; p.points > maxPoints {
		return fmt.Errorf("more than %d points", maxPoints)
	}
	n, err := strconv.ParseFloat(order, 64)
	if err != nil {
		n = float64(len(to[key]))
	}
	to[key] = append(to[key], vertex{n, at})
	return nil
}

// drawn returns the line of each trip: its shape, or from stop to stop.
func (f *feed) drawn(chosen map[string]*trip) (map[string][]position, error) {
	var p plot
	out, err := f.shaped(chosen, &p)
	if err != nil {
		return nil, err
	}
	places := f.places()
	stops := make(map[string][]vertex)
	err = f.each("stop_times.txt", maxTimes, func(get func(string) string) error {
		id := get("trip_id")
		at, ok := places[get("stop_id")]
		if chosen[id] == nil || !ok || len(out[id]) > 1 {
			return nil
		}
		return p.add(stops, id, get("stop_sequence"), at)
	})
	for id, list := range stops {
		out[id] = ordered(list)
	}
	return out, err
}

// shaped returns the lines of the trips that have a shape. Many trips share
// one, which is read once.
func (f *feed) shaped(chosen map[string]*trip, p *plot) (map[string][]position, error) {
	byShape := make(map[string][]string)
	for id, t := range chosen {
		if t.shape != "" {
			byShape[t.shape] = append(byShape[t.shape], id)
		}
	}
	shapes := make(map[string][]vertex)
	err := f.each("shapes.txt", maxTimes, func(get func(string) string) error {
		x, y, ok := point(get("shape_pt_lon"), get("shape_pt_lat"))
		if id := get("shape_id"); ok && byShape[id] != nil {
			return p.add(shapes, id, get("shape_pt_sequence"), position{x, y})
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	out := make(map[string][]position)
	for shape, ids := range byShape {
		for _, id := range ids {
			out[id] = ordered(shapes[shape])
		}
	}
	return out, nil
}

// places returns where each stop is.
func (f *feed) places() map[string]position {
	id, lat, lon := f.stops.column("stop_id"), f.stops.column("stop_lat"), f.stops.column("stop_lon")
	out := make(map[string]position, len(f.stops.rows))
	for _, row := range f.stops.rows {
		if x, y, ok := point(cell(row, lon), cell(row, lat)); ok {
			out[cell(row, id)] = position{x, y}
		}
	}
	return out
}

func ordered(list []vertex) []position {
	slices.SortStableFunc(list, func(a, b vertex) int { return cmp.Compare(a.order, b.order) })
	out := make([]position, len(list))
	for i, v := range list {
		out[i] = v.at
	}
	return out
}
