package rdf_test

import (
	"strings"
	"testing"

	"portico/internal/rdf"
)

func TestGrammarOfRDFXML(t *testing.T) {
	const head = `<rdf:RDF xmlns:rdf="` + rdfNS + `" xmlns:e="http://e/" xmlns:f="http://f/">`
	const kind, first, rest, none = "<" + rdfNS + "type>", "<" + rdfNS + "first>", "<" + rdfNS + "rest>", "<" + rdfNS + "nil>"
	o := func(object string) string { return "<s> <p> " + object + " ." }
	s := func(inside string) string {
		return `<rdf:Description rdf:about="http://e/s">` + inside + `</rdf:Description>`
	}
	wrap := func(all []production) []production {
		for i := range all {
			all[i].text += "</rdf:RDF>"
		}
		return all
	}
	testGrammar(t, rdf.RDFXML, head, wrap([]production{
		{"nothing", "", ""},
		{"comments and processing instructions", "<!-- x --><?y z?>", ""},
		// nodeElement
		{"a node without a name", `<rdf:Description><e:p rdf:resource="http://e/o"/></rdf:Description>`, "_:b <p> <o> ."},
		{"a node with a class", `<e:T rdf:about="http://e/s"/>`, "<s> " + kind + " <T> ."},
		{"a class without a name", `<e:T/>`, "_:b " + kind + " <T> ."},
		{"rdf:ID", `<rdf:Description rdf:ID="x"><e:p rdf:resource="http://e/o"/></rdf:Description>`, "<" + base + "#x> <p> <o> ."},
		{"rdf:nodeID", `<rdf:Description rdf:nodeID="x"><e:p rdf:nodeID="x"/></rdf:Description>`, "_:b <p> _:b ."},
		{"a relative rdf:about", `<e:T rdf:about="x"/>`, "<" + base + "x> " + kind + " <T> ."},
		{"an empty rdf:about", `<e:T rdf:about=""/>`, "<" + base + "> " + kind + " <T> ."},
		{"a property as an attribute", `<rdf:Description rdf:about="http://e/s" e:p="x"/>`, o(`"x"`)},
		{"a class as an attribute", `<rdf:Description rdf:about="http://e/s" rdf:type="http://e/T"/>`, "<s> " + kind + " <T> ."},
		{"several classes", `<e:T rdf:about="http://e/s"><rdf:type rdf:resource="http://e/U"/></e:T>`, "<s> " + kind + " <T> . <s> " + kind + " <U> ."},
		{"a class of RDF's own", `<rdf:Bag rdf:about="http://e/s"/>`, "<s> " + kind + " <" + rdfNS + "Bag> ."},
		// resourcePropertyElt
		{"a node in a property", s(`<e:p><e:T rdf:about="http://e/o"/></e:p>`), o("<o>") + "<o> " + kind + " <T> ."},
		{"a node without a name in a property", s(`<e:p><rdf:Description/></e:p>`), o("_:b")},
		{"blanks and comments around a node", s("<e:p>\n <!-- x --> <rdf:Description rdf:about=\"http://e/o\"/>\n</e:p>"), o("<o>")},
		{"nodes in nodes", s(`<e:p><rdf:Description><e:q><rdf:Description rdf:about="http://e/o"/></e:q></rdf:Description></e:p>`), o("_:b") + "_:b <q> <o> ."},
		// literalPropertyElt
		{"text", s(`<e:p>x</e:p>`), o(`"x"`)},
		{"text with entities", s(`<e:p>a &amp; &lt;i&gt; &#232; &#xE8;</e:p>`), o(`"a & <i> è è"`)},
		{"text in CDATA", s(`<e:p><![CDATA[a & <i>]]></e:p>`), o(`"a & <i>"`)},
		{"text that a comment parts", s(`<e:p>a<!-- x -->b</e:p>`), o(`"ab"`)},
		{"blanks are text", s("<e:p> x\n </e:p>"), o(`" x\n "`)},
		{"blanks alone are text", s("<e:p>  </e:p>"), o(`"  "`)},
		{"a datatype", s(`<e:p rdf:datatype="http://e/T">x</e:p>`), o(`"x"^^<T>`)},
		{"an empty text with a datatype", s(`<e:p rdf:datatype="http://e/T"></e:p>`), o(`""^^<T>`)},
		{"a language", s(`<e:p xml:lang="it">x</e:p>`), o(`"x"@it`)},
		{"a language from above", `<rdf:Description rdf:about="http://e/s" xml:lang="it"><e:p>x</e:p></rdf:Description>`, o(`"x"@it`)},
		{"a language of an attribute", `<rdf:Description rdf:about="http://e/s" xml:lang="it" e:p="x"/>`, o(`"x"@it`)},
		{"a language taken away", `<rdf:Description rdf:about="http://e/s" xml:lang="it"><e:p xml:lang="">x</e:p></rdf:Description>`, o(`"x"`)},
		{"a datatype goes before a language", s(`<e:p xml:lang="it" rdf:datatype="http://e/T">x</e:p>`), o(`"x"^^<T>`)},
		// emptyPropertyElt
		{"an empty property", s(`<e:p/>`), o(`""`)},
		{"an empty property in two tags", s(`<e:p></e:p>`), o(`""`)},
		{"rdf:resource", s(`<e:p rdf:resource="http://e/o"/>`), o("<o>")},
		{"a relative rdf:resource", s(`<e:p rdf:resource="o"/>`), o("<" + base + "o>")},
		{"an empty rdf:resource", s(`<e:p rdf:resource=""/>`), o("<" + base + ">")},
		{"rdf:resource with properties", s(`<e:p rdf:resource="http://e/o" e:q="x"/>`), o("<o>") + `<o> <q> "x" .`},
		{"properties alone", s(`<e:p e:q="x"/>`), o("_:b") + `_:b <q> "x" .`},
		{"rdf:nodeID with properties", s(`<e:p rdf:nodeID="b" e:q="x"/>`), o("_:b") + `_:b <q> "x" .`},
		{"a class as an attribute of a property", s(`<e:p rdf:resource="http://e/o" rdf:type="http://e/T"/>`), o("<o>") + "<o> " + kind + " <T> ."},
		{"rdf:ID of a property", s(`<e:p rdf:ID="x" rdf:resource="http://e/o"/>`), o("<o>") + "<" + base + "#x> " + kind + " <" + rdfNS + "Statement> . <" + base + "#x> <" + rdfNS + "subject> <s> . <" + base + "#x> <" + rdfNS + "predicate> <p> . <" + base + "#x> <" + rdfNS + "object> <o> ."},
		// parseType
		{"parseType Resource", s(`<e:p rdf:parseType="Resource"><e:q>x</e:q></e:p>`), o("_:b") + `_:b <q> "x" .`},
		{"an empty parseType Resource", s(`<e:p rdf:parseType="Resource"/>`), o("_:b")},
		{"parseType Literal", s(`<e:p rdf:parseType="Literal">x</e:p>`), o(`"x"^^<` + rdfNS + `XMLLiteral>`)},
		{"parseType Literal with elements", s(`<e:p rdf:parseType="Literal"><i>x</i></e:p>`), o(`"<i>x</i>"^^<` + rdfNS + `XMLLiteral>`)},
		{"any other parseType is Literal", s(`<e:p rdf:parseType="Other"><i/></e:p>`), o(`"<i></i>"^^<` + rdfNS + `XMLLiteral>`)},
		{"parseType Collection", s(`<e:p rdf:parseType="Collection"><rdf:Description rdf:about="http://e/a"/><e:T rdf:about="http://e/b"/></e:p>`), o("_:x") + "_:x " + first + " <a> . _:x " + rest + " _:y . _:y " + first + " <b> . _:y " + rest + " " + none + " . <b> " + kind + " <T> ."},
		{"an empty parseType Collection", s(`<e:p rdf:parseType="Collection"/>`), o(none)},
		// containers
		{"rdf:li", s(`<rdf:li>x</rdf:li><rdf:li>y</rdf:li>`), `<s> <` + rdfNS + `_1> "x" . <s> <` + rdfNS + `_2> "y" .`},
		{"rdf:_n", s(`<rdf:_3>x</rdf:_3>`), `<s> <` + rdfNS + `_3> "x" .`},
		{"rdf:li begins anew in each node", s(`<rdf:li><e:T rdf:about="http://e/o"><rdf:li>x</rdf:li></e:T></rdf:li><rdf:li>y</rdf:li>`), `<s> <` + rdfNS + `_1> <o> . <o> ` + kind + ` <T> . <o> <` + rdfNS + `_1> "x" . <s> <` + rdfNS + `_2> "y" .`},
		// scope
		{"xml:base", `<rdf:Description xml:base="http://e/" rdf:about="s"><e:p rdf:resource="o"/></rdf:Description>`, o("<o>")},
		{"xml:base of a property", s(`<e:p xml:base="http://e/" rdf:resource="o"/>`), o("<o>")},
		{"xml:base with a fragment", `<e:T xml:base="http://e/x#y" rdf:ID="z"/>`, "<http://e/x#z> " + kind + " <T> ."},
		{"a prefix declared below", `<x:T xmlns:x="http://e/" rdf:about="http://e/s"/>`, "<s> " + kind + " <T> ."},
		{"a prefix declared anew", `<e:T xmlns:e="http://e/U" rdf:about="http://e/s"/>`, "<s> " + kind + " <http://e/UT> ."},
		{"a default namespace", `<T xmlns="http://e/" rdf:about="http://e/s"/>`, "<s> " + kind + " <T> ."},
		{"an attribute takes no default namespace", `<rdf:Description xmlns="http://e/" rdf:about="http://e/s" x="y"/>`, ""},
		{"an address beyond repair stays one", s(`<e:p rdf:resource="http://e/a b"/>`), o("<http://e/a%20b>")},
		// not well-formed
		{"a tag that is not closed", `<rdf:Description>`, "!"},
		{"tags that cross", s(`<e:p><e:T></e:p></e:T>`), "!"},
		{"a prefix that nobody declared", s(`<x:p>x</x:p>`), "!"},
		{"an attribute's prefix that nobody declared", `<rdf:Description x:p="y"/>`, "!"},
		{"an ampersand alone", s(`<e:p>a & b</e:p>`), "!"},
		{"an entity that nobody declared", s(`<e:p>&x;</e:p>`), "!"},
		{"an attribute without quotes", `<rdf:Description rdf:about=x/>`, "!"},
		{"an element in no namespace", `<T/>`, "!"},
	}))
}

