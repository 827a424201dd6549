package ui

import (
	"time"

	"portico/catalog"
	"portico/dcat"
)

// A freshness says whether a dataset is as recent as its publisher promised.
type freshness struct {
	State string       // "fresh", "late" or "" when nothing was promised
	Due   catalog.Date // when the next update is expected, or was
	Days  int          // how many days late
}

func freshnessOf(d *catalog.Dataset, now time.Time) freshness {
	f := dcat.FreshnessOf(d, now)
	switch {
	case !f.Promised:
		return freshness{}
	case f.Late:
		return freshness{State: "late", Due: catalog.DateOf(f.Due), Days: f.Days}
	}
	return freshness{State: "fresh", Due: catalog.DateOf(f.Due)}
}

// promise says in a sentence how often the holder means to update d, and whether
// that was kept; "" when nothing is known of it.
func (p speaker) promise(d *catalog.Dataset, now time.Time) string {
	frequency, f := p.frequency(d.Frequency), freshnessOf(d, now)
	switch {
	case f.State == "late":
		return p.count("promise.late", f.Days, frequency, p.date(f.Due))
	case f.State == "fresh":
		return p.text("promise.fresh", frequency, p.date(f.Due))
	case frequency != "":
		return p.text("promise.open", frequency)
	}
	return ""
}
