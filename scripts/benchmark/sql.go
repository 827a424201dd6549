package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"
	"time"

	"portico/catalog"
	"portico/datastore"
	"portico/datastore/sql"
)

// grouped measures SQL over a snapshot: each statement in a child of its own,
// with the limits that the program gives it.
func grouped(ctx context.Context, bin string, s *datastore.Snapshots, t *catalog.Table) error {
	const memory, most = 256 << 20, 10 * time.Second
	pool := sql.NewPool(sql.Options{Command: []string{bin, "sql-worker"}, Memory: memory, Time: most, Warm: 1})
	defer pool.Close()
	if err := pool.Start(ctx); err != nil {
		return err
	}
	open := func(ctx context.Context, names []string) ([]sql.Table, error) {
		var out []sql.Table
		for _, name := range names {
			r, err := s.Parquet(ctx, t)
			if err != nil {
				return out, err
			}
			f, err := osFile(r)
			if err != nil {
				return out, err
			}
			out = append(out, sql.Table{Name: name, Columns: sql.SnapshotColumns(t.Columns), Numbered: true, File: f})
		}
		return out, nil
	}
	for _, q := range []struct{ name, text string }{
		{"SQL: group by 10 years, sum", `SELECT anno, count(*) AS n, sum(importo) AS tot FROM "t" GROUP BY anno ORDER BY anno`},
		{"SQL: group by 8,000 towns, sum", `SELECT comune, count(*) AS n, sum(importo) AS tot FROM "t" GROUP BY comune ORDER BY tot DESC LIMIT 10`},
		{"SQL: count of a filter", `SELECT count(*) FROM "t" WHERE anno = 2020 AND importo > 500`},
	} {
		const times = 5
		var took []time.Duration
		used := usageOf(syscall.RUSAGE_CHILDREN)
		for range times {
			start := time.Now()
			a, err := pool.Run(ctx, q.text, open)
			if err != nil {
				return err
			}
			if a.Rows == 0 {
				return errors.New(q.name + ": no rows")
			}
			took = append(took, time.Since(start))
		}
		used = (usageOf(syscall.RUSAGE_CHILDREN) - used) / times
		row("  "+q.name, median(took).Round(time.Millisecond), fmt.Sprintf("%v of processor; goal 1 s for a group by; one core, 256 MB", used.Round(time.Millisecond)))
	}
	return nil
}

// osFile returns a file that the child is given; r is closed.
func osFile(r io.ReadSeekCloser) (*os.File, error) {
	defer r.Close()
	f, ok := r.(interface{ Fd() uintptr })
	if !ok {
		return nil, fmt.Errorf("%T is no file of the system", r)
	}
	fd, err := syscall.Dup(int(f.Fd()))
	if err != nil {
		return nil, err
	}
	syscall.CloseOnExec(fd)
	return os.NewFile(uintptr(fd), "t"), nil
}
