package tabular

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// The names of encodings, as they are reported.
const (
	utf8Name    = "utf-8"
	utf16LEName = "utf-16-le"
	utf16BEName = "utf-16-be"
	cp1252Name  = "cp1252"
	cp850Name   = "cp850"
)

// An encodingReport is what one pass over all bytes of a text tells.
type encodingReport struct {
	name    string // one of the names above
	bom     int    // bytes to skip at the start
	mixed   bool   // UTF-8 in which some lines are in legacy
	legacy  *charmap.Charmap
	badness int64 // lines that are not UTF-8
	size    int64
	loneCR  bool // lines end in CR alone
}

// utf16Of returns the name of the UTF-16 encoding that head is in, or "".
// Without a byte order mark, half of the bytes of a table are zero.
func utf16Of(head []byte) string {
	switch {
	case bytes.HasPrefix(head, []byte{0xff, 0xfe}):
		return utf16LEName
	case bytes.HasPrefix(head, []byte{0xfe, 0xff}):
		return utf16BEName
	case len(head) < 8:
		return ""
	}
	var zero [2]int
	for i, b := range head {
		if b == 0 {
			zero[i%2]++
		}
	}
	half := len(head) / 2
	switch {
	case zero[1] > half*7/10 && zero[0] < half/10:
		return utf16LEName
	case zero[0] > half*7/10 && zero[1] < half/10:
		return utf16BEName
	}
	return ""
}

// detectEncoding reads all of s: one byte at its end can turn a file that
// looks like ASCII into another.
func detectEncoding(ctx context.Context, s stream, head []byte) (encodingReport, error) {
	if name := utf16Of(head); name != "" {
		e := encodingReport{name: name}
		if head[0] >= 0xfe {
			e.bom = 2
		}
		return e, nil
	}
	e := encodingReport{name: utf8Name}
	if bytes.HasPrefix(head, []byte("\xef\xbb\xbf")) {
		e.bom = 3
	}
	r, err := s.open()
	if err != nil {
		return e, err
	}
	defer r.Close()
	var c letterCount
	if err := e.scan(ctx, r, &c); err != nil {
		return e, err
	}
	if e.badness == 0 {
		return e, nil
	}
	name, legacy := c.legacy()
	e.legacy = legacy
	if e.mixed = c.utf8Lines > 0 || e.bom > 0; !e.mixed {
		e.name = name
	}
	return e, nil
}

