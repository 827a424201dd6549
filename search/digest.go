package search

import (
	"encoding/binary"
	"time"
)

// Digest returns a number that is another for documents that say something
// else, as far as anybody can tell. It stays the same from run to run.
func (d *Document) Digest() int64 {
	sum := of("id", "", d.ID)
	for f, vs := range d.Strings {
		sum += of("string", f, vs...)
	}
	for f, vs := range d.Texts {
		sum += of("text", f, vs...)
	}
	for f, t := range d.Dates {
		sum += of("date", f, t.UTC().Format(time.RFC3339Nano))
	}
	for f, n := range d.Ints {
		sum += of("int", f, string(binary.BigEndian.AppendUint64(nil, uint64(n))))
	}
	return int64(sum)
}

// of is the 64-bit FNV-1a of the parts, each behind its length.
func of(kind string, f Field, values ...string) uint64 {
	h := fnv(fnv(offset, kind), string(f))
	for _, v := range values {
		h = fnv(h, v)
	}
	return h
}

const offset, prime uint64 = 14695981039346656037, 1099511628211

// fnv adds a part to a hash; hash/fnv would copy it.
func fnv(h uint64, s string) uint64 {
	for shift := 24; shift >= 0; shift -= 8 {
		h = (h ^ uint64(len(s))>>shift&0xff) * prime
	}
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * prime
	}
	return h
}
