package ui

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"portico/catalog"
	"portico/dcat/vocab"
)

// A speaker says things in one language: messages, numbers, dates.
type speaker struct {
	locale string
	words  messages
}

func (p speaker) text(key string, args ...any) string { return p.words.text(key, args...) }

// count returns the form of key for n, with {0} = n. A key may have words of
// its own for none.
func (p speaker) count(key string, n any, args ...any) string {
	i := whole(n)
	form := "." + plural(p.locale, i)
	if i == 0 && p.words[key+".zero"] != "" {
		form = ".zero"
	}
	if p.words[key+form] == "" {
		form = ".other" // what is said in English for want of words has no dual
	}
	return p.words.text(key+form, append([]any{p.number(i)}, args...)...)
}

func whole(n any) int64 {
	switch n := n.(type) {
	case int:
		return int64(n)
	case int64:
		return n
	}
	return 0
}

// number returns n with its thousands parted: 18.204 in Italian, 18,204 in
// English, 18 204 in French.
func (p speaker) number(n any) string {
	return p.group(strconv.FormatInt(whole(n), 10))
}

func (p speaker) group(digits string) string {
	point := customs[p.locale].thousands
	sign := ""
	if strings.HasPrefix(digits, "-") {
		sign, digits = "-", digits[1:]
	}
	var parts []string
	for len(digits) > 3 {
		parts = append(parts, digits[len(digits)-3:])
		digits = digits[:len(digits)-3]
	}
	parts = append(parts, digits)
	slices.Reverse(parts)
	return sign + strings.Join(parts, point)
}

// decimal returns f with at most the given digits after the comma, in full:
// 1.930,5. A negative number of digits means as many as there are.
func (p speaker) decimal(f float64, digits int) string {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return ""
	}
	s := strconv.FormatFloat(f, 'f', digits, 64)
	integer, fraction, ok := strings.Cut(s, ".")
	out := p.group(integer)
	if !ok {
		return out
	}
	return out + customs[p.locale].decimal + fraction
}

// bytes returns a size as people read it: 1,2 MB.
func (p speaker) bytes(n int64) string {
	if n < 1000 {
		return p.number(n) + " B"
	}
	f := float64(n)
	for _, unit := range []string{"kB", "MB", "GB"} {
		f /= 1000
		if f < 999.5 || unit == "GB" {
			digits := 1
			if f >= 100 || f == math.Trunc(f) {
				digits = 0
			}
			return p.decimal(f, digits) + " " + unit
		}
	}
	return ""
}

// rome is where the days of the catalog begin. Without the zone's file on the
// machine, days are those of UTC.
var rome = func() *time.Location {
	if l, err := time.LoadLocation("Europe/Rome"); err == nil {
		return l
	}
	return time.UTC
}()

// date returns a catalog.Date or time.Time as 12/11/2026 in Italian and
// 12 November 2026 in English; "" when it is not known.
func (p speaker) date(d any) string {
	var t time.Time
	switch d := d.(type) {
	case catalog.Date:
		if t = d.Time(); d.HasTime() {
			t = t.In(rome)
		}
	case time.Time:
		if t = d; !t.IsZero() {
			t = t.In(rome)
		}
	}
	if t.IsZero() {
		return ""
	}
	return t.Format(customs[p.locale].day)
}

// in returns a text in the speaker's language, or the nearest to it.
func (p speaker) in(t catalog.Text) string {
	for _, l := range p.nearest() {
		if s := t[l]; s != "" {
			return s
		}
	}
	return t.In(p.locale)
}

// nearest returns the languages in which the speaker looks for a text, in that
// order: those who read no Italian are likelier to read English.
func (p speaker) nearest() []string {
	if p.locale == catalog.DefaultLanguage || p.locale == fallback {
		return []string{p.locale, catalog.DefaultLanguage, fallback}
	}
	return []string{p.locale, fallback, catalog.DefaultLanguage}
}

// label returns the name of a term of a vocabulary, which has one in Italian
// and in English.
func (p speaker) label(names map[string]string) string { return p.in(names) }

// theme returns the name of a theme. Languages that the vocabulary here does
// not have name it in their locale.
func (p speaker) theme(t vocab.DataTheme) string {
	return cmp.Or(p.words["theme."+t.Code], p.label(t.Label))
}

// language returns the language in which in gives a text, when it is not the
// speaker's own: a screen reader has to know.
func (p speaker) language(t catalog.Text) string {
	if t[p.locale] != "" {
		return ""
	}
	for _, l := range append(p.nearest(), t.Languages()...) {
		if t[l] != "" {
			return l
		}
	}
	return ""
}
