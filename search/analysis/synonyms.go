package analysis

import (
	"bufio"
	"cmp"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Synonyms are words, and sequences of words, that find one another.
type Synonyms struct{ lines []synonymLine }

// A synonymLine says that what is on the left finds what is on the right.
type synonymLine struct{ left, right []string }

//go:embed synonyms_it.txt
var italianSynonyms string

// Bounds of a file of synonyms.
const (
	maxSynonymLines = 5000
	maxSynonyms     = 50  // on a line
	maxSynonymSize  = 100 // bytes of one
)

// ParseSynonyms reads a list as Solr and Elasticsearch do: a line has words
// that mean the same, with commas between them; "a, b => c" makes a and b find
// c, but not the other way. What follows a # is for people.
func ParseSynonyms(r io.Reader) (Synonyms, error) {
	var out Synonyms
	lines, n := bufio.NewScanner(r), 0
	for lines.Scan() {
		n++
		text, _, _ := strings.Cut(lines.Text(), "#")
		text = strings.TrimPrefix(strings.ToValidUTF8(text, ""), "\ufeff")
		if strings.TrimSpace(text) == "" {
			continue
		}
		left, right, oneWay := strings.Cut(text, "=>")
		line := synonymLine{left: entries(left)}
		line.right = line.left
		if oneWay {
			line.right = entries(right)
		}
		if len(line.left) == 0 || len(line.right) == 0 || !bounded(line) || len(out.lines) >= maxSynonymLines {
			return Synonyms{}, &SynonymsError{Line: n}
		}
		out.lines = append(out.lines, line)
	}
	if err := lines.Err(); err != nil {
		return Synonyms{}, &SynonymsError{Line: n + 1, Cause: err}
	}
	return out, nil
}

// A SynonymsError says which line of a list cannot be.
type SynonymsError struct {
	Line  int
	Cause error // why it cannot be read; nil = it is written wrongly
}

// Error says it in English.
func (e *SynonymsError) Error() string {
	if e.Cause != nil {
		return fmt.Sprintf("line %d of the synonyms cannot be read: %v", e.Line, e.Cause)
	}
	return fmt.Sprintf("line %d of the synonyms must be words with commas between them, or words => words: at most %d lines of %d", e.Line, maxSynonymLines, maxSynonyms)
}

// Unwrap returns the cause.
func (e *SynonymsError) Unwrap() error { return e.Cause }

func entries(list string) []string {
	var out []string
	for e := range strings.SplitSeq(list, ",") {
		if e = strings.TrimSpace(e); e != "" {
			out = append(out, e)
		}
	}
	return out
}

func bounded(l synonymLine) bool {
	if len(l.left) > maxSynonyms || len(l.right) > maxSynonyms {
		return false
	}
	return !slices.ContainsFunc(slices.Concat(l.left, l.right), func(e string) bool { return len(e) > maxSynonymSize })
}

// mark begins the terms that stand for a meaning. No word has it, and it is
// longer than a misspelling reaches.
const mark = "==="

// Meaning reports whether term stands for a meaning and is no word itself.
func Meaning(term string) bool { return strings.HasPrefix(term, mark) }

// A sequence is an entry of the list as terms.
type sequence struct {
	terms []string
	found []string // the meanings by which it is found: its own and those of what finds it
	filed []Token  // the same as tokens
}

func (s *sequence) meaning() string { return mark + strings.Join(s.terms, "_") }

// A thesaurus has the sequences by their first term, the longest first.
type thesaurus map[string][]*sequence

// A learner gathers sequences by their meanings.
type learner struct {
	analyzer  *Analyzer
	byMeaning map[string]*sequence
}

// entry returns the sequence of an entry, which has no terms when nothing in it
// tells.
func (l *learner) entry(text string) *sequence {
	s := &sequence{}
	for _, w := range Telling(l.analyzer.Words(text)) {
		for _, p := range w.Parts {
			s.terms = append(s.terms, p.Term)
		}
	}
	if old := l.byMeaning[s.meaning()]; old != nil {
		return old
	}
	s.found = []string{s.meaning()}
	l.byMeaning[s.meaning()] = s
	return s
}

func (l *learner) line(line synonymLine) {
	for _, right := range line.right {
		found := l.entry(right)
		for _, left := range line.left {
			if m := l.entry(left).meaning(); !slices.Contains(found.found, m) {
				found.found = append(found.found, m)
			}
		}
	}
}

// learn takes the lists in. The analyzer is complete but for its synonyms.
func (a *Analyzer) learn(of ...Synonyms) {
	l := learner{analyzer: a, byMeaning: map[string]*sequence{}}
	for _, list := range of {
		for _, line := range list.lines {
			l.line(line)
		}
	}
	known, ids := thesaurus{}, map[string]uint32{}
	for _, s := range l.byMeaning {
		if len(s.terms) > 0 {
			known[s.terms[0]] = append(known[s.terms[0]], s)
		}
		for _, m := range s.found {
			if ids[m] == 0 {
				ids[m] = uint32(len(ids)) + 1
			}
			s.filed = append(s.filed, Token{Term: m, Form: m, Joined: true, ID: ids[m]})
		}
	}
	a.meant = uint32(len(ids))
	for _, all := range known {
		slices.SortFunc(all, func(x, y *sequence) int {
			return cmp.Or(cmp.Compare(len(y.terms), len(x.terms)), cmp.Compare(x.meaning(), y.meaning()))
		})
	}
	a.synonyms = known
}

// meanings appends to dst the meanings of those of its tokens that may begin a
// sequence, at the places where they stand.
func (a *Analyzer) meanings(dst []Token, beginning []int) []Token {
	end := len(dst)
	for _, i := range beginning {
		for _, s := range a.synonyms[dst[i].Term] {
			if !a.follows(dst[i:end], s.terms) {
				continue
			}
			for _, t := range s.filed {
				t.Pos = dst[i].Pos
				dst = append(dst, t)
			}
		}
	}
	return dst
}

// follows reports whether tokens begin with terms, but for words that are too
// common to tell.
func (a *Analyzer) follows(tokens []Token, terms []string) bool { return a.reach(tokens, terms) >= 0 }

// reach returns which of tokens is the last of terms, when they begin with them
// as follows says; else -1.
func (a *Analyzer) reach(tokens []Token, terms []string) int {
	last := -1
	for i, t := range tokens {
		switch {
		case len(terms) == 0:
			return last
		case t.Joined:
		case t.Term == terms[0]:
			last, terms = i, terms[1:]
		case !a.stop[t.Form]:
			return -1
		}
	}
	if len(terms) > 0 {
		return -1
	}
	return last
}

// understood gives words their meanings: those that make a known sequence
// become one Word, which is found by its parts or by what means the same.
func (a *Analyzer) understood(words []Word) []Word {
	if len(a.synonyms) == 0 {
		return words
	}
	out := make([]Word, 0, len(words))
	for i := 0; i < len(words); {
		n, m := a.sequenceAt(words[i:])
		if n == 0 {
			out = append(out, words[i])
			i++
			continue
		}
		w := Word{Joined: m}
		for _, x := range words[i : i+n] {
			w.Parts = append(w.Parts, x.Parts...)
			if !x.Stop {
				w.telling = append(w.telling, x.Parts...)
			}
		}
		out = append(out, w)
		i += n
	}
	return out
}

// sequenceAt returns how many of the words make the longest sequence that is
// known, and its meaning.
func (a *Analyzer) sequenceAt(words []Word) (n int, meaning string) {
	if words[0].Stop {
		return 0, ""
	}
	for _, s := range a.synonyms[words[0].Parts[0].Term] {
		at, rest := 0, s.terms
		for at < len(words) && len(rest) > 0 {
			if w := words[at]; begins(rest, w.Parts) {
				rest = rest[len(w.Parts):]
			} else if !w.Stop || at == 0 {
				break
			}
			at++
		}
		if len(rest) == 0 {
			return at, s.meaning()
		}
	}
	return 0, ""
}

func begins(terms []string, parts []Token) bool {
	if len(parts) > len(terms) {
		return false
	}
	for i, p := range parts {
		if p.Term != terms[i] {
			return false
		}
	}
	return true
}

// rules is counted up whenever the same text gives other words than before.
const rules = "2"

// Fingerprint tells apart analyzers that make other words of the same text: an
// index made under another one must be made anew.
func (a *Analyzer) Fingerprint() string {
	h := sha256.New()
	write := func(s string) { _, _ = io.WriteString(h, s+"\n") } // a hash takes everything
	write(rules)
	if a.solr {
		write("solr")
	}
	var all []string
	for _, of := range a.synonyms {
		for _, s := range of {
			all = append(all, s.meaning()+" "+strings.Join(s.found, " "))
		}
	}
	slices.Sort(all)
	for _, s := range all {
		write(s)
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// Expansions returns, for engines that know synonyms themselves, which terms
// also find which: both as terms with blanks between them.
func (a *Analyzer) Expansions() map[string][]string {
	out := map[string][]string{}
	for _, of := range a.synonyms {
		for _, s := range of {
			for _, m := range s.found[1:] {
				from := strings.ReplaceAll(strings.TrimPrefix(m, mark), "_", " ")
				out[from] = append(out[from], strings.Join(s.terms, " "))
			}
		}
	}
	for _, to := range out {
		slices.Sort(to)
	}
	return out
}
