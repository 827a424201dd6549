package vocab

import (
	"slices"
	"strings"
	"sync"
)

var frequencies = sync.OnceValue(func() *list[Concept] {
	l := concepts(frequencyBase, frequencyRows)
	for _, w := range frequencyWords {
		l.also(w[0], w[1])
	}
	for _, w := range moreFrequencyWords {
		l.also(w[0], w[1])
	}
	return l
})

// moreFrequencyWords are wordings seen in catalogues beyond frequencyWords.
var moreFrequencyWords = [][2]string{
	{"yearly", "ANNUAL"},
	{"annualmente", "ANNUAL"},
	{"mensilmente", "MONTHLY"},
	{"settimanalmente", "WEEKLY"},
	{"giornalmente", "DAILY"},
	{"real time", "UPDATE_CONT"},
	{"realtime", "UPDATE_CONT"},
	{"hourly", "HOURLY"},
	{"irregolari", "IRREG"},
	{"n/a", "UNKNOWN"},
	{"non noto", "UNKNOWN"},
	{"non conosciuto", "UNKNOWN"},
	{"P0.5M", "MONTHLY_2"},
	{"P0.5W", "WEEKLY_2"},
	{"P0.33M", "MONTHLY_3"},
	{"P0.33W", "WEEKLY_3"},
	{"P3.5D", "WEEKLY_2"},
	{"P4Y", "QUADRENNIAL"},
	{"PT1S", "CONT"},
	{"P12M", "ANNUAL"},
	{"mai aggiornato", "NEVER"},
	{"variabile", "IRREG"},
}

// Frequency returns the update frequency that s names by code, IRI, label, ISO
// 19115 code or ISO 8601 duration ("P1Y", "R/P1Y").
func Frequency(s string) (Concept, bool) {
	if c, ok := frequencies().find(s); ok {
		return c, true
	}
	if _, d, ok := strings.Cut(s, "R/"); ok {
		return frequencies().find(d)
	}
	if strings.Contains(s, "/frequency/") || strings.Contains(s, "MD_MaintenanceFrequencyCode") {
		return frequencies().find(lastSegment(s))
	}
	return Concept{}, false
}

// Frequencies returns all update frequencies, by code.
func Frequencies() []Concept { return slices.Clone(frequencies().entries) }
