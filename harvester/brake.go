package harvester

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"portico/catalog"
)

// youngRuns is how many runs of a source retire nothing: what a new source
// holds has yet to settle.
const youngRuns = 3

// mostLate is how many new records wait until it is clear what is missing.
const mostLate = 5_000

// tooMany is the brake: more than a fifth missing, or more than ten records,
// is rather a fault of the source than its wish. One alone never is.
func (r *run) tooMany(missing int) bool {
	percent, count := cmp.Or(r.src.BrakePercent, 20), cmp.Or(r.src.BrakeCount, 10)
	return missing > 1 && (missing*100 > percent*len(r.before) || missing > count)
}

// guarded reports whether so much of what we had may yet turn out to be
// missing that nothing new is made: a source that renames all its records must
// not double the catalog.
func (r *run) guarded() bool {
	return len(r.before) > 0 && !r.src.Approved && r.src.Gone != catalog.GoneIgnore && r.tooMany(len(r.before)-r.found)
}

func (r *run) putOff(rec Record) {
	if len(r.late) >= mostLate {
		r.tooNew = true
		r.withhold(rec)
		return
	}
	r.late = append(r.late, rec)
}

// takeLate keeps the records that waited.
func (r *run) takeLate(ctx context.Context) error {
	late := r.late
	r.late = nil
	for _, rec := range late {
		if err := r.takeNow(ctx, rec, nil); err != nil {
			return err
		}
	}
	return nil
}

// decide says what becomes of the records that waited to the end of the
// reading: what we had under another ID is the same dataset still; when after
// that too much is missing, the rest waits for a person.
func (r *run) decide(ctx context.Context) error {
	if len(r.late) == 0 {
		return nil
	}
	if err := r.recognize(ctx); err != nil {
		return err
	}
	if !r.guarded() && !r.tooNew {
		return r.takeLate(ctx)
	}
	var known []Record
	for _, rec := range r.late {
		if r.moved[rec.ID] != "" {
			known = append(known, rec)
			continue
		}
		r.withhold(rec)
	}
	r.late = known
	return r.takeLate(ctx)
}

// withhold notes a new record that waits for a person.
func (r *run) withhold(rec Record) {
	r.rep.Withheld++
	r.rep.Records = append(r.rep.Records, RecordReport{
		ID: rec.ID, Title: cmp.Or(rec.Title, rec.Dataset.Title.String()), Outcome: Withheld, New: true, Link: linkOf(&rec, r.src.URL),
		Problems: reported([]catalog.Problem{catalog.Problemf("dct:identifier", rec.ID, "held-new",
			"Scheda nuova, mentre troppe di quelle note mancano: attende l'approvazione.",
			"A new record, while too many that we knew are missing: it waits for approval.").
			WithMend("Se è giusto così: portico source approve FONTE.", "If that is right: portico source approve SOURCE.")}),
	})
	r.progress(rec, Withheld)
}

// recognize finds the datasets that the source now tells of under another ID:
// by their identifier, their URI or their title, where only one of those that
// are missing and only one of those that are new has it.
func (r *run) recognize(ctx context.Context) error {
	record := make(map[string]string) // by dataset
	var ids []string
	for _, rec := range r.missing() {
		ids = append(ids, r.before[rec])
		record[r.before[rec]] = rec
	}
	had, err := r.marks(ctx, ids)
	if err != nil {
		return err
	}
	has := make(map[string]int)
	for i := range r.late {
		for _, key := range marksOf(&r.late[i].Dataset) {
			has[key]++
		}
	}
	taken := make(map[string]bool)
	for i := range r.late {
		for _, key := range marksOf(&r.late[i].Dataset) {
			if ids := had[key]; len(ids) == 1 && has[key] == 1 && !taken[ids[0]] {
				taken[ids[0]] = true
				r.moved[r.late[i].ID] = ids[0]
				r.notice(record[ids[0]])
				break
			}
		}
	}
	return nil
}

// marks returns the IDs of datasets by what they are known by.
func (r *run) marks(ctx context.Context, ids []string) (map[string][]string, error) {
	out := make(map[string][]string)
	for chunk := range slices.Chunk(ids, 200) {
		ds, err := r.h.Datasets.DatasetsByID(ctx, chunk)
		if err != nil {
			return nil, err
		}
		for _, d := range ds {
			for _, key := range marksOf(d) {
				out[key] = append(out[key], d.ID)
			}
		}
	}
	return out, nil
}

// marksOf returns by what a dataset is known again, the surest first.
func marksOf(d *catalog.Dataset) []string {
	var out []string
	if d.Identifier != "" {
		out = append(out, "identifier "+d.Identifier)
	}
	if d.URI != "" {
		out = append(out, "uri "+d.URI)
	}
	if t := strings.ToLower(strings.Join(strings.Fields(d.Title.String()), " ")); t != "" {
		out = append(out, "title "+t)
	}
	return out
}

// changesHands reports whether a record gives a dataset to another body than
// that which holds it here. A source that was taken over must not (HRV-014).
func (r *run) changesHands(old, d *catalog.Dataset) bool {
	if old == nil || old.ID == "" || r.src.Approved {
		return false
	}
	a, b := bodyOf(old), bodyOf(d)
	return a != "" && b != "" && a != b
}

// bodyOf returns by what the holder of d is compared. One that has a code is
// never the same as one that has none, but that is no change of hands.
func bodyOf(d *catalog.Dataset) string {
	return strings.ToLower(d.Holder.Identifier)
}

// changedHands holds a record back.
func (r *run) changedHands(told *RecordReport, old, d *catalog.Dataset) {
	r.rep.Withheld++
	r.rep.Held = true
	told.Problems = reported([]catalog.Problem{catalog.Problemf("dct:rightsHolder", d.Holder.Identifier, "held-holder",
		"La fonte attribuisce il dataset a un altro titolare (prima: "+old.Holder.Identifier+"): attende l'approvazione.",
		"The source gives the dataset to another holder (before: "+old.Holder.Identifier+"): it waits for approval.").
		WithMend("Se è giusto così: portico source approve FONTE.", "If that is right: portico source approve SOURCE.")})
}
