package tabular

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"portico/catalog"
)

// Bounds of documents that are trees.
const (
	maxDepthOfTree = 200
	maxElement     = 64 << 20 // bytes of one record, for it is held in memory
)

// A jsonScanner walks over a JSON text without holding it. Values that are
// skipped are only looked at for where they end; those that are taken are
// checked in full.
type jsonScanner struct {
	r    *bufio.Reader
	line int64
	at   int64
	buf  []byte
}

func newJSONScanner(r io.Reader) *jsonScanner {
	return &jsonScanner{r: bufio.NewReaderSize(r, 64<<10), line: 1}
}

func (j *jsonScanner) read() (byte, error) {
	b, err := j.r.ReadByte()
	if err != nil {
		if errors.Is(err, io.EOF) {
			return 0, io.EOF
		}
		return 0, unpackError(err)
	}
	j.at++
	if b == '\n' {
		j.line++
	}
	return b, nil
}

func (j *jsonScanner) unread(b byte) {
	if j.r.UnreadByte() == nil {
		j.at--
		if b == '\n' {
			j.line--
		}
	}
}

// peek returns the first byte of the next value; blanks are passed over.
func (j *jsonScanner) peek() (byte, error) {
	for {
		b, err := j.read()
		if err != nil {
			return 0, err
		}
		switch b {
		case ' ', '\t', '\r', '\n', 0x1e:
			continue
		}
		j.unread(b)
		return b, nil
	}
}

// expect reads the byte b.
func (j *jsonScanner) expect(b byte) error {
	got, err := j.peek()
	if err != nil {
		return j.broken(err)
	}
	if got != b {
		return j.broken(nil)
	}
	_, err = j.read()
	return err
}

// broken tells people where the text is no JSON.
func (j *jsonScanner) broken(err error) error {
	if _, ok := errors.AsType[*catalog.Error](err); ok {
		return err
	}
	if errors.Is(err, io.EOF) {
		return catalog.Errorf(catalog.Invalid, "The JSON document is cut short at line %d", j.line).
			Italian("Il documento JSON è incompleto: finisce alla riga %d", j.line)
	}
	return catalog.Errorf(catalog.Invalid, "The JSON document is not valid near line %d (byte %d)", j.line, j.at).
		Italian("Il documento JSON non è valido vicino alla riga %d (byte %d)", j.line, j.at).Because(err)
}

// value passes over the next value and returns its bytes where keep is set,
// valid until the next call.
func (j *jsonScanner) value(keep bool) ([]byte, error) {
	if _, err := j.peek(); err != nil {
		return nil, j.broken(err)
	}
	j.buf = j.buf[:0]
	if err := j.skip(keep); err != nil {
		return nil, err
	}
	if keep && !json.Valid(j.buf) {
		return nil, j.broken(nil)
	}
	return j.buf, nil
}

func (j *jsonScanner) skip(keep bool) error {
	var v valueEnd
	for {
		b, err := j.read()
		if errors.Is(err, io.EOF) && v.bare {
			return nil // a number at the end of the text
		}
		if err != nil {
			return j.broken(err)
		}
		over, done := v.step(b)
		if over {
			j.unread(b)
			return nil
		}
		if v.depth > maxDepthOfTree {
			return tooDeep()
		}
		if keep {
			if len(j.buf) >= maxElement {
				return tooLarge(maxElement)
			}
			j.buf = append(j.buf, b)
		}
		if done {
			return nil
		}
	}
}

// A valueEnd finds where a value ends of which it is given the bytes.
type valueEnd struct {
	depth    int
	inString bool
	escaped  bool
	bare     bool // it is a number or a word, which ends where something else begins
}

// step takes the next byte. over says that the value ended before it, done
// that it ends with it.
func (v *valueEnd) step(b byte) (over, done bool) {
	if v.inString {
		v.inString = v.escaped || b != '"'
		v.escaped = !v.escaped && b == '\\'
		return false, !v.inString && v.depth == 0
	}
	switch b {
	case '"':
		v.inString = true
	case '{', '[':
		v.depth++
	case '}', ']':
		v.depth--
		return v.depth < 0, v.depth == 0
	case ',', ':', ' ', '\t', '\r', '\n':
		return v.depth == 0 && v.bare, false
	default:
		v.bare = v.depth == 0
	}
	return false, false
}

