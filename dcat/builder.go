package dcat

import (
	"cmp"
	"hash/maphash"
	"strconv"
	"strings"

	"portico/catalog"
	"portico/internal/rdf"
)

// A role is what an IRI stands for on a page. One IRI has one role: an agent
// must not be a contact point, too (dcat-traps C4).
type role byte

const (
	aThing role = iota + 1
	anAgent
	aContact
	aDataset
	aDistribution
)

// A builder makes the triples of datasets. Nodes that several datasets share
// (agents, licences, contacts, concepts) are described once for all that one
// builder makes.
type builder struct {
	site   catalog.Site
	as     *dialect
	nodes  []rdf.Triple      // finished nodes but for the one in hand
	small  []rdf.Triple      // for thing, over and over
	roles  map[uint64]role   // of the IRIs that are described, by their hash: there may be millions
	said   map[uint64]uint64 // hashes of what was said of agents and contacts, by that of their IRI
	claims []claim           // that were granted
	traced bool              // claims are noted
	label  string            // with which the labels of blank nodes begin
	blanks int
}

// A claim is an IRI that a builder has described.
type claim struct {
	iri  uint64 // hash
	role role
	said uint64 // hash of the facts that tell its bearer from others; 0 = there are none
}

func newBuilder(site catalog.Site, as *dialect) *builder {
	return &builder{site: site, as: as, roles: make(map[uint64]role, 64), said: map[uint64]uint64{}, label: "n"}
}

// reset makes b as if it were new.
func (b *builder) reset() {
	clear(b.roles)
	clear(b.said)
}

// built returns what was built and starts anew; the roles stay. What it returns
// changes when b goes on building.
func (b *builder) built() []rdf.Triple {
	ts := b.nodes
	b.nodes = ts[:0]
	return ts
}

// hashOf returns what an IRI is known by in a builder. The seed is new with
// each process, so that nobody can make two IRIs that have one hash.
func hashOf(iri string) uint64 { return maphash.String(seed, iri) }

// sumOf returns what a text is known by.
func sumOf(text []byte) uint64 { return maphash.Bytes(seed, text) }

var seed = maphash.MakeSeed()

// claim reports whether iri is not yet described, and takes it for r.
func (b *builder) claim(iri string, r role) bool { return b.claimFor(iri, r, "") }

// claimFor is claim for what is known by facts.
func (b *builder) claimFor(iri string, r role, facts string) bool {
	c := claim{hashOf(iri), r, factsHash(facts)}
	if _, taken := b.roles[c.iri]; taken {
		return false
	}
	b.take(c)
	if b.traced {
		b.claims = append(b.claims, c)
	}
	return true
}

func (b *builder) take(c claim) {
	b.roles[c.iri] = c.role
	if c.said != 0 {
		b.said[c.iri] = c.said
	}
}

// free reports whether iri may stand for what is described by facts: it is not
// taken, or by the same. Two sources may say different things of one IRI; each
// dataset keeps what its own said.
func (b *builder) free(iri string, r role, facts string) bool {
	return b.agrees(claim{hashOf(iri), r, factsHash(facts)})
}

// agrees reports whether c may be made, or was made already.
func (b *builder) agrees(c claim) bool {
	taken, ok := b.roles[c.iri]
	return !ok || taken == c.role && b.said[c.iri] == c.said
}

func factsHash(facts string) uint64 {
	if facts == "" {
		return 0
	}
	return hashOf(facts)
}

// A node collects the triples of one subject.
type node struct {
	of rdf.Triple // with the subject set
	ts []rdf.Triple
}

func about(iri rdf.IRI, classes ...rdf.IRI) *node {
	n := &node{of: rdf.Triple{Subj: iri}, ts: make([]rdf.Triple, 0, 16)}
	n.iri(rdfType, classes...)
	return n
}

// classes returns the classes, or properties, that the dialect has: the first
// is DCAT-AP_IT's own and left out elsewhere.
func (b *builder) classes(all ...rdf.IRI) []rdf.IRI {
	if b.as.italian {
		return all
	}
	return all[1:]
}

// name begins the labels of blank nodes anew, with what tells the dataset d from
// others: texts that are made apart must not share one.
func (b *builder) name(d *catalog.Dataset) {
	b.label, b.blanks = "b"+keyOf(cmp.Or(d.ID, d.Name))+"n", 0
}

