package api

import (
	"bytes"
	"context"
	"fmt"
	"net/url"

	"portico/catalog"
)

// addRDFActions adds ckanext-dcat's actions: RDF as the text of a result.
func (s *Server) addRDFActions(t map[string]action) {
	profiles := param{"profiles", "list", "names of profiles; what is given is DCAT-AP_IT, which serves them all"}
	format := param{"format", "text", "rdf, xml, ttl, n3, nt or jsonld"}
	catalogParams := []param{
		{"page", "integer", "which page, from 1"},
		{"modified_since", "text", "a date: only what changed since"},
		{"q", "text", "words to look for"},
		{"fq", "text", "a filter in Lucene's syntax"},
		format, profiles,
	}
	show := read(readRDFDataset, s.dcatDatasetShow, "A dataset in RDF.", refParam, format, profiles)
	show.read = false // CKAN lets nobody GET it
	t["dcat_dataset_show"] = show
	t["dcat_catalog_show"] = read(readRDFCatalog, s.dcatCatalogShow, "A page of the catalogue in RDF.", catalogParams...)
	t["dcat_catalog_search"] = read(readRDFCatalog, s.dcatCatalogShow, "A page of the catalogue in RDF, of what a search finds.", catalogParams...)
}

type rdfDatasetParams struct {
	ref    string
	syntax syntax
}

func readRDFDataset(a *args) rdfDatasetParams {
	p := rdfDatasetParams{ref: a.required("id"), syntax: readSyntax(a)}
	readProfiles(a)
	return p
}

// readSyntax reads a format by the extension of its addresses.
func readSyntax(a *args) syntax {
	name := a.text("format")
	if name == "" {
		name = "rdf"
	}
	x, ok := syntaxOf(name)
	if !ok {
		a.fault("format", "Unknown format: it must be rdf, xml, ttl, n3, nt or jsonld")
	}
	return x
}

func readProfiles(a *args) {
	for _, name := range a.commaList("profiles") {
		if name != "" && !knownProfiles[name] {
			a.refuse("Unknown RDF profiles: " + name)
		}
	}
}

func (s *Server) dcatDatasetShow(ctx context.Context, p rdfDatasetParams) (result, error) {
	if _, err := s.dataset(ctx, p.ref); err != nil {
		return nil, err
	}
	body, _, err := s.renderDataset(ctx, p.ref, p.syntax.format)
	if err != nil {
		return nil, err
	}
	return one(mustJSON(string(body))), nil
}

type rdfCatalogParams struct {
	syntax syntax
	query  url.Values
}

func readRDFCatalog(a *args) rdfCatalogParams {
	p := rdfCatalogParams{syntax: readSyntax(a), query: url.Values{}}
	for _, name := range []string{"page", "modified_since", "q", "fq"} {
		if a.has(name) {
			p.query.Set(name, a.text(name))
		}
	}
	readProfiles(a)
	return p
}

func (s *Server) dcatCatalogShow(ctx context.Context, p rdfCatalogParams) (result, error) {
	f := feed{path: "/catalog." + p.syntax.extension, syntax: p.syntax}
	if err := f.read(p.query, s.now()); err != nil {
		return nil, err
	}
	ctx = catalog.WithActor(ctx, catalog.Actor{})
	revision, err := s.index.Revision(ctx)
	if err != nil {
		return nil, err
	}
	body, err := s.renderFeed(ctx, &f, "feed "+f.link(f.page), revision)
	if err != nil {
		return nil, err
	}
	return one(mustJSON(string(bytes.TrimSpace(body)))), nil
}

// knownProfiles are the profiles that clients of ckanext-dcat and
// ckanext-dcatapit ask for by name.
var knownProfiles = map[string]bool{
	"it_dcat_ap": true, "dcat_ap_it": true, "euro_dcat_ap": true, "euro_dcat_ap_2": true, "euro_dcat_ap_3": true,
	"euro_dcat_ap_scheming": true, "euro_geodcat_ap_3": true, "dcat_ap_2": true, "dcat_ap_3": true, "dcat_us_3": true,
	"schemaorg": true, "schema.org": true, "croissant": true,
}

// checkProfiles refuses a profile that nobody knows, as ckanext-dcat does.
func checkProfiles(query url.Values) error {
	a := &args{given: map[string]any{"profiles": query.Get("profiles")}}
	readProfiles(a)
	if a.odd != nil {
		return catalog.Errorf(catalog.Conflict, "%s", a.odd.Error()).
			Italian("profilo RDF sconosciuto: %s", fmt.Sprintf("%.100q", query.Get("profiles")))
	}
	return nil
}
