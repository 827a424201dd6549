package ui

import (
	"cmp"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"portico/catalog"
	"portico/search"
	"portico/subscription"
)

// A followBox is how to hear of what is new: by e-mail, where the site sends
// any, and by feeds.
type followBox struct {
	Param, Value string // of the form and of the address of /avvisi
	About        string
	URL          string // of the page that it is about, without the language
	Page         string // of /avvisi about it
	Mail         bool
	Ticket       string
	Atom, JSON   string

	kind subscription.Kind
	ref  string
}

// follow returns the box about a thing; param and value name it in addresses.
func (s *Server) follow(about followBox, feed string) *followBox {
	b := about
	b.Page = "/avvisi"
	if b.Param != "" {
		b.Page += "?" + url.Values{b.Param: {b.Value}}.Encode()
	}
	path, query, _ := strings.Cut(feed, "?")
	if query != "" {
		query = "?" + query
	}
	b.Atom, b.JSON = path+".atom"+query, path+".json"+query
	if b.Mail = s.Alerts != nil; b.Mail {
		b.Ticket = s.Alerts.Ticket()
	}
	return &b
}

// offer puts a box into the frame of a page, and its feeds among the page's
// other forms.
func (p *frame) offer(r *request, b *followBox) {
	p.Follow = b
	p.Alternates = append(p.Alternates,
		alternate{"application/atom+xml", r.text("follow.atom"), b.Atom}, alternate{"application/feed+json", r.text("follow.json"), b.JSON})
}

func (s *Server) followDataset(r *request, d *catalog.Dataset) *followBox {
	return s.follow(followBox{
		kind: subscription.Dataset, ref: d.ID, Param: "dataset", Value: d.Name, About: cmp.Or(r.in(d.Title), d.Name), URL: "/dataset/" + d.Name,
	}, "/feeds/custom?"+url.Values{"name": {d.Name}}.Encode())
}

func (s *Server) followOrganization(r *request, o *catalog.Organization) *followBox {
	return s.follow(followBox{
		kind: subscription.Organization, ref: o.ID, Param: "organization", Value: o.Name, About: cmp.Or(r.in(o.Title), o.Name), URL: "/organization/" + o.Name,
	}, "/feeds/organization/"+url.PathEscape(o.Name))
}

// followSearch is about the datasets that a filter finds, in whatever order.
func (s *Server) followSearch(r *request, f filter) *followBox {
	f = f.clone()
	f.Sort, f.Exact = "", false
	b := followBox{kind: subscription.Search, URL: f.url(), About: r.text("follow.everything")}
	_, b.ref, _ = strings.Cut(b.URL, "?")
	feed := "/feeds/dataset"
	if b.ref != "" {
		b.Param, b.Value = "search", b.ref
		b.About = s.describeFilter(r, f)
		feed = "/feeds/custom?" + feedQuery(f)
	}
	return s.follow(b, feed)
}

// describeFilter says what a filter asks for, for people.
func (s *Server) describeFilter(r *request, f filter) string {
	var parts []string
	if f.Q != "" {
		parts = append(parts, f.Q)
	}
	for _, c := range s.names(r).chips(f) {
		parts = append(parts, c.Facet+": "+c.Label)
	}
	return strings.Join(parts, ", ")
}

// feedQuery is the question of a filter in the words of CKAN's feeds.
func feedQuery(f filter) string {
	q := url.Values{}
	if f.Q != "" {
		q.Set("q", f.Q)
	}
	for param, values := range f.Values {
		if param == "holder" {
			param = "holder_name"
		}
		q[param] = values
	}
	return q.Encode()
}

// Question reads the parameters of a list as a subscription keeps them: what
// is asked of a search engine, and the words.
func Question(parameters string) (q search.Query, words string) {
	values, err := url.ParseQuery(parameters)
	if err != nil {
		values = url.Values{"q": {parameters}}
	}
	f := parseFilter(values, time.Now())
	return f.query(), f.Q
}

// An alertsPage is where alerts are asked for.
type alertsPage struct {
	frame
	Sent  bool // a link is on its way, if the address is right
	Email string
	Error string
	Wrong string // with the address
	Hours int
	Most  int
}

func (s *Server) alerts(r *request) (view, error) {
	b, err := s.followed(r, r.query)
	if err != nil {
		return view{}, err
	}
	return s.alertsView(r, b, &alertsPage{Sent: r.query.Get("inviato") == "1"}, http.StatusOK), nil
}

// followed finds what a form or an address of /avvisi is about.
func (s *Server) followed(r *request, values url.Values) (*followBox, error) {
	switch {
	case values.Get("dataset") != "":
		d, err := s.Datasets.Dataset(r.ctx, values.Get("dataset"))
		if err != nil {
			return nil, err
		}
		return s.followDataset(r, d), nil
	case values.Get("organization") != "":
		o, err := s.Organizations.Organization(r.ctx, values.Get("organization"))
		if err != nil {
			return nil, err
		}
		return s.followOrganization(r, o), nil
	}
	asked, err := url.ParseQuery(values.Get("search"))
	if err != nil {
		asked = url.Values{"q": {values.Get("search")}}
	}
	return s.followSearch(r, parseFilter(asked, s.now())), nil
}

