package search_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"portico/catalog"
	"portico/search"
	"portico/search/memory"
)

// A shelf is a catalog in memory: datasets with their stale marks. Methods that
// the tests do not need are those of the nil interfaces.
type shelf struct {
	catalog.Datasets
	catalog.Index
	datasets []*catalog.Dataset
	orgs     []*catalog.Organization
	stale    []catalog.Stale
	listed   []catalog.DatasetFilter
	actors   []catalog.Actor
	failures int
}

func (s *shelf) sees(ctx context.Context, d *catalog.Dataset) bool {
	a := catalog.ActorOf(ctx)
	return a.Sysadmin || d.Visible() || d.State == catalog.Active && a.May(d.Organization, catalog.RoleMember)
}

func (s *shelf) DatasetsByID(ctx context.Context, ids []string) ([]*catalog.Dataset, error) {
	s.actors = append(s.actors, catalog.ActorOf(ctx))
	var out []*catalog.Dataset
	for _, id := range ids {
		for _, d := range s.datasets {
			if d.ID == id && s.sees(ctx, d) {
				out = append(out, d)
			}
		}
	}
	return out, nil
}

func (s *shelf) ListDatasets(ctx context.Context, f catalog.DatasetFilter) ([]*catalog.Dataset, int, error) {
	s.listed = append(s.listed, f)
	var out []*catalog.Dataset
	for _, d := range s.datasets {
		if s.sees(ctx, d) && (d.State == catalog.Active || f.Drafts && d.State == catalog.Draft) {
			out = append(out, d)
		}
	}
	return out, len(out), nil
}

func (s *shelf) Body(_ context.Context, ref string) (*catalog.Organization, *catalog.Group, error) {
	for _, o := range s.orgs {
		if o.ID == ref {
			return o, nil, nil
		}
	}
	return nil, nil, catalog.Errorf(catalog.NotFound, "organization")
}

func (s *shelf) Stale(context.Context, int) ([]catalog.Stale, error) {
	if s.failures > 0 {
		s.failures--
		return nil, errors.New("the database is away")
	}
	return slices.Clone(s.stale), nil
}

func (s *shelf) Indexed(_ context.Context, done []catalog.Stale) error {
	s.stale = slices.DeleteFunc(s.stale, func(x catalog.Stale) bool { return slices.Contains(done, x) })
	return nil
}

func (s *shelf) MarkAllStale(context.Context) error {
	s.stale = nil
	for _, d := range s.datasets {
		s.stale = append(s.stale, catalog.Stale{ID: d.ID})
	}
	return nil
}

func shelves() *shelf {
	org := &catalog.Organization{ID: "o1", Name: "comune-di-trento", Title: catalog.It("Comune di Trento")}
	return &shelf{
		orgs: []*catalog.Organization{org},
		datasets: []*catalog.Dataset{
			{ID: "public", Name: "acqua", Title: catalog.It("Acqua"), State: catalog.Active, Organization: "o1"},
			{ID: "private", Name: "bozza", Title: catalog.It("Acqua riservata"), State: catalog.Active, Private: true, Organization: "o1"},
			{ID: "draft", Name: "draft", Title: catalog.It("Acqua futura"), State: catalog.Draft},
			{ID: "gone", Name: "gone", Title: catalog.It("Acqua passata"), State: catalog.Retired},
		},
	}
}

func filled(t *testing.T, s *shelf) *memory.Engine {
	t.Helper()
	e := memory.New("it")
	if err := s.MarkAllStale(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := search.Follow(t.Context(), e, s, s); err != nil {
		t.Fatal(err)
	}
	return e
}

func names(ds []*catalog.Dataset) []string {
	var out []string
	for _, d := range ds {
		out = append(out, d.Name)
	}
	return out
}

func TestFollowIndexesWhatIsThereAndForgetsWhatIsNot(t *testing.T) {
	s := shelves()
	e := filled(t, s)
	all := search.Query{Root: search.Words{Field: search.All, Text: "acqua"}, Limit: 10}
	page, err := e.Search(t.Context(), all)
	slices.Sort(page.IDs)
	if err != nil || !slices.Equal(page.IDs, []string{"draft", "private", "public"}) {
		t.Errorf("got %q, %v; want all three", page.IDs, err)
	}
	if len(s.stale) != 0 || !s.actors[0].Sysadmin {
		t.Errorf("stale %v, actor %+v; want none, System", s.stale, s.actors[0])
	}
	s.datasets[0].State = catalog.Withdrawn
	s.stale = []catalog.Stale{{ID: "public", Version: 2}, {ID: "purged"}}
	if err := search.Follow(t.Context(), e, s, s); err != nil {
		t.Fatal(err)
	}
	if page, _ := e.Search(t.Context(), all); !slices.Contains(page.IDs, "private") || slices.Contains(page.IDs, "public") {
		t.Errorf("got %q, want what is not withdrawn", page.IDs)
	}
}

func TestKeepFillsAnEmptyEngineAndGoesOnAfterErrors(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, e := shelves(), memory.New("it")
		s.failures = 2
		var log bytes.Buffer
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		f := &search.Follower{Engine: e, Index: s, Source: s, Log: slog.New(slog.NewTextHandler(&log, nil)), Every: time.Second}
		go func() {
			defer close(done)
			f.Keep(ctx)
		}()
		time.Sleep(3500 * time.Millisecond) // two failures: pauses of 1 s and 2 s
		synctest.Wait()
		if n, _ := e.Len(ctx); n != 3 {
			t.Errorf("%d documents, want 3; log: %s", n, log.String())
		}
		if n := bytes.Count(log.Bytes(), []byte("level=ERROR")); n != 2 {
			t.Errorf("%d errors in the log, want 2:\n%s", n, log.String())
		}
		s.datasets[2].State = catalog.Withdrawn
		s.stale = []catalog.Stale{{ID: "draft"}}
		before := time.Now()
		f.Settle(ctx)
		if n, _ := e.Len(ctx); n != 2 || time.Since(before) != 0 {
			t.Errorf("%d documents %v after Settle, want 2 at once", n, time.Since(before))
		}
		cancel()
		<-done
	})
}

