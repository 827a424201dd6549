package personal

import (
	"strings"
	"unicode/utf8"
)

// mask returns a value such that a person who knows the table finds it again
// and nobody else learns it: RSS…01U.
func mask(s string) string {
	const ends, least = 3, 10
	if n := utf8.RuneCountInString(s); n >= least {
		r := []rune(s)
		return string(r[:ends]) + "…" + string(r[n-ends:])
	}
	r, _ := utf8.DecodeRuneInString(s)
	return string(r) + "…"
}

func maskMail(s string) string {
	local, domain, _ := strings.Cut(s, "@")
	return local[:1] + "…@" + domain
}

// maskEach shows how each word begins, as in M… R…, and no more.
func maskEach(s string) string {
	const most = 4
	var out []string
	for w := range strings.FieldsSeq(s) {
		if len(out) == most {
			break
		}
		r, _ := utf8.DecodeRuneInString(w)
		out = append(out, string(r)+"…")
	}
	return strings.Join(out, " ")
}
