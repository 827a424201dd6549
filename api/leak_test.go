package api_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"portico/api"
	"portico/catalog"
)

// canary stands in every field of a dataset that must not be seen.
const canary = "canarino7f3a"

const (
	hiddenID   = "0e000000-0000-4000-8000-00000000000e"
	hiddenRes  = "0f000000-0000-4000-8000-00000000000f"
	hiddenName = canary + "-nome"
)

// hidden is a dataset full of canaries, a member of everything that is public.
func (w *world) hidden() *catalog.Dataset {
	file := w.blobs.add(canary + ";b\r\n" + canary + ";1\r\n")
	table, err := w.tables.Load(w.ctx, file, canary+".csv", "")
	w.must(err)
	return &catalog.Dataset{
		ID: hiddenID, Name: hiddenName, Title: catalog.It("Rifiuti " + canary), Description: catalog.It("Note " + canary),
		Identifier: canary, Holder: catalog.Agent{Identifier: "c_" + canary, Name: catalog.It("Ente " + canary)},
		Publisher: catalog.Agent{Identifier: "c_" + canary, Name: catalog.It("Ente " + canary)},
		Author:    catalog.Party{Name: canary, Email: canary + "@esempio.example"}, Maintainer: catalog.Party{Name: canary},
		Organization: "0a000000-0000-4000-8000-000000000002", Groups: []string{"envi"}, Themes: []catalog.Theme{{Code: "ENVI"}},
		Keywords: []catalog.Keyword{{Name: "rifiuti"}, {Name: canary}}, LicenseID: canary, Version: canary,
		LandingPage: "https://" + canary + ".example/", Frequency: "ANNUAL", Languages: []string{"ITA"},
		Extras: []catalog.Extra{{Key: canary, Value: canary}},
		Distributions: []catalog.Distribution{{
			ID: hiddenRes, Title: catalog.It(canary), Description: catalog.It(canary), FormatLabel: strings.ToUpper(canary), MediaType: "text/" + canary,
			AccessURL: "https://" + canary + ".example/a.csv", File: &catalog.File{Hash: file, Name: canary + ".csv", Uploaded: true, Size: 20}, Table: table,
		}},
	}
}

// hidings are the ways in which a dataset is not for everybody. It is put
// already hidden, so that it has never been public.
var hidings = map[string]func(w *world, d *catalog.Dataset){
	"private": func(w *world, d *catalog.Dataset) { d.Private = true; w.put(d) },
	"draft":   func(w *world, d *catalog.Dataset) { d.State = catalog.Draft; w.put(d) },
	"deleted": func(w *world, d *catalog.Dataset) {
		d.Private = true
		w.put(d)
		w.must(w.store.SetDatasetState(w.ctx, d.ID, catalog.Deleted, ""))
	},
}

func (w *world) put(d *catalog.Dataset) {
	w.t.Helper()
	_, err := w.store.PutDataset(w.ctx, d)
	w.must(err)
}

// stranger makes a user who edits another organization, and returns their token.
func (w *world) stranger() string {
	w.t.Helper()
	w.must(w.store.PutUser(w.ctx, &catalog.User{ID: "u-altro", Name: "altro", Email: "altro@esempio.example"}))
	w.must(w.store.PutMember(w.ctx, &catalog.Member{
		Body: "0a000000-0000-4000-8000-000000000001", Kind: catalog.MemberUser, Object: "u-altro", Role: catalog.RoleAdmin,
	}))
	const token = "portico_altro"
	w.must(w.store.PutToken(w.ctx, &catalog.Token{ID: "t-altro", User: "u-altro", Hash: hashOf(token)}))
	return token
}

