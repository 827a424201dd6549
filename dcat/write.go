package dcat

import (
	"cmp"
	"net/url"
	"path"
	"regexp"
	"strings"

	"portico/catalog"
	"portico/dcat/vocab"
	"portico/internal/rdf"
)

// Write returns the triples of one dataset in DCAT-AP_IT, with all that it refers
// to. Those of one subject stand together, those of the dataset first.
func Write(d *catalog.Dataset, site catalog.Site) []rdf.Triple {
	b := newBuilder(site, DCATAPIT.dialect())
	uri, dists := b.reserve(namesOf(d, site))
	return b.describe(d, uri, dists)
}

// DatasetURI returns the IRI of d in RDF: the one that its source gave it, or
// one of ours made of its ID.
func DatasetURI(d *catalog.Dataset, site catalog.Site) string {
	if u, ok := absoluteIRI(d.URI); ok {
		return u
	}
	return mintedDataset(d, site)
}

func mintedDataset(d *catalog.Dataset, site catalog.Site) string {
	return site.Link("/dataset/" + url.PathEscape(cmp.Or(d.ID, d.Name)))
}

// DistributionURI returns the IRI in RDF of the distribution x of d: the one
// that its source gave it, or the address of our page about it.
func DistributionURI(d *catalog.Dataset, x *catalog.Distribution, site catalog.Site) string {
	if u, ok := absoluteIRI(x.URI); ok {
		return u
	}
	return resourcePage(d, x, site)
}

func resourcePage(d *catalog.Dataset, x *catalog.Distribution, site catalog.Site) string {
	return mintedDataset(d, site) + "/resource/" + url.PathEscape(x.ID)
}

// names are the IRIs that a dataset and its distributions may have.
type names struct {
	dataset       name
	distributions []name
}

// A name is the IRI that something should have, and one of ours for when
// another dataset has that.
type name struct{ wish, minted string }

func namesOf(d *catalog.Dataset, site catalog.Site) names {
	n := names{dataset: name{DatasetURI(d, site), mintedDataset(d, site)}, distributions: make([]name, len(d.Distributions))}
	for i := range d.Distributions {
		x := &d.Distributions[i]
		n.distributions[i] = name{DistributionURI(d, x, site), resourcePage(d, x, site)}
	}
	return n
}

// reserve takes the IRIs of a dataset and its distributions, so that nothing
// else is described under them.
func (b *builder) reserve(n names) (dataset string, distributions []string) {
	distributions = make([]string, len(n.distributions))
	dataset = b.grant(n.dataset, aDataset)
	for i, x := range n.distributions {
		distributions[i] = b.grant(x, aDistribution)
	}
	return dataset, distributions
}

func (b *builder) grant(n name, r role) string {
	if b.claim(n.wish, r) {
		return n.wish
	}
	b.claim(n.minted, r)
	return n.minted
}

// describe returns the triples of d with all that it refers to: distributions,
// agents, contacts, licences, standards. A value that no document can hold is left
// out. Both types are written for every class that DCAT-AP_IT adds its own to
// (dcat-traps B3), and the IRIs of a source are kept (B12). The IRIs that d is
// described under are reserved.
func (b *builder) describe(d *catalog.Dataset, uri string, dists []string) []rdf.Triple {
	b.name(d)
	b.agentsFirst(d)
	n := about(rdf.NewIRI(uri), b.classes(datasetClasses...)...)
	if d.Kind == KindSeries {
		n.iri(rdfType, cSeries)
	}
	b.identity(n, d)
	b.themes(n, d)
	b.bodies(n, d)
	b.coverage(n, d)
	b.relations(n, d)
	b.legal(n, d)
	for i := range d.Distributions {
		n.iri(pDistribution, rdf.NewIRI(dists[i]))
		b.distribution(d, &d.Distributions[i], dists[i], uri)
	}
	rest := b.built()
	return append(n.ts, rest...)
}

func (b *builder) identity(n *node, d *catalog.Dataset) {
	id, original := cleanLine(d.Identifier), ""
	if b.as.italian {
		id, original = cleanIdentifier(d.Identifier), id
	}
	n.plain(pIdentifier, id)
	if original != id {
		n.plain(pOldIdentifier, original)
	}
	n.text(pTitle, d.Title, cleanLine)
	n.text(pDescription, d.Description, cleanText)
	n.date(pModified, d.Modified)
	n.date(pIssued, d.Issued)
	if f, ok := vocab.Frequency(d.Frequency); ok {
		b.concept(n, pFrequency, f.IRI, onlyItalian(f.Label), cFrequency)
	}
	b.languages(n, d.Languages)
	b.keywords(n, d.Keywords)
	n.plain(b.as.version, cleanLine(d.Version))
	n.text(pVersionNotes, d.VersionNotes, cleanText)
}

func (b *builder) languages(n *node, codes []string) {
	for _, code := range codes {
		if l, ok := vocab.Language(code); ok {
			b.concept(n, pLanguage, l.IRI, onlyItalian(l.Label), cLanguage)
		}
	}
}

