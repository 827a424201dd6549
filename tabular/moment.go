package tabular

import (
	"strconv"
	"strings"
	"time"
)

// fitsTemporal tells how a value that begins with a digit can be read as a
// day, a time or both.
func fitsTemporal(s string) fit {
	if len(s) < 4 || len(s) > 35 || s[0] < '0' || s[0] > '9' {
		return fitsText
	}
	if y, m, d, ok := compactDay(s); ok {
		return fitsCompactDay(y, m, d)
	}
	if _, ok := parseTime(s); ok {
		return fitsTime
	}
	day, rest, ok := cutDay(s)
	if !ok {
		return fitsText
	}
	if rest == "" {
		return day.fits()
	}
	if _, ok := parseClock(rest); !ok {
		return fitsText
	}
	return day.fits() & (fitsStampDayFirst | fitsStampMonthFirst)
}

// fitsCompactDay is strict with years: eight digits are mostly a number.
func fitsCompactDay(y, m, d int) fit {
	if y >= 1800 && y <= 2200 && validDay(y, m, d) {
		return fitsCompact
	}
	return fitsText
}

// A dayParts is three numbers that may be a day: year, month, day when iso,
// else two of which one is the day, and a year.
type dayParts struct {
	a, b, c    int
	iso, slash bool
}

// fits tells which of the numbers may be the day.
func (d dayParts) fits() fit {
	const (
		dayFirst   = fitsDayFirst | fitsStampDayFirst
		monthFirst = fitsMonthFirst | fitsStampMonthFirst
	)
	var f fit
	if d.iso {
		if validDay(d.a, d.b, d.c) {
			f = dayFirst | monthFirst
		}
		return f
	}
	if validDay(d.c, d.b, d.a) {
		f = dayFirst
	}
	if d.slash && validDay(d.c, d.a, d.b) {
		f |= monthFirst
	}
	return f
}

// cutDay splits s into what may be a day and the rest.
func cutDay(s string) (d dayParts, rest string, ok bool) {
	a, i := number(s, 0)
	if i != 1 && i != 2 && i != 4 || i >= len(s) {
		return d, "", false
	}
	sep := s[i]
	if sep != '-' && sep != '/' && sep != '.' {
		return d, "", false
	}
	b, j := number(s, i+1)
	if j == i+1 || j-i > 3 || j >= len(s) || s[j] != sep {
		return d, "", false
	}
	c, k := number(s, j+1)
	d = dayParts{a: a, b: b, c: c, iso: i == 4, slash: sep == '/'}
	return d, s[k:], d.digits(k-j-1, sep)
}

// digits reports whether the last number of a day may have n digits. A year
// of two digits becomes one of four; with points, 12.30.45 is a time as well.
func (d *dayParts) digits(n int, sep byte) bool {
	switch {
	case d.iso:
		return n == 1 || n == 2
	case n == 2 && sep != '.':
		d.c = century(d.c)
		return true
	}
	return n == 4
}

// century puts two digits into the hundred years around now, as spreadsheets
// do: 30 and more are 19xx.
func century(y int) int {
	if y < 30 {
		return 2000 + y
	}
	return 1900 + y
}

// number reads up to nine digits from i on, and returns where they end.
func number(s string, i int) (v, end int) {
	for end = i; end < len(s) && end < i+9 && s[end] >= '0' && s[end] <= '9'; end++ {
		v = v*10 + int(s[end]-'0')
	}
	return v, end
}

// compactDay reads eight digits.
func compactDay(s string) (y, m, d int, ok bool) {
	v, end := number(s, 0)
	return v / 10000, v / 100 % 100, v % 100, end == 8 && len(s) == 8
}

func validDay(y, m, d int) bool {
	if y < 1 || m < 1 || m > 12 || d < 1 || d > 31 {
		return false
	}
	return d <= 28 || time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC).Day() == d
}

// A clock is a time of day and how far its zone is from UTC.
type clock struct{ since, zone time.Duration }

// parseClock reads what stands after a day: T or blanks, a time, a zone.
func parseClock(s string) (clock, bool) {
	t := strings.TrimLeft(s, " ")
	if t == s {
		t = strings.TrimPrefix(s, "T")
	}
	if t == s || t == "" {
		return clock{}, false
	}
	var c clock
	if strings.HasSuffix(t, "Z") {
		t = t[:len(t)-1]
	} else if i := strings.LastIndexAny(t, "+-"); i > 0 {
		z, ok := parseZone(t[i+1:])
		if !ok {
			return c, false
		}
		if c.zone = z; t[i] == '-' {
			c.zone = -z
		}
		t = strings.TrimRight(t[:i], " ")
	}
	since, ok := parseTime(t)
	c.since = since
	return c, ok
}

func parseZone(s string) (time.Duration, bool) {
	h, i := number(s, 0)
	m := 0
	switch {
	case i == 4 && len(s) == 4:
		h, m = h/100, h%100
	case i == 2 && len(s) == 5 && s[2] == ':':
		m, i = number(s, 3)
		if i != 5 {
			return 0, false
		}
	case i != 2 || len(s) != 2:
		return 0, false
	}
	return time.Duration(h)*time.Hour + time.Duration(m)*time.Minute, h < 15 && m < 60
}

// parseTime reads 9:30, 09:30:15 and 09:30:15.250.
func parseTime(s string) (time.Duration, bool) {
	h, i := number(s, 0)
	if i != 1 && i != 2 || i >= len(s) || s[i] != ':' || h > 23 {
		return 0, false
	}
	m, j := number(s, i+1)
	if j != i+3 || m > 59 {
		return 0, false
	}
	since := time.Duration(h)*time.Hour + time.Duration(m)*time.Minute
	if j == len(s) {
		return since, true
	}
	if s[j] != ':' {
		return 0, false
	}
	seconds, ok := parseSeconds(s[j+1:])
	return since + seconds, ok
}

// parseSeconds reads 15 and 15.250.
func parseSeconds(s string) (time.Duration, bool) {
	sec, k := number(s, 0)
	if k != 2 || sec > 59 {
		return 0, false
	}
	whole := time.Duration(sec) * time.Second
	if k == len(s) {
		return whole, true
	}
	if s[k] != '.' || len(s) == k+1 || strings.Trim(s[k+1:], "0123456789") != "" {
		return 0, false
	}
	frac, err := strconv.ParseFloat("0"+s[k:], 64)
	return whole + time.Duration(frac*1e6)*time.Microsecond, err == nil
}

// moment makes a day or a timestamp of s, or nil.
func (r reading) moment(s string) any {
	if r.way == fitsCompact {
		if y, m, d, ok := compactDay(s); ok {
			return time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
		}
		return nil
	}
	p, rest, ok := cutDay(s)
	if !ok {
		return nil
	}
	y, m, d := p.c, p.b, p.a
	switch {
	case p.iso:
		y, m, d = p.a, p.b, p.c
	case r.way == fitsMonthFirst || r.way == fitsStampMonthFirst:
		m, d = p.a, p.b
	}
	if !validDay(y, m, d) {
		return nil
	}
	t := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	if rest == "" {
		return t
	}
	c, ok := parseClock(rest)
	if !ok {
		return nil
	}
	return t.Add(c.since - c.zone)
}
