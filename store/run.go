package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"portico/catalog"
	"portico/internal/process"
)

// keptRuns is how many runs of a source are kept, and keptReports of how many
// of them the reports.
const (
	keptRuns    = 200
	keptReports = 30
)

// clock returns the time by which leases are judged, in microseconds: that of
// the database, where several machines share it.
func (x tx) clock(ctx context.Context, d dialect) (us int64, err error) {
	q := d.clock()
	if q == "" {
		return micros(now()), nil
	}
	err = x.one(ctx, []any{&us}, q)
	return us, err
}

// fenced refuses the write of a run that no longer holds its source. It is the
// first thing in a transaction, and writers come one after another, so what it
// finds stays true until the end.
func (x tx) fenced(ctx context.Context) error {
	id := catalog.FenceOf(ctx)
	if id == "" {
		return nil
	}
	var n int
	if err := x.one(ctx, []any{&n}, `SELECT count(*) FROM runs WHERE id = ? AND status = 'running'`, id); err != nil {
		return err
	}
	if n == 0 {
		return lost(id)
	}
	return nil
}

func lost(run string) *catalog.Error {
	return catalog.Errorf(catalog.Conflict, "run %s no longer holds its source", short(run)).
		Italian("l'esecuzione %s non ha più la sua fonte", short(run))
}

// StartRun implements catalog.Runs.
func (s *Store) StartRun(ctx context.Context, source string, slot time.Time) (*catalog.Run, error) {
	r := &catalog.Run{ID: uuid.NewString(), Status: catalog.RunRunning, Started: now(), Slot: slot}
	err := s.inTx(ctx, func(x tx) error {
		src, err := x.source(ctx, source)
		if err != nil {
			return err
		}
		r.Source = src.ID
		at, err := x.clock(ctx, s.dialect)
		if err != nil {
			return err
		}
		if err := x.mayStart(ctx, src, slot, at); err != nil {
			return err
		}
		if _, err := x.exec(ctx, `UPDATE runs SET status = ?, finished = ? WHERE source = ? AND status = ?`,
			string(catalog.RunInterrupted), micros(r.Started), r.Source, string(catalog.RunRunning)); err != nil {
			return err
		}
		_, err = x.exec(ctx, `INSERT INTO runs (id, source, status, started, finished, error, report, beat, slot, stop, worker) VALUES (?, ?, ?, ?, 0, '', '', ?, ?, ?, ?)`,
			r.ID, r.Source, string(r.Status), micros(r.Started), at, micros(slot), false, process.Self())
		return err
	})
	if err != nil {
		return nil, err
	}
	return r, nil
}

// A holder is a run that says that it is running.
type holder struct {
	id     string
	beat   int64  // its latest sign of life
	worker string // its process
}

const holders = `SELECT id, beat, worker FROM runs WHERE status = 'running'`

func scanHolder(rows *sqlx.Rows) (h holder, err error) {
	return h, rows.Scan(&h.id, &h.beat, &h.worker)
}

// dead reports whether the run shows no life any more, or its process is
// surely gone: who was killed on this machine keeps nobody waiting.
func (h holder) dead(at int64) bool {
	return h.beat <= at-catalog.LeaseFor.Microseconds() || process.Gone(h.worker)
}

// mayStart refuses a run beside one that is alive, and a second one for the
// same moment of the schedule.
func (x tx) mayStart(ctx context.Context, src *catalog.Source, slot time.Time, at int64) error {
	var done int
	running, err := collect(ctx, x.conn, scanHolder, holders+` AND source = ?`, src.ID)
	if err != nil {
		return err
	}
	if len(running) > 0 && !running[0].dead(at) {
		return catalog.Errorf(catalog.Conflict, "source %s is being harvested already; if that program was killed, try again in a minute", src.Name).
			Italian("la fonte %s è già in acquisizione; se quel programma è stato interrotto, riprova tra un minuto", src.Name)
	}
	if slot.IsZero() {
		return nil
	}
	if err := x.one(ctx, []any{&done}, `SELECT count(*) FROM runs WHERE source = ? AND slot = ? AND status NOT IN ('running', 'interrupted')`,
		src.ID, micros(slot)); err != nil {
		return err
	}
	if done > 0 {
		return catalog.Errorf(catalog.Conflict, "source %s was harvested for this moment already", src.Name).
			Italian("la fonte %s è già stata acquisita per questo momento", src.Name)
	}
	return nil
}

// Beat implements catalog.Runs.
func (s *Store) Beat(ctx context.Context, run string) (stop bool, err error) {
	err = s.inTx(ctx, func(x tx) error {
		at, err := x.clock(ctx, s.dialect)
		if err != nil {
			return err
		}
		n, err := x.exec(ctx, `UPDATE runs SET beat = ? WHERE id = ? AND status = 'running'`, at, run)
		if err != nil {
			return err
		}
		if n == 0 {
			return lost(run)
		}
		return x.one(ctx, []any{&stop}, `SELECT stop FROM runs WHERE id = ?`, run)
	})
	return stop, err
}

