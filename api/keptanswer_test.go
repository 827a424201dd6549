package api_test

import (
	"strings"
	"testing"

	"portico/catalog"
)

// TestSearchAnswersAreKeptNoLongerThanTheyHold: an answer that was made before
// search had learned of a change is not kept for the revision of the change.
func TestSearchAnswersAreKeptNoLongerThanTheyHold(t *testing.T) {
	w := newWorld(t).fill()
	for _, target := range []string{"/api/3/action/package_search?q=delfini", "/api/3/action/package_autocomplete?q=delfini"} {
		d := &catalog.Dataset{Title: catalog.It("Delfini " + strings.Repeat("x", len(target)))}
		before := w.do("GET", target, "").Body.String()
		if w.do("GET", target, "").Body.String() != before {
			t.Errorf("%s: two answers to one question", target)
		}
		_, err := w.store.PutDataset(w.ctx, d)
		w.must(err)
		if during := w.do("GET", target, "").Body.String(); strings.Contains(during, d.Name) {
			t.Fatalf("%s: the index knows too early, so this test shows nothing", target)
		}
		w.follow()
		if after := w.do("GET", target, "").Body.String(); !strings.Contains(after, d.Name) {
			t.Errorf("%s: an answer from before the change is kept: %s", target, after)
		}
		w.must(w.store.SetDatasetState(w.ctx, d.ID, catalog.Withdrawn, ""))
		if gone := w.do("GET", target, "").Body.String(); strings.Contains(gone, d.Name) {
			t.Errorf("%s: what is withdrawn is still found", target)
		}
		w.follow()
	}
}
