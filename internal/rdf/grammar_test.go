package rdf_test

import (
	"strings"
	"testing"

	"portico/internal/rdf"
)

// A production is one rule of a grammar with a document that uses it. want is
// N-Triples in which <s>, <p> and <o> stand for names of http://e/, and in
// which anything else is as it is; "!" is a document that must be refused.
type production struct{ name, text, want string }

func testGrammar(t *testing.T, f rdf.Format, head string, all []production) {
	t.Helper()
	seen := map[string]bool{}
	for _, c := range all {
		if seen[c.name] {
			t.Errorf("two cases are called %q", c.name)
		}
		seen[c.name] = true
		t.Run(c.name, func(t *testing.T) {
			d, err := rdf.Read(strings.NewReader(head+c.text), f, base, rdf.DefaultLimits)
			if c.want == "!" {
				if err == nil {
					t.Errorf("%s was read as\n%s", c.text, write(t, rdf.NTriples, d.Triples))
				}
				return
			}
			if err != nil {
				t.Fatalf("%v in\n%s", err, c.text)
			}
			same(t, d.Triples, read(t, rdf.NTriples, names(c.want)).Triples)
		})
	}
}

// names writes out the names of one letter or word.
func names(s string) string {
	for _, n := range []string{"s", "p", "o", "q", "r", "a", "b", "c", "p1", "o1", "o2", "o3", "T", "U"} {
		s = strings.ReplaceAll(s, "<"+n+">", "<http://e/"+n+">")
	}
	return strings.ReplaceAll(strings.ReplaceAll(s, "^^xsd:", "^^<"+xsdNS), "rdf:", "<"+rdfNS)
}

func xsd(value, kind string) string { return `"` + value + `"^^<` + xsdNS + kind + `>` }

