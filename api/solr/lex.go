package solr

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// A tokenKind is a kind of token of Lucene's query syntax.
type tokenKind int

const (
	tokEnd    tokenKind = iota
	tokWord             // value is unescaped
	tokPrefix           // a word with one * at its end; value is without it
	tokWild             // a word with * or ? in it; value keeps its escapes
	tokStar             // a lone *
	tokPhrase
	tokRegex
	tokAnd
	tokOr
	tokNot
	tokPlus
	tokMinus
	tokOpen
	tokClose
	tokColon
	tokFuzzy // value is the number after ~, or ""
	tokBoost // value is the number after ^
	tokRange
)

// A token is a piece of a query. A range is one token: its ends are not in
// the same language as the rest.
type token struct {
	kind  tokenKind
	value string
	at    int // byte offset in the query
	rng   rangeToken
}

type rangeToken struct {
	low, high         string
	lowAny, highAny   bool // the end is *
	lowOpen, highOpen bool // the end itself does not match
}

// lex splits a query into tokens, the last of which is tokEnd.
func lex(src string) ([]token, error) {
	l := lexer{src: src}
	for {
		t, err := l.next()
		if err != nil {
			return nil, err
		}
		l.tokens = append(l.tokens, t)
		if t.kind == tokEnd {
			return l.tokens, nil
		}
	}
}

type lexer struct {
	src    string
	pos    int
	tokens []token
}

func (l *lexer) fail(at int) error {
	after := "<EOF>"
	if at < len(l.src) {
		r, _ := utf8.DecodeRuneInString(l.src[at:])
		after = fmt.Sprintf("%q", string(r))
	}
	return errorf("Cannot parse '%s': Lexical error at line 1, column %d.  Encountered: %s", l.src, at+1, after)
}

var single = map[byte]tokenKind{'(': tokOpen, ')': tokClose, ':': tokColon}

func (l *lexer) next() (token, error) {
	l.skipBlanks()
	at := l.pos
	if at == len(l.src) {
		return token{kind: tokEnd, at: at}, nil
	}
	c := l.src[at]
	if k, ok := single[c]; ok {
		l.pos++
		return token{kind: k, value: string(c), at: at}, nil
	}
	switch c {
	case '"':
		return l.quoted(tokPhrase, '"')
	case '/':
		return l.regex()
	case '[', '{':
		return l.rangeEnds()
	case '~':
		l.pos++
		return token{kind: tokFuzzy, value: l.number(), at: at}, nil
	case '^':
		return l.boost()
	case ']', '}':
		return token{}, l.fail(at)
	case '+', '-', '!':
		return l.modifier(c), nil
	}
	return l.word()
}

// blank returns the length of the white space at the start of s.
func blank(s string) int {
	r, n := utf8.DecodeRuneInString(s)
	switch r {
	case ' ', '\t', '\n', '\r', '\u3000':
		return n
	}
	return 0
}

// modifier reads +, - or !. Before white space they are words like any other.
func (l *lexer) modifier(c byte) token {
	at := l.pos
	l.pos++
	if l.pos < len(l.src) && blank(l.src[l.pos:]) > 0 {
		return token{kind: tokWord, value: string(c), at: at}
	}
	kinds := map[byte]tokenKind{'+': tokPlus, '-': tokMinus, '!': tokNot}
	return token{kind: kinds[c], value: string(c), at: at}
}

// regex reads a regular expression, which does not begin as a comment does.
func (l *lexer) regex() (token, error) {
	if at := l.pos; at+1 < len(l.src) && (l.src[at+1] == '/' || l.src[at+1] == '*') {
		c := l.src[at+1]
		return token{}, errorf("Cannot parse '%s': Lexical error at line 1, column %d.  Encountered: '%d' (%d), after prefix \"/\" (in lexical state 3)",
			l.src, utf8.RuneCountInString(l.src[:at+1])+1, c, c)
	}
	return l.quoted(tokRegex, '/')
}

// quoted reads up to an unescaped end.
func (l *lexer) quoted(kind tokenKind, end byte) (token, error) {
	at := l.pos
	var b strings.Builder
	for i := at + 1; i < len(l.src); i++ {
		c := l.src[i]
		switch {
		case c == end:
			l.pos = i + 1
			return token{kind: kind, value: b.String(), at: at}, nil
		case c == '\\' && i+1 < len(l.src):
			i++
			if kind == tokRegex && l.src[i] != '/' {
				b.WriteByte('\\')
			}
			b.WriteByte(l.src[i])
		default:
			b.WriteByte(c)
		}
	}
	return token{}, l.fail(len(l.src))
}

func (l *lexer) number() string {
	start := l.pos
	for l.pos < len(l.src) && (l.src[l.pos] >= '0' && l.src[l.pos] <= '9' || l.src[l.pos] == '.') {
		l.pos++
	}
	return l.src[start:l.pos]
}

