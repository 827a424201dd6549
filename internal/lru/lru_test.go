package lru_test

import (
	"fmt"
	"sync"
	"testing"

	"portico/internal/lru"
)

func length(key, v string) int { return len(key) + len(v) }

func TestWhatWasNotAskedForLongestGoesFirst(t *testing.T) {
	c := lru.New(10, length)
	c.Put("a", "1234")
	c.Put("b", "1234")
	c.Get("a")
	c.Put("c", "1234")
	for key, want := range map[string]bool{"a": true, "b": false, "c": true} {
		if _, ok := c.Get(key); ok != want {
			t.Errorf("%s is kept: %v, want %v", key, ok, want)
		}
	}
}

func TestAValueTakesThePlaceOfTheOldOne(t *testing.T) {
	c := lru.New(10, length)
	c.Put("a", "12345678")
	c.Put("a", "1")
	c.Put("b", "123")
	if v, _ := c.Get("a"); v != "1" {
		t.Errorf("a is %q", v)
	}
	if _, ok := c.Get("b"); !ok {
		t.Error("what was replaced is counted still")
	}
}

func TestWhatIsLargerThanTheCacheIsNotKept(t *testing.T) {
	c := lru.New(10, length)
	c.Put("a", "12345678901")
	if _, ok := c.Get("a"); ok {
		t.Error("it is kept")
	}
	c.Put("b", "1")
	if _, ok := c.Get("b"); !ok {
		t.Error("nothing is kept after it")
	}
}

func TestManyMayUseIt(t *testing.T) {
	c := lru.New(50, length)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for i := range 500 {
				key := fmt.Sprint(i % 20)
				c.Put(key, "value")
				c.Get(key)
			}
		})
	}
	wg.Wait()
}
