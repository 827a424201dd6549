package ui

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"slices"
	"strings"
	"unicode"

	"portico/catalog"
	"portico/search"
)

// An errorPage says what went wrong and how to go on.
type errorPage struct {
	frame
	Status    int
	Heading   string
	Message   string
	Tombstone *tombstone // what is left, for 410
	Words     string     // of the address, for who may search for them
	Near      []linkView // what the reader may have looked for
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
	s.secure(w.Header())
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
	if status == http.StatusNotFound {
		p.Words, p.Near = s.near(r)
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

// mostNear bounds what is offered instead of a page that is not there.
const mostNear = 5

// near returns the words in the address of a dataset or a body that is not
// there, and what has all of them.
func (s *Server) near(r *request) (words string, near []linkView) {
	kind, ref, ok := strings.Cut(strings.TrimPrefix(r.path, "/"), "/")
	if ref, _, _ = strings.Cut(ref, "/"); !ok || len(ref) < 3 || len(ref) > maxValue || isID(ref) || !slices.Contains([]string{"dataset", "organization", "group"}, kind) {
		return "", nil
	}
	words = strings.Join(strings.FieldsFunc(strings.ToValidUTF8(ref, ""), func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsDigit(c) }), " ")
	if words == "" {
		return "", nil
	}
	if kind == "organization" {
		return words, s.bodiesNear(r, words)
	}
	res, err := search.AskExactly(r.ctx, s.Engine, s.Datasets, search.Query{Limit: mostNear}, words)
	if err != nil {
		return words, nil // the search box is there still
	}
	for _, d := range res.Datasets {
		near = append(near, linkView{Text: r.in(d.Title), URL: "/dataset/" + d.Name})
	}
	return words, near
}

// isID reports whether a reference has the shape of an ID, which has no words.
func isID(ref string) bool { return len(ref) == 36 && strings.Count(ref, "-") == 4 && ref[8] == '-' }

// bodiesNear returns the organizations with one of the words in their names.
func (s *Server) bodiesNear(r *request, words string) []linkView {
	os, err := s.Organizations.Organizations(r.ctx)
	if err != nil {
		return nil
	}
	const telling = 4 // letters; shorter words are in every name
	var out []linkView
	for _, o := range s.organizationLinks(r, os) {
		of := strings.FieldsFunc(strings.ToLower(o.Name+" "+o.Title), func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsDigit(c) })
		for w := range strings.FieldsSeq(strings.ToLower(words)) {
			if len(w) >= telling && w != "comune" && slices.Contains(of, w) && len(out) < mostNear {
				out = append(out, linkView{Text: o.Title, URL: o.URL})
				break
			}
		}
	}
	return out
}
