package harvester

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"portico/catalog"
	"portico/dcat"
)

// A Harvester runs connectors and keeps what they read.
type Harvester struct {
	Connectors    *Registry
	Datasets      catalog.Datasets
	Origins       catalog.Origins
	Organizations catalog.Organizations
	Sources       catalog.Sources
	Twins         catalog.Twins   // nil = nobody asks for them
	Raw           catalog.Records // keeps records as they came; nil = nobody does
	// Client returns the client by which a source is reached.
	Client func(src catalog.Source) *http.Client
	// Credential returns what a source wants to be told; nil = nothing.
	Credential func(ctx context.Context, src catalog.Source) (catalog.Credential, error)
	// Alert is told of runs that a person should look at; nil = nobody is.
	Alert func(ctx context.Context, a Alert)
	// Defaults complete what no source says. Now is set by each run.
	Defaults dcat.Defaults
	Data     *Loader // loads tables; nil = never
	Limits   Limits
	Log      *slog.Logger
}

// Limits bound how long a run may take. A zero one is its default.
type Limits struct {
	Run    time.Duration // all of it; 0 = 6 h
	Record time.Duration // one record, from the one before it until it is kept; 0 = 20 min
	Beat   time.Duration // between two signs of life; 0 = a quarter of the lease
}

func (l Limits) withDefaults() Limits {
	return Limits{
		Run: cmp.Or(l.Run, 6*time.Hour), Record: cmp.Or(l.Record, 20*time.Minute), Beat: cmp.Or(l.Beat, catalog.LeaseFor/4),
	}
}

// Options says how one run goes.
type Options struct {
	DryRun   bool      // read and report, write nothing at all
	Org      string    // slug of the organization of everything; "" = the source's, else each record's own
	Draft    bool      // new datasets are drafts
	WithData bool      // load tables, too
	Slot     time.Time // the moment of the schedule that the run is for; zero = by hand
	Progress func(Event)
}

// An Event tells that a record is done.
type Event struct {
	Read    int // records so far
	ID      string
	Title   string
	Outcome Outcome
}

// ErrEmpty is the cause of the error of a reading that found nothing.
var ErrEmpty = errors.New("no records at all")

var errNoID = errors.New("a record without ID")

// Run harvests src and records the run. The report is valid also when there is
// an error, which says that src was not read to its end.
//
// Datasets that src no longer has are retired, but only when src was read to
// its end: half a catalog says nothing about the rest, and an empty one is
// taken for a fault of the source. When too much is missing nothing is retired
// and nothing new is made either: the source is held until a person approves.
//
// A source that another run holds is a Conflict. When this run loses its
// source, for it was taken for dead, nothing of it is written any more.
func (h *Harvester) Run(ctx context.Context, src catalog.Source, o Options) (Report, error) {
	ctx = catalog.WithActor(ctx, catalog.Actor{Name: "harvest " + cmp.Or(src.Name, src.ID), Sysadmin: true})
	r := h.newRun(src, o)
	if o.DryRun {
		ctx, cancel := context.WithTimeoutCause(ctx, r.limits.Run, errRunTooLong)
		defer cancel()
		err := r.all(ctx)
		return r.rep, err
	}
	kept, err := h.Sources.StartRun(ctx, src.ID, o.Slot)
	if err != nil {
		return r.rep, err
	}
	r.rep.Run = kept.ID
	working, end := r.alive(ctx, kept.ID)
	err = r.all(catalog.WithFence(working, kept.ID))
	err = r.ended(working, err)
	end()
	after := context.WithoutCancel(ctx)
	failed := r.finish(after, kept, err)
	if failed == nil {
		failed = r.settle(after, kept, err)
	}
	if err == nil {
		err = failed
	}
	return r.rep, err
}

func (h *Harvester) newRun(src catalog.Source, o Options) *run {
	r := &run{
		h: h, src: src, o: o, now: time.Now().UTC(), limits: h.Limits.withDefaults(),
		seen: make(map[string]bool), moved: make(map[string]string),
	}
	r.rep.Records = []RecordReport{}
	r.o.Draft = o.Draft || src.Draft
	r.o.WithData = o.WithData || src.WithData
	def := h.Defaults
	def.License, def.Theme, def.Frequency = cmp.Or(src.License, def.License), cmp.Or(src.Theme, def.Theme), cmp.Or(src.Frequency, def.Frequency)
	if !src.Holder.IsZero() {
		def.Holder = src.Holder
	}
	r.defaults = def
	return r
}

// A run is one harvest of one source.
type run struct {
	h        *Harvester
	src      catalog.Source
	o        Options
	now      time.Time
	conn     Connector
	limits   Limits
	defaults dcat.Defaults

	rules  mapping
	chosen selection
	state  catalog.SourceState
	forget bool // the connector remembers what is here no more

	before map[string]string // record IDs that we had when the run began, with their dataset's ID
	seen   map[string]bool   // record IDs that the source has, also where they failed
	found  int               // how many of before were seen
	moved  map[string]string // new record IDs of datasets that we had under another, with the dataset's ID
	late   []Record          // new records that wait until it is clear what is missing
	tooNew bool              // there were more of them than can wait
	orgs   *bodies
	same   []int // places in rep.Records of what is the same, yet to be looked at
	rep    Report
}

