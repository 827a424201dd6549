package main

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"portico/catalog"
)

func TestAnOperatorsSynonymsAreRead(t *testing.T) {
	folder := t.TempDir()
	e := &env{cli: &cli{Settings: Settings{Data: folder, SearchLanguage: "it"}}}
	if a, err := e.words(); err != nil || len(a.Expansions()["scovazz"]) != 0 {
		t.Errorf("without a file: %v", err)
	}
	own := filepath.Join(folder, "synonyms.txt")
	if err := os.WriteFile(own, []byte("scovazze, rifiuti\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if a, err := e.words(); err != nil || !slices.Equal(a.Expansions()["scovazz"], []string{"rifiut"}) {
		t.Errorf("with synonyms.txt in the data folder: %v", err)
	}
	e.Synonyms = filepath.Join(folder, "none.txt")
	if _, err := e.words(); catalog.KindOf(err) != catalog.Invalid {
		t.Errorf("a file that is not there: %v, want Invalid", err)
	}
	e.Synonyms = own
	if err := os.WriteFile(own, []byte("=>"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := e.words(); catalog.KindOf(err) != catalog.Invalid {
		t.Errorf("a file that cannot be: %v, want Invalid", err)
	}
}
