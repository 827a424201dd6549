package memory

import (
	"math/rand/v2"
	"slices"
	"testing"

	"portico/search"
)

// TestThePlacesOfAPage compares both ways to choose them with a whole order.
func TestThePlacesOfAPage(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	e := New("it")
	if err := e.Put(t.Context(), inventedFrom(0, 3000)...); err != nil {
		t.Fatal(err)
	}
	v := e.now.Load()
	x := top{ids: every(v, search.ID, columnsOf), keys: []keyed{{}, {}}}
	for i := range v.parts {
		for doc := range v.parts[i].docs {
			x.docs = append(x.docs, v.parts[i].from+doc)
		}
	}
	for _, kinds := range []int64{1, 5, 1e9} { // all are equal, many, none
		for k := range x.keys {
			x.keys[k].at = make([]int64, len(x.docs))
			for i := range x.docs {
				x.keys[k].at[i] = r.Int64N(kinds) - kinds/2
			}
		}
		whole := x.selected(0, len(x.docs))
		if !slices.IsSortedFunc(whole, x.compare) || len(whole) != len(x.docs) {
			t.Fatalf("%d kinds: the whole is not in order", kinds)
		}
		for _, at := range [][2]int{{0, 1}, {0, 20}, {990, 1000}, {980, 1500}, {1500, 1520}, {2990, 3000}, {0, 3000}} {
			low, high := at[0], at[1]
			if got := x.between(low, high); !slices.Equal(got, whole[low:high]) {
				t.Errorf("%d kinds, %d to %d: %v, want %v", kinds, low, high, got, whole[low:high])
			}
			if got := x.best(high)[low:]; !slices.Equal(got, whole[low:high]) {
				t.Errorf("%d kinds, the best %d from %d on: %v, want %v", kinds, high, low, got, whole[low:high])
			}
		}
	}
}
