package ui

import (
	"net/url"
	"testing"
	"time"

	"portico/catalog"
)

func speakers(t *testing.T) (it, en speaker) {
	s := testServer(t)
	return s.templates["it"].speaker, s.templates["en"].speaker
}

func TestNumbersAndDatesAreSaidAsPeopleDo(t *testing.T) {
	it, en := speakers(t)
	noon := time.Date(2026, 11, 12, 23, 30, 0, 0, time.UTC) // already the 13th in Rome
	for _, c := range []struct{ name, got, want string }{
		{"thousands in Italian", it.number(18204), "18.204"},
		{"thousands in English", en.number(int64(18204)), "18,204"},
		{"millions", it.number(-1234567), "-1.234.567"},
		{"decimals in Italian", it.decimal(1930.5, -1), "1.930,5"},
		{"decimals in English", en.decimal(1930.5, 2), "1,930.50"},
		{"bytes", it.bytes(999), "999 B"},
		{"kilobytes", it.bytes(48200), "48,2 kB"},
		{"round megabytes", it.bytes(2_000_000), "2 MB"},
		{"almost a megabyte", it.bytes(999_999), "1,0 MB"},
		{"a day", it.date(catalog.Date("2026-11-12")), "12/11/2026"},
		{"a day in English", en.date(catalog.Date("2026-11-12")), "12 November 2026"},
		{"a moment is of the Italian day", it.date(noon), "13/11/2026"},
		{"a broken date", it.date(catalog.Date("boh")), ""},
		{"one", it.count("rows", 1), "1 riga"},
		{"none", it.count("datasets", 0), "Nessun dataset"},
		{"many", it.count("rows", int64(5343)), "5.343 righe"},
	} {
		if rome == time.UTC && c.name == "a moment is of the Italian day" {
			continue // this machine knows no zones
		}
		if c.got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, c.got, c.want)
		}
	}
}

func TestCellsAreReadable(t *testing.T) {
	it, _ := speakers(t)
	for _, c := range []struct {
		name   string
		column catalog.Column
		value  any
		want   string
	}{
		{"a number has thousands", catalog.Column{Name: "kg", Type: catalog.Integer}, int64(1930), "1.930"},
		{"a year has none", catalog.Column{Name: "anno", Type: catalog.Integer}, int64(2026), "2026"},
		{"nor has a code", catalog.Column{Name: "codice_istat", Type: catalog.Integer}, int64(73027), "73027"},
		{"nor an id", catalog.Column{Name: "id", Type: catalog.Integer}, int64(10001), "10001"},
		{"an idle time is a number", catalog.Column{Name: "idle", Type: catalog.Integer}, int64(10001), "10.001"},
		{"a decimal keeps its digits", catalog.Column{Name: "euro", Type: catalog.Decimal, Scale: 2}, 1930.5, "1.930,50"},
		{"yes", catalog.Column{Type: catalog.Boolean}, true, "Sì"},
		{"a day", catalog.Column{Type: catalog.Day}, time.Date(2026, 11, 12, 0, 0, 0, 0, time.UTC), "12/11/2026"},
		{"a moment", catalog.Column{Type: catalog.Timestamp}, time.Date(2026, 11, 12, 8, 5, 0, 0, time.UTC), "12/11/2026 08:05"},
		{"a time of day", catalog.Column{Type: catalog.TimeOfDay}, 8*time.Hour + 5*time.Minute, "08:05:00"},
		{"a geometry is told by its kind", catalog.Column{Type: catalog.Geometry}, `{"type":"Point","coordinates":[1,2]}`, "Point"},
		{"no value", catalog.Column{Type: catalog.String}, nil, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := it.cell(c.column, c.value); got.Text != c.want || got.Null != (c.value == nil) {
				t.Errorf("got %+v, want %q", got, c.want)
			}
		})
	}
}

func TestFreshnessKeepsToThePromise(t *testing.T) {
	now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name, frequency, modified string
		state                     string
		days                      int
	}{
		{"this month's monthly data are on time", "MONTHLY", "2026-11-05", "fresh", 0},
		{"a little late is forgiven", "MONTHLY", "2026-10-10", "fresh", 0},
		{"half a year is late", "MONTHLY", "2026-05-05", "late", 169},
		{"yearly data of this year are on time", "ANNUAL", "2026-01-31", "fresh", 0},
		{"who promises nothing is never late", "IRREG", "2015-01-01", "", 0},
		{"nor who says nothing", "", "2015-01-01", "", 0},
		{"nor whose date is not known", "MONTHLY", "", "", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := freshnessOf(&catalog.Dataset{Frequency: c.frequency, Modified: catalog.Date(c.modified)}, now)
			if f.State != c.state || f.Days != c.days {
				t.Errorf("got %+v, want %s, %d days", f, c.state, c.days)
			}
		})
	}
}

