package parquetfile

import (
	"cmp"
	"math"

	"github.com/parquet-go/parquet-go"
)

// A Range is the values from one to another, both of them included.
type Range[T cmp.Ordered] struct{ Low, High T }

// And returns what is in both ranges.
func (r Range[T]) And(o Range[T]) Range[T] { return Range[T]{max(r.Low, o.Low), min(r.High, o.High)} }

// meets reports whether some value from low to high may be in the range.
func (r Range[T]) meets(low, high T) bool { return r.Low <= r.High && low <= r.High && high >= r.Low }

// markRange marks the rows of the values that are in a range, as markEach does
// for a condition: most filters on numbers are ranges, and this is many times
// as fast as asking of each.
func markRange[T cmp.Ordered](s *marker, p parquet.Page, first int64, values []T, r Range[T]) {
	levels := p.DefinitionLevels()
	if levels != nil && len(values) != len(levels) {
		markEach(s, p, first, values, func(v T) bool { return v >= r.Low && v <= r.High })
		return
	}
	for i, v := range values {
		if v >= r.Low && v <= r.High {
			s.into.Set(first + int64(i))
		}
	}
}

// unscaled returns the whole numbers that are in a range when they are divided
// by unit.
func unscaled(r Range[float64], unit float64) Range[int64] {
	const most = 1e18 // that a DECIMAL holds
	low := int64(math.Ceil(max(-most, min(most, r.Low*unit))))
	for float64(low-1)/unit >= r.Low && low > -most {
		low--
	}
	for float64(low)/unit < r.Low && low < most {
		low++
	}
	high := int64(math.Floor(max(-most, min(most, r.High*unit))))
	for float64(high+1)/unit <= r.High && high < most {
		high++
	}
	for float64(high)/unit > r.High && high > -most {
		high--
	}
	return Range[int64]{low, high}
}
