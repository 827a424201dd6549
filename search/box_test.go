package search_test

import (
	"slices"
	"strings"
	"testing"

	"portico/catalog"
	"portico/search"
	"portico/search/memory"
)

func TestBoxes(t *testing.T) {
	e := memory.New("it")
	place := func(id string, geometries ...string) {
		d := &catalog.Dataset{ID: id, Name: id, State: catalog.Active, Title: catalog.It(id)}
		for _, g := range geometries {
			d.Spatial = append(d.Spatial, catalog.Place{Geometry: g})
		}
		if err := e.Put(t.Context(), search.NewDocument(d, "", "")); err != nil {
			t.Fatal(err)
		}
	}
	place("lecce", "POINT(18.17 40.35)")
	place("ferrara", `{"type":"Polygon","coordinates":[[[11.5,44.7],[11.8,44.7],[11.8,44.9],[11.5,44.9],[11.5,44.7]]]}`)
	place("fiji", "POINT(179.4 -16.6)")
	place("samoa", "POINT(-172.1 -13.7)")
	place("both", "POINT(18.17 40.35)", "POINT(11.6 44.8)")
	place("nowhere")
	place("broken", "POINT(a b)")
	for _, tt := range []struct{ name, box, want string }{
		{"all of Italy", "6,35,19,48", "both ferrara lecce"},
		{"what only touches", "11.8,44.9,12,45", "ferrara"},
		{"inside of one", "11.6,44.75,11.61,44.76", "both ferrara"},
		{"blanks", " 18 , 40 , 19 , 41 ", "both lecce"},
		{"the sea", "0,0,1,1", ""},
		{"across the day's border", "179,-20,-170,-10", "fiji samoa"},
		{"the same, counted on", "179,-20,190,-10", "fiji samoa"},
		{"the whole world", "-180,-90,180,90", "both ferrara fiji lecce samoa"},
		{"more than the world", "-500,-90,500,90", "both ferrara fiji lecce samoa"},
		{"too few", "1,2,3", "error"},
		{"too many", "1,2,3,4,5", "error"},
		{"words", "a,b,c,d", "error"},
		{"no number", "NaN,0,Inf,1", "error"},
		{"upside down", "0,10,1,5", "error"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b, err := search.ParseBox(tt.box)
			if err != nil {
				if tt.want != "error" {
					t.Error(err)
				}
				return
			}
			page, err := e.Search(t.Context(), search.Query{Filters: []search.Node{b.Meets()}, Limit: 10})
			if err != nil {
				t.Fatal(err)
			}
			slices.Sort(page.IDs)
			if got := strings.Join(page.IDs, " "); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func FuzzParseBox(f *testing.F) {
	f.Add("6,35,19,48")
	f.Add("1e300,-1e300,-1e300,1e300")
	f.Add("179,-20,-170,-10")
	f.Fuzz(func(t *testing.T, s string) {
		b, err := search.ParseBox(s)
		if err == nil && (b.West < -180 || b.West > 180 || b.East < -180 || b.East > 180 || b.South > b.North) {
			t.Errorf("%q: %+v", s, b)
		}
	})
}
