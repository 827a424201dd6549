package tabular

import (
	"errors"
	"io"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// decoded returns s as UTF-8 without a byte order mark, for readers that take
// no lines.
func decoded(s stream, e encodingReport) stream {
	inner := s
	inner.at = nil
	inner.open = func() (io.ReadCloser, error) {
		if e.legacy != nil {
			lines, err := openLines(s, e)
			if err != nil {
				return nil, err
			}
			return &lineText{lines: lines}, nil
		}
		rc, err := s.open()
		if err != nil {
			return nil, err
		}
		if e.bom > 0 {
			if _, err := io.CopyN(io.Discard, rc, int64(e.bom)); err != nil {
				return nil, errors.Join(err, rc.Close())
			}
		}
		r := textReader{Reader: rc, Closer: rc}
		switch e.name {
		case utf16LEName:
			r.Reader = transform.NewReader(rc, unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewDecoder())
		case utf16BEName:
			r.Reader = transform.NewReader(rc, unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM).NewDecoder())
		}
		return r, nil
	}
	return inner
}

type textReader struct {
	io.Reader
	io.Closer
}

// lineText reads decoded lines as one text.
type lineText struct {
	lines *lineReader
	rest  []byte
	buf   []byte
}

func (l *lineText) Read(p []byte) (int, error) {
	for len(l.rest) == 0 {
		line, err := l.lines.next()
		if err != nil {
			return 0, err
		}
		l.buf = append(append(l.buf[:0], line...), '\n')
		l.rest = l.buf
	}
	n := copy(p, l.rest)
	l.rest = l.rest[n:]
	return n, nil
}

func (l *lineText) Close() error { return l.lines.Close() }
