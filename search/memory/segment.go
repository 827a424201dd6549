package memory

import (
	"strings"

	"portico/search"
)

// A segment is the index of some documents, numbered from 0. It is filled by
// one goroutine and never changes once others may read it.
type segment struct {
	docs    uint32
	columns map[search.Field]*column
	texts   map[search.Field]*words
	dates   map[search.Field]*numbers
	ints    map[search.Field]*numbers
	forms   forms
}

func newSegment() *segment {
	return &segment{
		columns: map[search.Field]*column{search.ID: newColumn()},
		texts:   map[search.Field]*words{},
		dates:   map[search.Field]*numbers{},
		ints:    map[search.Field]*numbers{},
	}
}

// slot returns what m has for f, made by create where it is new. The name of a
// field is copied, for it may be part of something much longer.
func slot[T any](m map[search.Field]*T, f search.Field, create func() *T) *T {
	if v := m[f]; v != nil {
		return v
	}
	v := create()
	m[search.Field(strings.Clone(string(f)))] = v
	return v
}
