package web

import (
	"bytes"
	"encoding/json"

	"portico/catalog"
	"portico/internal/httpclient"
)

// Decode reads the JSON of a page; what names the kind of document in Italian
// and English, for the error.
func Decode(page *httpclient.Page, into any, it, en string) error {
	body := bytes.TrimPrefix(bytes.TrimSpace(page.Body), []byte("\ufeff"))
	if err := json.Unmarshal(body, into); err != nil {
		return NotA(page, it, en, err)
	}
	return nil
}

// Digest returns the digest of a JSON value in canonical form, so that the
// order of keys does not count, without those keys at the top that change
// while the record does not.
func Digest(version string, raw json.RawMessage, without ...string) string {
	var v any
	if json.Unmarshal(raw, &v) == nil {
		if m, ok := v.(map[string]any); ok {
			for _, k := range without {
				delete(m, k)
			}
		}
		if b, err := json.Marshal(v); err == nil {
			raw = b
		}
	}
	return Hash(version, string(raw))
}

// Geometry returns a place that is a GeoJSON geometry in longitudes and
// latitudes. It is false for anything else, and for one too long to keep.
func Geometry(raw json.RawMessage) (catalog.Place, bool) {
	const most = 20_000
	var g struct {
		Type        string          `json:"type"`
		Coordinates json.RawMessage `json:"coordinates"`
	}
	if len(raw) > most || json.Unmarshal(raw, &g) != nil || len(g.Coordinates) == 0 {
		return catalog.Place{}, false
	}
	switch g.Type {
	case "Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon":
	default:
		return catalog.Place{}, false
	}
	b, err := json.Marshal(g)
	if err != nil {
		return catalog.Place{}, false
	}
	return catalog.Place{Geometry: string(b)}, true
}
