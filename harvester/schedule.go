package harvester

import (
	"hash/fnv"
	"strconv"
	"strings"
	"time"

	"portico/catalog"
)

// words are the schedules that people know, as cron says them. H is a number
// that each source has of its own, so that not all begin at once.
var words = map[string]string{
	"always": "*/15 * * * *", "hourly": "H * * * *", "daily": "H 0-5:H * * *",
	"weekly": "H 0-5:H * * 0-6:H", "biweekly": "H 0-5:H 1-14:H,+14 * *", "monthly": "H 0-5:H 1-28:H * *",
}

// mostJitter is how much later than its schedule says a source is harvested,
// at most: portals are asked by everybody at the full hour.
const mostJitter = 5 * time.Minute

// Next returns when a source with a schedule is to be harvested after a
// moment, in its time zone, or the zero Time when the schedule is empty. It is
// the same for whoever asks. A schedule that cannot be understood is Invalid.
func Next(schedule, source string, after time.Time) (time.Time, error) {
	if schedule == "" {
		return time.Time{}, nil
	}
	sum := fnv.New32a()
	_, _ = sum.Write([]byte(source))
	own := int(sum.Sum32() >> 1)
	text, word := words[schedule]
	if !word {
		text = schedule
	}
	c, err := parseCron(text, own)
	if err != nil {
		return time.Time{}, badSchedule(schedule).Because(err)
	}
	jitter := time.Duration(own) * time.Second % mostJitter
	t, ok := c.next(after.Add(-jitter))
	if !ok {
		return time.Time{}, badSchedule(schedule)
	}
	return t.Add(jitter), nil
}

func badSchedule(s string) *catalog.Error {
	return catalog.Errorf(catalog.Invalid, "schedule %q: it is hourly, daily, weekly, biweekly, monthly, or five fields of cron such as \"30 2 * * 1\"", s).
		Italian("pianificazione %q: è hourly, daily, weekly, biweekly, monthly, oppure cinque campi di cron come \"30 2 * * 1\"", s)
}

// A cron is a schedule as a set of allowed numbers for each field.
type cron struct {
	minute, hour, day, month, weekday uint64
	anyDay, anyWeekday                bool
}

func parseCron(text string, own int) (c cron, err error) {
	f := strings.Fields(text)
	if len(f) != 5 {
		return c, errSchedule
	}
	for i, field := range []struct {
		to       *uint64
		low, top int
	}{{&c.minute, 0, 59}, {&c.hour, 0, 23}, {&c.day, 1, 31}, {&c.month, 1, 12}, {&c.weekday, 0, 7}} {
		if *field.to, err = parseField(f[i], field.low, field.top, own); err != nil {
			return c, err
		}
		own /= 60
	}
	if c.weekday&(1<<7) != 0 { // Sunday is 0 and 7
		c.weekday |= 1
	}
	c.anyDay, c.anyWeekday = f[2] == "*", f[4] == "*"
	return c, nil
}

const errSchedule = scheduleError("not a schedule")

type scheduleError string

func (e scheduleError) Error() string { return string(e) }

// parseField reads a list of numbers, ranges and steps. "A-B:H" is the
// source's own number between A and B, and "+N" the one N later.
func parseField(text string, low, top, own int) (set uint64, err error) {
	last := low
	for part := range strings.SplitSeq(text, ",") {
		part, step, err := cutStep(part)
		if err != nil {
			return 0, err
		}
		part, mine := strings.CutSuffix(part, ":H")
		from, to, err := span(part, low, top, last)
		if step > 0 && from == to {
			to = top
		}
		if err != nil || from < low || to > top || from > to {
			return 0, errSchedule
		}
		if mine || part == "H" {
			from += own % (to - from + 1)
			to = from
		}
		last = from
		for n := from; n <= to; n += max(step, 1) {
			set |= 1 << n
		}
	}
	return set, nil
}

// cutStep cuts the step off a part of a field. It is 0 where there is none,
// which is not the same as 1: "5" is one number, "5/1" all from there on.
func cutStep(text string) (part string, step int, err error) {
	part, n, stepped := strings.Cut(text, "/")
	if !stepped {
		return part, 0, nil
	}
	if step, err = strconv.Atoi(n); err != nil || step < 1 {
		return "", 0, errSchedule
	}
	return part, step, nil
}

// span reads what a part of a field reaches over, without its step.
func span(part string, low, top, last int) (from, to int, err error) {
	if part == "*" || part == "H" {
		return low, top, nil
	}
	if later, ok := strings.CutPrefix(part, "+"); ok {
		n, err := strconv.Atoi(later)
		return last + n, last + n, err
	}
	a, b, ranged := strings.Cut(part, "-")
	if from, err = strconv.Atoi(a); err != nil || !ranged {
		return from, from, err
	}
	to, err = strconv.Atoi(b)
	return from, to, err
}

// next returns the first minute after t that c allows.
func (c cron) next(t time.Time) (time.Time, bool) {
	t = t.Truncate(time.Minute).Add(time.Minute)
	day := time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location())
	for range 4 * 366 {
		if c.onDay(day) {
			for h := range 24 {
				for m := range 60 {
					if c.hour&(1<<h) == 0 || c.minute&(1<<m) == 0 {
						continue
					}
					// An hour that a change of the clocks leaves out becomes the next one.
					if at := time.Date(day.Year(), day.Month(), day.Day(), h, m, 0, 0, t.Location()); !at.Before(t) {
						return at, true
					}
				}
			}
		}
		day = time.Date(day.Year(), day.Month(), day.Day()+1, 0, 0, 0, 0, t.Location())
	}
	return time.Time{}, false
}

// onDay reports whether c allows a day: as in cron, either of the two fields
// for days is enough when both are given.
func (c cron) onDay(t time.Time) bool {
	if c.month&(1<<t.Month()) == 0 {
		return false
	}
	day, weekday := c.day&(1<<t.Day()) != 0, c.weekday&(1<<t.Weekday()) != 0
	if !c.anyDay && !c.anyWeekday {
		return day || weekday
	}
	return day && weekday
}
