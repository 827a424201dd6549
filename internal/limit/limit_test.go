package limit_test

import (
	"testing"
	"time"

	"golang.org/x/time/rate"

	"portico/internal/limit"
)

func TestEachKeyHasItsOwnMeasure(t *testing.T) {
	l := limit.New[string](rate.Every(time.Minute), 2, 3)
	at := time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)
	for i, want := range []bool{true, true, false} {
		if got := l.Allow("a", at); got != want {
			t.Errorf("asked %d times: %v", i+1, got)
		}
	}
	if !l.Allow("b", at) {
		t.Error("another pays for it")
	}
	if !l.Allow("a", at.Add(time.Minute)) || l.Allow("a", at.Add(time.Minute)) {
		t.Error("a minute later is not one more")
	}
}

func TestItDoesNotGrowForEver(t *testing.T) {
	l := limit.New[int](rate.Every(time.Hour), 1, 2)
	at := time.Now()
	for k := range 3 { // the third finds no room: all begin anew
		if !l.Allow(k, at) {
			t.Errorf("%d may not ask at first", k)
		}
	}
	if !l.Allow(0, at) || l.Allow(2, at) {
		t.Error("what was forgotten, or what was not, is wrong")
	}
}
