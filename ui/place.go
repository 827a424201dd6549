package ui

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"

	"portico/catalog"
	"portico/exporter"
)

// A mapView is a map of the rows, drawn by a script over a plain ground; the
// list of Places beside it says the same in words.
type mapView struct {
	Data        string // address of the features
	Limit       int    // how many of them are shown at most
	Part        bool   // the table has more
	Places      []place
	QGIS        string
	Attribution string // of the outlines
	Nearby      string // address of the outlines under the map, "" = none
	Ground      groundView
}

// A place is where a row lies, in words.
type place struct{ Name, Where string }

// The bounds of a map: features, and bytes of them, so that a phone can show
// it.
const (
	maxFeatures     = 2000
	maxShapes       = 300 // features whose size is not known
	maxFeatureBytes = 3 << 20
)

// mapOf shows where the rows of a table lie, or nil.
func (s *Server) mapOf(r *request, tab *openTable, p *resourcePage) *mapView {
	at, ok := exporter.PlaceOf(tab.columns)
	if !ok || len(p.Preview.Places) == 0 {
		return nil
	}
	if _, ok := s.Formats.Format("geojson"); !ok {
		return nil
	}
	m := &mapView{Limit: maxFeatures, Places: p.Preview.Places}
	if at.Geometry >= 0 {
		m.Limit = maxShapes
		if size, known := s.Sizes.Of(tab.x.Table.Hash, "geojson"); known && tab.total > 0 {
			m.Limit = int(min(max(maxFeatureBytes/max(size/tab.total, 1), 1), maxFeatures))
		}
	}
	q := tableQuery{}
	if s.Rows != nil && p.Tools != nil && p.Tools.Notice == "" {
		q, _ = readTableQuery(r.query, tab.columns)
		q.Sort, q.Down = "", false
	}
	found := int(tab.total)
	if p.Tools != nil && p.Tools.Narrowed {
		found = p.Tools.Found
	}
	m.Part = found > m.Limit
	values := q.values()
	values.Set("limit", strconv.Itoa(m.Limit))
	m.Data = p.File.URL + "/data.geojson?" + values.Encode()
	m.QGIS = s.Site.Link(p.File.URL + "/data.geojson")
	s.lay(r, m)
	return m
}

// placesOf says where rows lie.
func placesOf(r *request, columns []catalog.Column, rows [][]any) []place {
	at, ok := exporter.PlaceOf(columns)
	if !ok {
		return nil
	}
	name := nameColumn(columns)
	var out []place
	for i, row := range rows {
		where := ""
		if at.Geometry >= 0 {
			if text, ok := row[at.Geometry].(string); ok {
				where = r.shape(text)
			}
		} else {
			where = r.degrees(row[at.Lat], row[at.Lon])
		}
		if where == "" {
			continue
		}
		p := place{Name: r.text("map.row", r.number(i+1)), Where: where}
		if name >= 0 && row[name] != nil {
			p.Name = shorten(r.cell(columns[name], row[name]).Text, maxLabel*2)
		}
		out = append(out, p)
	}
	return out
}

// nameColumn returns the column that names a row best: one that is called so,
// else the first of texts; -1 = none.
func nameColumn(columns []catalog.Column) int {
	first := -1
	for i, c := range columns {
		if c.Type != catalog.String {
			continue
		}
		name := strings.ToLower(c.Name)
		for _, word := range []string{"nome", "name", "denominazione", "descrizione", "titolo", "indirizzo", "via", "fermata", "toponimo", "comune"} {
			if strings.HasPrefix(name, word) {
				return i
			}
		}
		if first < 0 {
			first = i
		}
	}
	return first
}

// degrees says a latitude and a longitude, or "".
func (p speaker) degrees(lat, lon any) string {
	y, okY := angle(lat)
	x, okX := angle(lon)
	if !okX || !okY || math.Abs(y) > 90 || math.Abs(x) > 180 {
		return ""
	}
	const digits = 5 // about a metre
	return p.text("map.at", p.decimal(y, digits), p.decimal(x, digits))
}

func angle(v any) (float64, bool) {
	switch v := v.(type) {
	case float64:
		return v, true
	case int64:
		return float64(v), true
	case string:
		f, err := strconv.ParseFloat(strings.Replace(strings.TrimSpace(v), ",", ".", 1), 64)
		return f, err == nil
	}
	return 0, false
}

// shape says what a geometry is and where it begins, or "".
func (p speaker) shape(text string) string {
	var g struct {
		Type        string          `json:"type"`
		Coordinates json.RawMessage `json:"coordinates"`
		Geometries  []struct {
			Coordinates json.RawMessage `json:"coordinates"`
		} `json:"geometries"`
	}
	if json.Unmarshal([]byte(text), &g) != nil {
		return ""
	}
	raw := g.Coordinates
	if len(g.Geometries) > 0 {
		raw = g.Geometries[0].Coordinates
	}
	key := "shape." + strings.ToLower(strings.TrimPrefix(g.Type, "Multi"))
	if p.words[key] == "" {
		return ""
	}
	at := firstPoint(raw)
	if at == "" {
		return ""
	}
	x, y, _ := strings.Cut(at, ",")
	where := p.degrees(y, x)
	if where == "" {
		return ""
	}
	if g.Type == "Point" {
		return where
	}
	return p.text(key) + ", " + p.text("map.from", where)
}

// firstPoint returns the first pair of coordinates, "x,y".
func firstPoint(raw json.RawMessage) string {
	s := strings.TrimLeft(string(raw), "[ \n\t\r")
	s, _, _ = strings.Cut(s, "]")
	x, rest, ok := strings.Cut(s, ",")
	y, _, _ := strings.Cut(rest, ",")
	if !ok {
		return ""
	}
	return strings.TrimSpace(x) + "," + strings.TrimSpace(y)
}
