package dcat

import (
	"cmp"
	"net/url"
	"path"
	"slices"
	"strings"

	"portico/catalog"
	"portico/dcat/vocab"
	"portico/internal/rdf"
)

func (r *reader) bodies(s rdf.Term, d *catalog.Dataset) {
	d.Holder = r.agentOf(s, nsDct+"rightsHolder")
	d.Publisher = r.agentOf(s, nsDct+"publisher", nsDC+"publisher", nsSchema+"publisher")
	for _, o := range r.objects(s, nsDct+"creator", nsDC+"creator") {
		if a := r.agent(o); !a.IsZero() {
			d.Creators = append(d.Creators, a)
		}
	}
	for _, o := range r.objects(s, nsDcat+"contactPoint", nsAdms+"contactPoint") {
		if c := r.contact(o); !isNobody(c) {
			d.Contacts = append(d.Contacts, c)
		}
	}
	d.Author = r.party(s, nsSchema+"author")
	d.Maintainer = r.party(s, nsSchema+"maintainer")
	// Those that the profile takes come first, as they do in what we write.
	slices.SortStableFunc(d.Creators, func(a, b catalog.Agent) int { return emptyLast(a.Identifier, b.Identifier) })
	slices.SortStableFunc(d.Contacts, func(a, b catalog.Contact) int { return emptyLast(a.Email, b.Email) })
}

func emptyLast(a, b string) int {
	switch {
	case a != "" && b == "":
		return -1
	case a == "" && b != "":
		return 1
	}
	return 0
}

// agentOf returns the first agent of a property that says something, one with
// a code before one without.
func (r *reader) agentOf(s rdf.Term, predicates ...string) catalog.Agent {
	var best catalog.Agent
	for _, o := range r.objects(s, predicates...) {
		a := r.agent(o)
		if best.IsZero() || best.Identifier == "" && a.Identifier != "" {
			best = a
		}
	}
	return best
}

// agent reads a body, given as a node or as its name.
func (r *reader) agent(o rdf.Term) catalog.Agent {
	if rdf.IsLiteral(o) {
		return catalog.Agent{Name: catalog.It(cleanLine(rdf.Value(o)))}
	}
	a := catalog.Agent{Identifier: agentCode(r.value(o, nsDct+"identifier", nsDcat+"identifier", nsSchema+"identifier")), Name: r.agentName(o)}
	for _, t := range r.objects(o, nsDct+"type") {
		if v, ok := vocab.PublisherType(rdf.Value(t)); ok {
			a.Type = v.Code
			break
		}
	}
	if rdf.IsIRI(o) {
		r.agentIRI(&a, rdf.Value(o))
	}
	return a
}

func (r *reader) agentName(o rdf.Term) catalog.Text {
	var name catalog.Text
	for _, p := range []string{nsFoaf + "name", nsVcard + "fn", nsVcard + "organization-name", nsSchema + "name", nsRdfs + "label", nsSkos + "prefLabel", nsDct + "title"} {
		if name = r.text(o, p, cleanLine); len(name) > 0 {
			break
		}
	}
	return r.labelled(o, name)
}

// agentIRI takes what the IRI of an agent says: an address, or the code that
// somebody wrote in its place, or at its end.
func (r *reader) agentIRI(a *catalog.Agent, iri string) {
	a.URI = iri
	if name, ok := r.relative(iri); ok && (agentCode(name) == a.Identifier || ipaShape.MatchString(name)) {
		a.URI = "" // rdf:about="c_e630" was no address
		a.Identifier = cmp.Or(a.Identifier, agentCode(name))
	}
	if code := strings.ToLower(path.Base(a.URI)); a.Identifier == "" && ipaShape.MatchString(code) {
		a.Identifier = code
	}
	if strings.EqualFold(a.Name.String(), a.Identifier) || a.Name.String() == iri {
		a.Name = nil // our writer's, and others', for want of a name
	}
}

// agentCode writes a code as IndicePA does; what is no code stays as it is.
func agentCode(s string) string {
	s = cleanLine(s)
	if strings.ContainsAny(s, " :/") {
		return s
	}
	return strings.ToLower(s)
}

// party reads whom CKAN calls author or maintainer.
func (r *reader) party(s rdf.Term, predicate string) catalog.Party {
	for _, o := range r.objects(s, predicate) {
		if rdf.IsLiteral(o) {
			return catalog.Party{Name: cleanLine(rdf.Value(o))}
		}
		p := catalog.Party{Name: cleanLine(r.value(o, nsSchema+"name", nsFoaf+"name"))}
		if email, ok := mailbox(r.value(o, nsSchema+"email", nsFoaf+"mbox")); ok {
			p.Email = email
		}
		if p != (catalog.Party{}) {
			return p
		}
	}
	return catalog.Party{}
}

// isNobody reports whether c says nothing.
func isNobody(c catalog.Contact) bool {
	return c.URI == "" && len(c.Name) == 0 && c.Email == "" && c.Telephone == "" && c.URL == ""
}

// contact reads a contact point in all the forms of vCard in RDF (dcat-traps
// D8). A bare address of a page is a contact with that page.
func (r *reader) contact(o rdf.Term) catalog.Contact {
	if rdf.IsLiteral(o) {
		return contactText(cleanLine(rdf.Value(o)))
	}
	c := catalog.Contact{Email: r.email(o), Telephone: r.telephone(o), Name: r.contactName(o)}
	for _, u := range r.vcardValues(o, nsVcard+"hasURL", nsVcard+"url", nsFoaf+"homepage", nsFoaf+"page", nsSchema+"url") {
		if c.URL = r.address(u); c.URL != "" {
			break
		}
	}
	if rdf.IsIRI(o) {
		r.contactIRI(&c, o)
	}
	return c
}

