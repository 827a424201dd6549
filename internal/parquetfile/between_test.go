package parquetfile

import (
	"math"
	"testing"
)

// TestARangeOfAmountsIsThatOfTheirWholeNumbers asks of each cent whether it is
// in a range, both ways.
func TestARangeOfAmountsIsThatOfTheirWholeNumbers(t *testing.T) {
	for _, r := range []Range[float64]{
		{0.1, 0.3}, {-0.07, 0.07}, {0.29, 0.29}, {math.Nextafter(0.29, 1), 1.15}, {1.005, math.Inf(1)}, {math.Inf(-1), math.Nextafter(-1.1, -2)}, {3, 2}, {-1e300, 1e300},
	} {
		for _, unit := range []float64{10, 100, 1000, 10000} {
			whole := unscaled(r, unit)
			for n := int64(-20_000); n <= 20_000; n++ {
				v := float64(n) / unit
				if want, got := v >= r.Low && v <= r.High, n >= whole.Low && n <= whole.High; want != got {
					t.Fatalf("%v in %v: %v, not %v (%v)", v, r, got, want, whole)
				}
			}
		}
	}
}
