package meilisearch

import (
	"regexp"
	"strings"
	"testing"
)

var safe = regexp.MustCompile(`^v[0-9a-z!;{|]*$`)

func FuzzEncode(f *testing.F) {
	for _, s := range []string{"", "CSV", "csv", `" OR 1`, "città", "\x00\xff", strings.Repeat("A", 1000), "z|", "058091"} {
		f.Add(s, s+"a")
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		x, y := encode(a), encode(b)
		if !safe.MatchString(x) || len(x) > 460 {
			t.Fatalf("the code of %q is %q", a, x)
		}
		if (a == b) != (x == y) {
			t.Fatalf("%q and %q have the codes %q and %q", a, b, x, y)
		}
		if !cut(x) && decode(x) != a {
			t.Fatalf("%q comes back as %q", a, decode(x))
		}
		if !cut(x) && !cut(y) && (a < b) != (x < y) {
			t.Fatalf("the codes of %q and %q are in another order", a, b)
		}
		if !safeKey.MatchString(key(a)) || (a == b) != (key(a) == key(b)) {
			t.Fatalf("the keys of %q and %q are %q and %q", a, b, key(a), key(b))
		}
	})
}

var safeKey = regexp.MustCompile(`^[A-Za-z0-9_-]{1,511}$`)

func TestEnclosing(t *testing.T) {
	for offset := range 60 {
		for limit := 1; limit < 12; limit++ {
			size, number := enclosing(offset, limit)
			first, last := int(size*(number-1)), int(size*number)
			if first > offset || last < offset+limit {
				t.Errorf("page %d of %d has %d to %d; want %d to %d", number, size, first, last, offset, offset+limit)
			}
		}
	}
}

// cut reports whether a code is that of a value too long for it.
func cut(code string) bool { return strings.Contains(code, "|") }