func tooDeep() error {
	return catalog.Errorf(catalog.Invalid, "The document is nested more than %d levels deep", maxDepthOfTree).
		Italian("Il documento ha più di %d livelli", maxDepthOfTree)
}

// key reads the name of a member and its colon.
func (j *jsonScanner) key() (string, error) {
	b, err := j.peek()
	if err != nil || b != '"' {
		return "", j.broken(err)
	}
	raw, err := j.value(true)
	if err != nil {
		return "", err
	}
	name := jsonString(raw)
	return name, j.expect(':')
}

// more reports whether another member or element follows; end closes the list.
func (j *jsonScanner) more(first bool, end byte) (bool, error) {
	b, err := j.peek()
	if err != nil {
		return false, j.broken(err)
	}
	if b == end {
		_, err := j.read()
		return false, err
	}
	if first {
		return true, nil
	}
	return true, j.expect(',')
}

// elements calls f before each element of the array that comes next; f reads it.
func (j *jsonScanner) elements(f func() error) error {
	if err := j.expect('['); err != nil {
		return err
	}
	for first := true; ; first = false {
		more, err := j.more(first, ']')
		if err != nil || !more {
			return err
		}
		if err := f(); err != nil {
			return err
		}
	}
}

// members calls f before each value of the object that comes next; f reads it.
func (j *jsonScanner) members(f func(key string) error) error {
	if err := j.expect('{'); err != nil {
		return err
	}
	for first := true; ; first = false {
		more, err := j.more(first, '}')
		if err != nil || !more {
			return err
		}
		key, err := j.key()
		if err != nil {
			return err
		}
		if err := f(key); err != nil {
			return err
		}
	}
}

// eachMember calls f for the members of a valid object, in their order.
func eachMember(raw []byte, f func(key string, value []byte)) {
	eachPart(raw, func(key, value []byte) { f(jsonString(key), value) })
}

// eachElement calls f for the elements of a valid array.
func eachElement(raw []byte, f func(value []byte)) {
	eachPart(raw, func(_, value []byte) { f(value) })
}

// eachPart walks over the values of a valid object or array.
func eachPart(raw []byte, f func(key, value []byte)) {
	raw = bytes.TrimSpace(raw)
	if len(raw) < 2 || raw[0] != '{' && raw[0] != '[' {
		return
	}
	object := raw[0] == '{'
	rest := bytes.TrimLeft(raw[1:], " \t\r\n,")
	for len(rest) > 0 && rest[0] != '}' && rest[0] != ']' {
		var key []byte
		if object {
			n := partEnd(rest)
			key, rest = rest[:n], bytes.TrimLeft(rest[n:], " \t\r\n:")
		}
		n := partEnd(rest)
		if n == 0 {
			return
		}
		f(key, rest[:n])
		rest = bytes.TrimLeft(rest[n:], " \t\r\n,")
	}
}

// partEnd returns how long the value is with which a valid text begins.
func partEnd(b []byte) int {
	var v valueEnd
	for i, c := range b {
		over, done := v.step(c)
		if over {
			return i
		}
		if done {
			return i + 1
		}
	}
	return len(b)
}

// jsonString returns what a valid string says.
func jsonString(raw []byte) string {
	if len(raw) >= 2 && bytes.IndexByte(raw, '\\') < 0 && utf8.Valid(raw) {
		return string(raw[1 : len(raw)-1])
	}
	var s string
	if json.Unmarshal(raw, &s) != nil {
		return ""
	}
	return s
}

// jsonNumber returns a number as JSON or a string writes it.
func jsonNumber(raw []byte) (float64, bool) {
	s := string(raw)
	if strings.HasPrefix(s, `"`) {
		s = strings.TrimSpace(strings.Replace(jsonString(raw), ",", ".", 1))
	}
	f, err := strconv.ParseFloat(s, 64)
	return f, err == nil
}
