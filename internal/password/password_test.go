package password_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"portico/internal/password"
)

func TestAHashIsOfOnePassword(t *testing.T) {
	hash, err := password.Hash("Passw0rd!Lungà")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("hash is %s", hash)
	}
	again, err := password.Hash("Passw0rd!Lungà")
	if err != nil || again == hash {
		t.Errorf("the same salt twice: %s %v", again, err)
	}
	for name, tc := range map[string]struct {
		hash, plain string
		want        bool
	}{
		"the password":                  {hash, "Passw0rd!Lungà", true},
		"the same, written otherwise":   {hash, "Passw0rd!Lunga\u0300", true},
		"another":                       {hash, "passw0rd!Lungà", false},
		"none":                          {hash, "", false},
		"no hash":                       {"", "Passw0rd!Lungà", false},
		"neither":                       {"", "", false},
		"another algorithm":             {strings.Replace(hash, "argon2id", "argon2i", 1), "Passw0rd!Lungà", false},
		"too much memory":               {strings.Replace(hash, "m=19456", "m=4194304", 1), "Passw0rd!Lungà", false},
		"no lanes":                      {strings.Replace(hash, "p=1", "p=0", 1), "Passw0rd!Lungà", false},
		"a hash cut short":              {hash[:len(hash)-30], "Passw0rd!Lungà", false},
		"a password of a million bytes": {hash, strings.Repeat("x", 1<<20), false},
	} {
		t.Run(name, func(t *testing.T) {
			if got := password.Check(tc.hash, tc.plain); got != tc.want {
				t.Errorf("got %v", got)
			}
		})
	}
}

func TestWhatIsNoPasswordIsRefused(t *testing.T) {
	for _, plain := range []string{"", strings.Repeat("x", password.MaxLength+1)} {
		if _, err := password.Hash(plain); err == nil {
			t.Errorf("%d bytes were hashed", len(plain))
		}
	}
}

// TestNoHashTakesAsLong is API-018: who asks must not learn from the time
// whether there is such a user.
func TestNoHashTakesAsLong(t *testing.T) {
	hash, err := password.Hash("Passw0rd!")
	if err != nil {
		t.Fatal(err)
	}
	best := func(hash string) time.Duration {
		least := time.Hour
		for range 5 {
			start := time.Now()
			password.Check(hash, "wrong password")
			least = min(least, time.Since(start))
		}
		return least
	}
	with, without := best(hash), best("")
	if with > 3*without || without > 3*with {
		t.Errorf("with a hash %s, without %s", with, without)
	}
}

func TestAHasherStopsWaitingWithItsContext(t *testing.T) {
	h := password.NewHasher(1)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	for range 4 {
		go func() {
			var err error
			for err == nil {
				_, err = h.Check(ctx, "", "x")
			}
			done <- err
		}()
	}
	cancel()
	for range 4 {
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	}
	hash, err := h.Hash(t.Context(), "Passw0rd!")
	if err != nil {
		t.Fatal(err)
	}
	if ok, err := h.Check(t.Context(), hash, "Passw0rd!"); !ok || err != nil {
		t.Error(ok, err)
	}
}

func FuzzCheckNeverAcceptsNorPanics(f *testing.F) {
	f.Add("$argon2id$v=19$m=16,t=1,p=1$c2FsdHNhbHQ$c3Vtc3Vtc3Vtc3Vtc3Vtcw", "x")
	f.Add("$argon2id$v=19$m=,t=,p=$$", "")
	f.Add("$argon2id$v=19$m=-1,t=1,p=255$AAAA$AAAA", "x")
	f.Fuzz(func(t *testing.T, hash, plain string) {
		if password.Check(hash, plain) {
			t.Errorf("%q is the password of %q", plain, hash)
		}
	})
}
