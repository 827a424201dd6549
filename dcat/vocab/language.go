package vocab

import (
	"slices"
	"strings"
	"sync"
)

// tags gives the BCP 47 tag of the languages that sources name by one.
var tags = [][2]string{
	{"it", "ITA"},
	{"en", "ENG"},
	{"de", "DEU"},
	{"fr", "FRA"},
	{"es", "SPA"},
	{"sl", "SLV"},
	{"pt", "POR"},
	{"nl", "NLD"},
	{"bg", "BUL"},
	{"hr", "HRV"},
	{"cs", "CES"},
	{"da", "DAN"},
	{"et", "EST"},
	{"fi", "FIN"},
	{"el", "ELL"},
	{"hu", "HUN"},
	{"ga", "GLE"},
	{"lv", "LAV"},
	{"lt", "LIT"},
	{"mt", "MLT"},
	{"pl", "POL"},
	{"ro", "RON"},
	{"sk", "SLK"},
	{"sv", "SWE"},
	{"ca", "CAT"},
	{"sc", "SRD"},
	{"co", "COS"},
	{"oc", "OCI"},
	{"fur", "FUR"},
	{"lld", "LLD"},
	{"la", "LAT"},
	{"eu", "EUS"},
	{"gl", "GLG"},
	{"cy", "CYM"},
	{"br", "BRE"},
	{"lb", "LTZ"},
	{"rm", "ROH"},
	{"is", "ISL"},
	{"no", "NOR"},
	{"nb", "NOB"},
	{"nn", "NNO"},
	{"sq", "SQI"},
	{"sr", "SRP"},
	{"bs", "BOS"},
	{"mk", "MKD"},
	{"tr", "TUR"},
	{"uk", "UKR"},
	{"ru", "RUS"},
	{"be", "BEL"},
	{"ar", "ARA"},
	{"zh", "ZHO"},
	{"ja", "JPN"},
	{"ko", "KOR"},
	{"hi", "HIN"},
	{"bn", "BEN"},
	{"fa", "FAS"},
	{"he", "HEB"},
	{"ur", "URD"},
	{"ka", "KAT"},
	{"hy", "HYE"},
	{"vi", "VIE"},
	{"th", "THA"},
	{"so", "SOM"},
	{"sw", "SWA"},
}

// bibliographic are the ISO 639-2/B codes that differ from the others.
var bibliographic = [][2]string{
	{"ger", "DEU"},
	{"fre", "FRA"},
	{"dut", "NLD"},
	{"gre", "ELL"},
	{"cze", "CES"},
	{"rum", "RON"},
	{"slo", "SLK"},
	{"ice", "ISL"},
	{"alb", "SQI"},
	{"arm", "HYE"},
	{"baq", "EUS"},
	{"wel", "CYM"},
	{"chi", "ZHO"},
	{"geo", "KAT"},
	{"mac", "MKD"},
	{"per", "FAS"},
	{"scr", "HRV"},
	{"scc", "SRP"},
}

var languages = sync.OnceValue(func() *list[Concept] {
	l := concepts(languageBase, languageRows)
	for _, t := range tags {
		l.also(t[0], t[1])
	}
	for _, t := range bibliographic {
		l.also(t[0], t[1])
	}
	return l
})

// Language returns the language that s names by EU code, IRI, label, ISO 639
// code or BCP 47 tag ("it-IT").
func Language(s string) (Concept, bool) {
	if c, ok := languages().find(s); ok {
		return c, true
	}
	if strings.Contains(s, "/") {
		return languages().find(lastSegment(s)) // id.loc.gov, lexvo.org
	}
	if base, _, ok := strings.Cut(strings.ReplaceAll(s, "_", "-"), "-"); ok && len(base) <= 3 {
		return languages().find(base)
	}
	return Concept{}, false
}

// Languages returns all languages, by code.
func Languages() []Concept { return slices.Clone(languages().entries) }

// LanguageTag returns the BCP 47 tag of the language with the given EU code,
// or "" when it has none here.
func LanguageTag(code string) string {
	for _, t := range tags {
		if t[1] == code {
			return t[0]
		}
	}
	return ""
}
