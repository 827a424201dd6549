package solr

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// parseDateMath reads a moment as Solr does: "2006-01-02T15:04:05[.fff]Z" or
// "NOW", followed by steps such as "-7DAYS", "/DAY", "+1MONTH". Everything is
// in UTC and cut to milliseconds.
func parseDateMath(s string, now time.Time) (time.Time, error) {
	t, rest := now.UTC(), ""
	switch z := strings.IndexByte(s, 'Z'); {
	case strings.HasPrefix(s, "NOW"):
		rest = s[len("NOW"):]
	case z > 0:
		var err error
		if t, err = time.Parse("2006-01-02T15:04:05.999999999Z", s[:z+1]); err != nil {
			return time.Time{}, errorf("Invalid Date String:'%s'", s)
		}
		rest = s[z+1:]
	default:
		return time.Time{}, errorf("Invalid Date String:'%s'", s)
	}
	t, ok := applyDateMath(t, rest)
	if !ok {
		return time.Time{}, errorf("Invalid Date Math String:'%s'", s)
	}
	return t.Truncate(time.Millisecond), nil
}

// A dateStep is one step of date math.
var dateStep = regexp.MustCompile(`^(?:(/)|([+-])(\d{1,9}))([A-Z]+)`)

func applyDateMath(t time.Time, math string) (time.Time, bool) {
	for math != "" {
		m := dateStep.FindStringSubmatch(math)
		if m == nil {
			return t, false
		}
		math = math[len(m[0]):]
		unit, ok := strings.TrimSuffix(m[4], "S"), false
		if m[1] == "/" {
			t, ok = floorTo(t, unit)
		} else {
			n, err := strconv.Atoi(m[2] + m[3])
			if err != nil {
				return t, false
			}
			t, ok = addUnits(t, n, unit)
		}
		const farthest = 100_000
		if !ok || t.Year() < -farthest || t.Year() > farthest {
			return t, false
		}
	}
	return t, true
}

var clockUnits = map[string]time.Duration{
	"HOUR": time.Hour, "MINUTE": time.Minute, "SECOND": time.Second,
	"MILLI": time.Millisecond, "MILLISECOND": time.Millisecond,
}

func addUnits(t time.Time, n int, unit string) (time.Time, bool) {
	switch unit {
	case "YEAR":
		return t.AddDate(min(max(n, -100_000), 100_000), 0, 0), true
	case "MONTH":
		return t.AddDate(0, min(max(n, -1_200_000), 1_200_000), 0), true
	case "DAY", "DATE":
		return t.AddDate(0, 0, min(max(n, -36_600_000), 36_600_000)), true
	}
	d, ok := clockUnits[unit]
	const most = 9_000_000_000 // seconds; a Duration holds little more
	if !ok || float64(n)*d.Seconds() > most || float64(n)*d.Seconds() < -most {
		return t, false
	}
	return t.Add(time.Duration(n) * d), true
}

func floorTo(t time.Time, unit string) (time.Time, bool) {
	switch unit {
	case "YEAR":
		return time.Date(t.Year(), 1, 1, 0, 0, 0, 0, time.UTC), true
	case "MONTH":
		return time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, time.UTC), true
	case "DAY", "DATE":
		return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC), true
	}
	d, ok := clockUnits[unit]
	return t.Truncate(d), ok
}
