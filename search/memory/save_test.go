package memory

import (
	"bytes"
	"slices"
	"testing"

	"portico/search"
)

func saved(t testing.TB, e *Engine) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := e.Save(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestWhatWasSavedIsLoadedAndGoesOn(t *testing.T) {
	e := New("it")
	for i := range 40 {
		if err := e.Put(t.Context(), inventedFrom(i*150, 100)...); err != nil {
			t.Fatal(err)
		}
	}
	if err := e.Delete(t.Context(), "d00001", "d00200"); err != nil {
		t.Fatal(err)
	}
	again := New("it")
	if err := again.Load(saved(t, e)); err != nil {
		t.Fatal(err)
	}
	same(t, e, again)
	for _, x := range []*Engine{e, again} {
		if err := x.Put(t.Context(), inventedFrom(100, 400)...); err != nil {
			t.Fatal(err)
		}
		if err := x.Compact(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	same(t, e, again)
	var a, b []string
	_ = e.IDs(t.Context(), func(id string) bool { a = append(a, id); return true })
	_ = again.IDs(t.Context(), func(id string) bool { b = append(b, id); return true })
	slices.Sort(a)
	slices.Sort(b)
	if !slices.Equal(a, b) || len(a) == 0 {
		t.Errorf("%d and %d IDs", len(a), len(b))
	}
}

func TestAnotherLanguageIsNotLoaded(t *testing.T) {
	e := New("en")
	if err := e.Put(t.Context(), inventedFrom(0, 3)...); err != nil {
		t.Fatal(err)
	}
	it := New("it")
	if err := it.Load(saved(t, e)); err == nil {
		t.Error("an English index was loaded into an Italian engine")
	}
	if n, _ := it.Len(t.Context()); n != 0 {
		t.Errorf("%d documents, want none", n)
	}
}

// TestWhatIsCutOffIsNotLoaded cuts what was saved at every byte.
func TestWhatIsCutOffIsNotLoaded(t *testing.T) {
	e := New("it")
	if err := e.Put(t.Context(), inventedFrom(0, 5)...); err != nil {
		t.Fatal(err)
	}
	b, empty := saved(t, e), New("it")
	for n := range b {
		if err := empty.Load(b[:n]); err == nil {
			t.Fatalf("the first %d of %d bytes were loaded", n, len(b))
		}
	}
}

// FuzzLoad loads anything; what is loaded must answer.
func FuzzLoad(f *testing.F) {
	for _, n := range []int{0, 1, 70} {
		e := New("it")
		if err := e.Put(f.Context(), inventedFrom(0, n)...); err != nil {
			f.Fatal(err)
		}
		f.Add(saved(f, e))
	}
	e := New("it")
	f.Fuzz(func(t *testing.T, b []byte) {
		if e.Load(b) != nil {
			return
		}
		for _, q := range kindsOfQuery() {
			_, _ = e.Search(t.Context(), q)
		}
		if err := e.Put(t.Context(), inventedFrom(0, 3)...); err != nil {
			t.Fatal(err)
		}
		if err := e.Compact(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := e.Search(t.Context(), search.Query{Limit: 10}); err != nil {
			t.Fatal(err)
		}
	})
}
