package dcat

// Namespaces of the profile. The spelling is part of the name: http stays http.
const (
	nsAdms     = "http://www.w3.org/ns/adms#"
	nsDC       = "http://purl.org/dc/elements/1.1/"
	nsDcat     = "http://www.w3.org/ns/dcat#"
	nsDcatap   = "http://data.europa.eu/r5r/"
	nsDcatapit = "http://dati.gov.it/onto/dcatapit#"
	nsDct      = "http://purl.org/dc/terms/"
	nsEli      = "http://data.europa.eu/eli/ontology#"
	nsFoaf     = "http://xmlns.com/foaf/0.1/"
	nsGsp      = "http://www.opengis.net/ont/geosparql#"
	nsHydra    = "http://www.w3.org/ns/hydra/core#"
	nsLocn     = "http://www.w3.org/ns/locn#"
	nsOwl      = "http://www.w3.org/2002/07/owl#"
	nsRdf      = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
	nsRdfs     = "http://www.w3.org/2000/01/rdf-schema#"
	nsSchema   = "http://schema.org/"
	nsSkos     = "http://www.w3.org/2004/02/skos/core#"
	nsSpdx     = "http://spdx.org/rdf/terms#"
	nsTime     = "http://www.w3.org/2006/time#"
	nsVcard    = "http://www.w3.org/2006/vcard/ns#"
	nsXsd      = "http://www.w3.org/2001/XMLSchema#"
)

const (
	geonamesBase    = "https://sws.geonames.org/"
	datasetTypeBase = "http://publications.europa.eu/resource/authority/dataset-type/"
	eurovocBase     = "http://eurovoc.europa.eu/"
	noFormat        = "http://publications.europa.eu/resource/authority/file-type/OP_DATPRO"
	geoJSONType     = "https://www.iana.org/assignments/media-types/application/vnd.geo+json"
)

// Prefixes returns the prefixes that a writer of the profile declares.
func Prefixes() map[string]string {
	return map[string]string{
		"adms": nsAdms, "dc": nsDC, "dcat": nsDcat, "dcatap": nsDcatap, "dcatapit": nsDcatapit, "dct": nsDct,
		"eli": nsEli, "foaf": nsFoaf, "gsp": nsGsp, "hydra": nsHydra, "locn": nsLocn, "owl": nsOwl, "rdf": nsRdf,
		"rdfs": nsRdfs, "schema": nsSchema, "skos": nsSkos, "spdx": nsSpdx, "vcard": nsVcard, "xsd": nsXsd,
	}
}
