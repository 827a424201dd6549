package dcat

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"portico/catalog"
	"portico/internal/rdf"
)

// A Thing is a node of JSON-LD in the words of schema.org: the values of its
// properties are strings, numbers, booleans, Things, and slices of strings or
// Things. encoding/json writes it with its keys sorted.
type Thing map[string]any

// set puts what is not empty.
func (t Thing) set(key, value string) {
	if value != "" {
		t[key] = value
	}
}

// list puts a slice that is not empty, and a slice of one as the one.
func (t Thing) list(key string, values []string) {
	switch len(values) {
	case 0:
	case 1:
		t[key] = values[0]
	default:
		t[key] = values
	}
}

// things puts Things that there are.
func (t Thing) things(key string, values []Thing) {
	if len(values) > 0 {
		t[key] = values
	}
}

// write writes t as a JSON document.
func (t Thing) write(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(t); err != nil {
		return fmt.Errorf("write JSON-LD: %w", err)
	}
	return nil
}

// thing returns d in the words of p, which is no RDF profile.
func (as Profile) thing(d *catalog.Dataset, site catalog.Site) Thing {
	if as == Croissant {
		return CroissantDataset(d, site, "")
	}
	return SchemaOrgDataset(d, site, "")
}

// writeThings writes a page of the catalogue as a DataCatalog.
func (as Profile) writeThings(w io.Writer, f rdf.Format, site catalog.Site, p Page, ds []*catalog.Dataset) error {
	home := site.Link("/")
	c := Thing{"@type": "DataCatalog", "@id": home, "url": home, "name": site.Title}
	c.set("description", site.Summary(site.Locale))
	c.set("inLanguage", site.Locale)
	if b := bodyThing(&site.Publisher, site.Locale); b != nil {
		c["publisher"] = b
	}
	if !p.Modified.IsZero() {
		c["dateModified"] = p.Modified.UTC().Format("2006-01-02T15:04:05Z")
	}
	all := make([]Thing, 0, len(ds))
	for _, d := range ds {
		t := as.thing(d, site)
		delete(t, "@context") // the page has it
		all = append(all, t)
	}
	c.things("dataset", all)
	if f == rdf.JSONLD {
		c["@context"] = as.context()
		return c.write(w)
	}
	return as.writeFlat(w, f, c)
}

// writeFlat writes t as triples.
func (as Profile) writeFlat(w io.Writer, f rdf.Format, t Thing) error {
	out, err := rdf.NewWriter(w, f, as.prefixes())
	if err != nil {
		return err
	}
	if err := out.Write(thingTriples(t)); err != nil {
		return err
	}
	return out.Close()
}

// context is the JSON-LD context of p, which is no RDF profile.
func (as Profile) context() any {
	if as == Croissant {
		return croissantContext()
	}
	return schemaContext
}

// A flattener turns Things into triples.
type flattener struct {
	ts     []rdf.Triple
	blanks int
}

// thingTriples returns what a Thing says as triples, those of one subject
// together.
func thingTriples(t Thing) []rdf.Triple {
	var f flattener
	_, ts := f.node(t)
	return append(ts, f.ts...)
}

// addresses are the properties whose values are IRIs.
var addresses = []string{"url", "contentUrl", "license", "sameAs", "conformsTo", "mainEntityOfPage"}

// node returns the name of t and its triples; those of what it holds are kept.
func (f *flattener) node(t Thing) (rdf.Term, []rdf.Triple) {
	n := &node{}
	var name rdf.Term
	if id, ok := t["@id"].(string); ok {
		if iri, ok := absoluteIRI(id); ok {
			subject := rdf.NewIRI(iri)
			n.of.Subj, name = subject, subject
		}
	}
	if name == nil {
		f.blanks++
		blank := rdf.NewBlank("t" + strconv.Itoa(f.blanks))
		n.of.Subj, name = blank, blank
	}
	for _, key := range slices.Sorted(maps.Keys(t)) {
		if key == "@id" || key == "@context" {
			continue
		}
		f.values(n, key, t[key])
	}
	return name, n.ts
}

func (f *flattener) values(n *node, key string, v any) {
	switch v := v.(type) {
	case []string:
		for _, s := range v {
			f.text(n, key, s)
		}
	case string:
		f.text(n, key, v)
	case []Thing:
		for _, t := range v {
			f.link(n, key, t)
		}
	case Thing:
		f.link(n, key, v)
	case bool:
		n.literal(thingWord(key), rdf.NewTypedLiteral(strconv.FormatBool(v), nsXsd+"boolean"))
	case int64:
		n.literal(thingWord(key), rdf.NewTypedLiteral(strconv.FormatInt(v, 10), nsXsd+"integer"))
	}
}

func (f *flattener) text(n *node, key, s string) {
	switch {
	case key == "@type":
		n.iri(rdfType, thingWord(s))
	case key == "dataType":
		n.iri(thingWord(key), thingWord(s))
	case slices.Contains(addresses, key) && strings.Contains(s, ":"):
		n.link(thingWord(key), s)
	default:
		n.plain(thingWord(key), s)
	}
}

func (f *flattener) link(n *node, key string, t Thing) {
	name, ts := f.node(t)
	switch o := name.(type) {
	case rdf.IRI:
		n.iri(thingWord(key), o)
	case rdf.Blank:
		n.blank(thingWord(key), o)
	}
	f.ts = append(ts, f.ts...)
}

// thingWord returns the IRI of a class or property: of Croissant, of Dublin
// Core, else of schema.org.
func thingWord(name string) rdf.IRI {
	if local, ok := strings.CutPrefix(name, "cr:"); ok {
		return rdf.NewIRI(nsCroissant + local)
	}
	if local, ok := strings.CutPrefix(name, "sc:"); ok {
		return rdf.NewIRI(nsSchema + local)
	}
	if name == "conformsTo" {
		return pConformsTo
	}
	if slices.Contains(croissantWords, name) {
		return rdf.NewIRI(nsCroissant + name)
	}
	return rdf.NewIRI(nsSchema + name)
}