// all reads, keeps, and retires.
func (r *run) all(ctx context.Context) (err error) {
	defer func() {
		if err != nil {
			r.rep.Error = shown(err)
		}
	}()
	if err := r.prepare(ctx); err != nil {
		return err
	}
	err = r.read(ctx)
	if err == nil {
		err = r.decide(ctx)
	}
	if again := r.lookAtSame(ctx); err == nil {
		err = again
	}
	if err != nil {
		return err
	}
	r.rep.Complete = true
	if err := r.retire(ctx); err != nil {
		return err
	}
	return r.addTwins(ctx)
}

// prepare opens the source and looks up what we have of it.
func (r *run) prepare(ctx context.Context) (err error) {
	if r.rules, err = newMapping(r.src.Rules); err != nil {
		return err
	}
	if r.chosen, err = newSelection(r.src.Include, r.src.Exclude); err != nil {
		return err
	}
	if r.h.Credential != nil && r.src.SecretFor != "" {
		if r.src.Credential, err = r.h.Credential(ctx, r.src); err != nil {
			return err
		}
	}
	if r.conn, err = r.h.Connectors.Open(r.src, r.h.Client(r.src)); err != nil {
		return err
	}
	if r.state, err = r.h.Sources.SourceState(ctx, r.src.ID); err != nil {
		return err
	}
	if r.before, err = r.h.Origins.RecordIDs(ctx, r.src.ID); err != nil {
		return err
	}
	r.recall()
	r.orgs, err = r.h.bodies(ctx, r.src, r.o)
	return err
}

