package dcat

import (
	"slices"
	"strings"
	"sync"

	"portico/catalog"
	"portico/internal/rdf"
)

// A Ruleset names the rules of one profile.
type Ruleset string

// The rule sets.
const (
	RulesIT  Ruleset = "it"  // DCAT-AP_IT
	RulesAP2 Ruleset = "ap2" // DCAT-AP 2.1.1
	RulesAP3 Ruleset = "ap3" // DCAT-AP 3.0.1
	RulesHVD Ruleset = "hvd" // HVD 3.0.0, on what carries the regulation
)

// Rulesets returns all rule sets.
func Rulesets() []Ruleset { return []Ruleset{RulesIT, RulesAP2, RulesAP3, RulesHVD} }

// A Severity says how much a Finding weighs.
type Severity string

// The severities.
const (
	Violation Severity = "violation" // the profile does not allow it
	Warning   Severity = "warning"   // it is allowed, and costs something
)

// A Finding is one thing in an RDF document that breaks a rule.
type Finding struct {
	Profile  Ruleset
	Rule     string // stable: "it dcat:Dataset dct:title min"
	Severity Severity
	Focus    string // the resource: its IRI, or "_:" and its label
	Path     string // the property, with its prefix; "" = the resource itself
	Value    string // "" where a value is missing
	Message  catalog.Text
	Mend     catalog.Text
}

// Validation says what Validate looks at.
type Validation struct {
	Rules        []Ruleset // none = RulesIT and RulesAP2
	Vocabularies bool      // also whether values are of the vocabularies and of the right classes
	Fragment     bool      // it is the RDF of one dataset: there need be no catalogue
}

// maxFindings bounds what is told of one document.
const maxFindings = 20_000

// Validate returns what in g breaks the rules of a profile, violations first,
// in the order of the document. Rules look at resources by their class; a
// document without a dataset at all is a finding, too.
func Validate(g *rdf.Graph, v Validation) []Finding {
	if len(v.Rules) == 0 {
		v.Rules = []Ruleset{RulesIT, RulesAP2}
	}
	c := validator{g: g, vocabularies: v.Vocabularies}
	for _, set := range v.Rules {
		c.run(set, v.Fragment)
	}
	slices.SortStableFunc(c.found, func(a, b Finding) int { return strings.Compare(string(a.Severity), string(b.Severity)) })
	return c.found
}

// ValidateDocument is Validate for a document as it was read: what the reader
// had to repair, others may not, and it is told, too.
func ValidateDocument(doc *rdf.Document, v Validation) []Finding {
	var out []Finding
	for _, ns := range doc.Misspelt {
		if f := misspeltNamespace(ns); !slices.ContainsFunc(out, func(g Finding) bool { return g.Focus == f.Focus }) {
			out = append(out, f)
		}
	}
	out = append(out, Validate(rdf.NewGraph(doc.Triples), v)...)
	for _, w := range doc.Warnings {
		out = append(out, Finding{
			Rule: "rdf repaired", Severity: Warning, Focus: clipped(w),
			Message: catalog.Text{"it": "Il documento contiene un errore che è stato corretto in lettura: " + clipped(w) + ".", "en": "The document has an error that was mended on reading: " + clipped(w) + "."},
			Mend:    catalog.Text{"it": "Correggere l'errore nel documento: altri lettori possono rifiutarlo.", "en": "Mend it in the document: other readers may refuse it."},
		})
	}
	return out
}

// A validator applies rules to one graph.
type validator struct {
	g            *rdf.Graph
	vocabularies bool
	only         map[rdf.Term]bool // nil = every resource
	inverse      map[string]map[rdf.Term]int
	found        []Finding
}

// A rule is one row of the table.
type rule struct {
	set        Ruleset
	vocabulary bool   // only with vocabularies
	class      string // of the resources that it is about
	path       string // "" = the resource itself; "^p" = what has it as its p
	constraint
}

// A constraint is what a rule asks. Empty fields ask nothing.
type constraint struct {
	min, max int
	kind     nodeKind
	classes  string // the values have all of these classes
	anyOf    string // the values have one of these classes
	types    string // the values have one of these datatypes
	unique   bool   // one value a language
	like     string // the values match
	unlike   string // the values do not match
	has      string // this value is there
	hasNot   string // this value is not
	scheme   string // the values are of one of these vocabularies
	period   bool   // the values are periods of DCAT-AP_IT
	warn     bool
}

