package search

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"portico/catalog"
	"portico/search/analysis"
)

// A Vocabulary is an Engine that can tell which words are written in its
// documents. searchtest.Run says how it must behave.
type Vocabulary interface {
	// Analyzer returns what makes words of the texts of the engine.
	Analyzer() *analysis.Analyzer

	// Near returns the words of All, as they are written there but folded, that
	// are at most distance edits from form. Each has the number of documents
	// with it among those that match every node of shown, which is not 0. It
	// may leave out some when there are very many.
	Near(ctx context.Context, form string, distance int, shown []Node) ([]Spelling, error)
}

// A Spelling is a word near another one.
type Spelling struct {
	Word     string
	Distance int // edits between the two
	N        int // documents
}

// A Correction says for what a word of a question is taken.
type Correction struct {
	Word  string // as it was written
	For   string // "" = nobody writes it, and nothing like it
	Rare  bool   // somebody does write the word itself
	start int    // in the question
}

// Bounds of the corrections of one question.
const (
	maxCorrected = 12 // words
	correctTime  = 300 * time.Millisecond
	rare         = 2  // documents: a word that no more have may be a slip
	moreOften    = 10 // times as often another word is written, for this to be a slip
)

// Corrections returns what was misspelt in a question of words: what is in no
// document that everybody may see, or in next to none, while another word that
// differs by a slip of the fingers or two is in many. It knows only words that
// everybody may read, whoever asks. Words of less than four letters and codes
// are never taken for others. Of an engine that is no Vocabulary nothing is
// known.
func Corrections(ctx context.Context, e Engine, words string) ([]Correction, error) {
	v, ok := e.(Vocabulary)
	if !ok {
		return nil, nil
	}
	within, cancel := context.WithTimeout(ctx, correctTime)
	defer cancel()
	c := correcting{engine: e, vocabulary: v, shown: restrict(catalog.Actor{}, Query{}).Filters}
	var out []Correction
	runs := wordsOf(words)
	for i, r := range runs[:min(len(runs), maxCorrected)] {
		x, wrong, err := c.word(within, r, i == len(runs)-1)
		if err != nil && ctx.Err() == nil && within.Err() != nil {
			return out, nil // what was found in time has to do
		}
		if err != nil {
			return nil, err
		}
		if wrong {
			out = append(out, x)
		}
	}
	return out, nil
}

type correcting struct {
	engine     Engine
	vocabulary Vocabulary
	shown      []Node
}

// word looks one word up. The last one of a question may be unfinished.
func (c correcting) word(ctx context.Context, x Correction, last bool) (_ Correction, wrong bool, err error) {
	form, ok := c.misspellable(x.Word)
	if !ok {
		return x, false, nil
	}
	page, err := c.engine.Search(ctx, Query{Filters: append([]Node{asWritten(x.Word, last)}, c.shown...)})
	if err != nil || page.Total > rare {
		return x, false, err
	}
	near, err := c.vocabulary.Near(ctx, form, reach(form), c.shown)
	if err != nil {
		return x, false, err
	}
	x.For, x.Rare = c.likeliest(near, form, page.Total), page.Total > 0
	return x, x.For != "" || page.Total == 0, nil
}

func asWritten(word string, last bool) Node {
	if last {
		return Exactly(word)
	}
	return Words{Field: All, Text: word}
}

// misspellable returns the form of a word that could be misspelt.
func (c correcting) misspellable(word string) (form string, ok bool) {
	words := c.vocabulary.Analyzer().Words(word)
	if len(words) != 1 || words[0].Stop || len(words[0].Parts) != 1 {
		return "", false
	}
	form = words[0].Parts[0].Form
	return form, utf8.RuneCountInString(form) >= 4 && !strings.ContainsFunc(form, unicode.IsDigit)
}

// reach is how many edits a word may be from what was meant.
func reach(form string) int {
	if utf8.RuneCountInString(form) <= 7 {
		return 1
	}
	return 2
}

// likeliest chooses what was meant: what is nearest, then what begins as the
// word does, then what is written most. One that few write must be much rarer.
func (c correcting) likeliest(near []Spelling, form string, n int) string {
	stem := c.vocabulary.Analyzer().Stem(form)
	near = slices.DeleteFunc(slices.Clone(near), func(s Spelling) bool {
		return c.vocabulary.Analyzer().Stem(s.Word) == stem || s.N < max(1, moreOften*n)
	})
	if len(near) == 0 {
		return ""
	}
	first, _ := utf8.DecodeRuneInString(form)
	begins := func(s Spelling) int {
		if r, _ := utf8.DecodeRuneInString(s.Word); r == first {
			return 0
		}
		return 1
	}
	return slices.MinFunc(near, func(a, b Spelling) int {
		return cmp.Or(cmp.Compare(a.Distance, b.Distance), cmp.Compare(begins(a), begins(b)), cmp.Compare(b.N, a.N), cmp.Compare(a.Word, b.Word))
	}).Word
}

// wordsOf returns the runs of letters and digits of a question.
func wordsOf(text string) []Correction {
	var out []Correction
	for at := 0; at < len(text); {
		start := strings.IndexFunc(text[at:], isWord)
		if start < 0 {
			break
		}
		start += at
		end := strings.IndexFunc(text[start:], func(r rune) bool { return !isWord(r) })
		if end < 0 {
			end = len(text) - start
		}
		at = start + end
		out = append(out, Correction{Word: text[start:at], start: start})
	}
	return out
}

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) }

// Corrected returns the question that Corrections was asked about with what
// was meant in the place of what was misspelt, and without what nobody writes.
func Corrected(words string, of []Correction) string {
	var b strings.Builder
	at := 0
	for _, c := range of {
		if c.start < at || c.start+len(c.Word) > len(words) {
			continue
		}
		b.WriteString(words[at:c.start])
		b.WriteString(c.For)
		at = c.start + len(c.Word)
	}
	b.WriteString(words[at:])
	return strings.Join(strings.Fields(b.String()), " ")
}
