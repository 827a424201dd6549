package memory

import "encoding/binary"

// A posting is the list of the documents with a word and its places in each,
// packed: the step to the next document and how often it has the word; and
// apart, for only phrases need them, the steps from place to place.
type posting struct {
	n      uint32 // documents
	next   uint32 // after the last document
	data   []byte
	places []byte
}

// add files doc, which is greater than all before, with the places of the word
// in it in ascending order.
func (p *posting) add(doc uint32, places []uint32) {
	p.head(doc, uint32(len(places)))
	last := uint32(0)
	for _, at := range places {
		p.places = binary.AppendUvarint(p.places, uint64(at-last))
		last = at
	}
	p.n++
	p.next = doc + 1
}

// head writes the step to doc, and how often it has the word.
func (p *posting) head(doc, freq uint32) {
	step := uint64(doc-p.next) << 1
	if freq == 1 {
		p.data = binary.AppendUvarint(p.data, step)
		return
	}
	p.data = binary.AppendUvarint(p.data, step|1)
	p.data = binary.AppendUvarint(p.data, uint64(freq))
}

// A walk reads a posting from its beginning.
type walk struct {
	rest   []byte
	next   uint32
	doc    uint32
	freq   uint32
	places []byte // of doc and all after it
	behind uint32 // places before those of doc, yet to be skipped
}

func (p *posting) walk() walk { return walk{rest: p.data, places: p.places} }

// step moves to the next document.
func (w *walk) step() bool {
	if len(w.rest) == 0 {
		return false
	}
	w.behind += w.freq
	v := uint64(w.rest[0])
	if v < 0x80 {
		w.rest = w.rest[1:]
	} else {
		v = w.uvarint()
	}
	w.doc = w.next + uint32(v>>1)
	w.next = w.doc + 1
	w.freq = 1
	if v&1 != 0 {
		w.freq = uint32(w.uvarint())
	}
	return true
}

func (w *walk) uvarint() uint64 {
	v, n := binary.Uvarint(w.rest)
	w.rest = w.rest[n:]
	return v
}

// unpack appends the places in the document to dst.
func (w *walk) unpack(dst []uint32) []uint32 {
	i := 0
	for ; w.behind > 0; i++ {
		if w.places[i] < 0x80 {
			w.behind--
		}
	}
	w.places = w.places[i:]
	at, rest := uint32(0), w.places
	for range w.freq {
		v, n := binary.Uvarint(rest)
		at += uint32(v)
		dst = append(dst, at)
		rest = rest[n:]
	}
	return dst
}
