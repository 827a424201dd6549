package harvester_test

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"log/slog"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"portico/catalog"
	"portico/dcat"
	"portico/harvester"
	"portico/store"
)

// A reading is what a connector yields in one run.
type reading []item

type item struct {
	id, digest string
	err        error
	panics     bool // while it is converted
	name       string
}

func (rd reading) Records(context.Context) iter.Seq2[harvester.Record, error] {
	return func(yield func(harvester.Record, error) bool) {
		for _, x := range rd {
			if x.id == "" {
				yield(harvester.Record{}, x.err)
				return
			}
			rec, err := harvester.Guard(x.id, "", func() (harvester.Record, error) {
				if x.panics {
					panic("boom")
				}
				rec := record(x.id, x.digest)
				rec.Dataset.Name = x.name
				return rec, x.err
			})
			if !yield(rec, err) {
				return
			}
		}
	}
}

func record(id, digest string) harvester.Record {
	return harvester.Record{ID: id, Digest: digest, Distributions: 1, Dataset: catalog.Dataset{
		Title:       catalog.It("Dataset " + id),
		Description: catalog.It("Contenuto " + digest),
		Identifier:  "c_a001:" + id,
		Holder:      catalog.Agent{Identifier: "c_a001", Name: catalog.It("Comune di Esempio")},
		Themes:      []catalog.Theme{{Code: "ENVI"}},
		Frequency:   "ANNUAL",
		Distributions: []catalog.Distribution{{
			AccessURL: "https://example.it/" + id, License: "https://creativecommons.org/licenses/by/4.0/", Format: "CSV",
		}},
	}}
}

type house struct {
	*harvester.Harvester
	db  *store.Store
	src catalog.Source
	now reading
}

func open(t *testing.T) *house {
	t.Helper()
	db, err := store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "db"), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	h := &house{db: db, src: catalog.Source{Name: "fonte", Kind: "fake", URL: "https://example.it"}}
	h.Harvester = &harvester.Harvester{
		Connectors: harvester.NewRegistry(harvester.Kind{Name: "fake", Open: func(catalog.Source, *http.Client) (harvester.Connector, error) {
			return h.now, nil
		}}),
		Datasets: db, Origins: db, Organizations: db, Sources: db,
		Client: func(catalog.Source) *http.Client { return &http.Client{} },
		Log:    slog.New(slog.DiscardHandler),
	}
	if err := db.PutSource(t.Context(), &h.src); err != nil {
		t.Fatal(err)
	}
	return h
}

// settled runs the source three times, so that it is no longer a young one.
func (h *house) settled(t *testing.T, rd reading) {
	t.Helper()
	for range 3 {
		if rep, err := h.run(t, rd, harvester.Options{}); err != nil || rep.Retired != 0 {
			t.Fatalf("settling: %+v, %v", rep, err)
		}
	}
}

// run runs the source as it is stored, reading rd.
func (h *house) run(t *testing.T, rd reading, o harvester.Options) (harvester.Report, error) {
	t.Helper()
	h.now = rd
	src, err := h.db.Source(t.Context(), h.src.ID)
	if err != nil {
		t.Fatal(err)
	}
	return h.Run(t.Context(), *src, o)
}

func (h *house) all(t *testing.T) []*catalog.Dataset {
	t.Helper()
	ds, _, err := h.db.ListDatasets(catalog.WithActor(t.Context(), catalog.System), catalog.DatasetFilter{AnyState: true, Limit: -1})
	if err != nil {
		t.Fatal(err)
	}
	return ds
}

// ok returns items that read well, with digest 1.
func ok(ids string) reading {
	var rd reading
	for id := range strings.FieldsSeq(ids) {
		rd = append(rd, item{id: id, digest: "1"})
	}
	return rd
}

