package ui

import (
	"cmp"
	"net/url"
	"strconv"
	"time"

	"portico/catalog"
)

// historyShown is how many updates a page of the history lists.
const historyShown = 30

// A historyPage tells what was done to a dataset, the latest first.
type historyPage struct {
	frame
	Dataset linkView
	Heading catalog.Text
	Updates []update
	Quiet   time.Time // since when nothing changed
	Next    string    // the page of what was before; "" = that was all
	API     string
}

// An update is one change, with what differs from the state before it.
type update struct {
	At      time.Time
	What    string
	URL     string // of the page that shows it in full; "" = there is nothing to compare
	Changes []change
}

// A changesPage shows one update in full.
type changesPage struct {
	frame
	Dataset linkView
	Heading catalog.Text
	Update  update
	History string
}

// history answers /dataset/activity/{id}.
func (s *Server) history(r *request) (view, error) {
	d, err := s.Datasets.Dataset(r.ctx, r.param("id"))
	if err != nil {
		return view{}, err
	}
	f := catalog.ActivityFilter{Objects: []string{d.ID}, Kinds: []string{"dataset"}, Limit: historyShown + 1}
	before, err := strconv.ParseInt(r.query.Get("before"), 10, 64)
	paged := err == nil && before > 0
	if paged {
		f.Before = time.UnixMicro(before)
	}
	acts, err := s.Activities.Activities(r.ctx, f)
	if err != nil {
		return view{}, err
	}
	p := &historyPage{API: apiURL("package_activity_list", "id", d.Name), Heading: d.Title}
	if len(p.Heading) == 0 {
		p.Heading = catalog.Text{r.locale: d.Name}
	}
	for i, a := range acts[:min(len(acts), historyShown)] {
		var was *catalog.Activity
		if i+1 < len(acts) {
			was = acts[i+1]
		}
		p.Updates = append(p.Updates, s.update(r, a, was))
	}
	if len(acts) > historyShown {
		p.Next = "/dataset/activity/" + url.PathEscape(d.Name) + "?before=" + strconv.FormatInt(acts[historyShown-1].At.UnixMicro(), 10)
	}
	if len(acts) > 0 && !paged {
		p.Quiet = acts[0].At
	}
	p.Dataset = linkView{Text: cmp.Or(r.in(d.Title), d.Name), URL: "/dataset/" + d.Name}
	p.Section, p.Title, p.Hidden = "dataset", r.text("history.title")+" – "+p.Dataset.Text, paged
	p.Crumbs = []crumb{{r.text("list.title"), "/dataset"}, {p.Dataset.Text, p.Dataset.URL}, {Title: r.text("history.title")}}
	p.Canonical = "/dataset/activity/" + url.PathEscape(d.Name)
	return view{template: "history", data: p}, nil
}

// update tells what a did, after was; nil = nothing is known of before.
func (s *Server) update(r *request, a, was *catalog.Activity) update {
	u := update{At: a.At, What: r.verb(a.Verb)}
	if a.Dataset == nil || was == nil || was.Dataset == nil {
		return u
	}
	u.Changes = r.changes(was.Dataset, a.Dataset)
	if len(u.Changes) > 0 {
		u.URL = "/dataset/changes/" + a.Ref()
	}
	return u
}

// verbs are the messages for what can be done to a dataset that stays public.
var verbs = map[string]string{
	"new dataset": "history.new", "published dataset": "history.published", "restored dataset": "history.restored",
	"held data": "history.held", "released data": "history.released", "masked data": "history.masked",
}

func (p speaker) verb(v string) string { return p.text(cmp.Or(verbs[v], "history.changed")) }

// changesOf answers /dataset/changes/{activity}.
func (s *Server) changesOf(r *request) (view, error) {
	missing := catalog.Errorf(catalog.NotFound, "no such change")
	n := catalog.ActivityNumber(r.param("id"))
	if n == 0 {
		return view{}, missing
	}
	found, err := s.Activities.Activities(r.ctx, catalog.ActivityFilter{ID: n, Kinds: []string{"dataset"}, Limit: 1})
	if err != nil {
		return view{}, err
	}
	if len(found) == 0 || found[0].Dataset == nil {
		return view{}, missing
	}
	a := found[0]
	d, err := s.Datasets.Dataset(r.ctx, a.Object)
	if err != nil {
		return view{}, err
	}
	was, err := s.before(r, a)
	if err != nil {
		return view{}, err
	}
	p := &changesPage{Update: s.update(r, a, was), History: "/dataset/activity/" + url.PathEscape(d.Name), Heading: d.Title}
	p.Update.What = capital(p.Update.What)
	p.Dataset = linkView{Text: cmp.Or(r.in(d.Title), d.Name), URL: "/dataset/" + d.Name}
	if len(p.Heading) == 0 {
		p.Heading = catalog.Text{r.locale: d.Name}
	}
	p.Section, p.Title, p.Hidden = "dataset", r.text("changes.title", r.date(a.At))+" – "+p.Dataset.Text, true
	p.Crumbs = []crumb{{r.text("list.title"), "/dataset"}, {p.Dataset.Text, p.Dataset.URL}, {r.text("history.title"), p.History}, {Title: r.text("changes.title", r.date(a.At))}}
	return view{template: "changes", data: p}, nil
}

// before returns the activity before a of the same dataset that the reader may
// know of, or nil.
func (s *Server) before(r *request, a *catalog.Activity) (*catalog.Activity, error) {
	const atOnce = 20 // of the same moment, told apart by their numbers
	found, err := s.Activities.Activities(r.ctx, catalog.ActivityFilter{
		Objects: []string{a.Object}, Kinds: []string{"dataset"}, Before: a.At.Add(time.Microsecond), Limit: atOnce,
	})
	if err != nil {
		return nil, err
	}
	for _, b := range found {
		if b.ID < a.ID {
			return b, nil
		}
	}
	return nil, nil
}
