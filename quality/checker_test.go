package quality_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"portico/catalog"
	"portico/internal/httpclient"
	"portico/quality"
	"portico/store"
)

// A world is a catalog, and a server of data that can be told how to answer.
type world struct {
	t       *testing.T
	store   *store.Store
	desk    *quality.Desk
	checker *quality.Checker
	clock   time.Time

	mu     sync.Mutex
	status map[string]int // by path
	asked  []string       // "HEAD /a"
	web    *httptest.Server
}

func newWorld(t *testing.T) *world {
	t.Helper()
	st, err := store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "portico.db"), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { st.Close() })
	w := &world{t: t, store: st, status: map[string]int{}, clock: time.Date(2026, 11, 20, 2, 0, 0, 0, time.UTC)}
	w.web = httptest.NewServer(http.HandlerFunc(w.answer))
	t.Cleanup(w.web.Close)
	w.desk = &quality.Desk{Site: catalog.Site{Origin: "https://dati.esempio.it"}, Links: st, Scores: st}
	w.checker = &quality.Checker{
		Desk: w.desk, Datasets: st, Client: httpclient.New(httpclient.Options{AllowPrivate: true, Timeout: 5 * time.Second}),
		Now: func() time.Time { return w.clock },
	}
	return w
}

func (w *world) answer(rw http.ResponseWriter, r *http.Request) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.asked = append(w.asked, r.Method+" "+r.URL.Path)
	status := w.status[r.URL.Path]
	switch {
	case strings.HasPrefix(r.URL.Path, "/nohead") && r.Method == http.MethodHead:
		status = http.StatusMethodNotAllowed
	case strings.HasPrefix(r.URL.Path, "/nohead") && r.Header.Get("Range") != "bytes=0-0":
		status = http.StatusTeapot
	case status == 0:
		status = http.StatusOK
	}
	rw.WriteHeader(status)
}

func (w *world) set(path string, status int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.status[path] = status
}

func (w *world) system() context.Context { return catalog.WithActor(w.t.Context(), catalog.System) }

// put keeps a dataset whose files are at the given addresses.
func (w *world) put(name string, change func(*catalog.Dataset), addresses ...string) *catalog.Dataset {
	w.t.Helper()
	d := &catalog.Dataset{ID: name, Name: name, Title: catalog.It(name), State: catalog.Active}
	for i, a := range addresses {
		d.Distributions = append(d.Distributions, catalog.Distribution{ID: catalog.StableID(name, fmt.Sprint(i)), AccessURL: a})
	}
	if change != nil {
		change(d)
	}
	if _, err := w.store.PutDataset(w.system(), d); err != nil {
		w.t.Fatal(err)
	}
	return d
}

func (w *world) run() quality.LinkRun {
	w.t.Helper()
	run, err := w.checker.Run(w.system(), nil)
	if err != nil {
		w.t.Fatal(err)
	}
	return run
}

func (w *world) link(address string) *catalog.Link {
	w.t.Helper()
	l, err := w.desk.LinkOf(w.t.Context(), address)
	if err != nil {
		w.t.Fatal(err)
	}
	return l
}

// requests returns what was asked since the last call.
func (w *world) requests() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := strings.Join(w.asked, ", ")
	w.asked = nil
	return out
}

func TestAnAddressThatAnswersToHeadIsAskedNothingMore(t *testing.T) {
	w := newWorld(t)
	w.put("d", nil, w.web.URL+"/a", w.web.URL+"/a")
	if run := w.run(); run.Tried != 1 || run.Answered != 1 || run.Links != 1 {
		t.Errorf("%+v", run)
	}
	if got := w.requests(); got != "HEAD /a" {
		t.Errorf("asked %s", got)
	}
	if l := w.link(w.web.URL + "/a"); l == nil || l.Status != 200 || l.Method != "HEAD" || !l.Since.IsZero() || !l.Answered.Equal(w.clock) {
		t.Errorf("%+v", l)
	}
	if w.run(); w.requests() != "" {
		t.Error("it was asked twice a day")
	}
	w.clock = w.clock.Add(24 * time.Hour)
	if w.run(); w.requests() != "HEAD /a" {
		t.Error("it was not asked on the next day")
	}
}

