package vocab_test

import (
	"slices"
	"strings"
	"testing"

	"portico/dcat/vocab"
)

func TestThemesForgive(t *testing.T) {
	for _, in := range []string{
		"ENVI", "envi", " Envi ", "http://publications.europa.eu/resource/authority/data-theme/ENVI", "https://publications.europa.eu/resource/authority/data-theme/ENVI/",
		"Ambiente", "ambiente", "Environment",
	} {
		if v, ok := vocab.Theme(in); !ok || v.Code != "ENVI" || v.Group != "ambiente" {
			t.Errorf("Theme(%q) = %v, %v", in, v, ok)
		}
	}
	for _, in := range []string{"", "OP_DATPRO", "x", "http://publications.europa.eu/resource/authority/data-theme/"} {
		if v, ok := vocab.Theme(in); ok {
			t.Errorf("Theme(%q) = %v", in, v)
		}
	}
}

func TestFrequenciesForgive(t *testing.T) {
	for in, want := range map[string]string{
		"ANNUAL": "ANNUAL", "http://publications.europa.eu/resource/authority/frequency/ANNUAL_2": "ANNUAL_2", "Annuale": "ANNUAL", "annual": "ANNUAL",
		"biannually": "ANNUAL_2", "asNeeded": "AS_NEEDED", "R/P1Y": "ANNUAL", "P3M": "QUARTERLY", "PT15M": "15MIN", "bimestrale": "BIMONTHLY",
		"bimensile": "MONTHLY_2", "In tempo reale": "UPDATE_CONT", "continual": "CONT", "daily": "DAILY", "mai": "NEVER", "semestrale": "ANNUAL_2",
		"https://standards.iso.org/iso/19115/resources/Codelists/gml/gmxCodelists.xml#MD_MaintenanceFrequencyCode/weekly": "WEEKLY",
	} {
		if v, ok := vocab.Frequency(in); !ok || v.Code != want {
			t.Errorf("Frequency(%q) = %q, want %q", in, v.Code, want)
		}
	}
}

func TestLanguagesForgive(t *testing.T) {
	for in, want := range map[string]string{
		"ITA": "ITA", "it": "ITA", "it-IT": "ITA", "it_IT": "ITA", "ita": "ITA", "Italiano": "ITA", "italian": "ITA", "ger": "DEU", "deu": "DEU", "de": "DEU",
		"fre": "FRA", "en-US": "ENG", "http://publications.europa.eu/resource/authority/language/SLV": "SLV", "http://id.loc.gov/vocabulary/iso639-1/fr": "FRA", "friulano": "FUR",
	} {
		if v, ok := vocab.Language(in); !ok || v.Code != want {
			t.Errorf("Language(%q) = %q, want %q", in, v.Code, want)
		}
	}
	if tag := vocab.LanguageTag("DEU"); tag != "de" {
		t.Error(tag)
	}
	if v, ok := vocab.Language("klingon"); ok {
		t.Error(v)
	}
}

func TestFileTypesForgive(t *testing.T) {
	for in, want := range map[string]string{
		"CSV": "CSV", "csv": "CSV", ".csv": "CSV", "text/csv; charset=utf-8": "CSV", "csv-semicolon": "CSV", "Zipped CSV": "CSV", "geo json": "GEOJSON", "GeoJSON": "GEOJSON",
		"http://publications.europa.eu/resource/authority/file-type/XLSX": "XLSX", "https://www.iana.org/assignments/media-types/text/csv": "CSV", "http://iana.org/assignments/media-types/application/json": "JSON",
		"ESRI Shapefile": "SHP", "ZIP (SHP)": "SHP", "application/zip": "ZIP", "application/xml": "XML", "WMS": "WMS_SRVC", "ogc:wfs": "WFS_SRVC", "rdf/xml": "RDF_XML", "application/rdf+xml": "RDF_XML",
		"application/vnd.ms-excel": "XLS", "PDF": "PDF", "application/octet-stream": "BIN", "html": "HTML", "GTFS": "GTFS", "API": "REST",
	} {
		if v, ok := vocab.FileType(in); !ok || v.Code != want {
			t.Errorf("FileType(%q) = %q, want %q", in, v.Code, want)
		}
	}
	for _, in := range []string{"", "OP_DATPRO", "n/a", "pippo"} {
		if v, ok := vocab.FileType(in); ok {
			t.Errorf("FileType(%q) = %q", in, v.Code)
		}
	}
	if v, _ := vocab.FileType("CSV"); v.MediaType != "text/csv" || !v.MachineReadable || !v.NonProprietary {
		t.Errorf("%+v", v)
	}
	if got := vocab.MediaTypeIRI("text/csv"); got != "http://www.iana.org/assignments/media-types/text/csv" {
		t.Error(got)
	}
}