func TestGrammarOfTurtle(t *testing.T) {
	const first, rest, none = "<" + rdfNS + "first>", "<" + rdfNS + "rest>", "<" + rdfNS + "nil>"
	o := func(object string) string { return "<s> <p> " + object + " ." }
	testGrammar(t, rdf.Turtle, "@prefix : <http://e/> .\n@prefix e: <http://e/> .\n", []production{
		// [1]–[6] documents, statements, directives
		{"an empty document", "", ""},
		{"blanks and comments alone", "  \t\r\n# comment\n#", ""},
		{"a comment after a statement", ":s :p :o . # comment . <x>", o("<o>")},
		{"a comment in a statement", ":s # one\n:p # two\n:o # three\n.", o("<o>")},
		{"no blanks where none are needed", "<http://e/s><http://e/p><http://e/o>.", o("<o>")},
		{"@prefix", "@prefix x: <http://e/> . x:s x:p x:o .", o("<o>")},
		{"PREFIX without a full stop", "PREFIX x: <http://e/>\nx:s x:p x:o .", o("<o>")},
		{"prefix in any case", "pReFiX x: <http://e/>\nx:s x:p x:o .", o("<o>")},
		{"a prefix that changes", "@prefix x: <http://f/> . @prefix x: <http://e/> . x:s x:p x:o .", o("<o>")},
		{"a prefix relative to the base", "@base <http://e/> . @prefix x: <#> . :s :p x:o .", o("<http://e/#o>")},
		{"@base", "@base <http://e/> . <s> <p> <o> .", o("<o>")},
		{"BASE without a full stop", "BASE <http://e/>\n<s> <p> <o> .", o("<o>")},
		{"a base relative to the base", "@base <http://e/a/> . @base <../> . <s> <p> <o> .", o("<o>")},
		{"the document's own base", ":s :p <x> .", o("<" + base + "x>")},
		{"@prefix without a full stop", "@prefix x: <http://e/>\nx:s x:p x:o .", "!"},
		{"@PREFIX is none", "@PREFIX x: <http://e/> . x:s x:p x:o .", "!"},
		{"PREFIX with a full stop", "PREFIX x: <http://e/> .\nx:s x:p x:o .", "!"},
		{"a prefix without a colon", "@prefix x <http://e/> .", "!"},
		{"a prefix without an address", "@prefix x: .", "!"},
		{"a prefix by name", "@prefix x: :o .", "!"},
		{"@base without an address", "@base .", "!"},
		// [7]–[13] triples, lists of predicates and objects
		{"several predicates", ":s :p :o ; :q :r .", o("<o>") + "<s> <q> <r> ."},
		{"several objects", ":s :p :o , :r .", o("<o>") + o("<r>")},
		{"both", ":s :p :o, :r ; :q :o, :r .", o("<o>") + o("<r>") + "<s> <q> <o> . <s> <q> <r> ."},
		{"a semicolon before the end", ":s :p :o ; .", o("<o>")},
		{"semicolons in a row", ":s :p :o ;; ; :q :r ;; .", o("<o>") + "<s> <q> <r> ."},
		{"a for rdf:type", ":s a :T .", "<s> <" + rdfNS + "type> <T> ."},
		{"a as an object", ":s :p a .", "!"},
		{"a as a subject", "a :p :o .", "!"},
		{"A is no name", ":s A :T .", "!"},
		{"a triple without an object", ":s :p .", "!"},
		{"a triple without a predicate", ":s .", "!"},
		{"four terms", ":s :p :o :r .", "!"},
		{"a comma before the end", ":s :p :o , .", "!"},
		{"a semicolon first", ":s ; :p :o .", "!"},
		{"a literal as a subject", `"s" :p :o .`, "!"},
		{"a literal as a predicate", `:s "p" :o .`, "!"},
		{"a blank node as a predicate", ":s _:p :o .", "!"},
		{"brackets as a predicate", ":s [] :o .", "!"},
		{"no full stop at the end", ":s :p :o", "!"},
		{"two full stops", ":s :p :o . .", "!"},
		// [14] blank node property lists
		{"an anonymous object", ":s :p [] .", o("_:b")},
		{"an anonymous subject", "[] :p :o .", "_:b <p> <o> ."},
		{"an anonymous object that says something", ":s :p [ :q :r ] .", o("_:b") + "_:b <q> <r> ."},
		{"an anonymous subject that says something", "[ :q :r ] :p :o .", "_:b <q> <r> . _:b <p> <o> ."},
		{"an anonymous subject alone", "[ :q :r ] .", "_:b <q> <r> ."},
		{"brackets in brackets", ":s :p [ :q [ :p :o ] ] .", o("_:a") + "_:a <q> _:b . _:b <p> <o> ."},
		{"brackets over lines with comments", ":s :p [ # one\n :q :r # two\n ] .", o("_:b") + "_:b <q> <r> ."},
		{"empty brackets with a comment", ":s :p [ # nothing\n ] .", o("_:b")},
		{"a semicolon before the bracket", ":s :p [ :q :r ; ] .", o("_:b") + "_:b <q> <r> ."},
		{"empty brackets alone", "[] .", "!"},
		{"a bracket that is not closed", ":s :p [ :q :r .", "!"},
		{"a bracket too many", ":s :p :o ] .", "!"},
		// [15] collections
		{"an empty list", ":s :p () .", o(none)},
		{"a list of one", ":s :p (:o) .", o("_:a") + "_:a " + first + " <o> . _:a " + rest + " " + none + " ."},
		{"a list of two", ":s :p (:o :r) .", o("_:a") + "_:a " + first + " <o> . _:a " + rest + " _:b . _:b " + first + " <r> . _:b " + rest + " " + none + " ."},
		{"a list as a subject", "(:o) :p :r .", "_:a <p> <r> . _:a " + first + " <o> . _:a " + rest + " " + none + " ."},
		{"an empty list as a subject", "() :p :o .", none + " <p> <o> ."},
		{"a list in a list", ":s :p ((:o)) .", o("_:a") + "_:a " + first + " _:b . _:a " + rest + " " + none + " . _:b " + first + " <o> . _:b " + rest + " " + none + " ."},
		{"brackets in a list", ":s :p ([:q :r]) .", o("_:a") + "_:a " + first + " _:b . _:a " + rest + " " + none + " . _:b <q> <r> ."},
		{"literals in a list", `:s :p ("x" 1) .`, o("_:a") + "_:a " + first + ` "x" . _:a ` + rest + " _:b . _:b " + first + " " + xsd("1", "integer") + " . _:b " + rest + " " + none + " ."},
		{"a list as a predicate", ":s (:p) :o .", "!"},
		{"a list with a comma", ":s :p (:o, :r) .", "!"},
		{"a list that is not closed", ":s :p (:o .", "!"},
		// [16], [19]–[21] numbers
		{"an integer", ":s :p 5 .", o(xsd("5", "integer"))},
		{"zeros before a number", ":s :p 005 .", o(xsd("005", "integer"))},
		{"signs", ":s :p -5, +5 .", o(xsd("-5", "integer")) + o(xsd("+5", "integer"))},
		{"an integer before the full stop", ":s :p 5.", o(xsd("5", "integer"))},
		{"a decimal", ":s :p 5.0 .", o(xsd("5.0", "decimal"))},
		{"a decimal without an integer part", ":s :p .5 .", o(xsd(".5", "decimal"))},
		{"a negative decimal", ":s :p -.5 .", o(xsd("-.5", "decimal"))},
		{"a double", ":s :p 5e1 .", o(xsd("5e1", "double"))},
		{"a double with all", ":s :p -5.25E-10 .", o(xsd("-5.25E-10", "double"))},
		{"a double that ends in a point", ":s :p 5.e1 .", o(xsd("5.e1", "double"))},
		{"a double that begins with a point", ":s :p .5e1 .", o(xsd(".5e1", "double"))},
		{"an exponent without digits", ":s :p 5e .", "!"},
		{"two points", ":s :p 5.0.0 .", "!"},
		{"a sign alone", ":s :p + .", "!"},
		{"digits and letters", ":s :p 5x .", "!"},
		// [133s] booleans
		{"true", ":s :p true .", o(xsd("true", "boolean"))},
		{"false", ":s :p false .", o(xsd("false", "boolean"))},
		{"True is none", ":s :p True .", "!"},
		{"a boolean as a subject", "true :p :o .", "!"},
		// [17], [22]–[25] strings
		{"double quotes", `:s :p "x" .`, o(`"x"`)},
		{"single quotes", `:s :p 'x' .`, o(`"x"`)},
		{"long double quotes", `:s :p """x""" .`, o(`"x"`)},
		{"long single quotes", `:s :p '''x''' .`, o(`"x"`)},
		{"an empty string", `:s :p "", '' .`, o(`""`)},
		{"an empty long string", `:s :p """""" .`, o(`""`)},
		{"quotes in a long string", `:s :p """a"b""c""" .`, o(`"a\"b\"\"c"`)},
		{"a quote at the beginning of a long string", `:s :p """"a""" .`, o(`"\"a"`)},
		{"the other quotes", `:s :p "it's" , 'say "x"' .`, o(`"it's"`) + o(`"say \"x\""`)},
		{"lines in a long string", ":s :p \"\"\"a\nb\r\nc\"\"\" .", o(`"a\nb\r\nc"`)},
		{"a line in a short string", ":s :p \"a\nb\" .", "!"},
		{"a carriage return in a short string", ":s :p 'a\rb' .", "!"},
		{"a string that is not closed", `:s :p "x .`, "!"},
		{"a long string that is not closed", `:s :p """x" .`, "!"},
		{"mixed quotes", `:s :p "x' .`, "!"},
		{"every escape of a string", `:s :p "\t\b\n\r\f\"\'\\" .`, o(`"\t\b\n\r\f\"'\\"`)},
		{"\\u in a string", `:s :p "\u00e8" .`, o(`"è"`)},
		{"\\U in a string", `:s :p "\U0001F600" .`, o(`"😀"`)},
		{"an unknown escape", `:s :p "\a" .`, "!"},
		{"\\u with too few digits", `:s :p "\u00e" .`, "!"},
		{"\\u with no hexadecimal digit", `:s :p "\u00eg" .`, "!"},
		{"\\U beyond Unicode", `:s :p "\U00110000" .`, "!"},
		{"a backslash at the end", `:s :p "x\" .`, "!"},
		{"all of Unicode", `:s :p "àß中😀" .`, o(`"àß中😀"`)},
		// [128s], [144s] languages and datatypes
		{"a language", `:s :p "x"@it .`, o(`"x"@it`)},
		{"a language with parts", `:s :p "x"@de-CH-1996 .`, o(`"x"@de-ch-1996`)},
		{"a language of a long string", `:s :p '''x'''@it .`, o(`"x"@it`)},
		{"a datatype as an address", `:s :p "x"^^<http://e/T> .`, o(`"x"^^<T>`)},
		{"a datatype as a name", `:s :p "x"^^:T .`, o(`"x"^^<T>`)},
		{"a string of xsd:string", `:s :p "x"^^<` + xsdNS + `string> .`, o(`"x"`)},
		{"a language that is empty", `:s :p "x"@ .`, "!"},
		{"a language that begins with a digit", `:s :p "x"@1 .`, "!"},
		{"a language and a datatype", `:s :p "x"@it^^:T .`, "!"},
		{"a datatype that is missing", `:s :p "x"^^ .`, "!"},
		{"a datatype that is a literal", `:s :p "x"^^"y" .`, "!"},
		{"one caret", `:s :p "x"^:T .`, "!"},
		// [135s], [18] addresses
		{"\\u in an address", `<http://e/s> :p <http://e/\u006f> .`, o("<o>")},
		{"letters beyond ASCII in an address", ":s :p <http://e/città> .", o("<http://e/città>")},
		{"an address that is not closed", ":s :p <http://e/o .", "!"},
		{"a fragment", "@base <http://e/x> . :s :p <#y> .", o("<http://e/x#y>")},
		{"the base itself", "@base <http://e/x#y> . :s :p <> .", o("<http://e/x>")},
		{"a query", "@base <http://e/x> . :s :p <?y> .", o("<http://e/x?y>")},
		{"an address without a scheme", "@base <http://e/a/b> . :s :p <//f/c> .", o("<http://f/c>")},
		{"a path from the root", "@base <http://e/a/b> . :s :p </c> .", o("<http://e/c>")},
		{"dots in a path", "@base <http://e/a/b/c> . :s :p <../d/./e> .", o("<http://e/a/d/e>")},
		{"dots beyond the root", "@base <http://e/a> . :s :p <../../b> .", o("<http://e/b>")},
		{"a name that is no address", ":s :p <urn:x:y> .", o("<urn:x:y>")},
		// [136s]–[140s] prefixed names
		{"an empty local name", ":s :p e: .", o("<http://e/>")},
		{"an empty prefix and local name", ": :p :o .", "<http://e/> <p> <o> ."},
		{"digits in a local name", ":s :p :1o2 .", o("<http://e/1o2>")},
		{"a colon in a local name", ":s :p :a:b .", o("<http://e/a:b>")},
		{"a point in a local name", ":s :p :a.b .", o("<http://e/a.b>")},
		{"a point after a local name", ":s :p :o.", o("<o>")},
		{"a hyphen in a local name", ":s :p :a-b .", o("<http://e/a-b>")},
		{"an underscore first", ":s :p :_a .", o("<http://e/_a>")},
		{"a percent sign with its digits", ":s :p :a%20b .", o("<http://e/a%20b>")},
		{"reserved characters with a backslash", `:s :p :a\,b\;c\.\(d\) .`, o("<http://e/a,b;c.(d)>")},
		{"letters beyond ASCII in a name", ":s :p :città .", o("<http://e/città>")},
		{"a prefix with a point", "@prefix a.b: <http://e/> . :s :p a.b:o .", o("<o>")},
		{"a prefix that nobody declared", ":s :p x:o .", "!"},
		{"a percent sign alone", ":s :p :a%2 .", "!"},
		{"a backslash before a letter", `:s :p :a\b .`, "!"},
		// [141s] labels of blank nodes
		{"a label", "_:x :p _:x .", "_:b <p> _:b ."},
		{"two labels", "_:x :p _:y .", "_:a <p> _:b ."},
		{"a label that begins with a digit", "_:1 :p :o .", "_:b <p> <o> ."},
		{"a label with a point", "_:a.b :p :o .", "_:b <p> <o> ."},
		{"a label before the full stop", ":s :p _:x.", o("_:b")},
		{"a label with a hyphen", ":s :p _:a-b .", o("_:b")},
		{"a label that begins with a hyphen", ":s :p _:-a .", "!"},
		{"a label that is empty", ":s :p _: .", "!"},
		{"a label that looks like ours", ":s :p [], _:anon1 .", o("_:a") + o("_:b")},
	})
}

