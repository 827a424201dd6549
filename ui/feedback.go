package ui

import (
	"net/http"
	"strconv"

	"portico/catalog"
	"portico/participation"
)

// A feedbackPage is what people say of a dataset, and where they say it.
type feedbackPage struct {
	frame
	D       *catalog.Dataset
	Heading catalog.Text
	Name    string
	Rating  catalog.RatingOf
	Reports []*catalog.Contribution // accepted, the latest first
	Files   []fileView
	Ratings []*catalog.Contribution // accepted, with words, the latest first
	Columns []pick                  // of the row that a report is about
	Stars   int                     // that were chosen on the dataset's page
	Reasons []choice                // to choose from, for these stars
	Rate    form
	Report  form
}

// A choice is one of several that may be ticked.
type choice struct {
	Code, Label string
	Chosen      bool
}

// shownReports is how many reports a page shows.
const shownReports = 50

// searchedRatings is how many of the latest ratings are looked through for words.
const searchedRatings = 500

func (s *Server) feedback(r *request) (view, error) {
	stars, _ := strconv.Atoi(r.query.Get("stars")) // 0 when it is no number: nothing was chosen
	p := &feedbackPage{Rate: s.newForm(), Report: s.newForm()}
	if stars >= 1 && stars <= 5 {
		p.Stars = stars
	}
	if row, err := strconv.ParseInt(r.query.Get("row"), 10, 64); err == nil && row > 0 {
		p.Report.Values.Row = row
	}
	p.Report.Values.Distribution, p.Report.Values.Column = r.query.Get("resource"), r.query.Get("column")
	return s.feedbackView(r, p, http.StatusOK)
}

// rate takes a rating.
func (s *Server) rate(r *request) (view, error) {
	d, err := s.Datasets.Dataset(r.ctx, r.param("id"))
	if err != nil {
		return view{}, err
	}
	stars, _ := strconv.Atoi(r.PostForm.Get("stars")) // the desk says what is wrong with it
	f, status, err := s.submit(r, catalog.Contribution{
		Kind: catalog.Rating, Dataset: d.ID, Stars: stars, Reasons: r.PostForm["reason"], Text: r.PostForm.Get("text"),
	})
	if err != nil {
		return view{}, err
	}
	return s.feedbackView(r, &feedbackPage{Stars: f.Values.Stars, Rate: f, Report: s.newForm()}, status)
}

// report takes a report of a fault.
func (s *Server) report(r *request) (view, error) {
	d, err := s.Datasets.Dataset(r.ctx, r.param("id"))
	if err != nil {
		return view{}, err
	}
	c := catalog.Contribution{
		Kind: catalog.Report, Dataset: d.ID, Text: r.PostForm.Get("text"), Name: r.PostForm.Get("name"), Email: r.PostForm.Get("email"),
	}
	if has(d, r.PostForm.Get("resource")) {
		c.Distribution = r.PostForm.Get("resource")
		c.Row, _ = strconv.ParseInt(r.PostForm.Get("row"), 10, 64) // none when it is no number
		c.Row = max(c.Row, 0)
		if c.Row > 0 {
			c.Column = columnIn(d, c.Distribution, r.PostForm.Get("column"))
		}
	}
	f, status, err := s.submit(r, c)
	if err != nil {
		return view{}, err
	}
	return s.feedbackView(r, &feedbackPage{Rate: s.newForm(), Report: f}, status)
}

func has(d *catalog.Dataset, distribution string) bool {
	for i := range d.Distributions {
		if d.Distributions[i].ID == distribution {
			return true
		}
	}
	return false
}

func (s *Server) feedbackView(r *request, p *feedbackPage, status int) (view, error) {
	d, err := s.Datasets.Dataset(r.ctx, r.param("id"))
	if err != nil {
		return view{}, err
	}
	p.D, p.Name, p.Heading = d, d.Name, d.Title
	if len(p.Heading) == 0 {
		p.Heading = catalog.Text{r.locale: d.Name}
	}
	if p.Rating, err = s.Contributions.RatingOf(r.ctx, d.ID); err != nil {
		return view{}, err
	}
	p.Reports, _, err = s.Contributions.Contributions(r.ctx, catalog.ContributionFilter{
		Kind: catalog.Report, Dataset: d.ID, State: catalog.Accepted, Limit: shownReports,
	})
	if err != nil {
		return view{}, err
	}
	if p.Ratings, err = s.wordedRatings(r, d.ID); err != nil {
		return view{}, err
	}
	p.reportColumns(r, d)
	for i := range d.Distributions {
		p.Files = append(p.Files, s.file(r, d, &d.Distributions[i]))
	}
	p.Reasons = reasons(r, p.Stars, p.Rate.Values.Reasons)
	p.Section, p.Title = "dataset", r.text("feedback.title")
	p.Crumbs = []crumb{{r.text("list.title"), "/dataset"}, {r.in(p.Heading), "/dataset/" + d.Name}, {Title: p.Title}}
	p.Hidden = true
	return view{template: "feedback", data: p, uncached: true, status: status}, nil
}

// wordedRatings are the accepted ratings of a dataset that say why.
func (s *Server) wordedRatings(r *request, dataset string) ([]*catalog.Contribution, error) {
	all, _, err := s.Contributions.Contributions(r.ctx, catalog.ContributionFilter{
		Kind: catalog.Rating, Dataset: dataset, State: catalog.Accepted, Limit: searchedRatings,
	})
	var out []*catalog.Contribution
	for _, c := range all {
		if c.Text != "" && len(out) < shownReports {
			out = append(out, c)
		}
	}
	return out, err
}

// reasons are those that fit the stars; without stars there is nothing to give
// a reason for.
func reasons(r *request, stars int, chosen []string) []choice {
	codes := participation.BadReasons
	switch {
	case stars == 0:
		return nil
	case stars >= 4:
		codes = participation.GoodReasons
	}
	out := make([]choice, len(codes))
	for i, code := range codes {
		out[i] = choice{Code: code, Label: r.text("reason." + code)}
		for _, c := range chosen {
			out[i].Chosen = out[i].Chosen || c == code
		}
	}
	return out
}

// A receiptPage tells who sent something how it stands with it.
type receiptPage struct {
	frame
	C       *catalog.Contribution
	Dataset *card // that it is about, if it may still be seen
}

// receipt is at an address that only the sender knows.
func (s *Server) receipt(r *request) (view, error) {
	id := r.param("id")
	c, err := s.Contributions.Contribution(r.ctx, id)
	if err != nil {
		return view{}, err
	}
	if c.ID != id { // by its number, which anybody can guess
		return view{}, catalog.Errorf(catalog.NotFound, "no such message")
	}
	p := &receiptPage{C: c}
	if c.Dataset != "" {
		if d, err := s.Datasets.Dataset(r.ctx, c.Dataset); err == nil {
			about := s.card(r, d)
			p.Dataset = &about
		}
	}
	p.Title, p.Hidden = r.text("receipt.title"), true
	p.Crumbs = []crumb{{Title: p.Title}}
	return view{template: "receipt", data: p, uncached: true}, nil
}
