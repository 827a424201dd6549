package ui

import (
	"fmt"
	"net/url"
	"strconv"

	"portico/catalog"
	"portico/datastore"
)

// takeNumbers takes the numbers of rows from what was found, where they stand
// in the last column.
func takeNumbers(found *datastore.Page) []int64 {
	last := len(found.Fields) - 1
	if last < 0 || found.Fields[last].ID != datastore.IDField {
		return nil
	}
	found.Fields = found.Fields[:last]
	out := make([]int64, len(found.Rows))
	for i, cells := range found.Rows {
		n, err := strconv.ParseInt(fmt.Sprint(cells[last]), 10, 64)
		if err != nil {
			n = 0 // a row without a number cannot be pointed at
		}
		out[i], found.Rows[i] = n, cells[:last]
	}
	return out
}

// numbersFrom are the numbers of n rows that stand together after offset others.
func numbersFrom(offset, n int) []int64 {
	out := make([]int64, n)
	for i := range out {
		out[i] = int64(offset + i + 1)
	}
	return out
}

// A rowNumber is the number of a row, with the form by which somebody tells
// what is wrong with it.
type rowNumber struct {
	N   int64
	URL string // "" = nobody can
}

// numberRows gives the rows of a preview their numbers.
func (s *Server) numberRows(p *preview, d *catalog.Dataset, x *catalog.Distribution, numbers []int64) {
	if p == nil || len(numbers) != len(p.Rows) {
		return
	}
	p.Numbers = make([]rowNumber, len(numbers))
	for i, n := range numbers {
		p.Numbers[i].N = n
		if s.Desk != nil && n > 0 {
			p.Numbers[i].URL = reportURL(d, x, n) + "#report"
		}
	}
}

func reportURL(d *catalog.Dataset, x *catalog.Distribution, row int64) string {
	q := url.Values{"resource": {x.ID}, "row": {strconv.FormatInt(row, 10)}}
	return "/dataset/" + url.PathEscape(d.Name) + "/segnalazioni?" + q.Encode()
}

// reportColumns are the columns of the distribution that a report is about, to
// choose from.
func (p *feedbackPage) reportColumns(r *request, d *catalog.Dataset) {
	x := distribution(d, p.Report.Values.Distribution)
	if x == nil || p.Report.Values.Row == 0 {
		return
	}
	var columns []catalog.Column
	if x.Table != nil {
		columns = x.Table.Columns
	}
	for _, c := range columns[:min(len(columns), maxColumns)] {
		p.Columns = append(p.Columns, pick{Name: headerOf(r.speaker, c), Value: c.Name})
	}
}

// columnIn returns name when the table of a distribution has such a column.
func columnIn(d *catalog.Dataset, distributionID, name string) string {
	if x := distribution(d, distributionID); x != nil && x.Table != nil && hasColumn(x.Table.Columns, name) {
		return name
	}
	return ""
}
