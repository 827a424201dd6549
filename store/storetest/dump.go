package storetest

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"portico/catalog"
)

var dumpChecks = []check{
	{"equal catalogs have equal fingerprints, a change gives another", fingerprints},
	{"a broken dump is Invalid and loads nothing", brokenDumps},
	{"a dump is not loaded into a catalog that has something", loadIntoFull},
}

// Fill puts something of everything into s.
func Fill(t *testing.T, s Store) {
	ctx := asSystem(t)
	o := &catalog.Organization{Name: "o", Title: catalog.It("O")}
	must(t, s.PutOrganization(ctx, o))
	must(t, s.PutGroup(ctx, &catalog.Group{Name: "ambiente", Theme: "ENVI"}))
	src := &catalog.Source{Name: "s", Kind: "ckan", URL: "https://example.org/"}
	must(t, s.PutSource(ctx, src))
	r, err := s.StartRun(ctx, "s", time.Time{})
	must(t, err)
	must(t, s.UpdateSourceState(ctx, src.ID, func(st *catalog.SourceState) {
		*st = catalog.SourceState{Due: time.UnixMicro(5).UTC(), Failures: 2, Memo: []byte(`{"etag":"x"}`)}
	}))
	must(t, s.PutSecret(ctx, src.ID, "sealed"))
	d := Full()
	d.Organization, d.Origin.Source = o.ID, src.ID
	put(t, s, d)
	for i, text := range strange {
		put(t, s, &catalog.Dataset{Title: catalog.It(text), Private: i%2 == 0})
	}
	put(t, s, &catalog.Dataset{Name: "x", Title: catalog.It("Andato")})
	must(t, s.SetDatasetState(ctx, "x", catalog.Deleted, "aria"))
	r.Status = catalog.RunDone
	must(t, s.FinishRun(ctx, r))
	u := &catalog.User{Name: "maria", Email: "m@example.org", FullName: "Maria Bianchi", Sysadmin: true, Password: "$argon2id$"}
	must(t, s.PutUser(ctx, u))
	must(t, s.PutToken(ctx, &catalog.Token{User: u.ID, Hash: "h", Name: "prova"}))
	must(t, s.PutMember(ctx, &catalog.Member{Body: o.ID, Kind: catalog.MemberUser, Object: u.ID, Role: catalog.RoleAdmin}))
	must(t, s.PutRecord(ctx, &catalog.Record{Kind: catalog.RecordView, Key: "v", About: "d1", Position: 2, Body: []byte(`{"è":"<b>"}`)}))
}

// Travel dumps from, which must be empty, filled with something of everything,
// and loads the dump into to, which may be on another engine.
func Travel(t *testing.T, from, to Store) {
	Fill(t, from)
	var dump bytes.Buffer
	must(t, from.Dump(t.Context(), &dump))
	before, err := from.Fingerprint(t.Context())
	must(t, err)
	must(t, to.Load(t.Context(), bytes.NewReader(dump.Bytes())))
	if got, want := len(staleIDs(t, to)), countAll(t, from); got != want {
		t.Errorf("%d datasets are stale, want all %d", got, want)
	}
	// Loading moves the revision, for it marks all stale; the rest is equal.
	var again bytes.Buffer
	must(t, to.Dump(t.Context(), &again))
	if diff := cmp.Diff(withoutRevision(dump.String()), withoutRevision(again.String())); diff != "" {
		t.Errorf("the dump of what was loaded differs: %s", diff)
	}
	for _, ctx := range []context.Context{t.Context(), asSystem(t)} {
		a, n, err := from.ListDatasets(ctx, catalog.DatasetFilter{AnyState: true, Limit: -1})
		must(t, err)
		b, m, err := to.ListDatasets(ctx, catalog.DatasetFilter{AnyState: true, Limit: -1})
		if diff := cmp.Diff(a, b); diff != "" || err != nil || n != m {
			t.Errorf("%d datasets, then %d, %v: %s", n, m, err, diff)
		}
	}
	if u, _, err := to.UserByToken(t.Context(), "h"); err != nil || u.Name != "maria" {
		t.Errorf("user of the token: %+v, %v", u, err)
	}
	wantRecords(t, to, "loaded: ", "view v")
	put(t, to, &catalog.Dataset{Title: catalog.It("Dopo")}) // writing goes on
	if after, err := from.Fingerprint(t.Context()); err != nil || after != before {
		t.Errorf("the fingerprint of the origin moved, %v", err)
	}
}

