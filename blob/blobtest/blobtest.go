// Package blobtest says how every blob.Store must behave.
package blobtest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"portico/blob"
	"portico/catalog"
)

// Run tests the store that open opens. Each call of open must give an empty
// store.
func Run(t *testing.T, open func(t *testing.T) blob.Store) {
	for _, test := range []struct {
		name string
		run  func(t *testing.T, s blob.Store)
	}{
		{"what is put can be read, at any place", putAndRead},
		{"equal bytes are one blob", equalBytes},
		{"an empty blob is a blob", emptyBlob},
		{"what is over the limit is Invalid and not kept", overLimit},
		{"what breaks off is not kept", breaksOff},
		{"what is not there is NotFound", notThere},
		{"a hash is never a path", notAPath},
		{"what is deleted is gone, but for who reads it", deleted},
		{"all yields every blob once", allBlobs},
		{"what is old is deleted, what is young stays", deletedByAge},
		{"what is put is never deleted for its age", neverTheOneThatIsPut},
		{"many may put and read at once", atOnce},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.run(t, open(t))
		})
	}
}

func hashOf(b []byte) blob.Hash {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

func put(t *testing.T, s blob.Store, text string) blob.Hash {
	t.Helper()
	h, n, err := s.Put(t.Context(), strings.NewReader(text), 0)
	if err != nil || n != int64(len(text)) || h != hashOf([]byte(text)) {
		t.Fatalf("Put(%.20q) = %s, %d, %v", text, h, n, err)
	}
	return h
}

func wantAll(t *testing.T, s blob.Store, want map[blob.Hash]int64) {
	t.Helper()
	got := map[blob.Hash]int64{}
	err := s.All(t.Context(), func(h blob.Hash, size int64, put time.Time) error {
		if _, twice := got[h]; twice || time.Since(put) > time.Hour || time.Until(put) > time.Minute {
			t.Errorf("%s: twice %v, put %v", h, twice, put)
		}
		got[h] = size
		return nil
	})
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("All: %v %s", err, diff)
	}
}

func putAndRead(t *testing.T, s blob.Store) {
	text := strings.Repeat("0123456789", 100_000)
	h := put(t, s, text)
	if ok, err := s.Has(t.Context(), h); !ok || err != nil {
		t.Errorf("Has = %v, %v", ok, err)
	}
	f, err := s.Open(t.Context(), h)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if f.Size() != int64(len(text)) {
		t.Errorf("size %d", f.Size())
	}
	at := make([]byte, 5)
	if _, err := f.ReadAt(at, 500_003); err != nil || string(at) != "34567" {
		t.Errorf("ReadAt = %q, %v", at, err)
	}
	for from, want := range map[int64]string{int64(len(text)) - 3: "789", 0: text} {
		_, errSeek := f.Seek(from, io.SeekStart)
		if rest, err := io.ReadAll(f); errors.Join(err, errSeek) != nil || string(rest) != want {
			t.Errorf("from %d: %d bytes, %v, %v", from, len(rest), err, errSeek)
		}
	}
}

func equalBytes(t *testing.T, s blob.Store) {
	h := put(t, s, "uguale")
	if again := put(t, s, "uguale"); again != h {
		t.Errorf("%s and %s", h, again)
	}
	wantAll(t, s, map[blob.Hash]int64{h: 6})
}

func emptyBlob(t *testing.T, s blob.Store) {
	h := put(t, s, "")
	f, err := s.Open(t.Context(), h)
	if err != nil || f.Size() != 0 {
		t.Fatalf("%v, %v", f, err)
	}
	f.Close()
	wantAll(t, s, map[blob.Hash]int64{h: 0})
}

func overLimit(t *testing.T, s blob.Store) {
	for limit, fits := range map[int64]bool{4: false, 5: true, 6: true, 0: true} {
		text := fmt.Sprintf("%05d", limit)
		h, _, err := s.Put(t.Context(), iotest.OneByteReader(strings.NewReader(text)), limit)
		if fits != (err == nil) || !fits && (catalog.KindOf(err) != catalog.Invalid || h != "") {
			t.Errorf("limit %d: %q, %v", limit, h, err)
		}
		if ok, err := s.Has(t.Context(), hashOf([]byte(text))); ok != fits || err != nil {
			t.Errorf("limit %d: Has = %v, %v", limit, ok, err)
		}
	}
}

