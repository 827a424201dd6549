package ui

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/paulmach/orb"

	"portico/catalog"
	"portico/internal/lru"
	"portico/outline"
)

const geoJSONType = "application/geo+json"

// What the maps' files take.
const (
	mapCacheBytes = 24 << 20
	extentsPage   = 1000
	maxOutlines   = 20_000
	maxNearby     = 400 // outlines under a map of other things
	maxPageNumber = 10_000
)

// A mapCache keeps the files of maps as they were last asked for.
type mapCache struct{ files *lru.Cache[asset] }

func newMapCache() *mapCache {
	return &mapCache{lru.New(mapCacheBytes, func(key string, a asset) int { return len(key) + len(a.body) + len(a.zipped) })}
}

// mapFile answers with a file of GeoJSON that make writes, from the cache where
// it can. Any site may read it, for maps of others' are what it is for.
func (s *Server) mapFile(write func(r *request) ([]byte, bool, error)) gin.HandlerFunc {
	return func(c *gin.Context) {
		r := s.request(c.Request, c.Param)
		key := s.cacheKey(r)
		a, ok := asset{}, false
		if key != "" {
			a, ok = s.mapCache.files.Get(key)
		}
		if !ok {
			body, lasting, err := write(r)
			if err != nil {
				s.fail(c.Writer, c.Request, err)
				return
			}
			a = newAsset(".geojson", body, false)
			a.mediaType = geoJSONType
			if lasting && key != "" {
				s.mapCache.files.Put(key, a)
			}
		}
		r.sendFile(c, a)
	}
}

// sendFile answers with a file of a map. Caches must ask whether it is still
// so; what is for one reader alone is not for them.
func (r *request) sendFile(c *gin.Context, a asset) {
	h := c.Writer.Header()
	h.Set("Content-Type", a.mediaType)
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Cache-Control", "public, max-age=0, must-revalidate")
	if catalog.ActorOf(r.ctx).Name != "" {
		h.Set("Cache-Control", "private, no-store")
	}
	h.Set("Vary", "Accept-Encoding")
	h.Set("ETag", a.etag)
	if strings.Contains(r.Header.Get("If-None-Match"), a.etag) {
		c.Status(http.StatusNotModified)
		return
	}
	body := a.body
	if a.zipped != nil && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		body = a.zipped
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	c.Status(http.StatusOK)
	if r.Method != http.MethodHead {
		_, _ = c.Writer.Write(body) // a reader who went away is nobody's error
	}
}

// A feature is one of GeoJSON.
type feature struct {
	Type       string          `json:"type"`
	ID         string          `json:"id,omitempty"`
	Geometry   json.RawMessage `json:"geometry"`
	Properties map[string]any  `json:"properties"`
}

// A collection is features of GeoJSON, with what is to be said of them all.
type collection struct {
	Type        string     `json:"type"`
	Name        string     `json:"name"`
	Attribution string     `json:"attribution,omitempty"`
	Matched     int        `json:"numberMatched"`
	Returned    int        `json:"numberReturned"`
	Next        string     `json:"next,omitempty"`
	Features    []*feature `json:"features"`
}

