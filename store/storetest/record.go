package storetest

import (
	"strconv"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"portico/catalog"
)

var recordChecks = []check{
	{"a record comes back, and keeps Created when it is put again", recordBack},
	{"records are in order, of a kind, an owner and what they are about", recordsChosen},
	{"records about a purged dataset go with it, and those of others stay", recordsPurged},
	{"records about a distribution that was taken out go with it", recordsOfDistribution},
	{"a record is swapped only for the one that was read", recordSwapped},
	{"of many who swap a record at once none loses what another wrote", recordSwappedAtOnce},
	{"a record that no engine can keep is Invalid", badRecords},
}

func recordBack(t *testing.T, s Store) {
	r := &catalog.Record{Kind: catalog.RecordView, Key: "v", About: "d", Owner: "u", Position: 3, Body: []byte(`{"b":1,"a":"è <b>"}`)}
	must(t, s.PutRecord(asSystem(t), r))
	got, err := s.Record(t.Context(), catalog.RecordView, "v")
	if diff := cmp.Diff(r, got); diff != "" || err != nil || got.Created.IsZero() {
		t.Errorf("%v %s", err, diff)
	}
	again := &catalog.Record{Kind: catalog.RecordView, Key: "v", About: "e"}
	must(t, s.PutRecord(asSystem(t), again))
	got, err = s.Record(t.Context(), catalog.RecordView, "v")
	if diff := cmp.Diff(again, got); diff != "" || err != nil || !got.Created.Equal(r.Created) {
		t.Errorf("again: %v %s", err, diff)
	}
	_, err = s.Record(t.Context(), catalog.RecordTag, "v")
	wantKind(t, "of another kind", err, catalog.NotFound)
	must(t, s.RemoveRecord(asSystem(t), catalog.RecordView, "v"))
	wantKind(t, "again", s.RemoveRecord(asSystem(t), catalog.RecordView, "v"), catalog.NotFound)
	_, err = s.Record(t.Context(), catalog.RecordView, "v")
	wantKind(t, "removed", err, catalog.NotFound)
}

func recordSwapped(t *testing.T, s Store) {
	r := &catalog.Record{Kind: catalog.RecordTable, Key: "t", About: "t", Body: []byte(`{"a": "<1>"}`)}
	wantKind(t, "swapped for what is not there", s.SwapRecord(asSystem(t), r, []byte(`{}`)), catalog.Conflict)
	must(t, s.SwapRecord(asSystem(t), r, nil))
	wantKind(t, "made twice", s.SwapRecord(asSystem(t), r, nil), catalog.Conflict)
	was, err := s.Record(t.Context(), catalog.RecordTable, "t")
	must(t, err)
	must(t, s.SwapRecord(asSystem(t), &catalog.Record{Kind: catalog.RecordTable, Key: "t", About: "t", Body: []byte(`{"a":2}`)}, was.Body))
	wantKind(t, "swapped for what was", s.SwapRecord(asSystem(t), r, was.Body), catalog.Conflict)
	got, err := s.Record(t.Context(), catalog.RecordTable, "t")
	if err != nil || string(got.Body) != `{"a":2}` || !got.Created.Equal(was.Created) {
		t.Errorf("%v %s", err, got.Body)
	}
}

