package harvester_test

import (
	"testing"
	"time"

	"portico/harvester"
)

func TestNext(t *testing.T) {
	rome, err := time.LoadLocation("Europe/Rome")
	if err != nil {
		t.Fatal(err)
	}
	at := func(s string) time.Time {
		v, err := time.ParseInLocation("2006-01-02 15:04", s, rome)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	for _, test := range []struct{ name, schedule, after, want string }{
		{"a minute of every hour", "30 * * * *", "2026-01-01 10:29", "2026-01-01 10:30"},
		{"the next one, not the same", "30 * * * *", "2026-01-01 10:40", "2026-01-01 11:30"},
		{"steps", "*/20 8-9 * * *", "2026-01-01 09:50", "2026-01-02 08:00"},
		{"a list", "0 6,18 * * *", "2026-01-01 07:00", "2026-01-01 18:00"},
		{"a weekday", "0 3 * * 1", "2026-01-01 00:00", "2026-01-05 03:00"},
		{"Sunday is 7, too", "0 3 * * 7", "2026-01-01 00:00", "2026-01-04 03:00"},
		{"either day is enough", "0 3 2 * 1", "2026-01-01 00:00", "2026-01-02 03:00"},
		{"the end of the year", "0 0 1 1 *", "2026-01-01 01:00", "2027-01-01 00:00"},
		{"a leap day", "0 0 29 2 *", "2026-01-01 01:00", "2028-02-29 00:00"},
		{"the clock goes forward", "30 2 * * *", "2026-03-29 00:00", "2026-03-29 03:30"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := harvester.Next(test.schedule, "s", at(test.after))
			late := got.Sub(at(test.want))
			if err != nil || late < 0 || late >= 5*time.Minute {
				t.Errorf("got %v, %v; want %s and a little", got, err, test.want)
			}
		})
	}
	for _, bad := range []string{"sometimes", "* * * *", "60 * * * *", "* 24 * * *", "5-1 * * * *", "*/0 * * * *", "a * * * *", "0 0 31 2 *", "-1 * * * *", "99999999999999999999 * * * *"} {
		if got, err := harvester.Next(bad, "s", at("2026-01-01 00:00")); err == nil {
			t.Errorf("%q was taken: %v", bad, got)
		}
	}
}

func TestWordsOfScheduleComeAsOftenAsTheySay(t *testing.T) {
	for word, want := range map[string]int{"always": 4 * 24 * 28, "hourly": 24 * 28, "daily": 28, "weekly": 4, "biweekly": 2, "monthly": 1} {
		for _, source := range []string{"a", "b", "another source"} {
			from := time.Date(2026, 2, 1, 12, 0, 0, 0, time.UTC)
			n := 0
			for at := from; ; n++ {
				next, err := harvester.Next(word, source, at)
				if err != nil || !next.After(at) {
					t.Fatalf("%s after %v: %v, %v", word, at, next, err)
				}
				if at = next; at.After(from.AddDate(0, 0, 28)) {
					break
				}
			}
			if n < want-1 || n > want+1 {
				t.Errorf("%s of %s: %d times in four weeks, want %d", word, source, n, want)
			}
		}
	}
	if at, err := harvester.Next("", "s", time.Now()); err != nil || !at.IsZero() {
		t.Errorf("no schedule: %v, %v", at, err)
	}
}

func FuzzNext(f *testing.F) {
	for _, s := range []string{"30 * * * *", "daily", "*/5 1-2,3 * 1 0-7", "0-5:H H +1 , -"} {
		f.Add(s)
	}
	from := time.Date(2026, 1, 31, 23, 59, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, s string) {
		if at, err := harvester.Next(s, "s", from); err == nil && s != "" && !at.After(from) {
			t.Errorf("%q: %v", s, at)
		}
	})
}
