package ui

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"

	"portico/catalog"
)

// An errorPage says what went wrong and how to go on.
type errorPage struct {
	frame
	Status    int
	Heading   string
	Message   string
	Tombstone *tombstone // what is left, for 410
}

// A tombstone is the last that is known of a dataset that is gone.
type tombstone struct {
	Title     catalog.Text
	Excerpt   string
	Holder    string
	Modified  catalog.Date
	Ended     string // when it went
	Retired   bool   // by its source, rather than taken back by a person
	Successor *card
}

// statuses gives every kind of error its status. What may not be seen is not
// there.
var statuses = map[catalog.Kind]int{
	catalog.Internal:    http.StatusInternalServerError,
	catalog.Invalid:     http.StatusBadRequest,
	catalog.NotFound:    http.StatusNotFound,
	catalog.Gone:        http.StatusGone,
	catalog.Denied:      http.StatusNotFound,
	catalog.Conflict:    http.StatusConflict,
	catalog.Unavailable: http.StatusServiceUnavailable,
	catalog.TooMany:     http.StatusTooManyRequests,
}

// Fail answers w with the page for err, for those who stand before this server,
// such as a limit on requests.
func (s *Server) Fail(w http.ResponseWriter, r *http.Request, err error) {
	secure(w.Header())
	inner, _ := s.localize(r)
	s.fail(w, inner, err)
}

// recovered answers for a page that panicked.
func (s *Server) recovered(w http.ResponseWriter, r *http.Request, v any) {
	if err, ok := v.(error); ok && errors.Is(err, http.ErrAbortHandler) {
		panic(v) // net/http asks for it
	}
	s.fail(w, r, fmt.Errorf("panic: %v\n%s", v, debug.Stack()))
}

// A moved page has another address, a path without the prefix of a language.
type moved struct{ path string }

func (m *moved) Error() string { return "the page is at " + m.path }

func (s *Server) fail(w http.ResponseWriter, req *http.Request, err error) {
	if m, ok := errors.AsType[*moved](err); ok {
		r := s.request(req, nil)
		http.Redirect(w, req, s.prefix(r.locale)+m.path, http.StatusFound)
		return
	}
	s.failWith(w, s.request(req, nil), statuses[catalog.KindOf(err)], err)
}

// failWith shows the page for err. It is the one place here that logs errors.
func (s *Server) failWith(w http.ResponseWriter, r *request, status int, err error) {
	if status >= http.StatusInternalServerError && !errors.Is(err, context.Canceled) {
		s.Log.ErrorContext(r.ctx, "page failed", slog.String("path", r.path), slog.Any("error", err))
	}
	p := &errorPage{Status: status}
	p.Hidden = true
	key := fmt.Sprintf("error.%d", status)
	if _, ok := r.words[key+".heading"]; !ok {
		key = "error.500"
	}
	p.Heading, p.Message = r.text(key+".heading"), r.text(key+".message")
	p.Title, p.Section = p.Heading, "error"
	if status == http.StatusTooManyRequests && w.Header().Get("Retry-After") == "" {
		w.Header().Set("Retry-After", "60")
	}
	if status == http.StatusGone {
		p.Tombstone = s.tombstone(r)
	}
	body, failed := s.render(r, view{template: "error", data: p})
	if failed != nil {
		s.Log.ErrorContext(r.ctx, "error page failed", slog.Any("error", failed))
		http.Error(w, p.Heading, status)
		return
	}
	r.send(w, status, rendered{body: body})
}

// tombstone returns what is left of the dataset that r asks for, or nil.
func (s *Server) tombstone(r *request) *tombstone {
	ref, ok := strings.CutPrefix(r.path, "/dataset/")
	if !ok || s.Tombstones == nil {
		return nil
	}
	ref, _, _ = strings.Cut(ref, "/")
	d, err := s.Tombstones.Tombstone(r.ctx, ref)
	if err != nil || d == nil {
		return nil
	}
	t := &tombstone{
		Title: d.Title, Excerpt: s.plain(r.in(d.Description), 400), Holder: holderName(r.speaker, d),
		Modified: d.Modified, Ended: r.date(d.Updated), Retired: d.State == catalog.Retired,
	}
	if d.Successor != "" {
		if next, err := s.Datasets.Dataset(r.ctx, d.Successor); err == nil {
			c := s.card(r, next)
			t.Successor = &c
		}
	}
	return t
}