func (c *collection) bytes() ([]byte, error) {
	c.Type, c.Returned = "FeatureCollection", len(c.Features)
	if c.Features == nil {
		c.Features = []*feature{}
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(c)
	return b.Bytes(), err
}

// outlinesFile answers /mappa/confini.geojson: the outlines of municipalities
// with the number of their datasets, or those of provinces and regions; all, or
// those of a province, with a code or in a box.
func (s *Server) outlinesFile(r *request) ([]byte, bool, error) {
	settled := s.settled(r)
	level := outline.Level(r.query.Get("livello"))
	if level == "" {
		level = outline.Municipalities
	}
	set, kept := s.Outlines.Set(r.ctx, level)
	out := collection{Name: string(level), Attribution: kept.Attribution}
	areas, err := areasFor(r, set)
	if err != nil {
		return nil, false, err
	}
	counted := countedPlaces{}
	if level == outline.Municipalities && set.Len() > 0 && r.query.Get("bbox") == "" {
		counted = s.placesCounted(r)
	}
	if r.query.Get("vista") == "mappa" { // those on the page of the map, where they are not all
		areas = chooseAreas(counted, "")
	}
	for _, a := range areas {
		f := featureOfArea(level, a)
		if counted.byCode != nil && !counted.down {
			f.Properties["dataset"] = 0
			if c := counted.byCode[a.Code]; c != nil {
				f.Properties["dataset"], f.Properties["url"] = c.n, s.Site.Link(s.prefix(r.locale)+c.url())
			}
		}
		out.Features = append(out.Features, f)
	}
	out.Matched = len(out.Features)
	b, err := out.bytes()
	return b, settled && !counted.down, err
}

func featureOfArea(level outline.Level, a *outline.Area) *feature {
	f := &feature{Type: "Feature", ID: a.Code, Geometry: geometryJSON(a.Shape), Properties: map[string]any{"codice": a.Code, "nome": a.Name}}
	if a.Region != "" {
		f.Properties["regione"] = a.Region
	}
	switch {
	case level == outline.Provinces && a.Sigla != "":
		f.Properties["sigla"] = a.Sigla
	case level == outline.Municipalities:
		f.Properties["provincia"] = a.Province()
	}
	return f
}

// areasFor returns the areas of set that r asks for.
func areasFor(r *request, set *outline.Set) ([]*outline.Area, error) {
	if code := r.query.Get("codice"); code != "" {
		if a, ok := set.Area(code); ok {
			return []*outline.Area{a}, nil
		}
		return nil, catalog.Errorf(catalog.NotFound, "no outline has the code %q", code).Italian("nessun confine ha il codice %q", code)
	}
	if box := r.query.Get("bbox"); box != "" {
		b, ok := parseBox(box)
		if !ok {
			return nil, catalog.Errorf(catalog.Invalid, "bbox is four numbers in degrees: west,south,east,north").
				Italian("bbox è di quattro numeri in gradi: ovest,sud,est,nord")
		}
		return set.Within(b, maxNearby), nil
	}
	if set.Len() == 0 {
		return nil, nil
	}
	province := r.query.Get("provincia")
	if province == "" {
		return set.Areas[:min(set.Len(), maxOutlines)], nil
	}
	var out []*outline.Area
	for _, a := range set.Areas {
		if a.Province() == province {
			out = append(out, a)
		}
	}
	return out, nil
}

// parseBox reads west, south, east and north.
func parseBox(text string) (b orb.Bound, ok bool) {
	parts := strings.Split(text, ",")
	if len(parts) != 4 {
		return b, false
	}
	var n [4]float64
	for i, p := range parts {
		f, err := strconv.ParseFloat(strings.TrimSpace(p), 64)
		if err != nil || !(f >= -360 && f <= 360) { // which no NaN is
			return b, false
		}
		n[i] = f
	}
	return orb.Bound{Min: orb.Point{n[0], n[1]}, Max: orb.Point{n[2], n[3]}}, n[0] <= n[2] && n[1] <= n[3]
}

// extentsFile answers /mappa/estensioni.geojson: the boxes around the places of
// datasets, or all that one dataset says of where it is.
func (s *Server) extentsFile(r *request) ([]byte, bool, error) {
	settled := s.settled(r)
	out := collection{Name: "dataset"}
	if name := r.query.Get("dataset"); name != "" {
		d, err := s.Datasets.Dataset(r.ctx, name)
		if err != nil {
			return nil, false, err
		}
		out.Features = s.placesOfDataset(r, d)
		out.Matched = len(out.Features)
		b, err := out.bytes()
		return b, true, err
	}
	page := 1
	if n, err := strconv.Atoi(r.query.Get("page")); err == nil && n > 0 && n < maxPageNumber {
		page = n
	}
	found, total, err := s.extents(r, (page-1)*extentsPage, extentsPage)
	if err != nil {
		return nil, false, err
	}
	out.Matched = total
	if page*extentsPage < total {
		out.Next = s.Site.Link("/mappa/estensioni.geojson?page=" + strconv.Itoa(page+1))
	}
	for _, e := range found {
		out.Features = append(out.Features, s.featureOf(r, e.dataset, geometryJSON(boxGeometry(e.box))))
	}
	b, err := out.bytes()
	return b, settled, err
}

// placesOfDataset returns a feature for every place of d that can be drawn.
func (s *Server) placesOfDataset(r *request, d *catalog.Dataset) []*feature {
	var out []*feature
	for i := range d.Spatial[:min(len(d.Spatial), maxPlaces)] {
		p := &d.Spatial[i]
		g := geometryOf(p.Geometry)
		if g == nil {
			if b, ok := boxOf([]catalog.Place{*p}); ok {
				g = boxGeometry(b)
			} else if a := s.areaOf(r, p); a != nil {
				g = a.Shape
			} else {
				continue
			}
		}
		f := s.featureOf(r, d, geometryJSON(g))
		f.ID = ""
		f.Properties["luogo"] = r.places([]catalog.Place{*p})
		out = append(out, f)
	}
	return out
}

func (s *Server) featureOf(r *request, d *catalog.Dataset, geometry json.RawMessage) *feature {
	return &feature{Type: "Feature", ID: d.ID, Geometry: geometry, Properties: map[string]any{
		"nome": d.Name, "titolo": r.in(d.Title), "titolare": holderName(r.speaker, d), "modificato": string(d.Modified),
		"url": s.Site.Link(s.prefix(r.locale) + "/dataset/" + d.Name),
	}}
}

// boxGeometry is a box as a polygon, or as a point where it is no wider than
// one.
func boxGeometry(b orb.Bound) orb.Geometry {
	if b.Min == b.Max {
		return b.Min
	}
	return b.ToPolygon()
}

// geometryJSON writes a geometry as GeoJSON.
func geometryJSON(g orb.Geometry) json.RawMessage {
	if c, ok := g.(orb.Collection); ok {
		parts := make([]json.RawMessage, len(c))
		for i, m := range c {
			parts[i] = geometryJSON(m)
		}
		b, err := json.Marshal(map[string]any{"type": "GeometryCollection", "geometries": parts})
		if err != nil {
			return json.RawMessage("null") // a number that is none
		}
		return b
	}
	b, err := json.Marshal(struct {
		Type        string       `json:"type"`
		Coordinates orb.Geometry `json:"coordinates"`
	}{g.GeoJSONType(), g})
	if err != nil {
		return json.RawMessage("null")
	}
	return b
}

// groundFile serves the PMTiles file of the site, of which browsers ask parts.
func (s *Server) groundFile(c *gin.Context) {
	f, info, err := s.Ground.open()
	if err != nil {
		s.fail(c.Writer, c.Request, err)
		return
	}
	defer f.Close()
	h := c.Writer.Header()
	h.Set("Content-Type", "application/vnd.pmtiles")
	h.Set("Cache-Control", "public, max-age=3600")
	h.Set("ETag", `"`+strconv.FormatInt(info.ModTime().UnixNano(), 36)+"-"+strconv.FormatInt(info.Size(), 36)+`"`)
	http.ServeContent(c.Writer, c.Request, "", info.ModTime(), f)
}

// mapRoutes adds the map and its files.
func (s *Server) mapRoutes(e *gin.Engine, show func(string, page)) {
	show("/mappa", s.mapPage)
	both := func(path string, h gin.HandlerFunc) {
		e.GET(path, h)
		e.HEAD(path, h)
	}
	both("/map", func(c *gin.Context) {
		r := s.request(c.Request, c.Param)
		to := s.prefix(r.locale) + "/mappa"
		if q := c.Request.URL.RawQuery; q != "" {
			to += "?" + q
		}
		c.Redirect(http.StatusMovedPermanently, to)
	})
	both("/mappa/confini.geojson", s.mapFile(s.outlinesFile))
	both("/mappa/estensioni.geojson", s.mapFile(s.extentsFile))
	if s.Ground.PMTiles != "" {
		both("/mappa/fondo.pmtiles", s.groundFile)
	}
}
