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
	// Client returns the client by which a source is reached.
	Client func(src catalog.Source) *http.Client
	// Defaults complete what no source says. Now is set by each run.
	Defaults dcat.Defaults
	Data     *Loader // loads tables; nil = never
	Log      *slog.Logger
}

// Options says how one run goes.
type Options struct {
	DryRun   bool   // read and report, write nothing at all
	Org      string // slug of the organization of everything; "" = the source's, else each record's own
	Draft    bool   // new datasets are drafts
	WithData bool   // load tables, too
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
// either: the source is held until a person approves.
func (h *Harvester) Run(ctx context.Context, src catalog.Source, o Options) (Report, error) {
	ctx = catalog.WithActor(ctx, catalog.Actor{Name: "harvest " + cmp.Or(src.Name, src.ID), Sysadmin: true})
	r := &run{h: h, src: src, o: o, now: time.Now().UTC(), seen: make(map[string]bool)}
	r.rep.Records = []RecordReport{}
	r.o.Draft = o.Draft || src.Draft
	r.o.WithData = o.WithData || src.WithData
	if o.DryRun {
		err := r.all(ctx)
		return r.rep, err
	}
	kept, err := h.Sources.StartRun(ctx, src.ID)
	if err != nil {
		return r.rep, err
	}
	err = r.all(ctx)
	after := context.WithoutCancel(ctx)
	failed := r.finish(after, kept, err)
	if err == nil && failed == nil {
		failed = r.settle(after)
	}
	if err == nil {
		err = failed
	}
	return r.rep, err
}

// A run is one harvest of one source.
type run struct {
	h    *Harvester
	src  catalog.Source
	o    Options
	now  time.Time
	conn Connector

	before map[string]string // record IDs that we had when the run began, with their dataset's ID
	seen   map[string]bool   // record IDs that the source has, also where they failed
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
	if r.conn, err = r.h.Connectors.Open(r.src, r.h.Client(r.src)); err != nil {
		return err
	}
	if r.before, err = r.h.Origins.RecordIDs(ctx, r.src.ID); err != nil {
		return err
	}
	if r.orgs, err = r.h.bodies(ctx, r.src, r.o); err != nil {
		return err
	}
	err = r.read(ctx)
	if again := r.lookAtSame(ctx); err == nil {
		err = again
	}
	if err != nil {
		return err
	}
	r.rep.Complete = true
	return r.retire(ctx)
}

// read takes every record that the source yields. Its error says that there
// may be more than came.
func (r *run) read(ctx context.Context) (err error) {
	defer caught(&err)
	for rec, err := range r.conn.Records(ctx) {
		if rec.ID == "" {
			return r.unread(ctx, cmp.Or(err, errNoID))
		}
		if err := r.take(ctx, rec, err); err != nil {
			return err
		}
	}
	if ctx.Err() != nil {
		return ctx.Err()
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
		return ctx.Err()
	}
	it, en := texts(err)
	return catalog.Errorf(catalog.Unavailable, "the source could not be read to its end: %s", en).
		Italian("la fonte non si è potuta leggere fino in fondo: %s", it).Because(err)
}

// take keeps or rejects one record. Its error is a fault of ours, for which
// the run stops.
func (r *run) take(ctx context.Context, rec Record, err error) error {
	r.rep.Read.Datasets++
	r.rep.Read.Distributions += rec.Distributions
	told := RecordReport{ID: rec.ID, Title: rec.Title}
	var d *catalog.Dataset
	switch {
	case r.seen[rec.ID]:
		err = repeated(rec.ID)
	case err == nil:
		if d, told.Outcome, err = r.keep(ctx, &rec); fatal(ctx, err) {
			return err
		}
		told.Title = rec.Title
	}
	r.seen[rec.ID] = true // a record that fails is still there
	switch {
	case err != nil:
		r.reject(ctx, &told, rec, err)
	case told.Outcome == Same:
		r.rep.Same++
		told.Problems = reported(rec.Problems)
		told.Dataset = d.ID
		r.same = append(r.same, len(r.rep.Records))
	default:
		r.rep.Changed++
		r.count(d)
		told.Dataset = d.ID
		told.Problems = reported(rec.Problems, d.Quarantine)
	}
	if err == nil && r.loads() {
		failed, err := r.load(ctx, told.Dataset)
		if err != nil {
			return err
		}
		told.Problems = append(told.Problems, reported(failed)...)
	}
	r.rep.Records = append(r.rep.Records, told)
	if r.o.Progress != nil {
		r.o.Progress(Event{Read: r.rep.Read.Datasets, ID: told.ID, Title: told.Title, Outcome: told.Outcome})
	}
	if len(r.same) >= 200 {
		return r.lookAtSame(ctx)
	}
	return nil
}

// loads reports whether tables are loaded: when the run says so, and always
// when the connector has the bytes itself.
func (r *run) loads() bool {
	_, own := r.conn.(Opener)
	return (own || r.o.WithData) && !r.o.DryRun && r.h.Data != nil
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
