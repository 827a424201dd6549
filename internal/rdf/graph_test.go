package rdf_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"portico/internal/rdf"
)

func values(ts []rdf.Term) []string {
	var out []string
	for _, t := range ts {
		out = append(out, rdf.Value(t))
	}
	return out
}

func TestGraph(t *testing.T) {
	d := read(t, rdf.Turtle, `@prefix : <http://e/> .
		:b a :T ; :p 2, 1, 2 ; :q "x"@it . :a :p :b . :b a :U . :a a :T . :c a "T" .`)
	g := rdf.NewGraph(append(d.Triples, rdf.Triple{}))
	a, b := rdf.NewIRI("http://e/a"), rdf.NewIRI("http://e/b")
	for name, got := range map[string]struct{ got, want any }{
		"subjects are in first-seen order":     {values(g.Subjects()), []string{"http://e/b", "http://e/a", "http://e/c"}},
		"objects are in document order":        {values(g.Objects(b, "http://e/p")), []string{"2", "1"}},
		"no objects":                           {values(g.Objects(a, "http://e/none")), []string(nil)},
		"the first object":                     {rdf.Value(g.Object(b, "http://e/p")), "2"},
		"typed ones are in order of subjects":  {values(g.Typed("http://e/T")), []string{"http://e/b", "http://e/a"}},
		"nothing is of an unknown type":        {len(g.Typed("http://e/X")), 0},
		"a literal is no class":                {len(g.Typed("T")), 0},
		"it has what it has":                   {g.Has(a, "http://e/p", b), true},
		"it has not what it has not":           {g.Has(b, "http://e/p", a), false},
		"a literal has no properties":          {g.Has(rdf.NewLiteral("x"), "http://e/p", a), false},
		"nothing has nothing":                  {g.Has(nil, "", nil), false},
		"triples of a subject":                 {len(g.Triples(b)), 5},
		"triples that are there twice are one": {len(g.All()), 8},
	} {
		if diff := cmp.Diff(got.want, got.got); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
	if g.Object(nil, "http://e/p") != nil || g.Object(a, "http://e/none") != nil {
		t.Error("an object of nothing")
	}
}

func TestGraphsAreEqualUpToTheNamesOfBlankNodes(t *testing.T) {
	for _, c := range []struct {
		name, a, b string
		want       bool
	}{
		{"the same", "_:a <http://e/p> 1 .", "_:b <http://e/p> 1 .", true},
		{"another order", "_:a <http://e/p> 1, 2 .", "_:z <http://e/p> 2, 1 .", true},
		{"another value", "_:a <http://e/p> 1 .", "_:a <http://e/p> 2 .", false},
		{"another datatype", "_:a <http://e/p> 1 .", `_:a <http://e/p> "1" .`, false},
		{"another language", `_:a <http://e/p> "1"@it .`, `_:a <http://e/p> "1"@en .`, false},
		{"an IRI for a literal", `_:a <http://e/p> "http://e/o" .`, `_:a <http://e/p> <http://e/o> .`, false},
		{"one more", "_:a <http://e/p> 1 .", "_:a <http://e/p> 1 . _:b <http://e/p> 1 .", false},
		{"nodes swapped", "_:a <http://e/p> [ <http://e/q> 1 ], [ <http://e/q> 2 ] .", "_:z <http://e/p> _:y, _:x . _:x <http://e/q> 1 . _:y <http://e/q> 2 .", true},
		{
			"values on other nodes", "<http://e/s> <http://e/p> [ <http://e/q> 1 ; <http://e/r> 1 ], [ <http://e/q> 2 ; <http://e/r> 2 ] .",
			"<http://e/s> <http://e/p> [ <http://e/q> 1 ; <http://e/r> 2 ], [ <http://e/q> 2 ; <http://e/r> 1 ] .", false,
		},
		{"nothing", "", "", true},
	} {
		a, b := rdf.NewGraph(read(t, rdf.Turtle, c.a).Triples), rdf.NewGraph(read(t, rdf.Turtle, c.b).Triples)
		if a.Equal(b) != c.want || b.Equal(a) != c.want {
			t.Errorf("%s: not %v", c.name, c.want)
		}
	}
}

func TestTerms(t *testing.T) {
	lit := rdf.NewLangLiteral("x", "IT")
	if rdf.Value(lit) != "x" || rdf.Lang(lit) != "it" || !rdf.IsLiteral(lit) || rdf.IsIRI(lit) || rdf.IsBlank(lit) {
		t.Errorf("literal: %#v", lit)
	}
	for tag, want := range map[string]string{"it_IT": "it-it", "zh-Hant-TW": "zh-hant-tw", "en-a1": "en-a1", "": "", "1": "", "it-": "", "-it": "", "it it": "", "de-CH-1996": "de-ch-1996"} {
		if got := rdf.NewLangLiteral("a\"\nb", tag); rdf.Lang(got) != want || rdf.Value(got) != "a\"\nb" {
			t.Errorf("language %q: %q of %q", tag, rdf.Lang(got), rdf.Value(got))
		}
	}
	if dt := rdf.Datatype(rdf.NewTypedLiteral("1", xsdNS+"date")); dt != xsdNS+"date" {
		t.Errorf("datatype %s", dt)
	}
	if rdf.NewTypedLiteral("x", "") != rdf.NewLiteral("x") || rdf.NewTypedLiteral("x", xsdNS+"string") != rdf.NewLiteral("x") {
		t.Error("a plain literal is an xsd:string")
	}
}

func TestTermsOfNothing(t *testing.T) {
	if b := rdf.NewBlank("b1"); rdf.Value(b) != "b1" || !rdf.IsBlank(b) {
		t.Errorf("blank node %v", b)
	}
	for _, zero := range []rdf.Term{nil, rdf.Blank{}, rdf.IRI{}, rdf.Literal{}, rdf.NewIRI(""), rdf.NewIRI("  ")} {
		if rdf.Value(zero) != "" || rdf.Lang(zero) != "" || rdf.Datatype(zero) != "" {
			t.Errorf("zero term %#v", zero)
		}
	}
	if rdf.Value(rdf.NewBlank(" ")) == "" {
		t.Error("a blank node without a label")
	}
	if got := rdf.Value(rdf.NewIRI("http://e/a b")); got != "http://e/a%20b" {
		t.Errorf("IRI %s", got)
	}
}
