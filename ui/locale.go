package ui

import (
	"embed"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"portico/catalog"
)

//go:embed locales/*.json
var localeFiles embed.FS

// locales are the languages that pages can speak. The first two are complete;
// the others say in English what they have no words for yet.
var locales = []string{catalog.DefaultLanguage, fallback, "de", "fr", "sl"}

// fallback is the language of messages that a locale lacks.
const fallback = "en"

// shown returns the languages that a site is shown in: those that are asked for
// and that there are, in the order of locales, and always the site's own.
// Without any, they are Italian and English.
func shown(asked []string, own string) []string {
	if len(asked) == 0 {
		asked = []string{catalog.DefaultLanguage, fallback}
	}
	var out []string
	for _, l := range locales {
		if l == own || slices.Contains(asked, l) {
			out = append(out, l)
		}
	}
	return out
}

// Locales returns the codes of the languages that pages can be shown in.
func Locales() []string { return slices.Clone(locales) }

// customs say how a language writes numbers and days.
var customs = map[string]struct{ thousands, decimal, day, shortDay string }{
	"it": {".", ",", "02/01/2006", "02/01/2006"},
	"en": {",", ".", "2 January 2006", "2 Jan 2006"},
	"de": {".", ",", "02.01.2006", "02.01.2006"},
	"fr": {"\u202f", ",", "02/01/2006", "02/01/2006"},
	"sl": {".", ",", "2. 1. 2006", "2. 1. 2006"},
}

// plural returns the form in which a language counts n things, as Unicode's
// CLDR names it.
func plural(locale string, n int64) string {
	switch {
	case locale == "sl":
		return slovenian(n)
	case n == 1, n == 0 && locale == "fr":
		return "one"
	}
	return "other"
}

// slovenian has a dual, and a form of its own for three and four; all go by the
// last two digits.
func slovenian(n int64) string {
	switch max(n, -n) % 100 {
	case 1:
		return "one"
	case 2:
		return "two"
	case 3, 4:
		return "few"
	}
	return "other"
}

// messages are the words of one language by key. A key that counts has a form
// for each that plural names in its language, key.one and key.other at least,
// and may have key.zero.
type messages map[string]string

// readMessages returns the words of a locale, completed with those of fallback.
func readMessages(locale string) (messages, error) {
	m, err := ownMessages(locale)
	if err != nil || locale == catalog.DefaultLanguage || locale == fallback {
		return m, err
	}
	all, err := ownMessages(fallback)
	if err != nil {
		return nil, err
	}
	maps.Copy(all, m)
	return all, nil
}

// ownMessages returns what the file of a locale says, and no more.
func ownMessages(locale string) (messages, error) {
	b, err := localeFiles.ReadFile("locales/" + locale + ".json")
	if err != nil {
		return nil, err
	}
	m := make(messages)
	if err := json.Unmarshal(b, &m); err != nil {
		return nil, fmt.Errorf("locale %s: %w", locale, err)
	}
	return m, nil
}

// text returns the message of key with {0}, {1} and so on replaced. A key that
// is not there stands for itself, so that its absence can be seen.
func (m messages) text(key string, args ...any) string {
	s, ok := m[key]
	if !ok {
		return key
	}
	for i, a := range args {
		s = strings.ReplaceAll(s, "{"+strconv.Itoa(i)+"}", fmt.Sprint(a))
	}
	return s
}
