package store

import (
	"context"
	"encoding/json"

	"github.com/google/uuid"
	"github.com/jmoiron/sqlx"

	"portico/catalog"
)

// StartRun implements catalog.Sources.
func (s *Store) StartRun(ctx context.Context, source string) (*catalog.Run, error) {
	r := &catalog.Run{ID: uuid.NewString(), Status: catalog.RunRunning, Started: now()}
	err := s.inTx(ctx, func(x tx) error {
		src, err := x.source(ctx, source)
		if err != nil {
			return err
		}
		r.Source = src.ID
		if _, err := x.exec(ctx, `UPDATE runs SET status = ?, finished = ? WHERE source = ? AND status = ?`,
			string(catalog.RunInterrupted), micros(r.Started), r.Source, string(catalog.RunRunning)); err != nil {
			return err
		}
		_, err = x.exec(ctx, `INSERT INTO runs (id, source, status, started, finished, error, report) VALUES (?, ?, ?, ?, 0, '', '')`,
			r.ID, r.Source, string(r.Status), micros(r.Started))
		return err
	})
	if err != nil {
		return nil, err
	}
	return r, nil
}

// FinishRun implements catalog.Sources. A zero Finished is set to now. A run
// that is not there is NotFound.
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
		n, err := x.exec(ctx, `UPDATE runs SET status = ?, finished = ?, error = ?, report = ? WHERE id = ?`,
			string(r.Status), micros(r.Finished), r.Error, report, r.ID)
		if err == nil && n == 0 {
			return notFound("run", "l'esecuzione", r.ID)
		}
		return err
	})
}

// Runs implements catalog.Sources; source is an ID or a name.
func (s *Store) Runs(ctx context.Context, source string, n int) ([]*catalog.Run, error) {
	where, args := `TRUE`, []any(nil)
	if source != "" {
		src, err := s.Source(ctx, source)
		if err != nil {
			return nil, err
		}
		where, args = `source = ?`, []any{src.ID}
	}
	out, err := collect(ctx, s.reading(), scanRun, `SELECT id, source, status, started, finished, error, report
		FROM runs WHERE `+where+` ORDER BY started DESC, id DESC LIMIT ?`, append(args, limit(n))...)
	return out, s.trouble(err)
}

func scanRun(rows *sqlx.Rows) (*catalog.Run, error) {
	var r catalog.Run
	var started, finished int64
	var report string
	if err := rows.Scan(&r.ID, &r.Source, &r.Status, &started, &finished, &r.Error, &report); err != nil {
		return nil, err
	}
	r.Started, r.Finished = moment(started), moment(finished)
	if report != "" {
		r.Report = json.RawMessage(report)
	}
	return &r, nil
}
