package schema

import "strings"

// Italian returns CKAN's own Italian for one of its messages, ours for those
// that it does not have, and false for those that CKAN answers in English
// everywhere.
func Italian(message string) (string, bool) {
	if s, ok := italian[message]; ok {
		return s, true
	}
	for _, t := range italianTemplates {
		if s, ok := t.translate(message); ok {
			return s, true
		}
	}
	return "", false
}

// A template is a message in which "%s" stands for a value, and its Italian,
// in which the values have the same order.
type template struct{ english, italian string }

func (t template) translate(message string) (string, bool) {
	parts, words := strings.Split(t.english, "%s"), strings.Split(t.italian, "%s")
	rest, ok := strings.CutPrefix(message, parts[0])
	if !ok {
		return "", false
	}
	var out strings.Builder
	out.WriteString(words[0])
	for i, part := range parts[1:] {
		at := strings.LastIndex(rest, part) // the first value may hold the words of the message
		if i == len(parts)-2 {              // and the last goes to its end
			at = len(rest) - len(part)
		}
		if at < 0 || !strings.HasPrefix(rest[at:], part) {
			return "", false
		}
		out.WriteString(rest[:at])
		out.WriteString(words[i+1])
		rest = rest[at+len(part):]
	}
	return out.String(), true
}

var italianTemplates = []template{
	{"Must be at least %s characters long", "La lunghezza dev'essere di almeno %s caratteri"},
	{"Name must be a maximum of %s characters long", "Il nome deve contenere un numero massimo di %s caratteri"},
	{"Name must be at least %s characters long", "Il nome deve essere lungo almeno %s caratteri"},
	{`Name "%s" length is less than minimum %s`, `La lunghezza del nome "%s" è inferiore a %s`},
	{`Name "%s" length is more than maximum %s`, `La lunghezza del nome "%s" è maggiore di quella massima %s`},
	{"Version must be a maximum of %s characters long", "Il numero di versione deve essere composta da un massimo di %s caratteri"},
	{`Tag "%s" length is less than minimum %s`, `La lunghezza del tag "%s" è inferiore alla lunghezza minima %s`},
	{`Tag "%s" length is more than maximum %s`, `Il tag "%s" è più lungo del massimo di %s caratteri`},
	{"Tag %s already belongs to vocabulary %s", "Il tag %s fa già parte del vocabolario %s"},
	{`Duplicate key "%s"`, `Chiave duplicata "%s"`},
	{"The input field %s was not expected.", "Il campo di input %s non era previsto."},
	{`Could not find vocabulary "%s"`, `Impossibile trovare il vocabolario "%s"`},
	{`Could not find tag "%s"`, `Impossibile trovare il tag "%s"`},
	// What is our own.
	{"Too many values: at most %s", "Troppi valori: al massimo %s"},
	{"Too many keys: at most %s", "Troppe chiavi: al massimo %s"},
	{"Must be at most %s characters long", "La lunghezza dev'essere al massimo di %s caratteri"},
}

var italian = map[string]string{
	`"filter_fields" and "filter_values" should have the same length`:                 "\"filter_fields\" e \"filter_values\" dovrebbero avere stessa lunghezza",
	`"filter_fields" is required when "filter_values" is filled`:                      "\"filter_fields\" è obbligatorio quando \"filter_values\" è riempito",
	`"filter_values" is required when "filter_fields" is filled`:                      "\"filter_values\" è obbligatorio quando \"filter_fields\" è riempito",
	"Dataset id already exists":                                                       "Id del dataset già esistente",
	"Dataset not found":                                                               "Dataset non trovato",
	"Datasets with no organization can't be private.":                                 "I dataset non associati a un'organizzazione non possono essere privati.",
	"Date format incorrect":                                                           "Formato della data non corretto",
	"Edit not allowed as it looks like spam. Please avoid links in your description.": "Questa modifica è stata bloccata perché sembra spam. Per favore noninserire link nella tua descrizione.",
	"Group name already exists in database":                                           "Un gruppo con questo nome esiste già nel database",
	"Group not found":                                                                 "Gruppo non trovato",
	"Invalid integer":                                                                 "Numero intero non valido",
	missingValue:                                                                      "Valore mancante",
	"Must be a natural number":                                                        "Deve essere un numero naturale",
	"Must be purely lowercase alphanumeric (ascii) characters and these symbols: -_":  "Deve consistere solamente di caratteri (base) minuscoli e questi simboli: -_",
	"Names must be strings":                                                           "I nomi devono essere stringhe",
	"No tag name":                                                                     "Nome tag assente",
	"Not a list":                                                                      "Non è una lista",
	"Organization does not exist":                                                     "L'organizzazione non esiste",
	"Passwords must be strings":                                                       "Le password devono essere stringhe",
	"Please enter an integer value":                                                   "Si prega di inserire un valore intero",
	"Please provide a valid URL":                                                      "Per favore inserisci una URL valida",
	"Tag vocabulary was not found.":                                                   "Il vocabolario del tag non è stato trovato.",
	"That URL is already in use.":                                                     "Questa URL è già stata usata.",
	"That group name or ID does not exist.":                                           "Il nome del gruppo o l'ID non esistono.",
	"That name cannot be used":                                                        "Questo nome non può essere usato",
	"That vocabulary name is already in use.":                                         "Questo nome di vocabolario è già in uso.",
	"There is a schema field with the same name":                                      "Esiste un campo di schema con lo stesso nome",
	"This parent would create a loop in the hierarchy":                                "Questo elemento genitore creerebbe un loop nella gerarchia",
	"Trying to create an organization as a group":                                     "Prova a create una organizzazione come gruppo",
	"User names must be strings":                                                      "I nomi utente devono essere stringhe",
	"User not found":                                                                  "Utente non trovato",
	"You cannot add a dataset to this organization":                                   "Non puoi aggiungere un dataset a questa organizzazione",
	"You cannot follow yourself":                                                      "Non puoi seguire te stesso",
	"id not in data":                                                                  "id assente dai dati",
	"role does not exist.":                                                            "il ruolo non esiste.",
}
