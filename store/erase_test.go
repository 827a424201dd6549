package store_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"portico/catalog"
	"portico/store"
)

func TestOfARemovedUserNoAddressIsLeftInTheFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "catalog.db")
	s, err := store.Open(t.Context(), "sqlite:"+file, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	for i := range 200 {
		u := &catalog.User{Name: fmt.Sprint("utente", i), Email: fmt.Sprintf("persona%d@example.org", i), FullName: fmt.Sprint("Persona Segreta ", i)}
		if err := s.PutUser(system(t), u); err != nil {
			t.Fatal(err)
		}
		u.Email = "Altra" + u.Email
		if err := s.PutUser(system(t), u); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 200 {
		if err := s.RemoveUser(system(t), fmt.Sprint("utente", i)); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(b, []byte("utente7")) {
		t.Error("the log does not name who was removed")
	}
	for _, secret := range []string{"persona", "Persona", "Segreta", "example.org"} {
		if bytes.Contains(b, []byte(secret)) {
			t.Errorf("the file holds %q", secret)
		}
	}
}
