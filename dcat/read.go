package dcat

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"portico/catalog"
	"portico/internal/rdf"
)

// A Found is one dataset that a graph describes.
type Found struct {
	URI           string            // "" for a blank node
	Dataset       catalog.Dataset   // as read: values normalized, nothing completed
	Distributions int               // as the source links them, before any rule
	Problems      []catalog.Problem // values that were repaired or could not be read
	Digest        string            // of the triples reachable from the dataset; blank node names and order do not matter

	graph   *rdf.Graph // that it was found in, as subject
	subject rdf.Term
}

// CatalogInfo is what a graph says about the catalogue itself and its paging.
type CatalogInfo struct {
	URI         string
	Title       catalog.Text
	Description catalog.Text
	Publisher   catalog.Agent
	Homepage    string
	Languages   []string // EU codes
	Issued      catalog.Date
	Modified    catalog.Date
	License     string
	Parts       []string          // IRIs of the catalogues that it holds (dct:hasPart)
	Next        string            // address of the next page, as the source writes it; "" = none
	Total       int               // datasets in all pages; 0 = not told
	Problems    []catalog.Problem // what was repaired in the document as a whole
}

// Read returns the datasets that g describes, in document order, and what it
// says of the catalogue. A dataset is what has the type dcat:Dataset or
// dcatapit:Dataset, or is linked by dcat:dataset, and says something of itself.
// Nothing is completed and nothing that the source states is lost for being
// badly written: see Found.Problems. base is the address of the document; it
// tells names that were meant to be relative from addresses.
func Read(g *rdf.Graph, base string) ([]Found, CatalogInfo) {
	var info CatalogInfo
	g, info.Problems = repairNames(g)
	r := &reader{g: g, base: directory(base), prints: newPrints(g)}
	r.catalog(&info)
	var out []Found
	for _, s := range r.datasets() {
		out = append(out, r.found(s))
	}
	return out, info
}

// A reader reads one graph.
type reader struct {
	g        *rdf.Graph
	base     string // directory of the document, with its final slash; "" = none
	prints   *prints
	problems []catalog.Problem // of the dataset in hand
}

// maxProblems bounds what is told of one dataset.
const maxProblems = 50

func (r *reader) problem(p catalog.Problem) {
	if len(r.problems) >= maxProblems {
		return
	}
	for _, q := range r.problems {
		if q.Rule == p.Rule && q.Value == p.Value {
			return
		}
	}
	r.problems = append(r.problems, p)
}

// directory returns base up to its last slash.
func directory(base string) string {
	base, _, _ = strings.Cut(base, "?")
	base, _, _ = strings.Cut(base, "#")
	i := strings.LastIndexByte(base, '/')
	if i < len("http://") {
		return ""
	}
	return base[:i+1]
}

// relative returns what a name was before it was taken for an address relative
// to the document ("c_e630"), and whether it may have been one.
func (r *reader) relative(iri string) (string, bool) {
	if r.base == "" {
		return "", false
	}
	name, ok := strings.CutPrefix(iri, r.base)
	if !ok || name == "" || strings.ContainsAny(name, "/?#") {
		return "", false
	}
	return name, true
}

func (r *reader) datasets() []rdf.Term {
	listed := map[rdf.Term]bool{}
	for _, c := range r.catalogs() {
		for _, d := range r.g.Objects(c, nsDcat+"dataset") {
			listed[d] = true
		}
	}
	for _, class := range []string{nsDcat + "Dataset", nsDcatapit + "Dataset"} {
		for _, d := range r.g.Typed(class) {
			listed[d] = true
		}
	}
	var out []rdf.Term
	for _, s := range r.g.Subjects() {
		if listed[s] && r.describes(s) {
			out = append(out, s)
		}
	}
	return out
}

// describes reports whether a dataset says more of itself than its type.
func (r *reader) describes(s rdf.Term) bool {
	for _, t := range r.g.Triples(s) {
		switch rdf.Value(t.Pred) {
		case nsDct + "title", nsDct + "description", nsDct + "identifier", nsDcat + "identifier", nsDcat + "distribution":
			return true
		}
	}
	return false
}

func (r *reader) catalogs() []rdf.Term {
	cs := slices.Clone(r.g.Typed(nsDcat + "Catalog"))
	for _, c := range r.g.Typed(nsDcatapit + "Catalog") {
		if !slices.Contains(cs, c) {
			cs = append(cs, c)
		}
	}
	return cs
}

// catalog reads the first catalogue that has a title, and the paging.
func (r *reader) catalog(info *CatalogInfo) {
	for _, c := range r.catalogs() {
		if info.Title = r.text(c, nsDct+"title", cleanLine); len(info.Title) == 0 {
			continue
		}
		if rdf.IsIRI(c) {
			info.URI = rdf.Value(c)
		}
		info.Publisher = r.agentOf(c, nsDct+"publisher")
		info.Description = r.text(c, nsDct+"description", cleanText)
		info.Homepage = r.first(c, nsFoaf+"homepage")
		info.Languages = r.languages(c)
		info.Issued, info.Modified = r.date(c, nsDct+"issued"), r.date(c, nsDct+"modified")
		info.License = r.license(c)
		info.Parts = r.iris(c, nsDct+"hasPart", nsDcat+"catalog")
		break
	}
	info.Problems = append(info.Problems, r.problems...)
	for _, class := range []string{"PagedCollection", "PartialCollectionView", "Collection"} {
		for _, p := range r.g.Typed(nsHydra + class) {
			info.Next = cmp.Or(info.Next, r.value(p, nsHydra+"next"), r.value(p, nsHydra+"nextPage"))
			if n, err := strconv.Atoi(r.value(p, nsHydra+"totalItems")); err == nil && n > 0 && info.Total == 0 {
				info.Total = n
			}
		}
	}
}

func (r *reader) found(s rdf.Term) Found {
	r.problems = nil
	f := Found{}
	d := &f.Dataset
	d.State = catalog.Active
	if rdf.IsIRI(s) {
		f.URI = rdf.Value(s)
		d.URI = f.URI
	}
	r.identity(s, d)
	r.bodies(s, d)
	r.themes(s, d)
	r.coverage(s, d)
	r.relations(s, d)
	r.legal(s, d)
	f.Distributions = r.distributions(s, d)
	f.Problems = r.problems
	f.Digest = r.prints.of(s)
	f.graph, f.subject = r.g, s
	return f
}
