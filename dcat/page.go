package dcat

import (
	"io"
	"strconv"
	"strings"
	"time"

	"portico/catalog"
	"portico/dcat/vocab"
	"portico/internal/rdf"
)

// A Page says which page of the catalogue is written.
type Page struct {
	Number   int // from 1
	PerPage  int
	Total    int                   // datasets on all pages
	Pages    int                   // 0 = as many as Total fills; a walk may count others while data change
	Link     func(page int) string // the absolute public address of a page
	Modified time.Time             // of the latest change in the catalogue
}

// last returns the number of the last page.
func (p Page) last() int {
	if p.Pages > 0 {
		return p.Pages
	}
	if p.PerPage < 1 {
		return 1
	}
	return max(1, (p.Total+p.PerPage-1)/p.PerPage)
}

// WriteCatalog streams a page of the catalogue to w: the catalogue, the links
// to the other pages, then the datasets one after the other. What several
// datasets refer to is described once a page, so that every page can be read
// alone. Fragments are taken from the shelf and put there; a nil shelf keeps
// nothing, and takes ds for what is fed.
func (as Profile) WriteCatalog(w io.Writer, f rdf.Format, site catalog.Site, p Page, ds []*catalog.Dataset, shelf Shelf) error {
	x, err := newAssembler(w, f, as, site, shelf)
	if err != nil {
		return err
	}
	if as == SchemaOrg || as == Croissant {
		fed, err := x.fed(ds)
		if err != nil {
			return err
		}
		return as.writeThings(w, f, site, p, fed)
	}
	all := make([]placed, len(ds))
	for i, d := range ds { // all first, for one may refer to a later one
		if all[i], err = x.place(d); err != nil {
			return err
		}
	}
	if err := x.head(p, ds, all); err != nil {
		return err
	}
	for i, d := range ds {
		if err := x.add(d, all[i]); err != nil {
			return err
		}
	}
	return x.out.Close()
}

// head writes the catalogue and the links to its other pages.
func (x *assembler) head(p Page, ds []*catalog.Dataset, all []placed) error {
	c := x.b.catalog(p, ds)
	for i := range all {
		c.iri(pDataset, rdf.NewIRI(all[i].uri))
	}
	if err := x.write(append(c.ts, x.b.built()...)); err != nil {
		return err
	}
	if p.Total > 0 && p.Link != nil {
		return x.out.Write(paging(p))
	}
	return nil
}

// catalog describes the catalogue but for its datasets.
func (b *builder) catalog(p Page, ds []*catalog.Dataset) *node {
	origin := strings.TrimSuffix(b.site.Origin, "/")
	lang := b.site.Locale
	if lang == "" {
		lang = catalog.DefaultLanguage
	}
	n := about(rdf.NewIRI(origin), b.classes(cCatalog, cCatalogDcat)...)
	b.claim(origin, aThing)
	title := catalog.Text{lang: b.site.Title}
	n.text(pTitle, title, cleanLine)
	if about := b.site.Summary(lang); cleanText(about) != "" {
		n.text(pDescription, catalog.Text{lang: about}, cleanText)
	} else {
		n.text(pDescription, title, cleanText)
	}
	b.agent(n, pPublisher, pPublisher, &b.site.Publisher)
	modified := p.Modified
	for _, d := range ds {
		if modified.Before(d.Updated) {
			modified = d.Updated
		}
	}
	if !modified.IsZero() {
		n.date(pModified, catalog.Date(modified.UTC().Format(time.RFC3339)))
	}
	n.date(pIssued, b.site.Issued)
	b.languages(n, []string{lang})
	b.things(n, pHomepage, []string{origin + "/#"}, cDocument)
	n.iri(pThemeTaxonomy, rdf.NewIRI(vocab.ThemeScheme))
	if b.claim(vocab.ThemeScheme, aThing) {
		t := about(rdf.NewIRI(vocab.ThemeScheme), cConceptList)
		t.literal(pTitle, rdf.NewLangLiteral("Il Vocabolario Data Theme", "it"))
		b.done(t)
	}
	return n
}

// paging links the page to the others, in both spellings of Hydra and as plain
// literals: each harvester reads one (dcat-traps A3). The last page has no
// next, or harvesters run for ever (A2).
func paging(p Page) []rdf.Triple {
	n := about(rdf.NewIRI(p.Link(p.Number)), cPage)
	integer := func(name string, v int) {
		n.literal(rdf.NewIRI(nsHydra+name), rdf.NewTypedLiteral(strconv.Itoa(v), nsXsd+"integer"))
	}
	to := func(name string, page int) {
		for _, s := range []string{name, name + "Page"} {
			n.plain(rdf.NewIRI(nsHydra+s), p.Link(page))
		}
	}
	integer("totalItems", p.Total)
	integer("itemsPerPage", p.PerPage)
	to("first", 1)
	if p.Number > 1 {
		to("previous", min(p.Number-1, p.last()))
	}
	if p.Number < p.last() {
		to("next", p.Number+1)
	}
	to("last", p.last())
	return n.ts
}
