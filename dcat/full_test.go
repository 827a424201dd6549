package dcat_test

import (
	"fmt"
	"time"

	"portico/catalog"
	"portico/dcat/vocab"
)

var site = catalog.Site{
	Title: "Dati aperti di Borgo Esempio", Description: "Il catalogo del Comune", Origin: "https://dati.comune.esempio.it", Locale: "it",
	Publisher: catalog.Agent{Identifier: "c_a001", Name: catalog.It("Comune di Borgo Esempio"), Type: "LocalAuthority"}, Issued: "2026-01-15",
}

const place = "http://publications.europa.eu/resource/authority/place/"

// full returns a dataset with a value in every field that the profile knows,
// in the form that Read gives them.
func full(n int) *catalog.Dataset {
	uri := fmt.Sprintf("https://dati.comune.esempio.it/dataset/%d", n)
	ipa := catalog.Agent{Identifier: "c_a001", Name: catalog.It("Comune di Borgo Esempio"), URI: "https://dati.comune.esempio.it/agent/c_a001", Type: "LocalAuthority"}
	region := catalog.Agent{Identifier: "r_esempi", Name: catalog.Text{"it": "Regione Esempio", "en": "Region of Esempio"}, URI: "https://dati.comune.esempio.it/agent/r_esempi"}
	anonymous := catalog.Agent{Name: catalog.Text{"en": "Tourist board"}, URI: "https://dati.comune.esempio.it/agent/pro-loco"}
	contact := catalog.Contact{URI: "https://dati.comune.esempio.it/organization/ufficio", Name: catalog.It("Ufficio statistica"), Email: "statistica@comune.esempio.it", Telephone: "+39 012/345 67", URL: "https://www.comune.esempio.it/contatti"}
	return &catalog.Dataset{
		ID: catalog.StableID(uri), Name: fmt.Sprintf("dataset-%d", n), State: catalog.Active,
		URI: uri, Identifier: fmt.Sprintf("c_a001:D.%d-ext", n),
		Title:       catalog.Text{"it": "Indirizzi & numeri civici «2026»", "en": "Addresses"},
		Description: catalog.Text{"it": "Riga uno\n\n- elenco < 5\n- **forte** città", "de": "Straßen"},
		Holder:      ipa, Publisher: region, Creators: []catalog.Agent{region, anonymous},
		Contacts: []catalog.Contact{contact, {URI: "https://dati.comune.esempio.it/organization/urp", Telephone: "0123456", URL: "https://www.comune.esempio.it"}},
		Modified: "2026-11-10", Issued: "2025-01-02T03:04:05.678+01:00", Frequency: "WEEKLY",
		Themes:    []catalog.Theme{{Code: "GOVE", Subthemes: []string{"http://eurovoc.europa.eu/100169", "http://eurovoc.europa.eu/3146"}}, {Code: "ENVI", Subthemes: []string{"http://eurovoc.europa.eu/100242"}}},
		Keywords:  []catalog.Keyword{{Name: "numeri civici"}, {Name: "addresses", Lang: "en"}, {Name: "città"}},
		Languages: []string{"ITA", "DEU"},
		License:   "https://creativecommons.org/licenses/by/4.0/",
		Temporal:  []catalog.Period{{Start: "2025-01-01", End: "2025-12-31"}, {Start: "2026-01-01"}},
		Spatial: []catalog.Place{
			{URI: place + "ITA_AGR"},
			{URI: "https://sws.geonames.org/3165241/"},
			{URI: "https://w3id.org/italia/controlled-vocabulary/territorial-classifications/cities/082053", Name: catalog.It("Palermo")},
			{Name: catalog.It("Borgo Esempio"), Geometry: "POINT(12.5 42.5)"},
			{URI: place + "ITA_TRT", Geometry: `{"type":"Point","coordinates":[11.1,46.0]}`},
		},
		ConformsTo: []catalog.Standard{
			{URI: "https://dati.comune.esempio.it/standard/civici", Identifier: "civici-v1", Title: catalog.It("Tracciato civici"), Description: catalog.It("Regole"), References: []string{"https://dati.comune.esempio.it/standard/civici.html"}},
			{Identifier: "senza-indirizzo", Title: catalog.It("Senza indirizzo")},
		},
		OtherIDs:    []catalog.AlternateID{{Value: "atti-2025", Agent: ipa}, {Value: "solo"}},
		IsVersionOf: []string{"https://dati.comune.esempio.it/dataset/padre"}, HasVersion: []string{"https://dati.comune.esempio.it/dataset/figlio"},
		SourceIRIs: []string{"https://dati.comune.esempio.it/dataset/fonte"}, Pages: []string{"https://www.comune.esempio.it/guida"},
		Samples: []string{"https://www.comune.esempio.it/campione.csv"}, InSeries: []string{"https://dati.comune.esempio.it/serie/1"},
		LandingPage: fmt.Sprintf("https://www.comune.esempio.it/dati/%d", n), Version: "1.2", VersionNotes: catalog.It("Corretti i civici"),
		AccessRights: "PUBLIC", Legislation: []string{vocab.HVDRegulation}, HVD: []string{"c_c3de25e4"}, Type: "STATISTICAL",
		Provenance:    catalog.It("Rilievo comunale"),
		Distributions: []catalog.Distribution{fullDistribution(uri, contact), plainDistribution(uri)},
		Updated:       time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC),
	}
}

