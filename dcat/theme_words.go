package dcat

import (
	"strings"
	"unicode"

	"portico/catalog"
)

// themeStems are beginnings of Italian words (accents folded) that tell a
// theme. Longer stems are surer.
var themeStems = []struct {
	theme string
	stems []string
}{
	{"AGRI", []string{"agricol", "agrar", "agritur", "allevament", "aliment", "azoto", "zootec", "pesca", "pesche", "forest", "selvicolt", "vitivin", "vigne", "oliv", "mensa", "mense", "ristorazione scol"}},
	{"ECON", []string{"impres", "commerc", "bilanci", "tribut", "imposta", "imposte", "tari ", "turism", "turistic", "albergh", "ricettiv", "artigian", "mercat", "spes", "entrate", "contribut", "occupazion", "lavor", "econom", "finanz", "pagament", "redditi", "irpef", "negozi", "esercizi"}},
	{"EDUC", []string{"scuol", "scolastic", "istruzion", "student", "universit", "insegnament", "bibliotec", "muse", "cultur", "teatr", "sport", "palestr", "asil", "nido", "nidi", "monument", "archeolog", "event", "spettacol", "libr", "formazion", "corsi"}},
	{"ENER", []string{"energ", "elettric", "fotovolta", "solar", "gas", "illuminazion", "consumi", "caldai", "impianti termic", "colonnine"}},
	{"ENVI", []string{"ambient", "aria", "inquin", "rifiut", "acqu", "alber", "verde", "parchi", "parco", "clima", "meteo", "pioggi", "rumor", "amianto", "suol", "frane", "idric", "fium", "polveri", "pm10", "pm2", "ozono", "riciclo", "differenziata", "natur", "biodivers", "fauna", "flora", "depurat"}},
	{"GOVE", []string{"deliber", "determin", "giunta", "consigl", "elezion", "elettoral", "sindac", "amministra", "trasparen", "appalt", "contratt", "bandi", "protocoll", "personal", "dipendent", "urp", "uffici", "concors", "incarich", "albo", "atti ", "referend", "segnalazion", "pnrr"}},
	{"HEAL", []string{"salut", "sanit", "ospedal", "farmac", "medic", "asl", "vaccin", "covid", "malatt", "ambulator", "disabil", "defibrill", "veterinar", "mortal", "pediatr"}},
	{"JUST", []string{"giustizi", "tribunal", "polizia", "sicurezz", "reat", "carcer", "sanzion", "multe", "videosorve", "telecamer", "protezione civ", "legalit", "incident"}},
	{"REGI", []string{"quartier", "circoscriz", "confini", "territor", "urbanis", "civic", "toponom", "strad", "cartograf", "catast", "edific", "piano regol", "prg", "frazion", "zonizz", "indirizz", "comuni ", "limiti amm", "immobil", "patrimoni"}},
	{"SOCI", []string{"popolazion", "resident", "demograf", "anagraf", "nascit", "nati", "nat ", "morti", "matrimon", "famigli", "stranier", "migran", "anzian", "giovan", "sociali", "assisten", "volontar", "associazion", "nomi", "cimiter", "poverta", "cittadin"}},
	{"TECH", []string{"scienz", "tecnolog", "ricerc", "innovaz", "digital", "wifi", "wi fi", "internet", "software", "open data", "brevett", "banda larga", "sensor"}},
	{"TRAN", []string{"trasport", "parchegg", "mobilit", "bus", "autobus", "tram", "treni", "ferrov", "stazion", "gtfs", "fermat", "ciclabil", "piste cic", "bike", "traffic", "veicol", "ztl", "sosta", "aeroport", "porti ", "taxi", "viabilit"}},
	{"INTR", []string{"gemellag", "cooperazione int", "internazional", "union europ"}},
}

// guessTheme returns the theme whose words are most in the title (which counts
// double) and the keywords of d, or "" when none is.
func guessTheme(d *catalog.Dataset) string {
	title := foldWords(d.Title.String())
	var keys strings.Builder
	for i, k := range d.Keywords {
		if i == 30 {
			break
		}
		keys.WriteString(foldWords(k.Name))
	}
	best, most := "", 0
	for _, t := range themeStems {
		score := 0
		for _, s := range t.stems {
			score += 2*strings.Count(title, " "+s) + strings.Count(keys.String(), " "+s)
		}
		if score > most {
			best, most = t.theme, score
		}
	}
	return best
}

var accents = strings.NewReplacer("à", "a", "è", "e", "é", "e", "ì", "i", "ò", "o", "ù", "u")

// foldWords returns the words of s in lower case, one blank before each and one
// after the last.
func foldWords(s string) string {
	words := strings.FieldsFunc(accents.Replace(strings.ToLower(s)), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	if len(words) == 0 {
		return ""
	}
	return " " + strings.Join(words, " ") + " "
}