func TestRun(t *testing.T) {
	bad := errors.New("bad")
	rejected := harvester.Reject(catalog.Problemf("dct:title", "x", "title-missing", "manca", "missing"))
	type counts struct {
		Read, Changed, Same, Failed, Retired, Missing int
		Complete, Held                                bool
		Status                                        catalog.RunStatus
	}
	for _, test := range []struct {
		name    string
		second  reading // the first reads a to f, all well
		want    counts
		wantErr error
		active  int
	}{
		{"same again", ok("a b c d e f"), counts{Read: 6, Same: 6, Complete: true, Status: catalog.RunDone}, nil, 6},
		{"one changed", append(ok("b c d e f"), item{id: "a", digest: "2"}), counts{Read: 6, Changed: 1, Same: 5, Complete: true, Status: catalog.RunDone}, nil, 6},
		{"one gone is retired", ok("a b c d e"), counts{Read: 5, Same: 5, Retired: 1, Missing: 1, Complete: true, Status: catalog.RunDone}, nil, 5},
		{"one new", ok("a b c d e f g"), counts{Read: 7, Same: 6, Changed: 1, Complete: true, Status: catalog.RunDone}, nil, 7},
		{"a bad record is not gone", append(ok("b c d e f"), item{id: "a", err: bad}), counts{Read: 6, Same: 5, Failed: 1, Complete: true, Status: catalog.RunDone}, nil, 6},
		{"a rejected record is not gone", append(ok("b c d e f"), item{id: "a", err: rejected}), counts{Read: 6, Same: 5, Failed: 1, Complete: true, Status: catalog.RunDone}, nil, 6},
		{"a panic concerns its record alone", append(reading{{id: "a", panics: true}}, ok("b c d e f")...), counts{Read: 6, Same: 5, Failed: 1, Complete: true, Status: catalog.RunDone}, nil, 6},
		{"a record that comes twice counts once", ok("a b c d e f f"), counts{Read: 7, Same: 6, Failed: 1, Complete: true, Status: catalog.RunDone}, nil, 6},
		{"nothing at all retires nothing", reading{}, counts{Status: catalog.RunFailed}, harvester.ErrEmpty, 6},
		{"half a reading retires nothing", append(ok("a b"), item{err: bad}), counts{Read: 2, Same: 2, Status: catalog.RunFailed}, bad, 6},
		{"too much missing stops and asks", ok("a b c d"), counts{Read: 4, Same: 4, Missing: 2, Complete: true, Held: true, Status: catalog.RunHeld}, nil, 6},
	} {
		t.Run(test.name, func(t *testing.T) {
			h := open(t)
			rep, err := h.run(t, ok("a b c d e f"), harvester.Options{})
			if err != nil || rep.Changed != 6 || rep.Published != 6 || rep.Retired != 0 {
				t.Fatalf("first run: %+v, %v", rep, err)
			}
			h.settled(t, ok("a b c d e f"))
			rep, err = h.run(t, test.second, harvester.Options{})
			runs, _ := h.db.Runs(t.Context(), h.src.ID, 1)
			got := counts{rep.Read.Datasets, rep.Changed, rep.Same, rep.Failed, rep.Retired, rep.Missing, rep.Complete, rep.Held, runs[0].Status}
			if diff := cmp.Diff(test.want, got); diff != "" || !errors.Is(err, test.wantErr) {
				t.Errorf("%s\nerror %v; want %v", diff, err, test.wantErr)
			}
			active := 0
			for _, d := range h.all(t) {
				if d.State == catalog.Active {
					active++
				}
			}
			if active != test.active {
				t.Errorf("%d active, want %d", active, test.active)
			}
		})
	}
}

func TestThreeRunsAreOne(t *testing.T) {
	for name, digest := range map[string]string{"by digest": "1", "by body": ""} {
		t.Run(name, func(t *testing.T) {
			h := open(t)
			rd := reading{{id: "a", digest: digest}, {id: "b", digest: digest}}
			var first []*catalog.Dataset
			for i := range 3 {
				rep, err := h.run(t, rd, harvester.Options{})
				if err != nil {
					t.Fatal(err)
				}
				ds := h.all(t)
				if i == 0 {
					first = ds
					continue
				}
				if rep.Changed != 0 || rep.Same != 2 || rep.Published != 2 {
					t.Errorf("run %d: %+v", i, rep)
				}
				if diff := cmp.Diff(first, ds); diff != "" {
					t.Errorf("run %d: %s", i, diff)
				}
			}
			if first[0].Distributions[0].ID == first[1].Distributions[0].ID || first[0].Groups[0] != "ambiente" {
				t.Errorf("distribution IDs or groups: %+v", first[0])
			}
		})
	}
}

// The source says nothing of dates, so the day of the harvest stands in; a
// later run must not move it.
func TestTheClockChangesNothing(t *testing.T) {
	h := open(t)
	if _, err := h.run(t, reading{{id: "a", digest: "1"}}, harvester.Options{}); err != nil {
		t.Fatal(err)
	}
	ctx := catalog.WithActor(t.Context(), catalog.System)
	d := h.all(t)[0]
	d.Modified = "2020-01-01" // as if the first run had been then
	d.Notes[0].Value = "2020-01-01"
	for i := range d.Notes {
		if d.Notes[i].Rule == "modified-from-harvest" {
			d.Notes[i].Value = "2020-01-01"
		}
	}
	if _, err := h.db.PutDataset(ctx, d); err != nil {
		t.Fatal(err)
	}
	if _, err := h.run(t, reading{{id: "a", digest: "2"}}, harvester.Options{}); err != nil {
		t.Fatal(err)
	}
	if got := h.all(t)[0].Modified; got != "2020-01-01" {
		t.Errorf("modified %s", got)
	}
}

