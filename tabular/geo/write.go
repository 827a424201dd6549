package geo

import (
	"math"
	"strconv"

	"github.com/paulmach/orb"
)

// AppendJSON appends g as GeoJSON, with the seven decimals that hold a
// centimetre. A nil geometry is null.
func AppendJSON(dst []byte, g orb.Geometry) []byte {
	if g == nil {
		return append(dst, "null"...)
	}
	if c, ok := g.(orb.Collection); ok {
		dst = append(dst, `{"type":"GeometryCollection","geometries":[`...)
		for i, m := range c {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = AppendJSON(dst, m)
		}
		return append(dst, "]}"...)
	}
	dst = append(dst, `{"type":"`...)
	dst = append(dst, g.GeoJSONType()...)
	dst = append(dst, `","coordinates":`...)
	switch g := g.(type) {
	case orb.Point:
		dst = appendPoint(dst, g)
	case orb.MultiPoint:
		dst = appendPoints(dst, g)
	case orb.LineString:
		dst = appendPoints(dst, g)
	case orb.MultiLineString:
		dst = appendList(dst, g, func(d []byte, l orb.LineString) []byte { return appendPoints(d, l) })
	case orb.Polygon:
		dst = appendPolygon(dst, g)
	case orb.MultiPolygon:
		dst = appendList(dst, g, appendPolygon)
	default: // orb's Ring and Bound are no GeoJSON, and nothing here makes them
		dst = append(dst, "[]"...)
	}
	return append(dst, '}')
}

func appendPolygon(dst []byte, p orb.Polygon) []byte {
	return appendList(dst, p, func(d []byte, r orb.Ring) []byte { return appendPoints(d, r) })
}

func appendList[T any](dst []byte, all []T, one func([]byte, T) []byte) []byte {
	dst = append(dst, '[')
	for i, v := range all {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = one(dst, v)
	}
	return append(dst, ']')
}

func appendPoints(dst []byte, points []orb.Point) []byte {
	return appendList(dst, points, appendPoint)
}

func appendPoint(dst []byte, p orb.Point) []byte {
	dst = append(dst, '[')
	dst = appendNumber(dst, p[0])
	dst = append(dst, ',')
	dst = appendNumber(dst, p[1])
	return append(dst, ']')
}

func appendNumber(dst []byte, f float64) []byte {
	return strconv.AppendFloat(dst, math.Round(f*1e7)/1e7, 'f', -1, 64)
}
