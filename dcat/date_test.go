package dcat_test

import (
	"testing"

	"portico/catalog"
	"portico/dcat"
)

func TestDatesAreReadAsTheyAreWritten(t *testing.T) {
	for in, want := range map[string]catalog.Date{
		"2021-08-03":                    "2021-08-03",
		" 2021-8-3 ":                    "2021-08-03",
		"2021/08/03":                    "2021-08-03",
		"20210803":                      "2021-08-03",
		"2021-08-03+02:00":              "2021-08-03",
		"2021-08-03Z":                   "2021-08-03",
		"03/08/2021":                    "2021-08-03",
		"3-8-2021":                      "2021-08-03",
		"03.08.2021":                    "2021-08-03",
		"04-08-2021":                    "2021-08-04",
		"25/04/21":                      "2021-04-25",
		"25/04/1998":                    "1998-04-25",
		"04/25/2021":                    "2021-04-25",
		"3 agosto 2021":                 "2021-08-03",
		"Martedì, 3 Agosto 2021":        "2021-08-03",
		"1° gennaio 2020":               "2020-01-01",
		"3 ago 2021":                    "2021-08-03",
		"03-ago-2021":                   "2021-08-03",
		"August 3, 2021":                "2021-08-03",
		"agosto 2021":                   "2021-08-01",
		"2021":                          "2021-01-01",
		"2021-08":                       "2021-08-01",
		"08/2021":                       "2021-08-01",
		"2016-12-14T18:59:02.737480":    "2016-12-14T18:59:02.737480Z",
		"2016-12-14 18:59:02":           "2016-12-14T18:59:02Z",
		"2016-12-14T18:59:02+0100":      "2016-12-14T18:59:02+01:00",
		"2016-12-14T18:59Z":             "2016-12-14T18:59:00Z",
		"14/12/2016 18:59":              "2016-12-14T18:59:00Z",
		"14/12/2016 ore 8.05":           "2016-12-14T08:05:00Z",
		"Wed, 14 Dec 2016 18:59:02 GMT": "2016-12-14T18:59:02Z",
		"20161214T185902Z":              "2016-12-14T18:59:02Z",
	} {
		if got, ok := dcat.ParseDate(in); !ok || got != want {
			t.Errorf("ParseDate(%q) = %q, %v, want %q", in, got, ok, want)
		}
	}
}

func TestWhatIsNoDateIsRefused(t *testing.T) {
	for _, in := range []string{"", "N/A", "31/02/2021", "2021-13-01", "0000-00-00", "99/99/9999", "ieri", "12", "2021-08-03T25:00:00Z", "0001-01-01", "32 agosto 2021", "3 brumaio 2021", "2021-08-03 e dopo"} {
		if got, ok := dcat.ParseDate(in); ok {
			t.Errorf("ParseDate(%q) = %q", in, got)
		}
	}
}

func FuzzParseDate(f *testing.F) {
	for _, s := range []string{"2021-08-03", "03/08/2021", "3 agosto 2021", "2016-12-14T18:59:02.737480+01:00", "20161214T185902Z", "1° gen 2020", "08/2021", "٣/٨/٢٠٢١"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, ok := dcat.ParseDate(s)
		if !ok {
			if d != "" {
				t.Fatalf("%q: %q without ok", s, d)
			}
			return
		}
		if d == "" || !d.Valid() {
			t.Fatalf("%q gives %q, which is not in a stored form", s, d)
		}
		if again, ok := dcat.ParseDate(string(d)); !ok || again != d {
			t.Fatalf("%q gives %q, which reads as %q", s, d, again)
		}
	})
}