// TestRDFXMLAgainstTheRulesIsReadAndTold lists what the specification refuses
// and catalogues do: it is read for what it says, with a warning.
func TestRDFXMLAgainstTheRulesIsReadAndTold(t *testing.T) {
	for name, c := range map[string]struct{ text, want, warning string }{
		"rdf:bagID":                  {`<rdf:Description rdf:about="http://e/s" rdf:bagID="x"/>`, "", "rdf:bagID was ignored"},
		"rdf:aboutEach":              {`<e:T rdf:aboutEach="http://e/s"/>`, "_:b rdf:type> <T> .", "rdf:aboutEach was ignored"},
		"rdf:li as an attribute":     {`<rdf:Description rdf:about="http://e/s" rdf:li="x"/>`, "", "rdf:li was ignored"},
		"about without a prefix":     {`<e:T about="http://e/s"/>`, "<s> rdf:type> <T> .", "about was read as rdf:about"},
		"two nodes in a property":    {`<rdf:Description rdf:about="http://e/s"><e:p><e:T/><e:U/></e:p></rdf:Description>`, "<s> <p> _:a . _:a rdf:type> <T> . <s> <p> _:b . _:b rdf:type> <U> .", "more than one node"},
		"a reference with a node":    {`<rdf:Description rdf:about="http://e/s"><e:p rdf:resource="http://e/o"><e:T rdf:about="http://e/o"/></e:p></rdf:Description>`, "<s> <p> <o> . <o> rdf:type> <T> .", "refers to a resource and holds"},
		"text beside a node":         {`<rdf:Description rdf:about="http://e/s">x</rdf:Description>`, "", "text in <rdf:Description> was ignored"},
		"a language that is none":    {`<rdf:Description rdf:about="http://e/s" xml:lang="??"><e:p>x</e:p></rdf:Description>`, `<s> <p> "x" .`, "language"},
		"an address with blanks":     {`<e:T rdf:about="http://e/a b"/>`, "<http://e/a%20b> rdf:type> <T> .", "was read as"},
		"characters XML has not got": {"<e:T rdf:about=\"http://e/s\" e:p=\"a\x01b\"/>", `<s> rdf:type> <T> . <s> <p> "ab" .`, "were dropped"},
	} {
		t.Run(name, func(t *testing.T) {
			d := read(t, rdf.RDFXML, `<rdf:RDF xmlns:rdf="`+rdfNS+`" xmlns:e="http://e/">`+c.text+`</rdf:RDF>`)
			same(t, d.Triples, read(t, rdf.NTriples, names(c.want)).Triples)
			if !strings.Contains(strings.Join(d.Warnings, "\n"), c.warning) {
				t.Errorf("warnings %q, want %q", d.Warnings, c.warning)
			}
		})
	}
}

