package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"portico/blob"
	"portico/catalog"
	"portico/datastore"
	"portico/harvester"
	"portico/job"
	"portico/tabular"
	"portico/tabular/worker"
)

// The kinds of jobs about tables.
const (
	loadKind = "load" // reads an uploaded file
	tidyKind = "tidy" // compacts tables, forgets old snapshots, collects files
)

const (
	readersAtOnce = 2
	tidyEvery     = 10 * time.Minute
	// blobGrace is how long a file stays to which nothing refers: longer than
	// any job takes from putting one to referring to it.
	blobGrace = 24 * time.Hour
)

// reader returns how tables are understood: lines of text here, everything
// else in a process of its own that hostile files cannot leave.
func (e *env) reader() datastore.Opener {
	self, err := os.Executable()
	if err != nil {
		self = os.Args[0]
	}
	pool := worker.NewPool([]string{self, "table-worker"}, readersAtOnce, worker.Limits{})
	return func(ctx context.Context, f blob.File, o tabular.Options) (*tabular.Table, func(), error) {
		head := make([]byte, tabular.HeadSize)
		n, err := f.ReadAt(head, 0)
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, nil, fmt.Errorf("read a table: %w", err)
		}
		file, isFile := f.(interface{ OS() *os.File })
		if !isFile || tabular.Plain(head[:n]) {
			t, err := tabular.Open(ctx, f, f.Size(), o)
			return t, func() {}, err
		}
		return pool.OpenOnce(ctx, file.OS(), f.Size(), o)
	}
}

// loader returns what makes snapshots of files.
func (h *house) loader() *harvester.Loader {
	return &harvester.Loader{Blobs: h.blobs, Tables: h.tables, History: h.history()}
}

func (h *house) history() *datastore.History {
	keep, err := h.env.retention()
	if err != nil { // Settings.complete has refused it before
		keep = datastore.Retention{Newest: 1}
	}
	return &datastore.History{Records: h.Store, Snapshots: h.tables, Keep: keep, Log: h.log}
}

type loadArgs struct {
	Dataset      string `json:"dataset"`
	Distribution string `json:"distribution"`
	Again        bool   `json:"again,omitempty"` // though the bytes are the same: what is said of them is not
}

// enqueueLoad leaves the file of a distribution to be read to whoever works. A
// job for the same that runs already may have begun with other bytes, so this
// is always one more.
func (h *house) enqueueLoad(ctx context.Context, dataset, distribution string, again bool) error {
	if h.env.LoadUploads == "off" && !again {
		return nil
	}
	args, err := json.Marshal(loadArgs{Dataset: dataset, Distribution: distribution, Again: again})
	if err != nil {
		return fmt.Errorf("add a job: %w", err)
	}
	q, err := h.queue(ctx)
	if err != nil {
		return err
	}
	_, err = q.Add(ctx, job.Job{Kind: loadKind, Key: distribution + "/" + rand.Text(), Args: args})
	return err
}

// loadJob makes a snapshot of the file that a distribution has.
func (h *house) loadJob(ctx context.Context, j job.Job) error {
	var args loadArgs
	if err := json.Unmarshal(j.Args, &args); err != nil {
		return fmt.Errorf("%w: %w", job.ErrGiveUp, err)
	}
	ctx = catalog.WithActor(ctx, catalog.System)
	h.loading.Lock() // one after the other, so that what came last stays
	defer h.loading.Unlock()
	d, err := h.Dataset(ctx, args.Dataset)
	if err != nil {
		return fmt.Errorf("%w: %w", job.ErrGiveUp, err)
	}
	for i := range d.Distributions {
		if x := &d.Distributions[i]; x.ID == args.Distribution {
			return h.load(ctx, d.ID, x, args.Again)
		}
	}
	return nil // taken out meanwhile
}

// load makes a snapshot of the file of x, unless that of the same bytes is
// there. A file that is no table leaves what was there, and says why.
func (h *house) load(ctx context.Context, dataset string, x *catalog.Distribution, again bool) error {
	if x.File == nil || x.File.Hash == "" || x.Table != nil && x.Table.Written {
		return nil
	}
	if !again && x.Table != nil && x.Table.File == x.File.Hash && x.Table.Error == "" {
		return nil
	}
	err := h.loader().Load(ctx, h.desk.Guard(), dataset, x, x.File)
	if errors.Is(err, catalog.ErrHeld) {
		return nil // it waits for a person, and says so
	}
	if e, ok := errors.AsType[*catalog.Error](err); ok && e.Kind == catalog.Invalid {
		h.log.InfoContext(ctx, "an uploaded file is no table", "distribution", x.ID, "file", x.File.Hash, "why", e.In("en"))
		return harvester.NoteFailure(ctx, h.desk.Guard(), dataset, x.ID, catalog.Text{"it": e.In("it"), "en": e.In("en")}.Both())
	}
	return err
}

