package dcat

import (
	"maps"
	"slices"
	"strings"

	"portico/catalog"
	"portico/internal/rdf"
)

// repairNames returns g with the known misspellings of predicates and classes
// put right, and what they were. A graph that has none is returned as it is.
func repairNames(g *rdf.Graph) (*rdf.Graph, []catalog.Problem) {
	fixed := map[string]string{} // by name, "" = nothing to repair
	wrong := false
	fix := func(name string) string {
		to, ok := fixed[name]
		if !ok {
			to = repairName(name)
			fixed[name] = to
			wrong = wrong || to != ""
		}
		return to
	}
	for _, t := range g.All() {
		if p := rdf.Value(t.Pred); fix(p) == "" && p == nsRdf+"type" {
			fix(rdf.Value(t.Obj))
		}
	}
	if !wrong {
		return g, nil
	}
	ts := make([]rdf.Triple, 0, len(g.All()))
	for _, t := range g.All() {
		p := rdf.Value(t.Pred)
		if to := fixed[p]; to != "" {
			t.Pred = rdf.NewIRI(to)
		}
		if to := fixed[rdf.Value(t.Obj)]; to != "" && p == nsRdf+"type" {
			t.Obj = rdf.NewIRI(to)
		}
		ts = append(ts, t)
	}
	return rdf.NewGraph(ts), repairs(fixed)
}

// repairs tells of each namespace that was misspelt, once.
func repairs(fixed map[string]string) []catalog.Problem {
	var out []catalog.Problem
	seen := map[string]bool{}
	for _, was := range slices.Sorted(maps.Keys(fixed)) {
		to := fixed[was]
		ns := to[:strings.LastIndexAny(to, "#/")+1]
		if to == "" || seen[ns] {
			continue
		}
		seen[ns] = true
		out = append(out, catalog.Problemf(ns, was, "namespace-repaired",
			"Un nome è scritto con un prefisso sbagliato; è stato letto come "+ns+".", "A name is written with a wrong prefix; it was read as "+ns+"."))
	}
	return out
}

// misspelt are beginnings of names as they should not be, and as they should.
// What follows a beginning without a final # or / is the local name.
var misspelt = [][2]string{
	{"https://dati.gov.it/onto/dcatapit", nsDcatapit},
	{"http://dati.gov.it/onto/dcatapit", nsDcatapit},
	{"https://www.dati.gov.it/onto/dcatapit", nsDcatapit},
	{"http://www.dati.gov.it/onto/dcatapit", nsDcatapit},
	{"https://www.w3.org/ns/dcat", nsDcat},
	{"https://www.w3.org/ns/locn", nsLocn},
	{"https://www.w3.org/ns/adms", nsAdms},
	{"https://www.w3.org/2006/vcard/ns", nsVcard},
	{"https://purl.org/dc/terms", nsDct},
	{"http://purl.org/dc/terms/#", nsDct},
	{"https://xmlns.com/foaf/0.1", nsFoaf},
	{"https://schema.org", nsSchema},
	{"http://www.schema.org", nsSchema},
	{"http://schema.org", nsSchema},
	{"https://data.europa.eu/r5r", nsDcatap},
	{"http://www.w3.org/2006/time", nsTime},
	{"https://www.w3.org/2006/time", nsTime},
	{"dcatapit:", nsDcatapit},
	{"dcat:", nsDcat},
	{"dct:", nsDct},
	{"foaf:", nsFoaf},
}

// words are names that official examples misspell.
var words = map[string]string{nsDcat + "landindPage": nsDcat + "landingPage", nsDcat + "accessUrl": nsDcat + "accessURL", nsDcat + "downloadUrl": nsDcat + "downloadURL"}

// repairName returns the right spelling of name, or "" when there is nothing to
// repair.
func repairName(name string) string {
	if to, ok := words[name]; ok {
		return to
	}
	for _, m := range misspelt {
		rest, ok := strings.CutPrefix(name, m[0])
		if !ok {
			continue
		}
		local := strings.TrimLeft(rest, `#/"`)
		for strings.HasPrefix(local, "%22") {
			local = strings.TrimLeft(local[3:], `#/"`)
		}
		if to := m[1] + local; to != name && local != "" {
			return to
		}
		return ""
	}
	return ""
}
