package analysis

import "strings"

// A Memo makes tokens of texts as its Analyzer does, and remembers those of each
// word, for few words are most of what is written. One goroutine uses it.
type Memo struct {
	analyzer  *Analyzer
	known     map[string]parsed // by the word as it is written; nil = it remembers nothing
	last      uint32            // ID
	beginning []int             // of the text at work: the tokens with which a known sequence may begin
}

// A parsed is the tokens of one word, the first at place 0.
type parsed struct {
	tokens []Token
	places int
	begins bool // a known sequence, perhaps
}

// Bounds of a Memo.
const (
	maxKnown     = 8192 // words
	maxKnownSize = 64   // bytes of one
)

// Memo returns a Memo that remembers nothing yet.
func (a *Analyzer) Memo() *Memo {
	return &Memo{analyzer: a, known: map[string]parsed{}, last: a.meant}
}

// Last returns the greatest ID of a token so far.
func (m *Memo) Last() uint32 { return m.last }

// maxTokens bounds the words of one text, so that none can fill the memory.
const maxTokens = 50_000

// Tokens appends the tokens of text to dst: the parts of every word and, at
// the places of its first and its last, the word that they make joined. The
// first is at pos; the last result is the place after the last.
func (a *Analyzer) Tokens(dst []Token, text string, pos int) ([]Token, int) {
	m := Memo{analyzer: a}
	return m.Tokens(dst, text, pos)
}

// Tokens is as Analyzer.Tokens.
func (m *Memo) Tokens(dst []Token, text string, pos int) ([]Token, int) {
	first := len(dst)
	m.beginning = m.beginning[:0]
	for chunk := range m.analyzer.chunks(text) {
		if len(dst)-first > maxTokens {
			break
		}
		p, ok := m.known[chunk]
		if !ok {
			p = m.parse(chunk)
		}
		if p.begins {
			m.begin(len(dst), p.tokens)
		}
		for _, t := range p.tokens {
			t.Pos += pos
			dst = append(dst, t)
		}
		pos += p.places
	}
	return m.analyzer.meanings(dst, m.beginning), pos
}

// begin notes which of the tokens, the first of which is at, may begin a
// sequence.
func (m *Memo) begin(at int, tokens []Token) {
	for i, t := range tokens {
		if !t.Joined && len(m.analyzer.synonyms[t.Term]) > 0 {
			m.beginning = append(m.beginning, at+i)
		}
	}
}

// parse makes the tokens of a word, and remembers them.
func (m *Memo) parse(chunk string) parsed {
	keep := m.known != nil && len(chunk) <= maxKnownSize
	if keep {
		chunk = strings.Clone(chunk) // it may be part of something much longer
	}
	a, w := m.analyzer, m.analyzer.compound(chunk)
	p := parsed{places: len(w.forms)}
	if len(w.forms) > 0 {
		p.tokens = make([]Token, 0, len(w.forms)+2*len(w.joins))
	}
	add := func(t Token) {
		if keep {
			m.last++
			t.ID = m.last
		}
		p.tokens = append(p.tokens, t)
		p.begins = p.begins || !t.Joined && len(a.synonyms[t.Term]) > 0
	}
	for i, form := range w.forms {
		add(a.token(form, i))
	}
	for _, j := range w.joins {
		t := a.token(j.form, j.first)
		t.Joined = true
		add(t)
		if !a.solr {
			t.Pos = j.last
			add(t)
		}
	}
	if keep {
		if len(m.known) >= maxKnown {
			clear(m.known)
		}
		m.known[chunk] = p
	}
	return p
}