func (b *builder) keywords(n *node, keys []catalog.Keyword) {
	for _, k := range keys {
		if s := cleanKeyword(k.Name); s != "" {
			n.literal(pKeyword, rdf.NewLangLiteral(s, cmp.Or(k.Lang, catalog.DefaultLanguage)))
		}
	}
}

// eurovoc is the IRI of a EuroVoc concept.
var eurovoc = regexp.MustCompile(`^http://eurovoc\.europa\.eu/[0-9]+$`)

func (b *builder) themes(n *node, d *catalog.Dataset) {
	for _, t := range d.Themes {
		if v, ok := vocab.Theme(t.Code); ok {
			b.concept(n, pTheme, v.IRI, onlyItalian(v.Label), cConcept)
		}
		for _, s := range t.Subthemes {
			if v, ok := vocab.Subtheme(s); ok {
				b.concept(n, pSubject, v.IRI, onlyItalian(v.Label), cConcept)
			} else if eurovoc.MatchString(s) {
				n.link(pSubject, s) // no class without a label: the shapes ask for one
			}
		}
	}
}

func (b *builder) relations(n *node, d *catalog.Dataset) {
	b.things(n, pIsVersionOf, d.IsVersionOf)
	b.things(n, pHasVersion, d.HasVersion)
	b.things(n, pDerivedFrom, d.SourceIRIs)
	b.series(n, d.InSeries)
	b.samples(n, d.Samples)
	b.things(n, pPage, d.Pages, cDocument)
	page := d.LandingPage
	if _, ok := webIRI(page); !ok {
		page = b.mint("/dataset/" + url.PathEscape(cmp.Or(d.Name, d.ID)))
	}
	b.things(n, pLandingPage, []string{page}, cDocument)
	for i := range d.ConformsTo {
		b.standard(n, &d.ConformsTo[i])
	}
	for i := range d.OtherIDs {
		o := &d.OtherIDs[i]
		if o.Value == "" {
			continue
		}
		id, blank := b.blank(cIdentifier)
		id.plain(pNotation, cleanLine(o.Value))
		b.agent(id, pCreator, pOldCreator, &o.Agent)
		n.blank(pOtherID, blank)
		b.done(id)
	}
}

// series links the series that a dataset is in. DCAT-AP 3 and HVD want a series
// to be described; all that is known of it here is its address.
func (b *builder) series(n *node, iris []string) {
	for _, a := range iris {
		s := n.link(pInSeries, a)
		if s == "" || !b.claim(s, aThing) {
			continue
		}
		v := about(rdf.NewIRI(s), cSeries)
		v.literal(pTitle, rdf.NewLangLiteral(lastOf(s), catalog.DefaultLanguage))
		v.literal(pDescription, rdf.NewLangLiteral("Serie di dataset: "+s, catalog.DefaultLanguage))
		b.done(v)
	}
}

// lastOf returns the last part of an IRI that says something.
func lastOf(iri string) string {
	return path.Base(strings.TrimRight(iri, "/#"))
}

// samples links samples, which DCAT-AP takes for distributions.
func (b *builder) samples(n *node, addresses []string) {
	for _, a := range addresses {
		if s := n.link(pSample, a); s != "" && b.claim(s, aThing) {
			v := about(rdf.NewIRI(s), cDistribDcat)
			v.iri(pAccessURL, rdf.NewIRI(s))
			b.done(v)
		}
	}
}

func (b *builder) legal(n *node, d *catalog.Dataset) {
	if a, ok := vocab.AccessRight(d.AccessRights); ok {
		b.concept(n, pAccessRights, a.IRI, onlyItalian(a.Label), cRights)
	}
	b.things(n, pLegislation, marked(d.Legislation, hasCategory(d.HVD)), cLegal)
	b.highValue(n, d.HVD)
	if d.License != "" {
		b.license(n, d.License)
	}
	b.datasetType(n, d.Type)
	if len(d.Provenance) > 0 {
		p, blank := b.blank(cProvenance)
		p.text(pLabel, d.Provenance, cleanText)
		n.blank(pProvenance, blank)
		b.done(p)
	}
}

// datasetType links the type, a code of the EU or an IRI such as INSPIRE's. The
// shapes want it to be a concept, which nobody else may say of it.
func (b *builder) datasetType(n *node, typ string) {
	if typ == "" {
		return
	}
	if !strings.Contains(typ, ":") {
		typ = datasetTypeBase + typ
	}
	if s := n.link(pType, typ); s != "" {
		b.thing(s, map[string]string{"en": lastOf(s)}, cConcept)
	}
}

func (b *builder) highValue(n *node, codes []string) {
	for _, code := range codes {
		if h, ok := vocab.HVDCategory(code); ok {
			b.concept(n, pHVDCategory, h.IRI, onlyItalian(h.Label), cConcept)
		}
	}
}
