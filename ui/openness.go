package ui

import (
	"cmp"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gin-gonic/gin"

	"portico/catalog"
	"portico/datastore/profile"
	"portico/openness"
)

// What the page of the openness index shows.
const (
	opennessRows   = 100
	opennessMonths = 25 // of a trend: two years, and the month to compare with
	opennessFresh  = 20 * time.Second
)

// An opennessMemo keeps what was read for a moment: a year of months is more to
// read than a page is worth.
type opennessMemo struct {
	mu   sync.Mutex
	read time.Time
	all  []*openness.Snapshot
}

// snapshots returns the months that were kept, the oldest first.
func (s *Server) snapshots(ctx context.Context) ([]*openness.Snapshot, error) {
	if s.Records == nil {
		return nil, nil
	}
	m := &s.openness
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.all) > 0 && s.now().Sub(m.read) < opennessFresh {
		return m.all, nil
	}
	all, err := openness.Snapshots(ctx, s.Records)
	if err == nil {
		m.all, m.read = all, s.now()
	}
	return all, err
}

// An opennessPage shows the openness index of all bodies, or of one.
type opennessPage struct {
	frame
	Empty    bool
	Month    string // that is shown
	Taken    time.Time
	Before   string // the month that it is compared with; "" = there is none yet
	Parts    []opennessPart
	One      *opennessRow // the body that was asked for, or all of them together
	Whole    bool         // One is all of them together
	Rows     []opennessRow
	Chart    *chartView
	Pages    pager
	Formula  string
	MaxScore int
}

// An opennessPart is a part of the formula, with how One does in it.
type opennessPart struct {
	Label, Rule string
	Weight      int
	Value       string
	Bar         string // width, in per cent
}

// An opennessRow is a body.
type opennessRow struct {
	Name     string
	Lang     string
	URL      string // of its index
	Page     string // of its datasets; "" = it has none
	Datasets int
	Total    string
	Bar      string
	Parts    []string
	Change   string // against the year before; "" = nothing to compare with
	Way      string // "up", "down" or "same"
	Spark    string // points of a polyline in a box of 100 by 28; "" = one month is no line
}

func (s *Server) opennessIndex(r *request) (view, error) {
	p := &opennessPage{Formula: openness.Formula, MaxScore: 100}
	p.Section, p.Title, p.Description = "stats", r.text("openness.title"), r.text("openness.lead")
	p.Crumbs = []crumb{{r.text("stats.title"), "/stats"}, {Title: p.Title}}
	p.Alternates = []alternate{{"text/csv", r.text("openness.csv"), "/indice.csv"}, {"application/json", r.text("openness.json"), "/indice.json"}}
	for _, part := range openness.Parts() {
		p.Parts = append(p.Parts, opennessPart{Label: r.in(part.Label), Rule: r.in(part.Rule), Weight: part.Weight})
	}
	all, err := s.snapshots(r.ctx)
	if err != nil {
		return view{}, err
	}
	v := view{template: "openness", data: p, uncached: true}
	if len(all) == 0 {
		p.Empty = true
		return v, nil
	}
	o := &opennessView{request: r, last: all[len(all)-1], months: all[max(0, len(all)-opennessMonths):]}
	o.before = yearBefore(all, o.last)
	p.Month, p.Taken = o.monthName(o.last.Month), o.last.Taken
	if o.before != nil {
		p.Before = o.monthName(o.before.Month)
	}
	return v, o.fill(p)
}

// yearBefore returns the snapshot of the same month a year before, or nil.
func yearBefore(all []*openness.Snapshot, last *openness.Snapshot) *openness.Snapshot {
	at, err := time.Parse("2006-01", last.Month)
	if err != nil {
		return nil
	}
	month := at.AddDate(-1, 0, 0).Format("2006-01")
	for _, s := range all {
		if s.Month == month {
			return s
		}
	}
	return nil
}

// An opennessView puts snapshots into the words of a reader.
type opennessView struct {
	*request
	last, before *openness.Snapshot
	months       []*openness.Snapshot
}

func (o *opennessView) monthName(month string) string {
	t, err := time.Parse("2006-01", month)
	if err != nil {
		return month
	}
	return o.text("month."+strconv.Itoa(int(t.Month()))) + " " + t.Format("2006")
}

// fill shows the body that was asked for, and all of them in a table.
func (o *opennessView) fill(p *opennessPage) error {
	id := o.query.Get("ente")
	of := func(s *openness.Snapshot) *openness.Facts {
		if s == nil {
			return nil
		}
		if id == "" {
			f := s.All()
			return &f
		}
		if b := s.Body(id); b != nil {
			return &b.Facts
		}
		return nil
	}
	row := opennessRow{Name: o.text("openness.all")}
	if id != "" {
		b := o.last.Body(id)
		if b == nil {
			return catalog.Errorf(catalog.NotFound, "no such body in the index")
		}
		row = o.named(b)
		p.Title = o.text("openness.of", row.Name)
		p.Crumbs = []crumb{{o.text("stats.title"), "/stats"}, {o.text("openness.title"), "/indice"}, {Title: row.Name}}
		p.Canonical = "/indice?" + url.Values{"ente": {id}}.Encode()
	} else {
		p.Whole = true
		o.rows(p)
	}
	score := o.number(&row, of)
	for i := range p.Parts {
		p.Parts[i].Value, p.Parts[i].Bar = o.decimal(score.Parts[i], 1), percent(score.Parts[i])
	}
	p.One, p.Chart = &row, o.chart(of)
	return nil
}

