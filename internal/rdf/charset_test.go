package rdf_test

import (
	"strings"
	"testing"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"portico/internal/rdf"
)

// TestEncodings reads the same sentence in the encodings that catalogues come
// in, rightly declared or not. No letter may be lost.
func TestEncodings(t *testing.T) {
	const sentence = "Nicolò – «perché» € città"
	doc := func(declared string) string {
		return `<?xml version="1.0" encoding="` + declared + `"?>` + xmlHead +
			`<rdf:Description rdf:about="http://e/s"><e:p>` + sentence + `</e:p></rdf:Description></rdf:RDF>`
	}
	turtle := `<http://e/s> <http://e/p> "` + sentence + `" .`
	as := func(e encoding.Encoding, s string) string {
		out, err := e.NewEncoder().String(s)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	for _, c := range []struct {
		name, text string
		f          rdf.Format
		warns      bool
	}{
		{"UTF-8", doc("UTF-8"), rdf.RDFXML, false},
		{"UTF-8 with a byte order mark", "\ufeff" + doc("utf-8"), rdf.RDFXML, false},
		{"windows-1252", as(charmap.Windows1252, doc("windows-1252")), rdf.RDFXML, false},
		{"windows-1252 declared as ISO-8859-1", as(charmap.Windows1252, doc("ISO-8859-1")), rdf.RDFXML, false},
		{"windows-1252 declared as UTF-8", as(charmap.Windows1252, doc("UTF-8")), rdf.RDFXML, true},
		{"windows-1252 declared as nothing known", as(charmap.Windows1252, doc("x-unknown")), rdf.RDFXML, true},
		{"UTF-8 declared as ISO-8859-1", doc("iso-8859-1"), rdf.RDFXML, true},
		{"ISO-8859-15", as(charmap.ISO8859_15, strings.ReplaceAll(doc("iso-8859-15"), "–", "")), rdf.RDFXML, false},
		{"UTF-16 little endian", as(unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), doc("UTF-16")), rdf.RDFXML, false},
		{"UTF-16 big endian", as(unicode.UTF16(unicode.BigEndian, unicode.UseBOM), doc("UTF-16")), rdf.RDFXML, false},
		{"UTF-16 without a mark", as(unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), doc("UTF-16")), rdf.RDFXML, false},
		{"Turtle in windows-1252", as(charmap.Windows1252, turtle), rdf.Turtle, true},
		{"Turtle in UTF-16", as(unicode.UTF16(unicode.BigEndian, unicode.UseBOM), turtle), rdf.Turtle, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := read(t, c.f, c.text)
			want := sentence
			if strings.Contains(c.name, "8859-15") {
				want = strings.ReplaceAll(want, "–", "")
			}
			if len(d.Triples) != 1 || rdf.Value(d.Triples[0].Obj) != want {
				t.Errorf("got %v", d.Triples)
			}
			if (len(d.Warnings) > 0) != c.warns {
				t.Errorf("warnings %q", d.Warnings)
			}
		})
	}
}

func TestMixedEncodingsAreToldApartByteByByte(t *testing.T) {
	d := read(t, rdf.Turtle, "<http://e/s> <http://e/p> \"Nicol\xc3\xb2 e Nicol\xf2 \x81\" .")
	if got := rdf.Value(d.Triples[0].Obj); got != "Nicolò e Nicolò \u0081" {
		t.Errorf("got %q", got)
	}
}
