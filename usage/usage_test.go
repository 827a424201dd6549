package usage

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"path/filepath"
	"testing"
	"time"

	"portico/catalog"
	"portico/store"
)

const (
	browser = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
	google  = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
)

func TestWhatAnAddressMeans(t *testing.T) {
	for address, want := range map[string]target{
		"/dataset/aria":                                 {catalog.UseView, "aria", ""},
		"/en/dataset/aria":                              {catalog.UseView, "aria", ""},
		"/dataset/aria/":                                {catalog.UseView, "aria", ""},
		"/dataset/aria/resource/r1":                     {catalog.UseView, "", "r1"},
		"/dataset/aria/resource/r1/download":            {catalog.UseDownload, "", "r1"},
		"/dataset/aria/resource/r1/download/a.csv":      {catalog.UseDownload, "", "r1"},
		"/dataset/aria/resource/r1/data.parquet":        {catalog.UseDownload, "", "r1"},
		"/datastore/dump/r1?format=json":                {catalog.UseDownload, "", "r1"},
		"/api/3/action/datastore_search?resource_id=r1": {catalog.UseQuery, "", "r1"},
		"/dataset/aria.ttl":                             {},
		"/dataset":                                      {},
		"/dataset/aria/resource/r1/view/x":              {},
		"/api/3/action/package_show?id=aria":            {},
		"/api/3/action/datastore_search":                {},
		"/":                                             {},
	} {
		got, ok := targetOf(httptest.NewRequestWithContext(t.Context(), http.MethodGet, address, nil))
		if ok != (want != target{}) || ok && got != want {
			t.Errorf("%s is %+v, %v; want %+v", address, got, ok, want)
		}
	}
}

type house struct {
	*Counter
	*store.Store
	id  string
	now time.Time
}

func newHouse(t *testing.T) *house {
	st, err := store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "p.db"), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { st.Close() })
	d := &catalog.Dataset{Name: "aria", Distributions: []catalog.Distribution{{ID: "0d000000-0000-4000-8000-000000000001"}}}
	if _, err := st.PutDataset(catalog.WithActor(t.Context(), catalog.System), d); err != nil {
		t.Fatal(err)
	}
	h := &house{Store: st, id: d.ID, now: time.Date(2026, 11, 16, 10, 0, 0, 0, time.UTC)}
	address := func(r *http.Request) netip.Addr {
		return netip.MustParseAddr(cmp.Or(r.Header.Get("From"), "192.0.2.1"))
	}
	h.Counter = New(st, address, slog.New(slog.DiscardHandler))
	h.Counter.now = func() time.Time { return h.now }
	return h
}

func (h *house) ask(ctx context.Context, method, address string, code int, headers ...string) {
	r := httptest.NewRequestWithContext(ctx, method, address, nil)
	r.Header.Set("User-Agent", browser)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	h.Watch(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) })).ServeHTTP(httptest.NewRecorder(), r)
}

func (h *house) counted(t *testing.T) (n int64) {
	t.Helper()
	h.Flush(t.Context())
	uses, err := h.UsageOf(t.Context(), "aria", time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	for _, u := range uses {
		n += u.N
	}
	return n
}

func TestWhatCounts(t *testing.T) {
	const page, file = "/dataset/aria", "/dataset/aria/resource/0d000000-0000-4000-8000-000000000001/download/a.csv"
	for name, test := range map[string]struct {
		ask  func(h *house, ctx context.Context)
		want int64
	}{
		"a page in a browser":             {func(h *house, ctx context.Context) { h.ask(ctx, "GET", page, 200) }, 1},
		"by its ID":                       {func(h *house, ctx context.Context) { h.ask(ctx, "GET", "/dataset/"+h.id, 200) }, 1},
		"the head of a page":              {func(h *house, ctx context.Context) { h.ask(ctx, "HEAD", page, 200) }, 0},
		"a page that the browser has":     {func(h *house, ctx context.Context) { h.ask(ctx, "GET", page, 304) }, 1},
		"a page that is not there":        {func(h *house, ctx context.Context) { h.ask(ctx, "GET", page, 404) }, 0},
		"of a dataset that is not there":  {func(h *house, ctx context.Context) { h.ask(ctx, "GET", "/dataset/aqua", 200) }, 0},
		"a page for a search engine":      {func(h *house, ctx context.Context) { h.ask(ctx, "GET", page, 200, "User-Agent", google) }, 0},
		"a page for a program":            {func(h *house, ctx context.Context) { h.ask(ctx, "GET", page, 200, "User-Agent", "curl/8.5") }, 0},
		"a page that nobody looks at yet": {func(h *house, ctx context.Context) { h.ask(ctx, "GET", page, 200, "Sec-Purpose", "prefetch") }, 0},
		"a file for a program":            {func(h *house, ctx context.Context) { h.ask(ctx, "GET", file, 200, "User-Agent", "curl/8.5") }, 1},
		"a file elsewhere":                {func(h *house, ctx context.Context) { h.ask(ctx, "GET", file, 302) }, 1},
		"the first part of a file":        {func(h *house, ctx context.Context) { h.ask(ctx, "GET", file, 206, "Range", "bytes=0-99") }, 1},
		"a further part":                  {func(h *house, ctx context.Context) { h.ask(ctx, "GET", file, 206, "Range", "bytes=100-") }, 0},
		"a reload": {func(h *house, ctx context.Context) {
			h.ask(ctx, "GET", page, 200)
			h.now = h.now.Add(time.Minute)
			h.ask(ctx, "GET", page, 200)
		}, 1},
		"the same visitor later": {func(h *house, ctx context.Context) {
			h.ask(ctx, "GET", page, 200)
			h.now = h.now.Add(time.Hour)
			h.ask(ctx, "GET", page, 200)
		}, 2},
		"two networks": {func(h *house, ctx context.Context) {
			h.ask(ctx, "GET", page, 200)
			h.ask(ctx, "GET", page, 200, "From", "198.51.100.7")
		}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			test.ask(h, t.Context())
			if n := h.counted(t); n != test.want {
				t.Errorf("counted %d, want %d", n, test.want)
			}
		})
	}
}

// Whoever takes the memory of the program finds no address in it, only hashes
// of networks with a salt.
func TestNobodyIsRemembered(t *testing.T) {
	h := newHouse(t)
	h.ask(t.Context(), "GET", "/dataset/aria", 200, "From", "198.51.100.7")
	a := httptest.NewRequestWithContext(t.Context(), "GET", "/dataset/aria", nil)
	b := a.Clone(t.Context())
	a.Header.Set("From", "198.51.100.7")
	b.Header.Set("From", "198.51.100.99")
	x := target{kind: catalog.UseView, dataset: "aria"}
	if h.visitor(x, a) != h.visitor(x, b) {
		t.Error("two of one network are told apart")
	}
	if other := newHouse(t); other.visitor(x, a) == h.visitor(x, a) {
		t.Error("the salt is the same in two programs")
	}
}

func TestWhatCannotBeWrittenWaits(t *testing.T) {
	h := newHouse(t)
	h.ask(t.Context(), "GET", "/dataset/aria", 200)
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	h.Flush(gone)
	if n := h.counted(t); n != 1 {
		t.Errorf("counted %d after a failure, want 1", n)
	}
}
