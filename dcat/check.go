package dcat

import (
	"cmp"
	"net/url"
	"regexp"
	"strings"

	"portico/catalog"
	"portico/dcat/vocab"
	"portico/internal/rdf"
)

// Check returns what keeps d out of a DCAT-AP_IT feed: mandatory fields that
// are missing, addresses and dates that cannot be written, licences that are
// not known or not open. Empty means that d may be fed. One problem is told
// once for each value, however many distributions have it.
func Check(d *catalog.Dataset) []catalog.Problem {
	var c checker
	c.describes(d)
	c.agents(d)
	c.codes(d)
	if len(d.Distributions) == 0 {
		c.add(catalog.Problemf("dcat:distribution", "", "distribution-missing",
			"Il dataset non ha distribuzioni.", "The dataset has no distribution.").
			WithMend("Aggiungere almeno un file o un indirizzo.", "Add at least one file or address."))
	}
	for i := range d.Distributions {
		c.distribution(&d.Distributions[i])
	}
	return c.found
}

type checker struct{ found []catalog.Problem }

func (c *checker) add(p catalog.Problem) {
	for _, f := range c.found {
		if f.Rule == p.Rule && f.Value == p.Value && f.Field == p.Field {
			return
		}
	}
	c.found = append(c.found, p)
}

func (c *checker) describes(d *catalog.Dataset) {
	if cleanLine(d.Title.String()) == "" {
		c.add(catalog.Problemf("dct:title", "", "title-missing", "Manca il titolo.", "There is no title.").
			WithMend("Dare al dataset un titolo.", "Give the dataset a title."))
	}
	if cleanText(d.Description.String()) == "" {
		c.add(catalog.Problemf("dct:description", "", "description-missing", "Manca la descrizione.", "There is no description.").
			WithMend("Scrivere che cosa contengono i dati.", "Say what the data hold."))
	}
	if cleanIdentifier(d.Identifier) == "" {
		c.add(catalog.Problemf("dct:identifier", d.Identifier, "identifier-missing",
			"Manca un identificativo fatto di lettere, cifre, due punti o trattino basso.", "There is no identifier made of letters, digits, colon or underscore.").
			WithMend("Usare per esempio c_a001:D.1.", "Use c_a001:D.1, for instance."))
	}
	if d.Modified == "" {
		c.add(catalog.Problemf("dct:modified", "", "modified-missing", "Manca la data di modifica dei dati.", "There is no date of modification of the data.").
			WithMend("Indicare quando i dati sono cambiati, come AAAA-MM-GG.", "Say when the data changed, as YYYY-MM-DD."))
	}
	c.date("dct:modified", d.Modified)
	c.date("dct:issued", d.Issued)
	if d.URI != "" {
		c.iri("uri", d.URI)
	}
}

func (c *checker) agents(d *catalog.Dataset) {
	if d.Holder.Name.String() == "" {
		c.add(catalog.Problemf("dct:rightsHolder", d.Holder.Identifier, "holder-missing", "Manca il titolare dei dati, o il suo nome.", "There is no rights holder, or it has no name.").
			WithMend("Indicare l'ente titolare come in IndicePA.", "Give the body that owns the data as IndicePA names it."))
	}
	if d.Holder.Identifier == "" && d.Holder.Name.String() != "" {
		c.add(catalog.Problemf("dct:rightsHolder", d.Holder.Name.String(), "holder-identifier-missing", "Il titolare non ha codice IPA né partita IVA.", "The rights holder has neither IPA code nor VAT number.").
			WithMend("Cercare il codice in IndicePA (indicepa.gov.it).", "Look the code up in IndicePA (indicepa.gov.it)."))
	}
}

func (c *checker) codes(d *catalog.Dataset) {
	if len(d.Themes) == 0 {
		c.add(catalog.Problemf("dcat:theme", "", "theme-missing", "Manca il tema.", "There is no theme.").
			WithMend("Scegliere il tema fra i 13 europei.", "Choose the theme among the 13 European ones."))
	}
	for _, t := range d.Themes {
		if _, ok := vocab.Theme(t.Code); !ok {
			c.add(catalog.Problemf("dcat:theme", t.Code, "theme-unknown", "Il tema non è fra i 13 europei.", "The theme is not among the 13 European ones.").
				WithMend("Scegliere il tema fra i 13 europei.", "Choose the theme among the 13 European ones."))
		}
	}
	if _, ok := vocab.Frequency(d.Frequency); !ok {
		rule, it, en := "frequency-unknown", "La frequenza di aggiornamento non è nel vocabolario europeo.", "The update frequency is not in the European vocabulary."
		if d.Frequency == "" {
			rule, it, en = "frequency-missing", "Manca la frequenza di aggiornamento.", "There is no update frequency."
		}
		c.add(catalog.Problemf("dct:accrualPeriodicity", d.Frequency, rule, it, en).
			WithMend("Usare un codice come ANNUAL; UNKNOWN se non si sa.", "Use a code such as ANNUAL; UNKNOWN when it is not known."))
	}
}