func breaksOff(t *testing.T, s blob.Store) {
	broken := errors.New("broken off")
	_, _, err := s.Put(t.Context(), io.MultiReader(strings.NewReader("begun"), iotest.ErrReader(broken)), 0)
	if !errors.Is(err, broken) {
		t.Errorf("Put: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := s.Put(ctx, strings.NewReader("begun"), 0); !errors.Is(err, context.Canceled) {
		t.Errorf("Put of a context that is over: %v", err)
	}
	wantAll(t, s, map[blob.Hash]int64{})
}

func notThere(t *testing.T, s blob.Store) {
	h := hashOf([]byte("nowhere"))
	if _, err := s.Open(t.Context(), h); catalog.KindOf(err) != catalog.NotFound {
		t.Errorf("Open: %v", err)
	}
	if ok, err := s.Has(t.Context(), h); ok || err != nil {
		t.Errorf("Has = %v, %v", ok, err)
	}
	if err := s.Delete(t.Context(), h); err != nil {
		t.Errorf("Delete: %v", err)
	}
	wantAll(t, s, map[blob.Hash]int64{})
}

func notAPath(t *testing.T, s blob.Store) {
	h := put(t, s, "x")
	for _, bad := range []string{
		"", ".", "..", "/", "/etc/passwd", "../../../../etc/passwd", "ab", strings.Repeat("a/", 32), strings.Repeat("../", 21) + "x",
		strings.ToUpper(h), h + "/", h[:63], h + "0", h[:63] + "\x00", strings.Repeat("g", 64), "..%2f" + h[5:],
	} {
		if _, err := s.Open(t.Context(), bad); catalog.KindOf(err) != catalog.NotFound {
			t.Errorf("Open(%q): %v", bad, err)
		}
		if ok, err := s.Has(t.Context(), bad); ok || err != nil {
			t.Errorf("Has(%q) = %v, %v", bad, ok, err)
		}
		if err := s.Delete(t.Context(), bad); err != nil {
			t.Errorf("Delete(%q): %v", bad, err)
		}
	}
	wantAll(t, s, map[blob.Hash]int64{h: 1})
}

func deleted(t *testing.T, s blob.Store) {
	h, other := put(t, s, "x"), put(t, s, "y")
	f, err := s.Open(t.Context(), h)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := s.Delete(t.Context(), h); err != nil {
		t.Fatal(err)
	}
	if b, err := io.ReadAll(f); err != nil || string(b) != "x" {
		t.Errorf("who reads it gets %q, %v", b, err)
	}
	if ok, err := s.Has(t.Context(), h); ok || err != nil {
		t.Errorf("Has = %v, %v", ok, err)
	}
	wantAll(t, s, map[blob.Hash]int64{other: 1})
	put(t, s, "x")
}

func allBlobs(t *testing.T, s blob.Store) {
	want := map[blob.Hash]int64{}
	for i := range 300 {
		text := strings.Repeat("z", i)
		want[put(t, s, text)] = int64(len(text))
	}
	wantAll(t, s, want)
	stop := errors.New("enough")
	n := 0
	err := s.All(t.Context(), func(blob.Hash, int64, time.Time) error {
		n++
		return stop
	})
	if !errors.Is(err, stop) || n != 1 {
		t.Errorf("All went on: %d, %v", n, err)
	}
}

func deletedByAge(t *testing.T, s blob.Store) {
	h := put(t, s, "old")
	if ok, err := s.DeleteOlder(t.Context(), h, time.Now().Add(-time.Hour)); ok || err != nil {
		t.Errorf("a young blob: %v %v", ok, err)
	}
	if ok, err := s.DeleteOlder(t.Context(), h, time.Now().Add(time.Hour)); !ok || err != nil {
		t.Errorf("an old blob: %v %v", ok, err)
	}
	for _, gone := range []blob.Hash{h, "../x", ""} {
		if ok, err := s.DeleteOlder(t.Context(), gone, time.Now().Add(time.Hour)); ok || err != nil {
			t.Errorf("%q: %v %v", gone, ok, err)
		}
	}
}

// neverTheOneThatIsPut lets some put a blob again and again while others take
// away whatever was put before they began: what was put last must be there.
func neverTheOneThatIsPut(t *testing.T, s blob.Store) {
	const rounds = 200
	stop := make(chan struct{})
	var wg sync.WaitGroup
	h := put(t, s, "again and again")
	for range 2 {
		wg.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				if _, err := s.DeleteOlder(t.Context(), h, time.Now().Add(-time.Millisecond)); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for range rounds {
		before := time.Now()
		put(t, s, "again and again")
		ok, err := s.Has(t.Context(), h)
		if err != nil || !ok && time.Since(before) < time.Millisecond {
			t.Errorf("a blob is gone %v after it was put: %v", time.Since(before), err)
		}
	}
	close(stop)
	wg.Wait()
}

func atOnce(t *testing.T, s blob.Store) {
	want := map[blob.Hash]int64{}
	texts := make([][]byte, 5)
	for i := range texts {
		texts[i] = bytes.Repeat([]byte{byte('a' + i)}, 10_000)
		want[hashOf(texts[i])] = int64(len(texts[i]))
	}
	errs := make([]error, 40)
	var wg sync.WaitGroup
	for i := range errs {
		wg.Go(func() { errs[i] = roundTrip(t.Context(), s, texts[i%len(texts)]) })
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Error(err)
	}
	wantAll(t, s, want)
}

func roundTrip(ctx context.Context, s blob.Store, b []byte) error {
	h, _, err := s.Put(ctx, bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return err
	}
	f, err := s.Open(ctx, h)
	if err != nil {
		return err
	}
	defer f.Close()
	got, err := io.ReadAll(f)
	if err == nil && !bytes.Equal(got, b) {
		err = fmt.Errorf("read %d bytes that differ", len(got))
	}
	return err
}
