package dcat

import (
	"net/url"
	"strings"

	"portico/catalog"
	"portico/internal/rdf"
)

// value returns the first value of a property that is not blank, or "".
func (r *reader) value(s rdf.Term, predicates ...string) string {
	for _, p := range predicates {
		for _, o := range r.g.Objects(s, p) {
			if v := strings.TrimSpace(rdf.Value(o)); v != "" && !rdf.IsBlank(o) {
				return v
			}
		}
	}
	return ""
}

// objects returns what a property has that is not an empty element.
func (r *reader) objects(s rdf.Term, predicates ...string) []rdf.Term {
	var out []rdf.Term
	for _, p := range predicates {
		for _, o := range r.g.Objects(s, p) {
			if !r.empty(o) {
				out = append(out, o)
			}
		}
	}
	return out
}

// empty reports whether o says nothing: an empty literal, a blank node without
// properties, or the address of the document itself, which is what
// rdf:resource="" means.
func (r *reader) empty(o rdf.Term) bool {
	switch {
	case rdf.IsLiteral(o):
		return strings.TrimSpace(rdf.Value(o)) == ""
	case rdf.IsBlank(o):
		return len(r.g.Triples(o)) == 0
	}
	v := rdf.Value(o)
	return v == "" || r.base != "" && strings.HasPrefix(v, r.base) && strings.Count(v, "/") == strings.Count(r.base, "/") && isDocument(v, r.base)
}

// isDocument reports whether v is an address such as base/catalog.rdf, which
// no value is.
func isDocument(v, base string) bool {
	name, _, _ := strings.Cut(v[len(base):], "?")
	for _, ext := range []string{".rdf", ".xml", ".ttl", ".jsonld", ".json", ".nt", ".n3"} {
		if strings.HasSuffix(strings.ToLower(name), ext) && strings.HasPrefix(name, "catalog") {
			return true
		}
	}
	return name == ""
}

// text reads literals by language. An untagged one is in the default language,
// unless another says that it is.
func (r *reader) text(s rdf.Term, predicate string, clean func(string) string) catalog.Text {
	var out catalog.Text
	untagged := false
	for _, o := range r.g.Objects(s, predicate) {
		if !rdf.IsLiteral(o) {
			continue
		}
		v := clean(rdf.Value(o))
		if v == "" {
			continue
		}
		if out == nil {
			out = catalog.Text{}
		}
		lang := langOf(o)
		if lang == "" {
			if _, there := out[catalog.DefaultLanguage]; !there {
				out[catalog.DefaultLanguage], untagged = v, true
			}
			continue
		}
		if _, there := out[lang]; !there || untagged && lang == catalog.DefaultLanguage {
			out[lang] = v
			untagged = untagged && lang != catalog.DefaultLanguage
		}
	}
	return out
}

// langOf returns the language of a literal without its region, or "".
func langOf(o rdf.Term) string {
	lang, _, _ := strings.Cut(strings.ToLower(rdf.Lang(o)), "-")
	return lang
}

// label returns what people call a node: its own text, or the first of the
// usual properties.
func (r *reader) label(o rdf.Term) string {
	if rdf.IsLiteral(o) {
		return cleanLine(rdf.Value(o))
	}
	for _, p := range labelPredicates {
		if t := r.text(o, p, cleanLine); len(t) > 0 {
			return t.String()
		}
	}
	return ""
}

var labelPredicates = []string{
	nsSkos + "prefLabel", nsRdfs + "label", nsRdf + "value", nsDct + "title", nsFoaf + "name", nsSchema + "name",
	nsSkos + "notation", nsDct + "identifier",
}

// names returns all by which a node may be known in a vocabulary: its IRI, its
// last part, its labels.
func (r *reader) names(o rdf.Term) []string {
	v := strings.TrimSpace(rdf.Value(o))
	if rdf.IsLiteral(o) {
		return []string{v}
	}
	var out []string
	if rdf.IsIRI(o) {
		out = append(out, v)
		if name, ok := r.relative(v); ok {
			if plain, err := url.PathUnescape(name); err == nil {
				name = plain
			}
			out = append(out, name)
		}
	}
	for _, p := range labelPredicates {
		for _, l := range r.g.Objects(o, p) {
			if rdf.IsLiteral(l) {
				out = append(out, strings.TrimSpace(rdf.Value(l)))
			}
		}
	}
	return out
}

// iris reads a property whose values are addresses, as IRIs, as text, or as
// nodes that have one.
func (r *reader) iris(s rdf.Term, predicates ...string) []string {
	var out []string
	for _, o := range r.objects(s, predicates...) {
		if u := r.address(o); u != "" {
			addOnce(&out, u)
		}
	}
	return out
}

// address returns the IRI that a node or a text is, repaired, or "".
func (r *reader) address(o rdf.Term) string {
	if rdf.IsBlank(o) {
		v := r.value(o, nsFoaf+"homepage", nsSchema+"url", nsRdf+"value", nsRdfs+"seeAlso", nsDct+"identifier", nsVcard+"hasValue")
		u, _ := absoluteIRI(v)
		return u
	}
	v := strings.TrimSpace(rdf.Value(o))
	if rdf.IsLiteral(o) && strings.HasPrefix(strings.ToLower(v), "www.") {
		v = "http://" + v
	}
	if name, ok := r.relative(v); ok && rdf.IsIRI(o) && strings.HasPrefix(strings.ToLower(name), "www.") {
		v = "http://" + name
	}
	u, _ := absoluteIRI(v)
	return u
}

// first returns the first of the addresses, or "".
func (r *reader) first(s rdf.Term, predicates ...string) string {
	if us := r.iris(s, predicates...); len(us) > 0 {
		return us[0]
	}
	return ""
}

// date reads the first date of a property that can be read, and tells of one
// that cannot.
func (r *reader) date(s rdf.Term, predicates ...string) catalog.Date {
	for _, o := range r.objects(s, predicates...) {
		v := rdf.Value(o)
		if rdf.IsBlank(o) {
			v = r.value(o, nsRdf+"value", nsTime+"inXSDDateTime", nsTime+"inXSDDate")
		}
		if d, ok := ParseDate(v); ok {
			return d
		}
		r.problem(catalog.Problemf(short(predicates[0]), v, "date-unreadable", "La data non si legge.", "The date cannot be read.").
			WithMend("Scrivere la data come AAAA-MM-GG.", "Write the date as YYYY-MM-DD."))
	}
	return ""
}

// short writes a predicate with its prefix, for people.
func short(predicate string) string {
	for prefix, ns := range map[string]string{"dct": nsDct, "dcat": nsDcat, "dcatap": nsDcatap, "dcatapit": nsDcatapit, "adms": nsAdms} {
		if name, ok := strings.CutPrefix(predicate, ns); ok {
			return prefix + ":" + name
		}
	}
	return predicate
}