func TestGrammarOfNTriples(t *testing.T) {
	o := func(object string) string { return "<s> <p> " + object + " ." }
	all := []production{
		{"an empty document", "", ""},
		{"comments and empty lines", "# one\n\n  # two\r\n", ""},
		{"a triple", "<http://e/s> <http://e/p> <http://e/o> .", o("<o>")},
		{"no blanks", "<http://e/s><http://e/p><http://e/o>.", o("<o>")},
		{"tabs", "\t<http://e/s>\t<http://e/p>\t<http://e/o>\t.\t", o("<o>")},
		{"a comment behind", "<http://e/s> <http://e/p> <http://e/o> . # so", o("<o>")},
		{"no line at the end", "<http://e/s> <http://e/p> <http://e/o> .\n<http://e/s> <http://e/p> \"x\" .", o("<o>") + o(`"x"`)},
		{"carriage returns", "<http://e/s> <http://e/p> <http://e/o> .\r\n<http://e/s> <http://e/p> \"x\" .\r\n", o("<o>") + o(`"x"`)},
		{"blank nodes", "_:a <http://e/p> _:b .", "_:x <p> _:y ."},
		{"a language", `<http://e/s> <http://e/p> "x"@it-IT .`, o(`"x"@it-it`)},
		{"a datatype", `<http://e/s> <http://e/p> "x"^^<http://e/T> .`, o(`"x"^^<T>`)},
		{"escapes", `<http://e/s> <http://e/p> "\t\b\n\r\f\"\'\\\u00e8\U0001F600" .`, o(`"\t\b\n\r\f\"'\\è😀"`)},
		{"an escape in an address", `<http://e/\u0073> <http://e/p> <http://e/o> .`, o("<o>")},
		{"an empty string", `<http://e/s> <http://e/p> "" .`, o(`""`)},
		{"a name", "e:s <http://e/p> <http://e/o> .", "!"},
		{"a", "<http://e/s> a <http://e/o> .", "!"},
		{"a number", "<http://e/s> <http://e/p> 1 .", "!"},
		{"a semicolon", "<http://e/s> <http://e/p> <http://e/o> ; <http://e/q> <http://e/r> .", "!"},
		{"a comma", "<http://e/s> <http://e/p> <http://e/o> , <http://e/r> .", "!"},
		{"single quotes", "<http://e/s> <http://e/p> 'x' .", "!"},
		{"long quotes", `<http://e/s> <http://e/p> """x""" .`, "!"},
		{"brackets", "<http://e/s> <http://e/p> [] .", "!"},
		{"a list", "<http://e/s> <http://e/p> () .", "!"},
		{"a directive", "@prefix e: <http://e/> .", "!"},
		{"a literal as a subject", `"s" <http://e/p> <http://e/o> .`, "!"},
		{"a blank node as a predicate", "<http://e/s> _:p <http://e/o> .", "!"},
		{"no full stop", "<http://e/s> <http://e/p> <http://e/o>", "!"},
		{"a line in a string", "<http://e/s> <http://e/p> \"a\nb\" .", "!"},
		{"an unknown escape", `<http://e/s> <http://e/p> "\a" .`, "!"},
		{"a language that is empty", `<http://e/s> <http://e/p> "x"@ .`, "!"},
		{"a datatype as a name", `<http://e/s> <http://e/p> "x"^^xsd:int .`, "!"},
	}
	testGrammar(t, rdf.NTriples, "", append(all, production{"a graph", "<http://e/s> <http://e/p> <http://e/o> <http://e/g> .", "!"}))
	testGrammar(t, rdf.NQuads, "", append(all,
		production{"a graph", "<http://e/s> <http://e/p> <http://e/o> <http://e/g> .", o("<o>")},
		production{"a blank graph", `<http://e/s> <http://e/p> "x"@it _:g .`, o(`"x"@it`)},
		production{"two graphs with one triple", "<http://e/s> <http://e/p> <http://e/o> <http://e/g> .\n<http://e/s> <http://e/p> <http://e/o> <http://e/h> .", o("<o>")},
		production{"a literal for a graph", `<http://e/s> <http://e/p> <http://e/o> "g" .`, "!"},
		production{"five terms", "<http://e/s> <http://e/p> <http://e/o> <http://e/g> <http://e/h> .", "!"},
	))
}
