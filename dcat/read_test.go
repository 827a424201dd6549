package dcat_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"portico/catalog"
	"portico/dcat"
	"portico/internal/rdf"
)

const prefixes = `
@prefix adms: <http://www.w3.org/ns/adms#> . @prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> .
@prefix dcatapit: <http://dati.gov.it/onto/dcatapit#> . @prefix dcatap: <http://data.europa.eu/r5r/> . @prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix vcard: <http://www.w3.org/2006/vcard/ns#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> . @prefix schema: <http://schema.org/> . @prefix time: <http://www.w3.org/2006/time#> .
@prefix locn: <http://www.w3.org/ns/locn#> . @prefix spdx: <http://spdx.org/rdf/terms#> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
`

const base = "https://example.org/opendata/catalog.ttl"

// graph parses Turtle with the usual prefixes.
func graph(t testing.TB, turtle string) *rdf.Graph {
	t.Helper()
	doc, err := rdf.Read(strings.NewReader(prefixes+turtle), rdf.Turtle, base, rdf.DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	return rdf.NewGraph(doc.Triples)
}

// one reads a graph of one dataset with the given properties.
func one(t testing.TB, properties string) dcat.Found {
	t.Helper()
	found, _ := dcat.Read(graph(t, `<https://example.org/d> a dcat:Dataset ; dct:title "T" ; `+properties), base)
	if len(found) != 1 {
		t.Fatalf("%d datasets", len(found))
	}
	return found[0]
}

func TestFormsOfADataset(t *testing.T) {
	for _, tc := range []struct {
		name, turtle string
		get          func(catalog.Dataset) any
		want         any
	}{
		{"an agent may be a blank node", `dct:rightsHolder [ foaf:name "Comune" ; dct:identifier "C_A001" ] .`, holder, catalog.Agent{Identifier: "c_a001", Name: catalog.It("Comune")}},
		{"an agent may be a text", `dct:rightsHolder "Comune di Prova" .`, holder, catalog.Agent{Name: catalog.It("Comune di Prova")}},
		{"an agent's relative name is its code", `dct:rightsHolder <c_a001> . <c_a001> foaf:name "Comune" .`, holder, catalog.Agent{Identifier: "c_a001", Name: catalog.It("Comune")}},
		{"an agent's address may end in its code", `dct:rightsHolder <http://dati.gov.it/Amministrazione/r_liguri> .`, holder, catalog.Agent{Identifier: "r_liguri", URI: "http://dati.gov.it/Amministrazione/r_liguri"}},
		{"an agent with a code goes before one without", `dct:rightsHolder "X", [ dct:identifier "c_a001" ; foaf:name "Y" ] .`, holder, catalog.Agent{Identifier: "c_a001", Name: catalog.It("Y")}},
		{"a contact may be spelt with hasFN and literals", `dcat:contactPoint [ vcard:hasFN "Ufficio" ; vcard:hasEmail "a@b.it" ; vcard:hasTelephone "06 1" ; vcard:hasURL "www.b.it" ] .`, contacts, []catalog.Contact{{Name: catalog.It("Ufficio"), Email: "a@b.it", Telephone: "06 1", URL: "http://www.b.it"}}},
		{"a contact may have value nodes", `dcat:contactPoint [ vcard:fn "U" ; vcard:hasEmail [ vcard:hasValue <mailto:a@b.it> ] ; vcard:hasTelephone [ vcard:hasValue <tel:+3906%201> ] ] .`, contacts, []catalog.Contact{{Name: catalog.It("U"), Email: "a@b.it", Telephone: "+3906 1"}}},
		{"an e-mail address may be a relative IRI", `dcat:contactPoint [ vcard:fn "U" ; vcard:hasEmail <a@b.it> ] .`, contacts, []catalog.Contact{{Name: catalog.It("U"), Email: "a@b.it"}}},
		{"a contact may be a bare address", `dcat:contactPoint <mailto:a@b.it> .`, contacts, []catalog.Contact{{Email: "a@b.it"}}},
		{"a contact without a scheme is a page", `dcat:contactPoint <www.comune.it> .`, contacts, []catalog.Contact{{URL: "http://www.comune.it"}}},
		{"a licence may be an old address", `dct:license <http://www.creativecommons.org/licenses/by/4.0/deed.it> .`, license, "https://creativecommons.org/licenses/by/4.0/"},
		{"a licence may be an AgID code", `dct:license <https://w3id.org/italia/controlled-vocabulary/licences/A29_IODL20> .`, license, "https://www.dati.gov.it/content/italian-open-data-license-v20"},
		{"a licence may be a node with a name", `dct:license [ foaf:name "CC BY 4.0" ] .`, license, "https://creativecommons.org/licenses/by/4.0/"},
		{"an empty licence gives way to the next", `dct:license "", [], <https://creativecommons.org/publicdomain/zero/1.0/> .`, license, "https://creativecommons.org/publicdomain/zero/1.0/"},
		{"an unknown licence is kept as it stands", `dct:license "Tutti i diritti riservati" .`, license, "Tutti i diritti riservati"},
		{"the unknown licence of the vocabulary is none", `dct:license <https://w3id.org/italia/controlled-vocabulary/licences/C1_Unknown> .`, license, ""},
		{"rights are no licence", `dct:rights <https://creativecommons.org/licenses/by/4.0/> .`, license, ""},
		{"a period may be DCAT-AP_IT's", `dct:temporal [ dcatapit:startDate "2020-01-01"^^xsd:date ; dcatapit:endDate "31/12/2020" ] .`, periods, []catalog.Period{{Start: "2020-01-01", End: "2020-12-31"}}},
		{"a period may be schema.org's", `dct:temporal [ schema:startDate "2020-01-01T00:00:00"^^xsd:dateTime ] .`, periods, []catalog.Period{{Start: "2020-01-01"}}},
		{"a period may be of instants", `dct:temporal [ time:hasBeginning [ time:inXSDDateTime "2020-01-01T00:00:00Z" ] ; time:hasEnd [ time:inXSDDate "2021-01-01" ] ] .`, periods, []catalog.Period{{Start: "2020-01-01", End: "2021-01-01"}}},
		{"a period may be a text", `dct:temporal "2009-09-01T12:00:00Z/2010-05-31T12:00:00Z", "dal 1/2/2020 al 3/4/2021", "start=2019-01-01; end=2019-12-31;", "2015", "2016-2018" .`, periods, []catalog.Period{{Start: "2009-09-01T12:00:00Z", End: "2010-05-31T12:00:00Z"}, {Start: "2020-02-01", End: "2021-04-03"}, {Start: "2019-01-01", End: "2019-12-31"}, {Start: "2015-01-01", End: "2015-12-31"}, {Start: "2016-01-01", End: "2018-12-31"}}},
		{"a reversed period is turned round", `dct:temporal [ dcat:startDate "2021-01-01" ; dcat:endDate "2020-01-01" ] .`, periods, []catalog.Period{{Start: "2020-01-01", End: "2021-01-01"}}},
		{"a period without a beginning is none", `dct:temporal [ dcat:endDate "2020-01-01" ], [] .`, periods, []catalog.Period(nil)},
		{"a place may be a literal identifier", `dct:spatial [ dcatapit:geographicalIdentifier "http://publications.europa.eu/resource/authority/place/ITA_TRT" ], [ dcatapit:geographicalIdentifier "http://www.geonames.org/3165241/trento.html" ] .`, places, []catalog.Place{{URI: place + "ITA_TRT"}, {URI: "https://sws.geonames.org/3165241/"}}},
		{"a place may be a name or a geometry", `dct:spatial "Trento", [ locn:geometry "POINT(1 2)", "{\"type\":\"Point\",\"coordinates\":[1,2]}" ] .`, places, []catalog.Place{{Name: catalog.It("Trento")}, {Geometry: "POINT(1 2)"}}},
		{"a theme may be a label, a code or a sub-theme", `dcat:theme "Ambiente", "ECON" ; dct:subject <http://eurovoc.europa.eu/100242> .`, themes, []catalog.Theme{{Code: "ENVI", Subthemes: []string{"http://eurovoc.europa.eu/100242"}}, {Code: "ECON"}}},
		{"a theme may be a concept without an address", `dcat:theme [ skos:prefLabel "Trasporti"@it ] .`, themes, []catalog.Theme{{Code: "TRAN"}}},
		{"a sub-theme alone tells its theme", `dct:subject <http://eurovoc.europa.eu/100215> .`, themes, []catalog.Theme{{Code: "HEAL", Subthemes: []string{"http://eurovoc.europa.eu/100215"}}}},
		{"keywords are split and cleaned", `dcat:keyword "aria, acqua"@it, "stato dell'arte", "x", "Aria", "air"@en .`, keywords, []catalog.Keyword{{Name: "aria"}, {Name: "acqua"}, {Name: "stato dell arte"}, {Name: "air", Lang: "en"}}},
		{"languages come in all forms", `dct:language "it", "eng", <http://publications.europa.eu/resource/authority/language/DEU>, "fr-FR", <http://id.loc.gov/vocabulary/iso639-1/es>, "ITA" .`, func(d catalog.Dataset) any { return d.Languages }, []string{"ITA", "ENG", "DEU", "FRA", "SPA"}},
		{"HTML and control characters go", `dct:description "<p>Uno &amp; due<br/>tre</p>\u0007<script>x()</script> a < b" .`, func(d catalog.Dataset) any { return d.Description.String() }, "Uno & due\ntre\n a < b"},
		{"a tagged text goes before an untagged one", `dct:description "senza", "con"@it, "with"@en-GB .`, func(d catalog.Dataset) any { return d.Description }, catalog.Text{"it": "con", "en": "with"}},
		{"a frequency may be a duration", `dct:accrualPeriodicity "R/P1Y" .`, frequency, "ANNUAL"},
		{"a frequency may be an Italian word", `dct:accrualPeriodicity [ rdfs:label "Semestrale" ] .`, frequency, "ANNUAL_2"},
		{"high-value data are told by IRI or by text", `dcatap:hvdCategory <http://data.europa.eu/bna/c_c3de25e4>, "http://data.europa.eu/bna/c_dd313021" .`, func(d catalog.Dataset) any { return d.HVD }, []string{"c_c3de25e4", "c_dd313021"}},
		{"a standard may be an address or a text", `dct:conformsTo <https://example.org/std>, "GTFS" .`, func(d catalog.Dataset) any { return d.ConformsTo }, []catalog.Standard{{URI: "https://example.org/std"}, {Title: catalog.It("GTFS")}}},
		{"other identifiers may be literals", `adms:identifier "abc", [ skos:notation "def" ; dct:creator [ dct:identifier "c_a001" ] ] .`, func(d catalog.Dataset) any { return d.OtherIDs }, []catalog.AlternateID{{Value: "abc"}, {Value: "def", Agent: catalog.Agent{Identifier: "c_a001"}}}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, tc.get(one(t, tc.turtle).Dataset)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func holder(d catalog.Dataset) any    { return d.Holder }
func contacts(d catalog.Dataset) any  { return d.Contacts }
func license(d catalog.Dataset) any   { return d.License }
func periods(d catalog.Dataset) any   { return d.Temporal }
func places(d catalog.Dataset) any    { return d.Spatial }
func themes(d catalog.Dataset) any    { return d.Themes }
func keywords(d catalog.Dataset) any  { return d.Keywords }
func frequency(d catalog.Dataset) any { return d.Frequency }

func TestFormsOfADistribution(t *testing.T) {
	for _, tc := range []struct {
		name, turtle string
		want         catalog.Distribution
	}{
		{"a format may be an IRI", `dct:format <http://publications.europa.eu/resource/authority/file-type/CSV>`, catalog.Distribution{Format: "CSV", FormatLabel: "CSV"}},
		{"a format may be a relative IRI", `dct:format <CSV>`, catalog.Distribution{Format: "CSV", FormatLabel: "CSV"}},
		{"a format may be a text", `dct:format "csv-semicolon"`, catalog.Distribution{Format: "CSV", FormatLabel: "csv-semicolon"}},
		{"a format may be a node", `dct:format [ a dct:IMT ; rdf:value "application/vnd.ms-excel" ; rdfs:label "XLS" ]`, catalog.Distribution{Format: "XLS", FormatLabel: "XLS", MediaType: "application/vnd.ms-excel"}},
		{"a format may be a media type", `dct:format "text/csv; charset=utf-8"`, catalog.Distribution{Format: "CSV", FormatLabel: "text/csv; charset=utf-8", MediaType: "text/csv"}},
		{"a media type may be an IRI with or without www", `dcat:mediaType <https://iana.org/assignments/media-types/text/csv>`, catalog.Distribution{Format: "CSV", MediaType: "text/csv"}},
		{"the placeholder is no format", `dct:format <http://publications.europa.eu/resource/authority/file-type/OP_DATPRO>`, catalog.Distribution{}},
		{"a size may be a decimal", `dcat:byteSize "1024.0"^^xsd:decimal`, catalog.Distribution{ByteSize: 1024}},
		{"a size of nothing is none", `dcat:byteSize "0", ""`, catalog.Distribution{}},
		{"a checksum keeps its algorithm", `spdx:checksum [ spdx:algorithm spdx:checksumAlgorithm_sha256 ; spdx:checksumValue "ABC"^^xsd:hexBinary ]`, catalog.Distribution{Checksum: catalog.Checksum{Algorithm: "sha256", Value: "abc"}}},
		{"an address may be a text", `dcat:accessURL "http://example.org/a b"`, catalog.Distribution{AccessURL: "http://example.org/a%20b"}},
		{"an availability may be of the old table", `dcatap:availability <http://data.europa.eu/r5r/availability/stable>`, catalog.Distribution{Availability: "STABLE"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			f := one(t, `dcat:distribution [ `+tc.turtle+` ] .`)
			got := f.Dataset.Distributions[0]
			got.ID = ""
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestWhatCountsAsADataset(t *testing.T) {
	found, info := dcat.Read(graph(t, `
		<https://example.org/> a dcat:Catalog ; dct:title "Catalogo" ; dcat:dataset <a>, <b>, <gone>, <c> .
		<a> a dcatapit:Dataset ; dct:title "Solo italiano" .
		<b> dct:title "Senza tipo" .
		<c> a dcat:Dataset .
		<d> a <http://dati.gov.it/onto/dcatapit#"Dataset> ; dct:title "Prefisso sbagliato" .
		<e> a dcat:Dataset, dcatapit:Dataset ; dct:title "Tutti e due" .
		<s> a dcat:DatasetSeries ; dct:title "Serie" .
		<page> a <http://www.w3.org/ns/hydra/core#PartialCollectionView> ; <http://www.w3.org/ns/hydra/core#next> <https://example.org/?page=2> .`), base)
	var titles []string
	for _, f := range found {
		titles = append(titles, f.Dataset.Title.String())
	}
	if diff := cmp.Diff([]string{"Solo italiano", "Senza tipo", "Prefisso sbagliato", "Tutti e due"}, titles); diff != "" {
		t.Error(diff)
	}
	if info.Next != "https://example.org/?page=2" || info.Title.String() != "Catalogo" {
		t.Errorf("%+v", info)
	}
}

func TestDistributionIDsAreStable(t *testing.T) {
	const turtle = `<https://example.org/d> a dcat:Dataset ; dct:title "T" ; dct:license <https://creativecommons.org/licenses/by/4.0/> ; dcat:distribution
		[ dcat:downloadURL <https://example.org/a.csv> ], [ dcat:downloadURL <https://example.org/a.csv> ], [ dct:title "niente" ], <https://example.org/x> .`
	first, _ := dcat.Read(graph(t, turtle), base)
	second, _ := dcat.Read(graph(t, "[] a foaf:Agent .\n"+turtle), base)
	if diff := cmp.Diff(first[0].Dataset, second[0].Dataset); diff != "" {
		t.Error(diff)
	}
	seen := map[string]bool{}
	for _, x := range first[0].Dataset.Distributions {
		if seen[x.ID] || len(x.ID) != 36 {
			t.Errorf("ID %q", x.ID)
		}
		seen[x.ID] = true
		if x.License != "https://creativecommons.org/licenses/by/4.0/" {
			t.Errorf("licence %q does not come from the dataset", x.License)
		}
	}
	if first[0].Distributions != 4 || first[0].Dataset.Distributions[3].AccessURL != "https://example.org/x" {
		t.Errorf("%d distributions, the last at %q", first[0].Distributions, first[0].Dataset.Distributions[3].AccessURL)
	}
}

func TestDigests(t *testing.T) {
	digest := func(turtle string) string {
		found, _ := dcat.Read(graph(t, turtle), base)
		return found[0].Digest
	}
	plain := `<d> a dcat:Dataset ; dct:title "T" ; dct:publisher <p> ; dct:temporal [ dcat:startDate "2020" ; dcat:endDate "2021" ], [ dcat:startDate "2022" ] .
		<p> foaf:name "P" ; foaf:page [ rdfs:label "x" ] . <other> a dcat:Dataset ; dct:title "O" ; dct:publisher <p> .`
	same := `<other> a dcat:Dataset ; dct:title "changed" . <p> foaf:page _:z ; foaf:name "P" . _:z rdfs:label "x" .
		_:b dcat:startDate "2022" . _:a dcat:endDate "2021" ; dcat:startDate "2020" . <d> dct:temporal _:b, _:a ; dct:publisher <p> ; dct:title "T" ; a dcat:Dataset .`
	want := digest(plain)
	found, _ := dcat.Read(graph(t, same), base)
	if got := found[1].Digest; got != want {
		t.Error("another order or other blank nodes give another digest")
	}
	for name, changed := range map[string]string{
		"the title": strings.Replace(plain, `"T"`, `"U"`, 1), "a language": strings.Replace(plain, `"T"`, `"T"@it`, 1),
		"the agent": strings.Replace(plain, `"P"`, `"Q"`, 1), "a blank node": strings.Replace(plain, `"2021"`, `"2023"`, 1),
		"a blank node of the agent": strings.Replace(plain, `"x"`, `"y"`, 1),
	} {
		if digest(changed) == want {
			t.Errorf("%s changes and the digest does not", name)
		}
	}
	digest(`<d> a dcat:Dataset ; dct:title "T" ; dct:relation _:a . _:a dct:relation _:b . _:b dct:relation _:a, <d> .`) // ends
}
