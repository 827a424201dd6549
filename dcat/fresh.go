package dcat

import (
	"time"

	"portico/catalog"
	"portico/dcat/vocab"
)

// intervals are the days between two updates, for the frequencies that promise
// something.
var intervals = map[string]int{
	"CONT": 1, "UPDATE_CONT": 1, "1MIN": 1, "5MIN": 1, "10MIN": 1, "15MIN": 1, "30MIN": 1, "HOURLY": 1, "BIHOURLY": 1, "TRIHOURLY": 1,
	"12HRS": 1, "DAILY": 1, "DAILY_2": 1, "WEEKLY": 7, "WEEKLY_2": 4, "WEEKLY_3": 3, "WEEKLY_5": 2, "BIWEEKLY": 14,
	"MONTHLY": 31, "MONTHLY_2": 16, "MONTHLY_3": 11, "BIMONTHLY": 62, "QUARTERLY": 92, "ANNUAL_2": 184, "ANNUAL_3": 122, "ANNUAL": 366,
	"BIENNIAL": 731, "TRIENNIAL": 1096, "QUADRENNIAL": 1461, "QUINQUENNIAL": 1827, "DECENNIAL": 3653,
}

// A Freshness says whether a dataset is as recent as its publisher promised.
type Freshness struct {
	Promised bool      // its frequency promises updates, and it says when it was modified
	Due      time.Time // when the next update is expected, or was
	Late     bool
	Days     int // how many days late
}

// FreshnessOf compares dct:modified with dct:accrualPeriodicity. A publisher has
// half an interval of grace, and two days at least, before a dataset is late.
func FreshnessOf(d *catalog.Dataset, now time.Time) Freshness {
	f, ok := vocab.Frequency(d.Frequency)
	modified := d.Modified.Time()
	days := intervals[f.Code]
	if !ok || days == 0 || modified.IsZero() {
		return Freshness{}
	}
	out := Freshness{Promised: true, Due: modified.AddDate(0, 0, days)}
	if now.After(out.Due.AddDate(0, 0, max(days/2, 2))) {
		out.Late = true
		out.Days = int(now.Sub(out.Due).Hours() / 24)
	}
	return out
}