func TestApprovalLetsOneRunGoOn(t *testing.T) {
	h := open(t)
	h.settled(t, ok("a b c d e f"))
	for range 2 {
		if rep, err := h.run(t, ok("a b"), harvester.Options{}); err != nil || !rep.Held || rep.Retired != 0 {
			t.Fatalf("not held: %+v, %v", rep, err)
		}
	}
	src, _ := h.db.Source(t.Context(), h.src.ID)
	if !src.Held {
		t.Fatal("the source does not say that it is held")
	}
	src.Approved = true
	if err := h.db.PutSource(t.Context(), src); err != nil {
		t.Fatal(err)
	}
	if _, err := h.run(t, append(ok("a b"), item{err: errors.New("x")}), harvester.Options{}); err == nil {
		t.Fatal("half a reading passed")
	}
	rep, err := h.run(t, ok("a b"), harvester.Options{})
	if err != nil || rep.Held || rep.Retired != 4 {
		t.Errorf("approved: %+v, %v", rep, err)
	}
	if src, _ = h.db.Source(t.Context(), h.src.ID); src.Held || src.Approved {
		t.Errorf("approval stays: %+v", src)
	}
	if rep, err = h.run(t, ok("a b c"), harvester.Options{}); err != nil || rep.Changed != 1 {
		t.Errorf("a record that comes back: %+v, %v", rep, err)
	}
	if got := len(h.all(t)); got != 6 {
		t.Errorf("%d datasets, want 6: the one that came back is the one that was", got)
	}
}

func TestDryRunWritesNothing(t *testing.T) {
	h := open(t)
	h.settled(t, ok("a b c"))
	before := dump(t, h)
	rep, err := h.run(t, append(ok("a b"), item{id: "d", digest: "1"}, item{id: "e", err: errors.New("x")}), harvester.Options{DryRun: true, Org: "nuova"})
	if err != nil || rep.Retired != 1 || rep.Failed != 1 || rep.Changed != 3 {
		t.Errorf("got %+v, %v", rep, err)
	}
	if diff := cmp.Diff(before, dump(t, h)); diff != "" {
		t.Error(diff)
	}
}

func dump(t *testing.T, h *house) []any {
	t.Helper()
	ctx := catalog.WithActor(t.Context(), catalog.System)
	orgs, _ := h.db.Organizations(ctx)
	groups, _ := h.db.Groups(ctx)
	runs, _ := h.db.Runs(ctx, "", 100)
	acts, _ := h.db.Activities(ctx, catalog.ActivityFilter{Limit: 1000})
	return []any{h.all(t), orgs, groups, runs, len(acts)}
}

func TestTwoSourcesNeverOverwriteEachOther(t *testing.T) {
	h := open(t)
	if _, err := h.run(t, ok("a"), harvester.Options{}); err != nil {
		t.Fatal(err)
	}
	other := catalog.Source{Name: "altra", Kind: "fake", URL: "https://example.org"}
	if err := h.db.PutSource(t.Context(), &other); err != nil {
		t.Fatal(err)
	}
	first := h.all(t)[0]
	h.now = reading{{id: "a", digest: "9"}}
	if rep, err := h.Run(t.Context(), other, harvester.Options{}); err != nil || rep.Changed != 1 {
		t.Fatalf("%+v, %v", rep, err)
	}
	ds := h.all(t)
	if len(ds) != 2 || ds[0].Name == ds[1].Name || ds[0].Distributions[0].ID == ds[1].Distributions[0].ID {
		t.Errorf("got %d datasets", len(ds))
	}
	for _, d := range ds {
		if d.ID == first.ID {
			if diff := cmp.Diff(first, d); diff != "" {
				t.Error(diff)
			}
		}
	}
}

