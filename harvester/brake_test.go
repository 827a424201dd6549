package harvester_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"portico/catalog"
	"portico/harvester"
)

func names(n int, prefix string) string {
	var out []string
	for i := range n {
		out = append(out, fmt.Sprint(prefix, i))
	}
	return strings.Join(out, " ")
}

func TestBrake(t *testing.T) {
	for _, test := range []struct {
		name                     string
		change                   func(*catalog.Source)
		first, second            string
		held                     bool
		retired, active, written int
	}{
		{"eleven of many are too many", nil, names(100, "a"), names(89, "a"), true, 0, 100, 0},
		{"ten of many are not", nil, names(100, "a"), names(90, "a"), false, 10, 90, 0},
		{"a source may allow more", func(s *catalog.Source) { s.BrakeCount = 50 }, names(100, "a"), names(85, "a"), false, 15, 85, 0},
		{"a fifth is too much, whatever the count", func(s *catalog.Source) { s.BrakeCount = 50 }, names(100, "a"), names(79, "a"), true, 0, 100, 0},
		{"ignored ones stay", func(s *catalog.Source) { s.Gone = catalog.GoneIgnore }, names(10, "a"), names(2, "a"), false, 0, 10, 0},
		{"deleted ones go", func(s *catalog.Source) { s.Gone = catalog.GoneDelete }, names(10, "a"), names(9, "a"), false, 1, 9, 0},
		{"new ones come along with a few that go", nil, names(10, "a"), names(9, "a") + " " + names(5, "b"), false, 1, 14, 5},
		{"a source that is another altogether makes nothing new", nil, names(10, "a"), names(12, "b"), true, 0, 10, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			h := open(t)
			if test.change != nil {
				test.change(&h.src)
				if err := h.db.PutSource(t.Context(), &h.src); err != nil {
					t.Fatal(err)
				}
			}
			h.settled(t, ok(test.first))
			rep, err := h.run(t, ok(test.second), harvester.Options{})
			active := 0
			for _, d := range h.all(t) {
				if d.State == catalog.Active {
					active++
				}
			}
			if err != nil || rep.Held != test.held || rep.Retired != test.retired || active != test.active || rep.New != test.written {
				t.Errorf("held %v, retired %d, active %d, new %d, %v; want %+v", rep.Held, rep.Retired, active, rep.New, err, test)
			}
		})
	}
}

func TestTheFirstRunsRetireNothing(t *testing.T) {
	h := open(t)
	for i, want := range []int{0, 0, 0, 1} {
		rd := ok("a b c d e f")
		if i > 0 {
			rd = rd[1:]
		}
		if rep, err := h.run(t, rd, harvester.Options{}); err != nil || rep.Retired != want || rep.Young != (i < 3) {
			t.Errorf("run %d: %+v, %v", i+1, rep, err)
		}
	}
}

// handed is a record that names another holder.
func handed(id, holder string) harvester.Record {
	rec := record(id, holder)
	rec.Dataset.Holder.Identifier = holder
	return rec
}

type list []harvester.Record

func (l list) Records(context.Context) iter.Seq2[harvester.Record, error] {
	return func(yield func(harvester.Record, error) bool) {
		for _, rec := range l {
			if !yield(rec, nil) {
				return
			}
		}
	}
}

// reads makes the source yield the records.
func (h *house) reads(recs ...harvester.Record) {
	h.Connectors = harvester.NewRegistry(harvester.Kind{Name: "fake", Open: func(catalog.Source, *http.Client) (harvester.Connector, error) {
		return list(recs), nil
	}})
}

func TestAnotherHolderWaitsForAPerson(t *testing.T) {
	h := open(t)
	h.reads(handed("a", "c_a001"), handed("b", "c_a001"))
	if _, err := h.run(t, nil, harvester.Options{}); err != nil {
		t.Fatal(err)
	}
	h.reads(handed("a", "m_inf"), handed("b", "c_a001"))
	rep, err := h.run(t, nil, harvester.Options{})
	if err != nil || !rep.Held || rep.Withheld != 1 || rep.Same != 1 || rep.Records[0].Outcome != harvester.Withheld || len(rep.Records[0].Problems) != 1 {
		t.Fatalf("%+v, %v", rep, err)
	}
	if got := h.all(t)[0].Holder.Identifier; got != "c_a001" {
		t.Errorf("holder %s", got)
	}
	src, _ := h.db.Source(t.Context(), h.src.ID)
	src.Approved = true
	if err := h.db.PutSource(t.Context(), src); err != nil {
		t.Fatal(err)
	}
	if rep, err = h.run(t, nil, harvester.Options{}); err != nil || rep.Held || rep.Changed != 1 {
		t.Errorf("approved: %+v, %v", rep, err)
	}
}

