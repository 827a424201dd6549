package memory_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"portico/search"
)

var (
	bases     = strings.Fields(`elenco anagrafe popolazione bilancio comunale spesa strade civici scuole asili farmacie parcheggi piste fermate autobus trasporto rifiuti raccolta qualità aria acqua centraline temperatura verde alberi parchi biblioteche musei eventi turismo imprese commercio mercati edifici patrimonio appalti gare delibere elezioni incidenti sicurezza sanità nascite famiglie reddito istruzione lavoro agricoltura catasto territorio rischio fiumi energia impianti consumo illuminazione traffico sosta cultura sport palestre`)
	particles = strings.Fields(`di del della dei delle per con nel nella e il la i le da in su tra che sono`)
	syllables = strings.Fields(`ba be bi bo ca co cu da de di do fa fe fi ga go la le li lo ma me mi mo na ne ni no pa pe pi po ra re ri ro sa se si so ta te ti to va ve vi vo sca stra pre tra gli`)
	endings   = strings.Fields(`zione mento ale ista tore ato ivo ità abile are`)
)

// A generator makes documents like those of a national portal: common words
// are common, rare ones rare.
type generator struct {
	rand  *rand.Rand
	words []string
	tags  []string
	zipf  func(n int) int
}

func newGenerator() *generator {
	r := rand.New(rand.NewPCG(1, 2))
	g := &generator{rand: r}
	for len(g.words) < 30_000 {
		var w strings.Builder
		for range 1 + r.IntN(3) {
			w.WriteString(syllables[r.IntN(len(syllables))])
		}
		w.WriteString(endings[r.IntN(len(endings))])
		g.words = append(g.words, w.String())
	}
	for i := range 5000 {
		g.tags = append(g.tags, fmt.Sprintf("%s %d", bases[r.IntN(len(bases))], i))
	}
	g.zipf = func(n int) int {
		x := r.Float64()
		return int(x * x * x * float64(n))
	}
	return g
}

func (g *generator) text(n int) string {
	var b strings.Builder
	for range n {
		switch x := g.rand.IntN(10); {
		case x < 3:
			b.WriteString(particles[g.rand.IntN(len(particles))])
		case x < 4:
			b.WriteString("dell'" + bases[g.zipf(len(bases))])
		case x < 7:
			b.WriteString(bases[g.zipf(len(bases))])
		default:
			b.WriteString(g.words[g.zipf(len(g.words))])
		}
		b.WriteByte(' ')
	}
	return b.String()
}

var (
	formats  = strings.Fields("CSV JSON XML XLSX PDF SHP GeoJSON KML WMS WFS RDF ODS ZIP")
	themes   = strings.Fields("AGRI ECON EDUC ENER ENVI GOVE HEAL INTR JUST REGI SOCI TECH TRAN")
	licenses = strings.Fields("cc-by-4.0 cc-zero iodl-2.0 cc-by-sa-4.0 iodl-1.0")
)

func (g *generator) document(i int) search.Document {
	org := fmt.Sprintf("comune-%03d", g.zipf(400))
	title, description := g.text(5+g.rand.IntN(6)), g.text(20+g.rand.IntN(30))
	theme, format := themes[g.zipf(len(themes))], formats[g.zipf(len(formats))]
	tags := []string{g.tags[g.zipf(5000)], g.tags[g.zipf(5000)], g.tags[g.zipf(5000)]}
	visibility := "public"
	if i%50 == 0 {
		visibility = "private"
	}
	return search.Document{
		ID: fmt.Sprintf("%08x-%04x-4000-8000-%012x", g.rand.Uint32(), i&0xffff, i),
		Strings: map[search.Field][]string{
			search.Name: {fmt.Sprintf("dataset-%d", i)}, search.TitleSort: {title},
			search.Organization: {org}, search.OrgID: {"id-" + org}, search.Holder: {org}, search.HolderName: {"Comune " + org},
			search.Theme: {theme}, search.Group: {strings.ToLower(theme)}, search.Keyword: tags, search.Format: {format, formats[g.zipf(3)]},
			search.License: {licenses[g.zipf(5)]}, search.Frequency: {"ANNUAL"}, search.Kind: {"dataset"},
			search.Visibility: {visibility}, search.State: {"active"},
			"extra:identifier": {fmt.Sprintf("%s:%d", org, i)}, "extra:theme": {`["` + theme + `"]`},
		},
		Texts: map[search.Field][]string{
			search.Title: {title}, search.Description: {description},
			search.All: append([]string{title, description, "Comune " + org, format}, tags...),
		},
		Dates: map[search.Field]time.Time{
			search.Created: time.UnixMilli(1_500_000_000_000 + int64(i)*1000),
			search.Updated: time.UnixMilli(1_700_000_000_000 + int64(g.rand.IntN(1e9))*100),
		},
		Ints: map[search.Field]int64{search.Distributions: int64(1 + g.zipf(20))},
	}
}