// A nodeKind is what a value may be.
type nodeKind byte

const (
	isIRI nodeKind = iota + 1
	isLiteral
	isNode // an IRI or a blank node
)

// A boundRule is a rule with its names written out.
type boundRule struct {
	*rule
	class, path             string
	inverse                 bool
	classes, anyOf, types   []string
	schemes                 []string
	has, hasNot             string
	likePattern, notPattern pattern
}

var boundRules = sync.OnceValue(func() []boundRule {
	out := make([]boundRule, len(rules))
	for i := range rules {
		r := &rules[i]
		path, inverse := strings.CutPrefix(r.path, "^")
		out[i] = boundRule{
			rule: r, class: longName(r.class), path: longName(path), inverse: inverse,
			classes: longNames(r.classes), anyOf: longNames(r.anyOf), types: longNames(r.types), schemes: strings.Fields(r.scheme),
			has: longName(r.has), hasNot: longName(r.hasNot), likePattern: compile(r.like), notPattern: compile(r.unlike),
		}
	}
	return out
})

func (c *validator) run(set Ruleset, fragment bool) {
	c.only = nil
	if set == RulesHVD {
		if c.only = highValueNodes(c.g); len(c.only) == 0 {
			return
		}
	}
	all := boundRules()
	for i := range all {
		r := &all[i]
		if r.set != set || r.vocabulary && !c.vocabularies {
			continue
		}
		for _, s := range c.g.Typed(r.class) {
			if (c.only == nil || c.only[s]) && len(c.found) < maxFindings {
				c.apply(r, s)
			}
		}
	}
	c.whole(set, fragment)
}

// apply applies one rule to one resource.
func (c *validator) apply(r *boundRule, s rdf.Term) {
	switch {
	case r.path == "":
		c.values(r, s, []rdf.Term{s})
	case r.inverse:
		if n := c.pointing(r.path)[s]; n < r.min {
			c.tell(r, s, nil, "min")
		}
	default:
		values := c.g.Objects(s, r.path)
		c.counts(r, s, values)
		c.values(r, s, values)
	}
}

// pointing returns how often each term is the value of a property.
func (c *validator) pointing(path string) map[rdf.Term]int {
	if n, ok := c.inverse[path]; ok {
		return n
	}
	n := map[rdf.Term]int{}
	for _, t := range c.g.All() {
		if rdf.Value(t.Pred) == path {
			n[t.Obj]++
		}
	}
	if c.inverse == nil {
		c.inverse = map[string]map[rdf.Term]int{}
	}
	c.inverse[path] = n
	return n
}

// counts checks how many values there are, and the languages of all of them.
func (c *validator) counts(r *boundRule, s rdf.Term, values []rdf.Term) {
	if len(values) < r.min {
		c.tell(r, s, nil, "min")
	}
	if r.max > 0 && len(values) > r.max {
		c.tell(r, s, values[1], "max")
	}
	if r.has != "" && !slices.ContainsFunc(values, func(v rdf.Term) bool { return rdf.Value(v) == r.has }) {
		c.tell(r, s, nil, "has")
	}
	if !r.unique {
		return
	}
	seen := map[string]int{}
	for _, v := range values {
		if lang := strings.ToLower(rdf.Lang(v)); lang != "" {
			if seen[lang]++; seen[lang] == 2 {
				c.tell(r, s, v, "unique")
			}
		}
	}
}

// tell adds a finding.
func (c *validator) tell(r *boundRule, s, value rdf.Term, what string) {
	f := Finding{Profile: r.set, Rule: strings.Join(strings.Fields(string(r.set)+" "+r.rule.class+" "+r.rule.path+" "+what), " "), Severity: Violation, Focus: nameOf(s), Path: r.rule.path}
	if r.warn {
		f.Severity = Warning
	}
	if value != nil {
		f.Value = clipped(nameOf(value))
	}
	f.Message, f.Mend = explain(r, what)
	c.found = append(c.found, f)
}

// nameOf returns an IRI, a text, or a blank node with its mark.
func nameOf(t rdf.Term) string {
	if v := rdf.Value(t); rdf.IsBlank(t) && !strings.HasPrefix(v, "_:") {
		return "_:" + v
	}
	return rdf.Value(t)
}

func clipped(s string) string {
	if r := []rune(s); len(r) > 200 {
		return string(r[:200]) + "…"
	}
	return s
}
