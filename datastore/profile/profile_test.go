package profile_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"portico/catalog"
	"portico/datastore/profile"
	"portico/exporter"
)

func source(columns []catalog.Column, rows func(yield func([]any, error) bool)) profile.Source {
	return func(context.Context) (exporter.Rows, func() error, error) {
		return exporter.Rows{Columns: columns, All: rows}, func() error { return nil }, nil
	}
}

func rowsOf(n int, row func(i int) []any) func(func([]any, error) bool) {
	return func(yield func([]any, error) bool) {
		for i := range n {
			if !yield(row(i), nil) {
				return
			}
		}
	}
}

func of(t *testing.T, columns []catalog.Column, n int, row func(i int) []any) *profile.Profile {
	t.Helper()
	p, err := profile.Of(t.Context(), source(columns, rowsOf(n, row)))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestWhatIsInTheColumns(t *testing.T) {
	day := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	columns := []catalog.Column{{Name: "testo", Type: catalog.String}, {Name: "n", Type: catalog.Integer}, {Name: "d", Type: catalog.Day}, {Name: "vuota", Type: catalog.String}, {Name: "g", Type: catalog.Geometry}}
	p := of(t, columns, 10, func(i int) []any {
		row := []any{[]string{"a", "b", "a", "c", "a"}[i%5], int64(i * 10), day.AddDate(0, 0, -i), nil, "{}"}
		if i == 3 {
			row[1] = nil
		}
		return row
	})
	mean := 46.666666666666664
	want := []profile.Column{
		{Name: "testo", Distinct: 3, Frequent: []profile.Frequent{{"a", 6}, {"b", 2}, {"c", 2}}},
		{Name: "n", Nulls: 1, Distinct: 9, Min: "0", Max: "90", Mean: &mean},
		{Name: "d", Distinct: 10, Min: "2023-12-23", Max: "2024-01-01"},
		{Name: "vuota", Nulls: 10},
		{Name: "g", Distinct: 1},
	}
	if diff := cmp.Diff(want, p.Columns); diff != "" || p.Rows != 10 || p.Part {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestManyValuesAreEstimatedAndTheFrequentFound(t *testing.T) {
	columns := []catalog.Column{{Name: "chiave", Type: catalog.String}, {Name: "via", Type: catalog.String}}
	p := of(t, columns, 200_000, func(i int) []any {
		via := fmt.Sprintf("via %d", i%20_000)
		if i%10 == 0 {
			via = "via Roma"
		}
		return []any{fmt.Sprintf("k%d", i), via}
	})
	if n := p.Columns[0].Distinct; !p.Columns[0].About || n < 190_000 || n > 210_000 || p.Columns[0].Frequent != nil {
		t.Errorf("%+v", p.Columns[0])
	}
	if f := p.Columns[1].Frequent; len(f) == 0 || f[0].Value != "via Roma" || f[0].Count > 20_000 || f[0].Count < 19_000 {
		t.Errorf("%+v", f)
	}
}

func TestTheChartThatSuits(t *testing.T) {
	text := func(name string) catalog.Column { return catalog.Column{Name: name, Type: catalog.String} }
	number := func(name string) catalog.Column { return catalog.Column{Name: name, Type: catalog.Integer} }
	day := catalog.Column{Name: "data", Type: catalog.Day}
	start := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name    string
		columns []catalog.Column
		n       int
		row     func(i int) []any
		want    string
	}{
		{"amounts of years", []catalog.Column{number("anno"), text("comune"), number("abitanti")}, 12, func(i int) []any { return []any{int64(2018 + i/3), "c", int64(i)} }, "line by anno (year): sum of abitanti: 2018=3 2019=12 2020=21 2021=30"},
		{"one row a year has nothing to add up", []catalog.Column{number("Anno"), number("nati")}, 4, func(i int) []any { return []any{int64(2018 + i), int64(i)} }, "line by Anno (year): each of nati: 2018=0 2019=1 2020=2 2021=3"},
		{"shares are averaged", []catalog.Column{number("anno"), {Name: "quota", Type: catalog.Decimal, Unit: "%"}}, 6, func(i int) []any { return []any{int64(2018 + i/2), float64(i)} }, "line by anno (year): mean of quota: 2018=0.5 2019=2.5 2020=4.5"},
		{"days of some months are counted by month", []catalog.Column{day, text("nome")}, 300, func(i int) []any { return []any{start.AddDate(0, 0, i/2), fmt.Sprint(i)} }, "line by data (month): count of : 2020-01=62 2020-02=58 2020-03=62 2020-04=60 2020-05=58"},
		{"days of many years by year", []catalog.Column{day}, 400, func(i int) []any { return []any{start.AddDate(0, i, 0)} }, "line by data (year): count of : 2020=12"},
		{"categories are counted", []catalog.Column{text("nome"), text("tipo")}, 10, func(i int) []any { return []any{fmt.Sprint("n", i), []string{"a", "b", "b"}[i%3]} }, "bars by tipo (): count of : b=6 a=4"},
		{"coordinates and codes are no amounts", []catalog.Column{text("tipo"), {Name: "lat", Type: catalog.Decimal}, number("cap"), number("id")}, 9, func(i int) []any {
			return []any{[]string{"a", "b", "b"}[i%3], 41.1 + float64(i), int64(70100 + i), int64(i)}
		}, "bars by tipo (): count of : b=6 a=3"},
		{"names with amounts", []catalog.Column{text("quartiere"), number("abitanti")}, 4, func(i int) []any { return []any{fmt.Sprint("q", i), int64(i * 10)} }, "bars by quartiere (): each of abitanti: q3=30 q2=20 q1=10 q0=0"},
		{"names alone are nothing", []catalog.Column{text("nome"), text("indirizzo")}, 20, func(i int) []any { return []any{fmt.Sprint(i), fmt.Sprint("via ", i)} }, "nothing"},
		{"nothing differs", []catalog.Column{text("tipo")}, 10, func(i int) []any { return []any{[]string{"a", "b"}[i%2]} }, "nothing"},
		{"two rows are too few", []catalog.Column{number("anno"), number("nati")}, 2, func(i int) []any { return []any{int64(2020 + i), int64(i)} }, "nothing"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := "nothing"
			if x := of(t, c.columns, c.n, c.row).Chart; x != nil {
				got = fmt.Sprintf("%s by %s (%s): %s of %s:", x.Kind, x.By, x.Step, x.How, x.Of)
				for _, p := range x.Points {
					got += fmt.Sprintf(" %s=%v", p.Label, p.Value)
				}
			}
			if !strings.HasPrefix(got, c.want) {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func TestOnlyTheLargestCategoriesAreDrawn(t *testing.T) {
	p := of(t, []catalog.Column{{Name: "tipo", Type: catalog.String}}, 20*21/2, func(i int) []any {
		n := 0
		for k := i; k >= n+1; k -= n {
			n++
		}
		return []any{fmt.Sprintf("t%02d", n)}
	})
	if p.Chart == nil || len(p.Chart.Points) != 12 || p.Chart.Others == 0 {
		t.Errorf("%+v", p.Chart)
	}
}

func TestATableThatCannotBeReadHasNoProfile(t *testing.T) {
	broken := errors.New("broken")
	_, err := profile.Of(t.Context(), source([]catalog.Column{{Name: "a"}}, func(yield func([]any, error) bool) { yield(nil, broken) }))
	if !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = profile.Of(ctx, source([]catalog.Column{{Name: "a", Type: catalog.Integer}}, rowsOf(10_000, func(i int) []any { return []any{int64(i)} })))
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func BenchmarkOf(b *testing.B) {
	columns := []catalog.Column{{Name: "a", Type: catalog.String}, {Name: "n", Type: catalog.Integer}, {Name: "x", Type: catalog.Decimal}, {Name: "d", Type: catalog.Day}}
	start := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	const n = 100_000
	for b.Loop() {
		_, err := profile.Of(b.Context(), source(columns, rowsOf(n, func(i int) []any {
			return []any{"via Roma", int64(i), float64(i) / 7, start.AddDate(0, 0, i%1000)}
		})))
		if err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "rows/s")
}
