package analysis

import (
	"strings"
	"unicode"
)

// Kinds of character, as Lucene's WordDelimiterGraphFilter has them.
const (
	small = 1 << iota
	capital
	digit
	letter = small | capital
)

// kindOf returns the kind of r; 0 is what parts words.
func kindOf(r rune) int {
	switch {
	case r == unicode.ReplacementChar:
		return 0
	case unicode.IsLower(r) || r == 'ª' || r == 'º':
		return small
	case unicode.IsUpper(r):
		return capital
	case r < unicode.MaxLatin1 && !unicode.IsDigit(r):
		return 0
	case unicode.IsLetter(r) || unicode.IsMark(r):
		return letter
	case unicode.IsNumber(r):
		return digit
	}
	return 0
}

// breaks reports whether a part ends between two characters of these kinds: a
// capital goes with the letter after it, whatever that is.
func (a *Analyzer) breaks(last, next int) bool {
	switch {
	case last&next != 0, last == capital && next&letter != 0:
		return false
	case !a.parted && last&letter != 0 && next&letter != 0:
		return false
	}
	return true
}

// blank reports what Lucene's WhitespaceTokenizer parts by.
func blank(r rune) bool {
	return unicode.IsSpace(r) && r != '\u00a0' && r != '\u2007' && r != '\u202f' && r != '\u0085' || r >= 0x1c && r <= 0x1f
}

// part parts one word, which stands between blanks, as CKAN's Solr does: where
// anything but letters and digits stands, between letters and digits, and before
// a capital. Parts of the same kind that stand side by side are joined, too.
func (a *Analyzer) part(word string) compound {
	var w compound
	first, kind := 0, 0 // of the run of parts of one kind
	flush := func() {
		if n := len(w.forms); n-first > 1 {
			w.joins = append(w.joins, join{first: first, last: n - 1, form: clip(strings.Join(w.forms[first:], ""))})
		}
		first = len(w.forms)
	}
	rs := []rune(word)
	for at := 0; at < len(rs); {
		k := kindOf(rs[at])
		if k == 0 {
			at++
			continue
		}
		end := at + 1
		for last := k; end < len(rs); end++ {
			next := kindOf(rs[end])
			if next == 0 || a.breaks(last, next) {
				break
			}
			last = next
		}
		runKind := digit
		if k&letter != 0 {
			runKind = letter
		}
		if runKind != kind {
			flush()
			kind = runKind
		}
		if form := strings.ToLower(string(rs[at:end])); Fold(form) != "" {
			w.forms = append(w.forms, clip(form))
		}
		at = end
		if possessive(rs, end) {
			at += 2
		}
	}
	flush()
	return w
}

// possessive reports whether an English 's stands at rs[at] that ends a word.
func possessive(rs []rune, at int) bool {
	return at+1 < len(rs) && rs[at] == '\'' && (rs[at+1] == 's' || rs[at+1] == 'S') &&
		kindOf(rs[at-1])&letter != 0 && (at+2 == len(rs) || kindOf(rs[at+2]) == 0)
}
