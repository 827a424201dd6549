package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// The limits of a JSON text, besides its size.
const (
	maxJSONDepth  = 64
	maxJSONKeys   = 5000 // of one object
	maxJSONValues = 200_000
	bytesPerValue = 8 // least, where a larger body than usual is allowed
)

// decodeStrict reads one JSON value: nil, bool, json.Number, string, []any or
// map[string]any. It refuses what parsers disagree about: a key that stands
// twice in an object, and anything after the value.
func decodeStrict(raw []byte) (any, error) { return decodeBody(raw, 0) }

// decodeBody is decodeStrict for an action whose bodies may have maxBody
// bytes: where that is much there may be more values in them.
func decodeBody(raw []byte, maxBody int64) (any, error) {
	d := strictDecoder{raw: raw, most: max(maxJSONValues, maxBody/bytesPerValue)}
	v, err := d.value(0)
	if err != nil {
		return nil, err
	}
	if d.peek() != 0 || d.at < len(d.raw) {
		return nil, errors.New("data after the end of the JSON text")
	}
	return v, nil
}

// A strictDecoder reads a JSON text from its start to its end. That of the
// standard library makes every token a value of its own, which takes six times
// as long.
type strictDecoder struct {
	raw    []byte
	at     int
	values int64
	most   int64
}

// peek returns the next byte that is no white space, or 0 at the end.
func (d *strictDecoder) peek() byte {
	for ; d.at < len(d.raw); d.at++ {
		switch c := d.raw[d.at]; c {
		case ' ', '\t', '\n', '\r':
		default:
			return c
		}
	}
	return 0
}

func (d *strictDecoder) wrong() error {
	return fmt.Errorf("no JSON at byte %d", d.at)
}

func (d *strictDecoder) value(depth int) (any, error) {
	if d.values++; d.values > d.most {
		return nil, errors.New("too many values")
	}
	if depth > maxJSONDepth {
		return nil, errors.New("nested too deeply")
	}
	switch c := d.peek(); {
	case c == '{':
		return d.object(depth)
	case c == '[':
		return d.list(depth)
	case c == '"':
		return d.text()
	case c == 't':
		return true, d.literal("true")
	case c == 'f':
		return false, d.literal("false")
	case c == 'n':
		return nil, d.literal("null")
	case c == '-' || c >= '0' && c <= '9':
		return d.number()
	}
	return nil, d.wrong()
}

func (d *strictDecoder) literal(word string) error {
	if len(d.raw)-d.at < len(word) || string(d.raw[d.at:d.at+len(word)]) != word {
		return d.wrong()
	}
	d.at += len(word)
	return nil
}

// next passes a comma, or ends at the closing bracket.
func (d *strictDecoder) next(end byte) (done bool, err error) {
	switch d.peek() {
	case ',':
		d.at++
		if d.peek() == end {
			return false, d.wrong()
		}
		return false, nil
	case end:
		d.at++
		return true, nil
	}
	return false, d.wrong()
}

func (d *strictDecoder) list(depth int) (any, error) {
	d.at++
	out := []any{}
	if d.peek() == ']' {
		d.at++
		return out, nil
	}
	for {
		v, err := d.value(depth + 1)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
		if done, err := d.next(']'); done || err != nil {
			return out, err
		}
	}
}

func (d *strictDecoder) object(depth int) (any, error) {
	d.at++
	out := map[string]any{}
	if d.peek() == '}' {
		d.at++
		return out, nil
	}
	for {
		key, err := d.key(out)
		if err != nil {
			return nil, err
		}
		if out[key], err = d.value(depth + 1); err != nil {
			return nil, err
		}
		if done, err := d.next('}'); done || err != nil {
			return out, err
		}
	}
}

// key reads a key that is not yet in out, and its colon.
func (d *strictDecoder) key(out map[string]any) (string, error) {
	if d.peek() != '"' {
		return "", d.wrong()
	}
	key, err := d.text()
	if err != nil {
		return "", err
	}
	if len(out) == maxJSONKeys {
		return "", errors.New("too many keys")
	}
	if _, twice := out[key]; twice {
		return "", fmt.Errorf("key %q stands twice", key)
	}
	if d.peek() != ':' {
		return "", d.wrong()
	}
	d.at++
	return key, nil
}

// text reads a string. One with escapes or bytes beyond ASCII is left to the
// standard library.
func (d *strictDecoder) text() (string, error) {
	start, simple := d.at, true
	for d.at++; d.at < len(d.raw); d.at++ {
		switch c := d.raw[d.at]; {
		case c == '"':
			d.at++
			if simple {
				return string(d.raw[start+1 : d.at-1]), nil
			}
			var s string
			err := json.Unmarshal(d.raw[start:d.at], &s)
			return s, err
		case c == '\\':
			simple = false
			d.at++
		case c < ' ':
			return "", d.wrong()
		case c >= 0x80:
			simple = false
		}
	}
	return "", d.wrong()
}

// number reads a number as it is written.
func (d *strictDecoder) number() (any, error) {
	start := d.at
	d.skip("-")
	good := d.skip("0") || d.digits()
	if d.skip(".") {
		good = d.digits() && good
	}
	if d.skip("eE") {
		d.skip("+-")
		good = d.digits() && good
	}
	if !good {
		return nil, d.wrong()
	}
	return json.Number(d.raw[start:d.at]), nil
}

// skip passes a byte that is one of chars, and reports whether there was one.
func (d *strictDecoder) skip(chars string) bool {
	if d.at < len(d.raw) && strings.IndexByte(chars, d.raw[d.at]) >= 0 {
		d.at++
		return true
	}
	return false
}

// digits passes digits and reports whether there were any.
func (d *strictDecoder) digits() bool {
	start := d.at
	for d.at < len(d.raw) && d.raw[d.at] >= '0' && d.raw[d.at] <= '9' {
		d.at++
	}
	return d.at > start
}

// checkCase refuses keys that are a parameter of a in other letters: one
// reader would take them for it and another would not.
func checkCase(m map[string]any, a action) error {
	for key := range m {
		for _, p := range a.params {
			if key != p.name && strings.EqualFold(key, p.name) {
				return badJSON(pyRepr(fmt.Sprintf("key %q is not %q", key, p.name)))
			}
		}
	}
	return nil
}
