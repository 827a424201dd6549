package ui

import (
	"encoding/binary"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"strings"

	"portico/catalog"
	"portico/outline"
)

// A Ground is what an operator lays under the maps of a site beside the
// outlines: nothing, unless they say so.
type Ground struct {
	WMS     *WMS
	PMTiles string // path of a file of tiles; "" = none
	// PMTilesBy is whom the tiles are by, as their licence wants it said.
	PMTilesBy string
}

// A WMS is a service of maps of the municipality or the region. Whoever looks
// at a map asks it for pictures: it is another host, and the pages say so.
type WMS struct {
	URL         string // with scheme and host
	Layers      string
	Attribution string
}

// ParseWMS reads a setting of the form URL;LAYERS;ATTRIBUTION.
func ParseWMS(text string) (*WMS, error) {
	parts := strings.SplitN(text, ";", 3)
	u, err := url.Parse(strings.TrimSpace(parts[0]))
	if err != nil || len(parts) < 2 || strings.TrimSpace(parts[1]) == "" || u.Scheme != "https" && u.Scheme != "http" || !plainHost(u.Host) || u.User != nil {
		return nil, catalog.Errorf(catalog.Invalid, "a WMS is https://HOST/path;layers;attribution").
			Italian("un WMS è https://HOST/percorso;strati;attribuzione").Because(err)
	}
	w := &WMS{URL: u.String(), Layers: strings.TrimSpace(parts[1])}
	if len(parts) == 3 {
		w.Attribution = strings.TrimSpace(parts[2])
	}
	return w, nil
}

// plainHost reports whether a host can stand in the policy of pages.
func plainHost(host string) bool {
	return host != "" && len(host) < 254 && strings.Trim(strings.ToLower(host), "abcdefghijklmnopqrstuvwxyz0123456789.-:") == ""
}

// origin is the scheme and host of w.
func (w *WMS) origin() string {
	u, err := url.Parse(w.URL)
	if err != nil {
		return ""
	}
	return u.Scheme + "://" + u.Host
}

// Host returns the host that pages ask for pictures, "" = none.
func (g Ground) Host() string {
	if g.WMS == nil {
		return ""
	}
	return hostOf(g.WMS.URL)
}

// policy is the policy of pages with what g needs: the host of the WMS, and
// pictures that a script has unpacked of tiles.
func (g Ground) policy() string {
	images := "img-src 'self'"
	if g.WMS != nil {
		images += " " + g.WMS.origin()
	}
	if g.PMTiles != "" {
		images += " blob:"
	}
	return strings.Replace(policy, "img-src 'self'", images, 1)
}

// open opens the file of tiles.
func (g Ground) open() (*os.File, fs.FileInfo, error) {
	f, err := os.Open(g.PMTiles)
	if err != nil {
		return nil, nil, catalog.Errorf(catalog.NotFound, "the file of tiles is not there").Because(err)
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New("it is no file")
	}
	if err != nil {
		f.Close()
		return nil, nil, catalog.Errorf(catalog.NotFound, "the file of tiles cannot be read").Because(err)
	}
	return f, info, nil
}

// tiles tells what kind of tiles the file has: "mvt" for shapes, "raster" for
// pictures, "" where it is no PMTiles file of version 3; and their finest zoom.
func (g Ground) tiles() (kind string, zoom int) {
	if g.PMTiles == "" {
		return "", 0
	}
	f, _, err := g.open()
	if err != nil {
		return "", 0
	}
	defer f.Close()
	const headerSize, typeAt, zoomAt = 127, 99, 101
	head := make([]byte, headerSize)
	if _, err := f.ReadAt(head, 0); err != nil || string(head[:7]) != "PMTiles" || head[7] != 3 || binary.LittleEndian.Uint64(head[8:]) < headerSize {
		return "", 0
	}
	switch head[typeAt] {
	case 1:
		return "mvt", int(head[zoomAt])
	case 2, 3, 4, 5:
		return "raster", int(head[zoomAt])
	}
	return "", 0
}

// A liveMap is what a script needs to make a map that moves of a picture.
type liveMap struct {
	Outlines string // address of the areas that are links, "" = none
	Extents  string // address of where datasets lie
	Ground   groundView
}

// A groundView is the ground of a page's map.
type groundView struct {
	WMS     *WMS
	Tiles   string // "mvt", "raster" or ""
	Zoom    int    // the finest that the tiles have
	TilesBy string
	Script  string // the script that draws maps on this ground
}

// groundView tells what lies under a map.
func (s *Server) groundView() groundView {
	g := groundView{WMS: s.Ground.WMS, Script: "map.js"}
	if g.Tiles, g.Zoom = s.Ground.tiles(); g.Tiles != "" {
		g.TilesBy, g.Script = s.Ground.PMTilesBy, "maptiles.js"
	}
	return g
}

// lay puts the ground and the outlines of municipalities under the map of a
// table.
func (s *Server) lay(r *request, m *mapView) {
	m.Ground = s.groundView()
	if set, _ := s.Outlines.Set(r.ctx, outline.Municipalities); set.Len() > 0 {
		m.Nearby, m.Attribution = "/mappa/confini.geojson", outline.Attribution
	}
}
