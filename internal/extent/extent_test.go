package extent_test

import (
	"testing"

	"portico/internal/extent"
)

func TestOf(t *testing.T) {
	for _, tt := range []struct {
		name, geometry string
		want           extent.Box
	}{
		{"a point", "POINT (18.17 40.35)", extent.Box{West: 18.17, South: 40.35, East: 18.17, North: 40.35, Points: 1}},
		{"a polygon", `{"type":"Polygon","coordinates":[[[1,2],[3,2],[3,5],[1,2]]]}`, extent.Box{West: 1, South: 2, East: 3, North: 5, Points: 4}},
		{"an envelope has its numbers in an order of its own", "ENVELOPE(1, 3, 5, 2)", extent.Box{West: 1, South: 2, East: 3, North: 5, Points: 2}},
		{"nothing", "", extent.Box{}},
		{"no geometry", "{broken", extent.Box{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := extent.Of(tt.geometry); got != tt.want {
				t.Errorf("got %+v, want %+v", got, tt.want)
			}
		})
	}
	var both extent.Box
	both.Add(extent.Of("POINT(1 2)"))
	both.Add(extent.Box{})
	both.Add(extent.Of("POINT(3 5)"))
	if want := (extent.Box{West: 1, South: 2, East: 3, North: 5, Points: 2}); both != want {
		t.Errorf("got %+v, want %+v", both, want)
	}
}
