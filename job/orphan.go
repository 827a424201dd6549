package job

import (
	"context"
	"database/sql"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"portico/internal/process"
)

// workerName names this process and one of its queues, so that whoever sees it
// in a job that runs can tell whether it is still there. It is "" where the
// system does not tell, and River makes a name up.
func workerName() string {
	const longest = 100 // River's
	self := process.Self()
	name := self + " " + strconv.FormatUint(uint64(rand.Uint32()), 36) //nolint:gosec // it tells queues of one process apart, and is no secret
	if self == "" || len(name) > longest {
		return ""
	}
	return name
}

// gone reports whether the worker with a name is surely no more.
func gone(name string) bool {
	at := strings.LastIndexByte(name, ' ')
	return at > 0 && process.Gone(name[:at])
}

// adopting hands the jobs of processes that are gone to whoever is free, again
// and again until ctx is done: after a kill on one machine nobody waits for
// DeadAfter.
func (l life) adopting(ctx context.Context) {
	tick := time.NewTicker(Beat)
	defer tick.Stop()
	for {
		_ = l.adopt(ctx) // the database may be busy; and what is missed here, River rescues later
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// An orphan is a job that says that it runs, of a process that is gone.
type orphan struct {
	id               int64
	attempt          int
	last, unwanted   bool // attempt; somebody has cancelled it
	worker, metadata sql.NullString
}

// adopt frees the orphans that there are. One that has had all its attempts is
// discarded: it may be what its processes die of.
func (l life) adopt(ctx context.Context) error {
	orphans, err := l.orphans(ctx)
	if err != nil {
		return err
	}
	now := `now()`
	if l.engine == "sqlite" {
		now = `datetime('now', 'subsec')`
	}
	for _, o := range orphans {
		set := `state = 'available', scheduled_at = ` + now
		switch {
		case o.unwanted:
			set = `state = 'cancelled', finalized_at = ` + now
		case o.last:
			set = `state = 'discarded', finalized_at = ` + now
		}
		if _, err := l.db.ExecContext(ctx, `UPDATE river_job SET `+set+` WHERE id = $1 AND attempt = $2 AND state = 'running'`, o.id, o.attempt); err != nil {
			return err
		}
	}
	return nil
}

func (l life) orphans(ctx context.Context) ([]orphan, error) {
	worker := `attempted_by[array_upper(attempted_by, 1)]`
	if l.engine == "sqlite" {
		worker = `json_extract(attempted_by, '$[#-1]')`
	}
	rows, err := l.db.QueryContext(ctx, `SELECT id, attempt, attempt >= max_attempts, `+worker+`, CAST(metadata AS text) FROM river_job WHERE state = 'running' AND attempted_by IS NOT NULL`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []orphan
	for rows.Next() {
		var o orphan
		if err := rows.Scan(&o.id, &o.attempt, &o.last, &o.worker, &o.metadata); err != nil {
			return nil, err
		}
		if gone(o.worker.String) {
			o.unwanted = strings.Contains(o.metadata.String, "cancel_attempted_at")
			out = append(out, o)
		}
	}
	return out, rows.Err()
}