func (o *opennessView) named(b *openness.Body) opennessRow {
	row := opennessRow{Name: cmp.Or(o.in(b.Name), b.ID, o.text("openness.nobody")), Lang: o.language(b.Name)}
	if b.ID != "" {
		row.URL = "/indice?" + url.Values{"ente": {b.ID}}.Encode()
	}
	if b.Page != "" {
		row.Page = "/organization/" + b.Page
	}
	return row
}

// number fills in the numbers of a row, whose counts of a month of gives.
func (o *opennessView) number(row *opennessRow, of func(*openness.Snapshot) *openness.Facts) openness.Score {
	facts := of(o.last)
	score := facts.Score()
	row.Datasets, row.Total, row.Bar = facts.Datasets, o.decimal(score.Total, 1), percent(score.Total)
	for _, v := range score.Parts {
		row.Parts = append(row.Parts, o.decimal(v, 0))
	}
	if was := of(o.before); was != nil {
		change := score.Total - was.Score().Total
		row.Way = "same"
		switch {
		case change >= 0.05:
			row.Way, row.Change = "up", "+"+o.decimal(change, 1)
		case change <= -0.05:
			row.Way, row.Change = "down", "−"+o.decimal(-change, 1)
		default:
			row.Change = "="
		}
	}
	var points []string
	for i, m := range o.months {
		if f := of(m); f != nil && len(o.months) > 1 {
			points = append(points, fmt.Sprintf("%.1f,%.1f", 100*float64(i)/float64(len(o.months)-1), 26-0.24*f.Score().Total))
		}
	}
	if len(points) > 1 {
		row.Spark = strings.Join(points, " ")
	}
	return score
}

// rows are the bodies, the most open first.
func (o *opennessView) rows(p *opennessPage) {
	order := make([]*openness.Body, 0, len(o.last.Bodies))
	for i := range o.last.Bodies {
		order = append(order, &o.last.Bodies[i])
	}
	slices.SortStableFunc(order, func(a, b *openness.Body) int { return cmp.Compare(b.Facts.Score().Total, a.Facts.Score().Total) })
	at, err := strconv.Atoi(o.query.Get("page"))
	if last := lastPage(len(order), opennessRows); err != nil || at < 1 || at > last {
		at = 1
	}
	p.Pages = newPager(at, len(order), opennessRows, func(n int) string { return "/indice?page=" + strconv.Itoa(n) })
	for _, b := range order[(at-1)*opennessRows : min(at*opennessRows, len(order))] {
		row := o.named(b)
		o.number(&row, func(s *openness.Snapshot) *openness.Facts {
			if x := s.Body(b.ID); x != nil {
				return &x.Facts
			}
			return nil
		})
		p.Rows = append(p.Rows, row)
	}
}

// chart draws the total over the months, when there are two at least.
func (o *opennessView) chart(of func(*openness.Snapshot) *openness.Facts) *chartView {
	c := &profile.Chart{Kind: profile.Line, By: "month", Step: "month", Of: "total", How: "each"}
	for _, m := range o.months {
		if f := of(m); f != nil {
			c.Points = append(c.Points, profile.Point{Label: m.Month, Value: f.Score().Total})
		}
	}
	if len(c.Points) < 2 {
		return nil
	}
	return newChart(o.request, []catalog.Column{
		{Name: "month", Title: catalog.Text{o.locale: o.text("openness.month")}}, {Name: "total", Title: catalog.Text{o.locale: o.text("openness.title")}},
	}, c)
}

// opennessCSV gives every month as open data: the counts and what the formula
// makes of them.
func (s *Server) opennessCSV(c *gin.Context) {
	all, err := s.snapshots(c.Request.Context())
	if err != nil {
		s.fail(c.Writer, c.Request, err)
		return
	}
	h := c.Writer.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8; header=present")
	h.Set("Content-Disposition", `attachment; filename="indice-di-apertura.csv"`)
	h.Set("Cache-Control", "public, max-age=3600")
	h.Set("Access-Control-Allow-Origin", "*")
	if c.Request.Method == http.MethodHead {
		return
	}
	out := csv.NewWriter(c.Writer)
	err = openness.WriteRows(all, func(cells []string) error { return out.Write(cells) })
	out.Flush()
	if err = errors.Join(err, out.Error()); err != nil {
		s.Log.WarnContext(c.Request.Context(), "the openness index was cut short", "err", err)
		panic(http.ErrAbortHandler) // who reads must not take a part for all
	}
}

// opennessJSON gives the same with the formula.
func (s *Server) opennessJSON(c *gin.Context) {
	all, err := s.snapshots(c.Request.Context())
	if err != nil {
		s.fail(c.Writer, c.Request, err)
		return
	}
	body, err := json.Marshal(openness.Told(all))
	if err != nil {
		s.fail(c.Writer, c.Request, err)
		return
	}
	h := c.Writer.Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Cache-Control", "public, max-age=3600")
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if c.Request.Method != http.MethodHead {
		_, _ = c.Writer.Write(body) // a reader who went away is nobody's error
	}
}

// opennessRoutes are the addresses of the index.
func (s *Server) opennessRoutes(e *gin.Engine, show func(string, page)) {
	show("/indice", s.opennessIndex)
	for path, h := range map[string]gin.HandlerFunc{"/indice.csv": s.opennessCSV, "/indice.json": s.opennessJSON} {
		e.GET(path, h)
		e.HEAD(path, h)
	}
}
