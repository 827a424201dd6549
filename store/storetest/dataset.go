package storetest

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"portico/catalog"
)

var datasetChecks = []check{
	{"a dataset comes back as it was put, by ID and by name", comesBack},
	{"a dataset that is not there is NotFound", notThere},
	{"putting the same again changes nothing", sameAgain},
	{"putting what was read changes nothing", readAndPut},
	{"an edit changes the dataset and moves Updated and Revision", edit},
	{"an edit keeps origin, state, creator and name where it is silent", silentEdit},
	{"by ID keeps the order asked for and leaves out what is not there", byIDs},
	{"by ID takes a thousand", thousandIDs},
	{"a dataset can be created with an ID of the caller's", ownID},
	{"a failed put leaves the dataset as the caller had it", failedPut},
	{"times are UTC to the microsecond", times},
	{"an edit of what has changed meanwhile is a Conflict and changes nothing", staleEdit},
	{"an ID is told by ID and by name, in any state, to anybody", datasetID},
	{"a creator's datasets can be listed", byCreator},
}

// Full returns a dataset that says something in every part.
func Full() *catalog.Dataset {
	return &catalog.Dataset{
		Name: "aria", URI: "https://example.org/id/aria", Identifier: "c_x:aria",
		Title:       catalog.Text{"it": "Qualità dell'aria", "en": "Air quality", "de": "Luftgüte"},
		Description: catalog.Text{"it": "PM10 <b>e</b> NO₂ & altro\n«riga»"},
		Holder:      catalog.Agent{Identifier: "c_x", Name: catalog.It("Comune di X"), Type: "LocalAuthority"},
		Publisher:   catalog.Agent{Identifier: "c_y", Name: catalog.It("Provincia")},
		Contacts:    []catalog.Contact{{Name: catalog.It("Ufficio"), Email: "u@example.org"}},
		Modified:    "2024-05-06", Issued: "2020-01-02T03:04:05+02:00", Frequency: "ANNUAL",
		Themes: []catalog.Theme{{Code: "ENVI", Subthemes: []string{"http://eurovoc.europa.eu/1"}}},
		Groups: []string{"ambiente", "salute"}, Keywords: []catalog.Keyword{{Name: "aria"}, {Name: "air", Lang: "en"}},
		License: "https://creativecommons.org/licenses/by/4.0/", Temporal: []catalog.Period{{Start: "2020-01-01"}},
		Extras: []catalog.Extra{{Key: "b", Value: "2"}, {Key: "a", Value: "1"}, {Key: "b", Value: "3"}},
		Notes:  []catalog.Problem{catalog.Problemf("dct:title", "x", "rule", "it", "en")},
		Distributions: []catalog.Distribution{
			{
				ID: "d1", Title: catalog.It("CSV"), AccessURL: "https://example.org/a.csv", Format: "CSV",
				Extras: []catalog.Field{{Key: "k", Value: json.RawMessage(`{"z":1,"a":[true,null]}`)}},
				File:   &catalog.File{Hash: "aa", Name: "a.csv", Size: 3, Fetched: time.Date(2024, 1, 2, 3, 4, 5, 6000, time.UTC)},
				Table:  &catalog.Table{Hash: "bb", File: "aa", Rows: 2, Columns: []catalog.Column{{Name: "x", Type: catalog.Integer}}},
			},
			{ID: "d2", AccessURL: "https://example.org/a.xlsx"},
		},
		Organization: "org", Creator: "user", Private: false,
		Origin: catalog.Origin{Source: "src", Record: "rec", Digest: "1"},
	}
}

func comesBack(t *testing.T, s Store) {
	d := Full()
	change, err := s.PutDataset(asSystem(t), d)
	must(t, err)
	if change != catalog.Created || d.ID == "" || d.Revision != 1 || d.Created.IsZero() || d.State != catalog.Active {
		t.Errorf("change %v, dataset %+v", change, d)
	}
	for _, ref := range []string{d.ID, "aria"} {
		got, err := s.Dataset(t.Context(), ref)
		must(t, err)
		if diff := cmp.Diff(d, got); diff != "" {
			t.Errorf("Dataset(%q) differs (-put +got):\n%s", ref, diff)
		}
	}
}

func notThere(t *testing.T, s Store) {
	ctx := asSystem(t)
	const id = "00000000-0000-4000-8000-000000000000"
	for _, ref := range []string{"nowhere", id, ""} {
		_, err := s.Dataset(ctx, ref)
		wantKind(t, "Dataset", err, catalog.NotFound)
		_, err = s.Tombstone(ctx, ref)
		wantKind(t, "Tombstone", err, catalog.NotFound)
		wantKind(t, "SetDatasetState", s.SetDatasetState(ctx, ref, catalog.Deleted, ""), catalog.NotFound)
		wantKind(t, "PurgeDataset", s.PurgeDataset(ctx, ref), catalog.NotFound)
		wantKind(t, "UpdateDistribution", s.UpdateDistribution(ctx, ref, "x", nil), catalog.NotFound)
	}
	_, err := s.DatasetOfDistribution(ctx, "nowhere")
	wantKind(t, "DatasetOfDistribution", err, catalog.NotFound)
}