func TestLicencesAreSaidInPlainWords(t *testing.T) {
	for _, c := range []struct{ name, ref, kind, short string }{
		{"CC BY", "https://creativecommons.org/licenses/by/4.0/", "by", "CC BY 4.0"},
		{"CC BY-SA", "cc-by-sa", "sa", "CC BY-SA 4.0"},
		{"CC0", "https://creativecommons.org/publicdomain/zero/1.0/", "public", "CC0 1.0"},
		{"not for commerce", "https://creativecommons.org/licenses/by-nc/4.0/", "closed", "CC BY-NC 4.0"},
		{"an unknown one", "https://licenze.example/mia", "unknown", "licenze.example"},
		{"none", "", "unknown", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if l := licenseNamed(c.ref); l.Kind != c.kind || l.Short != c.short {
				t.Errorf("got %+v", l)
			}
		})
	}
}

func TestParametersThatMakeNoSenseAreIgnored(t *testing.T) {
	for _, c := range []struct {
		name, query string
		ignored     int
		url         string
	}{
		{"nothing asked", "", 0, "/dataset"},
		{"words", "q=+rifiuti++massafra", 0, "/dataset?q=rifiuti+massafra"},
		{"Solr's everything is nothing asked", "q=*:*", 0, "/dataset"},
		{"a theme by its code", "theme=ENVI", 0, "/dataset?groups=ambiente"},
		{"a theme twice is once", "groups=ambiente&theme=ENVI", 0, "/dataset?groups=ambiente"},
		{"dati.gov.it's holder", "holder_name=%22Comune+di+X%22", 0, "/dataset?holder=Comune+di+X"},
		{"CKAN's order", "sort=title_string+asc", 0, "/dataset?sort=title_string+asc"},
		{"no such order", "sort=drop+table", 1, "/dataset"},
		{"no such page", "page=-3", 1, "/dataset"},
		{"a page that is no number", "page=due", 1, "/dataset"},
		{"a page beyond all pages", "page=999999999999999999999", 1, "/dataset"},
		{"what is not a parameter of ours", "utm_source=x", 0, "/dataset"},
		{"a value with a null", "tags=a%00b", 1, "/dataset"},
		{"a time that is none", "updated=yesterday", 1, "/dataset"},
		{"six stars", "stars=6", 1, "/dataset"},
		{"a category that there is not", "hvd=c_boh", 1, "/dataset"},
		{"whatever is of high value", "hvd=true", 0, "/dataset?hvd=any"},
		{"all of the new ones", "comune=X&updated=month&stars=3&hvd=c_b79e35eb", 0, "/dataset?hvd=c_b79e35eb&municipality=X&stars=3&updated=month"},
	} {
		t.Run(c.name, func(t *testing.T) {
			q, err := url.ParseQuery(c.query)
			if err != nil {
				t.Fatal(err)
			}
			f := parseFilter(q, day)
			if len(f.Ignored) != c.ignored || f.url() != c.url {
				t.Errorf("ignored %q, url %s", f.Ignored, f.url())
			}
		})
	}
}

var day = time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)

func FuzzParseFilter(f *testing.F) {
	for _, s := range []string{"q=a&groups=ambiente&page=2", "sort=score+desc,+metadata_modified+desc", "tags=%ff&tags=a&holder=%22", "q=%22%5B*:*&page=0"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		q, _ := url.ParseQuery(s)
		one := parseFilter(q, day)
		u, err := url.Parse(one.url())
		if err != nil {
			t.Fatal(err)
		}
		if again := parseFilter(u.Query(), day); again.url() != one.url() {
			t.Errorf("%q: %s, then %s", s, one.url(), again.url())
		}
	})
}

func TestPagersLeadEverywhere(t *testing.T) {
	link := func(n int) string { return string(rune('0' + n)) }
	if p := newPager(1, 20, 20, link); len(p.Links) != 0 {
		t.Errorf("one page needs no pager: %+v", p)
	}
	p := newPager(5, 180, 20, link)
	var got []int
	for _, l := range p.Links {
		got = append(got, l.N)
	}
	want := []int{1, 0, 4, 5, 6, 0, 9}
	for i := range want {
		if len(got) != len(want) || got[i] != want[i] {
			t.Fatalf("got %v, want %v", got, want)
		}
	}
	if p.Previous != "4" || p.Next != "6" || p.From != 81 || p.To != 100 {
		t.Errorf("got %+v", p)
	}
}
