package store_test

import (
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"portico/catalog"
)

// A run whose process was killed shows no sign of life; the next may begin, and
// what the first still does is refused.
func TestADeadRunGivesItsSourceFree(t *testing.T) {
	for _, e := range engines {
		t.Run(e.name, func(t *testing.T) {
			s, ctx := e.open(t), system(t)
			if err := s.PutSource(ctx, &catalog.Source{Name: "a"}); err != nil {
				t.Fatal(err)
			}
			first, err := s.StartRun(ctx, "a", time.Time{})
			if err != nil {
				t.Fatal(err)
			}
			age := func(by time.Duration) {
				if _, err := s.DB().ExecContext(ctx, `UPDATE runs SET beat = beat - `+strconv.FormatInt(by.Microseconds(), 10)); err != nil {
					t.Fatal(err)
				}
			}
			age(catalog.LeaseFor - 5*time.Second)
			if _, err := s.StartRun(ctx, "a", time.Time{}); catalog.KindOf(err) != catalog.Conflict {
				t.Errorf("one that is alive was robbed: %v", err)
			}
			age(6 * time.Second)
			second, err := s.StartRun(ctx, "a", time.Time{})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := s.PutDataset(catalog.WithFence(ctx, first.ID), &catalog.Dataset{Name: "late"}); catalog.KindOf(err) != catalog.Conflict {
				t.Errorf("the zombie wrote: %v", err)
			}
			if _, err := s.Beat(ctx, first.ID); catalog.KindOf(err) != catalog.Conflict {
				t.Errorf("the zombie beats: %v", err)
			}
			if err := s.FinishRun(ctx, first); catalog.KindOf(err) != catalog.Conflict {
				t.Errorf("the zombie finished: %v", err)
			}
			age(time.Hour)
			if dead, err := s.Interrupt(ctx); err != nil || len(dead) != 1 || dead[0].ID != second.ID || dead[0].Finished.IsZero() {
				t.Errorf("interrupted %v, %v", dead, err)
			}
			runs, err := s.Runs(ctx, "a", -1)
			if err != nil || len(runs) != 2 || runs[0].Status != catalog.RunInterrupted || runs[1].Status != catalog.RunInterrupted {
				t.Errorf("runs %v, %v", runs, err)
			}
		})
	}
}

func TestManyWorkersStartOneRun(t *testing.T) {
	for _, e := range engines {
		t.Run(e.name, func(t *testing.T) {
			s, ctx := e.open(t), system(t)
			if err := s.PutSource(ctx, &catalog.Source{Name: "a"}); err != nil {
				t.Fatal(err)
			}
			var started atomic.Int32
			var wg sync.WaitGroup
			for range 8 {
				wg.Go(func() {
					_, err := s.StartRun(ctx, "a", time.UnixMicro(9))
					switch {
					case err == nil:
						started.Add(1)
					case catalog.KindOf(err) != catalog.Conflict:
						t.Error(err)
					}
				})
			}
			wg.Wait()
			if started.Load() != 1 {
				t.Errorf("%d runs began", started.Load())
			}
		})
	}
}

func TestOldRunsAreForgotten(t *testing.T) {
	s, ctx := openSQLite(t), system(t)
	if err := s.PutSource(ctx, &catalog.Source{Name: "a"}); err != nil {
		t.Fatal(err)
	}
	for range 210 {
		r, err := s.StartRun(ctx, "a", time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		r.Status, r.Report = catalog.RunDone, []byte(`{}`)
		if err := s.FinishRun(ctx, r); err != nil {
			t.Fatal(err)
		}
	}
	runs, err := s.Runs(ctx, "a", -1)
	if err != nil || len(runs) != 200 || runs[29].Report == nil || runs[30].Report != nil {
		t.Errorf("%d runs, %v", len(runs), err)
	}
}

// The twins of what an older program has written are known.
func TestAnOlderDatabaseLearnsItsTwins(t *testing.T) {
	for _, e := range engines {
		t.Run(e.name, func(t *testing.T) {
			dsn := fresh(t, e.name)
			db := migrateTo(t, e.name, dsn, 2)
			for _, id := range []string{"a", "b", "c"} {
				body := `{"title":{"it":"T"},"identifier":"x","holder":{"identifier":"h"},"publisher":{},"author":{},"maintainer":{}}`
				if _, err := db.ExecContext(t.Context(), `INSERT INTO datasets (id, name, organization, state, private, published, quarantined, creator, source, record, digest,
					holder, title_sort, created, updated, revision, body_version, body) VALUES ('`+id+`', '`+id+`', '', 'active', FALSE, TRUE, FALSE, '', '', '', '', 'h', '', 1, 1, 1, 1, '`+body+`')`); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := db.ExecContext(t.Context(), `INSERT INTO runs (id, source, status, started, finished, error, report) VALUES ('r1', 's', 'running', 1, 0, '', ''), ('r2', 's', 'running', 2, 0, '', '')`); err != nil {
				t.Fatal(err)
			}
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
			s := open(t, dsn)
			ts, err := s.Twins(system(t), "a")
			if err != nil || len(ts) != 2 || ts[0].ID != "b" {
				t.Errorf("twins %v, %v", ts, err)
			}
			if runs, err := s.Runs(system(t), "", -1); err != nil || len(runs) != 2 || runs[0].Status != catalog.RunInterrupted {
				t.Errorf("runs %v, %v", runs, err)
			}
		})
	}
}
