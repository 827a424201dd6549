package dcat

import (
	"cmp"
	"strconv"
	"strings"

	"portico/catalog"
)

// explain returns what a broken rule means for people, and the way out.
func explain(r *boundRule, what string) (message, mend catalog.Text) {
	name := r.rule.path
	if name == "" {
		name = r.rule.class
	}
	if what == "kind" && r.kind == isLiteral {
		what = "kind-literal"
	}
	say := func(template, lang string) string {
		ex := example(r.rule.path, lang)
		return strings.NewReplacer("{p}", name, "{n}", meaning(name, lang), "{max}", strconv.Itoa(r.max), "{what}", wanted(r), "{ex}", ex, "{like}", cmp.Or(ex, wanted(r))).Replace(template)
	}
	t, ok := explanations[what]
	if !ok {
		t = explanations["min"]
	}
	return catalog.Text{"it": say(t[0], "it"), "en": say(t[1], "en")}, catalog.Text{"it": say(t[2], "it"), "en": say(t[3], "en")}
}

// explanations are, by what is broken, the message in Italian and in English
// and the way out in both. {p} is the property, {n} what it is, {what} what is
// wanted.
var explanations = map[string][4]string{
	"min":          {"Manca {n} ({p}).", "{n} ({p}) is missing.", "Aggiungere {p}{what}{ex}.", "Add {p}{what}{ex}."},
	"has":          {"Manca il valore richiesto di {p}.", "The value of {p} that is asked is missing.", "Aggiungere {p}{what}.", "Add {p}{what}."},
	"max":          {"{p} può esserci al massimo {max} volta.", "{p} may be there {max} time at most.", "Lasciarne uno solo.", "Keep one."},
	"unique":       {"{p} c'è due volte nella stessa lingua.", "{p} is there twice in one language.", "Lasciarne uno per lingua.", "Keep one for each language."},
	"kind":         {"{p} non è del genere richiesto: deve essere una risorsa con un indirizzo.", "{p} is not of the kind that is asked: it should be a resource with an address.", "In RDF/XML usare rdf:resource; in Turtle le parentesi < >{ex}.", "Use rdf:resource in RDF/XML, angle brackets in Turtle{ex}."},
	"kind-literal": {"{p} è un indirizzo, ma deve essere un testo.", "{p} is an address and should be text.", "Scrivere il testo.", "Write the text."},
	"class":        {"{p} porta a una risorsa che non ha il tipo richiesto{what}.", "{p} leads to a resource without the class that is asked{what}.", "Descrivere la risorsa nello stesso documento, con il suo tipo{what}.", "Describe the resource in the same document, with its class{what}."},
	"type":         {"{p} non ha il tipo di dato richiesto{what}.", "{p} has not the datatype that is asked{what}.", "Scrivere il valore con il suo tipo: una data come AAAA-MM-GG e xsd:date.", "Write the value with its datatype: a date as YYYY-MM-DD, xsd:date."},
	"like":         {"{p} non ha la forma richiesta.", "{p} has not the form that is asked.", "Usare un valore della forma richiesta{like}.", "Use a value of the form that is asked{like}."},
	"unlike":       {"{p} contiene caratteri che i lettori non vogliono.", "{p} has characters that readers do not want.", "Togliere HTML, virgole, apostrofi e barre.", "Take out HTML, commas, apostrophes and slashes."},
	"has-not":      {"{p} ha un valore che non dice nulla.", "{p} has a value that says nothing.", "Indicare il valore vero.", "Give the true value."},
	"scheme":       {"{p} non è nel vocabolario controllato.", "{p} is not in the controlled vocabulary.", "Usare un valore di{what}{ex}.", "Use a value of{what}{ex}."},
	"period":       {"Il periodo non ha dcatapit:startDate, oppure non è una data.", "The period has no dcatapit:startDate, or it is no date.", "Scrivere le date con dcatapit:startDate e dcatapit:endDate, accanto a dcat:startDate e dcat:endDate.", "Write the dates as dcatapit:startDate and dcatapit:endDate, beside dcat:startDate and dcat:endDate."},
}

// wanted says which values a rule takes, in words that need no translation.
func wanted(r *boundRule) string {
	switch {
	case r.rule.classes != "":
		return " (" + r.rule.classes + ")"
	case r.rule.anyOf != "":
		return " (" + r.rule.anyOf + ")"
	case r.rule.types != "":
		return " (" + r.rule.types + ")"
	case r.scheme != "":
		return " " + r.scheme
	case r.like != "" && examples[r.rule.path] == "":
		return " (" + r.like + ")"
	case r.rule.has != "":
		return " " + r.has
	}
	return ""
}

// example returns a value that a property may have, in words, or "".
func example(path, lang string) string {
	switch x := examples[path]; {
	case x == "":
		return ""
	case lang == "it":
		return ", per esempio " + x
	default:
		return ", such as " + x
	}
}

