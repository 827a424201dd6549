// Package analysis makes words of text, so that engines find "città" by
// "citta", "dell'acqua" by "acqua", "parcheggi" by "parcheggio" and "Wi-Fi" by
// "wifi", and matches words and values against patterns. Every engine that
// takes its words from here finds the same. It knows no documents, fields or
// queries.
package analysis

import (
	"strings"

	"github.com/blevesearch/bleve/v2/analysis"
	"github.com/blevesearch/bleve/v2/analysis/lang/en"
	"github.com/blevesearch/bleve/v2/analysis/lang/it"
)

// An Analyzer makes words of text in one language. It may be used by several
// goroutines at once.
type Analyzer struct {
	articles analysis.TokenMap // that are elided: the dell of dell'acqua
	stop     map[string]bool   // folded
	stem     func(form string) string
	synonyms thesaurus
	meant    uint32 // the greatest ID of a meaning

	solr   bool // words are made as CKAN's Solr makes them
	parted bool // before capitals, too
	folded bool
}

// New returns the Analyzer of a language. The one for "en" makes the very
// words that CKAN's Solr makes, for portals that must answer as CKAN does, and
// knows no synonyms; any other is Italian, and knows more beside its own.
func New(lang string, more ...Synonyms) *Analyzer {
	if lang == "en" {
		return &Analyzer{stem: stemmer(en.NewEnglishStemmerFilter()), solr: true, parted: true, folded: true}
	}
	a := &Analyzer{articles: analysis.NewTokenMap(), stop: map[string]bool{}}
	words := analysis.NewTokenMap()
	a.stem = italianStem(stemmer(it.NewItalianLightStemmerFilterFilter()))
	load(words, it.ItalianStopWords)
	load(a.articles, it.ItalianArticles)
	for article := range a.articles {
		a.stop[article] = true // "dell acqua", as people type it
	}
	for w := range words {
		a.stop[Fold(w)] = true
	}
	for w := range strings.FieldsSeq(asking) {
		a.stop[w] = true
	}
	if own, err := ParseSynonyms(strings.NewReader(italianSynonyms)); err == nil {
		more = append([]Synonyms{own}, more...)
	}
	a.learn(more...)
	return a
}

// asking are words with which people ask for data, whatever the data is.
const asking = `dati dataset quali quale qual quanta quanto quanti quante vorrei cerco cercare trovare trovo sapere
avere mostra mostrami scaricare qualche alcuni tutti tutte posso devo serve servono esiste esistono c ce`

// Plain returns the Analyzer of names and addresses, which Solr neither stems
// nor folds. In Italian they are words like any other.
func (a *Analyzer) Plain() *Analyzer {
	if !a.solr {
		return a
	}
	return &Analyzer{stem: func(form string) string { return form }, solr: true}
}

// Solr reports whether words are made as CKAN's Solr makes them.
func (a *Analyzer) Solr() bool { return a.solr }

// load reads one of bleve's lists, which are well-formed: reading from memory
// cannot fail.
func load(m analysis.TokenMap, list []byte) { _ = m.LoadBytes(list) }

func stemmer(f analysis.TokenFilter) func(string) string {
	return func(form string) string {
		out := f.Filter(analysis.TokenStream{{Term: []byte(form)}})
		return string(out[0].Term)
	}
}

// italianStem lets the light stemmer, which leaves words of five letters and
// less alone, find "musei" by "museo" too: they lose their last vowel.
func italianStem(light func(string) string) func(string) string {
	return func(form string) string {
		if len(form) >= 6 {
			return light(form)
		}
		if len(form) < 4 || !strings.ContainsRune("aeio", rune(form[len(form)-1])) {
			return form
		}
		return strings.TrimSuffix(form[:len(form)-1], "h") // laghi, lago
	}
}

// A Token is a word as it stands at a place in a text.
type Token struct {
	Term   string // what the index knows it by: folded and stemmed
	Form   string // folded only
	Pos    int
	Joined bool   // made of the parts of a word that stand there, too, or a Meaning
	ID     uint32 // from a Memo: tokens with the same one have the same Term and Form; 0 = look at those
}

// Stem returns the term of one folded word. What has a digit in it is a code,
// such as H501 or 058091, and stays whole.
func (a *Analyzer) Stem(form string) string {
	if !a.solr && whole[form] {
		return form
	}
	if strings.ContainsAny(form, "0123456789") {
		return form
	}
	return a.stem(form)
}

// whole are acronyms that look like words with an ending.
var whole = map[string]bool{
	"tari": true, "tasi": true, "isee": true, "siope": true, "cila": true, "anci": true, "arera": true, "ispra": true,
}

// A Word is a word as somebody wrote it: one part, mostly, or several, such as
// the wi and fi of Wi-Fi.
type Word struct {
	Parts  []Token
	Joined string // the parts written as one, folded and stemmed, or their Meaning; "" when there is neither
	Stop   bool   // too common to look for: an article, a preposition

	telling []Token // of the parts, when some are too common; nil = all
}

// Telling returns the parts but for those that are too common to look for.
func (w Word) Telling() []Token {
	if w.telling == nil {
		return w.Parts
	}
	return w.telling
}

// token returns the token of one part. Solr folds what it has stemmed.
func (a *Analyzer) token(form string, pos int) Token {
	t := Token{Term: a.Stem(form), Form: form, Pos: pos}
	if a.folded {
		t.Term, t.Form = Fold(t.Term), Fold(form)
	}
	return t
}

// maxWords bounds the words of a query.
const maxWords = 256

// Words returns the words of a query.
func (a *Analyzer) Words(text string) []Word {
	var out []Word
	pos := 0
	for chunk := range a.chunks(text) {
		w := a.compound(chunk)
		if len(w.forms) == 0 {
			continue
		}
		word := Word{Stop: len(w.forms) == 1 && a.stop[w.forms[0]]}
		for _, form := range w.forms {
			word.Parts = append(word.Parts, a.token(form, pos))
			pos++
		}
		if a.solr {
			// To Solr, the parts of a word are words of their own.
			for _, part := range word.Parts {
				out = append(out, Word{Parts: []Token{part}})
			}
		} else {
			for _, j := range w.joins {
				word.Joined = a.Stem(j.form)
			}
			out = append(out, word)
		}
		if len(out) >= maxWords {
			break
		}
	}
	return a.understood(out)
}

// Telling returns the words without those that are too common to look for.
func Telling(words []Word) []Word {
	var out []Word
	for _, w := range words {
		if !w.Stop {
			out = append(out, w)
		}
	}
	return out
}

// Significant is Telling, but returns all when all are too common.
func Significant(words []Word) []Word {
	if out := Telling(words); len(out) > 0 {
		return out
	}
	return words
}
