package excel

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// A style is what the format of a cell tells of its number.
type style struct {
	look  look
	zeros int // digits of a code that is kept as a number, 0 = it is none
}

func styleOf(id int, format string) style {
	s := style{look: lookOf(id, format)}
	if z := strings.TrimSpace(format); len(z) > 1 && len(z) < 16 && strings.Trim(z, "0") == "" {
		s.zeros = len(z)
	}
	return s
}

// text writes a number as its style has it, and reports whether it is one.
func (s style) text(v float64, from1904 bool) (string, bool) {
	if t, ok := momentText(v, s.look, from1904); ok {
		return t, false
	}
	if s.zeros > 0 && v == math.Trunc(v) && v >= 0 && v < 1e15 {
		return fmt.Sprintf("%0*d", s.zeros, int64(v)), false
	}
	return PlainFloat(v), true
}

// PlainFloat writes v with the 15 digits that Excel keeps.
func PlainFloat(v float64) string {
	if v == math.Trunc(v) && math.Abs(v) < 1e15 {
		return strconv.FormatInt(int64(v), 10)
	}
	short, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 15, 64), 64)
	if err != nil {
		short = v
	}
	return strconv.FormatFloat(short, 'f', -1, 64)
}

// A look is how a number is shown.
type look int

const (
	lookNumber look = iota
	lookDay
	lookTime
	lookBoth
)

// lookOf tells from a format whether numbers are days or times.
func lookOf(id int, format string) look {
	if l := builtIn(id); l != lookNumber {
		return l
	}
	day, clock := letters(format)
	switch {
	case day && clock:
		return lookBoth
	case day:
		return lookDay
	case clock:
		return lookTime
	}
	return lookNumber
}

// builtIn is the look of formats that a file need not describe.
func builtIn(id int) look {
	for _, r := range []struct {
		from, to int
		look     look
	}{
		{14, 17, lookDay}, {18, 21, lookTime}, {22, 22, lookBoth}, {27, 31, lookDay}, {32, 35, lookTime}, {36, 36, lookDay}, {45, 47, lookTime}, {50, 58, lookDay},
	} {
		if id >= r.from && id <= r.to {
			return r.look
		}
	}
	return lookNumber
}

// asides are the parts of a format that are text, a colour, a language, or
// hours that go beyond a day.
var asides = regexp.MustCompile(`"[^"]*"|\[[^\]]*\]|[\\_*].`)

// letters reports whether a format has the letters of days, and of times.
func letters(format string) (day, clock bool) {
	format, _, _ = strings.Cut(strings.ToLower(asides.ReplaceAllString(format, "")), ";")
	if strings.Contains(format, "general") {
		return false, false
	}
	return strings.ContainsAny(format, "dy"), strings.ContainsAny(format, "hs")
}

// maxSerial is 31 December 9999 as the number of a day.
const maxSerial = 2958465

// momentText writes the serial number of a day, a time or both.
func momentText(v float64, l look, from1904 bool) (string, bool) {
	if l == lookNumber || v < 0 || v >= maxSerial+1 || l == lookTime && v >= 1 { // hours that go beyond a day are an amount
		return "", false
	}
	epoch := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	if from1904 {
		epoch = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	} else if v < 60 {
		epoch = epoch.AddDate(0, 0, 1) // the 29 February 1900 that never was
	}
	days := math.Floor(v)
	t := epoch.AddDate(0, 0, int(days)).Add(time.Duration(math.Round((v-days)*86400)) * time.Second)
	switch {
	case l == lookTime && v < 1:
		return t.Format("15:04:05"), true
	case l == lookDay && v == days:
		return t.Format("2006-01-02"), true
	}
	return t.Format("2006-01-02 15:04:05"), true
}