func countAll(t *testing.T, s Store) int {
	_, n, err := s.ListDatasets(asSystem(t), catalog.DatasetFilter{AnyState: true})
	must(t, err)
	return n
}

// withoutRevision leaves out the revision and the sum at the end.
func withoutRevision(dump string) []string {
	var out []string
	for line := range strings.Lines(dump) {
		if !strings.Contains(line, `"t":"revision"`) && !strings.Contains(line, `"end":true`) {
			out = append(out, line)
		}
	}
	return out
}

func fingerprints(t *testing.T, s Store) {
	Fill(t, s)
	one, err := s.Fingerprint(t.Context())
	must(t, err)
	clearStale(t, s) // what followers know is not what the catalog says
	put(t, s, stored(t, s, "aria"))
	if two, err := s.Fingerprint(t.Context()); err != nil || one != two {
		t.Errorf("%s then %s, %v", one, two, err)
	}
	put(t, s, &catalog.Dataset{})
	if three, err := s.Fingerprint(t.Context()); err != nil || one == three {
		t.Errorf("still %s, %v", three, err)
	}
}

func brokenDumps(t *testing.T, s Store) {
	Fill(t, s)
	var dump bytes.Buffer
	must(t, s.Dump(t.Context(), &dump))
	good := dump.String()
	lines := strings.SplitAfter(strings.TrimSuffix(good, "\n"), "\n")
	for name, bad := range map[string]string{
		"empty":             "",
		"not JSON":          "hello\n",
		"another format":    `{"format":"x"}` + "\n",
		"newer":             strings.Replace(good, `"version":1`, `"version":99`, 1),
		"of a newer schema": strings.Replace(good, `"schema":`, `"schema":9`, 1),
	} {
		wantKind(t, name, s.Load(t.Context(), strings.NewReader(bad)), catalog.Invalid)
	}
	for _, name := range []string{"aria", "x"} {
		must(t, s.PurgeDataset(asSystem(t), name))
	}
	wantKind(t, "cut short", s.Load(t.Context(), strings.NewReader(strings.Join(lines[:len(lines)-1], ""))), catalog.Conflict)
}

func loadIntoFull(t *testing.T, s Store) {
	var dump bytes.Buffer
	must(t, s.Dump(t.Context(), &dump))
	put(t, s, &catalog.Dataset{Name: "a"})
	wantKind(t, "load", s.Load(t.Context(), &dump), catalog.Conflict)
	if got := stored(t, s, "a"); got.Name != "a" {
		t.Errorf("got %+v", got)
	}
}

// Broken checks that a dump that is cut or changed is Invalid and leaves an
// empty catalog empty. Both must be empty.
func Broken(t *testing.T, from, to Store) {
	Fill(t, from)
	var dump bytes.Buffer
	must(t, from.Dump(t.Context(), &dump))
	good := dump.String()
	lines := strings.SplitAfter(strings.TrimSuffix(good, "\n"), "\n")
	empty, err := to.Fingerprint(t.Context())
	must(t, err)
	for name, bad := range map[string]string{
		"cut short":        strings.Join(lines[:len(lines)-1], ""),
		"cut in a line":    good[:len(good)/2],
		"a row left out":   strings.Join(lines[:3], "") + strings.Join(lines[4:], ""),
		"a value changed":  strings.Replace(good, "maria", "mario", 1),
		"a foreign table":  lines[0] + `{"t":"sqlite_master","r":{"name":"x"}}` + "\n",
		"a foreign column": lines[0] + `{"t":"revision","r":{"one":1,"x":"y"}}` + "\n",
		"a nested value":   lines[0] + `{"t":"revision","r":{"one":1,"value":[1]}}` + "\n",
	} {
		wantKind(t, name, to.Load(t.Context(), strings.NewReader(bad)), catalog.Invalid)
		if now, err := to.Fingerprint(t.Context()); err != nil || now != empty {
			t.Errorf("%s: something was loaded, %v", name, err)
		}
	}
	must(t, to.Load(t.Context(), strings.NewReader(good)))
}