func TestNamesAreKeptWhereTheyAreNames(t *testing.T) {
	h := open(t)
	rd := reading{
		{id: "a", digest: "1", name: "rete_2024-bis"},
		{id: "b", digest: "1", name: "Città Nuova!"},
		{id: "c", digest: "1", name: "x"},
		{id: "d", digest: "1", name: "rete_2024-bis"},
		{id: "e", digest: "1"},
	}
	if _, err := h.run(t, rd, harvester.Options{}); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"a": "rete_2024-bis", "b": "citta-nuova", "c": "dataset-c", "d": "dataset-d", "e": "dataset-e"}
	got := make(map[string]string)
	for _, d := range h.all(t) {
		got[d.Origin.Record] = d.Name
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestOrganizations(t *testing.T) {
	for _, test := range []struct {
		name, org, want string
		strip           bool // the record names nobody
	}{
		{"the holder's, when the run names none", "", "comune-di-esempio", false},
		{"the run's", "altro-ente", "altro-ente", false},
		{"the source's, when nobody is named", "", "fonte", true},
	} {
		t.Run(test.name, func(t *testing.T) {
			h := open(t)
			h.Connectors = harvester.NewRegistry(harvester.Kind{Name: "fake", Open: func(catalog.Source, *http.Client) (harvester.Connector, error) {
				rec := record("a", "1")
				if test.strip {
					rec.Dataset.Holder = catalog.Agent{}
				}
				return one(rec), nil
			}})
			rep, err := h.run(t, nil, harvester.Options{Org: test.org})
			if err != nil {
				t.Fatal(err)
			}
			d := h.all(t)[0]
			o, err := h.db.Organization(t.Context(), d.Organization)
			if err != nil || o.Name != test.want {
				t.Errorf("organization %+v, %v", o, err)
			}
			if test.strip && (rep.Quarantined != 1 || rep.Published != 0 || len(rep.Records[0].Problems) == 0) {
				t.Errorf("no holder, but not in quarantine: %+v", rep)
			}
		})
	}
}

type one harvester.Record

func (rec one) Records(context.Context) iter.Seq2[harvester.Record, error] {
	return func(yield func(harvester.Record, error) bool) { yield(harvester.Record(rec), nil) }
}

func TestDraftsStayDrafts(t *testing.T) {
	h := open(t)
	rep, err := h.run(t, ok("a"), harvester.Options{Draft: true})
	if err != nil || rep.Published != 0 {
		t.Fatalf("%+v, %v", rep, err)
	}
	if _, err := h.run(t, reading{{id: "a", digest: "2"}}, harvester.Options{}); err != nil {
		t.Fatal(err)
	}
	if d := h.all(t)[0]; d.State != catalog.Draft {
		t.Errorf("state %s: a run has published a draft", d.State)
	}
}

func TestNothingOfOwnershipIsTakenFromTheSource(t *testing.T) {
	h := open(t)
	rec := record("a", "1")
	rec.Dataset.ID, rec.Dataset.Private, rec.Dataset.Creator, rec.Dataset.State = "x", true, "y", catalog.Deleted
	rec.Dataset.Organization, rec.Dataset.Origin = "z", catalog.Origin{Source: "s", Record: "r"}
	h.Connectors = harvester.NewRegistry(harvester.Kind{Name: "fake", Open: func(catalog.Source, *http.Client) (harvester.Connector, error) { return one(rec), nil }})
	if _, err := h.run(t, nil, harvester.Options{}); err != nil {
		t.Fatal(err)
	}
	d := h.all(t)[0]
	if d.ID != catalog.StableID(h.src.ID, "a") || d.Private || d.Creator != "" || d.State != catalog.Active || d.Origin.Source != h.src.ID {
		t.Errorf("got %+v", d)
	}
}

func TestReportJSON(t *testing.T) {
	h := open(t)
	rep, _ := h.run(t, append(ok("a"), item{id: "b", err: harvester.Reject(catalog.Problemf("dct:title", "v", "r", "italiano", "english").WithMend("così", "so"))}), harvester.Options{})
	raw, err := json.Marshal(rep)
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{
		`"read":{"datasets":2,"distributions":2}`, `"published":1,"quarantined":0,"changed":1,"same":0,"failed":1,"retired":0,"complete":true,"held":false`,
		`{"id":"b","title":"","outcome":"rejected","problems":[{"field":"dct:title","value":"v","rule":"r","message":"italiano / english","mend":"così / so"}],"link":"https://example.it"}`,
	} {
		if !strings.Contains(string(raw), part) {
			t.Errorf("no %s in %s", part, raw)
		}
	}
}

func TestDefaultsComplete(t *testing.T) {
	h := open(t)
	h.Defaults = dcat.Defaults{Frequency: "WEEKLY"}
	rec := record("a", "1")
	rec.Dataset.Frequency = ""
	h.Connectors = harvester.NewRegistry(harvester.Kind{Name: "fake", Open: func(catalog.Source, *http.Client) (harvester.Connector, error) { return one(rec), nil }})
	if _, err := h.run(t, nil, harvester.Options{}); err != nil {
		t.Fatal(err)
	}
	if d := h.all(t)[0]; d.Frequency != "WEEKLY" || len(d.Notes) == 0 {
		t.Errorf("frequency %q, notes %v", d.Frequency, d.Notes)
	}
}