func TestFindShowsWhatTheActorMaySee(t *testing.T) {
	s := shelves()
	e := filled(t, s)
	words := search.Query{Root: search.Words{Field: search.All, Text: "acqua"}, Sort: []search.Sort{{Field: search.Name}}, Limit: 10}
	drafts := words
	drafts.Drafts = true
	tests := []struct {
		name  string
		actor catalog.Actor
		query search.Query
		want  []string
	}{
		{"a visitor", catalog.Actor{}, words, []string{"acqua"}},
		{"a visitor who asks for more", catalog.Actor{}, search.Query{Root: search.Term{Field: search.Visibility, Value: "private"}, Limit: 10}, nil},
		{"a member", catalog.Actor{Roles: map[string]catalog.Role{"o1": catalog.RoleMember}}, words, []string{"acqua", "bozza"}},
		{"a member of another", catalog.Actor{Roles: map[string]catalog.Role{"o2": catalog.RoleMember}}, words, []string{"acqua"}},
		{"a sysadmin", catalog.Actor{Sysadmin: true}, words, []string{"acqua", "bozza"}},
		{"a visitor who asks for drafts", catalog.Actor{}, drafts, []string{"acqua"}},
		{"a sysadmin who asks for drafts", catalog.Actor{Sysadmin: true}, drafts, []string{"acqua", "bozza", "draft"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			found, err := search.Find(catalog.WithActor(t.Context(), tt.actor), e, s, tt.query)
			if err != nil || !slices.Equal(names(found.Datasets), tt.want) || found.Total != len(tt.want) {
				t.Errorf("got %d: %q, %v; want %q", found.Total, names(found.Datasets), err, tt.want)
			}
		})
	}
	t.Run("an index that is out of date hides but does not reveal", func(t *testing.T) {
		s.datasets[0].Private = true
		found, err := search.Find(t.Context(), e, s, words)
		if err != nil || len(found.Datasets) != 0 || found.Total != 0 {
			t.Errorf("got %d: %q, %v; want nothing", found.Total, names(found.Datasets), err)
		}
	})
}

// A broken engine answers nothing.
type broken struct{ search.Engine }

func (broken) Search(context.Context, search.Query) (search.Page, error) {
	return search.Page{}, catalog.Errorf(catalog.Unavailable, "away")
}

func TestFindAsksTheDatabase(t *testing.T) {
	public := search.Term{Field: search.Visibility, Value: "public"}
	facets := []search.Facet{{Field: search.Theme}}
	tests := []struct {
		name  string
		actor catalog.Actor
		query search.Query
		order catalog.DatasetSort
		ok    bool
	}{
		{"for everything by ID", catalog.Actor{}, search.Query{Sort: []search.Sort{{Field: search.ID}}}, catalog.ByID, true},
		{"for everything, latest first", catalog.Actor{}, search.Query{Root: search.Everything{}}, catalog.ByUpdated, true},
		{"for the order of CKAN", catalog.Actor{}, search.Query{Sort: []search.Sort{{Field: search.Score, Desc: true}, {Field: search.Updated, Desc: true}}}, catalog.ByUpdated, true},
		{"with filters that say nothing new", catalog.Actor{}, search.Query{Filters: []search.Node{public, search.Term{Field: search.State, Value: "active"}}, Sort: []search.Sort{{Field: search.TitleSort, Desc: true}}}, catalog.ByTitleDesc, true},
		{"with facets, when the engine is away", catalog.Actor{}, search.Query{Facets: facets}, catalog.ByUpdated, true},
		{"but not with a filter that does", catalog.Actor{Sysadmin: true}, search.Query{Filters: []search.Node{public}}, 0, false},
		{"nor in another order", catalog.Actor{}, search.Query{Sort: []search.Sort{{Field: search.License}}}, 0, false},
		{"nor for words", catalog.Actor{}, search.Query{Root: search.Words{Field: search.All, Text: "x"}}, 0, false},
		{"nor for what is not one value", catalog.Actor{}, search.Query{Filters: []search.Node{search.Bool{}}}, 0, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := shelves()
			tt.query.Offset, tt.query.Limit = 3, 7
			found, err := search.Find(catalog.WithActor(t.Context(), tt.actor), broken{}, s, tt.query)
			if !tt.ok {
				if catalog.KindOf(err) != catalog.Unavailable || s.listed != nil {
					t.Errorf("err %v, asked the database for %+v; want Unavailable", err, s.listed)
				}
				return
			}
			want := []catalog.DatasetFilter{{Sort: tt.order, Offset: 3, Limit: 7}}
			if d := cmp.Diff(want, s.listed); d != "" || err != nil || found.Total != 1 {
				t.Errorf("total %d, %v, asked:\n%s", found.Total, err, d)
			}
			if len(tt.query.Facets) > 0 && found.Facets[search.Theme] == nil {
				t.Error("a facet that was asked for is missing")
			}
		})
	}
}

