package duck

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/blevesearch/snowballstem"
	"github.com/blevesearch/snowballstem/english"
)

// A lexer makes lexemes of texts as PostgreSQL's configuration english does,
// which is what CKAN's tables are indexed by. It remembers the stems of words.
type lexer struct{ stems map[string]string }

func newLexer() *lexer { return &lexer{stems: map[string]string{}} }

// lexeme returns the lexeme of a token in small letters, or "" for one that is
// passed over.
func (l *lexer) lexeme(token string) string {
	if s, ok := l.stems[token]; ok {
		return s
	}
	const most, longest = 100_000, 100
	s := ""
	switch {
	case stopWords[token]:
	case strings.IndexFunc(token, func(r rune) bool { return !unicode.IsLetter(r) }) >= 0:
		s = token
	default:
		env := snowballstem.NewEnv(token)
		english.Stem(env)
		s = env.Current()
	}
	if len(l.stems) < most && len(token) <= longest {
		l.stems[strings.Clone(token)] = s
	}
	return s
}

// A position is a lexeme and where it stands.
type position struct {
	lexeme string
	at     int
}

// vector writes a text as a tsvector.
func (l *lexer) vector(text string) string {
	text = strings.ToLower(text)
	var all []position
	for at := 1; ; at++ {
		token, rest := nextToken(text)
		if token == "" {
			break
		}
		if s := l.lexeme(token); s != "" {
			all = append(all, position{s, min(at, 16383)})
		}
		text = rest
	}
	slices.SortFunc(all, func(a, b position) int {
		if c := strings.Compare(a.lexeme, b.lexeme); c != 0 {
			return c
		}
		return a.at - b.at
	})
	var b []byte
	for i, p := range all {
		if i > 0 && all[i-1].lexeme == p.lexeme {
			b = strconv.AppendInt(append(b, ','), int64(p.at), 10)
			continue
		}
		if i > 0 {
			b = append(b, ' ')
		}
		b = append(appendLexeme(b, p.lexeme), ':')
		b = strconv.AppendInt(b, int64(p.at), 10)
	}
	return string(b)
}