// FinishRun implements catalog.Runs. A zero Finished is set to now.
func (s *Store) FinishRun(ctx context.Context, r *catalog.Run) error {
	if r.Finished.IsZero() {
		r.Finished = now()
	}
	report := ""
	if len(r.Report) > 0 {
		b, err := encode(r.Report)
		if err != nil {
			return err
		}
		report = string(b)
	}
	return s.inTx(ctx, func(x tx) error {
		var status string
		if err := x.one(ctx, []any{&status}, `SELECT status FROM runs WHERE id = ?`, r.ID); err != nil {
			return absent(err, notFound("run", "l'esecuzione", r.ID))
		}
		if catalog.RunStatus(status) != catalog.RunRunning {
			return lost(r.ID)
		}
		if _, err := x.exec(ctx, `UPDATE runs SET status = ?, finished = ?, error = ?, report = ? WHERE id = ?`,
			string(r.Status), micros(r.Finished), r.Error, report, r.ID); err != nil {
			return err
		}
		return x.pruneRuns(ctx, r.Source)
	})
}

// pruneRuns forgets what is older than the runs that are kept.
func (x tx) pruneRuns(ctx context.Context, source string) error {
	for _, q := range []struct {
		query string
		kept  int
	}{
		{`DELETE FROM runs WHERE source = ? AND id IN (SELECT id FROM runs WHERE source = ? ORDER BY started DESC, id DESC LIMIT 1000 OFFSET ?)`, keptRuns},
		{`UPDATE runs SET report = '' WHERE source = ? AND report <> '' AND id IN (SELECT id FROM runs WHERE source = ? ORDER BY started DESC, id DESC LIMIT 1000 OFFSET ?)`, keptReports},
	} {
		if _, err := x.exec(ctx, q.query, source, source, q.kept); err != nil {
			return err
		}
	}
	return nil
}

// StopRun implements catalog.Runs.
func (s *Store) StopRun(ctx context.Context, source string) (bool, error) {
	var n int64
	err := s.inTx(ctx, func(x tx) error {
		src, err := x.source(ctx, source)
		if err != nil {
			return err
		}
		n, err = x.exec(ctx, `UPDATE runs SET stop = ? WHERE source = ? AND status = 'running'`, true, src.ID)
		return err
	})
	return n > 0, err
}

// Interrupt implements catalog.Runs.
func (s *Store) Interrupt(ctx context.Context) (dead []*catalog.Run, err error) {
	err = s.inTx(ctx, func(x tx) error {
		at, err := x.clock(ctx, s.dialect)
		if err != nil {
			return err
		}
		running, err := collect(ctx, x.conn, scanHolder, holders)
		if err != nil {
			return err
		}
		for _, h := range running {
			if !h.dead(at) {
				continue
			}
			r, err := x.interrupt(ctx, h.id)
			if err != nil {
				return err
			}
			dead = append(dead, r)
		}
		return nil
	})
	return dead, err
}

func (x tx) interrupt(ctx context.Context, id string) (*catalog.Run, error) {
	out, err := collect(ctx, x.conn, scanRun, `SELECT `+runColumns+` FROM runs WHERE id = ?`, id)
	r, err := first(out, err, notFound("run", "l'esecuzione", id))
	if err != nil {
		return nil, err
	}
	r.Status, r.Finished = catalog.RunInterrupted, now()
	_, err = x.exec(ctx, `UPDATE runs SET status = ?, finished = ? WHERE id = ?`, string(r.Status), micros(r.Finished), r.ID)
	return r, err
}

const runColumns = `id, source, status, started, finished, error, report, slot`

// Runs implements catalog.Runs; source is an ID or a name.
func (s *Store) Runs(ctx context.Context, source string, n int) ([]*catalog.Run, error) {
	where, args := `TRUE`, []any(nil)
	if source != "" {
		src, err := s.Source(ctx, source)
		if err != nil {
			return nil, err
		}
		where, args = `source = ?`, []any{src.ID}
	}
	out, err := collect(ctx, s.reading(), scanRun, `SELECT `+runColumns+`
		FROM runs WHERE `+where+` ORDER BY started DESC, id DESC LIMIT ?`, append(args, limit(n))...)
	return out, s.trouble(err)
}

// Run implements catalog.Runs.
func (s *Store) Run(ctx context.Context, id string) (*catalog.Run, error) {
	out, err := collect(ctx, s.reading(), scanRun, `SELECT `+runColumns+` FROM runs WHERE id = ?`, id)
	r, err := first(out, err, notFound("run", "l'esecuzione", id))
	return r, s.trouble(err)
}

func scanRun(rows *sqlx.Rows) (*catalog.Run, error) {
	var r catalog.Run
	var started, finished, slot int64
	var report string
	if err := rows.Scan(&r.ID, &r.Source, &r.Status, &started, &finished, &r.Error, &report, &slot); err != nil {
		return nil, err
	}
	r.Started, r.Finished, r.Slot = moment(started), moment(finished), moment(slot)
	if report != "" {
		r.Report = json.RawMessage(report)
	}
	return &r, nil
}

// ForgetRuns implements catalog.Runs.
func (s *Store) ForgetRuns(ctx context.Context, source string) (n int, err error) {
	err = s.inTx(ctx, func(x tx) error {
		src, err := x.source(ctx, source)
		if err != nil {
			return err
		}
		gone, err := x.exec(ctx, `DELETE FROM runs WHERE source = ? AND status <> 'running'`, src.ID)
		n = int(gone)
		return err
	})
	return n, err
}