func TestNewDocument(t *testing.T) {
	d := &catalog.Dataset{
		ID: "i", Name: "acqua", Title: catalog.Text{"it": "Acqua", "en": "Water"}, Description: catalog.It("Rete idrica"),
		Holder: catalog.Agent{Identifier: "c_l378", Name: catalog.It("Comune di Trento")}, Organization: "o1",
		Themes: []catalog.Theme{{Code: "ENVI"}}, Groups: []string{"ambiente"}, Keywords: []catalog.Keyword{{Name: "rete"}, {Name: "rete"}},
		Extras: []catalog.Extra{{Key: "codice", Value: "H501"}, {Key: "vuoto"}},
		Author: catalog.Party{Name: "Ragioneria"}, Maintainer: catalog.Party{Email: "dati@comune.example"}, Creator: "u1",
		LandingPage: "https://comune.example/acqua", Version: "2",
		Modified: "2024-05-06", State: catalog.Active, Private: true,
		Updated: time.Date(2024, 1, 2, 3, 4, 5, 678901000, time.UTC),
		Distributions: []catalog.Distribution{{
			Format: "CSV", FormatLabel: "csv", Title: catalog.It("Misure"), DownloadURL: "https://comune.example/acqua.csv",
			Extras: []catalog.Field{{Key: "resource_type", Value: json.RawMessage(`"file"`)}},
			Table:  &catalog.Table{Columns: []catalog.Column{{Name: "ph", Header: "pH medio"}}},
		}, {Format: "XLSX"}},
	}
	got := search.NewDocument(d, "comune-di-trento", "Trento")
	want := search.Document{
		ID: "i",
		Strings: map[search.Field][]string{
			search.Name: {"acqua"}, search.TitleSort: {"Acqua"}, search.Kind: {"dataset"}, search.Visibility: {"private"}, search.State: {"active"},
			search.Organization: {"comune-di-trento"}, search.OrgID: {"o1"}, search.Holder: {"c_l378"}, search.HolderName: {"Comune di Trento"},
			search.Theme: {"ENVI"}, search.Group: {"ambiente"}, search.Keyword: {"rete"}, search.Format: {"csv", "XLSX"},
			"extra:codice": {"H501"}, "extra:vuoto": {""},
			search.URL: {"https://comune.example/acqua"}, search.DistributionURL: {"https://comune.example/acqua.csv"},
			search.DistributionType: {"file"}, search.Version: {"2"}, search.Creator: {"u1"},
			search.Column: {"pH medio"}, search.Municipality: {"Comune di Trento"},
		},
		Texts: map[search.Field][]string{
			search.Title: {"Water", "Acqua"}, search.Description: {"Rete idrica"},
			search.All: {
				"Water", "Acqua", "Rete idrica", "rete", "Ambiente", "Environment", "Comune di Trento", "c_l378", "Trento", "comune-di-trento",
				"acqua", "ambiente", "Misure", "CSV", "csv", "pH medio", "XLSX", "H501",
			},
			search.Text:             {"acqua", "Acqua", "Rete idrica", "comune-di-trento", "Ragioneria", "rete", "rete", "ambiente", "Misure", "H501"},
			search.Author:           {"Ragioneria"},
			search.MaintainerEmail:  {"dati@comune.example"},
			search.DistributionName: {"Misure"},
			search.URLs:             {"https://comune.example/acqua", "https://comune.example/acqua.csv"},
			"words:codice":          {"H501"},
		},
		Dates: map[search.Field]time.Time{search.Updated: time.Date(2024, 1, 2, 3, 4, 5, 678000000, time.UTC), search.Modified: time.Date(2024, 5, 6, 0, 0, 0, 0, time.UTC)},
		Ints:  map[search.Field]int64{search.Distributions: 2, search.Keywords: 2},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