// blank returns a new blank node, which the caller links with node.blank.
func (b *builder) blank(classes ...rdf.IRI) (*node, rdf.Blank) {
	b.blanks++
	id := rdf.NewBlank(b.label + strconv.Itoa(b.blanks))
	n := &node{of: rdf.Triple{Subj: id}}
	n.iri(rdfType, classes...)
	return n, id
}

// done hands a finished node in.
func (b *builder) done(n *node) { b.nodes = append(b.nodes, n.ts...) }

func (n *node) iri(p rdf.IRI, objects ...rdf.IRI) {
	for _, o := range objects {
		t := n.of
		t.Pred, t.Obj = p, o
		n.ts = append(n.ts, t)
	}
}

func (n *node) blank(p rdf.IRI, o rdf.Blank) {
	t := n.of
	t.Pred, t.Obj = p, o
	n.ts = append(n.ts, t)
}

func (n *node) literal(p rdf.IRI, o rdf.Literal) {
	t := n.of
	t.Pred, t.Obj = p, o
	n.ts = append(n.ts, t)
}

// plain adds a literal without a language, unless s is empty.
func (n *node) plain(p rdf.IRI, s string) {
	if s != "" {
		n.literal(p, rdf.NewLiteral(s))
	}
}

// text adds a literal for each language of t, cleaned by f.
func (n *node) text(p rdf.IRI, t catalog.Text, f func(string) string) {
	if len(t) == 0 {
		return
	}
	for _, l := range t.Languages() {
		if s := f(t[l]); s != "" {
			n.literal(p, rdf.NewLangLiteral(s, l))
		}
	}
}

// date adds a day or a moment; what is neither is left out.
func (n *node) date(p rdf.IRI, d catalog.Date) {
	switch {
	case d == "" || !d.Valid():
	case d.HasTime():
		n.literal(p, rdf.NewTypedLiteral(string(d), nsXsd+"dateTime"))
	default:
		n.literal(p, rdf.NewTypedLiteral(string(d), nsXsd+"date"))
	}
}

// link adds an address, repaired; one that is beyond repair is left out, for a
// single bad IRI breaks a whole page downstream (dcat-traps D7). It returns
// the IRI as it was written, or "".
func (n *node) link(p rdf.IRI, address string) string {
	s, ok := absoluteIRI(address)
	if !ok {
		return ""
	}
	n.iri(p, rdf.NewIRI(s))
	return s
}

// things adds addresses and types what they point to, where class is given.
func (b *builder) things(n *node, p rdf.IRI, addresses []string, class ...rdf.IRI) {
	for _, a := range addresses {
		if s := n.link(p, a); s != "" && len(class) > 0 {
			b.thing(s, nil, class...)
		}
	}
}

// thing describes an IRI by its class and labels, once.
func (b *builder) thing(iri string, labels map[string]string, class ...rdf.IRI) {
	if !b.claim(iri, aThing) {
		return
	}
	n := node{of: rdf.Triple{Subj: rdf.NewIRI(iri)}, ts: b.small[:0]}
	n.iri(rdfType, class...)
	for _, l := range [...]string{"it", "en"} {
		if s := labels[l]; s != "" {
			n.literal(pPrefLabel, rdf.NewLangLiteral(s, l))
		}
	}
	b.done(&n)
	b.small = n.ts
}

// concept adds a reference to an entry of a vocabulary, and describes it.
func (b *builder) concept(n *node, p rdf.IRI, iri string, labels map[string]string, class rdf.IRI) {
	n.iri(p, rdf.NewIRI(iri))
	b.thing(iri, labels, class)
}

// mint makes an IRI of ours.
func (b *builder) mint(path string) string { return b.site.Link(path) }

// onlyItalian is for labels in a page that has hundreds of them.
func onlyItalian(labels map[string]string) map[string]string {
	if it := labels["it"]; it != "" {
		return map[string]string{"it": it}
	}
	return labels
}

// keyOf is the part of a minted IRI that names something without an ID.
func keyOf(parts ...string) string {
	return strings.ReplaceAll(catalog.StableID(parts...), "-", "")[:16]
}
