package password

import (
	"fmt"
	"testing"
	"time"
)

func TestGuessesAreSlowedDown(t *testing.T) {
	now := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	l := NewLimiter(func() time.Time { return now })
	guess := func(account, address string) time.Duration { return l.Begin(account, address) }
	for i := range freePerAccount {
		if wait := guess("mario", "192.0.2.1:4000"); wait != 0 {
			t.Fatalf("guess %d waits %s", i, wait)
		}
	}
	if wait := guess("mario", "192.0.2.1:4001"); wait != time.Second {
		t.Errorf("after %d wrong guesses: wait %s", freePerAccount, wait)
	}
	if wait := guess("mario", "192.0.2.2:4000"); wait != 0 {
		t.Errorf("the account is locked for others, too: %s", wait)
	}
	if wait := guess("lucia", "192.0.2.1:4000"); wait != 0 {
		t.Errorf("another account at the same address waits %s", wait)
	}
	var last time.Duration
	for range 20 {
		now = now.Add(last)
		guess("mario", "192.0.2.1")
		next := guess("mario", "192.0.2.1")
		if next <= 0 || next > mostDelay || next < last {
			t.Fatalf("wait %s after %s", next, last)
		}
		last = next
	}
	if last != mostDelay {
		t.Errorf("the longest wait is %s", last)
	}
	l.Right("mario", "192.0.2.1")
	if wait := guess("mario", "192.0.2.1"); wait != 0 {
		t.Errorf("after the right password: %s", wait)
	}
}

func TestOneNetworkCannotTryManyAccounts(t *testing.T) {
	l := NewLimiter(time.Now)
	tried := 0
	for i := range 1000 {
		if l.Begin(fmt.Sprint("u", i), fmt.Sprintf("2001:db8::%x", i)) == 0 {
			tried++
		}
	}
	if tried > freePerNetwork+1 {
		t.Errorf("%d guesses in no time from one network", tried)
	}
}

func TestTheLimiterIsBounded(t *testing.T) {
	l := NewLimiter(time.Now)
	l.entries = 100
	for i := range 1000 {
		l.Begin("mario", fmt.Sprintf("10.0.%d.%d", i/250, i%250))
	}
	if len(l.wrong) > 101 {
		t.Errorf("%d entries", len(l.wrong))
	}
}
