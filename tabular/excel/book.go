package excel

import (
	"encoding/binary"
	"fmt"
	"strings"
	"unicode/utf16"
)

// The records that hold values or say how they look.
const (
	recFormula    = 0x0006
	recEOF        = 0x000a
	recDateMode   = 0x0022
	recFilePass   = 0x002f
	recContinue   = 0x003c
	recBoundSheet = 0x0085
	recMulRK      = 0x00bd
	recRString    = 0x00d6
	recXF         = 0x00e0
	recSST        = 0x00fc
	recLabelSST   = 0x00fd
	recNumber     = 0x0203
	recLabel      = 0x0204
	recBoolErr    = 0x0205
	recString     = 0x0207
	recRK         = 0x027e
	recFormat     = 0x041e
	recBOF        = 0x0809
)

// A Sheet is a sheet of a workbook.
type Sheet struct {
	Name   string
	Hidden bool
	offset uint32 // in a .xls
	part   string // of a .xlsx
}

// A Workbook is an open .xls file.
type Workbook struct {
	Sheets []Sheet

	b        []byte
	texts    []string
	formats  map[uint16]string
	xf       []uint16 // number of the format, by XF
	from1904 bool
}

// Open reads what all sheets of a workbook share.
func Open(file []byte) (*Workbook, error) {
	b, err := workbookStream(file)
	if err != nil {
		return nil, err
	}
	w := &Workbook{b: b, formats: make(map[uint16]string)}
	r := records{b: b}
	if !r.next() || r.kind != recBOF || len(r.data) < 2 {
		return nil, fmt.Errorf("%w: no beginning", ErrFormat)
	}
	if v := binary.LittleEndian.Uint16(r.data); v != 0x0600 {
		return nil, ErrOld
	}
	for r.next() && r.kind != recEOF {
		if err := w.global(&r); err != nil {
			return nil, err
		}
	}
	if len(w.Sheets) == 0 {
		return nil, fmt.Errorf("%w: no sheets", ErrFormat)
	}
	return w, nil
}

func (w *Workbook) global(r *records) error {
	switch r.kind {
	case recFilePass:
		return ErrEncrypted
	case recDateMode:
		w.from1904 = len(r.data) > 0 && r.data[0] == 1
	case recFormat:
		if len(r.data) > 5 {
			w.formats[binary.LittleEndian.Uint16(r.data)] = unicodeText(r.data[2:], 2)
		}
	case recXF:
		if len(r.data) >= 4 {
			w.xf = append(w.xf, binary.LittleEndian.Uint16(r.data[2:]))
		}
	case recBoundSheet:
		if len(r.data) > 8 && r.data[5] == 0 { // charts and macros are no sheets
			w.Sheets = append(w.Sheets, Sheet{
				Name: unicodeText(r.data[6:], 1), Hidden: r.data[4]&3 != 0, offset: binary.LittleEndian.Uint32(r.data),
			})
		}
	case recSST:
		first := r.data
		w.texts = sharedTexts(first, r.continued())
	}
	return nil
}

// records walks over the records of a stream.
type records struct {
	b    []byte
	at   int
	kind uint16
	data []byte
}

func (r *records) next() bool {
	if r.at+4 > len(r.b) {
		return false
	}
	r.kind = binary.LittleEndian.Uint16(r.b[r.at:])
	n := int(binary.LittleEndian.Uint16(r.b[r.at+2:]))
	if r.at+4+n > len(r.b) {
		return false
	}
	r.data = r.b[r.at+4 : r.at+4+n]
	r.at += 4 + n
	return true
}

// continued returns the records that continue the one at hand.
func (r *records) continued() [][]byte {
	var all [][]byte
	for r.at+4 <= len(r.b) && binary.LittleEndian.Uint16(r.b[r.at:]) == recContinue {
		if !r.next() {
			break
		}
		all = append(all, r.data)
	}
	return all
}

// unicodeText reads a text whose length is in so many bytes.
func unicodeText(b []byte, lengthBytes int) string {
	if len(b) < lengthBytes+1 {
		return ""
	}
	n := int(b[0])
	if lengthBytes == 2 {
		n = int(binary.LittleEndian.Uint16(b))
	}
	t := textReader{segments: [][]byte{b[lengthBytes:]}}
	return t.chars(n)
}

// A textReader reads texts that run over several records. Where one ends
// within letters, the next begins with a new word on how wide they are.
type textReader struct {
	segments [][]byte
}

func (t *textReader) left() int {
	for len(t.segments) > 0 && len(t.segments[0]) == 0 {
		t.segments = t.segments[1:]
	}
	if len(t.segments) == 0 {
		return 0
	}
	return len(t.segments[0])
}

func (t *textReader) byte() byte {
	if t.left() == 0 {
		return 0
	}
	b := t.segments[0][0]
	t.segments[0] = t.segments[0][1:]
	return b
}

func (t *textReader) uint16() int { return int(t.byte()) | int(t.byte())<<8 }

func (t *textReader) skip(n int) {
	for n > 0 {
		k := min(n, t.left())
		if k == 0 {
			return
		}
		t.segments[0] = t.segments[0][k:]
		n -= k
	}
}

// chars reads a text of n letters from its flags on, and what formats it.
func (t *textReader) chars(n int) string {
	flags := t.byte()
	rich, extra := 0, 0
	if flags&8 != 0 {
		rich = 4 * t.uint16()
	}
	if flags&4 != 0 {
		extra = t.uint16() | t.uint16()<<16
	}
	var b strings.Builder
	var units []uint16
	for wide := flags&1 != 0; n > 0; {
		if t.left() == 0 {
			break
		}
		s := t.segments[0]
		if wide {
			k := min(n, len(s)/2)
			for i := range k {
				units = append(units, binary.LittleEndian.Uint16(s[2*i:]))
			}
			if k == 0 {
				t.segments[0] = nil
				break
			}
			t.segments[0], n = s[2*k:], n-k
		} else {
			k := min(n, len(s))
			for _, c := range s[:k] {
				units = append(units, uint16(c))
			}
			t.segments[0], n = s[k:], n-k
		}
		if n > 0 && len(t.segments[0]) == 0 && t.left() > 0 {
			wide = t.byte()&1 != 0
		}
	}
	b.WriteString(string(utf16.Decode(units)))
	t.skip(rich)
	t.skip(extra)
	return b.String()
}

func sharedTexts(first []byte, more [][]byte) []string {
	if len(first) < 8 {
		return nil
	}
	n := int(binary.LittleEndian.Uint32(first[4:]))
	t := textReader{segments: append([][]byte{first[8:]}, more...)}
	var all []string
	for len(all) < n && t.left() > 0 {
		all = append(all, t.chars(t.uint16()))
	}
	return all
}
