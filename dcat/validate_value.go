package dcat

import (
	"regexp"
	"slices"
	"strings"
	"sync"

	"portico/dcat/vocab"
	"portico/internal/rdf"
)

// A pattern is a regular expression that may be missing.
type pattern struct{ *regexp.Regexp }

// compile compiles a pattern of the table, whose one escape that is not Go's
// is that of a character by its number.
func compile(s string) pattern {
	if s == "" {
		return pattern{}
	}
	return pattern{regexp.MustCompile(strings.ReplaceAll(s, `\u2019`, "\u2019"))}
}

// values checks each value by itself.
func (c *validator) values(r *boundRule, s rdf.Term, values []rdf.Term) {
	for _, v := range values {
		if !r.kind.takes(v) {
			c.tell(r, s, v, "kind")
		}
		if len(r.types) > 0 && !slices.ContainsFunc(r.types, func(t string) bool { return isOfType(v, t) }) {
			c.tell(r, s, v, "type")
		}
		if r.hasNot != "" && rdf.Value(v) == r.hasNot {
			c.tell(r, s, v, "has-not")
		}
		if len(r.schemes) > 0 && !c.inScheme(v, r.schemes) {
			c.tell(r, s, v, "scheme")
		}
		if r.period && !c.isPeriod(v) {
			c.tell(r, s, v, "period")
		}
		c.classed(r, s, v)
		c.matches(r, s, v)
	}
}

// classed checks the classes of a value.
func (c *validator) classed(r *boundRule, s, v rdf.Term) {
	for _, class := range r.classes {
		if !c.isA(v, class) {
			c.tell(r, s, v, "class")
		}
	}
	if len(r.anyOf) > 0 && !slices.ContainsFunc(r.anyOf, func(class string) bool { return c.isA(v, class) }) {
		c.tell(r, s, v, "class")
	}
}

// matches checks how a value is written.
func (c *validator) matches(r *boundRule, s, v rdf.Term) {
	if r.likePattern.Regexp != nil && (rdf.IsBlank(v) || !r.likePattern.MatchString(rdf.Value(v))) {
		c.tell(r, s, v, "like")
	}
	if r.notPattern.Regexp != nil && !rdf.IsBlank(v) && r.notPattern.MatchString(rdf.Value(v)) {
		c.tell(r, s, v, "unlike")
	}
}

func (k nodeKind) takes(v rdf.Term) bool {
	switch k {
	case isIRI:
		return rdf.IsIRI(v)
	case isLiteral:
		return rdf.IsLiteral(v)
	case isNode:
		return !rdf.IsLiteral(v)
	}
	return true
}

// isA reports whether v has a class: by the document or, with vocabularies, by
// what everybody knows of it.
func (c *validator) isA(v rdf.Term, class string) bool {
	if rdf.IsLiteral(v) {
		return false
	}
	for _, t := range c.g.Triples(v) {
		if rdf.Value(t.Pred) == nsRdf+"type" && rdf.Value(t.Obj) == class {
			return true
		}
	}
	if !c.vocabularies || !rdf.IsIRI(v) {
		return false
	}
	if class == nsRdfs+"Resource" {
		return true
	}
	return slices.Contains(entryOf(rdf.Value(v)).classes, class)
}

func (c *validator) inScheme(v rdf.Term, schemes []string) bool {
	for _, o := range c.g.Objects(v, nsSkos+"inScheme") {
		if slices.Contains(schemes, rdf.Value(o)) {
			return true
		}
	}
	return slices.Contains(schemes, entryOf(rdf.Value(v)).scheme)
}

// isPeriod reports whether v is a period as DCAT-AP_IT has it: one beginning,
// at most one end, both dates.
func (c *validator) isPeriod(v rdf.Term) bool {
	starts, ends := c.g.Objects(v, nsDcatapit+"startDate"), c.g.Objects(v, nsDcatapit+"endDate")
	if len(starts) != 1 || len(ends) > 1 {
		return false
	}
	return !slices.ContainsFunc(append(slices.Clone(starts), ends...), func(d rdf.Term) bool {
		return !isOfType(d, nsXsd+"date") && !isOfType(d, nsXsd+"dateTime")
	})
}

// isOfType reports whether v is a literal of a datatype, and written as the
// datatype wants it.
func isOfType(v rdf.Term, datatype string) bool {
	if !rdf.IsLiteral(v) || rdf.Datatype(v) != datatype {
		return false
	}
	form, ok := forms[datatype]
	return !ok || form.MatchString(strings.TrimSpace(rdf.Value(v)))
}