func TestLicencesForgive(t *testing.T) {
	const ccBy, cc0, iodl2 = "https://creativecommons.org/licenses/by/4.0/", "https://creativecommons.org/publicdomain/zero/1.0/", "https://www.dati.gov.it/content/italian-open-data-license-v20"
	for in, want := range map[string]string{
		ccBy: ccBy, "http://creativecommons.org/licenses/by/4.0": ccBy, "https://www.creativecommons.org/licenses/by/4.0/deed.it": ccBy, "https://creativecommons.org/licenses/by/4.0/legalcode.it": ccBy,
		"https://creativecommons.org/licenses/by/4.0/deed.en/": ccBy, "creativecommons.org/licenses/by/4.0": ccBy, "HTTPS://CreativeCommons.org/licenses/BY/4.0/": ccBy, "https://creativecommons.org/licenses/by/4.0/?ref=x": ccBy,
		"https://w3id.org/italia/controlled-vocabulary/licences/A21_CCBY40": ccBy, "A21_CCBY40": ccBy, "cc-by": ccBy, "CC-BY-4.0": ccBy, "CC BY 4.0": ccBy, "http://publications.europa.eu/resource/authority/licence/CC_BY_4_0": ccBy,
		"Creative Commons Attribuzione 4.0 Internazionale (CC BY 4.0)": ccBy, "Creative Commons Attribution 4.0 International": ccBy,
		"cc-zero": cc0, "CC0": cc0, "http://dcat-ap.de/def/licenses/cc-zero": cc0, "http://www.opendefinition.org/licenses/cc-zero": cc0,
		"IODL 2.0": iodl2, "https://www.dati.gov.it/iodl/2.0/": iodl2, "http://www.dati.gov.it/iodl/2.0": iodl2,
		"odc-odbl": "https://opendatacommons.org/licenses/odbl/summary/", "http://opendatacommons.org/licenses/odbl/1-0/": "https://opendatacommons.org/licenses/odbl/summary/",
		"http://creativecommons.org/licenses/by/3.0/it/": "https://creativecommons.org/licenses/by/3.0/it/", "CC BY 3.0 IT": "https://creativecommons.org/licenses/by/3.0/it/",
		"CC_BY_3_0_NL": "https://creativecommons.org/licenses/by/3.0/nl/",
	} {
		if v, ok := vocab.License(in); !ok || v.URL != want {
			t.Errorf("License(%q) = %q, want %q", in, v.URL, want)
		}
	}
	for _, in := range []string{"", "C1_Unknown", "notspecified", "copyright", "https://creativecommons.org/licenses/by/9.0/", "http://dcat-ap.de/def/licenses/dl-by-de/2.0"} {
		if v, ok := vocab.License(in); ok {
			t.Errorf("License(%q) = %q", in, v.URL)
		}
	}
	if v, _ := vocab.License("cc-nc"); v.Open {
		t.Error("a licence that forbids selling is taken for open")
	}
}

func TestOtherVocabulariesForgive(t *testing.T) {
	check := func(got, want string, ok bool) {
		t.Helper()
		if !ok || got != want {
			t.Errorf("got %q, %v, want %q", got, ok, want)
		}
	}
	right, ok := vocab.AccessRight("https://publications.europa.eu/resource/authority/access-right/PUBLIC")
	check(right.Code, "PUBLIC", ok)
	category, ok := vocab.HVDCategory("http://data.europa.eu/bna/c_c3de25e4")
	check(category.Broader, "c_ac64a52d", ok)
	available, ok := vocab.Availability("stabile")
	check(available.Code, "STABLE", ok)
	publisher, ok := vocab.PublisherType("http://purl.org/adms/publishertype/LocalAuthority")
	check(publisher.Code, "LocalAuthority", ok)
	place, ok := vocab.Place("ITA_TRT")
	check(place.IRI, "http://publications.europa.eu/resource/authority/place/ITA_TRT", ok)
	sub, ok := vocab.Subtheme("100242")
	check(strings.Join(sub.Themes, " "), "ENVI", ok)
}

// TestCodesAndAddressesFindThemselves holds every entry to its own code, IRI
// and labels.
func TestCodesAndAddressesFindThemselves(t *testing.T) {
	got := []int{len(vocab.Themes()), len(vocab.Languages()), len(vocab.HVDCategories()), len(vocab.Frequencies()), len(vocab.FileTypes())}
	if want := []int{13, 403, 96, 38, 199}; !slices.Equal(got, want) {
		t.Errorf("sizes %v, want %v", got, want)
	}
	check := func(kind, code, iri string, find func(string) (string, bool)) {
		t.Helper()
		for _, in := range []string{code, iri} {
			if got, ok := find(in); in != "" && (!ok || got != code) {
				t.Errorf("%s %q is %q", kind, in, got)
			}
		}
	}
	for _, v := range vocab.Themes() {
		check("theme", v.Code, v.IRI, func(s string) (string, bool) { v, ok := vocab.Theme(s); return v.Code, ok })
	}
	for _, v := range vocab.Frequencies() {
		check("frequency", v.Code, v.IRI, func(s string) (string, bool) { v, ok := vocab.Frequency(s); return v.Code, ok })
	}
	for _, v := range vocab.Languages() {
		check("language", v.Code, v.IRI, func(s string) (string, bool) { v, ok := vocab.Language(s); return v.Code, ok })
	}
	for _, v := range vocab.FileTypes() {
		check("file type", v.Code, v.IRI, func(s string) (string, bool) { v, ok := vocab.FileType(s); return v.Code, ok })
	}
	for _, v := range vocab.HVDCategories() {
		check("category", v.Code, v.IRI, func(s string) (string, bool) { v, ok := vocab.HVDCategory(s); return v.Code, ok })
	}
}

func TestLicencesFindThemselves(t *testing.T) {
	for _, v := range vocab.Licenses() {
		for _, in := range []string{v.URL, v.AgID, v.AgIDCode, v.CKAN} {
			if got, ok := vocab.License(in); in != "" && (!ok || got.URL != v.URL) {
				t.Errorf("licence %q is %q, want %q", in, got.URL, v.URL)
			}
		}
	}
}

func FuzzLookups(f *testing.F) {
	for _, s := range []string{"ENVI", "R/P1Y", "text/csv;", "https://creativecommons.org/licenses/by/4.0/deed.it", "it_IT", "://", "/", "http:///"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		vocab.Theme(s)
		vocab.Frequency(s)
		vocab.Language(s)
		vocab.FileType(s)
		if v, ok := vocab.License(s); ok && v.URL == "" {
			t.Fatalf("License(%q) has no address", s)
		}
	})
}
