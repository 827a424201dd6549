package httpclient_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"portico/internal/httpclient"
)

// Clients that share Hosts keep its pace together.
func TestHostsKeepPace(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer srv.Close()
	hosts := &httpclient.Hosts{Every: 40 * time.Millisecond}
	began := time.Now()
	for range 3 {
		c := httpclient.New(httpclient.Options{AllowPrivate: true, Hosts: hosts})
		if _, err := httpclient.Get(t.Context(), c, srv.URL, ""); err != nil {
			t.Fatal(err)
		}
	}
	if d := time.Since(began); d < 80*time.Millisecond {
		t.Errorf("three requests in %s", d)
	}
}

// A host that wants to be left alone for long is not asked again, by nobody.
func TestHostsHeedRetryAfter(t *testing.T) {
	var asked atomic.Int64
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		w.Header().Set("Retry-After", "3600")
		w.WriteHeader(http.StatusTooManyRequests)
	}))
	defer srv.Close()
	hosts := &httpclient.Hosts{}
	for i := range 2 {
		c := httpclient.New(httpclient.Options{AllowPrivate: true, Hosts: hosts})
		_, err := httpclient.Get(t.Context(), c, srv.URL, "")
		if err == nil || i == 1 && !errors.Is(err, httpclient.ErrBusy) {
			t.Errorf("request %d: %v", i, err)
		}
	}
	if asked.Load() != 1 {
		t.Errorf("asked %d times", asked.Load())
	}
}

// A host is asked by no more than a few at once, whoever's clients they are, and
// a request that waits too long for its turn goes on.
func TestHostsAreAskedByFewAtOnce(t *testing.T) {
	var now, most atomic.Int64
	srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		n := now.Add(1)
		for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
		}
		time.Sleep(20 * time.Millisecond)
		now.Add(-1)
	}))
	defer srv.Close()
	hosts := &httpclient.Hosts{AtOnce: 3}
	var all sync.WaitGroup
	for range 20 {
		c := httpclient.New(httpclient.Options{AllowPrivate: true, Hosts: hosts, PerHost: 10})
		all.Go(func() {
			if _, err := httpclient.Get(t.Context(), c, srv.URL, ""); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if most.Load() > 3 {
		t.Errorf("%d at once", most.Load())
	}
	patient := &httpclient.Hosts{AtOnce: 1, Wait: 10 * time.Millisecond}
	c := httpclient.New(httpclient.Options{AllowPrivate: true, Hosts: patient})
	first, err := c.Get(srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer first.Body.Close()
	if _, err := httpclient.Get(t.Context(), c, srv.URL, ""); err != nil {
		t.Errorf("a request that waits for itself: %v", err)
	}
}

// A document that has not changed comes without its body, by either validator;
// one whose server knows none comes again.
func TestGetIf(t *testing.T) {
	for name, mark := range map[string]func(http.ResponseWriter){
		"ETag":          func(w http.ResponseWriter) { w.Header().Set("ETag", `"v1"`) },
		"Last-Modified": func(w http.ResponseWriter) { w.Header().Set("Last-Modified", "Mon, 06 May 2024 07:08:09 GMT") },
		"":              func(http.ResponseWriter) {},
	} {
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			mark(w)
			if r.Header.Get("If-None-Match") == `"v1"` || r.Header.Get("If-Modified-Since") == "Mon, 06 May 2024 07:08:09 GMT" {
				w.WriteHeader(http.StatusNotModified)
				return
			}
			_, _ = w.Write([]byte("data"))
		}))
		c := httpclient.New(httpclient.Options{AllowPrivate: true})
		first, err := httpclient.GetIf(t.Context(), c, srv.URL, "", httpclient.Validators{})
		if err != nil || first.Unchanged || string(first.Body) != "data" {
			t.Errorf("%s: %+v, %v", name, first, err)
		}
		again, err := httpclient.GetIf(t.Context(), c, srv.URL, "", first.Validators)
		if err != nil || again.Unchanged != (name != "") || again.Unchanged && again.Validators != first.Validators {
			t.Errorf("%s, again: %+v, %v", name, again, err)
		}
		srv.Close()
	}
}
