package tabular

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"portico/catalog"
)

// maxLine is how long one line of a text may be: outlines of municipalities
// stand in one cell and take some megabytes.
const maxLine = 16 << 20

// A lineReader yields the lines of a text in UTF-8, without their ends.
type lineReader struct {
	r      *bufio.Reader
	c      io.Closer
	enc    encodingReport
	sep    byte
	buf    []byte // a line that is longer than the reader's buffer
	out    []byte // a line that was decoded
	number int64  // of the line that was read last, from 1
}

func openLines(s stream, e encodingReport) (*lineReader, error) {
	rc, err := s.open()
	if err != nil {
		return nil, err
	}
	var r io.Reader = rc
	if e.bom > 0 {
		if _, err := io.CopyN(io.Discard, rc, int64(e.bom)); err != nil {
			return nil, errors.Join(err, rc.Close())
		}
	}
	switch e.name {
	case utf16LEName:
		r = transform.NewReader(r, unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewDecoder())
	case utf16BEName:
		r = transform.NewReader(r, unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM).NewDecoder())
	}
	l := &lineReader{r: bufio.NewReaderSize(r, 256<<10), c: rc, enc: e, sep: '\n'}
	if e.loneCR {
		l.sep = '\r'
	}
	return l, nil
}

func (l *lineReader) Close() error { return l.c.Close() }

// next returns the next line; it is valid until the one after it. It ends
// with io.EOF, which comes alone.
func (l *lineReader) next() ([]byte, error) {
	line, err := l.r.ReadSlice(l.sep)
	if errors.Is(err, bufio.ErrBufferFull) {
		line, err = l.long(line)
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if err != nil && len(line) == 0 {
		return nil, io.EOF
	}
	l.number++
	line = bytes.TrimSuffix(line, []byte{l.sep})
	line = bytes.TrimSuffix(line, []byte("\r"))
	if l.enc.legacy != nil && !utf8.Valid(line) {
		l.out = decodeLegacy(l.out[:0], line, l.enc)
		line = l.out
	}
	if bytes.IndexByte(line, 0) >= 0 {
		line = bytes.ReplaceAll(line, []byte{0}, nil)
	}
	return line, nil
}

func (l *lineReader) long(first []byte) ([]byte, error) {
	l.buf = append(l.buf[:0], first...)
	for {
		part, err := l.r.ReadSlice(l.sep)
		l.buf = append(l.buf, part...)
		if len(l.buf) > maxLine {
			return nil, catalog.Errorf(catalog.Invalid, "Line %d is longer than %d MB: this is no table", l.number+1, maxLine>>20).
				Italian("La riga %d supera %d MB: non è una tabella", l.number+1, maxLine>>20)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return l.buf, err
		}
	}
}

// decodeLegacy appends line to dst in UTF-8. In a file of mixed encodings what
// is UTF-8 stays as it is, and each other byte is read by itself.
func decodeLegacy(dst, line []byte, e encodingReport) []byte {
	for len(line) > 0 {
		b := line[0]
		if b < utf8.RuneSelf {
			dst = append(dst, b)
			line = line[1:]
			continue
		}
		if e.mixed {
			if r, n := utf8.DecodeRune(line); r != utf8.RuneError || n > 1 {
				dst = append(dst, line[:n]...)
				line = line[n:]
				continue
			}
		}
		dst = utf8.AppendRune(dst, legacyRune(e.legacy, b))
		line = line[1:]
	}
	return dst
}

// legacyRune decodes a byte; those that the code page leaves open are read as
// Latin-1, so that no byte is lost.
func legacyRune(m *charmap.Charmap, b byte) rune {
	if r := m.DecodeByte(b); r != utf8.RuneError {
		return r
	}
	return rune(b)
}