// forms are how values of datatypes are written.
var forms = map[string]*regexp.Regexp{
	nsXsd + "date":               regexp.MustCompile(`^-?\d{4,}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])(Z|[+-]\d{2}:\d{2})?$`),
	nsXsd + "dateTime":           regexp.MustCompile(`^-?\d{4,}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})?$`),
	nsXsd + "gYear":              regexp.MustCompile(`^-?\d{4,}(Z|[+-]\d{2}:\d{2})?$`),
	nsXsd + "gYearMonth":         regexp.MustCompile(`^-?\d{4,}-(0[1-9]|1[0-2])(Z|[+-]\d{2}:\d{2})?$`),
	nsXsd + "decimal":            regexp.MustCompile(`^[+-]?(\d+(\.\d*)?|\.\d+)$`),
	nsXsd + "integer":            regexp.MustCompile(`^[+-]?\d+$`),
	nsXsd + "nonNegativeInteger": regexp.MustCompile(`^(\+?\d+|-0+)$`),
	nsXsd + "hexBinary":          regexp.MustCompile(`^([0-9a-fA-F]{2})*$`),
	nsXsd + "duration":           regexp.MustCompile(`^-?P(\d+Y)?(\d+M)?(\d+D)?(T(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?$`),
	nsXsd + "boolean":            regexp.MustCompile(`^(true|false|0|1)$`),
}

// An entry is what everybody knows of a concept.
type entry struct {
	scheme  string
	classes []string
}

// entryOf returns what is known of an IRI, without its being described.
func entryOf(iri string) entry {
	if e, ok := entries()[iri]; ok {
		return e
	}
	switch {
	case strings.Contains(iri, "iana.org/assignments/media-types/"):
		return entry{classes: []string{nsDct + "MediaType"}}
	case strings.HasPrefix(iri, "http://publications.europa.eu/resource/authority/licence/"):
		return entry{scheme: "http://publications.europa.eu/resource/authority/licence", classes: []string{nsSkos + "Concept", nsDct + "LicenseDocument"}}
	case iri == "http://publications.europa.eu/resource/authority/country/ITA":
		return entry{scheme: "http://publications.europa.eu/resource/authority/country", classes: []string{nsDct + "Location"}}
	case strings.HasPrefix(iri, datasetTypeBase):
		return entry{scheme: strings.TrimSuffix(datasetTypeBase, "/"), classes: []string{nsSkos + "Concept"}}
	}
	return entry{}
}

// entries are the concepts of the vocabularies, by IRI.
var entries = sync.OnceValue(func() map[string]entry {
	out := map[string]entry{}
	add := func(iri, scheme string, classes ...string) {
		if scheme == "" {
			scheme = iri[:strings.LastIndexByte(iri, '/')]
		}
		out[iri] = entry{scheme, append([]string{nsSkos + "Concept"}, classes...)}
	}
	for _, list := range []struct {
		concepts []vocab.Concept
		scheme   string
		class    []string
	}{
		{vocab.Frequencies(), "", []string{nsDct + "Frequency"}},
		{vocab.Languages(), "", []string{nsDct + "LinguisticSystem"}},
		{vocab.AccessRights(), "", []string{nsDct + "RightsStatement"}},
		{vocab.Availabilities(), "", nil},
		{vocab.Statuses(), "", nil},
		{vocab.Places(), "", []string{nsDct + "Location"}},
		{vocab.PublisherTypes(), "http://purl.org/adms/publishertype/1.0", nil},
	} {
		for _, v := range list.concepts {
			add(v.IRI, list.scheme, list.class...)
		}
	}
	for _, v := range vocab.Themes() {
		add(v.IRI, "")
	}
	for _, v := range vocab.FileTypes() {
		add(v.IRI, "", nsDct+"MediaTypeOrExtent")
	}
	for _, v := range vocab.HVDCategories() {
		add(v.IRI, "http://data.europa.eu/bna/asd487ae75")
	}
	for _, v := range vocab.Licenses() {
		if v.AgID != "" {
			add(v.AgID, "", nsDct+"LicenseDocument")
		}
		add(v.Type, "http://purl.org/adms/licencetype/1.0")
	}
	add(noFormat, "", nsDct+"MediaTypeOrExtent")
	return out
})
