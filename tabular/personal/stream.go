package personal

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Stream looks for codici fiscali and IBANs in a text as it stands, whatever it
// is of: a document, or what a table leaves out of its rows. What it finds is in
// no column.
func Stream(r io.Reader) (Report, error) {
	const buffer, overlap = 64 << 10, 64
	var k column
	in := bufio.NewReaderSize(r, buffer)
	tail := ""
	for {
		line, err := in.ReadSlice('\n')
		text := tail + string(line)
		if tail = ""; errors.Is(err, bufio.ErrBufferFull) && len(text) > overlap {
			tail = lastWord(text, overlap) // what stands across the cut is read with what follows
			text = text[:len(text)-len(tail)]
		}
		k.strong(text)
		switch {
		case err == nil, errors.Is(err, bufio.ErrBufferFull):
		case errors.Is(err, io.EOF):
			return k.loose(), nil
		default:
			return k.loose(), fmt.Errorf("look for personal data: %w", err)
		}
	}
}

// lastWord returns the end of a text, at most so long, that begins after
// something that is no letter and no digit.
func lastWord(s string, most int) string {
	end := s[len(s)-most:]
	if i := strings.IndexFunc(end, func(r rune) bool { return r >= 0x80 || !isAlnum(byte(r)) }); i >= 0 {
		return end[i:]
	}
	return ""
}

// strong notes what has a check of its own.
func (k *column) strong(text string) {
	scan(text, func(f found) {
		switch f.kind {
		case FiscalCode:
			k.fiscal.add(mask(strings.ToUpper(f.text)))
		case IBAN:
			k.iban.add(mask(f.text))
		default:
		}
	})
}

// loose reports what was found outside of columns.
func (k *column) loose() (r Report) {
	for _, x := range []struct {
		kind Kind
		t    tally
	}{{FiscalCode, k.fiscal}, {IBAN, k.iban}} {
		if x.t.count > 0 {
			r.Findings = append(r.Findings, Finding{Kind: x.kind, Count: x.t.count, Sample: x.t.sample, Holds: true})
		}
	}
	return r
}