func TestGrammarOfJSONLD(t *testing.T) {
	const kind, first, rest, none = "<" + rdfNS + "type>", "<" + rdfNS + "first>", "<" + rdfNS + "rest>", "<" + rdfNS + "nil>"
	o := func(object string) string { return "<s> <p> " + object + " ." }
	context := func(c, body string) string {
		return `{"@context":{"e":"http://e/",` + c + `},"@id":"e:s",` + body + `}`
	}
	testGrammar(t, rdf.JSONLD, "", []production{
		{"nothing", `{}`, ""},
		{"an empty list of documents", `[]`, ""},
		{"a full address for a key", `{"@id":"http://e/s","http://e/p":"x"}`, o(`"x"`)},
		{"a compact address", context(`"x":"e:x"`, `"e:p":{"@id":"e:o"}`), o("<o>")},
		{"a term", context(`"p":"http://e/p"`, `"p":"x"`), o(`"x"`)},
		{"a term of a compact address", context(`"p":"e:p"`, `"p":"x"`), o(`"x"`)},
		{"@vocab", `{"@context":{"@vocab":"http://e/"},"@id":"http://e/s","p":"x"}`, o(`"x"`)},
		{"@base", `{"@context":{"@base":"http://e/"},"@id":"s","http://e/p":{"@id":"o"}}`, o("<o>")},
		{"a key that means nothing", `{"@id":"http://e/s","p":"x"}`, ""},
		{"a term that means nothing", context(`"p":null`, `"p":"x"`), ""},
		{"@type of a node", context(`"T":"e:T"`, `"@type":"T"`), "<s> " + kind + " <T> ."},
		{"several @types", context(`"T":"e:T"`, `"@type":["T","e:U"]`), "<s> " + kind + " <T> . <s> " + kind + " <U> ."},
		{"keywords by another name", context(`"id":"@id","x":"e:x"`, `"e:p":{"id":"e:o"}`), o("<o>")},
		{"terms of type @id", context(`"p":{"@id":"e:p","@type":"@id"}`, `"p":"e:o"`), o("<o>")},
		{"terms of type @vocab", context(`"o":"e:o","p":{"@id":"e:p","@type":"@vocab"}`, `"p":"o"`), o("<o>")},
		{"terms of a datatype", context(`"p":{"@id":"e:p","@type":"e:T"}`, `"p":"x"`), o(`"x"^^<T>`)},
		{"terms of a language", context(`"p":{"@id":"e:p","@language":"it"}`, `"p":"x"`), o(`"x"@it`)},
		{"@language of all", context(`"@language":"it"`, `"e:p":"x"`), o(`"x"@it`)},
		{"@language taken away", context(`"@language":"it","p":{"@id":"e:p","@language":null}`, `"p":"x"`), o(`"x"`)},
		{"a map of languages", context(`"p":{"@id":"e:p","@container":"@language"}`, `"p":{"it":"x","en":"y"}`), o(`"x"@it`) + o(`"y"@en`)},
		{"@value", context(`"x":"e:x"`, `"e:p":{"@value":"x"}`), o(`"x"`)},
		{"@value with @type", context(`"x":"e:x"`, `"e:p":{"@value":"x","@type":"e:T"}`), o(`"x"^^<T>`)},
		{"@value with @language", context(`"x":"e:x"`, `"e:p":{"@value":"x","@language":"it"}`), o(`"x"@it`)},
		{"several values", context(`"x":"e:x"`, `"e:p":["x","y"]`), o(`"x"`) + o(`"y"`)},
		{"null is nothing", context(`"x":"e:x"`, `"e:p":[null,"x"]`), o(`"x"`)},
		{"numbers", context(`"x":"e:x"`, `"e:p":[1,1.5]`), o(xsd("1", "integer")) + o(xsd("1.5E0", "double"))},
		{"booleans", context(`"x":"e:x"`, `"e:p":[true,false]`), o(xsd("true", "boolean")) + o(xsd("false", "boolean"))},
		{"a node in a node", context(`"x":"e:x"`, `"e:p":{"e:q":"x"}`), o("_:b") + `_:b <q> "x" .`},
		{"a label", context(`"x":"e:x"`, `"e:p":{"@id":"_:a"},"e:q":{"@id":"_:a"}`), o("_:b") + "<s> <q> _:b ."},
		{"@list", context(`"x":"e:x"`, `"e:p":{"@list":["x"]}`), o("_:b") + "_:b " + first + ` "x" . _:b ` + rest + " " + none + " ."},
		{"an empty @list", context(`"x":"e:x"`, `"e:p":{"@list":[]}`), o(none)},
		{"a container @list", context(`"p":{"@id":"e:p","@container":"@list"}`, `"p":["x"]`), o("_:b") + "_:b " + first + ` "x" . _:b ` + rest + " " + none + " ."},
		{"@set", context(`"x":"e:x"`, `"e:p":{"@set":["x","y"]}`), o(`"x"`) + o(`"y"`)},
		{"@reverse", context(`"x":"e:x"`, `"@reverse":{"e:p":{"@id":"e:o"}}`), "<o> <p> <s> ."},
		{"a term of @reverse", context(`"r":{"@reverse":"e:p"}`, `"r":{"@id":"e:o"}`), "<o> <p> <s> ."},
		{"@graph", `{"@context":{"e":"http://e/"},"@graph":[{"@id":"e:s","e:p":"x"},{"@id":"e:s","e:p":"y"}]}`, o(`"x"`) + o(`"y"`)},
		{"a graph with a name", `{"@context":{"e":"http://e/"},"@id":"e:g","@graph":[{"@id":"e:s","e:p":"x"}]}`, o(`"x"`)},
		{"a list of documents", `[{"@id":"http://e/s","http://e/p":"x"},{"@id":"http://e/s","http://e/p":"y"}]`, o(`"x"`) + o(`"y"`)},
		{"a context within", `{"@id":"http://e/s","http://e/p":{"@context":{"q":"http://e/q"},"q":"x"}}`, o("_:b") + `_:b <q> "x" .`},
		{"several contexts", `{"@context":[{"e":"http://e/"},{"p":"e:p"}],"@id":"e:s","p":"x"}`, o(`"x"`)},
		{"escapes of JSON", `{"@id":"http:\/\/e\/s","http://e/p":"\u00e8\n"}`, o(`"è\n"`)},
		{"no JSON", `{"@id":`, "!"},
		{"text behind", `{} {}`, "!"},
		{"a text", `"x"`, "!"},
		{"a context from elsewhere", `{"@context":"http://e/context","p":"x"}`, "!"},
		{"@id that is a number", `{"@id":1,"http://e/p":"x"}`, "!"},
		{"@value that is a node", `{"@id":"http://e/s","http://e/p":{"@value":{}}}`, "!"},
		{"@type and @language of a value", `{"@id":"http://e/s","http://e/p":{"@value":"x","@type":"http://e/T","@language":"it"}}`, "!"},
		{"a term that leads in a ring", `{"@context":{"a":"b:x","b":"a:y"},"a":"x"}`, "!"},
	})
}
