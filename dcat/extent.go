package dcat

import (
	"strconv"
	"strings"

	"portico/internal/extent"
	"portico/internal/rdf"
)

// polygon returns b in WKT.
func polygon(b extent.Box) string {
	corner := func(x, y float64) string { return degrees(x) + " " + degrees(y) }
	return "POLYGON((" + strings.Join([]string{
		corner(b.West, b.South), corner(b.East, b.South), corner(b.East, b.North), corner(b.West, b.North), corner(b.West, b.South),
	}, ", ") + "))"
}

func degrees(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

// extent adds the box of a geometry and its centre, as GeoDCAT-AP wants them.
func (n *node) extent(geometry string) {
	b := extent.Of(geometry)
	if b.Points == 0 {
		return
	}
	n.literal(pBox, rdf.NewTypedLiteral(polygon(b), nsGsp+"wktLiteral"))
	centre := "POINT(" + degrees((b.West+b.East)/2) + " " + degrees((b.South+b.North)/2) + ")"
	n.literal(pCentroid, rdf.NewTypedLiteral(centre, nsGsp+"wktLiteral"))
}