func fullDistribution(dataset string, contact catalog.Contact) catalog.Distribution {
	uri := dataset + "/resource/csv"
	return catalog.Distribution{
		ID: catalog.StableID(dataset, uri), URI: uri, Title: catalog.Text{"it": "Civici (CSV)", "en": "Addresses (CSV)"}, Description: catalog.It("Separatore ;"),
		AccessURL: "https://dati.comune.esempio.it/pagina", DownloadURL: "https://dati.comune.esempio.it/civici.csv",
		Format: "CSV", FormatLabel: "CSV con punto e virgola", MediaType: "text/csv", License: "https://creativecommons.org/publicdomain/zero/1.0/",
		Issued: "2025-01-02", Modified: "2026-11-10T10:00:00Z", ByteSize: 48213,
		Checksum: catalog.Checksum{Algorithm: "sha1", Value: "da39a3ee5e6b4b0d3255bfef95601890afd80709"},
		Rights:   "Uso libero, citando la fonte", Availability: "STABLE", CompressFormat: "application/gzip", PackageFormat: "application/zip",
		Languages: []string{"ITA"}, Pages: []string{"https://www.comune.esempio.it/tracciato"},
		ConformsTo:  []catalog.Standard{{URI: "https://www.rfc-editor.org/rfc/rfc4180", Identifier: "RFC 4180", Title: catalog.It("RFC 4180")}},
		Legislation: []string{vocab.HVDRegulation},
		Services: []catalog.Service{{
			URI: dataset + "/api", Title: catalog.It("API dei civici"), Description: catalog.It("Cerca un civico"),
			EndpointURLs: []string{"https://dati.comune.esempio.it/api/civici"}, EndpointDescription: "https://dati.comune.esempio.it/api/openapi.json",
			ServesDatasets: []string{dataset}, License: "https://creativecommons.org/licenses/by/4.0/", AccessRights: "PUBLIC", Availability: "AVAILABLE",
			Pages: []string{"https://dati.comune.esempio.it/api/guida"}, ConformsTo: []string{"https://spec.openapis.org/oas/v3.1.0"},
			Legislation: []string{vocab.HVDRegulation}, HVD: []string{"c_c3de25e4"}, Contacts: []catalog.Contact{contact},
		}},
	}
}

func plainDistribution(dataset string) catalog.Distribution {
	uri := dataset + "/resource/parquet"
	return catalog.Distribution{
		ID: catalog.StableID(dataset, uri), URI: uri, AccessURL: "https://dati.comune.esempio.it/civici.parquet",
		Checksum: catalog.Checksum{Algorithm: "sha256", Value: "1d5a3926327046c8fcd75652c6e44d3c"}, FormatLabel: "tabella strana", License: "https://creativecommons.org/licenses/by/4.0/",
		Legislation: []string{vocab.HVDRegulation}, Rights: "http://publications.europa.eu/resource/authority/access-right/PUBLIC",
	}
}
