package ui

import (
	"encoding/csv"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"portico/catalog"
)

// statsDays is the time that the numbers of use are told for, in whole days
// before today: so they are the same all day, and pages with them can be kept.
const (
	statsDays = 30
	statsMost = 10
)

// A statsPage tells how much there is, and how much it is used.
type statsPage struct {
	frame
	Datasets      int
	Organizations int
	Uses          []useCount // of the last statsDays
	Any           bool
	Since         time.Time // the first day that was counted
	Viewed        []usedDataset
	Downloaded    []usedDataset
	Weeks         []usedWeek
}

// A useCount says how often something was done.
type useCount struct {
	Kind catalog.UseKind
	N    int64
}

type usedDataset struct {
	Title string
	URL   string
	N     int64
}

// A usedWeek is seven days of use, named by its first.
type usedWeek struct {
	First, Last time.Time
	N           []int64 // in the order of catalog.UseKinds
}

// today is the beginning of the day.
func (s *Server) today() time.Time { return s.now().UTC().Truncate(24 * time.Hour) }

func (s *Server) stats(r *request) (view, error) {
	p := &statsPage{}
	p.Section, p.Title, p.Description = "stats", r.text("stats.title"), r.text("stats.lead", statsDays)
	p.Crumbs = []crumb{{Title: p.Title}}
	p.Alternates = []alternate{{"text/csv", r.text("stats.csv"), "/stats/usage.csv"}}
	_, total, err := s.Datasets.ListDatasets(r.ctx, catalog.DatasetFilter{Limit: 0})
	if err != nil {
		return view{}, err
	}
	os, err := s.Organizations.Organizations(r.ctx)
	if err != nil {
		return view{}, err
	}
	p.Datasets, p.Organizations = total, len(os)
	if err := s.fillUses(r, p); err != nil {
		return view{}, err
	}
	return view{template: "stats", data: p}, nil
}

func (s *Server) fillUses(r *request, p *statsPage) error {
	today := s.today()
	from := today.AddDate(0, 0, -statsDays)
	all, err := s.Usage.UsageByDay(r.ctx, today.AddDate(-1, 0, 0))
	if err != nil {
		return err
	}
	recent := make(map[catalog.UseKind]int64)
	for _, u := range all {
		if !u.Day.Before(today) {
			continue
		}
		if p.Since.IsZero() {
			p.Since, p.Any = u.Day, true
		}
		if !u.Day.Before(from) {
			recent[u.Kind] += u.N
		}
		p.addWeek(today, u)
	}
	for _, k := range catalog.UseKinds {
		p.Uses = append(p.Uses, useCount{k, recent[k]})
	}
	if p.Viewed, err = s.mostUsed(r, catalog.UseView, from); err != nil {
		return err
	}
	p.Downloaded, err = s.mostUsed(r, catalog.UseDownload, from)
	return err
}

// addWeek adds u to its week, counted backwards from yesterday.
func (p *statsPage) addWeek(today time.Time, u catalog.Use) {
	back := int(today.Sub(u.Day).Hours()/24-1) / 7
	first := today.AddDate(0, 0, -7*(back+1))
	if n := len(p.Weeks); n == 0 || !p.Weeks[n-1].First.Equal(first) {
		p.Weeks = append(p.Weeks, usedWeek{first, first.AddDate(0, 0, 6), make([]int64, len(catalog.UseKinds))})
	}
	if k := slices.Index(catalog.UseKinds, u.Kind); k >= 0 {
		p.Weeks[len(p.Weeks)-1].N[k] += u.N
	}
}

func (s *Server) mostUsed(r *request, kind catalog.UseKind, from time.Time) ([]usedDataset, error) {
	most, err := s.Usage.MostUsed(r.ctx, kind, from, s.today(), statsMost)
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(most))
	for i, m := range most {
		ids[i] = m.Dataset
	}
	ds, err := s.Datasets.DatasetsByID(r.ctx, ids)
	if err != nil {
		return nil, err
	}
	named := make(map[string]card, len(ds))
	for i, c := range s.cards(r, ds) {
		named[ds[i].ID] = c
	}
	var out []usedDataset
	for _, m := range most {
		if c, ok := named[m.Dataset]; ok {
			out = append(out, usedDataset{Title: r.in(c.Title), URL: c.URL, N: m.N[kind]})
		}
	}
	return out, nil
}

// usesOf returns how often a dataset was used in the last statsDays, or nil.
func (s *Server) usesOf(r *request, id string) ([]useCount, error) {
	if s.Usage == nil {
		return nil, nil
	}
	uses, err := s.Usage.UsageOf(r.ctx, id, s.today().AddDate(0, 0, -statsDays))
	if err != nil {
		return nil, err
	}
	n := make(map[catalog.UseKind]int64)
	for _, u := range uses {
		if u.Day.Before(s.today()) {
			n[u.Kind] += u.N
		}
	}
	var out []useCount
	for _, k := range catalog.UseKinds {
		if n[k] > 0 {
			out = append(out, useCount{k, n[k]})
		}
	}
	return out, nil
}

// usageCSV gives all numbers of whole days, as open data.
func (s *Server) usageCSV(c *gin.Context) {
	h := c.Writer.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8; header=present")
	h.Set("Content-Disposition", `attachment; filename="usage.csv"`)
	h.Set("Cache-Control", "public, max-age=3600")
	out := csv.NewWriter(c.Writer)
	if c.Request.Method == http.MethodHead {
		return
	}
	today := s.today()
	err := out.Write([]string{"day", "dataset", "url", "distribution", "use", "count"})
	if err == nil {
		err = s.Usage.EachUsage(c.Request.Context(), today.AddDate(-2, 0, 0), func(u catalog.Use) error {
			if !u.Day.Before(today) {
				return nil
			}
			return out.Write([]string{
				u.Day.Format(time.DateOnly), u.Dataset, s.Site.Link("/dataset/" + u.Dataset), u.Distribution, string(u.Kind), strconv.FormatInt(u.N, 10),
			})
		})
	}
	out.Flush()
	if err = errors.Join(err, out.Error()); err != nil {
		s.Log.WarnContext(c.Request.Context(), "the numbers of use were cut short", "err", err)
		panic(http.ErrAbortHandler) // who reads must not take a part for all
	}
}