// addresses are all that a stranger could ask, with and without knowing what
// is hidden. A new route must get a line here: TestEveryRouteIsInTheLeakMatrix.
func addresses(s *api.Server) (blind, knowing []string) {
	refs := []string{hiddenID, hiddenName, hiddenRes, canary, "rifiuti", "unione-alta-valle", "envi", "u-altro", "u1"}
	for _, name := range api.ReadActionNames(s) {
		path := "/api/3/action/" + name
		blind = append(blind, path, path+"?limit=1000", path+"?all_fields=true", path+"?q=ri", path+"?query=name:r&limit=1000",
			path+`?rows=1000&facet.field=["organization","groups","tags","res_format","license_id","author","holder_identifier"]`+
				"&include_private=true&include_drafts=true&include_deleted=true")
		for _, ref := range refs {
			query := url.QueryEscape(ref)
			for _, key := range []string{"id", "q", "resource_id", "user_id"} {
				if strings.Contains(ref, canary) || strings.HasPrefix(ref, "0e") || strings.HasPrefix(ref, "0f") {
					knowing = append(knowing, path+"?"+key+"="+query)
				} else {
					blind = append(blind, path+"?"+key+"="+query)
				}
			}
		}
		knowing = append(knowing, path+"?fq=name:"+hiddenName+"&include_private=true", path+"?query=name:"+canary)
	}
	blind = append(blind, "/api/3/action/catalog_quality_show?organization_id=unione-alta-valle")
	blind = append(blind, "/catalog.ttl", "/catalog.rdf", "/catalog.jsonld", "/catalog.nt", "/catalog.ttl?q=rifiuti", "/catalog",
		"/organization/unione-alta-valle/catalog.ttl", "/holder/c_x000/catalog.ttl", "/data.json", "/bulk/index.json", "/bulk/catalog.csv", "/data.json?q=rifiuti", "/catalog.ttl?rndt=true", "/catalog.ttl?after=0a&page=2", "/feeds/dataset.atom", "/feeds/organization/unione-alta-valle.atom", "/feeds/group/envi.atom",
		"/feeds/tag/rifiuti.atom", "/feeds/custom.atom?q=rifiuti", "/feeds/dataset.json", "/feeds/organization/unione-alta-valle.json", "/feeds/custom.json?q=rifiuti", "/feeds/holder/c_x000.atom", "/feeds/holder/c_x000.json", "/sitemap.xml", "/sitemap/sitemap-0.xml", "/sitemap/sitemap-1.xml",
		"/robots.txt", "/openapi.json", "/dcat.json", "/dcat.json?modified_since=2020-01-01", "/healthz", "/harvest/rifiuti/report.csv", "/harvest/rifiuti/runs.atom", "/api/2/util/dataset/autocomplete?incomplete=ri", "/api/2/util/tag/autocomplete?incomplete=ri",
		"/api/2/util/resource/format_autocomplete?incomplete=c", "/api", "/api/3", "/api/util/suggest?q=ri", "/api/util/suggest?q=rifiuti", "/api/util/suggest?q=ente",
		"/api/2/util/dataset/autocomplete?incomplete=canarno7f3a")
	knowing = append(knowing, "/api/2/util/dataset/autocomplete?incomplete="+canary, "/api/2/util/tag/autocomplete?incomplete="+canary,
		"/api/2/util/resource/format_autocomplete?incomplete="+canary, "/feeds/tag/"+canary+".atom", "/feeds/custom.atom?q="+canary, "/feeds/custom.json?q="+canary, "/feeds/holder/c_"+canary+".json", "/feeds/custom.json?name="+hiddenName,
		"/api/util/suggest?q="+canary, "/api/util/suggest?q=rifiuti+canarino", "/api/util/suggest?q=ente+canarino", "/api/2/util/dataset/autocomplete?incomplete=canarin7f3a",
		"/catalog.ttl?q="+canary, "/datastore/dump/"+hiddenRes, "/datastore/dump/"+hiddenRes+"?format=xlsx", "/datastore/dump/"+hiddenRes+".2", "/datastore/api_info/"+hiddenRes, "/datastore/dictionary_download/"+hiddenRes,
		"/api/3/action/datastore_search_sql?sql=SELECT+*+FROM+%22"+hiddenRes+"%22")
	for _, ref := range []string{hiddenID, hiddenName} {
		knowing = append(knowing, "/dataset/"+ref+".ttl", "/dataset/"+ref+".jsonld", "/dataset/"+ref+"/croissant.jsonld", "/dataset/"+ref+".ttl?profiles=dcat_ap_3", "/dataset/"+ref+"/resource/"+hiddenRes+"/download",
			"/dataset/"+ref+"/resource/"+hiddenRes+"/download/"+canary+".csv", "/dataset/"+ref+"/resource/"+hiddenRes+"/data.csv",
			"/dataset/"+ref+"/resource/"+hiddenRes+"/snapshot/latest/data.csv", "/dataset/"+ref+"/resource/"+hiddenRes+"/snapshot/2099-01-01/data.csv",
			"/dataset/"+ref+"/resource/"+hiddenRes+"/data.parquet",
			"/dataset/"+ref+"/resource/"+hiddenRes+"/data.xlsx?q="+canary, "/dataset/"+ref+"/resource/"+hiddenRes+"/data.csv-metadata.json", "/dataset/rifiuti-2023/resource/"+hiddenRes+"/download")
	}
	return blind, knowing
}

// varying is what differs between two instances that hold the same.
var varying = regexp.MustCompile(`20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?|00000000-0000-4000-8000-[0-9a-f]{12}`)

