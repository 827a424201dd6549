package dcat

// Namespaces of the profile. The spelling is part of the name: http stays http.
const (
	nsBibo      = "http://purl.org/ontology/bibo/"
	nsCroissant = "http://mlcommons.org/croissant/"
	nsAdms      = "http://www.w3.org/ns/adms#"
	nsDC        = "http://purl.org/dc/elements/1.1/"
	nsDcat      = "http://www.w3.org/ns/dcat#"
	nsDcatap    = "http://data.europa.eu/r5r/"
	nsDcatapit  = "http://dati.gov.it/onto/dcatapit#"
	nsDct       = "http://purl.org/dc/terms/"
	nsEli       = "http://data.europa.eu/eli/ontology#"
	nsFoaf      = "http://xmlns.com/foaf/0.1/"
	nsGeodcat   = "http://data.europa.eu/930/"
	nsGsp       = "http://www.opengis.net/ont/geosparql#"
	nsHydra     = "http://www.w3.org/ns/hydra/core#"
	nsLocn      = "http://www.w3.org/ns/locn#"
	nsOwl       = "http://www.w3.org/2002/07/owl#"
	nsProv      = "http://www.w3.org/ns/prov#"
	nsRdf       = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
	nsRdfs      = "http://www.w3.org/2000/01/rdf-schema#"
	nsSchema    = "http://schema.org/"
	nsSkos      = "http://www.w3.org/2004/02/skos/core#"
	nsSpdx      = "http://spdx.org/rdf/terms#"
	nsTime      = "http://www.w3.org/2006/time#"
	nsVcard     = "http://www.w3.org/2006/vcard/ns#"
	nsXsd       = "http://www.w3.org/2001/XMLSchema#"
)

const (
	geonamesBase    = "https://sws.geonames.org/"
	datasetTypeBase = "http://publications.europa.eu/resource/authority/dataset-type/"
	admsStatusBase  = "http://purl.org/adms/status/"
	euStatusBase    = "http://publications.europa.eu/resource/authority/distribution-status/"
	noFormat        = "http://publications.europa.eu/resource/authority/file-type/OP_DATPRO"
	geoJSONType     = "https://www.iana.org/assignments/media-types/application/vnd.geo+json"
)

// KindSeries is the Kind of a dataset that is a series of others
// (dcat:DatasetSeries), as CKAN has it.
const KindSeries = "dataset_series"

// Prefixes returns the prefixes that a writer of the profile declares.
func Prefixes() map[string]string {
	return map[string]string{
		"adms": nsAdms, "bibo": nsBibo, "dc": nsDC, "dcat": nsDcat, "dcatap": nsDcatap, "dcatapit": nsDcatapit, "dct": nsDct,
		"eli": nsEli, "foaf": nsFoaf, "gsp": nsGsp, "hydra": nsHydra, "locn": nsLocn, "owl": nsOwl, "prov": nsProv, "rdf": nsRdf,
		"rdfs": nsRdfs, "schema": nsSchema, "skos": nsSkos, "spdx": nsSpdx, "vcard": nsVcard, "xsd": nsXsd,
	}
}
