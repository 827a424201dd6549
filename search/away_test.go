package search_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"portico/catalog"
	"portico/search"
	"portico/search/memory"
)

// A switched engine answers, is away, or takes for ever.
type switched struct {
	*memory.Engine
	state atomic.Value // "", "away" or "slow"
}

func (s *switched) trouble(ctx context.Context) error {
	switch s.state.Load() {
	case "away":
		return catalog.Errorf(catalog.Unavailable, "away")
	case "slow":
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Minute):
			return errors.New("timeout")
		}
	}
	return nil
}

func (s *switched) Search(ctx context.Context, q search.Query) (search.Page, error) {
	if err := s.trouble(ctx); err != nil {
		return search.Page{}, err
	}
	return s.Engine.Search(ctx, q)
}

func (s *switched) Put(ctx context.Context, docs ...search.Document) error {
	return errors.Join(s.trouble(ctx), s.Engine.Put(ctx, docs...))
}

func (s *switched) Len(ctx context.Context) (int, error) {
	n, err := s.Engine.Len(ctx)
	return n, errors.Join(s.trouble(ctx), err)
}

// TestAnEngineThatWasAwayOrSlowOrWipedCatchesUpAlone is REL-007 in short.
func TestAnEngineThatWasAwayOrSlowOrWipedCatchesUpAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, e := shelves(), &switched{Engine: memory.New("it")}
		f := &search.Follower{Engine: e, Index: s, Source: s, Log: slog.New(slog.DiscardHandler), Every: time.Second}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() {
			defer close(done)
			f.Keep(ctx)
		}()
		pass(f, 3*time.Second)
		words := search.Query{Root: search.Words{Field: search.All, Text: "acqua"}, Limit: 10}
		everything := search.Query{Facets: []search.Facet{{Field: search.Theme, Limit: 5}}, Limit: 10}
		wantNames(t, e, s, words, "acqua")

		for _, state := range []string{"slow", "away"} {
			e.state.Store(state)
			pass(f, 0)
			wantNames(t, e, s, everything, "acqua")
			if _, err := search.Find(ctx, e, s, words); catalog.KindOf(err) != catalog.Unavailable {
				t.Errorf("%s: %v, want Unavailable", state, err)
			}
			if state == "away" {
				s.datasets[2].State = catalog.Active
				s.stale = append(s.stale, catalog.Stale{ID: "draft", Version: 7})
				pass(f, 5*time.Minute)
			}
		}
		e.state.Store("")
		pass(f, 2*time.Minute)
		wantNames(t, e, s, words, "acqua", "draft")

		if err := e.Clear(ctx); err != nil {
			t.Fatal(err)
		}
		pass(f, 10*time.Second)
		wantNames(t, e, s, words, "acqua", "draft")
		cancel()
		<-done
	})
}

func wantNames(t *testing.T, e search.Engine, s *shelf, q search.Query, want ...string) {
	t.Helper()
	found, err := search.Find(t.Context(), e, s, q)
	got := names(found.Datasets)
	slices.Sort(got)
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("got %q, %v; want %q", got, err, want)
	}
}

// pass lets time pass; what the test did before, and what the follower does
// meanwhile, come one after the other.
func pass(f *search.Follower, d time.Duration) {
	gone, cancel := context.WithCancel(context.Background())
	cancel()
	f.Settle(gone)
	time.Sleep(d)
	synctest.Wait()
}
