package catalog

import "time"

// A Date is a day or a moment as a publisher states it, in ISO form: either
// "2006-01-02" or RFC 3339 ("2006-01-02T15:04:05Z", with fraction and zone as
// given). "" means that it is not known. Dates in other forms are read by
// dcat.ParseDate and never stored.
type Date string

// DateOf returns the day of t in UTC.
func DateOf(t time.Time) Date { return Date(t.UTC().Format(time.DateOnly)) }

// HasTime reports whether d is a moment rather than a day.
func (d Date) HasTime() bool { return len(d) > len(time.DateOnly) }

// Time returns d as a moment (a day begins at midnight UTC), or the zero Time
// when d is empty or not in one of its two forms.
func (d Date) Time() time.Time {
	if t, err := time.Parse(time.DateOnly, string(d)); err == nil {
		return t
	}
	t, err := time.Parse(time.RFC3339Nano, string(d))
	if err != nil {
		return time.Time{}
	}
	return t
}

// Valid reports whether d is empty or in one of its two forms.
func (d Date) Valid() bool { return d == "" || !d.Time().IsZero() }
