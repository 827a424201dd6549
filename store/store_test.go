package store_test

import (
	"log/slog"
	"path/filepath"
	"testing"

	"portico/internal/testdb"
	"portico/store"
	"portico/store/storetest"
)

func open(t testing.TB, dsn string) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), dsn, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func openSQLite(t testing.TB) *store.Store {
	return open(t, "sqlite:"+filepath.Join(t.TempDir(), "catalog.db"))
}

func openPostgres(t testing.TB) *store.Store { return open(t, testdb.Postgres(t)) }

func TestSQLite(t *testing.T) {
	storetest.Run(t, func(t *testing.T) storetest.Store { return openSQLite(t) })
}

func TestPostgres(t *testing.T) {
	storetest.Run(t, func(t *testing.T) storetest.Store { return openPostgres(t) })
}

func TestDumpTravelsBetweenEngines(t *testing.T) {
	engines := map[string]func(testing.TB) *store.Store{"sqlite": openSQLite, "postgres": openPostgres}
	for from, openFrom := range engines {
		for to, openTo := range engines {
			t.Run(from+" to "+to, func(t *testing.T) { storetest.Travel(t, openFrom(t), openTo(t)) })
		}
		t.Run("broken dumps on "+from, func(t *testing.T) { storetest.Broken(t, openFrom(t), openFrom(t)) })
	}
}
