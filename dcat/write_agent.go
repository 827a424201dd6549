package dcat

import (
	"cmp"
	"net/url"
	"strings"

	"portico/catalog"
	"portico/dcat/vocab"
	"portico/internal/rdf"
)

// bodies writes holder, publisher, creators and contacts.
func (b *builder) bodies(n *node, d *catalog.Dataset) {
	b.agent(n, pHolder, pHolder, &d.Holder)
	b.agent(n, pPublisher, pOldPublisher, &d.Publisher)
	for i := range d.Creators {
		b.agent(n, pCreator, pOldCreator, &d.Creators[i])
	}
	if b.as.geo {
		b.agent(n, pCustodian, pCustodian, &d.Holder)
	}
	b.party(n, pAuthor, d.Author)
	b.party(n, pMaintainer, d.Maintainer)
	for i := range d.Contacts {
		b.contact(n, &d.Contacts[i], d.Organization)
	}
}

// party writes whom CKAN calls author or maintainer. The profile has neither;
// schema.org has words that its rules do not look at.
func (b *builder) party(n *node, p rdf.IRI, who catalog.Party) {
	name, email := cleanLine(who.Name), cleanLine(who.Email)
	if name == "" && email == "" {
		return
	}
	v, blank := b.blank(cParty)
	v.plain(pNameOrg, name)
	v.plain(pEmailOrg, email)
	n.blank(p, blank)
	b.done(v)
}

// agentsFirst takes the IRIs of the agents of d, before a contact point could.
func (b *builder) agentsFirst(d *catalog.Dataset) {
	for _, a := range []*catalog.Agent{&d.Holder, &d.Publisher} {
		if !a.IsZero() {
			b.describeAgent(a)
		}
	}
	for i := range d.Creators {
		if !d.Creators[i].IsZero() {
			b.describeAgent(&d.Creators[i])
		}
	}
}

// agent links a body. The profile asks a code of every agent: one without is
// linked by the old predicate, under which it is no dcatapit:Agent.
func (b *builder) agent(n *node, p, old rdf.IRI, a *catalog.Agent) {
	if a.IsZero() {
		return
	}
	if cleanLine(a.Identifier) == "" && b.as.italian {
		p = old
	}
	n.iri(p, rdf.NewIRI(b.describeAgent(a)))
}

// describeAgent describes a once and returns its IRI.
func (b *builder) describeAgent(a *catalog.Agent) string {
	lang, name := theName(a.Name)
	facts := strings.Join([]string{a.Identifier, name, a.Name.In("en"), a.Type}, "\x00")
	iri := b.agentIRI(a, facts)
	if !b.claimFor(iri, anAgent, facts) {
		return iri
	}
	n := about(rdf.NewIRI(iri))
	if cleanLine(a.Identifier) != "" && b.as.italian {
		n.iri(rdfType, cAgent)
	}
	n.iri(rdfType, cAgentFoaf)
	n.plain(pIdentifier, cleanLine(a.Identifier))
	if name == "" {
		lang, name = catalog.DefaultLanguage, cmp.Or(cleanLine(a.Identifier), iri)
	}
	n.literal(pName, rdf.NewLangLiteral(name, lang))
	for _, l := range a.Name.Languages() {
		if other := cleanLine(a.Name[l]); l != lang && other != "" {
			n.literal(pLabel, rdf.NewLangLiteral(other, l))
		}
	}
	if t, ok := vocab.PublisherType(a.Type); ok && a.Type != "" {
		b.concept(n, pType, t.IRI, t.Label, cConcept)
	}
	b.done(n)
	return iri
}

// theName returns the one name of an agent: a second one, in another language,
// breaks the profile (dcat-traps C9).
func theName(t catalog.Text) (lang, name string) {
	name = t.String()
	for _, l := range []string{catalog.DefaultLanguage, "en"} {
		if t[l] == name && name != "" {
			return l, cleanLine(name)
		}
	}
	for _, l := range t.Languages() {
		if t[l] == name {
			return l, cleanLine(name)
		}
	}
	return "", ""
}

// agentIRI returns the IRI of the source, else one of ours made of the code,
// else, when another body is described under that, one with the name in it.
func (b *builder) agentIRI(a *catalog.Agent, facts string) string {
	if u, ok := absoluteIRI(a.URI); ok && b.free(u, anAgent, facts) {
		return u
	}
	name := catalog.Slug(a.Name.String(), 60)
	code := name
	if a.Identifier != "" {
		code = strings.Join(strings.Fields(a.Identifier), "_")
	}
	iri := b.mint("/agent/" + url.PathEscape(cmp.Or(code, keyOf(a.URI))))
	if b.free(iri, anAgent, facts) {
		return iri
	}
	return iri + "/" + cmp.Or(name, "-") + "-" + keyOf(facts)
}

