package dcat

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"portico/catalog"
)

// The forms of a date, with an optional time of day after each numeric one.
const clock = `(?:(?:[T ]|,? +(?:ore )?)(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:[.,](\d{1,20}))?)?\s*(Z|[+-]\d{2}(?::?\d{2})?|UTC|GMT)?)?`

var (
	yearFirst = regexp.MustCompile(`(?i)^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:Z|[+-]\d{2}:\d{2})?` + clock + `$`)
	dayFirst  = regexp.MustCompile(`(?i)^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})` + clock + `$`)
	packed    = regexp.MustCompile(`^(\d{4})(\d{2})(\d{2})(?:T?(\d{2})(\d{2})(\d{2})Z?)?$`)
	yearOnly  = regexp.MustCompile(`^(\d{4})(?:Z|[+-]\d{2}:\d{2})?$`)
	yearMonth = regexp.MustCompile(`^(\d{4})[-/](\d{1,2})(?:Z|[+-]\d{2}:\d{2})?$`)
	monthYear = regexp.MustCompile(`^(\d{1,2})[-/](\d{4})$`)
	dayWord   = regexp.MustCompile(`(?i)^(?:\pL+,? +)?(\d{1,2})[°º.]? *(?:-|di|of)? *(\pL{3,})[.,-]? *(?:-|del)? *(\d{4})` + clock + `$`)
	wordDay   = regexp.MustCompile(`(?i)^(\pL{3,})\.? +(\d{1,2})(?:st|nd|rd|th)?,? +(\d{4})` + clock + `$`)
	wordYear  = regexp.MustCompile(`^(\pL{3,})\.? +(\d{4})$`)
)

// months are the first three letters of the months in Italian and English.
var months = map[string]int{
	"gen": 1, "feb": 2, "mar": 3, "apr": 4, "mag": 5, "giu": 6, "lug": 7, "ago": 8, "set": 9, "ott": 10, "nov": 11, "dic": 12,
	"jan": 1, "may": 5, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "oct": 10, "dec": 12,
}

// ParseDate reads a date as Italians and machines write it: ISO in all its
// forms, dd/mm/yyyy, dd-mm-yyyy and dd.mm.yyyy (the day first, dcat-traps D1),
// "3 agosto 2021", yyyy-mm and yyyy (their first day). A moment without a zone
// is in UTC. It is false when s is no date, or one before the year 1000.
func ParseDate(s string) (catalog.Date, bool) {
	s = strings.Join(strings.Fields(s), " ")
	if len(s) < 4 || len(s) > 80 {
		return "", false
	}
	if m := yearFirst.FindStringSubmatch(s); m != nil {
		return moment(number(m[1]), number(m[2]), number(m[3]), m[4:])
	}
	if m := dayFirst.FindStringSubmatch(s); m != nil {
		day, month := number(m[1]), number(m[2])
		if month > 12 && day <= 12 { // cannot be day first
			day, month = month, day
		}
		return moment(fullYear(m[3]), month, day, m[4:])
	}
	if m := packed.FindStringSubmatch(s); m != nil {
		t := []string{m[4], m[5], m[6], "", ""}
		return moment(number(m[1]), number(m[2]), number(m[3]), t)
	}
	if y, m, ok := parseMonth(s); ok {
		return moment(y, m, 1, nil)
	}
	return parseWords(strings.ToLower(s))
}

// parseMonth reads a year, or a year and a month.
func parseMonth(s string) (year, month int, ok bool) {
	if m := yearOnly.FindStringSubmatch(s); m != nil {
		return number(m[1]), 1, true
	}
	if m := yearMonth.FindStringSubmatch(s); m != nil {
		return number(m[1]), number(m[2]), true
	}
	if m := monthYear.FindStringSubmatch(s); m != nil {
		return number(m[2]), number(m[1]), true
	}
	return 0, 0, false
}

// parseWords reads a date whose month is a word.
func parseWords(s string) (catalog.Date, bool) {
	if m := dayWord.FindStringSubmatch(s); m != nil {
		return moment(number(m[3]), monthOf(m[2]), number(m[1]), upper(m[4:]))
	}
	if m := wordDay.FindStringSubmatch(s); m != nil {
		return moment(number(m[3]), monthOf(m[1]), number(m[2]), upper(m[4:]))
	}
	if m := wordYear.FindStringSubmatch(s); m != nil {
		return moment(number(m[2]), monthOf(m[1]), 1, nil)
	}
	return "", false
}

func upper(ss []string) []string {
	for i := range ss {
		ss[i] = strings.ToUpper(ss[i])
	}
	return ss
}

func monthOf(word string) int {
	if len(word) < 3 {
		return 0
	}
	return months[word[:3]]
}

func number(s string) int {
	n, _ := strconv.Atoi(s)
	return n
}

// fullYear reads a year of two or four digits; two digits are of 1969 to 2068.
func fullYear(s string) int {
	y := number(s)
	if len(s) > 2 {
		return y
	}
	if y < 69 {
		return 2000 + y
	}
	return 1900 + y
}

// moment makes a Date of its parts; at is hour, minute, second, fraction, zone,
// or nothing.
func moment(year, month, day int, at []string) (catalog.Date, bool) {
	if year < 1000 {
		return "", false
	}
	out := fmt.Sprintf("%04d-%02d-%02d", year, month, day)
	if _, err := time.Parse(time.DateOnly, out); err != nil {
		return "", false
	}
	if len(at) < 5 || at[0] == "" {
		return catalog.Date(out), true
	}
	out += fmt.Sprintf("T%02d:%s:%02d", number(at[0]), at[1], number(at[2]))
	if frac := at[3]; frac != "" {
		out += "." + frac[:min(len(frac), 9)]
	}
	out += zone(strings.ToUpper(at[4]))
	if _, err := time.Parse(time.RFC3339Nano, out); err != nil {
		return "", false
	}
	return catalog.Date(out), true
}

// zone writes a zone as RFC 3339 wants it.
func zone(z string) string {
	switch {
	case z == "" || z == "Z" || z == "UTC" || z == "GMT":
		return "Z"
	case len(z) == 3:
		return z + ":00"
	case !strings.Contains(z, ":"):
		return z[:3] + ":" + z[3:]
	}
	return z
}

// midnight is the time of day that exports give to days, in whatever zone.
var midnight = regexp.MustCompile(`T00:00:00(\.0+)?(Z|[+-]\d{2}:\d{2})$`)

// dayOf returns the day of d when d is a midnight; else d itself.
func dayOf(d catalog.Date) catalog.Date {
	if at := midnight.FindStringIndex(string(d)); at != nil {
		return d[:at[0]]
	}
	return d
}
