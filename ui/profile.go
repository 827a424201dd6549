package ui

import (
	"context"
	"strconv"
	"strings"
	"time"

	"portico/catalog"
	"portico/datastore"
	"portico/datastore/profile"
	"portico/exporter"
)

// A profileView says what is in the columns of a table.
type profileView struct {
	Pending bool // it is being made
	Part    bool // of the first rows alone
	Rows    int64
	Columns []columnProfile
}

// A columnProfile says what is in one column.
type columnProfile struct {
	Header, Type, Unit string
	Nulls              string // how many values are missing, with the share
	Distinct           string
	Min, Max, Mean     string
	Frequent           []frequent
}

// A frequent is a value with how often it stands, and the address that shows
// the rows that have it.
type frequent struct{ Text, Count, URL string }

// maxWritten is up to how many cells of rows that are written through the API
// are looked at for a page: they may change at any time.
const maxWritten = 200_000

// lookInto shows what is in the columns of a table, and the chart that suits
// it. A page without them is still a page.
func (s *Server) lookInto(r *request, tab *openTable, p *resourcePage) {
	if tab.total == 0 {
		return
	}
	look, err := s.profileOf(r.ctx, tab)
	if err != nil {
		s.Log.ErrorContext(r.ctx, "a table has no profile", "error", err, "table", tab.x.Table.Hash)
		return
	}
	if look == nil {
		if tab.view == nil {
			p.Profile = &profileView{Pending: true}
		}
		return
	}
	p.Profile = &profileView{Part: look.Part, Rows: look.Rows}
	for i, c := range look.Columns {
		if i < len(tab.columns) && tab.columns[i].Name == c.Name {
			p.Profile.Columns = append(p.Profile.Columns, s.columnProfile(r, tab.columns[i], c, look.Rows, p.File.URL))
		}
	}
	p.Chart = newChart(r, tab.columns, look.Chart)
	if chosen := s.chosenProfile(r, tab, p.Tools); chosen != nil {
		if p.Chart = newChart(r, tab.columns, chosen.Chart); p.Chart != nil {
			p.Chart.Title = r.text("chart.chosen", p.Chart.Title)
		}
	}
}

// chosenProfile looks at the rows that the reader has chosen, or returns nil
// where all are shown, or more than a page should look at.
func (s *Server) chosenProfile(r *request, tab *openTable, tools *tableTools) *profile.Profile {
	if tools == nil || int64(tools.Found) == tab.total || tools.Found == 0 || tools.Found*len(tab.columns) > maxWritten {
		return nil
	}
	asked, _ := readTableQuery(r.query, tab.columns)
	look, err := profile.Of(r.ctx, func(ctx context.Context) (exporter.Rows, func() error, error) {
		return s.chosenRows(ctx, tab, asked)
	})
	if err != nil {
		s.Log.ErrorContext(r.ctx, "chosen rows have no chart", "error", err, "table", tab.x.Table.Hash)
		return nil
	}
	return look
}

func (s *Server) chosenRows(ctx context.Context, tab *openTable, asked tableQuery) (exporter.Rows, func() error, error) {
	fields := datastore.SnapshotFields(tab.columns)
	if tab.view != nil {
		fields = tab.view.Fields
	}
	q, err := asked.query(fields)
	if err != nil {
		return exporter.Rows{}, nil, err
	}
	q.Sort, q.Limit = "", -1
	if tab.view != nil {
		choice, err := tab.view.Choose(ctx, q)
		if err != nil {
			return exporter.Rows{}, nil, err
		}
		return choice.Rows, func() error { return nil }, nil
	}
	choice, closer, err := datastore.ChooseSnapshot(ctx, s.Tables, tab.x.Table, q)
	if err != nil {
		return exporter.Rows{}, nil, err
	}
	return choice.Rows, closer.Close, nil
}

func (s *Server) profileOf(ctx context.Context, tab *openTable) (*profile.Profile, error) {
	if tab.view == nil {
		return s.profiles.Profile(ctx, tab.x.ID, tab.x.Table)
	}
	if tab.total*int64(len(tab.columns)) > maxWritten {
		return nil, nil //nolint:nilnil // too much to be looked at for each page
	}
	return profile.Of(ctx, func(ctx context.Context) (exporter.Rows, func() error, error) {
		return s.chosenRows(ctx, tab, tableQuery{})
	})
}

func (s *Server) columnProfile(r *request, c catalog.Column, look profile.Column, rows int64, base string) columnProfile {
	out := columnProfile{Header: headerOf(r.speaker, c), Type: r.text("type." + string(c.Type)), Unit: c.Unit, Nulls: r.number(look.Nulls)}
	if look.Nulls > 0 && rows > 0 {
		out.Nulls += " (" + r.share(look.Nulls, rows) + ")"
	}
	out.Distinct = r.number(look.Distinct)
	if look.About {
		out.Distinct = r.text("profile.about", out.Distinct)
	}
	if look.Min != "" {
		out.Min, out.Max = r.cell(c, parseValue(c, look.Min)).Text, r.cell(c, parseValue(c, look.Max)).Text
	}
	if look.Mean != nil && !profile.Label(c) {
		out.Mean = r.rounded(*look.Mean)
	}
	for _, f := range look.Frequent {
		x := frequent{Text: r.cell(c, parseValue(c, f.Value)).Text, Count: r.number(f.Count)}
		if s.Rows != nil {
			q := tableQuery{Filters: []condition{{c.Name, ops[0], f.Value}}}
			x.URL = q.with(base, 1) + "#preview"
		}
		out.Frequent = append(out.Frequent, x)
	}
	return out
}

// share returns n of all as a percentage.
func (p speaker) share(n, all int64) string {
	percent := float64(n) / float64(all) * 100
	if n > 0 && percent < 0.1 {
		return "<" + p.decimal(0.1, 1) + " %"
	}
	return p.decimal(percent, 1) + " %"
}

// rounded returns a number with some four digits that count.
func (p speaker) rounded(f float64) string {
	digits := 0
	for limit := 1000.0; digits < 6 && f > -limit && f < limit; limit /= 10 {
		digits++
	}
	s := p.decimal(f, digits)
	if digits > 0 {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".,")
	}
	return s
}

// parseValue reads a value as profiles and addresses hold it; nil = it is none.
func parseValue(c catalog.Column, s string) any {
	switch c.Type {
	case catalog.Integer:
		if n, err := strconv.ParseInt(s, 10, 64); err == nil {
			return n
		}
	case catalog.Decimal:
		if f, err := strconv.ParseFloat(s, 64); err == nil {
			return f
		}
	case catalog.Boolean:
		if b, err := strconv.ParseBool(s); err == nil {
			return b
		}
	case catalog.Day, catalog.Timestamp, catalog.TimeOfDay:
		return parseMoment(c, s)
	case catalog.String, catalog.Geometry:
		return s
	}
	return nil
}

func parseMoment(c catalog.Column, s string) any {
	for _, layout := range []string{time.DateOnly, "2006-01-02T15:04:05", time.TimeOnly} {
		t, err := time.Parse(layout, s)
		switch {
		case err != nil:
		case c.Type == catalog.TimeOfDay:
			return t.Sub(t.Truncate(24 * time.Hour))
		default:
			return t
		}
	}
	return nil
}
