package schema

import (
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// moment takes a date, or a date and a time, and makes of it what CKAN shows:
// "2024-01-31T10:00:00", in UTC when it said where. An empty text is no date.
func moment(c *cell) bool {
	s, ok := c.value.(string)
	if ok && s == "" {
		c.value = nil
		return true
	}
	var t time.Time
	if ok {
		t, ok = parseMoment(s)
	}
	if !ok {
		return c.fail("Date format incorrect")
	}
	t = t.UTC()
	if t.Year() < 1 || t.Year() > 9999 {
		return c.fail("Date format incorrect")
	}
	layout := "2006-01-02T15:04:05"
	if t.Nanosecond() != 0 {
		layout += ".000000"
	}
	c.value = t.Format(layout)
	return true
}

const longestMoment = 64

// parseMoment reads ISO 8601 as Python's datetime.fromisoformat does, and what
// it cannot read as numbers in the order of a date: "2020/01/31 15.04".
func parseMoment(s string) (time.Time, bool) {
	if len(s) > longestMoment {
		return time.Time{}, false
	}
	if t, ok := parseISO(s); ok {
		return t, true
	}
	return parseNumbers(s)
}

var (
	isoDate = regexp.MustCompile(`^(\d{4})(?:-(\d\d)-(\d\d)|(\d\d)(\d\d)|-W(\d\d)(?:-([1-7]))?|W(\d\d)([1-7])?)`)
	isoTime = regexp.MustCompile(`^(\d\d)(?::(\d\d)(?::(\d\d)(?:[.,](\d+))?)?|(\d\d)(?:(\d\d)(?:[.,](\d+))?)?)?(Z|[+-]\d\d(?::?\d\d(?::?\d\d)?)?)?$`)
)

func parseISO(s string) (time.Time, bool) {
	for _, layout := range [...]string{"2006-01-02", "2006-01-02T15:04:05"} { // what most dates look like
		if len(s) != len(layout) {
			continue
		}
		if t, err := time.Parse(layout, s); err == nil {
			return t, t.Year() > 0
		}
	}
	d := isoDate.FindStringSubmatch(s)
	if d == nil {
		return time.Time{}, false
	}
	day, ok := isoDay(d)
	if !ok {
		return time.Time{}, false
	}
	rest := s[len(d[0]):]
	if rest == "" {
		return day, true
	}
	_, size := utf8.DecodeRuneInString(rest) // one letter of any kind stands between date and time
	t := isoTime.FindStringSubmatch(rest[size:])
	if t == nil {
		return time.Time{}, false
	}
	return isoClock(day, t)
}

func isoDay(d []string) (time.Time, bool) {
	year := digits(d[1])
	if week := d[6] + d[8]; week != "" {
		weekday := digits(d[7] + d[9])
		if weekday == 0 {
			weekday = 1
		}
		return isoWeek(year, digits(week), weekday)
	}
	return dateOf(year, digits(d[2]+d[4]), digits(d[3]+d[5]))
}

// isoWeek returns a day of a week of a year: week 1 is that of January 4.
func isoWeek(year, week, weekday int) (time.Time, bool) {
	fourth := time.Date(year, 1, 4, 0, 0, 0, 0, time.UTC)
	monday := fourth.AddDate(0, 0, -(int(fourth.Weekday())+6)%7)
	day := monday.AddDate(0, 0, 7*(week-1)+weekday-1)
	y, w := day.ISOWeek()
	return day, year > 0 && y == year && w == week
}

func isoClock(day time.Time, t []string) (time.Time, bool) {
	hour, minute, second := digits(t[1]), digits(t[2]+t[5]), digits(t[3]+t[6])
	if hour > 23 || minute > 59 || second > 59 {
		return time.Time{}, false
	}
	offset, ok := isoOffset(t[8])
	at := day.Add(time.Duration(hour)*time.Hour + time.Duration(minute)*time.Minute + time.Duration(second)*time.Second - offset)
	return at.Add(time.Duration(micros(t[4]+t[7])) * time.Microsecond), ok
}

func isoOffset(s string) (time.Duration, bool) {
	if s == "" || s == "Z" {
		return 0, true
	}
	n := strings.ReplaceAll(s[1:], ":", "")
	n += "000000"[len(n):]
	h, m, sec := digits(n[:2]), digits(n[2:4]), digits(n[4:])
	d := time.Duration(h)*time.Hour + time.Duration(m)*time.Minute + time.Duration(sec)*time.Second
	if s[0] == '-' {
		d = -d
	}
	return d, h < 24 && m < 60 && sec < 60
}

var (
	notDigits   = regexp.MustCompile(`\D+`)
	secondsPart = regexp.MustCompile(`^(\d\d)(?:\.(\d+))?$`)
)

const mostFragments = 6

func parseNumbers(s string) (time.Time, bool) {
	parts := notDigits.Split(s, mostFragments)
	if len(parts) < 3 {
		return time.Time{}, false
	}
	var n [6]int
	us := 0
	for i, part := range parts {
		if i == mostFragments-1 {
			m := secondsPart.FindStringSubmatch(part)
			if m == nil {
				return time.Time{}, false
			}
			part, us = m[1], micros(m[2])
		}
		if part == "" || len(part) > 4 {
			return time.Time{}, false
		}
		n[i] = digits(part)
	}
	day, ok := dateOf(n[0], n[1], n[2])
	if !ok || n[3] > 23 || n[4] > 59 || n[5] > 59 {
		return time.Time{}, false
	}
	return time.Date(day.Year(), day.Month(), day.Day(), n[3], n[4], n[5], us*1000, time.UTC), true
}

// dateOf returns a day that exists.
func dateOf(year, month, day int) (time.Time, bool) {
	t := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	return t, year >= 1 && month >= 1 && month <= 12 && day >= 1 && t.Day() == day
}

// micros reads the fraction of a second.
func micros(fraction string) int {
	if fraction == "" {
		return 0
	}
	return digits((fraction + "000000")[:6])
}

func digits(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0
	}
	return n
}