func appendLexeme(b []byte, s string) []byte {
	return append(append(append(b, '\''), strings.ReplaceAll(strings.ReplaceAll(s, `\`, `\\`), "'", "''")...), '\'')
}

// nextToken cuts the first token off a text: a number with its sign, a name
// with dots in it, or a word.
func nextToken(s string) (token, rest string) {
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case (r == '-' || r == '+') && i+1 < len(s) && isDigit(s[i+1]):
			end := i + 1 + numberLength(s[i+1:])
			return s[i:end], s[end:]
		case inToken(r):
			s = s[i:]
			end := wordLength(s)
			return s[:end], s[end:]
		}
		i += size
	}
	return "", ""
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func inToken(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }

// numberLength returns how long the number is with which s begins.
func numberLength(s string) int {
	n := 0
	for n < len(s) && isDigit(s[n]) {
		n++
	}
	if n+1 < len(s) && s[n] == '.' && isDigit(s[n+1]) {
		for n++; n < len(s) && isDigit(s[n]); n++ {
			continue
		}
	}
	return n
}

// wordLength returns how long the word is with which s begins: dots between
// letters or digits belong to it.
func wordLength(s string) int {
	n := 0
	for n < len(s) {
		r, size := utf8.DecodeRuneInString(s[n:])
		if !inToken(r) {
			if r != '.' || n+1 >= len(s) {
				break
			}
			if next, _ := utf8.DecodeRuneInString(s[n+1:]); !inToken(next) {
				break
			}
		}
		n += size
	}
	return n
}

// stopWords are the words that the configuration english passes over.
var stopWords = func() map[string]bool {
	out := map[string]bool{}
	for w := range strings.FieldsSeq(`i me my myself we our ours ourselves you your yours yourself yourselves he him his himself she her hers herself
		it its itself they them their theirs themselves what which who whom this that these those am is are was were be been being have has had having
		do does did doing a an the and but if or because as until while of at by for with about against between into through during before after above
		below to from up down in out on off over under again further then once here there when where why how all any both each few more most other some
		such no nor not only own same so than too very s t can will just don should now`) {
		out[w] = true
	}
	return out
}()

// A term of a query is lexemes with what binds them: "and", "or", "not", or a
// lexeme itself.
type term struct {
	op     byte // '&', '|', '!' or 0
	parts  []*term
	lexeme string
	prefix bool
}

// query reads the language of to_tsquery, or plain words, all of which are
// meant. A nil term is a query of nothing, which nothing matches.
func (l *lexer) query(text string, isPlain bool) (*term, bool) {
	const most = 1000
	if len(text) > most {
		return nil, false
	}
	if isPlain {
		return l.words(text), true
	}
	p := queryParser{l: l, s: strings.ToLower(text)}
	t, ok := p.either(0)
	return t, ok && strings.TrimSpace(p.s) == ""
}

// words is all the words of a text.
func (l *lexer) words(text string) *term {
	t := &term{op: '&'}
	text = strings.ToLower(text)
	for {
		token, rest := nextToken(text)
		if token == "" {
			break
		}
		if s := l.lexeme(token); s != "" {
			t.parts = append(t.parts, &term{lexeme: s})
		}
		text = rest
	}
	switch len(t.parts) {
	case 0:
		return nil
	case 1:
		return t.parts[0]
	}
	return t
}

type queryParser struct {
	l *lexer
	s string
}

// accept takes a sign off what is left.
func (p *queryParser) accept(sign string) bool {
	p.s = strings.TrimLeft(p.s, " \t\n")
	rest, ok := strings.CutPrefix(p.s, sign)
	if ok {
		p.s = rest
	}
	return ok
}

func join(op byte, a, b *term) *term {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	}
	return &term{op: op, parts: []*term{a, b}}
}

func (p *queryParser) either(depth int) (*term, bool) {
	t, ok := p.both(depth)
	for ok && p.accept("|") {
		var more *term
		more, ok = p.both(depth)
		t = join('|', t, more)
	}
	return t, ok
}

func (p *queryParser) both(depth int) (*term, bool) {
	t, ok := p.one(depth)
	for ok && (p.accept("&") || p.accept("<->")) {
		var more *term
		more, ok = p.one(depth)
		t = join('&', t, more)
	}
	return t, ok
}

func (p *queryParser) one(depth int) (*term, bool) {
	const most = 50
	if depth > most {
		return nil, false
	}
	if p.accept("!") {
		t, ok := p.one(depth + 1)
		if t == nil {
			return nil, ok
		}
		return &term{op: '!', parts: []*term{t}}, ok
	}
	if p.accept("(") {
		t, ok := p.either(depth + 1)
		return t, ok && p.accept(")")
	}
	if p.accept("'") {
		text, rest, ok := strings.Cut(p.s, "'")
		p.s = rest
		return p.l.words(text), ok
	}
	p.accept("")
	end := strings.IndexAny(p.s, " \t\n&|!()<:'")
	if end < 0 {
		end = len(p.s)
	}
	if end == 0 {
		return nil, false
	}
	t := p.l.words(p.s[:end])
	p.s = p.s[end:]
	if p.accept(":*") && t != nil && t.op == 0 {
		t.prefix = true
	}
	return t, true
}

// String returns the query as PostgreSQL writes it.
func (t *term) String() string {
	if t == nil {
		return ""
	}
	switch t.op {
	case 0:
		s := string(appendLexeme(nil, t.lexeme))
		if t.prefix {
			s += ":*"
		}
		return s
	case '!':
		return "!" + t.parts[0].bound()
	}
	texts := make([]string, len(t.parts))
	for i, p := range t.parts {
		texts[i] = p.bound()
	}
	return strings.Join(texts, " "+string(t.op)+" ")
}

func (t *term) bound() string {
	if t.op == '&' || t.op == '|' {
		return "( " + t.String() + " )"
	}
	return t.String()
}

// in reports whether a vector, as vector has written it, is what t looks for.
func (t *term) in(vector string) bool {
	if t == nil {
		return false
	}
	switch t.op {
	case '&':
		return !slices.ContainsFunc(t.parts, func(p *term) bool { return !p.in(vector) })
	case '|':
		return slices.ContainsFunc(t.parts, func(p *term) bool { return p.in(vector) })
	case '!':
		return !t.parts[0].in(vector)
	}
	head := string(appendLexeme(nil, t.lexeme))
	if t.prefix {
		head = head[:len(head)-1]
	} else {
		head += ":"
	}
	return strings.HasPrefix(vector, head) || strings.Contains(vector, " "+head)
}
