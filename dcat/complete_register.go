package dcat

import (
	"slices"
	"strings"

	"portico/catalog"
	"portico/dcat/register"
	"portico/dcat/vocab"
)

// registered checks a body against IndicePA and completes its code or its name
// (dcat-traps C1 to C3). A code is looked up, never built.
func (c *completion) registered(field string, a *catalog.Agent) {
	r := c.def.Registers
	if a.IsZero() || !r.Has(register.IPA) {
		return
	}
	if a.Identifier == "" {
		if b, ok := r.BodyNamed(a.Name.String()); ok {
			a.Identifier = b.Code
			c.note(catalog.Problemf(field, b.Code, "ipa-code-found",
				"Manca il codice IPA: è stato trovato in IndicePA con il nome.", "There is no IPA code: it was found in IndicePA by the name."))
		}
		return
	}
	if isVAT(a.Identifier) {
		return
	}
	b, known := r.Body(a.Identifier)
	switch {
	case known && len(a.Name) == 0:
		a.Name = catalog.It(b.Name)
		c.note(catalog.Problemf(field, b.Code, "ipa-name-found",
			"Manca il nome dell'ente: è stato preso da IndicePA.", "The body has no name: it was taken from IndicePA."))
	case known && register.Fold(a.Name.String()) != register.Fold(b.Name):
		c.note(catalog.Problemf(field, a.Name.String(), "ipa-name-differs",
			"In IndicePA il codice "+b.Code+" è di «"+b.Name+"».", "In IndicePA the code "+b.Code+" is that of “"+b.Name+"”.").
			WithMend("Scrivere il nome come in IndicePA, oppure correggere il codice.", "Write the name as IndicePA does, or mend the code."))
	case known:
	default:
		c.unregistered(field, a)
	}
}

// unregistered deals with a code that is not in IndicePA.
func (c *completion) unregistered(field string, a *catalog.Agent) {
	was := a.Identifier
	if b, ok := c.def.Registers.BodyNamed(a.Name.String()); ok {
		a.Identifier = b.Code
		c.note(catalog.Problemf(field, was, "ipa-code-corrected",
			"Il codice non è in IndicePA: è stato preso quello dell'ente con lo stesso nome, "+b.Code+".", "The code is not in IndicePA: that of the body of the same name was taken, "+b.Code+"."))
		return
	}
	c.note(catalog.Problemf(field, was, "ipa-code-unknown",
		"Il codice non è in IndicePA.", "The code is not in IndicePA.").
		WithMend("Cercare il codice in IndicePA (indicepa.gov.it).", "Look the code up in IndicePA (indicepa.gov.it)."))
}

// isVAT reports whether an identifier is a VAT or tax number, which private
// bodies have in place of an IPA code.
func isVAT(id string) bool {
	return len(id) == 11 && strings.Trim(id, "0123456789") == ""
}

// places gives municipalities that are only named their IRI, names those that
// are only an ISTAT code, and puts the territory of a municipality where its
// dataset says nothing.
func (c *completion) places() {
	r := c.def.Registers
	if !r.Has(register.ISTAT) {
		return
	}
	d := c.d
	if len(d.Spatial) == 0 {
		if m, ok := r.MunicipalityOf(d.Holder.Identifier); ok {
			d.Spatial = []catalog.Place{placeOfMunicipality(m)}
			c.note(catalog.Problemf("dct:spatial", m.Name, "place-from-holder",
				"Manca la copertura geografica: è stato preso il territorio del comune titolare.", "There is no spatial coverage: the territory of the municipality that holds the data was taken.").
				WithMend("Indicare il luogo, se i dati ne riguardano un altro.", "Give the place, where the data are about another."))
		}
		return
	}
	for i := range d.Spatial {
		p := d.Spatial[i]
		if p.URI != "" {
			if m, ok := r.Municipality(p.URI); ok && len(p.Name) == 0 {
				c.setPlace(i, catalog.Place{URI: p.URI, Name: catalog.It(titled(m.Name)), Geometry: p.Geometry})
			}
			continue
		}
		if m, ok := r.MunicipalityNamed(p.Name.String()); ok {
			found := placeOfMunicipality(m)
			found.Geometry = p.Geometry
			if _, inTable := vocab.Place(found.URI); !inTable {
				found.Name = p.Name
			}
			c.setPlace(i, found)
			c.note(catalog.Problemf("dct:spatial", p.Name.String(), "place-found",
				"Il luogo era solo un nome: è stato trovato fra i comuni di ISTAT.", "The place was but a name: it was found among ISTAT's municipalities."))
		}
	}
}

// setPlace changes a place of d without changing what d may share.
func (c *completion) setPlace(i int, p catalog.Place) {
	c.d.Spatial = slices.Clone(c.d.Spatial)
	c.d.Spatial[i] = p
}

// placeOfMunicipality returns a municipality as datasets name it: by the EU
// table where it is in it, else by its ISTAT code and name.
func placeOfMunicipality(m register.Municipality) catalog.Place {
	if v, ok := vocab.Place(titled(m.Name)); ok && register.Fold(v.Label["en"]) == register.Fold(m.Name) {
		return catalog.Place{URI: v.IRI}
	}
	return catalog.Place{URI: m.URI(), Name: catalog.It(titled(m.Name))}
}

// titled writes a name that is all in capitals as people do.
func titled(name string) string {
	if name != strings.ToUpper(name) {
		return name
	}
	small := []string{"di", "del", "della", "delle", "dei", "degli", "in", "e", "al", "alla", "sul", "sulla", "con", "per", "a", "da", "nel", "nella"}
	words := strings.Fields(strings.ToLower(name))
	for i, w := range words {
		if i > 0 && slices.Contains(small, w) {
			continue
		}
		words[i] = capital(w)
	}
	return strings.Join(words, " ")
}

// capital writes the first letter of a word large, and that after an
// apostrophe or a hyphen.
func capital(word string) string {
	up := true
	return strings.Map(func(r rune) rune {
		was := up
		up = r == '\'' || r == '-' || r == '’'
		if was {
			return []rune(strings.ToUpper(string(r)))[0]
		}
		return r
	}, word)
}
