package rdf

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"
)

// readText reads at most lim.Bytes of r and returns them as UTF-8, and what
// had to be repaired. The text is whole in memory: the triples that come of it
// are, too, and their terms are cut from it.
func readText(r io.Reader, f Format, lim Limits) (text string, warnings []string, err error) {
	limit := lim.Bytes
	if limit <= 0 {
		limit = DefaultLimits.Bytes
	}
	raw, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return "", nil, err
	}
	if int64(len(raw)) > limit {
		return "", nil, fmt.Errorf("%s: more than %d bytes: %w", f, limit, ErrLimit)
	}
	text, warning := decode(raw)
	if warning != "" {
		warnings = []string{warning}
	}
	return text, warnings, nil
}

// decode returns raw as valid UTF-8. A byte order mark wins over what the
// document declares, and bytes that are not what was declared are taken as
// windows-1252, one by one, so that no letter is lost.
func decode(raw []byte) (text, warning string) {
	if len(raw) >= 2 {
		switch [2]byte(raw) {
		case [2]byte{0xfe, 0xff}, [2]byte{0xff, 0xfe}, [2]byte{0, '<'}:
			return fromUTF16(raw, unicode.BigEndian) // unless a byte order mark says otherwise
		case [2]byte{'<', 0}:
			return fromUTF16(raw, unicode.LittleEndian)
		}
	}
	text = strings.TrimPrefix(string(raw), "\ufeff")
	declared := declaredEncoding(text)
	switch declared {
	case "", "utf-8", "utf8", "us-ascii", "ascii", "utf-16": // in UTF-16 the declaration would not have been legible
	default:
		return decodeAs(text, declared)
	}
	if utf8.ValidString(text) {
		return text, ""
	}
	return fixUTF8(text), "the text is not valid UTF-8; the wrong bytes were read as windows-1252"
}

func fromUTF16(raw []byte, order unicode.Endianness) (text, warning string) {
	out, err := unicode.UTF16(order, unicode.UseBOM).NewDecoder().Bytes(raw)
	if err != nil {
		return fixUTF8(string(raw)), "the text is not valid UTF-16; it was read as windows-1252"
	}
	return strings.TrimPrefix(string(out), "\ufeff"), ""
}

// decodeAs decodes what declares the encoding called label. Much that declares
// Latin-1 was saved as UTF-8 and tells so by being valid UTF-8 with letters
// that Latin-1 text never has in a row.
func decodeAs(text, label string) (decoded, warning string) {
	if utf8.ValidString(text) {
		if isASCII(text) {
			return text, ""
		}
		return text, fmt.Sprintf("the document declares the encoding %s but is UTF-8; it was read as UTF-8", label)
	}
	enc, err := htmlindex.Get(label)
	if err != nil {
		return fixUTF8(text), fmt.Sprintf("unknown encoding %q; it was read as windows-1252", label)
	}
	if enc == charmap.Windows1252 {
		return windows1252(text), ""
	}
	out, err := enc.NewDecoder().String(text)
	if err != nil || strings.ContainsRune(out, utf8.RuneError) {
		return fixUTF8(text), fmt.Sprintf("the text is not valid %s; the wrong bytes were read as windows-1252", label)
	}
	return out, ""
}

func isASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// declaredEncoding returns the encoding that an XML declaration at the start
// of text names, in lower case.
func declaredEncoding(text string) string {
	if !strings.HasPrefix(text, "<?xml") {
		return ""
	}
	decl, _, ok := strings.Cut(text[:min(len(text), 400)], "?>")
	if !ok {
		return ""
	}
	_, rest, ok := strings.Cut(decl, "encoding")
	if !ok {
		return ""
	}
	rest = strings.TrimLeft(rest, " \t\r\n=")
	if rest == "" || rest[0] != '"' && rest[0] != '\'' {
		return ""
	}
	name, _, _ := strings.Cut(rest[1:], rest[:1])
	return strings.ToLower(strings.TrimSpace(name))
}

// fixUTF8 keeps what is valid UTF-8 and reads every other byte as windows-1252.
func fixUTF8(s string) string {
	var b strings.Builder
	b.Grow(len(s) + len(s)/16)
	for len(s) > 0 {
		r, n := utf8.DecodeRuneInString(s)
		if r == utf8.RuneError && n == 1 {
			b.WriteRune(windowsRune(s[0]))
		} else {
			b.WriteString(s[:n])
		}
		s = s[n:]
	}
	return b.String()
}

func windows1252(s string) string {
	var b strings.Builder
	b.Grow(len(s) + len(s)/16)
	for i := 0; i < len(s); i++ {
		b.WriteRune(windowsRune(s[i]))
	}
	return b.String()
}

// windowsRune decodes one byte; the five that windows-1252 leaves open stay
// the control characters that they are in Latin-1.
func windowsRune(c byte) rune {
	if r := charmap.Windows1252.DecodeByte(c); r != utf8.RuneError {
		return r
	}
	return rune(c)
}
