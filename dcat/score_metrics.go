package dcat

import (
	"cmp"
	"slices"
	"strconv"
	"unicode/utf8"

	"portico/catalog"
	"portico/dcat/register"
	"portico/dcat/vocab"
	"portico/internal/rdf"
)

// A scoring measures one dataset.
type scoring struct {
	d     *catalog.Dataset
	links Links
}

// A test is one row of the table of metrics: what is measured on a dataset, or
// on each of its distributions.
type test struct {
	name      string
	dimension Dimension
	weight    int
	dataset   func(s *scoring) bool
	file      func(s *scoring, x *catalog.Distribution) bool
	link      func(x *catalog.Distribution) string // an address that must answer
	it, en    string                               // what would win the points
}

func (s *scoring) measure(t *test) Metric {
	m := Metric{Name: t.name, Dimension: t.dimension, Weight: t.weight}
	pass := func(ok bool) {
		m.Of++
		if ok {
			m.Passed++
		}
	}
	switch {
	case t.dataset != nil:
		pass(t.dataset(s))
	case len(s.d.Distributions) == 0:
		pass(false)
	}
	for i := range s.d.Distributions {
		x := &s.d.Distributions[i]
		switch {
		case t.file != nil:
			pass(t.file(s, x))
		case t.link != nil:
			address := t.link(x)
			reach := Unreached
			if address != "" {
				reach = s.links(address)
			}
			pass(reach != Unreached)
			if reach == NotTried {
				m.Presumed++
			}
		}
	}
	if m.Passed < m.Of {
		m.Message = missing(m)
		m.Mend = catalog.Text{"it": t.it, "en": t.en}
	}
	return m
}

// missing says how much is missing.
func missing(m Metric) catalog.Text {
	label := labelOf(m.Name)
	if m.Of == 1 {
		return catalog.Text{"it": "Manca: " + label["it"] + ".", "en": "Missing: " + label["en"] + "."}
	}
	n, of := strconv.Itoa(m.Of-m.Passed), strconv.Itoa(m.Of)
	return catalog.Text{"it": "Manca in " + n + " su " + of + ": " + label["it"] + ".", "en": "Missing in " + n + " of " + of + ": " + label["en"] + "."}
}