func TestRenamedRecordsAreTheSameDatasets(t *testing.T) {
	h := open(t)
	named := func(id, title string) harvester.Record {
		rec := record(id, "1")
		rec.Dataset.Title, rec.Dataset.Identifier = catalog.It(title), ""
		return rec
	}
	h.reads(named("1", "Aria"), named("2", "Acqua"), named("3", "Doppio"), named("4", "Doppio"), named("5", "Terra"))
	h.settled(t, nil)
	before := map[string]string{}
	for _, d := range h.all(t) {
		before[d.ID] = d.Name + d.Distributions[0].ID
	}
	h.reads(named("x1", "Aria"), named("x2", "Acqua"), named("x3", "Doppio"), named("x4", "Doppio"), named("x5", "Terra"))
	rep, err := h.run(t, nil, harvester.Options{})
	if err != nil || !rep.Held || rep.Withheld != 2 || rep.New != 0 {
		t.Fatalf("two that nobody can tell apart must wait: %+v, %v", rep, err)
	}
	after := map[string]string{}
	for _, d := range h.all(t) {
		if d.State == catalog.Active {
			after[d.ID] = d.Name + d.Distributions[0].ID
		}
	}
	if len(after) != 5 {
		t.Errorf("%d datasets", len(after))
	}
	for id := range before {
		if after[id] == "" {
			t.Errorf("%s is gone", id)
		}
	}
}

func TestSelectionAndDefaults(t *testing.T) {
	h := open(t)
	h.src.Include, h.src.Exclude = []string{"id~^[ab]", "theme=TRAN"}, []string{"title=Dataset b"}
	h.src.Rules = []catalog.Rule{{Field: "frequency", Set: new("MONTHLY")}}
	if err := h.db.PutSource(t.Context(), &h.src); err != nil {
		t.Fatal(err)
	}
	rep, err := h.run(t, ok("a b c"), harvester.Options{})
	if err != nil || rep.Skipped != 2 || rep.New != 1 || rep.Read.Datasets != 3 {
		t.Fatalf("%+v, %v", rep, err)
	}
	if d := h.all(t)[0]; d.Frequency != "MONTHLY" || d.Origin.Record != "a" {
		t.Errorf("%+v", d)
	}
}