func (e *encodingReport) scan(ctx context.Context, r io.Reader, c *letterCount) error {
	br := bufio.NewReaderSize(r, 256<<10)
	var lf, cr bool
	var carry []byte
	for n := 0; ; n++ {
		if n%4096 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		line, err := br.ReadSlice('\n')
		e.size += int64(len(line))
		lf = lf || bytes.HasSuffix(line, []byte("\n"))
		cr = cr || (!lf && bytes.IndexByte(line, '\r') >= 0)
		if len(carry) > 0 {
			line = append(carry, line...)
			carry = nil
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			// The line goes on: a rune that is cut in two waits for its rest.
			keep := cutRune(line)
			carry = append(make([]byte, 0, len(line)+1), line[len(line)-keep:]...)
			c.line(line[:len(line)-keep], e)
			continue
		}
		c.line(line, e)
		if errors.Is(err, io.EOF) {
			e.loneCR = cr && !lf
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// cutRune returns how many bytes at the end of b begin a UTF-8 sequence that
// is not yet whole; at most one, the most that a bufio.Reader takes back.
func cutRune(b []byte) int {
	for i := 1; i <= min(3, len(b)); i++ {
		c := b[len(b)-i]
		if utf8.RuneStart(c) {
			if !utf8.FullRune(b[len(b)-i:]) {
				return i
			}
			return 0
		}
	}
	return 0
}

// A letterCount counts the bytes over 127 of the lines that are not UTF-8,
// with what stands before and after each.
type letterCount struct {
	utf8Lines int64 // lines with letters in UTF-8
	seen      [neighbours][neighbours][128]int64
}

// The classes of bytes beside a letter.
const (
	lower = iota
	upper
	digit
	space
	other
	neighbours
)

func classOf(b byte) int {
	switch {
	case b >= 'a' && b <= 'z':
		return lower
	case b >= 'A' && b <= 'Z':
		return upper
	case b >= '0' && b <= '9':
		return digit
	case b == ' ' || b == '\t' || b == '\r' || b == '\n':
		return space
	}
	return other
}

// legacy returns the code page in which the letters make sense.
func (c *letterCount) legacy() (string, *charmap.Charmap) {
	if c.score(charmap.CodePage850, italian850) > c.score(charmap.Windows1252, italian1252) {
		return cp850Name, charmap.CodePage850
	}
	return cp1252Name, charmap.Windows1252
}

func (c *letterCount) line(line []byte, e *encodingReport) {
	if utf8.Valid(line) {
		if hasHigh(line) && !bytes.HasPrefix(line, []byte("\xef\xbb\xbf")) {
			c.utf8Lines++
		}
		return
	}
	e.badness++
	for i, b := range line {
		if b < 0x80 {
			continue
		}
		before, after := space, space
		if i > 0 {
			before = classOf(line[i-1])
		}
		if i+1 < len(line) {
			after = classOf(line[i+1])
		}
		c.seen[before][after][b-0x80]++
	}
}

func hasHigh(b []byte) bool {
	for _, c := range b {
		if c >= 0x80 {
			return true
		}
	}
	return false
}

// Letters and signs of Italian texts in each encoding.
const (
	italianLetters = "àèéìòùÀÈÉÌÒÙ"
	italianSigns   = "°ªº’‘“”–€«»§£²"
)

var (
	italian1252 = bytesOf(charmap.Windows1252)
	italian850  = bytesOf(charmap.CodePage850)
)

// bytesOf maps a byte of the encoding to 2 for an accented letter of Italian
// and to 1 for a common sign.
func bytesOf(m *charmap.Charmap) map[byte]int {
	worth := make(map[byte]int)
	for _, r := range italianLetters {
		if b, ok := m.EncodeRune(r); ok {
			worth[b] = 2
		}
	}
	for _, r := range italianSigns {
		if b, ok := m.EncodeRune(r); ok {
			worth[b] = 1
		}
	}
	return worth
}

// score says how much the counted bytes look like Italian in an encoding.
func (c *letterCount) score(m *charmap.Charmap, worth map[byte]int) float64 {
	total := 0.0
	for before := range neighbours {
		for after := range neighbours {
			for i, n := range c.seen[before][after] {
				if n > 0 {
					b := byte(i + 0x80)
					total += float64(n) * weigh(m.DecodeByte(b), worth[b], before, after)
				}
			}
		}
	}
	return total
}

// weigh is the worth of one rune between two neighbours.
func weigh(r rune, worth, before, after int) float64 {
	switch {
	case worth == 2 && before <= upper:
		return 2 // città
	case worth == 2:
		return 1 // è, À
	case worth == 1 && r == '°' && isDegree(before, after):
		return 1.5
	case worth == 1:
		return 0.5
	}
	return weighForeign(r, before <= upper || after <= upper)
}

// isDegree reports whether a sign between two neighbours may be that of 3°
// or N°.
func isDegree(before, after int) bool {
	return before == digit || before == upper || before == lower && after == space
}

// weighForeign is the worth of a rune that Italian seldom has.
func weighForeign(r rune, inWord bool) float64 {
	switch {
	case r == utf8.RuneError, r < 0xa0:
		return -3
	case r >= 0x2500 && r < 0x2600:
		return -2 // frames drawn with characters
	case inWord && r >= 0xc0 && r < 0x180:
		return 0.4 // letters of the neighbours: ü, ñ, ø
	}
	return -0.2
}
