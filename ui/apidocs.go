package ui

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"portico/catalog"
	"portico/dcat/vocab"
)

// An Action is one name of the API, as the page about it tells of it.
type Action struct {
	Name    string
	Help    string // in English
	Who     string // may run it, in English
	Read    bool   // changes nothing
	Anybody bool   // needs no token
	Params  []Param
}

// A Param is a parameter of an Action.
type Param struct{ Name, Type, Help string }

// An apiDocsPage teaches the API: first steps, recipes, and every action.
type apiDocsPage struct {
	frame
	Base    string // address of the actions
	First   []example
	More    []example
	Write   string // a change, which needs a token
	Python  string
	Groups  []actionGroup
	Actions int
}

// An example is a command that runs as it is printed, with the address that it
// asks, for a browser.
type example struct{ Title, Code, URL string }

// An actionGroup is the actions about one kind of thing.
type actionGroup struct {
	ID, Title string
	Actions   []actionView
}

// An actionView is an action with an example, where one can be made of what is
// in the catalog.
type actionView struct {
	Action
	Example example
}

// actionGroups tell the actions apart by the beginning of their names; the
// first that fits counts, and the last takes what is left.
var actionGroups = []struct {
	id       string
	prefixes []string
}{
	{"table", []string{"datastore_"}},
	{"dataset", []string{"package_", "current_package", "recently_changed", "dataset_", "hold_", "bulk_update"}},
	{"file", []string{"resource_", "file_"}},
	{"organization", []string{"organization_", "member_"}},
	{"group", []string{"group_"}},
	{"tag", []string{"tag_", "vocabulary_", "format_", "term_", "license_"}},
	{"harvest", []string{"harvest"}},
	{"user", []string{"user_", "api_token", "dashboard_", "am_following", "follow", "unfollow", "followee", "activity_", "get_site_user"}},
	{"site", []string{""}},
}

// groupOf returns the place of an action among actionGroups.
func groupOf(action string) int {
	for i, g := range actionGroups {
		if slices.ContainsFunc(g.prefixes, func(prefix string) bool { return strings.HasPrefix(action, prefix) }) {
			return i
		}
	}
	return len(actionGroups) - 1
}

// apiDocs answers /api-docs.
func (s *Server) apiDocs(r *request) (view, error) {
	if len(s.API) == 0 {
		return view{}, catalog.Errorf(catalog.NotFound, "nothing is told of the API")
	}
	some, err := s.samples(r)
	if err != nil {
		return view{}, err
	}
	p := &apiDocsPage{Base: s.Site.Link("/api/3/action/")}
	p.First, p.More = s.firstSteps(r, some)
	p.Write = s.writeExample()
	p.Python = "import json, urllib.parse, urllib.request\n\nask = urllib.parse.urlencode({\"q\": " + codeQuote(some.word) + ", \"rows\": 5})\n" +
		"with urllib.request.urlopen(" + codeQuote(p.Base+"package_search?") + " + ask) as answer:\n    found = json.load(answer)[\"result\"]\n\n" +
		"print(found[\"count\"])\nfor d in found[\"results\"]:\n    print(d[\"title\"], [r[\"url\"] for r in d[\"resources\"]])"
	for _, g := range actionGroups {
		p.Groups = append(p.Groups, actionGroup{ID: g.id, Title: r.text("apidocs.group." + g.id)})
	}
	for _, a := range s.API {
		if a.Name == "datastore_search_sql" && !s.SQL || strings.HasPrefix(a.Name, "harvest") && s.Harvest == nil {
			continue // this site does not offer it
		}
		p.Actions++
		v := actionView{Action: a}
		if pairs, ok := some.pairs(a.Name); ok && a.Read && a.Anybody {
			v.Example = s.curl("", a.Name, pairs...)
		}
		i := groupOf(a.Name)
		p.Groups[i].Actions = append(p.Groups[i].Actions, v)
	}
	p.Section, p.Title, p.Description = "api", r.text("apidocs.title"), r.text("apidocs.lead")
	p.Crumbs = []crumb{{Title: p.Title}}
	return view{template: "apidocs", data: p}, nil
}

// curl returns an action with parameters as a command and as an address.
func (s *Server) curl(title, action string, pairs ...string) example {
	base := s.Site.Link("/api/3/action/" + action)
	out := example{Title: title, Code: "curl -fsS " + shellQuote(base), URL: apiURL(action, pairs...)}
	if len(pairs) == 0 {
		return out
	}
	out.Code = "curl -fsSG " + shellQuote(base)
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			out.Code += " \\\n  --data-urlencode " + shellQuote(pairs[i]+"="+pairs[i+1])
		}
	}
	return out
}

// firstSteps are what one would do first, and then.
func (s *Server) firstSteps(r *request, some samples) (first, more []example) {
	first = []example{
		s.curl(r.text("apidocs.first.search"), "package_search", "q", some.word, "rows", "5"),
		s.curl(r.text("apidocs.first.facets"), "package_search", "rows", "0", "facet.field", `["organization","res_format","groups"]`),
	}
	if some.dataset != "" {
		first = append(first, s.curl(r.text("apidocs.first.show"), "package_show", "id", some.dataset))
	}
	if some.table != "" {
		first = append(first, s.curl(r.text("apidocs.first.rows"), "datastore_search", "resource_id", some.table, "limit", "5"))
	}
	more = []example{
		s.curl(r.text("apidocs.more.filter"), "package_search", "fq", some.filter(), "sort", "metadata_modified desc", "rows", "10"),
		s.curl(r.text("apidocs.more.page"), "package_search", "rows", "10", "start", "10"),
	}
	get := func(key, path string) {
		more = append(more, example{Title: r.text(key), Code: "curl -fsS " + shellQuote(s.Site.Link(path)), URL: path})
	}
	get("apidocs.more.rdf", "/catalog.ttl")
	get("apidocs.more.feed", "/feeds/dataset.atom")
	if some.dataset != "" {
		get("apidocs.more.one", "/dataset/"+url.PathEscape(some.dataset)+".jsonld")
	}
	if some.page != "" {
		get("apidocs.more.file", some.page+"/data.csv")
	}
	return first, more
}

