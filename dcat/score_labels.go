package dcat

import "portico/catalog"

// Label returns what a metric counts, in Italian and English.
func (m Metric) Label() catalog.Text { return labelOf(m.Name) }

// Label returns the name of a dimension, in Italian and English.
func (d Dimension) Label() catalog.Text {
	l := dimensionLabels[d]
	return catalog.Text{"it": l[0], "en": l[1]}
}

// Dimensions returns those that have points, in the order of data.europa.eu.
func Dimensions() []Dimension {
	return []Dimension{Findability, Accessibility, Interoperability, Reusability, Contextuality}
}

func labelOf(metric string) catalog.Text {
	l, ok := metricLabels[metric]
	if !ok {
		return catalog.Text{"it": metric, "en": metric}
	}
	return catalog.Text{"it": l[0], "en": l[1]}
}

var dimensionLabels = map[Dimension][2]string{
	Findability:      {"Reperibilità", "Findability"},
	Accessibility:    {"Accessibilità", "Accessibility"},
	Interoperability: {"Interoperabilità", "Interoperability"},
	Reusability:      {"Riusabilità", "Reusability"},
	Contextuality:    {"Contestualità", "Contextuality"},
	Italian:          {"Linee guida italiane", "Italian guidelines"},
}

var metricLabels = map[string][2]string{
	"keyword-availability":           {"parole chiave", "keywords"},
	"category-availability":          {"tema", "theme"},
	"spatial-availability":           {"copertura geografica", "spatial coverage"},
	"temporal-availability":          {"estensione temporale", "temporal coverage"},
	"access-url-status":              {"indirizzo di accesso che risponde", "access address that answers"},
	"download-url-availability":      {"indirizzo da cui scaricare", "download address"},
	"download-url-status":            {"indirizzo da cui scaricare che risponde", "download address that answers"},
	"format-availability":            {"formato", "format"},
	"media-type-availability":        {"tipo di file", "media type"},
	"format-from-vocabulary":         {"formato del vocabolario europeo", "format of the European vocabulary"},
	"media-type-from-vocabulary":     {"tipo di file registrato da IANA", "media type that IANA has registered"},
	"non-proprietary":                {"formato aperto", "open format"},
	"machine-readable":               {"formato leggibile dalle macchine", "format that machines read"},
	"dcat-ap-compliance":             {"conformità a DCAT-AP", "compliance with DCAT-AP"},
	"licence-availability":           {"licenza", "licence"},
	"known-licence":                  {"licenza del vocabolario europeo", "licence of the European vocabulary"},
	"access-rights-availability":     {"diritto di accesso", "access right"},
	"access-rights-from-vocabulary":  {"diritto di accesso del vocabolario europeo", "access right of the European vocabulary"},
	"contact-point-availability":     {"punto di contatto", "contact point"},
	"publisher-availability":         {"editore", "publisher"},
	"rights-availability":            {"diritti sul file", "rights in the file"},
	"byte-size-availability":         {"dimensione del file", "size of the file"},
	"date-of-issue-availability":     {"data di pubblicazione", "date of issue"},
	"modification-date-availability": {"data di modifica", "date of modification"},
	"holder-with-code":               {"titolare con codice IPA", "rights holder with IPA code"},
	"sub-theme":                      {"sotto-tema", "sub-theme"},
	"known-frequency":                {"frequenza di aggiornamento", "update frequency"},
	"telling-description":            {"descrizione che dice qualcosa", "description that tells something"},
	"open-licence":                   {"licenza aperta", "open licence"},
	"described-files":                {"titolo di ogni file", "title of each file"},
	"nothing-completed":              {"metadati indicati dall'ente, non completati per regola", "metadata given by the publisher, not completed by rule"},
}
