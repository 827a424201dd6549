package personal

import "strings"

// A found is one thing that stands in a text.
type found struct {
	kind Kind
	text string
	mail mailKind
}

// scan calls f with the codici fiscali, IBANs and e-mail addresses in a text,
// which it reads once and without looking back further than an address is long.
func scan(s string, f func(found)) {
	for i := 0; i < len(s); {
		if s[i] == '@' {
			if x, ok := mailAt(s, i); ok {
				f(x)
			}
			i++
			continue
		}
		if !isAlnum(s[i]) {
			i++
			continue
		}
		end := i + 1
		for end < len(s) && isAlnum(s[end]) {
			end++
		}
		word := s[i:end]
		switch {
		case IsFiscalCode(word):
			f(found{kind: FiscalCode, text: word})
		case ibanBegins(word):
			if iban, to := ibanAt(s, i, end); iban != "" {
				f(found{kind: IBAN, text: iban})
				end = to
			}
		}
		i = end
	}
}

// mailAt returns the address around the @ at place i.
func mailAt(s string, i int) (found, bool) {
	const mostLocal, mostDomain = 64, 190
	if i == 0 || !isMailLocal(s[i-1]) || i+1 == len(s) || !isAlnum(s[i+1]) {
		return found{}, false
	}
	from, to := i, i+1
	for least := max(0, i-mostLocal); from > least && isMailLocal(s[from-1]); {
		from--
	}
	for most := min(len(s), i+mostDomain); to < most && isMailDomain(s[to]); {
		to++
	}
	dot := strings.LastIndexByte(s[i+1:to], '.')
	if dot < 1 {
		return found{}, false
	}
	local, domain := strings.Trim(s[from:i], ".-_+"), strings.Trim(s[i+1:to], ".-")
	if local == "" || !endsInLetters(domain) {
		return found{}, false
	}
	return found{kind: Email, text: local + "@" + domain, mail: mailOf(local, domain)}, true
}

// endsInLetters reports whether the last part of a domain may be one.
func endsInLetters(domain string) bool {
	dot := strings.LastIndexByte(domain, '.')
	return dot > 0 && len(domain)-dot >= 3 && domain[dot+1] > '9'
}

// ibanBegins reports whether a word may be an IBAN or its first group.
func ibanBegins(w string) bool {
	const group = 4
	if len(w) != group && (len(w) < ibanLeast || len(w) > ibanMost) {
		return false
	}
	return w[0] >= 'A' && w[1] >= 'A' && w[2] <= '9' && w[3] <= '9' && ibanLength(w) > 0
}

// ibanLength returns how long an IBAN is that begins as s does, or 0.
func ibanLength(s string) int {
	country := [2]byte{s[0] &^ 0x20, s[1] &^ 0x20} // in upper case
	return ibanLengths[string(country[:])]
}

// ibanAt returns the IBAN that begins at place i with a word that ends at end,
// in one piece or in groups of four, and where it ends.
func ibanAt(s string, i, end int) (string, int) {
	const group = 4
	want := ibanLength(s[i:])
	var b [ibanMost]byte
	n := copy(b[:], s[i:end])
	for end < len(s) && n < want {
		switch c := s[end]; {
		case isAlnum(c):
			b[n] = c
			n++
		case c != ' ' || n%group != 0:
			return "", end
		}
		end++
	}
	if n != want || end < len(s) && isAlnum(s[end]) || !validIBAN(b[:n]) {
		return "", end
	}
	return string(b[:n]), end
}

// mobileIn reports whether all of s is the number of a mobile telephone, or
// several, and whether it is written as telephones are: with +39 or spaces.
func mobileIn(s string) (is, written bool) {
	const mostLength = 100
	if len(s) > mostLength {
		return false, false
	}
	for part := range strings.FieldsFuncSeq(s, func(r rune) bool { return strings.ContainsRune(";,|", r) }) {
		digits := make([]byte, 0, 16)
		for _, c := range []byte(part) {
			switch {
			case c >= '0' && c <= '9' && len(digits) < cap(digits):
				digits = append(digits, c)
			case c == '+' && len(digits) == 0:
				written = true
			case strings.IndexByte(" -/.()", c) >= 0:
				written = written || len(digits) > 0
			default:
				return false, false
			}
		}
		is = is || isMobile(string(digits))
	}
	return is, written
}

// isMobile reports whether digits are those of an Italian mobile telephone.
func isMobile(d string) bool {
	const short, long = 9, 10
	for _, prefix := range []string{"0039", "39"} {
		if rest, ok := strings.CutPrefix(d, prefix); ok && len(rest) >= short {
			d = rest
			break
		}
	}
	return (len(d) == long || len(d) == short) && d[0] == '3' && d[1] >= '2' && strings.Trim(d, d[:1]) != ""
}
