package ui

import (
	"net/url"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"portico/catalog"
	"portico/search"
)

// A staffPage explains what to do where a CKAN has a form for those who publish.
type staffPage struct {
	frame
	Heading, Text string
	Actions       []linkView // of the API, or the pages that do it here
}

// elsewhereHere are addresses of a CKAN whose content is at another one here, by
// the pattern of each.
var elsewhereHere = map[string]string{
	"/dataset/groups/:id":                   "/dataset/:id",
	"/dataset/followers/:id":                "/dataset/:id",
	"/dataset/resources/:id":                "/dataset/:id",
	"/dataset/history/:id":                  "/dataset/:id",
	"/dataset/:id/history/:activity":        "/dataset/:id",
	"/dataset/:id/resource":                 "/dataset/:id",
	"/dataset/:id/resource/:rid/view":       "/dataset/:id/resource/:rid",
	"/dataset/:id/resource/:rid/view/:view": "/dataset/:id/resource/:rid",
	"/dataset/:id/resource/:rid/embed":      "/dataset/:id/resource/:rid",
	"/dataset/:id/dictionary/:rid":          "/dataset/:id/resource/:rid",
	"/dataset/harvest_object/:oid":          "/harvest/object/:oid",
	"/dataset_series":                       "/dataset",
	"/dataset_series/:id":                   "/dataset/:id",
	"/organization/about/:id":               "/organization/:id",
	"/organization/activity/:id":            "/organization/:id",
	"/organization/members/:id":             "/organization/:id",
	"/organization/followers/:id":           "/organization/:id",
	"/organization/:id/about":               "/organization/:id",
	"/organization/:id/members":             "/organization/:id",
	"/group/about/:id":                      "/group/:id",
	"/group/activity/:id":                   "/group/:id",
	"/group/members/:id":                    "/group/:id",
	"/group/followers/:id":                  "/group/:id",
	"/group/:id/about":                      "/group/:id",
	"/harvest/about/:id":                    "/harvest/:id",
	"/harvest/:id/job":                      "/harvest/:id",
	"/harvest/:id/job/:run":                 "/harvest/:id/run/:run",
	"/datarequest":                          "/richieste",
	"/datarequest/new":                      "/richieste/nuova",
	"/datarequest/:n":                       "/richieste/:n",
}

// staffAddresses are where a CKAN has pages for who publishes or administers,
// with what the page says about it: a key of the locales.
var staffAddresses = map[string]string{
	"/dataset/new":                         "dataset",
	"/dataset/edit/:id":                    "dataset",
	"/dataset/delete/:id":                  "dataset",
	"/dataset/follow/:id":                  "follow",
	"/dataset/unfollow/:id":                "follow",
	"/dataset/collaborators/:id":           "dataset",
	"/dataset/:id/resource/new":            "dataset",
	"/dataset/:id/resource/:rid/edit":      "dataset",
	"/dataset/:id/resource/:rid/delete":    "dataset",
	"/dataset/:id/resource/:rid/new_view":  "dataset",
	"/dataset/:id/resource/:rid/edit_view": "dataset",
	"/organization/new":                    "body",
	"/organization/edit/:id":               "body",
	"/organization/delete/:id":             "body",
	"/organization/manage_members/:id":     "body",
	"/organization/member_new/:id":         "body",
	"/organization/member_delete/:id":      "body",
	"/organization/member_dump/:id":        "body",
	"/organization/bulk_process/:id":       "dataset",
	"/organization/admins/:id":             "body",
	"/group/new":                           "body",
	"/group/edit/:id":                      "body",
	"/group/delete/:id":                    "body",
	"/group/manage_members/:id":            "body",
	"/group/member_new/:id":                "body",
	"/group/member_delete/:id":             "body",
	"/user":                                "user",
	"/user/:id":                            "user",
	"/user/:id/:what":                      "user",
	"/login":                               "user",
	"/dashboard":                           "dashboard",
	"/dashboard/:what":                     "dashboard",
	"/ckan-admin":                          "admin",
	"/ckan-admin/:what":                    "admin",
	"/harvest/new":                         "harvest",
	"/harvest/admin/:id":                   "harvest",
	"/harvest/edit/:id":                    "harvest",
	"/harvest/refresh/:id":                 "harvest",
	"/harvest/clear/:id":                   "harvest",
	"/harvest/delete/:id":                  "harvest",
	"/harvest/:id/job/:run/abort":          "harvest",
}

