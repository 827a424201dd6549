package dcat

import (
	"strings"

	"portico/dcat/vocab"
	"portico/internal/rdf"
)

// admsStatuses are the values of adms:status before DCAT-AP 3, by the code of
// the EU table that came after them.
var admsStatuses = map[string]string{
	"COMPLETED": "Completed", "DEPRECATED": "Deprecated", "DEVELOP": "UnderDevelopment", "WITHDRAWN": "Withdrawn",
}

// status writes how far a distribution has come, in the vocabulary of the
// profile. What that does not know, and everything in DCAT-AP_IT, is said in
// another word: the vocabulary changed from one DCAT-AP to the next, and each
// validator refuses the other (dcat-traps D14).
func (b *builder) status(n *node, s string) {
	iri, ok := absoluteIRI(s)
	if !ok {
		return
	}
	code, known := statusCode(iri)
	if !known || b.as.status == "" {
		n.iri(pOldStatus, rdf.NewIRI(iri))
		return
	}
	v, _ := vocab.Status(code)
	scheme := strings.TrimSuffix(euStatusBase, "/")
	iri = euStatusBase + code
	if b.as.status == admsStatusBase {
		scheme, iri = admsStatusBase+"1.0", admsStatusBase+admsStatuses[code]
	}
	n.iri(pStatus, rdf.NewIRI(iri))
	if !b.claim(iri, aThing) {
		return
	}
	c := about(rdf.NewIRI(iri), cConcept)
	c.literal(pPrefLabel, rdf.NewLangLiteral(v.Label["it"], "it"))
	c.iri(pInScheme, rdf.NewIRI(scheme))
	b.done(c)
	if b.claim(scheme, aThing) {
		l := about(rdf.NewIRI(scheme), cConceptList)
		l.literal(pTitle, rdf.NewLangLiteral("Distribution status", "en"))
		b.done(l)
	}
}

// statusCode returns the code in the EU table of a status of either vocabulary.
func statusCode(iri string) (string, bool) {
	if v, ok := vocab.Status(iri); ok {
		return v.Code, true
	}
	name, ok := strings.CutPrefix(iri, admsStatusBase)
	if !ok {
		return "", false
	}
	for code, adms := range admsStatuses {
		if adms == name {
			return code, true
		}
	}
	return "", false
}
