package ui

import (
	"cmp"
	"encoding/json"
	"net/url"
	"strings"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/wkt"

	"portico/catalog"
	"portico/dcat/vocab"
	"portico/internal/extent"
	"portico/outline"
)

// A coverageView is a small map of where data are about, with the same in
// words.
type coverageView struct {
	Title       string
	Picture     *picture
	Places      []string
	Attribution string // of the outlines, where some are drawn
	QGIS        string // address of the same as GeoJSON
}

// The bounds of a small map.
const (
	maxGround   = 150     // areas for orientation
	maxGeometry = 1 << 20 // bytes of a geometry that is drawn as it is; of others the box is
	maxVertices = 20_000
	maxPlaces   = 30
)

// coverage draws where d is about, or returns nil where it does not say.
func (s *Server) coverage(r *request, d *catalog.Dataset) *coverageView {
	c := covered{server: s, request: r, own: map[string]bool{}}
	for i := range d.Spatial[:min(len(d.Spatial), maxPlaces)] {
		c.add(&d.Spatial[i])
	}
	if !c.any {
		return nil
	}
	v := c.draw()
	v.Title, v.QGIS = r.text("coverage.title"), s.Site.Link("/mappa/estensioni.geojson?dataset="+url.QueryEscape(d.Name))
	return v
}

// A covered gathers what is to be drawn.
type covered struct {
	server  *Server
	request *request

	any    bool
	box    orb.Bound
	areas  []*outline.Area
	own    map[string]bool // codes of areas
	shapes []orb.Geometry
	boxes  []orb.Bound
	words  []string
}

// add takes a place: its geometry, or the outline of the area that it names.
func (c *covered) add(p *catalog.Place) {
	word := c.request.places([]catalog.Place{*p})
	if b, ok := boxOf([]catalog.Place{*p}); ok {
		c.reach(b)
		if g := geometryOf(p.Geometry); g != nil {
			c.shapes = append(c.shapes, g)
		} else {
			c.boxes = append(c.boxes, b)
		}
		c.words = append(c.words, cmp.Or(word, c.request.boxWords(b)))
		return
	}
	a := c.server.areaOf(c.request, p)
	if a == nil {
		return
	}
	c.reach(a.Box)
	if !c.own[a.Code] {
		c.own[a.Code] = true
		c.areas = append(c.areas, a)
		c.words = append(c.words, cmp.Or(word, a.Name))
	}
}

func (c *covered) reach(b orb.Bound) {
	if c.any {
		b = c.box.Union(b)
	}
	c.box, c.any = b, true
}

func (c *covered) draw() *coverageView {
	f := around(c.box, 0.25)
	v := &coverageView{Picture: f.picture(), Places: c.words}
	set, _ := c.server.Outlines.Set(c.request.ctx, outline.Municipalities)
	ground := set.Within(f.box, maxGround+1)
	if len(ground) > maxGround { // too many to be told apart
		set, _ = c.server.Outlines.Set(c.request.ctx, outline.Provinces)
		ground = set.Within(f.box, maxGround)
	}
	v.Picture.ground(&f, ground, c.own)
	if len(ground)+len(c.areas) > 0 {
		v.Attribution = outline.Attribution
	}
	for _, a := range c.areas {
		v.Picture.Shapes = append(v.Picture.Shapes, pictureShape{Path: f.path(a.Shape), Class: classOwn, Label: a.Name})
	}
	for _, b := range c.boxes {
		v.Picture.Shapes = append(v.Picture.Shapes, pictureShape{Path: f.boxPath(b), Class: classOwn})
	}
	for _, g := range c.shapes {
		v.Picture.geometry(&f, g)
	}
	return v
}

// geometry draws what a publisher has drawn.
func (p *picture) geometry(f *frameOfMap, g orb.Geometry) {
	add := func(path, class string) {
		if path != "" {
			p.Shapes = append(p.Shapes, pictureShape{Path: path, Class: class})
		}
	}
	switch g := g.(type) {
	case orb.Point:
		x, y := f.at(g)
		p.Dots = append(p.Dots, pictureDot{x, y})
	case orb.LineString:
		add(string(f.appendLine(nil, g, false)), classLine)
	case orb.MultiPolygon:
		d := f.path(g)
		if d == "" { // smaller than a unit: its box can be seen
			d = f.boxPath(g.Bound())
		}
		add(d, classOwn)
	case orb.Polygon:
		p.geometry(f, orb.MultiPolygon{g})
	default:
		for _, part := range partsOf(g) {
			p.geometry(f, part)
		}
	}
}

// partsOf returns what a geometry of several is made of.
func partsOf(g orb.Geometry) []orb.Geometry {
	var out []orb.Geometry
	switch g := g.(type) {
	case orb.MultiPoint:
		for _, p := range g {
			out = append(out, p)
		}
	case orb.MultiLineString:
		for _, l := range g {
			out = append(out, l)
		}
	case orb.Collection:
		return g
	}
	return out
}

// boxOf returns the box around the geometries of places, on the Earth.
func boxOf(places []catalog.Place) (orb.Bound, bool) {
	var all extent.Box
	for i := range places {
		if g := places[i].Geometry; g != "" {
			all.Add(extent.Of(g))
		}
	}
	b := orb.Bound{Min: orb.Point{all.West, all.South}, Max: orb.Point{all.East, all.North}}
	return b, all.Points > 0 && all.West >= -180 && all.East <= 180 && all.South >= -90 && all.North <= 90
}