// writeExample is a change. It is for reading: it needs a token.
func (s *Server) writeExample() string {
	return "curl -fsS -H \"Authorization: $TOKEN\" -H 'Content-Type: application/json' \\\n  -d '{\"name\": \"piste-ciclabili\", \"title\": \"Piste ciclabili\", \"owner_org\": \"ente\"}' \\\n  " +
		shellQuote(s.Site.Link("/api/3/action/package_create"))
}

// samples are things of the catalog that examples can ask for; each may be "".
type samples struct {
	word, dataset, resource, table, page, organization, group, tag, format string
}

// samples takes them from the datasets that were changed last, of which one has
// a table, so that the examples answer with something.
func (s *Server) samples(r *request) (samples, error) {
	const looked = 50
	ds, _, err := s.Datasets.ListDatasets(r.ctx, catalog.DatasetFilter{Sort: catalog.ByUpdated, Limit: looked})
	if err != nil {
		return samples{}, err
	}
	out := samples{word: "rifiuti", group: "ambiente"}
	for i, d := range ds {
		x := firstTable(d)
		if x != nil {
			out.table, out.page = x.ID, "/dataset/"+url.PathEscape(d.Name)+"/resource/"+x.ID
		}
		if i == 0 || x != nil {
			out.of(r, s, d)
		}
		if x != nil {
			break
		}
	}
	return out, nil
}

func firstTable(d *catalog.Dataset) *catalog.Distribution {
	for i := range d.Distributions {
		if x := &d.Distributions[i]; x.Table != nil && x.Table.Hash != "" {
			return x
		}
	}
	return nil
}

// of takes the samples that a dataset has.
func (x *samples) of(r *request, s *Server, d *catalog.Dataset) {
	x.dataset = d.Name
	if words := strings.Fields(subject(d)); len(words) > 0 {
		x.word = strings.ToLower(words[0])
	}
	if len(d.Distributions) > 0 {
		x.resource, x.format = d.Distributions[0].ID, formatOf(&d.Distributions[0])
	}
	if len(d.Keywords) > 0 {
		x.tag = d.Keywords[0].Name
	}
	if len(d.Themes) > 0 {
		if t, ok := vocab.Theme(d.Themes[0].Code); ok {
			x.group = t.Group
		}
	}
	if o, err := s.Organizations.Organization(r.ctx, d.Organization); err == nil && d.Organization != "" {
		x.organization = o.Name
	}
}

// filter is a condition that something fulfils.
func (x samples) filter() string {
	switch {
	case x.organization != "":
		return "organization:" + x.organization
	case x.format != "":
		return `res_format:"` + x.format + `"`
	}
	return "groups:" + x.group
}

// sampleQuestions are parameters with which actions that only read answer
// something; @ stands for a sample.
var sampleQuestions = map[string][]string{
	"status_show": nil, "license_list": nil, "site_read": nil, "vocabulary_list": nil, "harvesters_info_show": nil, "member_roles_list": nil, "tag_list": nil,
	"harvest_source_list": nil, "help_show": {"name", "package_search"},
	"package_list": {"limit", "3"}, "current_package_list_with_resources": {"limit", "3"}, "recently_changed_packages_activity_list": {"limit", "3"},
	"organization_list": {"all_fields", "true"}, "group_list": {"all_fields", "true"},
	"package_search": {"q", "@word", "rows", "3"}, "package_autocomplete": {"q", "@start"}, "organization_autocomplete": {"q", "@start"},
	"group_autocomplete": {"q", "@start"}, "tag_autocomplete": {"query", "@start"}, "tag_search": {"query", "@start"}, "format_autocomplete": {"q", "c"},
	"resource_search": {"query", "@format"}, "package_show": {"id", "@dataset"}, "package_activity_list": {"id", "@dataset"}, "dataset_quality_show": {"id", "@dataset"},
	"organization_show": {"id", "@organization"}, "organization_activity_list": {"id", "@organization"}, "tag_show": {"id", "@tag"},
	"resource_show": {"id", "@resource"}, "resource_view_list": {"id", "@resource"}, "datastore_search": {"resource_id", "@table", "limit", "3"},
	"datastore_info": {"id", "@table"}, "datastore_history": {"resource_id", "@table"}, "datastore_search_sql": {"sql", "@sql"},
}

// pairs returns parameters with which an action answers; ok is false where
// nothing in the catalog would do.
func (x samples) pairs(action string) (pairs []string, ok bool) {
	asked, ok := sampleQuestions[action]
	values := map[string]string{
		"@word": x.word, "@start": string([]rune(x.word)[:min(len([]rune(x.word)), 4)]), "@dataset": x.dataset, "@organization": x.organization, "@tag": x.tag,
		"@resource": x.resource, "@table": x.table, "@format": "format:" + strings.ToLower(cmp.Or(x.format, "csv")), "@sql": "",
	}
	if x.table != "" {
		values["@sql"] = "SELECT count(*) FROM " + quoteSQL(x.table)
	}
	for _, v := range asked {
		if strings.HasPrefix(v, "@") {
			v = values[v]
		}
		pairs = append(pairs, v)
		ok = ok && v != ""
	}
	return pairs, ok
}