func TestADryRunTellsEveryField(t *testing.T) {
	h := open(t)
	h.settled(t, ok("a b c"))
	before, err := h.db.Fingerprint(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	rep, err := h.run(t, append(ok("a b n"), item{id: "z", err: errors.New("x")}), harvester.Options{DryRun: true})
	if err != nil || rep.Changed != 1 || rep.New != 1 || rep.Same != 2 || rep.Failed != 1 || rep.Retired != 1 {
		t.Fatalf("%+v, %v", rep, err)
	}
	rep, err = h.run(t, append(ok("b c"), item{id: "a", digest: "2"}), harvester.Options{DryRun: true})
	want := []harvester.FieldChange{{Field: "description.it", Old: "Contenuto 1", New: "Contenuto 2"}}
	if err != nil || rep.Changed != 1 {
		t.Fatalf("%+v, %v", rep, err)
	}
	for _, rec := range rep.Records {
		if rec.ID == "a" {
			if diff := cmp.Diff(want, rec.Changes); diff != "" {
				t.Error(diff)
			}
		}
	}
	if after, err := h.db.Fingerprint(t.Context()); err != nil || after != before {
		t.Errorf("a dry run has written, %v", err)
	}
}

// A connector that blocks for ever costs its own run and no more.
func TestAConnectorThatBlocksIsLeft(t *testing.T) {
	h := open(t)
	h.Limits = harvester.Limits{Record: 100 * time.Millisecond}
	h.Connectors = harvester.NewRegistry(harvester.Kind{Name: "fake", Open: func(catalog.Source, *http.Client) (harvester.Connector, error) {
		return blocking{}, nil
	}})
	rep, err := h.run(t, nil, harvester.Options{})
	if catalog.KindOf(err) != catalog.Unavailable || rep.Complete || rep.Changed != 1 {
		t.Errorf("%+v, %v", rep, err)
	}
}

type blocking struct{}

func (blocking) Records(ctx context.Context) iter.Seq2[harvester.Record, error] {
	return func(yield func(harvester.Record, error) bool) {
		if yield(record("a", "1"), nil) {
			<-ctx.Done()
		}
	}
}

func TestARunIsStoppedByAPerson(t *testing.T) {
	h := open(t)
	h.Limits = harvester.Limits{Beat: 20 * time.Millisecond}
	h.Connectors = harvester.NewRegistry(harvester.Kind{Name: "fake", Open: func(catalog.Source, *http.Client) (harvester.Connector, error) {
		return blocking{}, nil
	}})
	go func() {
		for {
			if was, err := h.db.StopRun(context.WithoutCancel(t.Context()), h.src.ID); was || err != nil {
				return
			}
			time.Sleep(5 * time.Millisecond)
		}
	}()
	if _, err := h.run(t, nil, harvester.Options{}); err == nil {
		t.Error("it ended well")
	}
	runs, err := h.db.Runs(t.Context(), h.src.ID, 1)
	if err != nil || runs[0].Status != catalog.RunCancelled {
		t.Errorf("%+v, %v", runs[0], err)
	}
}

// REL-012: what a process still writes that was taken for dead is refused.
func TestAZombieWritesNothing(t *testing.T) {
	h := open(t)
	h.Limits = harvester.Limits{Beat: time.Hour} // it gives no sign of life
	stole := false
	h.Connectors = harvester.NewRegistry(harvester.Kind{Name: "fake", Open: func(catalog.Source, *http.Client) (harvester.Connector, error) {
		return stolen{func() {
			if stole {
				return
			}
			stole = true
			if _, err := h.db.DB().ExecContext(t.Context(), `UPDATE runs SET beat = 1`); err != nil {
				t.Error(err)
			}
			if _, err := h.db.StartRun(t.Context(), h.src.ID, time.Time{}); err != nil {
				t.Error(err)
			}
		}}, nil
	}})
	rep, err := h.run(t, nil, harvester.Options{})
	if catalog.KindOf(err) != catalog.Conflict {
		t.Errorf("%+v, %v", rep, err)
	}
	if ds := h.all(t); len(ds) != 1 {
		t.Errorf("%d datasets, want the one from before", len(ds))
	}
	runs, err := h.db.Runs(t.Context(), h.src.ID, -1)
	if err != nil || len(runs) != 2 {
		t.Fatalf("runs %v, %v", runs, err)
	}
	for _, r := range runs {
		if r.ID == rep.Run && r.Status != catalog.RunInterrupted || r.ID != rep.Run && r.Status != catalog.RunRunning {
			t.Errorf("run %+v", r)
		}
	}
}

type stolen struct{ steal func() }

func (s stolen) Records(context.Context) iter.Seq2[harvester.Record, error] {
	return func(yield func(harvester.Record, error) bool) {
		if yield(record("a", "1"), nil) {
			s.steal()
			yield(record("b", "1"), nil)
		}
	}
}

func TestOneRunOfASourceAtATime(t *testing.T) {
	h := open(t)
	if _, err := h.db.StartRun(t.Context(), h.src.ID, time.Time{}); err != nil {
		t.Fatal(err)
	}
	if rep, err := h.run(t, ok("a"), harvester.Options{}); catalog.KindOf(err) != catalog.Conflict || rep.Run != "" {
		t.Errorf("%+v, %v", rep, err)
	}
}

func TestTwinsAreToldAndLeftAlone(t *testing.T) {
	h := open(t)
	h.Twins = h.db
	if _, err := h.run(t, ok("a"), harvester.Options{}); err != nil {
		t.Fatal(err)
	}
	other := catalog.Source{Name: "altra", Kind: "fake", URL: "https://example.org", Organization: "altro-ente"}
	if err := h.db.PutSource(t.Context(), &other); err != nil {
		t.Fatal(err)
	}
	rep, err := h.Run(t.Context(), other, harvester.Options{})
	if err != nil || len(rep.Records[0].AlsoIn) != 1 || rep.Records[0].AlsoIn[0].Source != h.src.ID {
		t.Errorf("%+v, %v", rep, err)
	}
}

func TestNamesDoNotDependOnTheOrderOfRecords(t *testing.T) {
	named := func(id string) harvester.Record {
		rec := record(id, "1")
		rec.Dataset.Title = catalog.It("Bilancio")
		return rec
	}
	got := map[string][]string{}
	for _, order := range [][]string{{"a", "b", "c"}, {"a", "c", "b"}} {
		h := open(t)
		h.src.ID, h.src.Name = "same", "same"
		if err := h.db.PutSource(t.Context(), &h.src); err != nil {
			t.Fatal(err)
		}
		h.reads(named(order[0]), named(order[1]), named(order[2]))
		if _, err := h.run(t, nil, harvester.Options{}); err != nil {
			t.Fatal(err)
		}
		for _, d := range h.all(t) {
			got[d.Origin.Record] = append(got[d.Origin.Record], d.Name)
		}
	}
	for id, names := range got {
		if len(names) != 2 || names[0] != names[1] {
			t.Errorf("%s: %v", id, names)
		}
	}
}

// HRV-012: a source of 1,000 datasets that fails, is empty, is not found and
// then holds ten loses none, and waits for a person.
func TestASourceThatLosesAlmostAllLosesNothing(t *testing.T) {
	const n = 1000
	h := open(t)
	h.settled(t, ok(names(n, "a")))
	for name, rd := range map[string]reading{
		"500": {item{err: errors.New("500 Internal Server Error")}}, "nothing": {}, "404": {item{err: errors.New("404 Not Found")}},
		"a page of ten": ok(names(10, "a")), "ten of others": ok(names(10, "b")),
	} {
		rep, err := h.run(t, rd, harvester.Options{})
		if rep.Retired != 0 || err == nil && !rep.Held {
			t.Errorf("%s: %d retired, held %t, %v", name, rep.Retired, rep.Held, err)
		}
		active := 0
		for _, d := range h.all(t) {
			if d.State == catalog.Active {
				active++
			}
		}
		if active != n {
			t.Errorf("%s: %d datasets are left", name, active)
		}
	}
	if src, err := h.db.Source(t.Context(), h.src.ID); err != nil || !src.Held {
		t.Errorf("nobody is asked: %v", err)
	}
}
