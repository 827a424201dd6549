package ckan

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"portico/catalog"
)

const hexDigits = "0123456789abcdef"

// plainByte says which bytes stand for themselves in a JSON string. <, > and &
// do not, so that the text is harmless within HTML, too.
var plainByte = func() (t [256]bool) {
	for c := range t {
		t[c] = c >= ' ' && c < utf8.RuneSelf && c != '"' && c != '\\' && c != '<' && c != '>' && c != '&' && c != 0x7f
	}
	return t
}()

// appendString appends s as a JSON string. What is no UTF-8 becomes U+FFFD.
func appendString[T string | []byte](dst []byte, s T) []byte {
	dst = append(dst, '"')
	from := 0
	for i := 0; i < len(s); {
		for i < len(s) && plainByte[s[i]] {
			i++
		}
		if i == len(s) {
			break
		}
		c := s[i]
		n, keep := 1, false
		if c >= utf8.RuneSelf {
			var r rune
			r, n = decodeRune(s[i:])
			keep = r != '\u2028' && r != '\u2029' && (r != utf8.RuneError || n > 1)
		}
		if keep {
			i += n
			continue
		}
		dst = append(dst, s[from:i]...)
		dst = appendEscape(dst, c, n)
		if n == 3 { // the last byte tells U+2028 from U+2029
			dst[len(dst)-1] = hexDigits[8+s[i+2]-0xa8]
		}
		i += n
		from = i
	}
	dst = append(dst, s[from:]...)
	return append(dst, '"')
}

func decodeRune[T string | []byte](s T) (rune, int) {
	return utf8.DecodeRuneInString(string(s[:min(len(s), utf8.UTFMax)]))
}

// appendEscape appends what stands for the n bytes that begin with c.
func appendEscape(dst []byte, c byte, n int) []byte {
	switch {
	case n == 3:
		return append(dst, `\u2028`...)
	case c >= utf8.RuneSelf:
		return append(dst, `\ufffd`...)
	case c == '"' || c == '\\':
		return append(dst, '\\', c)
	case c == '\n':
		return append(dst, `\n`...)
	case c == '\r':
		return append(dst, `\r`...)
	case c == '\t':
		return append(dst, `\t`...)
	}
	return append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
}

// A list writes the members of an object or the items of an array, with
// commas between.
type list struct {
	b    []byte
	more bool
}

func (l *list) comma() {
	if l.more {
		l.b = append(l.b, ',')
	}
	l.more = true
}

// appendObjects writes items as a list of objects, each with what members
// writes of it; nothing at all where there are none.
func appendObjects[T any](b []byte, items []T, members func(in *list, item T)) []byte {
	if len(items) == 0 {
		return b
	}
	l := list{b: append(b, '[')}
	for _, item := range items {
		l.comma()
		in := list{b: append(l.b, '{')}
		members(&in, item)
		l.b = append(in.b, '}')
	}
	return append(l.b, ']')
}

// key writes a key that needs no escaping.
func (l *list) key(k string) {
	if l.more {
		l.b = append(l.b, ',', '"')
	} else {
		l.b, l.more = append(l.b, '"'), true
	}
	l.b = append(l.b, k...)
	l.b = append(l.b, '"', ':')
}

// raw writes a member whose value is JSON already.
func (l *list) raw(k, v string) {
	l.key(k)
	l.b = append(l.b, v...)
}

// text writes a member that is null where v is "".
func (l *list) text(k, v string) {
	if v == "" {
		l.raw(k, "null")
		return
	}
	l.key(k)
	l.b = appendString(l.b, v)
}

// json writes a member whose value is JSON already; nil is null.
func (l *list) json(k string, v json.RawMessage) {
	if v == nil {
		l.raw(k, "null")
		return
	}
	l.key(k)
	l.b = append(l.b, v...)
}

// textOr writes a member that is the JSON of other where v is "".
func (l *list) textOr(k, v string, other json.RawMessage) {
	if v == "" {
		l.json(k, other)
		return
	}
	l.string(k, v)
}

// string writes a member that is "" where v is.
func (l *list) string(k, v string) {
	l.key(k)
	l.b = appendString(l.b, v)
}

// optional writes a member that is left out where v is "".
func (l *list) optional(k, v string) {
	if v != "" {
		l.string(k, v)
	}
}

func (l *list) bool(k string, v bool) {
	l.key(k)
	l.b = strconv.AppendBool(l.b, v)
}

func (l *list) int(k string, v int64) {
	l.key(k)
	l.b = strconv.AppendInt(l.b, v, 10)
}

// moment writes a moment as CKAN does: in UTC, with no zone.
func (l *list) moment(k string, t time.Time) {
	if t.IsZero() {
		l.raw(k, "null")
		return
	}
	l.key(k)
	l.b = append(l.b, '"')
	l.b = appendMoment(l.b, t)
	l.b = append(l.b, '"')
}

// appendMoment appends a moment with microseconds, where it has any.
func appendMoment(b []byte, t time.Time) []byte {
	t = t.UTC()
	year, month, day := t.Date()
	hour, minute, second := t.Clock()
	b = appendDigits(b, year, 1000)
	b = appendDigits(append(b, '-'), int(month), 10)
	b = appendDigits(append(b, '-'), day, 10)
	b = appendDigits(append(b, 'T'), hour, 10)
	b = appendDigits(append(b, ':'), minute, 10)
	b = appendDigits(append(b, ':'), second, 10)
	if micro := t.Nanosecond() / 1000; micro > 0 {
		b = appendDigits(append(b, '.'), micro, 100_000)
	}
	return b
}

// appendDigits appends n, whose first digit is worth unit.
func appendDigits(b []byte, n, unit int) []byte {
	for ; unit > 0; unit /= 10 {
		b = append(b, byte('0'+n/unit%10))
	}
	return b
}

// date writes a date as a moment of that kind. A day, which is what most are,
// needs no parsing.
func (l *list) date(k string, d catalog.Date) {
	if isPlainMoment(d) {
		l.string(k, string(d[:len(d)-1]))
		return
	}
	if d.HasTime() || d == "" || strings.ContainsAny(string(d), `"\\`) {
		l.moment(k, d.Time())
		return
	}
	l.key(k)
	l.b = append(l.b, '"')
	l.b = append(l.b, d...)
	l.b = append(l.b, `T00:00:00"`...)
}
