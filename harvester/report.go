package harvester

import (
	"encoding/json"
	"errors"
	"strings"

	"portico/catalog"
)

// A Report says what became of every record of one run. Its JSON is what
// `portico harvest --json` prints.
type Report struct {
	// Read counts what the source describes, before any rule of ours.
	Run         string         `json:"run,omitempty"` // ID; "" = a dry run
	Read        Counts         `json:"read"`
	Published   int            `json:"published"`   // records that anybody can see and that feeds may hold
	Quarantined int            `json:"quarantined"` // records kept, but left out of feeds
	Changed     int            `json:"changed"`     // new or changed, and kept
	Same        int            `json:"same"`
	Failed      int            `json:"failed"` // records that could not be kept
	Retired     int            `json:"retired"`
	Complete    bool           `json:"complete"` // the source was read to its end
	Held        bool           `json:"held"`     // too much was missing; nothing was retired, and a person must approve
	Missing     int            `json:"missing"`  // records that the source no longer has
	Withheld    int            `json:"withheld"` // records that wait for the approval
	Skipped     int            `json:"skipped"`  // records that the source's selection leaves out
	New         int            `json:"new"`      // changed ones that we had not had
	Young       bool           `json:"young"`    // one of the first runs, which retire nothing
	Error       string         `json:"error,omitempty"`
	Records     []RecordReport `json:"records"`
}

// Counts counts what a source describes.
type Counts struct {
	Datasets      int `json:"datasets"`
	Distributions int `json:"distributions"`
}

// An Outcome is what became of a record.
type Outcome string

// The outcomes.
const (
	Changed  Outcome = "changed"  // new or changed, and kept
	Same     Outcome = "same"     // as it was at the run before
	Rejected Outcome = "rejected" // could not be kept; what we had of it stays
	Retired  Outcome = "retired"  // the source no longer has it
	Withheld Outcome = "held"     // waits for a person's approval; what we had of it stays
	Skipped  Outcome = "skipped"  // left out by the source's selection; only counted
)

// A RecordReport says what became of one record, and what is wrong with it.
type RecordReport struct {
	ID       string    `json:"id"` // at the source
	Title    string    `json:"title"`
	Outcome  Outcome   `json:"outcome"`
	Dataset  string    `json:"dataset,omitempty"` // ID of what we made of it
	Problems []Problem `json:"problems"`
	New      bool      `json:"new,omitempty"`  // we had not had it
	Link     string    `json:"link,omitempty"` // where people find the record at the source
	// Changes says field by field what would change, in a dry run.
	Changes []FieldChange  `json:"changes,omitempty"`
	AlsoIn  []catalog.Twin `json:"also_in,omitempty"` // other datasets of the same holder and identifier
}

// A Problem is a catalog.Problem whose JSON has one text for readers of either
// language.
type Problem catalog.Problem

// MarshalJSON implements json.Marshaler.
func (p Problem) MarshalJSON() ([]byte, error) {
	return json.Marshal(problemJSON{p.Field, p.Value, p.Rule, p.Message.Both(), p.Mend.Both()})
}

type problemJSON struct {
	Field   string `json:"field"`
	Value   string `json:"value"`
	Rule    string `json:"rule"`
	Message string `json:"message"`
	Mend    string `json:"mend"`
}

func reported(lists ...[]catalog.Problem) []Problem {
	out := []Problem{}
	for _, ps := range lists {
		for _, p := range ps {
			out = append(out, Problem(p))
		}
	}
	return out
}

// problemsOf returns what to report of the error of one record.
func problemsOf(err error) []catalog.Problem {
	if r, ok := errors.AsType[*RejectedError](err); ok && len(r.Problems) > 0 {
		return r.Problems
	}
	it, en := texts(err)
	return []catalog.Problem{catalog.Problemf("record", "", "record-failed",
		"La scheda non si può acquisire: "+it+".", "The record cannot be taken in: "+en+".")}
}

// texts returns err in Italian and English, as far as it may be shown.
func texts(err error) (it, en string) {
	if e, ok := errors.AsType[*catalog.Error](err); ok {
		return e.In("it"), e.In("en")
	}
	return err.Error(), err.Error()
}

// shown returns err for whoever reads the report.
func shown(err error) string {
	it, en := texts(err)
	return catalog.Text{"it": it, "en": en}.Both()
}

// maxKept is how many records the report of a run is kept with, and
// maxRejected how many of those that could not be kept, which come first.
const (
	maxKept     = 2_000
	maxRejected = 20_000
)

// kept returns r as it is kept with the run: the records of a large catalog to
// which nothing happened are only counted.
func (r *Report) kept() (json.RawMessage, error) {
	short := *r
	if len(r.Records) > maxKept {
		short.Records = make([]RecordReport, 0, maxKept)
		for rank, most := range []int{maxRejected, maxRejected + maxKept, maxKept} {
			for _, rec := range r.Records {
				if rankOf(rec) == rank && len(short.Records) < most {
					short.Records = append(short.Records, rec)
				}
			}
		}
	}
	return json.Marshal(short)
}

// rankOf says how much a record has to tell: 0 = it needs a person, 2 = nothing.
func rankOf(rec RecordReport) int {
	switch {
	case rec.Outcome == Rejected || rec.Outcome == Withheld:
		return 0
	case rec.Outcome == Same && len(rec.Problems) == 0:
		return 2
	}
	return 1
}

// linkOf returns where people find a record at its source.
func linkOf(rec *Record, source string) string {
	for _, u := range []string{rec.Link, rec.Dataset.LandingPage, rec.ID, rec.Dataset.URI, source} {
		if strings.HasPrefix(u, "https://") || strings.HasPrefix(u, "http://") {
			return u
		}
	}
	return ""
}
