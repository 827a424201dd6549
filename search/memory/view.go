package memory

import (
	"slices"

	"portico/search"
)

// A view is the whole index at one moment. It never changes: who writes makes
// another one, so that who reads waits for nobody.
type view struct {
	parts []part // by size, the greatest first
	size  uint32 // numbers taken: of every document, and what rounds parts up
	live  int    // documents that are there
}

// A part is a segment in a view. Its documents are numbered from from on, a
// multiple of 64, so that a part of a bitset belongs to it alone.
type part struct {
	*segment
	from uint32
	live bitset // of the segment's own numbers; shared with other views
	gone int    // documents that are not live
}

// newView numbers the parts, which become its own.
func newView(parts []part) *view {
	v := &view{parts: parts}
	slices.SortStableFunc(v.parts, func(a, b part) int { return int(b.docs) - int(a.docs) })
	for i := range v.parts {
		p := &v.parts[i]
		p.from = v.size
		v.size += (p.docs + 63) &^ 63
		v.live += int(p.docs) - p.gone
	}
	return v
}

// whole returns a segment as a part that is all there.
func whole(g *segment) part {
	p := part{segment: g, live: newBitset(int(g.docs))}
	for doc := range g.docs {
		p.live.set(doc)
	}
	return p
}

// without returns the parts of v without the documents with the given IDs.
func (v *view) without(ids []string) []part {
	parts := slices.Clone(v.parts)
	for i := range parts {
		p, own := &parts[i], false
		for _, id := range ids {
			p.columns[search.ID].docs(id, func(doc uint32) bool {
				if !p.live.has(doc) {
					return true
				}
				if !own {
					p.live, own = slices.Clone(p.live), true
				}
				p.live.clear(doc)
				p.gone++
				return false // an ID is there once at most
			})
		}
	}
	return parts
}

// local is the part of b that belongs to p.
func (p *part) local(b bitset) bitset {
	return b[p.from>>6 : (p.from+p.docs+63)>>6]
}

// within returns where in docs, which ascend, those of p begin and end.
func (p *part) within(docs []uint32) (low, high int) {
	low, _ = slices.BinarySearch(docs, p.from)
	n, _ := slices.BinarySearch(docs[low:], p.from+p.docs)
	return low, low + n
}

// fill adds what is there to b, which is empty.
func (v *view) fill(b bitset) {
	for i := range v.parts {
		copy(v.parts[i].local(b), v.parts[i].live)
	}
}

// A held is what one part has of a field.
type held[T any] struct {
	*part
	of *T
}

// every returns what the parts have of a field, part by part.
func every[T any](v *view, f search.Field, in func(*segment) map[search.Field]*T) []held[T] {
	var out []held[T]
	for i := range v.parts {
		if x := in(v.parts[i].segment)[f]; x != nil {
			out = append(out, held[T]{&v.parts[i], x})
		}
	}
	return out
}

func columnsOf(g *segment) map[search.Field]*column { return g.columns }
func textsOf(g *segment) map[search.Field]*words    { return g.texts }
func datesOf(g *segment) map[search.Field]*numbers  { return g.dates }
func intsOf(g *segment) map[search.Field]*numbers   { return g.ints }

// field returns f, or the field that answers for it when no part has it.
func (v *view) field(f search.Field) search.Field {
	for i := range v.parts {
		if v.parts[i].columns[f] != nil || v.parts[i].texts[f] != nil {
			return f
		}
	}
	f, _ = f.Instead()
	return f
}
