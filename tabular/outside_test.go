package tabular_test

import (
	"strings"
	"testing"

	"portico/tabular"
)

func TestRowsOutsideTheTerritoryAreTold(t *testing.T) {
	lecce := &[4]float64{18.05, 40.25, 18.35, 40.50}
	for name, c := range map[string]struct {
		text   string
		within *[4]float64
		want   string
	}{
		"all within":                     {"nome,lat,lon\na,40.35,18.17\nb,40.36,18.18\n", lecce, ""},
		"a point in another town":        {"nome,lat,lon\na,40.35,18.17\nb,40.36,18.18\nc,41.90,12.49\n", lecce, "Righe con coordinate fuori dal territorio indicato nel dataset: 1 (per esempio 3)"},
		"a point in the sea":             {"nome,lat,lon\na,40.35,18.17\nb,40.36,18.18\nc,4.19,12.49\n", lecce, "Righe con coordinate fuori dall'Italia: 1 (per esempio 3)"},
		"no territory is known":          {"nome,lat,lon\na,40.35,18.17\nb,40.36,18.18\nc,41.90,12.49\n", nil, ""},
		"a decimal comma":                {"nome;lat;lon\na;40,35;18,17\nb;40,36;18,18\nc;45,46;9,19\n", lecce, "territorio indicato nel dataset: 1"},
		"nothing and zero are no places": {"nome,lat,lon\na,40.35,18.17\nb,,\nc,0,0\n", lecce, ""},
		"metres are no degrees":          {"nome,x,y\na,2535000,4650000\nb,2535100,4650100\n", lecce, ""},
		"no coordinates at all":          {"nome,quanti\na,1\nb,2\n", lecce, ""},
	} {
		t.Run(name, func(t *testing.T) {
			o := tabular.Options{Name: "a.csv", Within: c.within}
			table, err := tabular.Open(t.Context(), strings.NewReader(c.text), int64(len(c.text)), o)
			if err != nil {
				t.Fatal(err)
			}
			rows, notes := table.Placed(o)
			n := 0
			for _, err := range rows {
				if err != nil {
					t.Fatal(err)
				}
				n++
			}
			got := strings.Join(notes(), "; ")
			if int64(n) != table.DataRows || c.want == "" && got != "" || !strings.Contains(got, c.want) {
				t.Errorf("%d rows, %q", n, got)
			}
		})
	}
}
