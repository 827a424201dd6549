package api

import (
	"context"
	"strings"

	"portico/catalog"
	"portico/internal/ckan"
)

// extensions are the CKAN extensions whose addresses we answer, for clients
// that look before they ask.
var extensions = strings.Fields("activity datastore image_view text_view datatables_view dcat dcat_json_interface structured_data")

func none(*args) struct{} { return struct{}{} }

func (s *Server) statusShow(context.Context, struct{}) (result, error) {
	return one(mustJSON(map[string]any{
		"site_title": s.site.Title, "site_description": s.site.Description, "site_url": s.site.Link(""),
		"error_emails_to": s.site.Email, "locale_default": s.site.Locale,
		"extensions": extensions, "ckan_version": s.ckanVersion,
	})), nil
}

// addSiteRead adds an action that CKAN had up to 2.10, where we answer like one
// of those.
func (s *Server) addSiteRead(t map[string]action) {
	for _, old := range []string{"2.8", "2.9", "2.10"} {
		if s.ckanVersion == old || strings.HasPrefix(s.ckanVersion, old+".") {
			t["site_read"] = read(none, s.siteRead, "True: everybody may read this site.")
		}
	}
}

func (s *Server) siteRead(context.Context, struct{}) (result, error) {
	return one([]byte("true")), nil
}

func readName(a *args) string { return a.required("name") }

func (s *Server) helpShow(_ context.Context, name string) (result, error) {
	a, ok := s.actions[name]
	if !ok {
		return nil, withDetail(catalog.NotFound, "Action function not found")
	}
	lines := []string{a.help, ""}
	for _, p := range a.params {
		lines = append(lines, ":param "+p.name+": "+p.help, ":type "+p.name+": "+p.typ)
	}
	return one(mustJSON(strings.Join(lines, "\n"))), nil
}

func (s *Server) licenseList(context.Context, struct{}) (result, error) {
	var out []any
	for _, l := range ckan.Licenses() {
		open := "not reviewed"
		if l.Open {
			open = "approved"
		}
		out = append(out, map[string]string{
			"id": l.ID, "title": l.Title, "url": l.URL, "od_conformance": open, "osd_conformance": "not reviewed",
			"status": "active", "family": "", "maintainer": "", "domain_software": "False",
			"domain_content": pyRepr(forContent[l.ID]), "domain_data": pyRepr(forData[l.ID]), "is_generic": pyRepr(generic[l.ID]),
		})
	}
	return one(mustJSON(out)), nil
}

// What CKAN's register says of licences, besides their names.
var (
	forContent = map[string]bool{
		"cc-zero": true, "cc-by-sa": true, "gfdl": true, "other-open": true, "other-pd": true, "other-at": true, "uk-ogl": true,
	}
	forData = map[string]bool{"odc-pddl": true, "odc-odbl": true, "odc-by": true, "cc-zero": true}
	generic = map[string]bool{
		"notspecified": true, "other-open": true, "other-pd": true, "other-at": true, "other-nc": true, "other-closed": true,
	}
)