func (c *checker) distribution(x *catalog.Distribution) {
	const field = "dcat:distribution/"
	address := cmp.Or(x.AccessURL, x.DownloadURL)
	if address == "" && x.File == nil {
		c.add(catalog.Problemf(field+"dcat:accessURL", x.Title.String(), "access-url-missing", "Una distribuzione non ha indirizzo.", "A distribution has no address.").
			WithMend("Indicare dove si trovano i dati, oppure caricare il file.", "Say where the data are, or upload the file."))
	}
	for _, u := range []string{x.AccessURL, x.DownloadURL} {
		if u != "" {
			c.iri(field+"dcat:accessURL", u)
		}
	}
	c.date(field+"dct:modified", x.Modified)
	c.date(field+"dct:issued", x.Issued)
	c.license(field+"dct:license", x)
}

func (c *checker) license(field string, x *catalog.Distribution) {
	v, known := vocab.License(x.License)
	switch {
	case x.License == "":
		c.add(catalog.Problemf(field, "", "licence-missing", "Una distribuzione non ha licenza.", "A distribution has no licence.").
			WithMend("Indicare una licenza aperta, di norma CC BY 4.0.", "Give an open licence, CC BY 4.0 as a rule."))
	case !known:
		c.add(catalog.Problemf(field, x.License, "licence-unknown", "La licenza non è nota.", "The licence is not known.").
			WithMend("Indicare l'indirizzo della licenza, per esempio https://creativecommons.org/licenses/by/4.0/.", "Give the address of the licence, such as https://creativecommons.org/licenses/by/4.0/."))
	case !v.Open:
		c.add(catalog.Problemf(field, x.License, "licence-not-open", "La licenza non è aperta: vieta l'uso commerciale o le opere derivate.", "The licence is not open: it forbids commercial use or derivative works.").
			WithMend("Scegliere una licenza aperta, di norma CC BY 4.0.", "Choose an open licence, CC BY 4.0 as a rule."))
	}
}

func (c *checker) date(field string, d catalog.Date) {
	if !d.Valid() {
		c.add(catalog.Problemf(field, string(d), "date-invalid", "La data non si legge.", "The date cannot be read.").
			WithMend("Scrivere la data come AAAA-MM-GG.", "Write the date as YYYY-MM-DD."))
	}
}

func (c *checker) iri(field, s string) {
	if _, ok := webIRI(s); !ok {
		c.add(catalog.Problemf(field, s, "iri-invalid", "L'indirizzo non è un indirizzo web.", "The address is no web address.").
			WithMend("Scrivere l'indirizzo per intero, con https://.", "Write the whole address, with https://."))
	}
}

// absoluteIRI returns s repaired, and whether it is an absolute IRI that a
// document can hold.
func absoluteIRI(s string) (string, bool) {
	s = strings.TrimSpace(s)
	if s == "" || len(s) > maxIRI {
		return "", false
	}
	s, _ = rdf.RepairIRI(s)
	return s, absolute.MatchString(s)
}

// absolute is the beginning of an absolute IRI. A scheme of one letter is a
// drive of Windows.
var absolute = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]+:.`)

// webIRI is absoluteIRI for what a browser can open.
func webIRI(s string) (string, bool) {
	s, ok := absoluteIRI(s)
	if !ok {
		return "", false
	}
	scheme, rest, _ := strings.Cut(s, ":")
	switch strings.ToLower(scheme) {
	case "http", "https", "ftp", "ftps":
		host, _, _ := strings.Cut(strings.TrimPrefix(rest, "//"), "/")
		return s, strings.HasPrefix(rest, "//") && validHost(host)
	}
	return "", false
}

func validHost(host string) bool {
	if host == "" {
		return false
	}
	u, err := url.Parse("http://" + host + "/")
	return err == nil && u.Hostname() != ""
}