// examples are values of properties, as they stand in a document.
var examples = map[string]string{
	"adms:status":                  "http://purl.org/adms/status/Completed",
	"dcat:accessURL":               "https://dati.comune.esempio.it/civici.csv",
	"dcat:downloadURL":             "https://dati.comune.esempio.it/civici.csv",
	"dcat:keyword":                 "\"numeri civici\"@it",
	"dcat:mediaType":               "http://www.iana.org/assignments/media-types/text/csv",
	"dcat:theme":                   "http://publications.europa.eu/resource/authority/data-theme/ENVI",
	"dcatap:applicableLegislation": "http://data.europa.eu/eli/reg_impl/2023/138/oj",
	"dcatap:availability":          "http://publications.europa.eu/resource/authority/planned-availability/STABLE",
	"dcatap:hvdCategory":           "http://data.europa.eu/bna/c_ac64a52d",
	"dct:accessRights":             "http://publications.europa.eu/resource/authority/access-right/PUBLIC",
	"dct:accrualPeriodicity":       "http://publications.europa.eu/resource/authority/frequency/ANNUAL",
	"dct:format":                   "http://publications.europa.eu/resource/authority/file-type/CSV",
	"dct:language":                 "http://publications.europa.eu/resource/authority/language/ITA",
	"dct:modified":                 "\"2026-01-31\"^^xsd:date",
	"dct:subject":                  "http://eurovoc.europa.eu/100242",
	"vcard:hasEmail":               "mailto:opendata@comune.esempio.it",
}

// meaning says what a property or class is, in a language.
func meaning(name, lang string) string {
	m, ok := meanings[name]
	switch {
	case !ok:
		return map[string]string{"it": "la proprietà", "en": "The property"}[lang]
	case lang == "it":
		return m[0]
	}
	return m[1]
}

// meanings are the properties that people have to fill in, in Italian and in
// English.
var meanings = map[string][2]string{
	"adms:identifier":              {"un altro identificativo", "Another identifier"},
	"dcat:accessURL":               {"l'indirizzo di accesso", "The access address"},
	"dcat:byteSize":                {"la dimensione", "The size"},
	"dcat:contactPoint":            {"il punto di contatto", "The contact point"},
	"dcat:dataset":                 {"almeno un dataset", "A dataset"},
	"dcat:distribution":            {"la distribuzione", "The distribution"},
	"dcat:downloadURL":             {"l'indirizzo da cui scaricare", "The download address"},
	"dcat:endpointURL":             {"l'indirizzo del servizio", "The service's address"},
	"dcat:keyword":                 {"una parola chiave", "A keyword"},
	"dcat:landingPage":             {"la pagina del dataset", "The dataset's page"},
	"dcat:mediaType":               {"il tipo di file", "The media type"},
	"dcat:theme":                   {"il tema", "The theme"},
	"dcat:themeTaxonomy":           {"il vocabolario dei temi", "The vocabulary of themes"},
	"dcatap:applicableLegislation": {"la norma applicabile", "The applicable legislation"},
	"dcatap:availability":          {"la disponibilità prevista", "The planned availability"},
	"dcatap:hvdCategory":           {"la categoria di elevato valore", "The high-value category"},
	"dct:accessRights":             {"il diritto di accesso", "The access right"},
	"dct:accrualPeriodicity":       {"la frequenza di aggiornamento", "The update frequency"},
	"dct:conformsTo":               {"lo standard", "The standard"},
	"dct:creator":                  {"l'autore", "The creator"},
	"dct:description":              {"la descrizione", "The description"},
	"dct:format":                   {"il formato", "The format"},
	"dct:identifier":               {"l'identificativo", "The identifier"},
	"dct:issued":                   {"la data di pubblicazione", "The date of issue"},
	"dct:language":                 {"la lingua", "The language"},
	"dct:license":                  {"la licenza", "The licence"},
	"dct:modified":                 {"la data di modifica", "The date of modification"},
	"dct:publisher":                {"l'editore", "The publisher"},
	"dct:rightsHolder":             {"il titolare", "The rights holder"},
	"dct:spatial":                  {"la copertura geografica", "The spatial coverage"},
	"dct:subject":                  {"il sotto-tema", "The sub-theme"},
	"dct:temporal":                 {"l'estensione temporale", "The period"},
	"dct:title":                    {"il titolo", "The title"},
	"dct:type":                     {"il tipo", "The type"},
	"foaf:homepage":                {"la pagina iniziale", "The home page"},
	"foaf:name":                    {"il nome", "The name"},
	"foaf:page":                    {"la documentazione", "The documentation"},
	"skos:prefLabel":               {"il nome della voce", "The label of the entry"},
	"vcard:fn":                     {"il nome dell'ufficio", "The name of the office"},
	"vcard:hasEmail":               {"l'indirizzo di posta elettronica", "The e-mail address"},
}
