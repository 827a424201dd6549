package dcat

import (
	"cmp"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"

	"portico/catalog"
	"portico/dcat/vocab"
	"portico/internal/rdf"
)

func (b *builder) distribution(d *catalog.Dataset, x *catalog.Distribution, uri, dataset string) {
	n := about(rdf.NewIRI(uri), b.classes(distributionClasses...)...)
	n.text(pTitle, x.Title, cleanLine)
	n.text(pDescription, x.Description, cleanText)
	b.format(n, x)
	access, download := x.Offered(b.site, cmp.Or(d.ID, d.Name))
	if _, ok := webIRI(access); !ok {
		access = resourcePage(d, x, b.site)
	}
	n.link(pAccessURL, access)
	if u, ok := webIRI(download); ok {
		n.link(pDownloadURL, u)
	}
	if l := cmp.Or(x.License, d.License); l != "" {
		b.license(n, l)
	}
	n.date(pIssued, x.Issued)
	n.date(pModified, x.Modified)
	if x.ByteSize > 0 {
		n.literal(pByteSize, rdf.NewTypedLiteral(strconv.FormatInt(x.ByteSize, 10), b.as.byteSize))
	}
	b.checksum(n, x.Checksum)
	b.languages(n, x.Languages)
	b.things(n, pPage, x.Pages, cDocument)
	b.things(n, pLegislation, x.Legislation, cLegal)
	b.rights(n, x)
	b.status(n, x.Status)
	for i := range x.ConformsTo {
		b.standard(n, &x.ConformsTo[i])
	}
	for i := range x.Services {
		b.service(n, &x.Services[i], dataset)
	}
	b.done(n)
}

func (b *builder) format(n *node, x *catalog.Distribution) {
	if f, ok := vocab.FileType(x.Format); ok && x.Format != "" {
		n.iri(pFormat, rdf.NewIRI(f.IRI))
		b.thing(f.IRI, nil, cFormat)
	} else if b.as.italian { // that profile asks for one
		n.iri(pFormat, rdf.NewIRI(noFormat))
		b.thing(noFormat, nil, cFormat)
	}
	if x.FormatLabel != x.Format {
		n.plain(pOldFormat, cleanLine(x.FormatLabel))
	}
	b.mediaType(n, pMediaType, x.MediaType)
	b.mediaType(n, pCompressFormat, x.CompressFormat)
	b.mediaType(n, pPackageFormat, x.PackageFormat)
}

func (b *builder) mediaType(n *node, p rdf.IRI, s string) {
	if mt, ok := vocab.MediaType(s); ok {
		b.things(n, p, []string{vocab.MediaTypeIRI(mt)}, cMediaType)
	}
}

func (b *builder) rights(n *node, x *catalog.Distribution) {
	if a, ok := vocab.Availability(x.Availability); ok && x.Availability != "" {
		b.concept(n, pAvailability, a.IRI, onlyItalian(a.Label), cConcept)
	}
	if x.Rights == "" {
		return
	}
	if u, ok := webIRI(x.Rights); ok {
		b.things(n, pRights, []string{u}, cRights)
		return
	}
	r, blank := b.blank(cRights)
	r.text(pLabel, catalog.It(x.Rights), cleanText)
	n.blank(pRights, blank)
	b.done(r)
}

func (b *builder) checksum(n *node, c catalog.Checksum) {
	if v, err := hex.DecodeString(c.Value); c.Algorithm == "" || err != nil || len(v) == 0 {
		return
	}
	if c.Algorithm != "sha1" && !b.as.anyHash { // the only one that the shapes of DCAT-AP 2 let a spdx:Checksum have
		n.plain(pOldIdentifier, cleanLine(c.Algorithm+":"+c.Value))
		return
	}
	k, blank := b.blank(cChecksum)
	algorithm := nsSpdx + "checksumAlgorithm_" + c.Algorithm
	if b.as.anyHash {
		algorithm = strings.Replace(algorithm, "http:", "https:", 1)
	}
	b.things(k, pAlgorithm, []string{algorithm}, cAlgorithm)
	k.literal(pChecksumValue, rdf.NewTypedLiteral(cleanLine(c.Value), nsXsd+"hexBinary"))
	n.blank(pChecksum, blank)
	b.done(k)
}

// service links and describes a service. One without an address is none: the
// profiles ask for it, and nobody could do anything with the rest.
func (b *builder) service(n *node, s *catalog.Service, dataset string) {
	if !slices.ContainsFunc(s.EndpointURLs, isAddress) {
		return
	}
	uri, ok := absoluteIRI(s.URI)
	if !ok || !b.free(uri, aThing, "") {
		uri = fragment(dataset, "service-"+keyOf(append([]string{s.Title.String()}, s.EndpointURLs...)...))
	}
	n.iri(pAccessService, rdf.NewIRI(uri))
	if !b.claim(uri, aThing) {
		return
	}
	v := about(rdf.NewIRI(uri), cService)
	said := len(v.ts)
	v.text(pTitle, s.Title, cleanLine)
	if len(v.ts) == said { // the profiles ask for one
		v.literal(pTitle, rdf.NewLangLiteral("API: "+cmp.Or(cleanLine(lastOf(s.EndpointURLs[0])), uri), catalog.DefaultLanguage))
	}
	v.text(pDescription, s.Description, cleanText)
	b.things(v, pEndpointURL, s.EndpointURLs)
	b.things(v, pEndpointDesc, []string{s.EndpointDescription})
	for _, served := range s.ServesDatasets {
		if served == dataset {
			v.link(pServesDataset, served)
		} else { // the shapes want what is served to be described beside it
			v.link(pAbout, served)
		}
	}
	b.serviceTerms(v, s)
	b.things(v, pPage, s.Pages, cDocument)
	b.things(v, pConformsTo, s.ConformsTo, cStandardDct)
	b.things(v, pLegislation, marked(s.Legislation, isWholeService(s, b.as.italian)), cLegal)
	b.highValue(v, s.HVD)
	for i := range s.Contacts {
		b.contact(v, &s.Contacts[i], "")
	}
	b.done(v)
}

// serviceTerms says on what terms a service may be used.
func (b *builder) serviceTerms(v *node, s *catalog.Service) {
	if s.License != "" {
		b.license(v, s.License)
	}
	if a, ok := vocab.AccessRight(s.AccessRights); ok && s.AccessRights != "" {
		b.concept(v, pAccessRights, a.IRI, onlyItalian(a.Label), cRights)
	}
	if a, ok := vocab.Availability(s.Availability); ok && s.Availability != "" {
		b.concept(v, pAvailability, a.IRI, onlyItalian(a.Label), cConcept)
	}
}
