package catalog

import (
	"maps"
	"slices"
	"strings"
)

// A Text is a text in one or more languages, keyed by BCP 47 tag ("it", "en").
// A text whose language was not told stands under DefaultLanguage.
type Text map[string]string

// DefaultLanguage is the language of a text that does not say its own.
const DefaultLanguage = "it"

// It returns a Text of one Italian string, or nil when s is blank.
func It(s string) Text {
	if strings.TrimSpace(s) == "" {
		return nil
	}
	return Text{DefaultLanguage: s}
}

// In returns the text in lang, else in Italian, else in English, else in the
// first language by tag. It is "" only when t has no text at all.
func (t Text) In(lang string) string {
	for _, l := range []string{lang, DefaultLanguage, "en"} {
		if s := t[l]; s != "" {
			return s
		}
	}
	for _, l := range t.Languages() {
		if t[l] != "" {
			return t[l]
		}
	}
	return ""
}

// String returns the text in the default language, or the nearest to it.
func (t Text) String() string { return t.In(DefaultLanguage) }

// Languages returns the tags that t has, sorted.
func (t Text) Languages() []string { return slices.Sorted(maps.Keys(t)) }
