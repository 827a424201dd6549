package vocab

import (
	"slices"
	"strings"
	"sync"
)

// A DataTheme is one of the 13 EU data themes.
type DataTheme struct {
	Code  string // such as "ENVI"
	IRI   string
	Label map[string]string // "it", "en"
	Group string            // the name of its group in Italian CKANs, such as "ambiente"
}

type themeRow struct {
	row
	group string
}

type subthemeRow struct {
	theme string
	row
}

// themes is made once, on first use.
var themes = sync.OnceValue(func() *list[DataTheme] {
	l := newList[DataTheme](len(themeRows))
	for _, r := range themeRows {
		c := r.concept(themeBase)
		l.add(DataTheme{c.Code, c.IRI, c.Label, r.group}, c.Code, c.IRI, r.group, r.it, r.en)
	}
	for _, w := range themeWords {
		l.also(w[0], w[1])
	}
	return l
})

// themeWords are labels of themes in other wordings.
var themeWords = [][2]string{
	{"istruzione, cultura e sport", "EDUC"},
	{"società", "SOCI"},
	{"popolazione", "SOCI"},
	{"agricoltura", "AGRI"},
	{"giustizia e sicurezza pubblica", "JUST"},
	{"sanità", "HEAL"},
	{"regioni, città", "REGI"},
	{"istruzione", "EDUC"},
	{"sport", "EDUC"},
	{"turismo", "ECON"},
	{"mobilità", "TRAN"},
	{"territorio", "REGI"},
	{"pubblica amministrazione", "GOVE"},
	{"finanza", "ECON"},
	{"statistica", "GOVE"},
	{"environment and energy", "ENVI"},
	{"transportation", "TRAN"},
}

// Theme returns the data theme that s names by code, IRI, label or CKAN group.
func Theme(s string) (DataTheme, bool) { return themes().find(s) }

// Themes returns the 13 data themes, by code.
func Themes() []DataTheme { return slices.Clone(themes().entries) }

// A SubTheme is a EuroVoc micro-thesaurus under a data theme.
type SubTheme struct {
	Concept
	Themes []string // codes of the themes that have it
}

var subthemes = sync.OnceValue(func() *list[SubTheme] {
	l := newList[SubTheme](len(subthemeRows))
	for _, r := range subthemeRows {
		if i, ok := l.index[fold(r.code)]; ok {
			l.entries[i].Themes = append(l.entries[i].Themes, r.theme)
			continue
		}
		// The labels begin with the number of the micro-thesaurus; people leave it out.
		_, it, _ := strings.Cut(r.it, " ")
		_, en, _ := strings.Cut(r.en, " ")
		l.add(SubTheme{r.concept(eurovocBase), []string{r.theme}}, r.code, eurovocBase+r.code, r.it, r.en, it, en)
	}
	return l
})

// Subtheme returns the EuroVoc micro-thesaurus that s names by number, IRI or
// label.
func Subtheme(s string) (SubTheme, bool) { return subthemes().find(s) }
