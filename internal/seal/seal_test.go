package seal_test

import (
	"errors"
	"strings"
	"testing"

	"portico/internal/seal"
)

func box(t testing.TB, purpose string, secrets ...string) *seal.Box {
	t.Helper()
	b, err := seal.New(purpose, secrets...)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestSeal(t *testing.T) {
	b := box(t, "p", "new", "old")
	sealed, err := b.Seal([]byte("canary"), "s1", "https://x:443")
	if err != nil || strings.Contains(sealed, "canary") {
		t.Fatalf("%s, %v", sealed, err)
	}
	again, _ := b.Seal([]byte("canary"), "s1", "https://x:443")
	if again == sealed {
		t.Error("sealed alike twice: the nonce repeats")
	}
	for _, test := range []struct {
		name   string
		box    *seal.Box
		sealed string
		place  []string
		want   error
	}{
		{"the same place", b, sealed, []string{"s1", "https://x:443"}, nil},
		{"another host", b, sealed, []string{"s1", "https://y:443"}, seal.ErrBroken},
		{"another source", b, sealed, []string{"s2", "https://x:443"}, seal.ErrBroken},
		{"parts that run together", b, sealed, []string{"s1https://x:443"}, seal.ErrBroken},
		{"another secret", box(t, "p", "other"), sealed, []string{"s1", "https://x:443"}, seal.ErrKey},
		{"another purpose", box(t, "q", "new"), sealed, []string{"s1", "https://x:443"}, seal.ErrKey},
		{"after the secret was replaced", box(t, "p", "newer", "new"), sealed, []string{"s1", "https://x:443"}, nil},
		{"changed", b, sealed[:len(sealed)-2] + "AA", []string{"s1", "https://x:443"}, seal.ErrBroken},
		{"cut", b, sealed[:20], []string{"s1", "https://x:443"}, seal.ErrBroken},
		{"nothing", b, "", nil, seal.ErrBroken},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := test.box.Open(test.sealed, test.place...)
			if !errors.Is(err, test.want) || err == nil && string(got) != "canary" {
				t.Errorf("%q, %v; want %v", got, err, test.want)
			}
		})
	}
	if _, err := new(seal.Box).Seal(nil); !errors.Is(err, seal.ErrKey) {
		t.Errorf("a box without key sealed: %v", err)
	}
}

func FuzzOpen(f *testing.F) {
	b := box(f, "p", "s")
	good, _ := b.Seal([]byte("x"), "a")
	for _, s := range []string{good, "v1..", "v1.00000000.AAAA", "...."} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if got, err := b.Open(s, "a"); err == nil && s != good && string(got) != "x" {
			t.Errorf("%q opened to %q", s, got)
		}
	})
}
