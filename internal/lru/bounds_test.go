package lru

import (
	"fmt"
	"testing"
)

func TestItStaysWithinItsBounds(t *testing.T) {
	c := New(8*3000, func(key string, v []byte) int { return len(key) + len(v) + 1536 })
	for i := range 100 {
		c.Put(fmt.Sprint("k", i%30), make([]byte, 1000+i))
		if c.size > c.max || len(c.entries) != c.order.Len() {
			t.Fatalf("%d entries, %d in order, %d bytes", len(c.entries), c.order.Len(), c.size)
		}
	}
}
