package vocab

import (
	"regexp"
	"slices"
	"strings"
	"sync"
)

// A Licence is a licence that is known here.
type Licence struct {
	URL      string // of its document: the canonical form that datasets keep
	AgID     string // IRI in the AgID table; "" = not in it
	AgIDCode string // such as "A21_CCBY40"
	CKAN     string // CKAN license_id; "" = CKAN has none
	Name     string // in Italian
	NameEN   string
	Version  string // such as "4.0"
	Type     string // IRI of the ADMS licence type
	TypeName string // in English, such as "Attribution"
	Open     bool   // as the Open Definition has it; false for NC and ND
	EU       string // IRI in the EU table; "" = not in it
}

type licenseRow struct {
	agid, ckan, name, nameEN, version, url, kind string
	open                                         bool
	eu                                           string
}

var licenses = sync.OnceValue(func() *list[Licence] {
	l := newList[Licence](len(licenseRows))
	for _, r := range licenseRows {
		v := Licence{
			URL: r.url, AgIDCode: r.agid, CKAN: r.ckan, Name: r.name, NameEN: r.nameEN, Version: r.version,
			Type: licenseTypes + r.kind, TypeName: r.kind, Open: r.open,
		}
		keys := []string{licenseKey(r.url), r.ckan, r.name, r.nameEN}
		if r.agid != "" {
			v.AgID = agidBase + r.agid
			keys = append(keys, r.agid, v.AgID)
		}
		if r.eu != "" {
			v.EU = euLicenseBase + r.eu
			keys = append(keys, r.eu, v.EU)
		}
		if m := shortName.FindStringSubmatch(r.name); m != nil {
			keys = append(keys, m[1])
		}
		l.add(v, keys...)
	}
	for _, w := range licenseURLs {
		l.also(licenseKey(w[0]), w[1])
	}
	for _, w := range licenseWords {
		l.also(licenseKey(w[0]), w[1])
	}
	return l
})

// shortName is the short name at the end of a licence's name.
var shortName = regexp.MustCompile(`\(([A-Z][^()]+)\)$`)