func recordSwappedAtOnce(t *testing.T, s Store) {
	const writers, each = 4, 10
	must(t, s.PutRecord(asSystem(t), &catalog.Record{Kind: catalog.RecordTable, Key: "n", Body: []byte(`0`)}))
	ctx := asSystem(t)
	var wg sync.WaitGroup
	for range writers {
		wg.Go(func() {
			for done := 0; done < each; {
				was, err := s.Record(ctx, catalog.RecordTable, "n")
				if err != nil {
					t.Error(err)
					return
				}
				n, _ := strconv.Atoi(string(was.Body))
				err = s.SwapRecord(ctx, &catalog.Record{Kind: catalog.RecordTable, Key: "n", Body: []byte(strconv.Itoa(n + 1))}, was.Body)
				if err == nil {
					done++
				} else if catalog.KindOf(err) != catalog.Conflict {
					t.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	got, err := s.Record(ctx, catalog.RecordTable, "n")
	if err != nil || string(got.Body) != strconv.Itoa(writers*each) {
		t.Errorf("%v: %s, want %d", err, got.Body, writers*each)
	}
}

func keysOf(rs []*catalog.Record) []string {
	out := []string{}
	for _, r := range rs {
		out = append(out, r.Key)
	}
	return out
}

func recordsChosen(t *testing.T, s Store) {
	for _, r := range []*catalog.Record{
		{Kind: catalog.RecordView, Key: "3", About: "d", Position: 2},
		{Kind: catalog.RecordView, Key: "2", About: "d", Position: 1, Owner: "u"},
		{Kind: catalog.RecordView, Key: "1", About: "e", Position: 1, Owner: "u"},
		{Kind: catalog.RecordTag, Key: "1", About: "d", Owner: "u"},
	} {
		must(t, s.PutRecord(asSystem(t), r))
	}
	for _, c := range []struct {
		about, owner string
		want         []string
	}{
		{"", "", []string{"2", "1", "3"}},
		{"d", "", []string{"2", "3"}},
		{"", "u", []string{"2", "1"}},
		{"d", "u", []string{"2"}},
		{"' OR TRUE --", "", []string{}},
	} {
		got, err := s.Records(t.Context(), catalog.RecordView, c.about, c.owner)
		if diff := cmp.Diff(c.want, keysOf(got)); diff != "" || err != nil {
			t.Errorf("about %q of %q: %v %s", c.about, c.owner, err, diff)
		}
	}
}

func recordsPurged(t *testing.T, s Store) {
	a, b := put(t, s, Full()), put(t, s, &catalog.Dataset{Name: "b", Distributions: []catalog.Distribution{{ID: "d2"}}})
	for _, r := range []*catalog.Record{
		{Kind: catalog.RecordView, Key: "1", About: "d1"},
		{Kind: catalog.RecordView, Key: "2", About: "d2"}, // in both
		{Kind: catalog.RecordRelationship, Key: "1", About: a.ID, Owner: b.ID},
		{Kind: catalog.RecordRelationship, Key: "2", About: b.ID, Owner: a.ID},
		{Kind: catalog.RecordFollow, Key: "1", About: a.ID, Owner: "u"},
		{Kind: catalog.RecordFollow, Key: "2", About: b.ID, Owner: "u"},
		{Kind: catalog.RecordTask, Key: "1", About: a.ID},
		{Kind: catalog.RecordTable, Key: "d1", About: "d1"},
		{Kind: catalog.RecordHold, Key: "d1", About: "d1", Owner: "held"},
		{Kind: catalog.RecordVocabulary, Key: "1", About: a.ID}, // a name that looks like an ID
		{Kind: catalog.RecordTranslation, Key: "1", About: a.ID},
	} {
		must(t, s.PutRecord(asSystem(t), r))
	}
	must(t, s.SetDatasetState(asSystem(t), a.ID, catalog.Deleted, ""))
	wantRecords(t, s, "deleted: ", "view 1, view 2, relationship 1, relationship 2, follow 1, follow 2, task 1, table d1, hold d1, vocabulary 1, translation 1")
	must(t, s.PurgeDataset(asSystem(t), a.ID))
	wantRecords(t, s, "purged: ", "view 2, follow 2, vocabulary 1, translation 1")
	must(t, s.PurgeDataset(asSystem(t), b.ID))
	wantRecords(t, s, "both purged: ", "vocabulary 1, translation 1")
}

// wantRecords checks which records there are.
func wantRecords(t *testing.T, s Store, what, want string) {
	t.Helper()
	got := ""
	for _, kind := range []catalog.RecordKind{
		catalog.RecordView, catalog.RecordRelationship, catalog.RecordFollow, catalog.RecordTask, catalog.RecordTable, catalog.RecordHold,
		catalog.RecordVocabulary, catalog.RecordTranslation,
	} {
		rs, err := s.Records(t.Context(), kind, "", "")
		must(t, err)
		for _, r := range rs {
			if got != "" {
				got += ", "
			}
			got += string(kind) + " " + r.Key
		}
	}
	if got != want {
		t.Errorf("%s%s, want %s", what, got, want)
	}
}

func recordsOfDistribution(t *testing.T, s Store) {
	d := put(t, s, Full())
	for _, id := range []string{"d1", "d2"} {
		must(t, s.PutRecord(asSystem(t), &catalog.Record{Kind: catalog.RecordView, Key: id, About: id}))
	}
	d.Version = "2"
	put(t, s, d)
	wantRecords(t, s, "changed: ", "view d1, view d2")
	d.Distributions = d.Distributions[1:]
	put(t, s, d)
	wantRecords(t, s, "without d1: ", "view d2")
}

func badRecords(t *testing.T, s Store) {
	for name, r := range map[string]*catalog.Record{
		"no kind":    {Key: "k"},
		"no key":     {Kind: catalog.RecordTag},
		"a NUL":      {Kind: catalog.RecordTag, Key: "\x00"},
		"NUL inside": {Kind: catalog.RecordTag, Key: "k", Body: []byte(`"\u0000"`)},
		"no JSON":    {Kind: catalog.RecordTag, Key: "k", Body: []byte(`{`)},
	} {
		wantKind(t, name, s.PutRecord(asSystem(t), r), catalog.Invalid)
	}
}
