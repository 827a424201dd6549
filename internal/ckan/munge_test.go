package ckan

import (
	"strings"
	"testing"
)

func TestTextsAreMungedAsInCKAN(t *testing.T) {
	long := strings.Repeat("a", 200)
	for _, test := range []struct {
		name     string
		munge    func(string) string
		in, want string
	}{
		{"a name keeps letters, digits, - and _", MungeName, "Qualità: aria/PM 2.5_È", "qualita--aria-pm-2-5_e"},
		{"a short name is padded", MungeName, "a", "a_"},
		{"a name of nothing is padded", MungeName, "", "__"},
		{"a long name is cut", MungeName, long, long[:100]},
		{"what Latin-1 does not know vanishes", MungeName, "Straße €5 日本", "strasse-5-"},
		{"a tag keeps no dots and no _", MungeTag, " Aria pulita_2.5 ", "aria-pulita25"},
		{"a long tag is cut", MungeTag, long, long[:100]},
		{"a file name loses its path", MungeFilename, "/etc/Dati Aria.CSV", "dati-aria.csv"},
		{"a file name loses what is odd", MungeFilename, `..\..\è "strano" -- (1).csv`, "....e-strano-1.csv"},
		{"a file name of one letter is padded", MungeFilename, "a", "a__"},
		{"a file name that is an end is padded", MungeFilename, ".x", ".x_"},
		{"an empty file name is padded", MungeFilename, "", "___"},
		{"a long stem is cut before the end", MungeFilename, long + ".csv", long[:96] + ".csv"},
		{"a long end is cut", MungeFilename, "a." + long, "a." + long[:20]},
	} {
		if got := test.munge(test.in); got != test.want {
			t.Errorf("%s: %q gives %q, want %q", test.name, test.in, got, test.want)
		}
	}
}

func TestFormatsAreCalledAsInCKAN(t *testing.T) {
	for in, want := range map[string]string{
		"csv": "CSV", "text/csv": "CSV", "application/json": "JSON", "geojson": "GeoJSON", "shapefile": "SHP", "shp": "SHP",
		"wms": "WMS", "XLSX": "XLSX", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "XLSX",
		"DBF": "dBase", "jpg": "JPEG", ".csv": ".csv", "strano": "strano", "": "",
	} {
		if got := CleanFormat(in); got != want {
			t.Errorf("%q is called %q, want %q", in, got, want)
		}
	}
	for _, f := range formats {
		if CleanFormat(f.name) != f.name {
			t.Errorf("%s is called %s", f.name, CleanFormat(f.name))
		}
	}
}

func TestMediaTypesAreGuessedAsInCKAN(t *testing.T) {
	for in, want := range map[string]string{
		"http://a/x.xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "X.CSV": "text/csv", "a.csv.gz": "text/csv",
		"https://example.it/a.geojson?x=1.pdf": "application/geo+json", "a.tgz": "application/x-tar", "a.xml": "application/xml",
		"  http://a/spazi.zip ": "", "http://example.it": "", "a": "", ".csv": "", "a.gz": "", "a.csv/": "", "a.strano": "", "": "",
	} {
		if got, ok := GuessMediaType(in); got != want || ok != (want != "") {
			t.Errorf("%q is taken for %q, %v, want %q", in, got, ok, want)
		}
	}
}

func FuzzMunge(f *testing.F) {
	f.Add("Qualità dell'aria.csv")
	f.Add("../\xff\x00.a.b")
	f.Fuzz(func(t *testing.T, s string) {
		GuessMediaType(s)
		for _, munge := range []func(string) string{MungeName, MungeTag, MungeFilename} {
			got := munge(s)
			if len(got) < 2 || len(got) > 100 || strings.ContainsAny(got, "/\\ \x00") {
				t.Errorf("%q gives %q", s, got)
			}
			if again := munge(got); again != got {
				t.Errorf("%q gives %q and then %q", s, got, again)
			}
		}
	})
}