// metrics are what data.europa.eu counts, with its weights, then what Italian
// guidelines ask.
var metrics = []test{
	{
		name: "keyword-availability", dimension: Findability, weight: 30, dataset: func(s *scoring) bool { return len(keywordsIn(s.d)) > 0 },
		it: "Aggiungere almeno una parola chiave.", en: "Add a keyword.",
	},
	{
		name: "category-availability", dimension: Findability, weight: 30, dataset: func(s *scoring) bool { return hasTheme(s.d) },
		it: "Scegliere un tema fra i 13 europei.", en: "Choose one of the 13 European themes.",
	},
	{
		name: "spatial-availability", dimension: Findability, weight: 20, dataset: func(s *scoring) bool { return len(s.d.Spatial) > 0 },
		it: "Indicare il luogo a cui i dati si riferiscono.", en: "Say which place the data are about.",
	},
	{
		name: "temporal-availability", dimension: Findability, weight: 20, dataset: func(s *scoring) bool { return hasPeriod(s.d) },
		it: "Indicare il periodo a cui i dati si riferiscono.", en: "Say which period the data are about.",
	},

	{
		name: "access-url-status", dimension: Accessibility, weight: 50, link: func(x *catalog.Distribution) string { return cmp.Or(x.AccessURL, x.DownloadURL, "file:"+x.ID) },
		it: "Controllare che l'indirizzo di accesso risponda, anche a una richiesta HEAD.", en: "See that the access address answers, also to a HEAD request.",
	},
	{
		name: "download-url-availability", dimension: Accessibility, weight: 20, file: func(_ *scoring, x *catalog.Distribution) bool { return isWeb(x.DownloadURL) },
		it: "Indicare l'indirizzo da cui si scarica il file.", en: "Give the address from which the file is downloaded.",
	},
	{
		name: "download-url-status", dimension: Accessibility, weight: 30, link: func(x *catalog.Distribution) string { return x.DownloadURL },
		it: "Controllare che il file si scarichi, anche con una richiesta HEAD.", en: "See that the file can be downloaded, also with a HEAD request.",
	},

	{
		name: "format-availability", dimension: Interoperability, weight: 20, file: func(_ *scoring, x *catalog.Distribution) bool { return x.Format != "" || x.FormatLabel != "" },
		it: "Indicare il formato.", en: "Give the format.",
	},
	{
		name: "media-type-availability", dimension: Interoperability, weight: 10, file: func(_ *scoring, x *catalog.Distribution) bool { return x.MediaType != "" },
		it: "Indicare il tipo di file, per esempio text/csv.", en: "Give the media type, such as text/csv.",
	},
	{
		name: "format-from-vocabulary", dimension: Interoperability, weight: 5, file: func(_ *scoring, x *catalog.Distribution) bool { _, ok := formatOf(x); return ok },
		it: "Usare un formato del vocabolario europeo, per esempio CSV.", en: "Use a format of the European vocabulary, such as CSV.",
	},
	{
		name: "media-type-from-vocabulary", dimension: Interoperability, weight: 5, file: func(_ *scoring, x *catalog.Distribution) bool { _, ok := vocab.MediaType(x.MediaType); return ok },
		it: "Usare un tipo di file registrato da IANA.", en: "Use a media type that IANA has registered.",
	},
	{
		name: "non-proprietary", dimension: Interoperability, weight: 20, file: func(_ *scoring, x *catalog.Distribution) bool { f, ok := formatOf(x); return ok && f.NonProprietary },
		it: "Offrire il file in un formato aperto, per esempio CSV invece di XLS.", en: "Offer the file in an open format, such as CSV in place of XLS.",
	},
	{
		name: "machine-readable", dimension: Interoperability, weight: 20, file: func(_ *scoring, x *catalog.Distribution) bool { f, ok := formatOf(x); return ok && f.MachineReadable },
		it: "Offrire il file in un formato che le macchine leggono, per esempio CSV invece di PDF.", en: "Offer the file in a format that machines read, such as CSV in place of PDF.",
	},
	{
		name: "dcat-ap-compliance", dimension: Interoperability, weight: 30, dataset: func(s *scoring) bool { return conforms(s.d) },
		it: "Correggere ciò che tiene il dataset in quarantena o che il validatore segnala.", en: "Mend what keeps the dataset in quarantine or what the validator tells.",
	},

	{
		name: "licence-availability", dimension: Reusability, weight: 20, file: func(s *scoring, x *catalog.Distribution) bool { return cmp.Or(x.License, s.d.License) != "" },
		it: "Indicare la licenza su ogni file.", en: "Give the licence of each file.",
	},
	{name: "known-licence", dimension: Reusability, weight: 10, file: func(s *scoring, x *catalog.Distribution) bool {
		l, ok := vocab.License(cmp.Or(x.License, s.d.License))
		return ok && l.EU != ""
	}, it: "Usare una licenza del vocabolario europeo, di norma CC BY 4.0.", en: "Use a licence of the European vocabulary, CC BY 4.0 as a rule."},
	{
		name: "access-rights-availability", dimension: Reusability, weight: 10, dataset: func(s *scoring) bool { return s.d.AccessRights != "" },
		it: "Indicare il diritto di accesso: pubblico.", en: "Give the access right: public.",
	},
	{
		name: "access-rights-from-vocabulary", dimension: Reusability, weight: 5, dataset: func(s *scoring) bool {
			_, ok := vocab.AccessRight(s.d.AccessRights)
			return ok && s.d.AccessRights != ""
		},
		it: "Usare un valore del vocabolario europeo: PUBLIC.", en: "Use a value of the European vocabulary: PUBLIC.",
	},
	{
		name: "contact-point-availability", dimension: Reusability, weight: 20, dataset: func(s *scoring) bool { return hasContact(s.d) },
		it: "Indicare un ufficio da contattare, con nome ed e-mail.", en: "Give an office to ask, with its name and e-mail address.",
	},
	{
		name: "publisher-availability", dimension: Reusability, weight: 10, dataset: func(s *scoring) bool { return s.d.Publisher.Identifier != "" },
		it: "Indicare l'ente che pubblica, con il codice IPA.", en: "Give the body that publishes, with its IPA code.",
	},

	{
		name: "rights-availability", dimension: Contextuality, weight: 5, file: func(_ *scoring, x *catalog.Distribution) bool { return x.Rights != "" },
		it: "Indicare i diritti su ogni file.", en: "Give the rights in each file.",
	},
	{
		name: "byte-size-availability", dimension: Contextuality, weight: 5, file: func(_ *scoring, x *catalog.Distribution) bool { return x.ByteSize > 0 },
		it: "Indicare la dimensione di ogni file.", en: "Give the size of each file.",
	},
	{
		name: "date-of-issue-availability", dimension: Contextuality, weight: 5, dataset: func(s *scoring) bool { return s.d.Issued != "" },
		it: "Indicare quando i dati sono stati pubblicati la prima volta.", en: "Say when the data were first published.",
	},
	{
		name: "modification-date-availability", dimension: Contextuality, weight: 5, dataset: func(s *scoring) bool { return s.d.Modified != "" },
		it: "Indicare quando i dati sono cambiati.", en: "Say when the data changed.",
	},

	{
		name: "holder-with-code", dimension: Italian, dataset: func(s *scoring) bool { return ipaOrVAT(s.d.Holder.Identifier) && len(s.d.Holder.Name) > 0 },
		it: "Indicare l'ente titolare con nome e codice di IndicePA.", en: "Give the rights holder with the name and code of IndicePA.",
	},
	{name: "sub-theme", dimension: Italian, dataset: func(s *scoring) bool {
		return slices.ContainsFunc(s.d.Themes, func(t catalog.Theme) bool { return len(t.Subthemes) > 0 })
	}, it: "Scegliere un sotto-tema di EuroVoc.", en: "Choose a sub-theme of EuroVoc."},
	{
		name: "known-frequency", dimension: Italian, dataset: func(s *scoring) bool { return s.d.Frequency != "" && s.d.Frequency != "UNKNOWN" },
		it: "Indicare ogni quanto i dati vengono aggiornati.", en: "Say how often the data are updated.",
	},
	{
		name: "telling-description", dimension: Italian, dataset: func(s *scoring) bool { return tells(s.d) },
		it: "Scrivere che cosa contengono i dati, di quando sono e come sono nati: almeno 50 caratteri, non il titolo.", en: "Say what the data hold, of when they are and how they came about: 50 characters at least, and not the title.",
	},
	{name: "open-licence", dimension: Italian, file: func(s *scoring, x *catalog.Distribution) bool {
		l, ok := vocab.License(cmp.Or(x.License, s.d.License))
		return ok && l.Open
	}, it: "Usare una licenza aperta, di norma CC BY 4.0.", en: "Use an open licence, CC BY 4.0 as a rule."},
	{
		name: "described-files", dimension: Italian, file: func(_ *scoring, x *catalog.Distribution) bool { return x.Title.String() != "" },
		it: "Dare un titolo a ogni file.", en: "Give each file a title.",
	},
	{
		name: "nothing-completed", dimension: Italian, dataset: func(s *scoring) bool { return len(s.d.Notes) == 0 },
		it: "Indicare ciò che la piattaforma ha completato per regola.", en: "Say what the platform completed by rule.",
	},
}

