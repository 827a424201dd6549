package dcat

import (
	"cmp"
	"slices"
	"strings"

	"portico/catalog"
	"portico/dcat/vocab"
	"portico/internal/rdf"
)

func (r *reader) identity(s rdf.Term, d *catalog.Dataset) {
	d.Identifier = cleanLine(r.value(s, nsDct+"identifier", nsDcat+"identifier", nsSchema+"identifier"))
	if old := cleanLine(r.value(s, nsDC+"identifier")); old != "" && (d.Identifier == "" || cleanIdentifier(old) == d.Identifier) {
		d.Identifier = old // dct:identifier is what our writer made of it
	}
	d.Title = r.text(s, nsDct+"title", cleanLine)
	d.Description = r.text(s, nsDct+"description", cleanText)
	if len(d.Description) == 0 {
		d.Description = r.text(s, nsDct+"abstract", cleanText)
	}
	d.Modified = r.date(s, nsDct+"modified", nsDct+"updated", nsSchema+"dateModified")
	d.Issued = r.date(s, nsDct+"issued", nsSchema+"datePublished")
	d.Frequency = r.code(s, "frequency", func(v string) (string, bool) { c, ok := vocab.Frequency(v); return c.Code, ok },
		nsDct+"accrualPeriodicity", nsDct+"frequency")
	d.Languages = r.languages(s)
	d.Keywords = r.keywords(s)
	if slices.ContainsFunc(r.g.Objects(s, nsRdf+"type"), func(o rdf.Term) bool { return rdf.Value(o) == nsDcat+"DatasetSeries" }) {
		d.Kind = KindSeries
	}
	d.Version = cleanLine(r.value(s, nsOwl+"versionInfo", nsDcat+"version", "http://purl.org/pav/version", nsSchema+"version", nsFoaf+"versionInfo"))
	d.VersionNotes = r.text(s, nsAdms+"versionNotes", cleanText)
	d.LandingPage = r.first(s, nsDcat+"landingPage")
	d.AccessRights = r.code(s, "access-rights", func(v string) (string, bool) { c, ok := vocab.AccessRight(v); return c.Code, ok }, nsDct+"accessRights")
	d.Type = strings.TrimPrefix(r.value(s, nsDct+"type"), datasetTypeBase)
}

// code reads a property from a vocabulary; lookup knows it. A value that is in
// no vocabulary is told and left out.
func (r *reader) code(s rdf.Term, rule string, lookup func(string) (string, bool), predicates ...string) string {
	for _, o := range r.objects(s, predicates...) {
		names := r.names(o)
		for _, v := range names {
			if c, ok := lookup(v); ok {
				return c
			}
		}
		if len(names) > 0 {
			r.problem(catalog.Problemf(short(predicates[0]), names[0], rule+"-unreadable",
				"Il valore non è nel vocabolario.", "The value is not in the vocabulary."))
		}
	}
	return ""
}

func (r *reader) languages(s rdf.Term) []string {
	var out []string
	for _, o := range r.objects(s, nsDct+"language") {
		known := false
		for _, v := range r.names(o) {
			if l, ok := vocab.Language(v); ok {
				addOnce(&out, l.Code)
				known = true
				break
			}
		}
		if !known {
			r.problem(catalog.Problemf("dct:language", rdf.Value(o), "language-unreadable",
				"La lingua non è nel vocabolario.", "The language is not in the vocabulary."))
		}
	}
	return out
}

// maxKeywords bounds the keywords of one dataset.
const maxKeywords = 1000

func (r *reader) keywords(s rdf.Term) []catalog.Keyword {
	var out []catalog.Keyword
	seen := map[string]bool{}
	for _, o := range r.objects(s, nsDcat+"keyword", nsSchema+"keywords") {
		name := r.label(o)
		if rdf.IsIRI(o) && name == "" {
			continue
		}
		lang := langOf(o)
		if lang == catalog.DefaultLanguage {
			lang = ""
		}
		for part := range strings.FieldsFuncSeq(name, func(c rune) bool { return c == ',' || c == ';' }) {
			k := cleanKeyword(part)
			if id := strings.ToLower(k) + "@" + lang; k != "" && !seen[id] && len(out) < maxKeywords {
				seen[id] = true
				out = append(out, catalog.Keyword{Name: k, Lang: lang})
			}
		}
	}
	return out
}

// themes reads the EU themes and puts each EuroVoc sub-theme under the first
// theme that has it.
func (r *reader) themes(s rdf.Term, d *catalog.Dataset) {
	var subjects []string
	for _, o := range r.objects(s, nsDcat+"theme", nsSchema+"about") {
		names := r.names(o)
		if i := slices.IndexFunc(names, isTheme); i >= 0 {
			t, _ := vocab.Theme(names[i])
			if !slices.ContainsFunc(d.Themes, func(x catalog.Theme) bool { return x.Code == t.Code }) {
				d.Themes = append(d.Themes, catalog.Theme{Code: t.Code})
			}
			continue
		}
		if iri, ok := subthemeOf(names); ok {
			addOnce(&subjects, iri)
			continue
		}
		if len(names) > 0 {
			r.problem(catalog.Problemf("dcat:theme", cmp.Or(r.label(o), names[0]), "theme-unreadable",
				"Il tema non è fra i 13 europei.", "The theme is not among the 13 European ones."))
		}
	}
	for _, o := range r.objects(s, nsDct+"subject") {
		if iri, ok := subthemeOf(r.names(o)); ok {
			addOnce(&subjects, iri)
		}
	}
	for _, iri := range subjects {
		r.subtheme(d, iri)
	}
}

