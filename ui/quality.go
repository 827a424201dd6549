package ui

import (
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"portico/catalog"
	"portico/dcat"
	"portico/quality"
)

// A qualityView is how good the metadata of a dataset are, and what would make
// them better.
type qualityView struct {
	Stars      starsView
	Points     int
	Most       int
	Dimensions []dimensionView
	Gains      []gainView // in points, those that bring most first
	Advice     []gainView // what Italian guidelines ask beyond the points
	Violations []groupView
	Warnings   []groupView
	NViolated  int
	NWarned    int
	Presumed   bool // some links were not tried yet, and count as if they answered
	Fed        bool
	Quarantine []problemView // for who may change the dataset
}

// A starsView is a number of stars, for the eye and in words.
type starsView struct {
	Full, Empty string // so many signs
	Words       string
}

// A dimensionView is one of the five sums of which a score is made.
type dimensionView struct {
	Label        string
	Points, Most int
}

// A gainView is something that is missing, with what it would bring.
type gainView struct {
	Points  string // "+20"; "" = none
	Message string
	Mend    string
}

// A problemView is why a dataset is kept out of feeds.
type problemView struct{ Field, Value, Message, Mend string }

func (p speaker) stars(n int) starsView {
	return starsView{
		Full: strings.Repeat("★", n), Empty: strings.Repeat("☆", dcat.MostGrade-n),
		Words: p.text("quality.stars", p.number(n), p.number(dcat.MostGrade), p.text("quality.grade."+strconv.Itoa(n))),
	}
}

// quality returns what a page of d shows of it, or nil when nobody tells.
func (s *Server) quality(r *request, d *catalog.Dataset) (*qualityView, error) {
	if s.Quality == nil {
		return nil, nil
	}
	rep, err := s.Quality.Report(r.ctx, d)
	if err != nil {
		return nil, err
	}
	v := &qualityView{Stars: r.stars(rep.Stars), Points: rep.Points, Most: dcat.MaxScore, Fed: rep.Fed}
	v.Dimensions = r.dimensions(rep.Card)
	for _, m := range rep.Card.Metrics {
		v.Presumed = v.Presumed || m.Presumed > 0
	}
	for _, m := range rep.Lost {
		g := gainView{Message: r.in(m.Message), Mend: r.in(m.Mend)}
		if m.Weight == 0 {
			v.Advice = append(v.Advice, g)
			continue
		}
		g.Points = "+" + r.decimal(math.Round((float64(m.Weight)-m.Points())*10)/10, -1)
		v.Gains = append(v.Gains, g)
	}
	v.Violations, v.NViolated = groupFindings(r.speaker, rep.Findings, dcat.Violation)
	v.Warnings, v.NWarned = groupFindings(r.speaker, rep.Findings, dcat.Warning)
	for _, p := range rep.Quarantine {
		v.Quarantine = append(v.Quarantine, problemView{Field: p.Field, Value: p.Value, Message: r.in(p.Message), Mend: r.in(p.Mend)})
	}
	return v, nil
}

func (p speaker) dimensions(c dcat.Scorecard) []dimensionView {
	var out []dimensionView
	for _, d := range dcat.Dimensions() {
		points, most := c.In(d)
		out = append(out, dimensionView{Label: p.in(d.Label()), Points: points, Most: most})
	}
	return out
}

// A groupView is all that breaks a rule in one way.
type groupView struct {
	Rules   []string // of one profile or several
	Message string
	Mend    string
	N       int
	Where   []whereView // the first of them
	More    int         // that are not shown
}

// A whereView is a resource that breaks a rule, with the value that does.
type whereView struct {
	Focus, Path, Value string
}

// mostWhere is how many resources are shown under one rule.
const mostWhere = 10

// groupFindings puts findings of a severity together that say the same, in the
// order in which they come, whatever profile says it. A resource counts once.
func groupFindings(p speaker, all []dcat.Finding, severity dcat.Severity) (groups []groupView, n int) {
	at := map[string]int{}
	seen := map[string]bool{}
	for _, f := range all {
		if f.Severity != severity {
			continue
		}
		n++
		message, mend := p.in(f.Message), p.in(f.Mend)
		key := message + "\n" + mend
		i, ok := at[key]
		if !ok {
			i = len(groups)
			at[key] = i
			groups = append(groups, groupView{Message: message, Mend: mend})
		}
		groups[i].add(f, seen, key)
	}
	return groups, n
}

// add adds a finding to a group. seen are the resources of all groups.
func (g *groupView) add(f dcat.Finding, seen map[string]bool, key string) {
	if !slices.Contains(g.Rules, f.Rule) {
		g.Rules = append(g.Rules, f.Rule)
	}
	w := whereView{Focus: f.Focus, Path: f.Path, Value: f.Value}
	place := strings.Join([]string{key, w.Focus, w.Path, w.Value}, "\n")
	if seen[place] {
		return
	}
	seen[place] = true
	if g.N++; len(g.Where) == mostWhere {
		g.More++
		return
	}
	g.Where = append(g.Where, w)
}

// A meanView is how good the metadata of an organization are.
type meanView struct {
	Stars    starsView
	Points   string // the mean
	Most     int
	Datasets int
	Whole    int // points as data.europa.eu scores a catalogue
}

// mean returns the quality of what an organization publishes, or nil when none
// of it has been scored yet.
func (s *Server) mean(r *request, organization string) (*meanView, error) {
	if s.Quality == nil {
		return nil, nil
	}
	sum, err := s.Quality.Summary(r.ctx, organization)
	if err != nil || sum.Datasets == 0 {
		return nil, err
	}
	return &meanView{
		Stars: r.stars(sum.Stars), Points: r.decimal(sum.Mean, 0), Most: dcat.MaxScore, Datasets: sum.Datasets, Whole: sum.Card.Points(),
	}, nil
}

// A linkStateView says whether an address answers.
type linkStateView struct {
	URL, Host string
	State     string // "ok", "failing" or "broken"
	Words     string
}

// linkStates tells of the addresses of x what the checker found; those that
// nobody has tried are left out.
func (s *Server) linkStates(r *request, x *catalog.Distribution) ([]linkStateView, error) {
	if s.Quality == nil {
		return nil, nil
	}
	var out []linkStateView
	for _, a := range quality.Addresses(&catalog.Dataset{Distributions: []catalog.Distribution{*x}}) {
		l, err := s.Quality.LinkOf(r.ctx, a)
		if err != nil {
			return nil, err
		}
		if l == nil {
			continue
		}
		v := linkStateView{URL: a, Host: hostOf(a), State: "ok", Words: r.text("link.ok", r.date(l.Checked))}
		if !l.Since.IsZero() {
			v.State = "failing"
			if l.Broken() {
				v.State = "broken"
			}
			v.Words = r.text("link."+v.State, r.date(l.Checked), r.date(l.Since), r.in(l.Reason))
		}
		out = append(out, v)
	}
	return out, nil
}

// validateURL is the address of the validator, filled in for a dataset.
func (s *Server) validateURL(d *catalog.Dataset) string {
	return "/validatore?" + url.Values{"url": {s.Site.Link("/dataset/" + d.Name + ".ttl")}, "fragment": {"on"}}.Encode()
}