// licenseWords are names and addresses of licences seen in catalogues. A short
// name without a version means the version that CKAN means by it.
var licenseWords = [][2]string{
	{"cc0", "A11_CCO10"},
	{"cc zero", "A11_CCO10"},
	{"cc0 1.0", "A11_CCO10"},
	{"creative commons zero", "A11_CCO10"},
	{"cc0 1.0 universal", "A11_CCO10"},
	{"creative commons cc0 1.0 universal", "A11_CCO10"},
	{"creativecommons zero", "A11_CCO10"},
	{"https://creativecommons.org/share-your-work/public-domain/cc0/", "A11_CCO10"},
	{"https://creativecommons.org/publicdomain/zero/1.0/it/", "A11_CCO10"},
	{"cc by", "A21_CCBY40"},
	{"ccby", "A21_CCBY40"},
	{"cc by 4.0 it", "A21_CCBY40"},
	{"ccby 4.0", "A21_CCBY40"},
	{"cc by 4", "A21_CCBY40"},
	{"cc-by 4.0 international", "A21_CCBY40"},
	{"creative commons attribution 4.0", "A21_CCBY40"},
	{"creative commons attribuzione 4.0", "A21_CCBY40"},
	{"attribution 4.0 international", "A21_CCBY40"},
	{"creative commons attribution", "A21_CCBY40"},
	{"creative commons attribuzione", "A21_CCBY40"},
	{"attribuzione 4.0 internazionale", "A21_CCBY40"},
	{"creative commons by 4.0", "A21_CCBY40"},
	{"creative commons cc by 4.0", "A21_CCBY40"},
	{"cc by 4.0 attribution", "A21_CCBY40"},
	{"creative commons attribution 4.0 international", "A21_CCBY40"},
	{"creative commons attribuzione 4.0 internazionale", "A21_CCBY40"},
	{"https://creativecommons.org/licenses/by/4.0/it/", "A21_CCBY40"},
	{"https://creativecommons.org/licenses/by/", "A21_CCBY40"},
	{"https://www.opendefinition.org/licenses/cc-by", "A21_CCBY40"},
	{"cc by 3.0 italia", "A23_CCBY30IT"},
	{"creative commons attribution 3.0", "A22_CCBY30"},
	{"creative commons attribution 3.0 it", "A23_CCBY30IT"},
	{"cc by 2.5 italia", "A25_CCBY25IT"},
	{"cc by sa", "A31_CCBYSA40"},
	{"creative commons attribution share alike 4.0", "A31_CCBYSA40"},
	{"creative commons attribution share alike", "A31_CCBYSA40"},
	{"https://www.opendefinition.org/licenses/cc-by-sa", "A31_CCBYSA40"},
	{"https://www.opendefinition.org/licenses/cc-zero", "A11_CCO10"},
	{"https://www.opendefinition.org/licenses/odc-odbl", "A310_ODBL"},
	{"https://www.opendefinition.org/licenses/odc-by", "A210_ODCBY"},
	{"https://www.opendefinition.org/licenses/odc-pddl", "A12_PDDL"},
	{"iodl", "A29_IODL20"},
	{"iodl 2.0", "A29_IODL20"},
	{"iodl 2", "A29_IODL20"},
	{"iodl v2", "A29_IODL20"},
	{"iodl v2.0", "A29_IODL20"},
	{"iodl2", "A29_IODL20"},
	{"italian open data license v2.0", "A29_IODL20"},
	{"italian open data license 2.0", "A29_IODL20"},
	{"https://www.dati.gov.it/iodl/2.0", "A29_IODL20"},
	{"https://www.formez.it/iodl/2.0", "A29_IODL20"},
	{"iodl 1.0", "A39_IODL10"},
	{"iodl 1", "A39_IODL10"},
	{"iodl v1.0", "A39_IODL10"},
	{"italian open data license 1.0", "A39_IODL10"},
	{"italian open data license v1.0", "A39_IODL10"},
	{"https://www.dati.gov.it/iodl/1.0", "A39_IODL10"},
	{"odbl", "A310_ODBL"},
	{"odbl 1.0", "A310_ODBL"},
	{"open database license", "A310_ODBL"},
	{"https://opendatacommons.org/licenses/odbl/", "A310_ODBL"},
	{"https://opendatacommons.org/licenses/by/", "A210_ODCBY"},
	{"odc by 1.0", "A210_ODCBY"},
	{"odc by", "A210_ODCBY"},
	{"https://opendatacommons.org/licenses/pddl/", "A12_PDDL"},
	{"pddl", "A12_PDDL"},
	{"cc by nc", "B11_CCBYNC40"},
	{"cc by nc sa", "B19_CCBYNCSA40"},
	{"cc by nd", "B21_CCBYND40"},
	{"cc by nc nd", "CC_BYNCND_4_0"},
	{"cc by nc nd 4.0", "CC_BYNCND_4_0"},
	{"cc by nc nd 3.0", "CC_BYNCND_3_0"},
}

// License returns the licence that s names by the address of its document (in
// any of its spellings), AgID or EU IRI or code, CKAN id, or name. An unknown
// licence (C1_Unknown, "notspecified") is none.
func License(s string) (Licence, bool) {
	if v, ok := licenses().find(licenseKey(s)); ok {
		return v, true
	}
	low := strings.ToLower(s)
	switch {
	case strings.Contains(low, "/licences/"), strings.Contains(low, "/licenses/"), strings.Contains(low, "/licence/"), strings.Contains(low, "/license/"):
		if strings.Contains(low, "creativecommons.org") {
			return Licence{}, false
		}
		return licenses().find(lastSegment(s)) // somebody's copy of a list: …/def/licenses/cc-zero
	}
	return Licence{}, false
}

// deed is what follows the licence in the address of one of its pages.
var deed = regexp.MustCompile(`(?i)/(deed|legalcode)(\.[a-z_-]+)?/*$`)

// licenseKey takes from an address what does not tell licences apart.
func licenseKey(s string) string {
	s = strings.TrimSpace(s)
	if !strings.Contains(s, "://") {
		if low := strings.ToLower(s); strings.HasPrefix(low, "creativecommons.org/") || strings.HasPrefix(low, "www.") {
			s = "https://" + s
		} else {
			return s
		}
	}
	s, _, _ = strings.Cut(s, "#")
	s, _, _ = strings.Cut(s, "?")
	return deed.ReplaceAllString(s, "/")
}

// Licenses returns all licences: those of the AgID table first, in its order.
func Licenses() []Licence { return slices.Clone(licenses().entries) }
