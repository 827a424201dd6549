package ckan

import "strings"

// The lengths that CKAN holds a munged text to.
const (
	minFileName, maxFileName, maxSuffix = 3, 100, 21
)

// MungeFilename returns the name under which CKAN keeps an uploaded file: what
// follows the last "/", in small letters, digits and "_.-", 3 to 100 of them.
func MungeFilename(name string) string {
	s := strings.TrimSpace(strings.ToLower(name[strings.LastIndexByte(name, '/')+1:]))
	s = strings.ReplaceAll(keep(withoutAccents(s), "_. -"), " ", "-")
	for strings.Contains(s, "--") {
		s = strings.ReplaceAll(s, "--", "-")
	}
	stem, suffix := splitSuffix(s)
	suffix = suffix[:min(len(suffix), maxSuffix)]
	return toLength(stem, max(1, minFileName-len(suffix)), maxFileName-len(suffix)) + suffix
}

// splitSuffix cuts a file name before its last dot; the dots that it begins
// with are none of that kind.
func splitSuffix(name string) (stem, suffix string) {
	base, dot := strings.LastIndexByte(name, '/')+1, strings.LastIndexByte(name, '.')
	if dot < base || strings.Trim(name[base:dot], ".") == "" {
		return name, ""
	}
	return name[:dot], name[dot:]
}

// keep drops what is neither an ASCII letter nor a digit nor one of others.
func keep(s, others string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune(others, r) {
			return r
		}
		return -1
	}, s)
}

// toLength pads s, which is ASCII, with "_" or cuts it.
func toLength(s string, shortest, longest int) string {
	if len(s) < shortest {
		s += strings.Repeat("_", shortest-len(s))
	}
	return s[:min(len(s), longest)]
}

// withoutAccents replaces the accented letters of Latin-1 and drops all else
// beyond ASCII, as CKAN does.
func withoutAccents(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r < 0x80:
			b.WriteRune(r)
		case r >= 0xc0 && r <= 0xff:
			b.WriteString(latin1[r-0xc0])
		}
	}
	return b.String()
}

// latin1 holds what stands for the characters from U+00C0 to U+00FF.
var latin1 = [...]string{
	"A", "A", "A", "A", "A", "A", "Ae", "C", "E", "E", "E", "E", "I", "I", "I", "I",
	"Th", "N", "O", "O", "O", "O", "O", "", "O", "U", "U", "U", "U", "Y", "th", "ss",
	"a", "a", "a", "a", "a", "a", "ae", "c", "e", "e", "e", "e", "i", "i", "i", "i",
	"th", "n", "o", "o", "o", "o", "o", "", "o", "u", "u", "u", "u", "y", "th", "y",
}
