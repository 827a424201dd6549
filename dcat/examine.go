package dcat

import (
	"bytes"
	"errors"
	"strings"

	"portico/catalog"
	"portico/internal/rdf"
)

// A Verdict is what was found in a document.
type Verdict struct {
	Format     rdf.Format
	Datasets   int
	Triples    int
	Violations int
	Warnings   int
	Findings   []Finding // violations first
}

// An Unread document is one that is to be examined. Type and URL are what its
// server says; both may be empty, or lie.
type Unread struct {
	Body []byte
	Type string
	URL  string // where it was read, or the name of its file
}

// Examine reads a document and validates it. What is no RDF document at all is
// an error of kind Invalid, and so is one beyond the limits; one whose syntax
// is broken has a finding that says where, beside those of what could be read.
func Examine(u Unread, lim rdf.Limits, v Validation) (Verdict, error) {
	format, ok := rdf.Sniff(u.Body, u.Type, u.URL)
	if !ok {
		what := u.URL
		if what == "" {
			return Verdict{}, catalog.Errorf(catalog.Invalid, "this is no RDF document").Italian("questo non è un documento RDF")
		}
		return Verdict{}, catalog.Errorf(catalog.Invalid, "%s is no RDF document", what).Italian("%s non è un documento RDF", what)
	}
	base := u.URL
	if !strings.Contains(base, "://") {
		base = ""
	}
	doc, err := rdf.Read(bytes.NewReader(u.Body), format, base, lim)
	if errors.Is(err, rdf.ErrLimit) {
		return Verdict{}, catalog.Errorf(catalog.Invalid, "the document is too large or too deep to be validated here").
			Italian("il documento è troppo grande o troppo profondo per essere validato qui").Because(err)
	}
	out := Verdict{Format: format}
	if err != nil {
		out.add(Finding{
			Rule: "rdf syntax", Severity: Violation, Focus: u.URL,
			Message: catalog.Text{"it": "Il documento non si legge: " + err.Error(), "en": "The document cannot be read: " + err.Error()},
			Mend:    catalog.Text{"it": "Correggere la sintassi alla riga indicata.", "en": "Mend the syntax at the line that is told."},
		})
	}
	if doc != nil && (err == nil || len(doc.Triples) > 0) {
		out.Triples = len(doc.Triples)
		for _, f := range ValidateDocument(doc, v) {
			out.add(f)
		}
		found, _ := Read(rdf.NewGraph(doc.Triples), base)
		out.Datasets = len(found)
	}
	return out, nil
}

func (v *Verdict) add(f Finding) {
	if f.Severity == Violation {
		v.Violations++
	} else {
		v.Warnings++
	}
	v.Findings = append(v.Findings, f)
}

// RulesetsNamed returns the rule sets of a list such as "it,ap2". The second
// result is the first name that is none's, or "".
func RulesetsNamed(names ...string) (sets []Ruleset, unknown string) {
	for _, list := range names {
		for name := range strings.FieldsFuncSeq(list, func(r rune) bool { return r == ',' || r == ' ' }) {
			set := Ruleset(strings.ToLower(name))
			switch set {
			case RulesIT, RulesAP2, RulesAP3, RulesHVD:
				sets = append(sets, set)
			default:
				return sets, name
			}
		}
	}
	return sets, ""
}

// FindingsOf returns what in d, as it is written into feeds, breaks the rules
// of the Italian profile, of DCAT-AP 2.1.1 and of HVD, vocabularies included.
func FindingsOf(d *catalog.Dataset, site catalog.Site) []Finding {
	return Validate(rdf.NewGraph(Write(d, site)), Validation{Rules: []Ruleset{RulesIT, RulesAP2, RulesHVD}, Vocabularies: true, Fragment: true})
}
