// Package register knows the public bodies of IndicePA and the municipalities
// of ISTAT: registers that are not ours to ship and change every day. An
// operator imports the publisher's file into the data folder (Import), and the
// rules of package dcat look codes and names up in it (Registers). Where
// nothing was imported every look-up answers that it does not know, and all
// the rest works the same.
//
// The package knows no dataset and no RDF.
package register

import (
	"strings"
	"unicode"
)

// A Kind is one of the registers.
type Kind string

// The registers.
const (
	IPA   Kind = "ipa"   // the public bodies of IndicePA
	ISTAT Kind = "istat" // the municipalities of ISTAT
)

// A Body is an entry of IndicePA.
type Body struct {
	Code     string // IPA code, lower case
	Name     string
	Province string // sigla, "" = not told
	Region   string
}

// A Municipality is an entry of ISTAT's list of municipalities.
type Municipality struct {
	Code     string // six digits, with their zeros
	Cadastre string // Belfiore code
	Name     string
	Other    string // name in the other language of the place
	Province string // sigla
	Region   string
	IPA      string // IPA code, where the file tells
	IRI      string // in OntoPiA, where the file tells
}

// istatBase is the base of the IRIs of municipalities in OntoPiA.
const istatBase = "https://w3id.org/italia/controlled-vocabulary/territorial-classifications/cities/"

// URI returns the IRI of m.
func (m Municipality) URI() string {
	if m.IRI != "" {
		return m.IRI
	}
	return istatBase + m.Code
}

// Registers are the registers that an instance has. A nil *Registers has none.
type Registers struct {
	bodies   map[string]Body
	named    map[string][]string // bodies by folded name
	places   map[string]Municipality
	called   map[string][]string // municipalities by folded name
	ofIPA    map[string]string   // municipality by IPA code
	byIRI    map[string]string   // municipality by IRI
	hasIPA   bool
	hasISTAT bool
}

// Has reports whether a register was imported.
func (r *Registers) Has(k Kind) bool {
	return r != nil && (k == IPA && r.hasIPA || k == ISTAT && r.hasISTAT)
}

// Body returns the body with the given IPA code, in any case of letters.
func (r *Registers) Body(code string) (Body, bool) {
	if r == nil {
		return Body{}, false
	}
	b, ok := r.bodies[strings.ToLower(strings.TrimSpace(code))]
	return b, ok
}

// BodyNamed returns the one body with the given name; accents, case and signs
// do not matter. A name that several bodies have is nobody's.
func (r *Registers) BodyNamed(name string) (Body, bool) {
	if r == nil {
		return Body{}, false
	}
	codes := r.named[Fold(name)]
	if len(codes) != 1 {
		return Body{}, false
	}
	return r.bodies[codes[0]], true
}

// Municipality returns the municipality with the given ISTAT code or IRI.
func (r *Registers) Municipality(ref string) (Municipality, bool) {
	if r == nil {
		return Municipality{}, false
	}
	if code, ok := r.byIRI[ref]; ok {
		ref = code
	} else if rest, ok := strings.CutPrefix(ref, istatBase); ok {
		ref, _, _ = strings.Cut(rest, "-")
	}
	m, ok := r.places[ref]
	return m, ok
}

// MunicipalityNamed returns the one municipality with the given name, with or
// without "Comune di" before it.
func (r *Registers) MunicipalityNamed(name string) (Municipality, bool) {
	if r == nil {
		return Municipality{}, false
	}
	codes := r.called[bare(Fold(name))]
	if len(codes) != 1 {
		return Municipality{}, false
	}
	return r.places[codes[0]], true
}

// MunicipalityOf returns the municipality that the body with the given IPA
// code governs.
func (r *Registers) MunicipalityOf(code string) (Municipality, bool) {
	if r == nil {
		return Municipality{}, false
	}
	istat, ok := r.ofIPA[strings.ToLower(code)]
	if !ok {
		return Municipality{}, false
	}
	return r.places[istat], true
}

func newRegisters() *Registers {
	return &Registers{
		bodies: map[string]Body{}, named: map[string][]string{}, places: map[string]Municipality{},
		called: map[string][]string{}, ofIPA: map[string]string{}, byIRI: map[string]string{},
	}
}

func (r *Registers) addBody(b Body) {
	r.hasIPA = true
	r.bodies[b.Code] = b
	name := Fold(b.Name)
	r.named[name] = append(r.named[name], b.Code)
}

func (r *Registers) addMunicipality(m Municipality) {
	r.hasISTAT = true
	r.places[m.Code] = m
	r.byIRI[m.URI()] = m.Code
	for _, n := range []string{m.Name, m.Other} {
		if name := Fold(n); name != "" {
			r.called[name] = append(r.called[name], m.Code)
		}
	}
	if m.IPA != "" {
		r.ofIPA[m.IPA] = m.Code
	}
}

// link ties municipalities to the bodies that govern them where the file did
// not: by name and province, never by making a code up, which is wrong for one
// municipality in forty (dcat-traps C2).
func (r *Registers) link() {
	for _, m := range r.places {
		if m.IPA != "" {
			continue
		}
		for _, code := range r.named["comune di "+Fold(m.Name)] {
			if b := r.bodies[code]; b.Province == m.Province || b.Province == "" {
				r.ofIPA[code] = m.Code
			}
		}
	}
}

// bare returns a folded name without what says that it is a municipality.
func bare(folded string) string {
	for _, prefix := range []string{"comune di ", "citta di ", "citta metropolitana di ", "comune "} {
		if rest, ok := strings.CutPrefix(folded, prefix); ok {
			return rest
		}
	}
	return folded
}

// Fold returns a name in small letters without accents and signs, with one
// blank between words: "Comune di Aglie'" and "COMUNE DI AGLIÈ" are the same.
func Fold(name string) string {
	var b strings.Builder
	blank := false
	for _, c := range strings.ToLower(name) {
		if f, ok := plain[c]; ok {
			c = f
		}
		if !unicode.IsLetter(c) && !unicode.IsDigit(c) {
			blank = blank || c != '\'' && c != '’' && c != '`' || b.Len() > 0
			continue
		}
		if blank && b.Len() > 0 {
			b.WriteByte(' ')
		}
		blank = false
		b.WriteRune(c)
	}
	return b.String()
}

var plain = map[rune]rune{
	'à': 'a', 'á': 'a', 'â': 'a', 'ä': 'a', 'è': 'e', 'é': 'e', 'ê': 'e', 'ë': 'e', 'ì': 'i', 'í': 'i', 'î': 'i', 'ï': 'i',
	'ò': 'o', 'ó': 'o', 'ô': 'o', 'ö': 'o', 'ù': 'u', 'ú': 'u', 'û': 'u', 'ü': 'u', 'ç': 'c', 'ñ': 'n', 'š': 's', 'ž': 'z', 'č': 'c',
}
