package analysis

import (
	"iter"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// A compound is a word as it was split: its parts, and what they make together.
type compound struct {
	forms []string
	joins []join
}

// A join is what several parts of a word make together.
type join struct {
	first, last int
	form        string
}

// chunks yields the words of text in order, as they are written.
func (a *Analyzer) chunks(text string) iter.Seq[string] {
	if a.solr {
		return strings.FieldsFuncSeq(text, blank)
	}
	return a.words(text)
}

// compound splits a chunk. It has no forms when the chunk is no word.
func (a *Analyzer) compound(chunk string) compound {
	if a.solr {
		return a.part(chunk)
	}
	return split(chunk)
}

// words yields the words of text. Elided articles are left out.
func (a *Analyzer) words(text string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, chunk := range a.places(text) {
			if !yield(chunk) {
				return
			}
		}
	}
}

// places yields the words of text with where they begin.
func (a *Analyzer) places(text string) iter.Seq2[int, string] {
	return func(yield func(int, string) bool) {
		for at := 0; at < len(text); {
			start := strings.IndexFunc(text[at:], inWord)
			if start < 0 {
				return
			}
			at += start
			chunk := text[at : at+chunkEnd(text[at:])]
			if !a.elided(chunk, text[at+len(chunk):]) && !yield(at, chunk) {
				return
			}
			at += len(chunk)
		}
	}
}

func inWord(r rune) bool {
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r))
}

// connects reports whether r holds the parts of a word together.
func connects(r rune) bool {
	switch r {
	case '-', '_', '.', '\u2010', '\u2011', '\u00ad':
		return true
	}
	return false
}

// maxParts bounds what one word is split into.
const maxParts = 8

// chunkEnd returns where the word at the start of text ends: letters and
// digits, with single connectors between them.
func chunkEnd(text string) int {
	end, parts := 0, 1
	for i, r := range text {
		switch {
		case inWord(r):
			end = i + utf8.RuneLen(r)
		case !connects(r) || end != i || parts == maxParts:
			return end
		default:
			parts++
		}
	}
	return end
}

// elided reports whether chunk is an article that lost its vowel to what
// follows, such as dell in dell'acqua.
func (a *Analyzer) elided(chunk, rest string) bool {
	r, n := utf8.DecodeRuneInString(rest)
	if r != '\'' && r != '\u2019' && r != '\u02bc' {
		return false
	}
	next, _ := utf8.DecodeRuneInString(rest[n:])
	return unicode.IsLetter(next) && a.articles[strings.ToLower(chunk)]
}

// split parts a word at its connectors and where a small letter meets a
// capital. The parts are joined, too, but for dots between longer parts: those
// end sentences whose blank was forgotten.
func split(chunk string) compound {
	var w compound
	var joined strings.Builder
	long, dots, start := false, false, 0
	add := func(end int) {
		form := clip(Fold(chunk[start:end]))
		if form == "" {
			return
		}
		w.forms = append(w.forms, form)
		joined.WriteString(form)
		long = long || len(form) > 1
	}
	lower := false
	for i, r := range chunk {
		switch {
		case connects(r):
			add(i)
			start = i + utf8.RuneLen(r)
			dots = dots || r == '.'
		case lower && unicode.IsUpper(r) && len(w.forms) < maxParts:
			add(i)
			start = i
		}
		lower = unicode.IsLower(r)
	}
	add(len(chunk))
	if len(w.forms) > 1 && (!dots || !long) {
		w.joins = []join{{last: len(w.forms) - 1, form: clip(joined.String())}}
	}
	return w
}

// clip bounds the length of a word; what is longer is not a word.
func clip(form string) string {
	const most = 100
	if len(form) <= most {
		return form
	}
	end := most
	for !utf8.RuneStart(form[end]) {
		end--
	}
	return strings.Clone(form[:end])
}

// Fold returns s in lower case and without accents.
func Fold(s string) string {
	plain := true
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			plain = false
			break
		}
	}
	if plain {
		return strings.ToLower(s)
	}
	var b strings.Builder
	for _, r := range norm.NFKD.String(s) {
		r = unicode.ToLower(r)
		switch r {
		case 'ß':
			b.WriteString("ss")
		case 'æ':
			b.WriteString("ae")
		case 'œ':
			b.WriteString("oe")
		case 'ø':
			b.WriteByte('o')
		case 'ł':
			b.WriteByte('l')
		case 'đ':
			b.WriteByte('d')
		default:
			if !unicode.IsMark(r) {
				b.WriteRune(r)
			}
		}
	}
	return b.String()
}