func TestAServerThatKnowsNoHeadIsAskedForTheFirstByte(t *testing.T) {
	w := newWorld(t)
	w.put("d", nil, w.web.URL+"/nohead.csv")
	w.run()
	if got := w.requests(); got != "HEAD /nohead.csv, GET /nohead.csv" {
		t.Errorf("asked %s", got)
	}
	if l := w.link(w.web.URL + "/nohead.csv"); l.Method != "GET" || l.Status != 200 || l.Strikes > 0 {
		t.Errorf("%+v", l)
	}
}

func TestALinkIsBrokenAfterThreeFailuresOnThreeDays(t *testing.T) {
	w := newWorld(t)
	a := w.web.URL + "/gone"
	w.put("d", nil, a, w.web.URL+"/b")
	w.set("/gone", http.StatusNotFound)
	begun := w.clock
	for day, want := range []struct {
		strikes int
		broken  bool
	}{{1, false}, {2, false}, {3, true}, {4, true}} {
		run := w.run()
		w.checker.All = true
		w.run() // twice a day counts once
		w.checker.All = false
		if l := w.link(a); l.Strikes != want.strikes || l.Broken() != want.broken || !l.Since.Equal(begun) || !strings.Contains(l.Reason["it"], "404") {
			t.Errorf("day %d: %+v", day+1, l)
		}
		if broke := run.Broken == 1; broke != (day == 2) {
			t.Errorf("day %d: %+v", day+1, run)
		}
		w.clock = w.clock.Add(24 * time.Hour)
	}
	w.set("/gone", http.StatusOK)
	if run := w.run(); run.Mended != 1 {
		t.Errorf("%+v", run)
	}
	if l := w.link(a); l.Broken() || !l.Since.IsZero() || l.Reason != nil {
		t.Errorf("it answers again: %+v", l)
	}
}

func TestWhatFailsIsTriedDailyEvenWhenOthersAreNot(t *testing.T) {
	w := newWorld(t)
	w.checker.Every = 7 * 24 * time.Hour
	w.put("d", nil, w.web.URL+"/gone", w.web.URL+"/b")
	w.set("/gone", http.StatusGone)
	w.run()
	w.requests()
	w.clock = w.clock.Add(24 * time.Hour)
	if w.run(); w.requests() != "HEAD /gone, GET /gone" {
		t.Error("the failing one alone should be asked")
	}
}

func TestAServerThatWantsToBeLeftAloneIsNotHeldToHaveFailed(t *testing.T) {
	w := newWorld(t)
	a := w.web.URL + "/busy"
	w.put("d", nil, a)
	w.set("/busy", http.StatusTooManyRequests)
	if run := w.run(); run.Failed != 0 || w.link(a) != nil {
		t.Errorf("%+v %+v", run, w.link(a))
	}
}

// dead returns an address at which nobody listens.
func dead(t *testing.T) string {
	s := httptest.NewServer(http.NotFoundHandler())
	defer s.Close()
	return s.URL + "/x.csv"
}

func TestSilenceOfEverybodyIsTheFaultOfOurOwnNetwork(t *testing.T) {
	w := newWorld(t)
	hosts := []string{dead(t), dead(t), dead(t)}
	w.put("d", nil, hosts...)
	if run := w.run(); !run.Offline || run.Failed != 0 {
		t.Errorf("%+v", run)
	}
	for _, a := range hosts {
		if l := w.link(a); l != nil {
			t.Errorf("counted: %+v", l)
		}
	}
	w.clock = w.clock.Add(24 * time.Hour)
	w.put("e", nil, w.web.URL+"/a") // somebody answers
	if run := w.run(); run.Offline || run.Failed != 3 || run.Answered != 1 {
		t.Errorf("%+v", run)
	}
	for _, a := range hosts {
		if l := w.link(a); l == nil || l.Strikes != 1 || l.Status != 0 {
			t.Errorf("not counted: %+v", l)
		}
	}
}