// staffActions are what one asks of the API instead of filling in a form.
var staffActions = map[string][]string{
	"dataset":   {"package_create", "package_update", "package_patch", "package_delete", "resource_create"},
	"body":      {"organization_create", "organization_patch", "organization_member_create", "group_create"},
	"user":      {"user_show", "user_create", "api_token_create"},
	"dashboard": {"current_package_list_with_resources", "recently_changed_packages_activity_list"},
	"admin":     {"status_show", "config_option_list"},
	"harvest":   {"harvest_source_list", "harvest_source_create", "harvest_job_create"},
	"follow":    {"follow_dataset", "unfollow_dataset"},
}

// ckanPages are the addresses of a CKAN that are not ours: what people and
// programs have bookmarked answers still.
func (s *Server) ckanPages(show func(path string, p page), has func(path string) bool) {
	for pattern, to := range elsewhereHere {
		if !has(pattern) {
			show(pattern, s.hereInstead(to))
		}
	}
	for pattern, about := range staffAddresses {
		if !has(pattern) {
			show(pattern, s.staff(about))
		}
	}
	show("/tag", s.tags)
	show("/tag/:name", func(r *request) (view, error) {
		return view{}, &moved{path: filter{Values: map[string][]string{"tags": {r.param("name")}}}.url()}
	})
	show("/tags", func(*request) (view, error) { return view{}, &moved{path: "/tag"} })
	show("/tags/:name", func(r *request) (view, error) {
		return view{}, &moved{path: "/tag/" + url.PathEscape(r.param("name"))}
	})
}

// hereInstead sends the reader to the page of a pattern, if what it is about is
// there.
func (s *Server) hereInstead(pattern string) page {
	return func(r *request) (view, error) {
		if ref := r.param("id"); strings.HasPrefix(pattern, "/dataset/:id") {
			d, err := s.Datasets.Dataset(r.ctx, bareRef(ref))
			if err != nil {
				return view{}, err
			}
			if rid := r.param("rid"); rid != "" && !slices.ContainsFunc(d.Distributions, func(x catalog.Distribution) bool { return x.ID == rid }) {
				return view{}, catalog.Errorf(catalog.NotFound, "no such file")
			}
		}
		path := pattern
		for _, name := range []string{"id", "rid", "oid", "run", "n"} {
			path = strings.ReplaceAll(path, ":"+name, url.PathEscape(r.param(name)))
		}
		return view{}, &moved{path: path}
	}
}

// bareRef returns a reference without the extension of a syntax of RDF, which
// addresses of series may have.
func bareRef(ref string) string {
	for _, ext := range []string{".rdf", ".xml", ".ttl", ".n3", ".jsonld"} {
		if bare, ok := strings.CutSuffix(ref, ext); ok {
			return bare
		}
	}
	return ref
}

// staff explains, to who followed a link of a CKAN's staff, how it is done here.
func (s *Server) staff(about string) page {
	return func(r *request) (view, error) {
		p := &staffPage{Heading: r.text("staff." + about + ".heading"), Text: r.text("staff." + about + ".text")}
		for _, name := range staffActions[about] {
			p.Actions = append(p.Actions, linkView{Text: name, URL: "/api/3/action/help_show?name=" + name})
		}
		p.Section, p.Title, p.Hidden = "staff", p.Heading, true
		p.Crumbs = []crumb{{Title: p.Heading}}
		return view{template: "staff", data: p}, nil
	}
}

// A tagsPage lists the keywords.
type tagsPage struct {
	frame
	Values []facetValue
	Part   bool // these are the most frequent
}

// mostTags bounds the keywords of a page.
const mostTags = 300

func (s *Server) tags(r *request) (view, error) {
	settled := s.settled(r)
	res, err := search.Find(r.ctx, s.Engine, s.Datasets, search.Query{Facets: []search.Facet{{Field: search.Keyword, Limit: mostTags + 1}}})
	if err != nil {
		return view{}, err
	}
	counts := res.Facets[search.Keyword]
	p := &tagsPage{Values: topValues(counts, mostTags, "tags"), Part: len(counts) > mostTags}
	p.Section, p.Title, p.Description = "tag", r.text("tags.title"), r.text("tags.lead")
	p.Crumbs = []crumb{{Title: p.Title}}
	return view{template: "tags", data: p, uncached: !settled}, nil
}

// routed reports which patterns a router knows.
func routed(e *gin.Engine) func(string) bool {
	known := make(map[string]bool)
	for _, r := range e.Routes() {
		known[r.Path] = true
	}
	return func(path string) bool { return known[path] }
}
