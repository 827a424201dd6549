package rdf_test

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"portico/internal/rdf"
)

// TestLimits reads what goes beyond each limit.
func TestLimits(t *testing.T) {
	small := rdf.Limits{Bytes: 1000, Depth: 10, Triples: 5}
	nested := func(open, shut string, n int) string { return strings.Repeat(open, n) + strings.Repeat(shut, n) }
	contexts := func(n int) string {
		var terms strings.Builder
		for i := range n {
			fmt.Fprintf(&terms, `"t%d":"http://e/%d",`, i, i)
		}
		return `{"@context":{` + terms.String() + `"x":"http://e/x"},"@graph":[` + strings.Repeat(`{"@context":{"a":"http://e/a"}},`, n) + `{}]}`
	}
	for _, c := range []struct {
		name string
		f    rdf.Format
		lim  rdf.Limits
		text string
	}{
		{"too many bytes", rdf.Turtle, small, strings.Repeat("# x", 400)},
		{"too many bytes of XML", rdf.RDFXML, small, strings.Repeat(" ", 1001)},
		{"too many triples of Turtle", rdf.Turtle, small, "<http://e/s> <http://e/p> 1,2,3,4,5,6 ."},
		{"too many triples of N-Triples", rdf.NTriples, small, strings.Repeat("<http://e/s> <http://e/p> <http://e/o> .\n", 6)},
		{"too many triples of RDF/XML", rdf.RDFXML, small, xmlHead + strings.Repeat("<e:T/>", 6) + "</rdf:RDF>"},
		{"too many triples of JSON-LD", rdf.JSONLD, small, `{"http://e/p":[1,2,3,4,5,6]}`},
		{"Turtle nested too deep", rdf.Turtle, rdf.Limits{Depth: 10}, "<http://e/s> <http://e/p> " + nested("[ <http://e/p> ", "]", 11)},
		{"lists nested too deep", rdf.Turtle, rdf.DefaultLimits, "<http://e/s> <http://e/p> " + nested("(", ")", 1_000_000)},
		{"RDF/XML nested too deep", rdf.RDFXML, rdf.DefaultLimits, xmlHead + nested("<e:T><e:p>", "</e:p></e:T>", 500_000) + "</rdf:RDF>"},
		{"XML literals nested too deep", rdf.RDFXML, rdf.DefaultLimits, xmlHead + `<e:T><e:p rdf:parseType="Literal">` + nested("<x>", "</x>", 500_000) + "</e:p></e:T></rdf:RDF>"},
		{"JSON-LD nested too deep", rdf.JSONLD, rdf.DefaultLimits, nested(`{"http://e/p":`, "}", 300)},
		{"contexts that are copied too often", rdf.JSONLD, rdf.DefaultLimits, contexts(10_000)},
		{"too many entities", rdf.RDFXML, rdf.DefaultLimits, "<!DOCTYPE r [" + entities(101, func(int) string { return "x" }) + "]><r/>"},
		{"entities nested too deep", rdf.RDFXML, rdf.DefaultLimits, "<!DOCTYPE r [" + entities(20, func(i int) string { return fmt.Sprintf("&e%d;", i+1) }) + `<!ENTITY e20 "x">]><r/>`},
		{"a billion laughs", rdf.RDFXML, rdf.DefaultLimits, "<!DOCTYPE r [<!ENTITY e0 'ha'>" + laughs(9) + "]><r>&e9;</r>"},
		{"a large entity used often", rdf.RDFXML, rdf.DefaultLimits, "<!DOCTYPE r [<!ENTITY e '" + strings.Repeat("x", 100_000) + "'>]>" + xmlHead + strings.Repeat("&e;", 1000) + "</rdf:RDF>"},
	} {
		t.Run(c.name, func(t *testing.T) {
			start := time.Now()
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := rdf.Read(strings.NewReader(c.text), c.f, base, c.lim)
			runtime.ReadMemStats(&after)
			_, syntax := errors.AsType[*rdf.SyntaxError](err)
			refused := errors.Is(err, rdf.ErrLimit) || syntax && strings.HasPrefix(c.name, "JSON-LD nested")
			if !refused {
				t.Errorf("error %v, want ErrLimit", err)
			}
			if used := after.TotalAlloc - before.TotalAlloc; used > uint64(20<<20+8*len(c.text)) {
				t.Errorf("took %d MB", used>>20)
			}
			if took := time.Since(start); took > 5*time.Second {
				t.Errorf("took %v", took)
			}
		})
	}
}

func entities(n int, value func(int) string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `<!ENTITY e%d "%s">`, i, value(i))
	}
	return b.String()
}

func laughs(n int) string {
	var b strings.Builder
	for i := 1; i <= n; i++ {
		fmt.Fprintf(&b, `<!ENTITY e%d "%s">`, i, strings.Repeat(fmt.Sprintf("&e%d;", i-1), 10))
	}
	return b.String()
}

func TestAnEntityThatRefersToItselfIsRefused(t *testing.T) {
	text := `<!DOCTYPE r [<!ENTITY a "&b;"><!ENTITY b "&a;">]>` + xmlHead + `<e:T><e:p>&a;</e:p></e:T></rdf:RDF>`
	if _, err := rdf.Read(strings.NewReader(text), rdf.RDFXML, "", rdf.DefaultLimits); !errors.Is(err, rdf.ErrLimit) {
		t.Errorf("error %v", err)
	}
}

func TestNamespacesMayBeAbbreviatedByEntitiesAllOver(t *testing.T) {
	text := `<!DOCTYPE r [<!ENTITY ns "http://example.org/a/rather/long/namespace#">]>` + xmlHead +
		strings.Repeat(`<rdf:Description rdf:about="&ns;s"><e:p rdf:resource="&ns;o"/></rdf:Description>`, 10_000) + `</rdf:RDF>`
	if d := read(t, rdf.RDFXML, text); len(d.Triples) != 10_000 {
		t.Errorf("%d triples", len(d.Triples))
	}
}
