package search

import (
	"portico/catalog"
	"portico/search/analysis"
)

// A Mark is a stretch of a text, in bytes.
type Mark = analysis.Mark

// A Marker tells where the words of a question stand in texts, as its engine
// finds them. A nil Marker finds nothing.
type Marker struct {
	analyzer *analysis.Analyzer
	words    []analysis.Word
}

// NewMarker returns the Marker of a question to e; nil when there is none, or e
// is no Vocabulary.
func NewMarker(e Engine, question string) *Marker {
	v, ok := e.(Vocabulary)
	if !ok || question == "" {
		return nil
	}
	a := v.Analyzer()
	return &Marker{analyzer: a, words: a.Words(question)}
}

// Marks returns where the words stand in text, in order.
func (m *Marker) Marks(text string) []Mark {
	if m == nil {
		return nil
	}
	return m.analyzer.Marks(text, m.words)
}

// A Reason is a text of a dataset in which words of a question stand.
type Reason struct {
	Field Field
	Text  string
	Marks []Mark
}

// maxReasons bounds the texts of one field that Why returns.
const maxReasons = 3

// Why returns in which short texts of d words of the question stand: of each
// field a few. Texts in several languages are read in lang.
func (m *Marker) Why(d *catalog.Dataset, lang string) []Reason {
	if m == nil {
		return nil
	}
	var out []Reason
	look := func(f Field, texts ...string) {
		n := 0
		for _, t := range known(texts) {
			if marks := m.Marks(t); len(marks) > 0 && n < maxReasons {
				out = append(out, Reason{Field: f, Text: t, Marks: marks})
				n++
			}
		}
	}
	look(Keyword, keywords(d)...)
	look(HolderName, d.Holder.Name.In(lang))
	look(DistributionName, d.OfEach(func(x *catalog.Distribution) string { return x.Title.In(lang) })...)
	look(Column, columns(d)...)
	look(Municipality, places(d)...)
	look(Theme, themeLabels(d, lang)...)
	return out
}