// contactName reads the name of a contact point, with the further languages
// that our writer gives as labels.
func (r *reader) contactName(o rdf.Term) catalog.Text {
	var name catalog.Text
	for _, p := range []string{nsVcard + "fn", nsVcard + "hasFN", nsVcard + "organization-name", nsVcard + "hasOrganizationName", nsFoaf + "name", nsSchema + "name", nsRdfs + "label"} {
		for _, v := range r.vcardValues(o, p) {
			s, lang := cleanLine(rdf.Value(v)), cmp.Or(langOf(v), catalog.DefaultLanguage)
			if s == "" || !rdf.IsLiteral(v) || name[lang] != "" {
				continue
			}
			if name == nil {
				name = catalog.Text{}
			}
			name[lang] = s
		}
		if len(name) > 0 {
			break
		}
	}
	return r.labelled(o, name)
}

// labelled returns name with the languages that a label adds to it, which is
// where our writer puts them.
func (r *reader) labelled(o rdf.Term, name catalog.Text) catalog.Text {
	if len(name) == 0 {
		return nil
	}
	for lang, s := range r.text(o, nsRdfs+"label", cleanLine) {
		if _, there := name[lang]; !there {
			name[lang] = s
		}
	}
	return name
}

// contactText reads a contact point that is a text.
func contactText(s string) catalog.Contact {
	if email, ok := mailbox(s); ok {
		return catalog.Contact{Email: email}
	}
	if u, ok := webIRI(s); ok {
		return catalog.Contact{URL: u}
	}
	return catalog.Contact{Name: catalog.It(s)}
}

// contactIRI takes what the IRI of a contact point says, which may be all.
func (r *reader) contactIRI(c *catalog.Contact, o rdf.Term) {
	iri := rdf.Value(o)
	if email, ok := mailbox(iri); ok && strings.HasPrefix(strings.ToLower(iri), "mailto:") {
		c.Email = cmp.Or(c.Email, email)
		return
	}
	if isNobody(*c) {
		c.URL = r.address(o)
		r.problem(catalog.Problemf("dcat:contactPoint", iri, "contact-undescribed",
			"Il punto di contatto è solo un indirizzo, senza nome né posta elettronica.", "The contact point is but an address, without a name or an e-mail address.").
			WithMend("Descrivere un ufficio con nome ed e-mail.", "Describe an office with its name and e-mail address."))
		return
	}
	if _, ok := r.relative(iri); !ok {
		c.URI = iri
	}
}

// vcardValues returns the values of vCard properties, which may stand in a node
// of their own as vcard:hasValue.
func (r *reader) vcardValues(o rdf.Term, predicates ...string) []rdf.Term {
	var out []rdf.Term
	for _, v := range r.objects(o, predicates...) {
		if inner := r.objects(v, nsVcard+"hasValue", nsVcard+"value", nsRdf+"value"); !rdf.IsLiteral(v) && len(inner) > 0 {
			out = append(out, inner...)
			continue
		}
		out = append(out, v)
	}
	return out
}

func (r *reader) email(o rdf.Term) string {
	for _, v := range r.vcardValues(o, nsVcard+"hasEmail", nsVcard+"email", nsFoaf+"mbox", nsSchema+"email") {
		s := strings.TrimSpace(rdf.Value(v))
		if rdf.IsIRI(v) {
			if name, ok := r.relative(s); ok { // rdf:resource="ufficio@comune.it"
				s = name
			} else if strings.HasPrefix(s, "http") {
				s = path.Base(s)
			}
		}
		if email, ok := mailbox(s); ok {
			return email
		}
		if s != "" {
			r.problem(catalog.Problemf("vcard:hasEmail", s, "email-unreadable",
				"Non è un indirizzo di posta elettronica.", "This is no e-mail address."))
		}
	}
	return ""
}

func (r *reader) telephone(o rdf.Term) string {
	for _, v := range r.vcardValues(o, nsVcard+"hasTelephone", nsVcard+"tel", nsVcard+"telephone", nsFoaf+"phone", nsSchema+"telephone") {
		s := strings.TrimSpace(rdf.Value(v))
		if rdf.IsBlank(v) {
			continue
		}
		if len(s) > 4 && strings.EqualFold(s[:4], "tel:") {
			s = s[4:]
			if plain, err := url.PathUnescape(s); err == nil {
				s = plain
			}
		} else if name, ok := r.relative(s); ok && rdf.IsIRI(v) {
			s = name
		}
		if s = cleanLine(s); s != "" {
			return s
		}
	}
	return ""
}

// license reads a licence from dct:license, never from dct:rights: the
// canonical address of the first one that is known; else the first as it
// stands, so that it can be told.
func (r *reader) license(s rdf.Term) string {
	unknown := ""
	for _, o := range r.objects(s, nsDct+"license", nsDct+"licence", "http://creativecommons.org/ns#license", nsSchema+"license") {
		names := r.names(o)
		for _, v := range names {
			if l, ok := vocab.License(v); ok {
				return l.URL
			}
		}
		for _, v := range names {
			if canonical(&v); unknown == "" && !strings.Contains(v, "licencetype/") {
				unknown = cleanLine(v)
			}
		}
	}
	return unknown
}
