package api

import (
	"bytes"
	"context"
	"net/url"
	"strings"

	"portico/catalog"
	"portico/dcat"
)

// addRDFActions adds ckanext-dcat's actions: RDF as the text of a result.
func (s *Server) addRDFActions(t map[string]action) {
	profiles := param{"profiles", "list", "the profile: dcat_ap_it unless told, dcat_ap_2, dcat_ap_3, geodcat, schema.org or croissant"}
	format := param{"format", "text", "rdf, xml, ttl, n3, nt or jsonld"}
	catalogParams := []param{
		{"page", "integer", "which page, from 1"},
		{"modified_since", "text", "a date: only what changed since"},
		{"q", "text", "words to look for"},
		{"fq", "text", "a filter in Lucene's syntax"},
		{"rndt", "boolean", "whether geodata that the RNDT describes are in it"},
		{"after", "text", "the ID of the dataset after which the page begins"},
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
	as     dcat.Profile
}

func readRDFDataset(a *args) rdfDatasetParams {
	return rdfDatasetParams{ref: a.required("id"), syntax: readSyntax(a), as: readProfile(a)}
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

func readProfile(a *args) dcat.Profile {
	names := strings.Join(a.commaList("profiles"), ",")
	p, ok := dcat.ProfileOf(names)
	if !ok {
		a.refuse("Unknown RDF profiles: " + names)
	}
	return p
}

func (s *Server) dcatDatasetShow(ctx context.Context, p rdfDatasetParams) (result, error) {
	if _, err := s.dataset(ctx, p.ref); err != nil {
		return nil, err
	}
	body, _, err := s.renderDataset(ctx, p.ref, p.as, p.syntax.format)
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
	for _, name := range []string{"page", "modified_since", "q", "fq", "rndt", "after"} {
		if a.has(name) {
			p.query.Set(name, a.text(name))
		}
	}
	if readProfile(a); a.has("profiles") {
		p.query.Set("profiles", strings.Join(a.commaList("profiles"), ","))
	}
	return p
}

func (s *Server) dcatCatalogShow(ctx context.Context, p rdfCatalogParams) (result, error) {
	f := feed{path: "/catalog." + p.syntax.extension, syntax: p.syntax}
	if err := f.read(p.query, s.now(), s.withRNDT); err != nil {
		return nil, err
	}
	ctx = catalog.WithActor(ctx, catalog.Actor{})
	revision, err := s.index.Revision(ctx)
	if err != nil {
		return nil, err
	}
	body, err := s.renderFeed(ctx, &f, "feed "+f.self(), revision)
	if err != nil {
		return nil, err
	}
	return one(mustJSON(string(bytes.TrimSpace(body)))), nil
}

// profileIn returns the profile that an address asks for, or refuses one that
// nobody knows, as ckanext-dcat does.
func profileIn(query url.Values) (dcat.Profile, error) {
	names := query.Get("profiles")
	p, ok := dcat.ProfileOf(names)
	if !ok {
		return p, catalog.Errorf(catalog.Conflict, "unknown RDF profile: %.100q", names).Italian("profilo RDF sconosciuto: %.100q", names)
	}
	return p, nil
}
