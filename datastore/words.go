package datastore

import (
	"iter"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Words are what a full-text search looks for: every word must be in the row,
// or in the column that it is for.
type Words struct {
	words []word
	all   bool // at least one word is for all columns, so that a row has a rank
}

type word struct {
	text   string
	prefix bool
	at     int // of the column; -1 = any
}

const maxWords = 64

// NewWords reads what to look for, a text for all columns. plain = false is
// the language of PostgreSQL's to_tsquery, of which & and :* are known.
func NewWords(fields []Field, q any, isPlain bool) (*Words, error) {
	w := &Words{}
	switch q := q.(type) {
	case nil:
		return nil, nil //nolint:nilnil // nothing to look for finds all
	case string:
		if err := w.add(-1, q, isPlain); err != nil {
			return nil, err
		}
	case map[string]any:
		for name, v := range q {
			at := fieldAt(fields, name)
			if at < 0 {
				return nil, unknownField("q", `invalid value "`+name+`"`, fields)
			}
			if err := w.add(at, plain(v), isPlain); err != nil {
				return nil, err
			}
		}
	default:
		return nil, invalid("q", `invalid value "`+plain(q)+`"`)
	}
	if len(w.words) > maxWords {
		return nil, invalid("q", "too many words")
	}
	w.all = slices.ContainsFunc(w.words, func(x word) bool { return x.at < 0 })
	return w, nil
}

func (w *Words) add(at int, text string, isPlain bool) error {
	if isPlain {
		for _, t := range tokens(text) {
			w.words = append(w.words, word{text: t, at: at})
		}
		return nil
	}
	if strings.ContainsAny(text, "|!()<>") {
		return badQuery(nil)
	}
	for part := range strings.SplitSeq(text, "&") {
		part = strings.TrimSpace(part)
		stem, prefix := strings.CutSuffix(part, ":*")
		ts := tokens(stem)
		if len(ts) == 0 || strings.ContainsAny(part, " \t") {
			return badQuery(nil)
		}
		for i, t := range ts {
			w.words = append(w.words, word{text: t, prefix: prefix && i == len(ts)-1, at: at})
		}
	}
	return nil
}

// tokens cuts a text into words, in small letters.
func tokens(s string) []string {
	return strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// match reports whether a row has every word. No words at all match nothing,
// as in PostgreSQL.
func (w *Words) match(r Row) bool {
	if w == nil {
		return true
	}
	for _, x := range w.words {
		if !x.in(r) {
			return false
		}
	}
	return len(w.words) > 0
}

func (x word) in(r Row) bool {
	if x.at >= 0 {
		return x.inText(plain(r.Cells[x.at]))
	}
	for _, c := range r.Cells {
		if c != nil && x.inText(plain(c)) {
			return true
		}
	}
	return false
}

// inText looks for the word without making small letters of all the text.
func (x word) inText(s string) bool {
	for t := range wordsOf(s) {
		if x.is(t) {
			return true
		}
	}
	return false
}

// wordsOf yields the words of a text as they are written.
func wordsOf(s string) iter.Seq[string] {
	return func(yield func(string) bool) {
		start := -1
		for i, r := range s {
			switch is := inWord(r); {
			case is && start < 0:
				start = i
			case !is && start >= 0:
				if !yield(s[start:i]) {
					return
				}
				start = -1
			}
		}
		if start >= 0 {
			yield(s[start:])
		}
	}
}

func inWord(r rune) bool {
	if r < utf8.RuneSelf {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
	}
	return unicode.IsLetter(r) || unicode.IsDigit(r)
}

func (x word) is(token string) bool {
	if x.prefix {
		return strings.HasPrefix(strings.ToLower(token), x.text)
	}
	return strings.EqualFold(token, x.text)
}