func hasTheme(d *catalog.Dataset) bool {
	return slices.ContainsFunc(d.Themes, func(t catalog.Theme) bool { _, ok := vocab.Theme(t.Code); return ok && t.Code != "" })
}

func hasPeriod(d *catalog.Dataset) bool {
	return slices.ContainsFunc(d.Temporal, func(p catalog.Period) bool { return p.Start != "" && p.Start.Valid() })
}

func hasContact(d *catalog.Dataset) bool {
	return slices.ContainsFunc(d.Contacts, func(c catalog.Contact) bool {
		_, ok := mailbox(c.Email)
		return ok && c.Name.String() != ""
	})
}

func isWeb(address string) bool { _, ok := webIRI(address); return ok }

func formatOf(x *catalog.Distribution) (vocab.FileFormat, bool) {
	if x.Format == "" {
		return vocab.FileFormat{}, false
	}
	return vocab.FileType(x.Format)
}

func ipaOrVAT(code string) bool {
	return isVAT(code) || code != "" && code == cleanIdentifier(code) && len(code) >= 2 && len(code) <= 20
}

// tells reports whether the description says more than the title.
func tells(d *catalog.Dataset) bool {
	s := d.Description.String()
	return utf8.RuneCountInString(s) >= leastDescription && register.Fold(s) != register.Fold(d.Title.String())
}

// conforms reports whether what is written of d keeps DCAT-AP 2.1.1.
func conforms(d *catalog.Dataset) bool {
	if len(Check(d)) > 0 {
		return false
	}
	g := rdf.NewGraph(Write(d, catalog.Site{Origin: "https://localhost"}))
	return !slices.ContainsFunc(Validate(g, Validation{Rules: []Ruleset{RulesAP2}, Vocabularies: true, Fragment: true}), func(f Finding) bool {
		return f.Severity == Violation
	})
}