func sameAgain(t *testing.T, s Store) {
	first := put(t, s, Full())
	rev, err := s.Revision(t.Context())
	must(t, err)
	for name, change := range map[string]func(d *catalog.Dataset){
		"equal digest": func(*catalog.Dataset) {},
		"no digest":    func(d *catalog.Dataset) { d.Origin.Digest = "" },
		"new digest":   func(d *catalog.Dataset) { d.Origin.Digest = "2" },
		"equal digest, though the body differs": func(d *catalog.Dataset) {
			d.Origin.Digest, d.Version = "2", "9"
		},
	} {
		again := Full()
		change(again)
		if name == "equal digest, though the body differs" {
			d := Full()
			d.Origin.Digest = "2"
			put(t, s, d)
		}
		got, err := s.PutDataset(asSystem(t), again)
		must(t, err)
		if got != catalog.Unchanged || again.ID != first.ID || !again.Updated.Equal(first.Updated) || again.Revision != 1 {
			t.Errorf("%s: change %v, %+v", name, got, again)
		}
	}
	if now, err := s.Revision(t.Context()); err != nil || now != rev {
		t.Errorf("revision moved from %d to %d, %v", rev, now, err)
	}
}

func readAndPut(t *testing.T, s Store) {
	id := put(t, s, Full()).ID
	change, err := s.PutDataset(asSystem(t), stored(t, s, id))
	if err != nil || change != catalog.Unchanged {
		t.Errorf("change %v, %v", change, err)
	}
}

func edit(t *testing.T, s Store) {
	first := put(t, s, Full())
	d := stored(t, s, first.ID)
	d.Title["it"], d.Name, d.Private = "Aria nuova", "aria-nuova", true
	change, err := s.PutDataset(asSystem(t), d)
	must(t, err)
	if change != catalog.Changed || d.Revision != 2 || !d.Updated.After(first.Updated) || !d.Created.Equal(first.Created) {
		t.Errorf("change %v, %+v", change, d)
	}
	if got := stored(t, s, "aria-nuova"); got.ID != first.ID || got.Title["it"] != "Aria nuova" || !got.Private || got.Origin.Digest != "1" {
		t.Errorf("got %+v", got)
	}
	_, err = s.Dataset(asSystem(t), "aria")
	wantKind(t, "the old name", err, catalog.NotFound)
}

func silentEdit(t *testing.T, s Store) {
	id := put(t, s, Full()).ID
	must(t, s.SetDatasetState(asSystem(t), id, catalog.Withdrawn, ""))
	put(t, s, &catalog.Dataset{ID: id, Title: catalog.It("Altro")})
	got := stored(t, s, id)
	if got.State != catalog.Withdrawn || got.Creator != "user" || got.Name != "aria" || got.Origin != Full().Origin || got.Title["it"] != "Altro" {
		t.Errorf("got %+v", got)
	}
}

func byIDs(t *testing.T, s Store) {
	var ids []string
	for _, name := range []string{"a", "b", "c"} {
		ids = append(ids, put(t, s, &catalog.Dataset{Name: name}).ID)
	}
	got, err := s.DatasetsByID(t.Context(), []string{ids[2], "nowhere", ids[0], ids[2]})
	must(t, err)
	if diff := cmp.Diff([]string{"c", "a", "c"}, namesOf(got)); diff != "" {
		t.Error(diff)
	}
	if got, err := s.DatasetsByID(t.Context(), nil); err != nil || len(got) != 0 {
		t.Errorf("of none: %v, %v", got, err)
	}
}

func thousandIDs(t *testing.T, s Store) {
	var ids []string
	for range 30 {
		ids = append(ids, put(t, s, &catalog.Dataset{Title: catalog.It("Uguale")}).ID)
	}
	for len(ids) < 1001 {
		ids = append(ids, "nowhere")
	}
	got, err := s.DatasetsByID(t.Context(), ids)
	if err != nil || len(got) != 30 {
		t.Fatalf("%d, %v", len(got), err)
	}
	for i, d := range got {
		if d.ID != ids[i] {
			t.Errorf("at %d is %s, want %s", i, d.ID, ids[i])
		}
	}
}

func ownID(t *testing.T, s Store) {
	const id = "11111111-1111-4111-8111-111111111111"
	change, err := s.PutDataset(asSystem(t), &catalog.Dataset{ID: id, Name: "mio"})
	if err != nil || change != catalog.Created {
		t.Fatalf("change %v, %v", change, err)
	}
	// Nobody takes over its address by giving it to another as a name.
	put(t, s, &catalog.Dataset{Name: id})
	if got := stored(t, s, id); got.Name != "mio" {
		t.Errorf("%s is now %s", id, got.Name)
	}
}

