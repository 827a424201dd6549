package memory

import (
	"math"
	"slices"

	"portico/search"
	"portico/search/analysis"
)

// A filing gathers the words of the documents of one segment. Their postings
// are written when all have come, each at once and as long as it is; it is
// used again for the next segment.
type filing struct {
	segment uint32 // counts the segments
	fields  map[search.Field]*gathered
	sorted  []occurrence // of the field at work
	ends    []int        // by term: in sorted
	places  []uint32
}

// A gathered is what was gathered of one field.
type gathered struct {
	terms shortcut
	all   []occurrence
}

// An occurrence is a word in a document.
type occurrence struct{ term, doc, place uint32 }

// A shortcut leads from the IDs of tokens to the numbers of a dictionary,
// without a look at the words. What stands in it of other segments does not
// count.
type shortcut []uint64 // by ID: the segment, and the number

func (s *shortcut) find(id, segment uint32) (number uint32, ok bool) {
	if int(id) >= len(*s) || id == 0 {
		return 0, false
	}
	x := (*s)[id]
	return uint32(x), uint32(x>>32) == segment
}

func (s *shortcut) keep(id, segment, number uint32) {
	if id == 0 {
		return
	}
	if n := int(id) + 1; n > len(*s) {
		*s = slices.Grow(*s, n-len(*s))[:n]
	}
	(*s)[id] = uint64(segment)<<32 | uint64(number)
}

// Bounds of what is kept for the next segment.
const (
	maxIDs    = 1 << 16
	maxFields = 64
)

// begin makes ready for a new segment.
func (t *tokens) begin() {
	x := &t.filing
	x.segment++
	fresh := x.segment == 0 || x.fields == nil || len(x.fields) > maxFields
	for by, memo := range t.memos {
		if memo.Last() > maxIDs {
			t.memos[by] = by.Memo()
			fresh = true // IDs begin again
		}
	}
	if fresh {
		*x = filing{segment: 1, fields: map[search.Field]*gathered{}}
	}
}

// file gathers the words of doc, which is greater than all before: n, as its
// length is reckoned.
func (t *tokens) file(g *segment, f search.Field, doc uint32, words []analysis.Token, n int) {
	x, w := &t.filing, slot(g.texts, f, newWords)
	own := slot(x.fields, f, func() *gathered { return &gathered{} })
	for i := range words {
		word := &words[i]
		term, ok := own.terms.find(word.ID, x.segment)
		if !ok {
			term, _ = w.dict.add(word.Term)
			own.terms.keep(word.ID, x.segment, term)
			if word.Form != word.Term {
				g.forms.file(word.Form, word.Term)
			}
		}
		own.all = append(own.all, occurrence{term, doc, uint32(word.Pos)})
	}
	w.total += uint64(len(words))
	w.setLength(doc, uint16(min(n, math.MaxUint16)))
}

// end writes the postings of the segment.
func (t *tokens) end(g *segment) {
	for f, own := range t.filing.fields {
		if len(own.all) > 0 {
			t.filing.write(g.texts[f], own.all)
			own.all = own.all[:0]
		}
	}
}

// write writes the postings of w, which are all.
func (x *filing) write(w *words, all []occurrence) {
	x.sort(all, len(w.dict.values))
	w.postings = make([]posting, len(w.dict.values))
	var data, places []byte // of all postings, one behind the other
	ends := make([][2]int, len(w.postings))
	begin := 0
	for term := range w.postings {
		p := posting{data: data, places: places}
		x.fill(&p, x.sorted[begin:x.ends[term]])
		data, places, begin = p.data, p.places, x.ends[term]
		ends[term] = [2]int{len(data), len(places)}
		w.postings[term] = posting{n: p.n, next: p.next}
	}
	data, places = slices.Clone(data), slices.Clone(places) // without the room to grow
	last := [2]int{}
	for term, end := range ends {
		p := &w.postings[term]
		p.data, p.places = data[last[0]:end[0]:end[0]], places[last[1]:end[1]:end[1]]
		last = end
	}
}

// sort puts the occurrences by term, and leaves those of each as they came.
func (x *filing) sort(all []occurrence, terms int) {
	x.ends = slices.Grow(x.ends[:0], terms+1)[:terms+1]
	clear(x.ends)
	for i := range all {
		x.ends[all[i].term+1]++
	}
	for term := range terms {
		x.ends[term+1] += x.ends[term]
	}
	x.sorted = slices.Grow(x.sorted[:0], len(all))[:len(all)]
	for _, o := range all {
		x.sorted[x.ends[o.term]] = o
		x.ends[o.term]++
	}
}

// fill files the occurrences of one term, whose documents ascend.
func (x *filing) fill(p *posting, of []occurrence) {
	for len(of) > 0 {
		doc := of[0].doc
		x.places = x.places[:0]
		for len(of) > 0 && of[0].doc == doc {
			x.places = append(x.places, of[0].place)
			of = of[1:]
		}
		slices.Sort(x.places)
		p.add(doc, slices.Compact(x.places))
	}
}
