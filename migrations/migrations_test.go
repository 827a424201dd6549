package migrations_test

import (
	"bytes"
	"io/fs"
	"regexp"
	"slices"
	"testing"

	"portico/migrations"
)

func steps(t *testing.T) (pg, lite fs.FS) {
	t.Helper()
	pg, err := migrations.Postgres()
	if err != nil {
		t.Fatal(err)
	}
	lite, err = migrations.SQLite()
	if err != nil {
		t.Fatal(err)
	}
	return pg, lite
}

func names(t *testing.T, f fs.FS) []string {
	t.Helper()
	out, err := fs.Glob(f, "*")
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestBothEnginesHaveTheSameSteps(t *testing.T) {
	pg, lite := steps(t)
	if a, b := names(t, pg), names(t, lite); len(a) == 0 || !slices.Equal(a, b) {
		t.Errorf("steps differ:\npostgres %v\nsqlite   %v", a, b)
	}
}

// Goose sorts by number, so a number used twice or left out is a mistake that
// would show only on somebody's database.
func TestStepsAreNumberedWithoutGaps(t *testing.T) {
	pg, _ := steps(t)
	form := regexp.MustCompile(`^(\d{4})_[a-z0-9_]+\.sql$`)
	for i, name := range names(t, pg) {
		m := form.FindStringSubmatch(name)
		if m == nil {
			t.Errorf("%s is not named NNNN_words.sql", name)
			continue
		}
		if want := []byte{'0', '0', byte('0' + (i+1)/10), byte('0' + (i+1)%10)}; m[1] != string(want) {
			t.Errorf("step %d is numbered %s, want %s", i+1, m[1], want)
		}
	}
}

// The steps make the same tables with the same columns, so that one set of
// queries and one dump serve both engines.
func TestBothEnginesHaveTheSameColumns(t *testing.T) {
	pg, lite := steps(t)
	for _, name := range names(t, pg) {
		a, errA := fs.ReadFile(pg, name)
		b, errB := fs.ReadFile(lite, name)
		if errA != nil || errB != nil {
			t.Fatal(errA, errB)
		}
		if x, y := plain(a), plain(b); !bytes.Equal(x, y) {
			t.Errorf("%s differs beyond types and collations:\npostgres:\n%s\nsqlite:\n%s", name, x, y)
		}
	}
}

var (
	comments   = regexp.MustCompile(`(?m)\s*--.*$`)
	collations = regexp.MustCompile(` COLLATE "C"`)
	integers   = regexp.MustCompile(`\bBIGINT\b`)
	spaces     = regexp.MustCompile(`[ \t]+`)
)

func plain(b []byte) []byte {
	b = comments.ReplaceAll(b, nil)
	b = collations.ReplaceAll(b, nil)
	b = integers.ReplaceAll(b, []byte("INTEGER")) // SQLite's has 64 bits
	return bytes.TrimSpace(spaces.ReplaceAll(b, []byte(" ")))
}