// askTidy has the tables and the files put in order.
func askTidy(ctx context.Context, q job.Queue, _ time.Duration) error {
	_, err := q.Add(ctx, job.Job{Kind: tidyKind, Key: "all"})
	return err
}

// A tidied is what a tidyJob has done.
type tidied struct {
	Compacted int                 `json:"compacted"`
	Collected datastore.Collected `json:"collected"`
}

func (h *house) tidyJob(ctx context.Context, _ job.Job) error {
	_, err := h.putInOrder(catalog.WithActor(ctx, catalog.System), blobGrace)
	return err
}

// putInOrder compacts the tables that are written through the API, forgets the
// snapshots that the rule does not keep, and removes the files to which nothing
// refers.
func (h *house) putInOrder(ctx context.Context, grace time.Duration) (done tidied, err error) {
	tables := datastore.NewTables(h.blobs, h.Store, h.log)
	due, err := tables.Due(ctx)
	if err != nil {
		return done, err
	}
	for _, id := range due {
		ok, err := tables.Compact(ctx, id)
		if err != nil && catalog.KindOf(err) != catalog.NotFound { // dropped meanwhile
			return done, err
		}
		if ok {
			done.Compacted++
		}
	}
	history := h.history()
	if err := history.Trim(ctx); err != nil {
		return done, err
	}
	c := datastore.Collector{Blobs: h.blobs, Grace: grace, Log: h.log, Used: func(ctx context.Context, keep func(string)) error {
		return h.usedBlobs(ctx, tables, history, keep)
	}}
	done.Collected, err = c.Collect(ctx)
	return done, err
}

// usedBlobs calls keep with the hash of every file that anything refers to.
func (h *house) usedBlobs(ctx context.Context, tables *datastore.Tables, history *datastore.History, keep func(string)) error {
	const page = 500
	for after := ""; ; {
		ds, _, err := h.ListDatasets(ctx, catalog.DatasetFilter{AnyState: true, After: after, Limit: page})
		if err != nil {
			return fmt.Errorf("list the datasets: %w", err)
		}
		for _, d := range ds {
			after = d.ID
			for i := range d.Distributions {
				x := &d.Distributions[i]
				if x.File != nil {
					keep(x.File.Hash)
				}
				datastore.UsedBy(x.Table, keep)
			}
		}
		if len(ds) < page {
			break
		}
	}
	pictures, err := h.Records(ctx, catalog.RecordPicture, "", "")
	if err != nil {
		return fmt.Errorf("list the pictures: %w", err)
	}
	const hashLength = 64
	for _, p := range pictures {
		keep(p.Key[:min(len(p.Key), hashLength)])
	}
	if err := h.desk.Used(ctx, keep); err != nil {
		return err
	}
	if err := tables.Used(ctx, keep); err != nil {
		return err
	}
	if err := h.outlines.Used(ctx, keep); err != nil {
		return err
	}
	return history.Used(ctx, keep)
}

type tableHistoryCmd struct {
	Distribution string `arg:"" help:"ID of the distribution (CKAN: resource)."`
}

// Run prints the snapshots of a table that are kept, with what changed.
func (c *tableHistoryCmd) Run(ctx context.Context, e *env) error {
	return e.with(ctx, func(h *house) error {
		all, err := h.history().List(ctx, c.Distribution)
		if err != nil {
			return err
		}
		type told struct {
			Hash   string            `json:"hash"`
			Taken  time.Time         `json:"taken"`
			Rows   int64             `json:"rows"`
			Change *datastore.Change `json:"change"`
		}
		out := []told{}
		for _, s := range all {
			out = append(out, told{s.Hash, s.Taken, s.Rows, s.Change})
		}
		return e.print(map[string]any{"distribution": c.Distribution, "snapshots": out}, func(w io.Writer) {
			if len(out) == 0 {
				fmt.Fprintln(w, "nessuna versione: la tabella non è stata letta da un file, oppure l'ID non è di una distribuzione")
			}
			for _, s := range out {
				change := "prima versione conservata"
				if s.Change != nil {
					change = s.Change.Text().In("it")
				}
				fmt.Fprintf(w, "%s  %s…  %d righe  %s\n", s.Taken.Local().Format("02/01/2006 15:04"), s.Hash[:12], s.Rows, change)
			}
		})
	})
}

type tableTidyCmd struct{}

// Run does now what the jobs do every ten minutes.
func (c *tableTidyCmd) Run(ctx context.Context, e *env) error {
	return e.with(ctx, func(h *house) error {
		done, err := h.putInOrder(catalog.WithActor(ctx, catalog.System), blobGrace)
		if err != nil {
			return err
		}
		return e.print(done, func(w io.Writer) {
			fmt.Fprintf(w, "tabelle compattate: %d; file rimossi perché non più usati: %d (%.1f MB)\n", done.Compacted, done.Collected.Blobs, float64(done.Collected.Bytes)/1e6)
		})
	})
}
