package analysis

import "strings"

// A Mark is a stretch of a text, in bytes.
type Mark struct{ Start, End int }

// maxMarked bounds how many words of one text are looked at.
const maxMarked = 2000

// Marks returns where in text stands what the words of a query find: each of
// them, in its plural or its singular, what means the same, and words that the
// last of them begins. They are in order and do not overlap.
func (a *Analyzer) Marks(text string, query []Word) []Mark {
	w := a.wanted(query)
	if len(w.terms) == 0 {
		return nil
	}
	var spots []Mark // of each token, where its word stands
	var tokens []Token
	hit := map[int]bool{}
	for at, chunk := range a.located(text) {
		if len(tokens) >= maxMarked {
			break
		}
		c := a.compound(chunk)
		for _, form := range c.forms {
			t := a.token(form, len(tokens))
			hit[len(tokens)] = w.finds(t)
			tokens, spots = append(tokens, t), append(spots, Mark{at, at + len(chunk)})
		}
		for _, j := range c.joins {
			if w.finds(a.token(j.form, 0)) && len(tokens) > 0 {
				hit[len(tokens)-1] = true
			}
		}
	}
	for i := range tokens {
		a.hitMeanings(tokens, i, w, hit)
	}
	return spotsHit(spots, hit)
}

// hitMeanings notes the tokens that, from the ith on, mean what is wanted.
func (a *Analyzer) hitMeanings(tokens []Token, i int, w wish, hit map[int]bool) {
	for _, s := range a.synonyms[tokens[i].Term] {
		last := a.reach(tokens[i:], s.terms)
		if last < 0 || !w.means(s.found) {
			continue
		}
		for j := i; j <= i+last; j++ {
			hit[j] = hit[j] || !a.stop[tokens[j].Form]
		}
	}
}

// spotsHit returns the spots that are hit, each once.
func spotsHit(spots []Mark, hit map[int]bool) []Mark {
	var out []Mark
	for i, m := range spots {
		if hit[i] && (len(out) == 0 || out[len(out)-1] != m) {
			out = append(out, m)
		}
	}
	return out
}

// located yields the words of text with where they begin.
func (a *Analyzer) located(text string) func(func(int, string) bool) {
	if !a.solr {
		return a.places(text)
	}
	return func(yield func(int, string) bool) {
		at := 0
		for chunk := range a.chunks(text) {
			at += strings.Index(text[at:], chunk) // before it there are blanks alone
			if !yield(at, chunk) {
				return
			}
			at += len(chunk)
		}
	}
}

// A wish is what to mark.
type wish struct {
	terms map[string]bool // and meanings
	begun string          // of the last word, as far as it was written; "" when that is too short
}

func (a *Analyzer) wanted(query []Word) wish {
	const leastBegun = 3
	w := wish{terms: map[string]bool{}}
	words := Significant(query)
	for _, word := range words {
		for _, p := range word.Telling() {
			w.terms[p.Term] = true
		}
		if word.Joined != "" {
			w.terms[word.Joined] = true
		}
	}
	if n := len(words); n > 0 {
		if parts := words[n-1].Parts; len(parts) > 0 && len(parts[len(parts)-1].Form) >= leastBegun {
			w.begun = parts[len(parts)-1].Form
		}
	}
	return w
}

func (w wish) finds(t Token) bool {
	return w.terms[t.Term] || w.begun != "" && strings.HasPrefix(t.Form, w.begun)
}

// means reports whether one of the meanings is wanted.
func (w wish) means(found []string) bool {
	for _, m := range found {
		if w.terms[m] {
			return true
		}
	}
	return false
}
