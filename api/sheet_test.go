package api_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"portico/catalog"
)

// TestEveryPageOfAPlainListIsRight asks for pages that lie on one sheet of IDs,
// on two, at the end and beyond it, before and after a change.
func TestEveryPageOfAPlainListIsRight(t *testing.T) {
	w := newWorld(t)
	for i := range 430 {
		_, err := w.store.PutDataset(w.ctx, &catalog.Dataset{Name: fmt.Sprintf("lista-%03d", i), Title: catalog.It("Lista")})
		w.must(err)
	}
	w.follow()
	check := func() {
		t.Helper()
		for _, at := range [][2]int{{0, 10}, {195, 10}, {200, 10}, {390, 200}, {425, 10}, {430, 10}, {900, 10}, {0, 0}, {0, 1000}, {300, 1000}, {150, 260}} {
			want, total, err := w.store.ListDatasets(w.ctx, catalog.DatasetFilter{Sort: catalog.ByName, Offset: at[0], Limit: at[1]})
			w.must(err)
			for range 2 {
				var got struct {
					Result struct {
						Count   int
						Results []struct{ Name string }
					}
				}
				w.must(json.Unmarshal(w.do("GET", fmt.Sprintf("/api/3/action/package_search?sort=name+asc&start=%d&rows=%d", at[0], at[1]), "").Body.Bytes(), &got))
				same := slices.EqualFunc(got.Result.Results, want, func(a struct{ Name string }, b *catalog.Dataset) bool { return a.Name == b.Name })
				if !same || got.Result.Count != total {
					t.Errorf("%d from %d on: %d of %d, want %d of %d", at[1], at[0], len(got.Result.Results), got.Result.Count, len(want), total)
				}
			}
		}
	}
	check()
	w.must(w.store.SetDatasetState(w.ctx, "lista-197", catalog.Withdrawn, ""))
	w.follow()
	check()
}