// read takes every record that the source yields. Its error says that there
// may be more than came.
func (r *run) read(ctx context.Context) (err error) {
	defer caught(&err)
	for rec, err := range r.records(ctx) {
		if rec.ID == "" {
			return r.unread(ctx, cmp.Or(err, errNoID))
		}
		if err := r.take(ctx, rec, err); err != nil {
			return err
		}
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if r.rep.Read.Datasets == 0 {
		return catalog.Errorf(catalog.Invalid, "the source holds no datasets; nothing was changed").
			Italian("la fonte non contiene alcun dataset; non è stato cambiato nulla").Because(ErrEmpty)
	}
	return nil
}

// unread makes of a connector's error one that says what it means.
func (r *run) unread(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	it, en := texts(err)
	return catalog.Errorf(catalog.Unavailable, "the source could not be read to its end: %s", en).
		Italian("la fonte non si è potuta leggere fino in fondo: %s", it).Because(err)
}

// take keeps, puts off or rejects one record. Its error is a fault of ours,
// for which the run stops.
func (r *run) take(ctx context.Context, rec Record, err error) error {
	r.rep.Read.Datasets++
	r.rep.Read.Distributions += rec.Distributions
	_, had := r.before[rec.ID]
	switch {
	case errors.Is(err, ErrSame):
		return r.takeSame(ctx, rec, had)
	case r.seen[rec.ID]:
		err = repeated(rec.ID)
	case err == nil:
		if err = r.mapped(&rec); err == nil && !r.chosen.takes(&rec) {
			r.rep.Skipped++
			r.progress(rec, Skipped)
			return nil
		}
	}
	if err == nil && !had && r.guarded() {
		r.notice(rec.ID)
		r.putOff(rec)
		return nil
	}
	r.notice(rec.ID) // a record that fails is still there
	if err := r.takeNow(ctx, rec, err); err != nil {
		return err
	}
	if len(r.late) > 0 && !r.guarded() {
		return r.takeLate(ctx)
	}
	return nil
}

// takeSame takes a record of which the connector knows that it did not change.
func (r *run) takeSame(ctx context.Context, rec Record, had bool) error {
	again := r.seen[rec.ID]
	r.notice(rec.ID)
	if !had || again { // what the memo tells of is gone here: the next reading is a full one
		r.forget = true
		r.progress(rec, Same)
		return nil
	}
	return r.told(ctx, RecordReport{ID: rec.ID, Title: rec.Title, Outcome: Same, Dataset: r.before[rec.ID]}, rec, nil)
}

// mapped applies the rules of the source.
func (r *run) mapped(rec *Record) (err error) {
	defer caught(&err)
	r.rules.apply(&rec.Dataset)
	return nil
}

// notice notes that the source has a record.
func (r *run) notice(id string) {
	if _, had := r.before[id]; had && !r.seen[id] {
		r.found++
	}
	r.seen[id] = true
}

// takeNow keeps or rejects one record, in the time that one may take.
func (r *run) takeNow(ctx context.Context, rec Record, err error) error {
	told := RecordReport{ID: rec.ID, Title: rec.Title}
	within, cancel := context.WithTimeout(ctx, r.limits.Record)
	defer cancel()
	var d *catalog.Dataset
	if err == nil {
		d, told.Outcome, err = r.keep(within, &rec, &told)
		if r.slow(ctx, within, err) {
			err = recordTooSlow()
		}
		if fatal(ctx, err) {
			return err
		}
		told.Title = rec.Title
	}
	if err != nil {
		r.reject(ctx, &told, rec, err)
	} else {
		r.accept(&told, rec, d)
	}
	if told.Outcome != Same {
		if err := r.keepRaw(ctx, rec, told.Dataset); err != nil {
			return err
		}
	}
	if err == nil && told.Outcome != Withheld && r.loads() {
		if err := r.loadInTime(ctx, within, &told); err != nil {
			return err
		}
	}
	return r.told(ctx, told, rec, err)
}

// loadInTime loads the tables of a dataset in what is left of the time for it.
func (r *run) loadInTime(ctx, within context.Context, told *RecordReport) error {
	failed, err := r.load(within, told.Dataset)
	if r.slow(ctx, within, err) {
		failed, err = append(failed, problemsOf(recordTooSlow())...), nil
	}
	told.Problems = append(told.Problems, reported(failed)...)
	return err
}

// told puts what became of a record into the report.
func (r *run) told(ctx context.Context, told RecordReport, rec Record, err error) error {
	if told.Link == "" {
		told.Link = linkOf(&rec, r.src.URL)
	}
	if told.Problems == nil {
		told.Problems = []Problem{}
	}
	if err == nil && told.Outcome == Same {
		r.rep.Same++
		told.Problems = append(reported(rec.Problems), told.Problems...)
		r.same = append(r.same, len(r.rep.Records))
	}
	r.rep.Records = append(r.rep.Records, told)
	r.progress(rec, told.Outcome)
	if len(r.same) >= 200 {
		return r.lookAtSame(ctx)
	}
	return nil
}

func (r *run) progress(rec Record, out Outcome) {
	if r.o.Progress != nil {
		r.o.Progress(Event{Read: r.rep.Read.Datasets, ID: rec.ID, Title: rec.Title, Outcome: out})
	}
}

// loads reports whether tables are loaded: when the run says so, and always
// when the connector has the bytes itself.
func (r *run) loads() bool {
	_, own := r.conn.(Opener)
	return (own || r.o.WithData) && !r.o.DryRun && r.h.Data != nil
}

// accept notes what a record has become. One that changed nothing that people
// see, since it is the same or withheld, does not count as changed.
func (r *run) accept(told *RecordReport, rec Record, d *catalog.Dataset) {
	told.Dataset = d.ID
	if told.Outcome == Same || told.Outcome == Withheld {
		return
	}
	r.rep.Changed++
	if told.New {
		r.rep.New++
	}
	r.count(d)
	told.Problems = reported(rec.Problems, d.Quarantine)
}

func (r *run) reject(ctx context.Context, told *RecordReport, rec Record, err error) {
	r.rep.Failed++
	told.Outcome = Rejected
	told.Problems = reported(rec.Problems, problemsOf(err))
	attrs := []any{"source", r.src.Name, "record", rec.ID, "err", err}
	if p, ok := errors.AsType[*PanicError](err); ok {
		attrs = append(attrs, "panic", p.String())
	}
	r.h.Log.WarnContext(ctx, "record rejected", attrs...)
}

// fatal reports whether an error is of our own house rather than of a record.
func fatal(ctx context.Context, err error) bool {
	return err != nil && (ctx.Err() != nil || catalog.KindOf(err) == catalog.Unavailable)
}

func repeated(id string) error {
	return Reject(catalog.Problemf("dct:identifier", id, "record-repeated",
		"La fonte contiene due schede con lo stesso identificativo: vale la prima.",
		"The source holds two records with the same identifier: the first one counts.").
		WithMend("Dare a ogni dataset un identificativo proprio.", "Give each dataset an identifier of its own."))
}

// count counts a dataset that is kept.
func (r *run) count(d *catalog.Dataset) {
	switch {
	case len(d.Quarantine) > 0:
		r.rep.Quarantined++
	case d.Visible():
		r.rep.Published++
	}
}

// lookAtSame counts the datasets that stayed the same and reports what is
// wrong with them, which only the store knows.
func (r *run) lookAtSame(ctx context.Context) error {
	if len(r.same) == 0 {
		return nil
	}
	var ids []string
	for _, i := range r.same {
		ids = append(ids, r.rep.Records[i].Dataset)
	}
	ds, err := r.h.Datasets.DatasetsByID(ctx, ids)
	if err != nil {
		return err
	}
	for _, d := range ds {
		r.count(d)
		i := slices.IndexFunc(r.same, func(i int) bool { return r.rep.Records[i].Dataset == d.ID })
		told := &r.rep.Records[r.same[i]]
		told.Problems = append(told.Problems, reported(d.Quarantine)...)
		if told.Title == "" {
			told.Title = d.Title.String()
		}
	}
	r.same = r.same[:0]
	return nil
}
