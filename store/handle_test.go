package store

import (
	"fmt"
	"sync"
	"testing"
)

// TestWantedStatementsAreNobodyElses is for the race detector: transactions
// end beside others that have just begun to want a statement.
func TestWantedStatementsAreNobodyElses(t *testing.T) {
	h := newHandle(nil)
	var wg sync.WaitGroup
	for worker := range 4 {
		wg.Go(func() {
			for i := range 500 {
				for range h.takeWanted() {
					continue // as prepareWanted goes through them
				}
				h.want(fmt.Sprint(worker, i%3))
			}
		})
	}
	wg.Wait()
	if h.takeWanted(); h.takeWanted() != nil {
		t.Error("what was taken is wanted still")
	}
}
