package personal

import (
	"strings"
	"unicode"
)

// A wordset is what the header of a column can say of it.
type wordset uint32

// What headers say.
const (
	wordsName      wordset = 1 << iota // the name of a person
	wordsMaybeName                     // the name of a person, or of anything
	wordsThing                         // a body or a place: addresses beside it are of the office
	wordsRole                          // a person by their role
	wordsTrait                         // sex or age
	wordsBirth
	wordsResidence
	wordsPlate
	wordsDocument
	wordsSpecial
	wordsPhone
	wordsVAT // partita IVA
)

// dictionary holds the phrases of headers, in plain lower-case words; a word
// that ends in * stands for all that begin with it.
var dictionary = map[wordset][]string{
	wordsName: {
		"cognome", "cognomi", "nominativ*", "surname", "last name", "family name", "cogn", "cognomenome", "nomecognome",
		"nome completo", "full name", "intestatario", "assistito", "paziente", "detenuto",
	},
	wordsMaybeName: {"nome", "nomi", "first name", "given name", "name", "richiedente", "beneficiario", "titolare", "proprietario"},
	wordsThing: {
		"denominazion*", "ragione sociale", "ragionesociale", "associazion*", "ditta", "impresa", "imprese", "azienda", "aziende", "struttura", "esercizio",
		"insegna", "farmaci*", "scuola", "scuole", "istituto", "plesso", "ente", "enti", "comune", "ufficio", "uffici", "settore", "servizio", "servizi",
		"museo", "biblioteca", "hotel", "albergo", "agriturismo", "ristorante", "organizzazione", "societa", "sede", "attivita", "sportello",
		"partita iva", "p iva", "piva", "stazione", "luogo", "descrizione", "titolo", "categoria", "tipologia", "sito", "sito web", "url", "website",
	},
	wordsRole: {
		"id paziente", "codice paziente", "paziente", "id assistito", "codice assistito", "assistito", "id utente", "codice utente",
		"matricola", "detenuto", "id alunno", "codice alunno", "alunno", "studente", "minore", "id persona", "dipendente", "patient", "patient id",
	},
	wordsTrait:     {"sesso", "genere", "eta", "gender", "sex", "age"},
	wordsBirth:     {"nascita", "nato", "nata", "nati", "birth*", "date of birth", "dob", "nasc", "datanascita", "datadinascita", "dtnascita"},
	wordsResidence: {"residenz*", "residente", "domicilio", "abitazione", "home address"},
	wordsPlate:     {"targa", "targhe", "plate"},
	wordsDocument:  {"documento", "carta identita", "carta d identita", "ci", "passaporto", "patente", "permesso soggiorno", "permesso di soggiorno", "passport", "tessera sanitaria"},
	wordsSpecial: {
		"salute", "stato di salute", "patologi*", "diagnos*", "malatti*", "invalidita", "invalido", "invalida", "disabil*", "handicap", "l 104", "legge 104",
		"l104", "104 92", "104 1992", "etnia", "etnico", "etnica", "razza", "origine razziale", "sindacat*", "sindacale", "religion*", "religios*",
		"confessione", "orientamento sessuale", "condann*", "casellario", "precedenti penali", "reato", "reati", "isee", "opinioni politiche",
		"allergi*", "intolleranz*", "terapi*", "farmaco", "vaccin*", "hiv", "gravidanza", "tossicodipenden*", "dipendenze", "disagio",
		"health", "disease", "disability", "ethnicity", "race", "religion", "sexual orientation", "trade union",
	},
	wordsPhone: {"cell", "cellulare", "cellulari", "mobile", "telefono", "telefoni", "tel", "recapito", "recapiti", "phone", "contatto", "contatti", "smartphone"},
	wordsVAT:   {"partita iva", "p iva", "piva", "partitaiva", "vat", "pi"},
}

// specialValues are words of the special categories as they stand in notes
// beside the name of a person.
var specialValues = []string{
	"invalidità", "invalidita", "invalido civile", "invalida civile", "disabile", "disabilità", "disabilita'", "104/92", "104/1992", "legge 104", "l. 104", "l.104",
	"portatore di handicap", "tossicodipend", "alcoldipend", "hiv", "oncologic", "psichiatric", "diabet", "celiac", "condannato", "detenut",
}

// sayings returns what a header says.
func sayings(header string) (all wordset) {
	words := wordsOf(header)
	for set, phrases := range dictionary {
		for _, p := range phrases {
			if says(words, p) {
				all |= set
				break
			}
		}
	}
	return all
}

// says reports whether the words of a phrase stand one after another in words.
func says(words []string, phrase string) bool {
	parts := strings.Fields(phrase)
	for i := 0; i+len(parts) <= len(words); i++ {
		found := true
		for j, p := range parts {
			stem, open := strings.CutSuffix(p, "*")
			if w := words[i+j]; w != p && (!open || !strings.HasPrefix(w, stem)) {
				found = false
				break
			}
		}
		if found {
			return true
		}
	}
	return false
}

// wordsOf returns the words of a header in lower case and without accents;
// those that are written together, as in dataNascita, are parted.
func wordsOf(header string) []string {
	const most = 300
	if len(header) > most {
		header = header[:most]
	}
	var b strings.Builder
	lower := false
	for _, r := range header {
		if unicode.IsUpper(r) && lower {
			b.WriteByte(' ')
		}
		lower = unicode.IsLower(r)
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			b.WriteRune(plainLetter(unicode.ToLower(r)))
		default:
			b.WriteByte(' ')
		}
	}
	return strings.Fields(b.String())
}

func plainLetter(r rune) rune {
	switch r {
	case 'à', 'á', 'â', 'ä':
		return 'a'
	case 'è', 'é', 'ê', 'ë':
		return 'e'
	case 'ì', 'í', 'î', 'ï':
		return 'i'
	case 'ò', 'ó', 'ô', 'ö':
		return 'o'
	case 'ù', 'ú', 'û', 'ü':
		return 'u'
	}
	return r
}
