package search

import (
	"encoding/binary"
	"hash/fnv"
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

func of(kind string, f Field, values ...string) uint64 {
	h := fnv.New64a()
	write := func(s string) {
		_, _ = h.Write(binary.BigEndian.AppendUint32(nil, uint32(len(s))))
		_, _ = h.Write([]byte(s))
	}
	write(kind)
	write(string(f))
	for _, v := range values {
		write(v)
	}
	return h.Sum64()
}
