package folder_test

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"portico/blob"
	"portico/blob/blobtest"
	"portico/blob/folder"
	"portico/catalog"
)

func open(t *testing.T, dir string) *folder.Store {
	t.Helper()
	s, err := folder.Open(dir)
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

func TestContract(t *testing.T) {
	blobtest.Run(t, func(t *testing.T) blob.Store { return open(t, filepath.Join(t.TempDir(), "new", "blobs")) })
}

func leftovers(t *testing.T, dir string) int {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(dir, "incoming"))
	if err != nil {
		t.Fatal(err)
	}
	return len(entries)
}

func TestLeftoversOfACrashAreRemovedOnOpen(t *testing.T) {
	dir := t.TempDir()
	open(t, dir)
	if err := os.WriteFile(filepath.Join(dir, "incoming", "HALF"), []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	open(t, dir)
	if n := leftovers(t, dir); n != 0 {
		t.Errorf("%d files are left", n)
	}
}

func TestOpeningAgainLeavesARunningPutAlone(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	r, w := io.Pipe()
	done := make(chan error)
	go func() {
		_, _, err := s.Put(t.Context(), r, 0)
		done <- err
	}()
	if _, err := io.WriteString(w, "first half, "); err != nil {
		t.Fatal(err)
	}
	open(t, dir) // as another process would
	if _, err := io.WriteString(w, "second half"); err != nil {
		t.Fatal(err)
	}
	w.Close()
	if err := <-done; err != nil {
		t.Error(err)
	}
	if n := leftovers(t, dir); n != 0 {
		t.Errorf("%d files are left", n)
	}
}

func TestAFailedPutLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	if _, _, err := s.Put(t.Context(), strings.NewReader("too long"), 3); catalog.KindOf(err) != catalog.Invalid {
		t.Errorf("Put: %v", err)
	}
	if n := leftovers(t, dir); n != 0 {
		t.Errorf("%d files are left", n)
	}
}

func TestBlobsOutliveTheStoreAndStrangeFilesAreNoBlobs(t *testing.T) {
	dir := t.TempDir()
	h, _, err := open(t, dir).Put(t.Context(), strings.NewReader("x"), 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, strings.Repeat("a", 64)), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	s := open(t, dir)
	n := 0
	if err := s.All(t.Context(), func(_ blob.Hash, _ int64, _ time.Time) error {
		n++
		return nil
	}); err != nil || n != 1 {
		t.Errorf("%d blobs, %v", n, err)
	}
	if ok, err := s.Has(t.Context(), h); !ok || err != nil {
		t.Errorf("Has = %v, %v", ok, err)
	}
}

// A link that leads out of the folder is not followed.
func TestALinkLeadsNowhere(t *testing.T) {
	dir, secret := t.TempDir(), filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := open(t, dir)
	h := strings.Repeat("ab", 32)
	if err := os.MkdirAll(filepath.Join(dir, "ab", "ab"), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(secret, filepath.Join(dir, "ab", "ab", h)); err != nil {
		t.Fatal(err)
	}
	if f, err := s.Open(t.Context(), h); err == nil {
		f.Close()
		t.Error("the link was followed")
	}
}
