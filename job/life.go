package job

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"errors"
	"time"
)

// A life shows that jobs are alive. River takes a job for stuck that began too
// long ago; a sign of life therefore moves the moment at which it began, which
// is all that River's rescuer looks at.
type life struct {
	db     *sql.DB
	engine string
}

// keep shows signs of life of one attempt at a job until end is called. The
// context that it returns is done when the job has taken too long, or another
// attempt at it has begun.
func (l life) keep(ctx context.Context, id int64, attempt int) (_ context.Context, end func()) {
	working, cancel := context.WithCancelCause(ctx)
	limited, release := context.WithTimeout(working, Timeout)
	done := make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(Beat)
		defer tick.Stop()
		for {
			select {
			case <-limited.Done():
				return
			case <-tick.C:
				// An error may be a database that is busy: the next sign may get through.
				if err := l.beat(limited, id, attempt); errors.Is(err, errDead) || errors.Is(err, errCancelled) {
					cancel(err)
					return
				}
			}
		}
	}()
	return limited, func() {
		release()
		cancel(nil)
		<-done
	}
}

// beat is one sign of life. It is errDead when the job is another's, and
// errCancelled when nobody wants it any more.
func (l life) beat(ctx context.Context, id int64, attempt int) error {
	q := `UPDATE river_job SET attempted_at = now() WHERE id = $1 AND attempt = $2 AND state = 'running'`
	if l.engine == "sqlite" {
		q = `UPDATE river_job SET attempted_at = datetime('now', 'subsec') WHERE id = $1 AND attempt = $2 AND state = 'running'`
	}
	res, err := l.db.ExecContext(ctx, q, id, attempt)
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return cmp.Or(err, errDead)
	}
	// Who cancels a job that runs in another process leaves word in its metadata.
	var metadata []byte
	if err := l.db.QueryRowContext(ctx, `SELECT metadata FROM river_job WHERE id = $1`, id).Scan(&metadata); err != nil {
		return err
	}
	if bytes.Contains(metadata, []byte("cancel_attempted_at")) {
		return errCancelled
	}
	return nil
}
