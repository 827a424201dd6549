package ui

import (
	"net/http"
	"strconv"

	"portico/catalog"
	"portico/participation"
)

// A requestsPage lists the data that people have asked for.
type requestsPage struct {
	frame
	Requests []requestView
	Total    int
	Pages    pager
}

// A requestView is a request as everybody sees it.
type requestView struct {
	*catalog.Contribution
	URL  string
	Late bool // the law's term has passed without an answer
}

func (s *Server) requestView(c *catalog.Contribution) requestView {
	return requestView{c, "/richieste/" + strconv.FormatInt(c.Number, 10), c.Answered.IsZero() && s.now().After(c.Due.AddDate(0, 0, 1))}
}

func (s *Server) requests(r *request) (view, error) {
	at, err := strconv.Atoi(r.query.Get("page"))
	if err != nil || at < 1 || at > 10_000 {
		at = 1
	}
	cs, total, err := s.Contributions.Contributions(r.ctx, catalog.ContributionFilter{
		Kind: catalog.Request, State: catalog.Accepted, Limit: perPage, Offset: (at - 1) * perPage,
	})
	if err != nil {
		return view{}, err
	}
	p := &requestsPage{Total: total, Pages: newPager(at, total, perPage, func(n int) string { return "/richieste?page=" + strconv.Itoa(n) })}
	for _, c := range cs {
		p.Requests = append(p.Requests, s.requestView(c))
	}
	p.Section, p.Title, p.Description = "requests", r.text("requests.title"), r.text("requests.lead")
	p.Crumbs = []crumb{{Title: p.Title}}
	return view{template: "requests", data: p, uncached: true}, nil
}

// A requestFormPage is where data are asked for.
type requestFormPage struct {
	frame
	Form form
	Like []card // datasets that may be what is asked for
}

func (s *Server) requestForm(r *request) (view, error) {
	p := &requestFormPage{Form: s.newForm()}
	p.Form.Values.Title = shorten(r.query.Get("q"), participation.MaxTitle)
	return s.requestFormView(r, p, http.StatusOK)
}

// takeRequest takes a request for data.
func (s *Server) takeRequest(r *request) (view, error) {
	f, status, err := s.submit(r, catalog.Contribution{
		Kind: catalog.Request, Title: r.PostForm.Get("title"), Text: r.PostForm.Get("text"),
		Name: r.PostForm.Get("name"), Email: r.PostForm.Get("email"),
	})
	if err != nil {
		return view{}, err
	}
	return s.requestFormView(r, &requestFormPage{Form: f}, status)
}

// likely is how many datasets are shown to who asks for data.
const likely = 3

func (s *Server) requestFormView(r *request, p *requestFormPage, status int) (view, error) {
	if q := p.Form.Values.Title; q != "" {
		res, err := s.find(r, filter{Q: q, Page: 1})
		if err != nil {
			return view{}, err
		}
		p.Like = s.cards(r, res.datasets[:min(likely, len(res.datasets))])
	}
	p.Section, p.Title, p.Description = "requests", r.text("request.new"), r.text("requests.lead")
	p.Crumbs = []crumb{{r.text("requests.title"), "/richieste"}, {Title: p.Title}}
	return view{template: "request-form", data: p, uncached: true, status: status}, nil
}

// A requestPage is one request, with its answer.
type requestPage struct {
	frame
	R requestView
}

func (s *Server) oneRequest(r *request) (view, error) {
	c, err := s.Contributions.Contribution(r.ctx, r.param("n"))
	if err != nil {
		return view{}, err
	}
	if c.Kind != catalog.Request || c.State != catalog.Accepted {
		return view{}, catalog.Errorf(catalog.NotFound, "no such request")
	}
	p := &requestPage{R: s.requestView(c)}
	p.Section, p.Title = "requests", c.Title
	p.Crumbs = []crumb{{r.text("requests.title"), "/richieste"}, {Title: c.Title}}
	return view{template: "request", data: p, uncached: true}, nil
}
