// Package vocab holds the controlled vocabularies of DCAT-AP_IT as tables of
// our own: themes, frequencies, languages, file types, licences, access
// rights, high-value categories. Every lookup forgives: it takes the code, the
// IRI with http or https, the label in Italian or English, and what sources
// are known to write instead.
//
// The package knows no dataset and no RDF; it imports the standard library
// alone. Codes, IRIs and labels are facts of their publishers: the
// Publications Office of the EU, AgID, SEMIC, EuroVoc.
package vocab

import (
	"strings"
	"unicode"
)

// The base IRIs of the vocabularies. They are identifiers: http stays http.
const (
	euBase        = "http://publications.europa.eu/resource/authority/"
	themeBase     = euBase + "data-theme/"
	frequencyBase = euBase + "frequency/"
	languageBase  = euBase + "language/"
	fileTypeBase  = euBase + "file-type/"
	accessBase    = euBase + "access-right/"
	availableBase = euBase + "planned-availability/"
	statusBase    = euBase + "distribution-status/"
	placeBase     = euBase + "place/"
	euLicenseBase = euBase + "licence/"
	agidBase      = "https://w3id.org/italia/controlled-vocabulary/licences/"
	licenseTypes  = "http://purl.org/adms/licencetype/"
	publisherBase = "http://purl.org/adms/publishertype/"
	hvdBase       = "http://data.europa.eu/bna/"
	eurovocBase   = "http://eurovoc.europa.eu/"
	ianaBase      = "http://www.iana.org/assignments/media-types/"
)

// ThemeScheme is the IRI of the vocabulary of data themes, without a final
// slash, as dcat:themeTaxonomy wants it.
const ThemeScheme = euBase + "data-theme"

// HVDRegulation is the IRI of Regulation (EU) 2023/138 on high-value datasets.
const HVDRegulation = "http://data.europa.eu/eli/reg_impl/2023/138/oj"

// A Concept is one entry of a vocabulary. Its Label has "it" and "en".
type Concept struct {
	Code  string
	IRI   string
	Label map[string]string
}

// A row is an entry as the tables hold it.
type row struct{ code, it, en string }

func (r row) concept(base string) Concept {
	c := Concept{Code: r.code, IRI: base + r.code, Label: map[string]string{}}
	if r.it != "" {
		c.Label["it"] = r.it
	}
	if r.en != "" {
		c.Label["en"] = r.en
	}
	return c
}

// A list is a vocabulary with its index.
type list[T any] struct {
	entries []T
	index   map[string]int
}

func newList[T any](n int) *list[T] {
	return &list[T]{entries: make([]T, 0, n), index: make(map[string]int, 4*n)}
}

// add appends e under its keys. The first entry keeps a key that two claim.
func (l *list[T]) add(e T, keys ...string) {
	l.entries = append(l.entries, e)
	l.alias(len(l.entries)-1, keys...)
}

func (l *list[T]) alias(i int, keys ...string) {
	for _, k := range keys {
		if k != "" { // as it is written, so that a code is found without folding
			if _, taken := l.index[k]; !taken {
				l.index[k] = i
			}
		}
		if k = fold(k); k == "" {
			continue
		}
		if _, taken := l.index[k]; !taken {
			l.index[k] = i
		}
	}
}

// also makes word another name for the entry called known.
func (l *list[T]) also(word, known string) {
	if i, ok := l.index[fold(known)]; ok {
		l.alias(i, word)
	}
}

func (l *list[T]) find(s string) (T, bool) {
	if i, ok := l.index[s]; ok {
		return l.entries[i], true
	}
	if i, ok := l.index[fold(s)]; ok {
		return l.entries[i], true
	}
	var none T
	return none, false
}

// concepts makes the list of a plain vocabulary.
func concepts(base string, rows []row) *list[Concept] {
	l := newList[Concept](len(rows))
	for _, r := range rows {
		c := r.concept(base)
		l.add(c, c.Code, c.IRI)
	}
	for i, r := range rows { // a code is never hidden by somebody's label
		l.alias(i, r.it, r.en)
	}
	return l
}

// maxKey is the longest text that can be a name in a vocabulary.
const maxKey = 400

// fold returns the key of s: an address without scheme, www, query and final
// slash; a text in lower case with one blank between words.
func fold(s string) string {
	if len(s) > maxKey {
		return ""
	}
	s = strings.ToLower(strings.TrimSpace(s))
	if _, rest, ok := strings.Cut(s, "://"); ok {
		rest = strings.TrimPrefix(rest, "www.")
		return strings.TrimRight(rest, "/#")
	}
	var b strings.Builder
	b.Grow(len(s))
	blank := false
	for _, r := range s {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			if blank && b.Len() > 0 {
				b.WriteByte(' ')
			}
			blank = false
			b.WriteRune(r)
			continue
		}
		blank = true
	}
	return b.String()
}

// lastSegment returns what stands after the last slash or hash of an address,
// or "".
func lastSegment(s string) string {
	s = strings.TrimRight(strings.TrimSpace(s), "/#")
	if i := strings.LastIndexAny(s, "/#"); i >= 0 {
		return s[i+1:]
	}
	return ""
}
