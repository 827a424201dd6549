package ckan

import (
	"strings"
	"testing"
)

func TestFileNamesAreMungedAsInCKAN(t *testing.T) {
	long := strings.Repeat("a", 200)
	for _, test := range []struct {
		name, in, want string
	}{
		{"a file name loses its path", "/etc/Dati Aria.CSV", "dati-aria.csv"},
		{"a file name loses what is odd", `..\..\è "strano" -- (1).csv`, "....e-strano-1.csv"},
		{"a file name of one letter is padded", "a", "a__"},
		{"a file name that is an end is padded", ".x", ".x_"},
		{"an empty file name is padded", "", "___"},
		{"a long stem is cut before the end", long + ".csv", long[:96] + ".csv"},
		{"a long end is cut", "a." + long, "a." + long[:20]},
	} {
		if got := MungeFilename(test.in); got != test.want {
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
		got := MungeFilename(s)
		if len(got) < 3 || len(got) > 100 || strings.ContainsAny(got, "/\\ \x00") {
			t.Errorf("%q gives %q", s, got)
		}
		if again := MungeFilename(got); again != got {
			t.Errorf("%q gives %q and then %q", s, got, again)
		}
	})
}
