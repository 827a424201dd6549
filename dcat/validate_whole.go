package dcat

import (
	"maps"
	"slices"
	"strings"
	"unicode"

	"portico/catalog"
	"portico/dcat/vocab"
	"portico/internal/rdf"
)

// highValueNodes returns what the rules of HVD are about: the resources that
// carry the regulation, and the contact points that they lead to.
func highValueNodes(g *rdf.Graph) map[rdf.Term]bool {
	nodes := map[rdf.Term]bool{}
	for _, t := range g.All() {
		if rdf.Value(t.Pred) == nsDcatap+"applicableLegislation" && rdf.Value(t.Obj) == vocab.HVDRegulation && rdf.IsIRI(t.Obj) {
			nodes[t.Subj] = true
			for _, contact := range g.Objects(t.Subj, nsDcat+"contactPoint") {
				nodes[contact] = true
			}
		}
	}
	return nodes
}

// existing are the classes of which a document has to have a resource.
var existing = map[Ruleset][]string{
	RulesIT:  {"dcatapit:Catalog", "dcatapit:Dataset", "dcatapit:Distribution", "dcatapit:Agent"},
	RulesAP2: {"dcat:Catalog", "dcat:Dataset", "dcat:Distribution"},
	RulesAP3: {"dcat:Catalog", "dcat:Dataset", "dcat:Distribution"},
}

// whole checks what no rule about a class can: that there is something of each
// class, and that names are of the profile's own namespace.
func (c *validator) whole(set Ruleset, fragment bool) {
	for _, class := range existing[set] {
		if fragment && strings.HasSuffix(class, "Catalog") || len(c.g.Typed(longName(class))) > 0 {
			continue
		}
		c.found = append(c.found, Finding{
			Profile: set, Rule: string(set) + " " + class + " existence", Severity: Violation, Focus: longName(class),
			Message: catalog.Text{"it": "Nel documento non c'è nessuna risorsa di tipo " + class + ".", "en": "The document has no resource of type " + class + "."},
			Mend:    catalog.Text{"it": "Dare a ogni risorsa il tipo " + class + ", accanto a quello che ha già.", "en": "Give each resource the type " + class + ", beside the one that it has."},
		})
	}
	if set != RulesIT {
		return
	}
	c.namespaces()
	for _, s := range c.g.Typed(nsDcatapit + "Agent") {
		if c.isA(s, nsDcatapit+"Organization") {
			c.found = append(c.found, Finding{
				Profile: set, Rule: "it dcatapit:Agent contact", Severity: Violation, Focus: nameOf(s),
				Message: catalog.Text{"it": "La stessa risorsa è un ente e un punto di contatto.", "en": "One resource is both an agent and a contact point."},
				Mend:    catalog.Text{"it": "Usare due risorse con indirizzi diversi.", "en": "Use two resources with different addresses."},
			})
		}
	}
}

// namespaces finds the known misspellings of the Italian namespace, once each.
func (c *validator) namespaces() {
	odd := map[string]bool{}
	look := func(name string, class bool) {
		local, ours := strings.CutPrefix(name, nsDcatapit)
		switch {
		case !strings.Contains(name, "dcatapit"):
		case !ours:
			odd[name] = true
		case class && (local == "" || strings.ContainsFunc(local, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })):
			odd[name] = true
		}
	}
	for _, t := range c.g.All() {
		look(rdf.Value(t.Pred), false)
		if rdf.Value(t.Pred) == nsRdf+"type" {
			look(rdf.Value(t.Obj), true)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(odd)) {
		c.found = append(c.found, misspeltNamespace(name))
	}
}

// misspeltNamespace tells of a name, or of a whole namespace, that only looks
// like one of DCAT-AP_IT: to other readers nothing in it is of that profile.
func misspeltNamespace(name string) Finding {
	return Finding{
		Profile: RulesIT, Rule: "it namespace", Severity: Violation, Focus: clipped(name),
		Message: catalog.Text{"it": "Il nome non è nello spazio dei nomi " + nsDcatapit + ": per gli altri lettori non è DCAT-AP_IT.", "en": "The name is not in the namespace " + nsDcatapit + ": to other readers it is no DCAT-AP_IT."},
		Mend:    catalog.Text{"it": "Scrivere lo spazio dei nomi esattamente così, con http e senza www.", "en": "Write the namespace exactly so, with http and without www."},
	}
}

// longName writes out a name with a prefix; others are as they are.
func longName(name string) string {
	prefix, local, ok := strings.Cut(name, ":")
	if !ok || strings.HasPrefix(local, "//") {
		return name
	}
	if ns := tablePrefixes[prefix]; ns != "" {
		return ns + local
	}
	return name
}

func longNames(names string) []string {
	out := strings.Fields(names)
	for i := range out {
		out[i] = longName(out[i])
	}
	return out
}

// tablePrefixes are the prefixes of the table of rules.
var tablePrefixes = map[string]string{
	"adms": nsAdms, "dcat": nsDcat, "dcatap": nsDcatap, "dcatapit": nsDcatapit, "dct": nsDct, "eli": nsEli, "foaf": nsFoaf,
	"gsp": nsGsp, "locn": nsLocn, "odrl": "http://www.w3.org/ns/odrl/2/", "owl": nsOwl, "prov": nsProv, "rdf": nsRdf,
	"rdfs": nsRdfs, "skos": nsSkos, "spdx": nsSpdx, "vcard": nsVcard, "xsd": nsXsd,
}