// geometryOf reads a geometry that is small enough to be drawn as it is, or
// returns nil.
func geometryOf(text string) orb.Geometry {
	text = strings.TrimSpace(text)
	if text == "" || len(text) > maxGeometry {
		return nil
	}
	var g orb.Geometry
	if strings.HasPrefix(text, "{") {
		g = fromJSON([]byte(text))
	} else if parsed, err := wkt.Unmarshal(withoutSRID(text)); err == nil {
		g = parsed
	}
	if n := vertices(g); n == 0 || n > maxVertices {
		return nil
	}
	return g
}

// withoutSRID takes away what GeoSPARQL and PostGIS write before a geometry.
func withoutSRID(text string) string {
	if strings.HasPrefix(text, "<") {
		_, text, _ = strings.Cut(text, ">")
	}
	if len(text) > 5 && strings.EqualFold(text[:5], "SRID=") {
		_, text, _ = strings.Cut(text, ";")
	}
	return strings.TrimSpace(text)
}

// fromJSON reads a geometry of GeoJSON, or returns nil.
func fromJSON(text []byte) orb.Geometry {
	var g struct {
		Type        string          `json:"type"`
		Coordinates json.RawMessage `json:"coordinates"`
	}
	if json.Unmarshal(text, &g) != nil {
		return nil
	}
	switch g.Type {
	case "Point":
		return coordinates[orb.Point](g.Coordinates)
	case "MultiPoint":
		return coordinates[orb.MultiPoint](g.Coordinates)
	case "LineString":
		return coordinates[orb.LineString](g.Coordinates)
	case "MultiLineString":
		return coordinates[orb.MultiLineString](g.Coordinates)
	case "Polygon":
		return coordinates[orb.Polygon](g.Coordinates)
	case "MultiPolygon":
		return coordinates[orb.MultiPolygon](g.Coordinates)
	}
	return nil
}

func coordinates[G orb.Geometry](raw json.RawMessage) orb.Geometry {
	var g G
	if json.Unmarshal(raw, &g) != nil {
		return nil
	}
	return g
}

// vertices counts the points of a geometry.
func vertices(g orb.Geometry) int {
	n := 0
	switch g := g.(type) {
	case orb.Point:
		return 1
	case orb.MultiPoint:
		return len(g)
	case orb.LineString:
		return len(g)
	case orb.MultiLineString:
		for _, l := range g {
			n += len(l)
		}
	case orb.Polygon:
		for _, r := range g {
			n += len(r)
		}
	case orb.MultiPolygon:
		for _, p := range g {
			n += vertices(p)
		}
	case orb.Collection:
		for _, m := range g {
			n += vertices(m)
		}
	}
	return n
}

// areaOf returns the area that a place names, by its code or its name, or nil.
func (s *Server) areaOf(r *request, p *catalog.Place) *outline.Area {
	name := p.Name.String()
	if v, ok := vocab.Place(p.URI); name == "" && ok && p.URI != "" {
		name = cmp.Or(v.Label["it"], v.Label["en"])
	}
	for _, l := range outline.Levels {
		set, _ := s.Outlines.Set(r.ctx, l)
		if a, ok := set.Of(p.URI); ok && p.URI != "" {
			return a
		}
		if a, ok := set.Named(afterAny(name, beginnings[l]...)); ok {
			return a
		}
	}
	return nil
}

// beginnings are the words before the names of areas. With those of provinces
// and regions a name is no municipality's: there is none that begins so.
var beginnings = map[outline.Level][]string{
	outline.Provinces: {"provincia di ", "provincia autonoma di ", "città metropolitana di ", "provincia "},
	outline.Regions:   {"regione autonoma ", "regione "},
}

// afterAny takes the first of some beginnings away, whatever the case of its
// letters.
func afterAny(name string, beginnings ...string) string {
	for _, b := range beginnings {
		if len(name) > len(b) && strings.EqualFold(name[:len(b)], b) {
			return name[len(b):]
		}
	}
	return name
}

// boxWords says where a box lies.
func (p speaker) boxWords(b orb.Bound) string {
	if b.Min == b.Max {
		return p.degrees(b.Min[1], b.Min[0])
	}
	const digits = 3
	return p.text("coverage.box", p.decimal(b.Min[1], digits), p.decimal(b.Max[1], digits), p.decimal(b.Min[0], digits), p.decimal(b.Max[0], digits))
}

// outlineOf draws the territory of the municipality that an organization
// governs, or returns nil where that is not known.
func (s *Server) outlineOf(r *request, o *catalog.Organization) *coverageView {
	set, _ := s.Outlines.Set(r.ctx, outline.Municipalities)
	var a *outline.Area
	if m, ok := s.Registers.MunicipalityOf(o.Identifier); ok {
		a, _ = set.Area(m.Code)
	}
	if a == nil {
		a, _ = set.Named(cmp.Or(o.Title.String(), o.Name))
	}
	if a == nil {
		return nil
	}
	c := covered{server: s, request: r, any: true, box: a.Box, areas: []*outline.Area{a}, own: map[string]bool{a.Code: true}, words: []string{a.Name}}
	v := c.draw()
	v.Title, v.QGIS = r.text("coverage.territory"), s.Site.Link("/mappa/confini.geojson?codice="+a.Code)
	return v
}
