package outline

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
)

func FuzzDecode(f *testing.F) {
	b, err := encode(NewSet(Regions, []*Area{{Code: "09", Name: "Toscana", Shape: orb.MultiPolygon{{{{10, 44}, {11, 44}, {11, 45}, {10, 44}}}}}}))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := decode(bytes.NewReader(b))
		if err != nil {
			return
		}
		again, err := encode(s)
		if err != nil {
			t.Fatal(err)
		}
		two, err := decode(bytes.NewReader(again))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(s.Areas, two.Areas); diff != "" {
			t.Error(diff)
		}
	})
}
