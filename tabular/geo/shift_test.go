package geo

import (
	"testing"

	"github.com/paulmach/orb"
)

// TestShiftsAgreeWhereTheyMeet holds the three sets of parameters against one
// another: a sign that is wrong in any puts it a hundred metres off the rest.
func TestShiftsAgreeWhereTheyMeet(t *testing.T) {
	at := func(h helmert, p orb.Point) orb.Point {
		x, y, z := international.geocentric(p)
		return wgs84.geographic(h.apply(x, y, z))
	}
	for name, tt := range map[string]struct {
		p      orb.Point
		island helmert
	}{
		"Messina": {orb.Point{15.6, 38.15}, shiftSicily}, "Santa Teresa di Gallura": {orb.Point{9.2, 41.2}, shiftSardinia},
	} {
		if d := metres(at(tt.island, tt.p), at(shiftMainland, tt.p)); d > 12 {
			t.Errorf("%s: %.1f m between the shifts", name, d)
		} else {
			t.Logf("%s: %.1f m", name, d)
		}
	}
}