func (s *Server) alertsView(r *request, b *followBox, p *alertsPage, status int) view {
	p.Hours, p.Most = int(subscription.ConfirmFor.Hours()), subscription.MostPerBox
	p.Title, p.Description = r.text("follow.title"), r.text("follow.lead")
	p.Crumbs = []crumb{{Title: p.Title}}
	p.Canonical = b.Page
	p.Hidden = b.Param != ""
	p.offer(r, b)
	return view{template: "alerts", data: p, uncached: true, status: status}
}

// takeAlert takes the form of /avvisi, and the small ones on other pages.
func (s *Server) takeAlert(r *request) (view, error) {
	b, err := s.followed(r, r.PostForm)
	if err != nil {
		return view{}, err
	}
	if s.Alerts == nil {
		return s.alertsView(r, b, &alertsPage{}, http.StatusNotFound), nil
	}
	err = s.Alerts.Subscribe(r.ctx, subscription.Wish{
		Email: r.PostForm.Get("email"), Locale: r.locale, Kind: b.kind, Ref: b.ref, Title: b.About,
		Ticket: r.PostForm.Get("ticket"), Trap: r.PostForm.Get("website"), From: s.address(r),
	})
	if err == nil {
		return view{}, &sent{path: "/avvisi?inviato=1"}
	}
	e, ok := asFormError(err)
	if !ok {
		return view{}, err
	}
	p := &alertsPage{Email: r.PostForm.Get("email"), Error: e.In(r.locale)}
	if len(e.Fields["email"]) > 0 {
		p.Wrong = r.text("form.no-address")
	}
	return s.alertsView(r, b, p, statusOfForm(e.Kind)), nil
}

// asFormError returns err when it is for who filled in a form.
func asFormError(err error) (*catalog.Error, bool) {
	e, ok := err.(*catalog.Error) //nolint:errorlint // what a package wraps is not for the reader
	return e, ok && (e.Kind == catalog.Invalid || e.Kind == catalog.TooMany)
}

// An alertLinkPage is what a link in a mail leads to: a button, and what came
// of it. The link alone does nothing, for mail programs open links by
// themselves.
type alertLinkPage struct {
	frame
	Way    string // "confirm" or "cancel"
	State  string // "ask", "done", "expired", "again" or "over"
	About  []string
	All    bool
	Cancel string // link to end what was just confirmed
}

func (s *Server) alertLink(r *request, way, state string, l *subscription.Link) (view, error) {
	p := &alertLinkPage{Way: way, State: state, All: l.All}
	for _, x := range l.Subscriptions {
		p.About = append(p.About, x.About())
	}
	p.Title, p.Hidden = r.text("follow.title"), true
	p.Crumbs = []crumb{{r.text("follow.title"), "/avvisi"}, {Title: r.text("follow." + way)}}
	if way == "confirm" && state == "done" && len(l.Subscriptions) == 1 {
		p.Cancel = s.Alerts.CancelLink(l.Subscriptions[0])
	}
	return view{template: "alert-link", data: p, uncached: true, status: http.StatusOK}, nil
}

func (s *Server) confirmPage(r *request) (view, error) {
	l, err := s.Alerts.ToConfirm(r.ctx, r.param("t"))
	if err != nil {
		return view{}, err
	}
	return s.alertLink(r, "confirm", confirmState(l, "ask"), l)
}

// confirmState says how it stands with a link to confirm; good is what it is
// when the link is.
func confirmState(l *subscription.Link, good string) string {
	switch {
	case l.Expired && len(l.Subscriptions) == 0:
		return "over"
	case l.Expired:
		return "expired"
	case !l.Subscriptions[0].Confirmed.IsZero():
		return "done"
	}
	return good
}

// confirm is the button of the page above.
func (s *Server) confirm(r *request) (view, error) {
	l, err := s.Alerts.Confirm(r.ctx, r.param("t"))
	if err != nil {
		return view{}, err
	}
	state := confirmState(l, "done")
	if state == "expired" {
		if err := s.Alerts.Again(r.ctx, r.param("t")); err != nil {
			return view{}, err
		}
		state = "again"
	}
	return s.alertLink(r, "confirm", state, l)
}

func (s *Server) cancelPage(r *request) (view, error) {
	l, err := s.Alerts.ToCancel(r.ctx, r.param("t"))
	if err != nil {
		return view{}, err
	}
	state := "ask"
	if len(l.Subscriptions) == 0 {
		state = "over"
	}
	return s.alertLink(r, "cancel", state, l)
}

// cancel is the button of the page above, and what mail programs send by
// themselves when their reader presses theirs (RFC 8058).
func (s *Server) cancel(r *request) (view, error) {
	l, err := s.Alerts.Cancel(r.ctx, r.param("t"))
	if err != nil {
		return view{}, err
	}
	return s.alertLink(r, "cancel", "done", l)
}

// alertRoutes are the addresses of alerts. Without mail there is nothing that a
// link could have come with.
func (s *Server) alertRoutes(e *gin.Engine, show func(string, page)) {
	show("/avvisi", s.alerts)
	e.POST("/avvisi", s.post(s.takeAlert))
	if s.Alerts == nil {
		return
	}
	show("/avvisi/conferma/:t", s.confirmPage)
	e.POST("/avvisi/conferma/:t", s.post(s.confirm))
	show("/avvisi/annulla/:t", s.cancelPage)
	e.POST("/avvisi/annulla/:t", s.post(s.cancel))
}
