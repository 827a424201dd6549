package datastore

import (
	"slices"
	"strings"
	"sync"
)

// A lookup is what is known of the rows of a View that is asked again and
// again: which rows have a value, and which a word. It is made of what is asked
// for, when it is.
type lookup struct {
	mu    sync.Mutex
	equal map[int]map[string][]int32 // rows by column and value
	words map[string][]posting
	terms []string // the words, sorted
}

// A posting is a row in which a word stands, and how often.
type posting struct {
	row   int32
	times int32
}

// The sizes of table for which a lookup is worth its memory.
const (
	leastLooked     = 1000
	mostLookedRows  = 1_000_000
	mostLookedCells = 4_000_000
)

// candidates returns the places of the rows among which those are that q is
// about; ok is false where all may be. Where exact is true they are those.
func (v *View) candidates(q Query) (rows []int32, ok, exact bool) {
	if v.look == nil || len(v.Rows) < leastLooked || len(v.Rows) > mostLookedRows {
		return nil, false, false
	}
	n := narrowing{exact: true}
	for _, f := range q.Filter.all() {
		n.by(v.equalTo(f))
	}
	if q.Words == nil {
		return n.rows, n.any, n.exact && n.any
	}
	if len(v.Rows)*len(v.Fields) > mostLookedCells || len(q.Words.words) == 0 {
		return n.rows, n.any, false
	}
	for _, w := range q.Words.words {
		n.by(v.having(w))
		n.exact = n.exact && w.at < 0
	}
	return n.rows, n.any, n.exact && n.any
}

// A narrowing is the rows that are left of a table, condition by condition.
type narrowing struct {
	rows       []int32
	any, exact bool
}

// by leaves the rows that are also in a list, if there is one.
func (n *narrowing) by(rows []int32, is bool) {
	switch {
	case !is:
		n.exact = false
	case !n.any:
		n.rows, n.any = rows, true
	default:
		n.rows = common(n.rows, rows)
	}
}

// common returns what is in both of two lists in order.
func common(a, b []int32) []int32 {
	if len(b) < len(a) {
		a, b = b, a
	}
	out := make([]int32, 0, len(a))
	j := 0
	for _, x := range a {
		for j < len(b) && b[j] < x {
			j++
		}
		if j == len(b) {
			break
		}
		if b[j] == x {
			out = append(out, x)
		}
	}
	return out
}

// all returns the conditions that must hold together.
func (f *Filter) all() []*Filter {
	switch {
	case f == nil:
		return nil
	case f.op == "$and":
		var out []*Filter
		for _, p := range f.parts {
			out = append(out, p.all()...)
		}
		return out
	}
	return []*Filter{f}
}

// equalTo returns the rows of which a condition asks for certain values.
func (v *View) equalTo(f *Filter) ([]int32, bool) {
	if f.at < 0 || f.op != "eq" && f.op != "in" {
		return nil, false
	}
	by := v.look.column(v, f.at)
	var out []int32
	for i, w := range f.want {
		if w == nil {
			continue
		}
		rows := by[keyText(w)]
		if len(f.want) == 1 {
			return rows, true
		}
		if !slices.ContainsFunc(f.want[:i], func(o any) bool { return o != nil && keyText(o) == keyText(w) }) {
			out = append(out, rows...)
		}
	}
	slices.Sort(out)
	return out, true
}

// column returns the rows of a view by the values of a column.
func (l *lookup) column(v *View, at int) map[string][]int32 {
	l.mu.Lock()
	defer l.mu.Unlock()
	if by, ok := l.equal[at]; ok {
		return by
	}
	by := map[string][]int32{}
	for i, r := range v.Rows {
		if c := r.Cells[at]; c != nil {
			k := keyText(c)
			by[k] = append(by[k], int32(i))
		}
	}
	if l.equal == nil {
		l.equal = map[int]map[string][]int32{}
	}
	l.equal[at] = by
	return by
}

// having returns the rows in which a word stands, in whichever column.
func (v *View) having(w word) ([]int32, bool) {
	posts := v.look.postings(v, w)
	out := make([]int32, len(posts))
	for i, p := range posts {
		out[i] = p.row
	}
	return out, true
}

// postings returns the rows in which a word stands, in order, with how often.
func (l *lookup) postings(v *View, w word) []posting {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.words == nil {
		l.gather(v)
	}
	if !w.prefix {
		return l.words[w.text]
	}
	at, _ := slices.BinarySearch(l.terms, w.text)
	var out []posting
	for ; at < len(l.terms) && strings.HasPrefix(l.terms[at], w.text); at++ {
		out = append(out, l.words[l.terms[at]]...)
	}
	slices.SortFunc(out, func(a, b posting) int { return int(a.row) - int(b.row) })
	merged := out[:0]
	for _, p := range out {
		if n := len(merged); n > 0 && merged[n-1].row == p.row {
			merged[n-1].times += p.times
			continue
		}
		merged = append(merged, p)
	}
	return merged
}

// gather notes every word of every row.
func (l *lookup) gather(v *View) {
	l.words = map[string][]posting{}
	known := map[string][]string{} // the words of a text that stands in many rows
	const mostKnown = 50_000
	for i, r := range v.Rows {
		for _, c := range r.Cells {
			if c == nil {
				continue
			}
			s := plain(c)
			ts, ok := known[s]
			if !ok {
				ts = tokens(s)
				if len(known) < mostKnown {
					known[s] = ts
				}
			}
			for _, t := range ts {
				l.note(t, int32(i))
			}
		}
	}
	l.terms = make([]string, 0, len(l.words))
	for t := range l.words {
		l.terms = append(l.terms, t)
	}
	slices.Sort(l.terms)
}

func (l *lookup) note(t string, row int32) {
	posts := l.words[t]
	if n := len(posts); n > 0 && posts[n-1].row == row {
		posts[n-1].times++
		return
	}
	l.words[t] = append(posts, posting{row, 1})
}