func isTheme(s string) bool { _, ok := vocab.Theme(s); return ok }

// subthemeOf returns the EuroVoc IRI that names tell.
func subthemeOf(names []string) (string, bool) {
	for _, v := range names {
		if iri := strings.Replace(v, "https://eurovoc", "http://eurovoc", 1); eurovoc.MatchString(iri) {
			return iri, true
		}
		if t, ok := vocab.Subtheme(v); ok {
			return t.IRI, true
		}
	}
	return "", false
}

// subtheme puts a sub-theme under a theme of d; where d has no theme, under the
// one that the sub-theme belongs to.
func (r *reader) subtheme(d *catalog.Dataset, iri string) {
	sub, known := vocab.Subtheme(iri)
	at := 0
	if i := slices.IndexFunc(d.Themes, func(t catalog.Theme) bool { return slices.Contains(sub.Themes, t.Code) }); i >= 0 {
		at = i
	}
	if len(d.Themes) == 0 {
		if !known {
			return
		}
		d.Themes = append(d.Themes, catalog.Theme{Code: sub.Themes[0]})
		r.problem(catalog.Problemf("dcat:theme", sub.Themes[0], "theme-from-subtheme",
			"Manca il tema: è stato preso quello del sotto-tema.", "There is no theme: that of the sub-theme was taken."))
	}
	addOnce(&d.Themes[at].Subthemes, iri)
}

func (r *reader) relations(s rdf.Term, d *catalog.Dataset) {
	d.IsVersionOf = r.iris(s, nsDct+"isVersionOf", nsDcat+"isVersionOf")
	d.HasVersion = r.iris(s, nsDct+"hasVersion", nsDcat+"hasVersion")
	d.SourceIRIs = r.iris(s, nsDct+"source", nsProv+"wasDerivedFrom")
	d.InSeries = r.iris(s, nsDcat+"inSeries")
	d.Pages = r.iris(s, nsFoaf+"page")
	d.Samples = r.iris(s, nsAdms+"sample")
	d.ConformsTo = r.standards(s)
	for _, o := range r.objects(s, nsAdms+"identifier") {
		id := catalog.AlternateID{Value: cleanLine(rdf.Value(o))}
		if !rdf.IsLiteral(o) {
			id.Value = cleanLine(cmp.Or(r.value(o, nsSkos+"notation"), r.label(o)))
			id.Agent = r.agentOf(o, nsDct+"creator", nsDC+"creator", nsAdms+"schemaAgency")
		}
		if id.Value != "" {
			d.OtherIDs = append(d.OtherIDs, id)
		}
	}
}

func (r *reader) legal(s rdf.Term, d *catalog.Dataset) {
	d.License = r.license(s)
	d.Legislation = r.iris(s, nsDcatap+"applicableLegislation")
	d.HVD = r.hvd(s)
	for _, o := range r.objects(s, nsDct+"provenance") {
		if rdf.IsLiteral(o) {
			d.Provenance = catalog.It(cleanText(rdf.Value(o)))
		} else if d.Provenance = r.text(o, nsRdfs+"label", cleanText); len(d.Provenance) == 0 {
			d.Provenance = catalog.It(r.label(o))
		}
		if len(d.Provenance) > 0 {
			return
		}
	}
}

func (r *reader) hvd(s rdf.Term) []string {
	var out []string
	for _, o := range r.objects(s, nsDcatap+"hvdCategory") {
		for _, v := range r.names(o) {
			if c, ok := vocab.HVDCategory(v); ok {
				addOnce(&out, c.Code)
				break
			}
		}
	}
	return out
}

func (r *reader) standards(s rdf.Term) []catalog.Standard {
	var out []catalog.Standard
	for _, o := range r.objects(s, nsDct+"conformsTo") {
		if rdf.IsLiteral(o) {
			if u, ok := webIRI(rdf.Value(o)); ok {
				out = append(out, catalog.Standard{URI: u})
			} else {
				out = append(out, catalog.Standard{Title: catalog.It(cleanLine(rdf.Value(o)))})
			}
			continue
		}
		v := catalog.Standard{
			Identifier:  cleanLine(r.value(o, nsDct+"identifier")),
			Title:       r.text(o, nsDct+"title", cleanLine),
			Description: r.text(o, nsDct+"description", cleanText),
			References:  r.iris(o, nsDcatapit+"referenceDocumentation", nsDcatapit+"referenceDoc", nsFoaf+"page", nsRdfs+"seeAlso"),
		}
		if len(v.Title) == 0 {
			v.Title = catalog.It(r.label(o))
			if v.Title.String() == v.Identifier {
				v.Title = nil
			}
		}
		if rdf.IsIRI(o) {
			v.URI = rdf.Value(o)
		}
		if v.URI != "" || v.Identifier != "" || len(v.Title) > 0 {
			out = append(out, v)
		}
	}
	return out
}
