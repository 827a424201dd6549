package rdf

import (
	"strings"
	"unicode/utf8"
)

const upperHex = "0123456789ABCDEF"

// forbidden tells the ASCII characters that an IRI may not hold.
var forbidden = func() (t [utf8.RuneSelf]bool) {
	for c := range t {
		t[c] = c <= ' ' || c == 0x7f
	}
	for _, c := range `<>"{}|^` + "`\\" {
		t[c] = true
	}
	return t
}()

// RepairIRI percent-encodes the characters that an IRI may not hold and drops
// blanks round it. It reports whether s was in need of it. It does not judge
// whether the outcome is absolute.
func RepairIRI(s string) (fixed string, changed bool) {
	if cleanIRI(s) {
		return s, false
	}
	trimmed := strings.Trim(s, " \t\r\n")
	var b strings.Builder
	b.Grow(len(trimmed) + 16)
	for i := 0; i < len(trimmed); {
		c := trimmed[i]
		if c < utf8.RuneSelf {
			if forbidden[c] {
				writePercent(&b, c)
			} else {
				b.WriteByte(c)
			}
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(trimmed[i:])
		if r == utf8.RuneError || strayRune(r) {
			for _, c := range []byte(trimmed[i : i+n]) {
				writePercent(&b, c)
			}
		} else {
			b.WriteString(trimmed[i : i+n])
		}
		i += n
	}
	return b.String(), true
}

func writePercent(b *strings.Builder, c byte) {
	b.WriteByte('%')
	b.WriteByte(upperHex[c>>4])
	b.WriteByte(upperHex[c&15])
}

func cleanIRI(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return cleanRunes(s[i:])
		}
		if forbidden[s[i]] {
			return false
		}
	}
	return true
}

func cleanRunes(s string) bool {
	for _, r := range s {
		if r < utf8.RuneSelf && forbidden[r] || r == utf8.RuneError || strayRune(r) {
			return false
		}
	}
	return true
}

// strayRune tells characters that look like nothing and break what they are
// in: C1 controls, the no-break space, zero-width and line separators, the BOM.
func strayRune(r rune) bool {
	return r <= 0xa0 && r >= 0x80 || r >= 0x200b && r <= 0x200f || r == 0x2028 || r == 0x2029 || r == 0xfeff || r&0xfffe == 0xfffe
}

// scheme returns the length of the scheme of s with its colon, or 0.
func scheme(s string) int {
	if s == "" || !isLetter(s[0]) {
		return 0
	}
	for i := 1; i < len(s); i++ {
		switch c := s[i]; {
		case c == ':':
			return i + 1
		case !isLetter(c) && !isDigit(c) && c != '+' && c != '-' && c != '.':
			return 0
		}
	}
	return 0
}

func isLetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// resolve resolves ref against base as RFC 3986 §5.2 says. Absolute references
// are left as they are, and all are when there is no base.
func resolve(base, ref string) string {
	if base == "" || scheme(ref) > 0 {
		return ref
	}
	n := scheme(base)
	if n == 0 {
		return ref
	}
	base, _, _ = strings.Cut(base, "#")
	if ref == "" {
		return base
	}
	if ref[0] == '#' {
		return base + ref
	}
	if strings.HasPrefix(ref, "//") {
		return base[:n] + ref
	}
	noQuery, _, _ := strings.Cut(base, "?")
	if ref[0] == '?' {
		return noQuery + ref
	}
	path := n // where the path of the base begins
	if strings.HasPrefix(noQuery[n:], "//") {
		path = n + 2
		if i := strings.IndexByte(noQuery[path:], '/'); i >= 0 {
			path += i
		} else {
			path = len(noQuery)
		}
	}
	return noQuery[:path] + mergePath(noQuery[path:], ref, path > n)
}

// mergePath resolves the relative reference ref, which has a path, against a
// base path.
func mergePath(base, ref string, authority bool) string {
	tail := ""
	if i := strings.IndexAny(ref, "?#"); i >= 0 {
		ref, tail = ref[:i], ref[i:]
	}
	if ref[0] != '/' {
		switch i := strings.LastIndexByte(base, '/'); {
		case i >= 0:
			ref = base[:i+1] + ref
		case authority:
			ref = "/" + ref
		}
	}
	return removeDots(ref) + tail
}

// removeDots is remove_dot_segments of RFC 3986 §5.2.4.
func removeDots(path string) string {
	if !strings.Contains(path, ".") {
		return path
	}
	parts := strings.Split(path, "/")
	out := parts[:0]
	for i, p := range parts {
		last := i == len(parts)-1
		switch p {
		case ".":
			if last {
				out = append(out, "")
			}
		case "..":
			if len(out) > 1 || len(out) == 1 && out[0] != "" {
				out = out[:len(out)-1]
			}
			if last {
				out = append(out, "")
			}
		default:
			out = append(out, p)
		}
	}
	return strings.Join(out, "/")
}
