package vocab

import "strings"

// MostStars is the most that Openness gives.
const MostStars = 5

// Openness returns the stars of Tim Berners-Lee's scale of open data, of which
// AgID's guidelines ask for three, for data in the given formats under a
// licence: one for an open licence, two when a machine can read a format, three
// when that format is nobody's property, four when it is RDF, five when the RDF
// says by which vocabulary, as only linked data can. Without an open licence
// there is none.
func Openness(license string, formats []string, linked bool) int {
	l, ok := License(license)
	if !ok || !l.Open {
		return 0
	}
	stars := 1
	for _, name := range formats {
		f, ok := FileType(name)
		switch {
		case !ok:
		case rdfFormat(f.Code) && linked:
			return MostStars
		case rdfFormat(f.Code):
			stars = max(stars, 4)
		case f.MachineReadable && f.NonProprietary:
			stars = max(stars, 3)
		case f.MachineReadable:
			stars = max(stars, 2)
		}
	}
	return stars
}

// rdfFormat reports whether a code is that of a format of RDF, which names
// things by address.
func rdfFormat(code string) bool {
	return strings.HasPrefix(code, "RDF_") || code == "JSON_LD" || code == "SPARQLQ"
}
