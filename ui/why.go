package ui

import (
	"strings"

	"portico/catalog"
	"portico/search"
)

// A piece is part of a text: a word that was searched for, or what stands
// between two of them.
type piece struct {
	Text string
	Hit  bool
}

// A reason says where the words of a question stand in a dataset.
type reason struct {
	Where string
	Texts [][]piece // none = in what the card shows anyway
}

// pieces parts text at its marks.
func pieces(text string, marks []search.Mark) []piece {
	var out []piece
	at := 0
	for _, m := range marks {
		if m.Start > at {
			out = append(out, piece{Text: text[at:m.Start]})
		}
		out = append(out, piece{Text: text[m.Start:m.End], Hit: true})
		at = m.End
	}
	if at < len(text) {
		out = append(out, piece{Text: text[at:]})
	}
	return out
}

// What a card shows of a description, and how much of it is read for that.
const (
	excerptLength = 220
	excerptLead   = 60 // before the first word that was searched for
	excerptRead   = 4000
	reasonLength  = 90
)

// explain completes the cards of ds with where the words of a question stand.
func (s *Server) explain(r *request, cards []card, ds []*catalog.Dataset, question string) {
	m := search.NewMarker(s.Engine, question)
	if m == nil {
		return
	}
	for i, d := range ds {
		s.explainOne(r, &cards[i], d, m)
	}
}

func (s *Server) explainOne(r *request, c *card, d *catalog.Dataset, m *search.Marker) {
	title := r.in(d.Title)
	if marks := m.Marks(title); len(marks) > 0 {
		c.Marked = pieces(title, marks)
		c.Why = append(c.Why, reason{Where: r.text("why.title")})
	}
	if about := s.plain(r.in(d.Description), excerptRead); about != "" {
		if marks := m.Marks(about); len(marks) > 0 {
			part := excerptAt(about, marks[0].Start)
			c.ExcerptMarked = pieces(part, m.Marks(part))
			c.Why = append(c.Why, reason{Where: r.text("why.description")})
		}
	}
	for _, w := range m.Why(d, r.locale) {
		where := r.text("why." + string(w.Field))
		text := w.Text
		if len([]rune(text)) > reasonLength {
			text = shorten(text, reasonLength)
		}
		marked := pieces(text, m.Marks(text))
		if n := len(c.Why); n > 0 && c.Why[n-1].Where == where {
			c.Why[n-1].Texts = append(c.Why[n-1].Texts, marked)
			continue
		}
		c.Why = append(c.Why, reason{Where: where, Texts: [][]piece{marked}})
	}
}

// excerptAt returns the part of a text that shows what stands at a place.
func excerptAt(text string, at int) string {
	before := len([]rune(text[:at]))
	if before < excerptLength-excerptLead {
		return shorten(text, excerptLength)
	}
	runes := []rune(text)
	from := before - excerptLead
	for from < before && runes[from-1] != ' ' {
		from++
	}
	return "… " + shorten(strings.TrimSpace(string(runes[from:])), excerptLength)
}
