package store_test

import (
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"portico/catalog"
	"portico/internal/testdb"
	"portico/store"
)

// fresh returns the DSN of an empty database.
func fresh(t *testing.T, engine string) string {
	if engine == "postgres" {
		return testdb.Postgres(t)
	}
	return "sqlite:" + filepath.Join(t.TempDir(), "a.db")
}

func TestADatabaseNewerThanTheProgramIsRefused(t *testing.T) {
	for _, e := range engines {
		t.Run(e.name, func(t *testing.T) {
			dsn := fresh(t, e.name)
			s := open(t, dsn)
			if _, err := s.DB().ExecContext(t.Context(), `INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, TRUE)`); err != nil {
				t.Fatal(err)
			}
			_, err := store.Open(t.Context(), dsn, slog.New(slog.DiscardHandler))
			told, ok := errors.AsType[*catalog.Error](err)
			if !ok || told.Kind != catalog.Conflict || !strings.Contains(told.Msg, "9999") || !strings.Contains(told.MsgIT, "più recente") {
				t.Errorf("opened: %v", err)
			}
			if st, err := store.Status(t.Context(), dsn); err != nil || st.At != 9999 || st.At <= st.Latest || len(st.Pending) != 0 || st.Engine != e.name {
				t.Errorf("status %+v, %v", st, err)
			}
		})
	}
}

func TestStatusTellsWhatIsPendingAndMigratesNothing(t *testing.T) {
	for _, e := range engines {
		t.Run(e.name, func(t *testing.T) {
			dsn := fresh(t, e.name)
			for range 2 {
				st, err := store.Status(t.Context(), dsn)
				if err != nil || st.At != 0 || len(st.Pending) != int(st.Latest) {
					t.Fatalf("before: %+v, %v", st, err)
				}
			}
			s := open(t, dsn)
			if st, err := store.Status(t.Context(), dsn); err != nil || st.At != st.Latest || len(st.Pending) != 0 {
				t.Errorf("after: %+v, %v", st, err)
			}
			if err := s.Ping(t.Context()); err != nil || s.Engine() != e.name {
				t.Errorf("ping %v, engine %s", err, s.Engine())
			}
		})
	}
}

func TestOpenRefusesWhatItCannotOpen(t *testing.T) {
	for dsn, want := range map[string]catalog.Kind{
		"":                catalog.Invalid,
		"mysql://x":       catalog.Invalid,
		"sqlite:":         catalog.Invalid,
		"sqlite::memory:": catalog.Invalid,
		"postgres:///x?host=" + t.TempDir() + "&sslmode=disable": catalog.Unavailable,
	} {
		if _, err := store.Open(t.Context(), dsn, slog.New(slog.DiscardHandler)); err == nil || catalog.KindOf(err) != want {
			t.Errorf("%s: %v", dsn, err)
		}
	}
}

func TestTheFileIsItsOwnersAlone(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a strange? #50% folder", "àè.db")
	s := open(t, "sqlite:"+file)
	if _, err := s.PutDataset(t.Context(), &catalog.Dataset{}); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(filepath.Dir(file), "*"))
	if err != nil || len(files) != 3 { // the database, its log, its index
		t.Errorf("files %v, %v", files, err)
	}
	for _, f := range files {
		if i, err := os.Stat(f); err != nil || i.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", f, i.Mode(), err)
		}
	}
}

func TestTwoProcessesMayOpenANewDatabaseAtOnce(t *testing.T) {
	for _, e := range engines {
		t.Run(e.name, func(t *testing.T) {
			dsn := fresh(t, e.name)
			const n = 4
			errs := make(chan error, n)
			for range n {
				go func() {
					s, err := store.Open(t.Context(), dsn, slog.New(slog.DiscardHandler))
					if err == nil {
						_, err = s.PutDataset(system(t), &catalog.Dataset{Title: catalog.It("Aria")})
						err = errors.Join(err, s.Close())
					}
					errs <- err
				}()
			}
			for range n {
				if err := <-errs; err != nil {
					t.Error(err)
				}
			}
			if names, err := open(t, dsn).DatasetNames(t.Context(), 0, -1); err != nil || len(names) != n {
				t.Errorf("names %v, %v", names, err)
			}
		})
	}
}
