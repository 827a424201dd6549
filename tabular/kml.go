package tabular

import (
	"context"
	"strconv"
	"strings"

	"github.com/paulmach/orb"

	"portico/tabular/geo"
)

// gpsCRS is the only system of KML and GPX.
const gpsCRS = geo.WGS84

// A kmlSource yields the placemarks of a KML document.
type kmlSource struct{ s stream }

func (k *kmlSource) walk(ctx context.Context, f *fields, done func() error) error {
	wanted := func(path []string) bool { return path[len(path)-1] == "Placemark" }
	return eachElementAt(ctx, k.s, wanted, func(n *node, _ []string, line int) error {
		f.line = int64(line)
		if id := n.attr("id"); id != "" {
			f.set("id", id, false)
		}
		for _, c := range n.children {
			switch c.name {
			case "name", "description", "address", "phoneNumber", "Snippet":
				f.set(c.name, c.value(), false)
			case "TimeStamp", "TimeSpan":
				for _, m := range c.children {
					f.set(m.name, m.value(), false)
				}
			case "ExtendedData":
				extended(f, c)
			default:
				if g := kmlGeometry(c, 0); g != nil {
					f.geometry = g
				}
			}
		}
		return done()
	})
}

// extended sets the fields of Data and SchemaData.
func extended(f *fields, n *node) {
	for _, c := range n.children {
		switch c.name {
		case "Data":
			if v := c.child("value"); v != nil {
				f.set(c.attr("name"), v.value(), false)
			}
		case "SchemaData":
			extended(f, c)
		case "SimpleData":
			f.set(c.attr("name"), c.value(), false)
		default:
			if len(c.children) == 0 {
				f.set(c.name, c.value(), false)
			}
		}
	}
}

func kmlGeometry(n *node, depth int) orb.Geometry {
	switch n.name {
	case "Point":
		if l := kmlLine(n); len(l) > 0 {
			return l[0]
		}
	case "LineString", "LinearRing":
		if l := kmlLine(n); len(l) > 0 {
			return orb.LineString(l)
		}
	case "Polygon":
		if p := kmlPolygon(n); len(p) > 0 {
			return p
		}
	case "MultiGeometry":
		var all orb.Collection
		for _, c := range n.children {
			if g := kmlGeometry(c, depth+1); g != nil && depth < 4 {
				all = append(all, g)
			}
		}
		return joined(all)
	}
	return nil
}

func kmlLine(n *node) []orb.Point {
	c := n.child("coordinates")
	if c == nil {
		return nil
	}
	var all []orb.Point
	for t := range strings.FieldsSeq(c.text.String()) {
		lon, rest, _ := strings.Cut(t, ",")
		lat, _, _ := strings.Cut(rest, ",")
		x, err1 := strconv.ParseFloat(lon, 64)
		y, err2 := strconv.ParseFloat(lat, 64)
		if err1 == nil && err2 == nil {
			all = append(all, orb.Point{x, y})
		}
	}
	return all
}

func kmlPolygon(n *node) orb.Polygon {
	var p orb.Polygon
	for _, name := range []string{"outerBoundaryIs", "innerBoundaryIs"} {
		for _, c := range n.children {
			if c.name != name {
				continue
			}
			for _, ring := range c.children {
				if l := kmlLine(ring); len(l) > 0 {
					p = append(p, orb.Ring(l))
				}
			}
		}
	}
	return p
}

// joined makes the narrowest geometry of several; one alone is itself.
func joined(all orb.Collection) orb.Geometry {
	if len(all) == 1 {
		return all[0]
	}
	return geo.Narrow(all)
}

// A gpxSource yields the waypoints, routes and tracks of a GPX document.
type gpxSource struct{ s stream }

func (g *gpxSource) walk(ctx context.Context, f *fields, done func() error) error {
	wanted := func(path []string) bool {
		return len(path) == 2 && (path[1] == "wpt" || path[1] == "rte" || path[1] == "trk")
	}
	return eachElementAt(ctx, g.s, wanted, func(n *node, _ []string, line int) error {
		f.line = int64(line)
		f.set("kind", map[string]string{"wpt": "waypoint", "rte": "route", "trk": "track"}[n.name], false)
		for _, c := range n.children {
			if len(c.children) == 0 && c.value() != "" {
				f.set(c.name, c.value(), false)
			}
		}
		f.geometry = gpxGeometry(n)
		return done()
	})
}

func gpxGeometry(n *node) orb.Geometry {
	switch n.name {
	case "wpt":
		if p, ok := gpxPoint(n); ok {
			return p
		}
		return nil
	case "rte":
		return gpxLine(n, "rtept")
	}
	var all orb.Collection
	for _, c := range n.children {
		if l := gpxLine(c, "trkpt"); c.name == "trkseg" && l != nil {
			all = append(all, l)
		}
	}
	return joined(all)
}

func gpxLine(n *node, name string) orb.Geometry {
	var l orb.LineString
	for _, c := range n.children {
		if p, ok := gpxPoint(c); ok && c.name == name {
			l = append(l, p)
		}
	}
	if len(l) == 0 {
		return nil
	}
	return l
}

func gpxPoint(n *node) (orb.Point, bool) {
	x, err1 := strconv.ParseFloat(strings.TrimSpace(n.attr("lon")), 64)
	y, err2 := strconv.ParseFloat(strings.TrimSpace(n.attr("lat")), 64)
	return orb.Point{x, y}, err1 == nil && err2 == nil
}