func failedPut(t *testing.T, s Store) {
	put(t, s, &catalog.Dataset{Name: "a"})
	d := &catalog.Dataset{Name: "a", Distributions: []catalog.Distribution{{AccessURL: "https://example.org/"}}}
	_, err := s.PutDataset(asSystem(t), d)
	wantKind(t, "put", err, catalog.Invalid)
	if d.ID != "" || !d.Created.IsZero() || d.Distributions[0].ID != "" {
		t.Errorf("changed to %+v", d)
	}
	for _, bad := range []*catalog.Dataset{
		{State: "nonsense"},
		{Distributions: []catalog.Distribution{{ID: "x"}, {ID: "x"}}},
		{Distributions: []catalog.Distribution{{Extras: []catalog.Field{{Key: "k", Value: json.RawMessage(`{`)}}}}},
	} {
		_, err := s.PutDataset(asSystem(t), bad)
		wantKind(t, "put", err, catalog.Invalid)
	}
}

func times(t *testing.T, s Store) {
	d := put(t, s, &catalog.Dataset{Name: "a"})
	got := stored(t, s, "a")
	for _, x := range []time.Time{d.Created, got.Created, got.Updated} {
		if x.Location() != time.UTC || x.Nanosecond()%1000 != 0 || time.Since(x) > time.Minute || !x.Equal(d.Created) {
			t.Errorf("time %v", x)
		}
	}
	if ds, n, err := s.ListDatasets(t.Context(), catalog.DatasetFilter{ModifiedSince: d.Updated, Limit: -1}); err != nil || n != 1 || !slices.Equal(namesOf(ds), []string{"a"}) {
		t.Errorf("modified since its own moment: %v, %d, %v", namesOf(ds), n, err)
	}
	if _, n, err := s.ListDatasets(t.Context(), catalog.DatasetFilter{ModifiedSince: d.Updated.Add(time.Microsecond), Limit: -1}); err != nil || n != 0 {
		t.Errorf("modified since a microsecond later: %d, %v", n, err)
	}
}

func staleEdit(t *testing.T, s Store) {
	d := put(t, s, Full())
	mine, theirs := stored(t, s, d.ID), stored(t, s, d.ID)
	theirs.Version = "theirs"
	put(t, s, theirs)
	before, err := s.Fingerprint(t.Context())
	must(t, err)
	for _, version := range []string{"mine", "theirs"} {
		mine.Version = version
		_, err := s.PutDataset(asSystem(t), mine)
		wantKind(t, version, err, catalog.Conflict)
	}
	if mine.Revision != 1 {
		t.Errorf("the failed put set the revision to %d", mine.Revision)
	}
	if after, err := s.Fingerprint(t.Context()); err != nil || after != before {
		t.Errorf("something has changed, %v", err)
	}
	mine.Revision = 2
	if change, err := s.PutDataset(asSystem(t), mine); err != nil || change != catalog.Unchanged {
		t.Errorf("after reading again: %v, %v", change, err)
	}
	// What comes from a source knows no revision.
	again := Full()
	again.Revision, again.Version, again.Origin.Digest = 7, "harvested", "2"
	if change, err := s.PutDataset(asSystem(t), again); err != nil || change != catalog.Changed {
		t.Errorf("harvested: %v, %v", change, err)
	}
}

func datasetID(t *testing.T, s Store) {
	for _, d := range []*catalog.Dataset{
		{Name: "aperto"},
		{Name: "privato", Private: true},
		{Name: "bozza", State: catalog.Draft},
		{Name: "ritirato", State: catalog.Withdrawn},
		{Name: "cancellato", State: catalog.Deleted},
	} {
		put(t, s, d)
		for _, ref := range []string{d.ID, d.Name} {
			if id, state, err := s.DatasetID(t.Context(), ref); id != d.ID || state != d.State || err != nil {
				t.Errorf("%s: %s %s %v", d.Name, id, state, err)
			}
		}
	}
	_, _, err := s.DatasetID(asSystem(t), "nessuno")
	wantKind(t, "nobody's", err, catalog.NotFound)
	put(t, s, &catalog.Dataset{Name: "cancellato"})
	if _, state, err := s.DatasetID(t.Context(), "cancellato"); state != catalog.Active || err != nil {
		t.Errorf("the living before the deleted: %s, %v", state, err)
	}
}

func byCreator(t *testing.T, s Store) {
	for _, d := range []*catalog.Dataset{{Name: "a", Creator: "u"}, {Name: "b", Creator: "u", Private: true}, {Name: "c", Creator: "v"}, {Name: "d"}} {
		put(t, s, d)
	}
	wantList(t, t.Context(), s, catalog.DatasetFilter{Creator: "u"}, []string{"a"})
	wantList(t, asMember(t, "u"), s, catalog.DatasetFilter{Creator: "u"}, []string{"a", "b"})
}
