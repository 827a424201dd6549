package personal

import "portico/catalog"

// In returns what the kind is called, in Italian and English.
func (k Kind) In() catalog.Text { return kindNames[k] }

var kindNames = map[Kind]catalog.Text{
	FiscalCode: {"it": "codice fiscale", "en": "tax code of a person"},
	IBAN:       {"it": "IBAN", "en": "IBAN"},
	Email:      {"it": "e-mail", "en": "e-mail address"},
	Mobile:     {"it": "cellulare", "en": "mobile number"},
	Birth:      {"it": "nomi con data di nascita", "en": "names with birth dates"},
	Residence:  {"it": "nomi con residenza", "en": "names with home addresses"},
	Plate:      {"it": "nomi con targhe", "en": "names with number plates"},
	Document:   {"it": "nomi con numeri di documento", "en": "names with numbers of documents"},
	Special:    {"it": "categoria particolare (art. 9 GDPR)", "en": "special category (GDPR art. 9)"},
}
