package tabular

import (
	"regexp"
	"strings"
)

// totals and remarks are how rows under a table begin.
var (
	totals  = regexp.MustCompile(`(?i)^(totale|totali|total|totals|grand total|totale complessivo|totale generale|subtotale|totale righe)\s*:?(\s*\d*)$`)
	remarks = regexp.MustCompile(`(?i)^(fonte|fonti|source|nota|note|legenda|avvertenza|avvertenze|elaborazione|aggiornat[oa] al|dati aggiornati|n\.b\.|\(?\*+\)?)`)
)

// maxFooter is how many rows a footer may have.
const maxFooter = 40

// looksLikeFooter reports whether a row could stand under the table: whether
// it does is known only when no row of data follows.
func (l *layout) looksLikeFooter(r *record, afterBlank bool) bool {
	if l.isTotal(r) {
		return true
	}
	filled := r.filled()
	if l.width < 3 || filled > 2 && !l.isSparse(filled) {
		return false
	}
	first := firstCell(r)
	if filled <= 2 && remarks.MatchString(first) {
		return true
	}
	if strings.Trim(first, "0123456789") == "" {
		return false // a row that begins with a number is data
	}
	return l.isSparse(filled) || filled == 1 && (afterBlank || !l.sheet && len(r.cells) < l.width)
}

// isSparse reports whether a row of so many cells is not like the others of a
// sheet, which are full.
func (l *layout) isSparse(filled int) bool {
	return l.sheet && l.dense && l.width >= 6 && filled*4 <= l.width
}

func firstCell(r *record) string {
	for _, c := range r.cells {
		if c = trim(c); c != "" {
			return c
		}
	}
	return ""
}

// isTotal reports whether r adds up the rows above. The word stands in its
// first cell, but for sheets made of PDFs.
func (l *layout) isTotal(r *record) bool {
	for i, c := range r.cells {
		c = trim(c)
		if c == "" {
			continue
		}
		if strings.IndexByte("TtSsGg", c[0]) >= 0 && totals.MatchString(c) && l.restIsNumeric(r, i) {
			return true
		}
		if !l.sheet {
			break
		}
	}
	return false
}

// restIsNumeric reports whether all cells but that at place label are blank
// or numbers, as under columns that are added up.
func (l *layout) restIsNumeric(r *record, label int) bool {
	for i, c := range r.cells {
		c = strings.TrimSpace(strings.Trim(trim(c), "€%"))
		if i != label && c != "" && !isPlaceholder(c) && fits(c, r.native != nil && r.native[i])&fitsNumber == 0 {
			return false
		}
	}
	return l.width >= 2
}