// TestNothingLeaks is LEAK-001 over the surfaces of this package: what is
// hidden changes no answer to those who must not see it, and its canaries are
// in none.
func TestNothingLeaks(t *testing.T) {
	for kind, hide := range hidings {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			without, with := newWorld(t).slowly().fill(), newWorld(t).slowly().fill()
			hide(with, with.hidden())
			with.follow()
			tokens := [2][2]string{{"", without.stranger()}, {"", with.stranger()}}
			blind, knowing := addresses(with.server)
			for i, who := range []string{"anybody", "a member of another organization"} {
				for _, target := range blind {
					a, b := without.as(tokens[0][i], target), with.as(tokens[1][i], target)
					if a != b {
						t.Errorf("%s is told of it by %s:\n%s", who, target, firstDifference(a, b))
					}
				}
				for _, target := range knowing {
					a, b := without.as(tokens[0][i], target), with.as(tokens[1][i], target)
					if leaks(a, b, target) {
						t.Errorf("%s reads it at %s:\n%s", who, target, firstDifference(a, b))
					}
				}
			}
		})
	}
}

// as returns status and body of an answer, without what varies.
func (w *world) as(token, target string) string {
	target = strings.NewReplacer(`"`, "%22", "[", "%5B", "]", "%5D").Replace(target)
	header := []string{}
	if token != "" {
		header = append(header, "Authorization", token)
	}
	rec := w.do("GET", target, "", header...)
	var head strings.Builder
	for _, k := range []string{"Location", "Content-Disposition", "Set-Cookie", "Link"} {
		fmt.Fprintln(&head, rec.Header().Get(k))
	}
	return varying.ReplaceAllString(fmt.Sprint(rec.Code, "\n", head.String(), rec.Body), "<varies>")
}

// leaks reports whether an answer says more of what is hidden than an answer
// of the catalogue without it, which a refusal that repeats the question does
// not.
func leaks(without, with, target string) bool {
	if without == with {
		return false
	}
	switch status, _, _ := strings.Cut(with, "\n"); status {
	case "403", "404", "409":
		return strings.Count(with, canary) > strings.Count(target, canary)
	}
	return true
}

func firstDifference(a, b string) string {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			from := max(i-100, 0)
			return "without: " + a[from:min(i+200, len(a))] + "\nwith:    " + b[from:min(i+200, len(b))]
		}
	}
	return fmt.Sprintf("lengths %d and %d: …%.200s", len(a), len(b), (a + b)[min(len(a), len(b)):])
}

// TestEveryRouteIsInTheLeakMatrix is LEAK-002: a route that nobody has looked
// at for leaks may not be added.
func TestEveryRouteIsInTheLeakMatrix(t *testing.T) {
	s := newWorld(t).server
	blind, knowing := addresses(s)
	for _, route := range api.Routes(s) {
		pattern := regexp.MustCompile("^" + regexp.MustCompile(`:[a-z]+`).ReplaceAllString(strings.ReplaceAll(route, "*path", ".+"), "[^/]+") + `(\?|$)`)
		found := false
		for _, target := range append(blind, knowing...) {
			found = found || pattern.MatchString(target)
		}
		if !found && !reviewed[route] {
			t.Errorf("no line of the leak matrix is at %s", route)
		}
	}
}

// reviewed are routes that show nothing of a dataset.
var reviewed = map[string]bool{"/uploads/group/:file": true, "/user/token": true}

// wordsOnly are the addresses that tell tags and formats and nothing of who
// has them.
var wordsOnly = regexp.MustCompile(`/action/(tag_|format_)|/util/(tag|resource)/`)

// TestWhatBecomesPrivateIsGoneAtOnce is LEAK-003 over this package.
func TestWhatBecomesPrivateIsGoneAtOnce(t *testing.T) {
	without, w := newWorld(t).slowly().fill(), newWorld(t).slowly().fill()
	d := w.hidden()
	w.put(d)
	w.follow()
	_, knowing := addresses(w.server)
	tags := map[string]string{}
	seen := 0
	for _, target := range knowing {
		rec := w.do("GET", target, "")
		if rec.Code == http.StatusOK && strings.Contains(rec.Body.String(), canary) {
			seen++
			tags[target] = rec.Header().Get("ETag")
		}
	}
	if seen < 10 {
		t.Fatalf("only %d answers show it while it is public", seen)
	}
	d.Private = true
	w.put(d) // search has not learned of it yet
	shows := func(target, tag string) bool {
		return w.do("GET", target, "", "If-None-Match", tag).Code == http.StatusNotModified || leaks(without.as("", target), w.as("", target), target)
	}
	for target, tag := range tags {
		// Words alone, which only the search engine counts, may last until it
		// has learned of the change.
		if !wordsOnly.MatchString(target) && shows(target, tag) {
			t.Errorf("%s still shows it at once", target)
		}
	}
	w.follow()
	for target, tag := range tags {
		if shows(target, tag) {
			t.Errorf("%s still shows it when search has learned of the change", target)
		}
	}
}
