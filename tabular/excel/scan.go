package excel

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"unicode/utf8"
)

// maxText is how long a tag or the text of a cell may be.
const maxText = 4 << 20

// A tagScanner walks over the tags of a part of a workbook. It is not for
// every XML document, but for those that spreadsheet programs write: UTF-8,
// without entities of their own.
type tagScanner struct {
	r    *bufio.Reader
	name []byte // of the tag, without its prefix
	attr []byte // all of its attributes
	end  bool   // </name>
	sole bool   // <name/>
	text []byte // what stood before the tag
	buf  []byte
}

func newTagScanner(r io.Reader) *tagScanner { return &tagScanner{r: bufio.NewReaderSize(r, 64<<10)} }

// next reads up to the next tag and through it, or returns io.EOF.
func (s *tagScanner) next() error {
	s.text = s.text[:0]
	for {
		if err := s.until('<', &s.text); err != nil {
			return err
		}
		s.buf = s.buf[:0]
		if err := s.until('>', &s.buf); err != nil {
			return cut(err)
		}
		if len(s.buf) == 0 || s.buf[0] != '?' && s.buf[0] != '!' {
			return s.tag()
		}
		if err := s.aside(); err != nil {
			return cut(err)
		}
	}
}

// aside passes over what is no tag, and keeps the text of CDATA.
func (s *tagScanner) aside() error {
	const cdata = "![CDATA["
	switch {
	case bytes.HasPrefix(s.buf, []byte("!--")):
		return s.whole("--", len("!----"))
	case bytes.HasPrefix(s.buf, []byte(cdata)):
		if err := s.whole("]]", len(cdata)+2); err != nil {
			return err
		}
		s.text = append(s.text, s.buf[len(cdata):len(s.buf)-2]...)
	}
	return nil
}

// whole reads on until what was read ends so.
func (s *tagScanner) whole(end string, least int) error {
	for !bytes.HasSuffix(s.buf, []byte(end)) || len(s.buf) < least {
		s.buf = append(s.buf, '>')
		if err := s.until('>', &s.buf); err != nil {
			return err
		}
	}
	return nil
}

func cut(err error) error {
	if errors.Is(err, io.EOF) {
		return fmt.Errorf("%w: cut short", ErrFormat)
	}
	return err
}

// until appends what comes before the byte b to dst.
func (s *tagScanner) until(b byte, dst *[]byte) error {
	quotes := 0
	for {
		part, err := s.r.ReadSlice(b)
		*dst = append(*dst, part...)
		if b == '>' {
			quotes += bytes.Count(part, []byte{'"'})
		}
		if len(*dst) > maxText {
			return fmt.Errorf("%w: a text of more than %d bytes", ErrFormat, maxText)
		}
		if err == nil {
			*dst = (*dst)[:len(*dst)-1]
			// A > within a value does not end the tag.
			if quotes%2 == 1 && !bytes.HasPrefix(*dst, []byte("!")) {
				*dst = append(*dst, b)
				continue
			}
			return nil
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return err
		}
	}
}

func (s *tagScanner) tag() error {
	b := s.buf
	s.end, s.sole = false, false
	if len(b) > 0 && b[0] == '/' {
		s.end, b = true, b[1:]
	}
	if n := len(b); n > 0 && b[n-1] == '/' {
		s.sole, b = true, b[:n-1]
	}
	n := bytes.IndexAny(b, " \t\r\n")
	if n < 0 {
		n = len(b)
	}
	s.name, s.attr = b[:n], b[n:]
	if i := bytes.IndexByte(s.name, ':'); i >= 0 {
		s.name = s.name[i+1:]
	}
	return nil
}

func (s *tagScanner) is(name string) bool { return string(s.name) == name }

// starts reports whether the tag begins an element of that name.
func (s *tagScanner) starts(name string) bool { return !s.end && string(s.name) == name }

// get returns the value of an attribute, without its entities replaced.
func (s *tagScanner) get(name string) []byte {
	for b := s.attr; ; {
		i := bytes.Index(b, []byte(name))
		if i < 0 {
			return nil
		}
		rest := b[i+len(name):]
		if (i == 0 || b[i-1] <= ' ' || b[i-1] == ':') && len(rest) > 2 && rest[0] == '=' && (rest[1] == '"' || rest[1] == '\'') {
			if n := bytes.IndexByte(rest[2:], rest[1]); n >= 0 {
				return rest[2 : 2+n]
			}
			return nil
		}
		b = b[i+len(name):]
	}
}

// unescape replaces the entities of XML, and what Excel writes as _x000D_.
func unescape(b []byte) string {
	if bytes.IndexByte(b, '&') < 0 && bytes.IndexByte(b, '_') < 0 {
		return string(b)
	}
	out := make([]byte, 0, len(b))
	for i := 0; i < len(b); i++ {
		switch {
		case b[i] == '&':
			end := bytes.IndexByte(b[i:min(len(b), i+12)], ';')
			if r, ok := entity(b[i+1 : i+max(end, 1)]); ok {
				out = utf8.AppendRune(out, r)
				i += end
				continue
			}
			out = append(out, '&')
		case b[i] == '_' && i+7 <= len(b) && b[i+1] == 'x' && b[i+6] == '_':
			if v, err := strconv.ParseUint(string(b[i+2:i+6]), 16, 16); err == nil {
				if v != '\r' {
					out = utf8.AppendRune(out, rune(v))
				}
				i += 6
				continue
			}
			out = append(out, '_')
		default:
			out = append(out, b[i])
		}
	}
	return string(out)
}

func entity(b []byte) (rune, bool) {
	switch string(b) {
	case "amp":
		return '&', true
	case "lt":
		return '<', true
	case "gt":
		return '>', true
	case "quot":
		return '"', true
	case "apos":
		return '\'', true
	}
	if len(b) < 2 || b[0] != '#' {
		return 0, false
	}
	digits, base := string(b[1:]), 10
	if b[1] == 'x' {
		digits, base = string(b[2:]), 16
	}
	v, err := strconv.ParseUint(digits, base, 21)
	return rune(v), err == nil && utf8.ValidRune(rune(v))
}