func TestOneDeadHostAloneIsCounted(t *testing.T) {
	w := newWorld(t)
	a := dead(t)
	w.put("d", nil, a)
	if run := w.run(); run.Offline || run.Failed != 1 || w.link(a).Strikes != 1 {
		t.Errorf("%+v", run)
	}
}

func TestOnlyWhatEverybodySeesAndOthersServeIsAsked(t *testing.T) {
	w := newWorld(t)
	w.put("private", func(d *catalog.Dataset) { d.Private = true }, w.web.URL+"/private")
	w.put("draft", func(d *catalog.Dataset) { d.State = catalog.Draft }, w.web.URL+"/draft")
	w.put("own", nil, "https://dati.esempio.it/dataset/own", "ftp://esempio.it/a", "nonsense", "")
	w.put("public", nil, w.web.URL+"/public")
	if run := w.run(); run.Links != 1 || w.requests() != "HEAD /public" {
		t.Errorf("%+v", run)
	}
	if err := w.store.SetDatasetState(w.system(), "public", catalog.Withdrawn, ""); err != nil {
		t.Fatal(err)
	}
	w.clock = w.clock.Add(24 * time.Hour)
	if run := w.run(); run.Links != 0 || w.requests() != "" {
		t.Errorf("what is withdrawn is still asked for: %+v", run)
	}
}

func TestAGuardedClientLeavesPrivateAddressesAlone(t *testing.T) {
	w := newWorld(t)
	w.checker.Client = httpclient.New(httpclient.Options{})
	w.put("d", nil, w.web.URL+"/a")
	if run := w.run(); run.Failed != 0 || w.requests() != "" || w.link(w.web.URL+"/a") != nil {
		t.Errorf("%+v", run)
	}
}

func TestARunWithoutTimeLeavesTheRestForTheNext(t *testing.T) {
	w := newWorld(t)
	w.checker.Budget = time.Nanosecond
	w.put("d", nil, w.web.URL+"/a")
	if run := w.run(); !run.Left || run.Tried != 0 {
		t.Errorf("%+v", run)
	}
	w.checker.Budget = 0
	if run := w.run(); run.Left || run.Tried != 1 {
		t.Errorf("%+v", run)
	}
}

func TestARunThatIsStoppedSaysSo(t *testing.T) {
	w := newWorld(t)
	w.put("d", nil, w.web.URL+"/a")
	ctx, cancel := context.WithCancel(w.system())
	cancel()
	if _, err := w.checker.Run(ctx, nil); err == nil {
		t.Error("no error")
	}
}

func TestTheLinksOfOneDatasetAreTriedWhenAskedFor(t *testing.T) {
	w := newWorld(t)
	w.put("other", nil, w.web.URL+"/other")
	d := w.put("d", nil, w.web.URL+"/a")
	for range 2 {
		run, err := w.checker.CheckDataset(w.system(), d)
		if err != nil || run.Tried != 1 || w.requests() != "HEAD /a" {
			t.Errorf("%+v, %v", run, err)
		}
	}
}

func TestTheCheckOfLinksIsAtNight(t *testing.T) {
	at := func(day, hour int) time.Time { return time.Date(2026, 11, day, hour, 30, 0, 0, time.UTC) }
	for _, tc := range []struct {
		name      string
		last, now time.Time
		want      bool
	}{
		{"the first waits for the night", time.Time{}, at(20, 10), false},
		{"the first is in the night", time.Time{}, at(20, 2), true},
		{"one a night is enough", at(20, 1), at(20, 4), false},
		{"the next is in the next night", at(20, 3), at(21, 1), true},
		{"by day it is not due", at(20, 3), at(21, 0), false},
		{"whoever is switched off at night has it by day", at(20, 3), at(21, 16), true},
	} {
		if got := quality.LinksDue(quality.LinkRun{Begun: tc.last}, tc.now); got != tc.want {
			t.Errorf("%s: %v", tc.name, got)
		}
	}
}