// contact links a contact point. The profile asks a name and an e-mail address
// of it; one without is linked by the old predicate and not typed as the
// profile's.
func (b *builder) contact(n *node, c *catalog.Contact, organization string) {
	email, ok := mailbox(c.Email)
	lang, name := theName(c.Name)
	full := ok && name != ""
	p := pContact
	if !full && b.as.italian {
		p = pOldContact
	}
	key := keyOf(contactFacts(c)...)
	iri := b.contactIRI(c, organization, key)
	n.iri(p, rdf.NewIRI(iri))
	if !b.claimFor(iri, aContact, key) {
		return
	}
	v := about(rdf.NewIRI(iri))
	if full && b.as.italian {
		v.iri(rdfType, cContact)
	}
	v.iri(rdfType, cContactVcard, cContactKind)
	b.contactName(v, c.Name, lang, name)
	if ok {
		v.link(pEmail, "mailto:"+email)
	}
	if tel := cleanLine(c.Telephone); tel != "" {
		// An IRI, so that two documents with the contact make one telephone.
		line := rdf.NewIRI(fragment(iri, "tel"))
		voice := about(line, cVoice)
		voice.link(pValue, "tel:"+url.PathEscape(tel))
		v.iri(pTelephone, line)
		b.done(voice)
	}
	v.link(pContactURL, c.URL)
	b.done(v)
}

// contactFacts is what tells one contact from another. One language is as one
// was before there could be two, so that minted IRIs stay.
func contactFacts(c *catalog.Contact) []string {
	facts := []string{c.Name.String(), c.Email, c.Telephone, c.URL}
	if len(c.Name) > 1 {
		for _, l := range c.Name.Languages() {
			facts = append(facts, l, c.Name[l])
		}
	}
	return facts
}

// contactName writes the one name that the profile allows, without a language
// where it is in the default one, and further languages as labels.
func (b *builder) contactName(v *node, all catalog.Text, lang, name string) {
	if lang == catalog.DefaultLanguage {
		v.plain(pFn, name)
	} else if name != "" {
		v.literal(pFn, rdf.NewLangLiteral(name, lang))
	}
	for _, l := range all.Languages() {
		if other := cleanLine(all[l]); l != lang && other != "" {
			v.literal(pLabel, rdf.NewLangLiteral(other, l))
		}
	}
}

func (b *builder) contactIRI(c *catalog.Contact, organization, key string) string {
	if u, ok := absoluteIRI(c.URI); ok && b.free(u, aContact, key) {
		return u
	}
	if organization != "" {
		return b.mint("/organization/" + url.PathEscape(organization) + "#contact-" + key)
	}
	return b.mint("/contact/" + key)
}

// fragment returns the IRI of a part of what iri stands for.
func fragment(iri, part string) string {
	if strings.Contains(iri, "#") {
		return iri + "-" + part
	}
	return iri + "#" + part
}

// mailbox returns a bare e-mail address, and whether it is one.
func mailbox(s string) (string, bool) {
	s = strings.TrimSpace(s)
	if len(s) > 6 && strings.EqualFold(s[:7], "mailto:") {
		s = s[7:]
	}
	user, host, ok := strings.Cut(s, "@")
	if !ok || user == "" || host == "" || strings.ContainsAny(s, " \t\n<>\"(),:;\\[]{}|^`%") || strings.Contains(host, "@") {
		return "", false
	}
	return s, true
}

// license links a licence and describes it: a known one in full, another by
// its type alone, a text as a blank node that has it for a name.
func (b *builder) license(n *node, s string) {
	v, known := vocab.License(s)
	if !known {
		if u, ok := webIRI(s); ok {
			b.things(n, pLicense, []string{u}, b.classes(licenseClasses...)...)
			return
		}
		l, blank := b.blank(cLicenseDct)
		l.plain(pName, cleanLine(s))
		n.blank(pLicense, blank)
		b.done(l)
		return
	}
	n.iri(pLicense, rdf.NewIRI(v.URL))
	if !b.claim(v.URL, aThing) {
		return
	}
	l := about(rdf.NewIRI(v.URL), b.classes(licenseClasses...)...)
	b.concept(l, pType, v.Type, map[string]string{"en": v.TypeName}, cConcept)
	l.plain(pVersion, v.Version)
	l.literal(pName, rdf.NewLangLiteral(v.Name, "it"))
	l.literal(pName, rdf.NewLangLiteral(v.NameEN, "en"))
	b.done(l)
}
