package all_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"portico/catalog"
	"portico/harvester"
	"portico/harvester/all"
	"portico/internal/ckan"
	"portico/internal/httpclient"
	"portico/store"
)

// An instance is a catalog with its harvester.
type instance struct {
	*harvester.Harvester
	db *store.Store
}

func instanceOf(t *testing.T) *instance {
	t.Helper()
	db, err := store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "db"), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return &instance{&harvester.Harvester{
		Connectors: all.Connectors(), Datasets: db, Origins: db, Organizations: db, Sources: db, Log: slog.New(slog.DiscardHandler),
		Client: func(catalog.Source) *http.Client { return httpclient.New(httpclient.Options{AllowPrivate: true}) },
	}, db}
}

func (i *instance) harvest(t *testing.T, kind, url string) harvester.Report {
	t.Helper()
	src := catalog.Source{Name: catalog.Slug(kind, 20), Kind: kind, URL: url}
	if old, err := i.db.Source(t.Context(), src.Name); err == nil {
		src = *old
	} else if err := i.db.PutSource(t.Context(), &src); err != nil {
		t.Fatal(err)
	}
	rep, err := i.Run(t.Context(), src, harvester.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return rep
}

func (i *instance) all(t *testing.T) []*catalog.Dataset {
	t.Helper()
	ds, _, err := i.db.ListDatasets(catalog.WithActor(t.Context(), catalog.System), catalog.DatasetFilter{Limit: -1})
	if err != nil {
		t.Fatal(err)
	}
	return ds
}

// api serves an instance as CKAN does, as far as a harvester asks.
func (i *instance) api(t *testing.T) *httptest.Server {
	t.Helper()
	var srv *httptest.Server
	srv = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ds := i.all(t)
		start, _ := strconv.Atoi(r.URL.Query().Get("start"))
		out := []byte(`{"success":true,"result":{"count":` + strconv.Itoa(len(ds)) + `,"results":[`)
		for n, d := range ds[min(start, len(ds)):] {
			if n > 0 {
				out = append(out, ',')
			}
			o, _ := i.db.Organization(r.Context(), d.Organization)
			groups := make(map[string]*catalog.Group)
			for _, name := range d.Groups {
				groups[name], _ = i.db.Group(r.Context(), name)
			}
			out = ckan.AppendSearch(out, d, ckan.Refs{Site: catalog.Site{Origin: srv.URL}, Organization: o, Groups: groups})
		}
		_, _ = w.Write(append(out, "]}}"...))
	}))
	t.Cleanup(srv.Close)
	return srv
}

// A catalog harvested from RDF, served as CKAN and harvested again, is equal:
// both borders, both ways.
func TestTheCatalogHarvestsItself(t *testing.T) {
	rdf := httptest.NewServer(http.FileServer(http.Dir("../dcat/testdata")))
	defer rdf.Close()
	a, b := instanceOf(t), instanceOf(t)
	if rep := a.harvest(t, "dcat", rdf.URL+"/comune.in.ttl"); rep.Changed != 2 || !rep.Complete {
		t.Fatalf("%+v", rep)
	}
	srv := a.api(t)
	if rep := b.harvest(t, "ckan", srv.URL); rep.Changed != 2 {
		t.Fatalf("%+v", rep)
	}
	if rep := b.harvest(t, "ckan", srv.URL); rep.Same != 2 {
		t.Fatalf("again: %+v", rep)
	}
	left, right := byTitle(a.all(t)), byTitle(b.all(t))
	for title, want := range left {
		got := right[title]
		if got == nil {
			t.Errorf("no %q", title)
			continue
		}
		// What each instance gives by itself, and the URIs that a portal mints
		// for what had none.
		ignore := cmp.Options{
			cmpopts.IgnoreFields(catalog.Dataset{}, "ID", "Organization", "Origin", "Created", "Updated", "Revision", "Notes"),
			cmpopts.IgnoreFields(catalog.Distribution{}, "ID", "Created", "Updated"),
			cmpopts.EquateEmpty(),
			cmp.FilterPath(func(p cmp.Path) bool { return p.String() == "URI" }, cmp.Comparer(func(x, y string) bool {
				return x == y || x == "" && strings.HasPrefix(y, srv.URL) || y == "" && strings.HasPrefix(x, srv.URL)
			})),
		}
		if diff := cmp.Diff(want, got, ignore); diff != "" {
			t.Errorf("%s: %s", title, diff)
		}
	}
}

func byTitle(ds []*catalog.Dataset) map[string]*catalog.Dataset {
	m := make(map[string]*catalog.Dataset)
	for _, d := range ds {
		m[d.Title.String()] = d
	}
	return m
}

func TestDetect(t *testing.T) {
	rdf := httptest.NewServer(http.FileServer(http.Dir("../dcat/testdata")))
	defer rdf.Close()
	portal := instanceOf(t)
	portal.harvest(t, "dcat", rdf.URL+"/comune.in.ttl")
	table := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/dati.csv" {
			http.NotFound(w, r)
			return
		}
		_, _ = w.Write([]byte("a;b\n1;2\n"))
	}))
	defer table.Close()
	for want, url := range map[string]string{"dcat": rdf.URL + "/comune.in.ttl", "ckan": portal.api(t).URL, "files": table.URL + "/dati.csv"} {
		got, err := all.Connectors().Detect(t.Context(), catalog.Source{URL: url}, httpclient.New(httpclient.Options{AllowPrivate: true}))
		if err != nil || got.Kind != want {
			t.Errorf("%s: got %+v, %v", want, got, err)
		}
	}
}