func (l *lexer) boost() (token, error) {
	at := l.pos
	l.pos++
	if strings.HasPrefix(l.src[l.pos:], "=") {
		l.pos++
	}
	n := l.number()
	if n == "" {
		return token{}, l.fail(l.pos)
	}
	return token{kind: tokBoost, value: n, at: at}, nil
}

// word reads a term, with or without wildcards, or an operator.
func (l *lexer) word() (token, error) {
	at := l.pos
	var plain strings.Builder
	wild := 0
	for l.pos < len(l.src) {
		r, n := utf8.DecodeRuneInString(l.src[l.pos:])
		if r == '\\' {
			if l.pos+1 == len(l.src) {
				return token{}, l.fail(len(l.src))
			}
			_, m := utf8.DecodeRuneInString(l.src[l.pos+1:])
			plain.WriteString(l.src[l.pos+1 : l.pos+1+m])
			l.pos += 1 + m
			continue
		}
		if blank(l.src[l.pos:]) > 0 || strings.ContainsRune(`!():^[]"{}~`, r) {
			break
		}
		if r == '*' || r == '?' {
			wild++
		}
		plain.WriteString(l.src[l.pos : l.pos+n])
		l.pos += n
	}
	raw := l.src[at:l.pos]
	return classify(raw, plain.String(), wild, at), nil
}

func classify(raw, plain string, wild, at int) token {
	t := token{kind: tokWord, value: plain, at: at}
	switch {
	case raw == "AND" || raw == "&&":
		t.kind = tokAnd
	case raw == "OR" || raw == "||":
		t.kind = tokOr
	case raw == "NOT":
		t.kind = tokNot
	case raw == "*":
		t.kind = tokStar
	case wild == 1 && strings.HasSuffix(plain, "*") && !strings.HasSuffix(raw, `\*`):
		t.kind, t.value = tokPrefix, strings.TrimSuffix(plain, "*")
	case wild > 0:
		t.kind, t.value = tokWild, raw
	}
	return t
}

// rangeEnds reads a whole range, "[a TO b}".
func (l *lexer) rangeEnds() (token, error) {
	t := token{kind: tokRange, at: l.pos}
	t.rng.lowOpen = l.src[l.pos] == '{'
	stop := strings.IndexAny(l.src[l.pos:], "]}")
	if stop > 0 && strings.Contains(l.src[l.pos:l.pos+stop], "%20") {
		// Some harvesters encode the blanks of a range twice.
		l.src = l.src[:l.pos] + strings.ReplaceAll(l.src[l.pos:l.pos+stop], "%20", " ") + l.src[l.pos+stop:]
	}
	l.pos++
	var err error
	if t.rng.low, t.rng.lowAny, err = l.rangeEnd(); err != nil {
		return t, err
	}
	l.skipBlanks()
	at := l.pos
	if to, _, err := l.rangeEnd(); err != nil {
		return t, err
	} else if image := l.src[at:l.pos]; to != "TO" {
		kind := "<RANGE_GOOP>"
		if strings.HasPrefix(image, `"`) {
			kind = "<RANGE_QUOTED>"
		}
		return t, unexpected(l.src, kind, image, at, wantTo)
	}
	if t.rng.high, t.rng.highAny, err = l.rangeEnd(); err != nil {
		return t, err
	}
	l.skipBlanks()
	if l.pos == len(l.src) || l.src[l.pos] != ']' && l.src[l.pos] != '}' {
		return t, l.fail(l.pos)
	}
	t.rng.highOpen = l.src[l.pos] == '}'
	l.pos++
	return t, nil
}

func (l *lexer) skipBlanks() {
	for l.pos < len(l.src) && blank(l.src[l.pos:]) > 0 {
		l.pos += blank(l.src[l.pos:])
	}
}

func (l *lexer) rangeEnd() (value string, anything bool, err error) {
	l.skipBlanks()
	start := l.pos
	quoted, end := "", start
	if strings.HasPrefix(l.src[start:], `"`) {
		if t, err := l.quoted(tokPhrase, '"'); err == nil {
			quoted, end, l.pos = t.value, l.pos, start
		}
	}
	for l.pos < len(l.src) && blank(l.src[l.pos:]) == 0 && l.src[l.pos] != ']' && l.src[l.pos] != '}' {
		l.pos++
	}
	if end > start && end >= l.pos { // the longer one counts
		l.pos = end
		return quoted, false, nil
	}
	word := l.src[start:l.pos]
	if word == "" && start == len(l.src) {
		return "", false, unexpected(l.src, "", "", start, wantEnd)
	}
	if word == "" {
		return "", false, l.fail(l.pos)
	}
	return unescape(word), word == "*", nil
}

// unescape takes the backslashes out of s.
func unescape(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
