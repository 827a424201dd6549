package harvester

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"regexp"
	"strconv"

	"portico/catalog"
	"portico/dcat"
)

// rules is the version of what a run makes of a record. It is part of every
// digest, so that a new rule is applied also to what has not changed.
const rules = "1"

// keep makes of a record a dataset of ours.
func (r *run) keep(ctx context.Context, rec *Record, told *RecordReport) (d *catalog.Dataset, out Outcome, err error) {
	defer caught(&err)
	digest := r.digest(rec)
	had, id, known, err := r.h.Origins.Digest(ctx, r.src.ID, rec.ID)
	if err != nil {
		return nil, "", err
	}
	if known && digest != "" && had == digest {
		return &catalog.Dataset{ID: id}, Same, nil
	}
	old, err := r.old(ctx, rec.ID)
	if err != nil {
		return nil, "", err
	}
	told.New = old == nil
	d = r.dataset(rec, old)
	d.Origin = catalog.Origin{Source: r.src.ID, Record: rec.ID, Digest: digest}
	if err := r.fileAway(ctx, d, old); err != nil {
		return nil, "", err
	}
	r.complete(d, rec, old)
	rec.Title = cmp.Or(d.Title.String(), rec.Title)
	if err := r.belongs(ctx, d, rec); err != nil {
		return nil, "", err
	}
	if r.changesHands(old, d) {
		r.changedHands(told, old, d)
		return old, Withheld, nil
	}
	if r.o.DryRun {
		return r.wouldKeep(d, old, told)
	}
	change, err := r.put(ctx, d)
	if err != nil {
		return nil, "", err
	}
	if change == catalog.Unchanged {
		return d, Same, nil
	}
	return d, Changed, nil
}

// digest is of all that decides what a run makes of a record; "" = bodies are
// compared.
func (r *run) digest(rec *Record) string {
	if rec.Digest == "" {
		return ""
	}
	return r.digestOf(rec.Digest)
}

func (r *run) digestOf(of string) string {
	def := r.defaults // without Now
	facts, err := json.Marshal([]any{
		rules, of, r.o.Org, r.src.Organization, def.Holder, def.License, def.Theme, def.Frequency,
		r.src.Rules, r.src.Include, r.src.Exclude, r.src.Options, r.src.WithData,
	})
	if err != nil { // options that are no JSON
		return ""
	}
	sum := sha256.Sum256(facts)
	return hex.EncodeToString(sum[:16])
}

// old returns the dataset that was made of a record before, also where it is
// gone, or nil.
func (r *run) old(ctx context.Context, record string) (*catalog.Dataset, error) {
	old, err := r.h.Datasets.Dataset(ctx, r.idOf(record))
	if err != nil {
		switch catalog.KindOf(err) {
		case catalog.NotFound:
			return nil, nil
		case catalog.Gone, catalog.Denied:
			return &catalog.Dataset{}, nil
		default:
			return nil, err
		}
	}
	return old, nil
}

// idOf returns the ID of the dataset that a record is or was made into, or
// would be.
func (r *run) idOf(record string) string {
	return cmp.Or(r.moved[record], r.before[record], catalog.StableID(r.src.ID, record))
}

// dataset returns the record's dataset with the identity that is ours to give.
// Nothing that decides who owns or sees it is taken from the source.
func (r *run) dataset(rec *Record, old *catalog.Dataset) *catalog.Dataset {
	d := rec.Dataset
	id := r.idOf(rec.ID)
	d.ID, d.Organization, d.Creator, d.Private = id, "", "", false
	d.State = catalog.Active
	if r.o.Draft && old == nil {
		d.State = catalog.Draft
	}
	if old != nil {
		d.ID, d.Name = "", "" // the store knows it by its origin, and keeps its name
		if r.moved[rec.ID] != "" {
			d.ID, d.Name, d.State = id, old.Name, old.State // its origin is another now
		}
	}
	identify(d.Distributions, id)
	return &d
}

// identify gives each distribution an ID that is stable over harvests and
// unique everywhere: remotes repeat theirs over datasets (dcat-traps B13, B15).
func identify(xs []catalog.Distribution, dataset string) {
	seen := make(map[string]int)
	for i := range xs {
		x := &xs[i]
		key := cmp.Or(x.ID, x.URI, x.URL(), x.Title.String())
		seen[key]++
		if n := seen[key]; n > 1 {
			key += "\x00" + strconv.Itoa(n)
		}
		x.ID = catalog.StableID(dataset, key)
	}
}

// complete fills what the source does not say, and says what keeps the dataset
// out of feeds. A value that was taken from the clock once is kept.
func (r *run) complete(d *catalog.Dataset, rec *Record, old *catalog.Dataset) {
	d.Notes = append(append([]catalog.Problem{}, rec.Problems...), d.Notes...)
	def := r.defaults
	def.Now = r.now
	if old != nil && old.Modified.Valid() && old.Modified != "" {
		for _, n := range old.Notes {
			if n.Rule == "modified-from-harvest" {
				def.Now = old.Modified.Time()
			}
		}
	}
	if def.Holder.IsZero() {
		def.Holder = r.orgs.holder()
	}
	dcat.Complete(d, def)
	d.Quarantine = dcat.Check(d)
}

// isName is what CKAN takes for a name; such names are kept as they are.
var isName = regexp.MustCompile(`^[a-z0-9_-]{2,100}$`)

// put stores d. A name that another dataset has gives way to one made of the
// title, and that to one with a part of the ID, so that a dataset has the same
// name in whatever order the records come.
func (r *run) put(ctx context.Context, d *catalog.Dataset) (catalog.Change, error) {
	if !isName.MatchString(d.Name) {
		d.Name = catalog.Slug(d.Name, 100)
	}
	if len(d.Name) < 2 {
		d.Name = ""
	}
	if d.ID == "" || r.moved[d.Origin.Record] != "" { // it is here, and has its name
		return r.h.Datasets.PutDataset(ctx, d)
	}
	title := catalog.Slug(d.Title.String(), 90)
	var names []string
	for _, name := range []string{d.Name, title, catalog.Slug(d.Title.String(), 80) + "-" + d.ID[:8]} {
		if len(name) > 1 && isName.MatchString(name) {
			names = append(names, name)
		}
	}
	change, err := catalog.Unchanged, error(nil)
	for _, d.Name = range append(names, "") { // "" = the store finds one
		if change, err = r.h.Datasets.PutDataset(ctx, d); !nameTaken(err) {
			break
		}
	}
	return change, err
}

func nameTaken(err error) bool {
	e, ok := errors.AsType[*catalog.Error](err)
	return ok && len(e.Fields["name"]) > 0
}
