package tabular

import (
	"regexp"
	"strconv"
	"strings"
)

// maxDigits is the most digits of an int64 that fits for sure.
const maxDigits = 18

// fitsNumeric tells how a value that begins like a number can be read as one.
// What begins with a superfluous zero is a code.
func fitsNumeric(s string) fit {
	s = strings.TrimPrefix(s, "-")
	points, commas, ok := countSigns(s)
	switch {
	case !ok && strings.IndexByte(s, 'E') > 0:
		return fitsExponent(s)
	case !ok:
		return fitsText
	case points == 0 && commas == 0:
		if len(s) > 1 && s[0] == '0' || len(s) > maxDigits {
			return fitsText
		}
		return fitsInteger | fitsNumber
	}
	var f fit
	if grouped(s, '.', ',', points, commas) {
		f |= fitsComma
	}
	if grouped(s, ',', '.', commas, points) {
		f |= fitsPoint
	}
	return f
}

// fitsExponent reads 1.45E7 and 1,45E+07, as programs write large amounts. A
// bare 1E5 is more likely a code.
func fitsExponent(s string) fit {
	m := exponential.FindStringSubmatch(s)
	switch {
	case m == nil:
		return fitsText
	case m[1] == ".":
		return fitsPoint
	}
	return fitsComma
}

var exponential = regexp.MustCompile(`^\d([.,])\d{1,17}E[+-]?\d{1,2}$`)

// countSigns counts the points and commas of s; ok is false when there is
// anything else but digits, or no digit at all.
func countSigns(s string) (points, commas int, ok bool) {
	if len(s) > 36 {
		return 0, 0, false
	}
	for i := range len(s) {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
		case c == '.':
			points++
		case c == ',':
			commas++
		default:
			return 0, 0, false
		}
	}
	return points, commas, points+commas < len(s)
}

// grouped reports whether s is a number with decimal sign dec and, if any,
// the sign sep before each three digits of its whole part.
func grouped(s string, sep, dec byte, seps, decs int) bool {
	if decs > 1 {
		return false
	}
	whole := s
	if decs == 1 {
		i := strings.IndexByte(s, dec)
		whole = s[:i]
		if i == len(s)-1 || strings.IndexByte(s[i:], sep) >= 0 {
			return false
		}
	}
	if seps == 0 {
		return len(whole) <= maxDigits && (len(whole) < 2 || whole[0] != '0')
	}
	if whole == "" || whole[0] == '0' || whole[0] == sep || len(whole) > maxDigits+6 {
		return false
	}
	return everyFourth(whole, sep)
}

// everyFourth reports whether, from the end, every fourth character is sep
// and no other.
func everyFourth(s string, sep byte) bool {
	for i := range len(s) {
		if ((len(s)-i)%4 == 0) != (s[i] == sep) {
			return false
		}
	}
	return true
}

func parsePoint(s string) (float64, bool) {
	v, err := strconv.ParseFloat(s, 64)
	return v, err == nil && v-v == 0
}

// plainNumber appends s to dst as computers write it.
func plainNumber(dst []byte, s string, way fit) []byte {
	dec := byte('.')
	if way == fitsComma {
		dec = ','
	}
	for i := range len(s) {
		switch c := s[i]; {
		case c == dec:
			dst = append(dst, '.')
		case c != '.' && c != ',':
			dst = append(dst, c)
		}
	}
	return dst
}
