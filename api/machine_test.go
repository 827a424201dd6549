package api_test

import (
	"bytes"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"portico/catalog"
	"portico/internal/rdf"
)

func TestRequestsThatNeverReachAnAction(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct {
		name, method, target, body, contentType string
		status                                  int
		in                                      string
	}{
		{"PUT is refused with a page", "PUT", "/api/3/action/package_list", "", "", 405, "text/html"},
		{"PATCH is refused with a page", "PATCH", "/api/3/action/package_list", "{}", "application/json", 405, "text/html"},
		{"plain text is no JSON", "POST", "/api/3/action/package_list", `{"limit": 1}`, "text/plain", 415, "text/html"},
		{"a body without a type is no JSON", "POST", "/api/3/action/package_list", `{"limit": 1}`, "", 415, "text/html"},
		{"an empty body is no parameters", "POST", "/api/3/action/status_show", "", "application/json", 200, "application/json"},
		{"a large body is refused", "POST", "/api/3/action/package_list", `{"a":"` + strings.Repeat("x", 3<<20) + `"}`, "application/json", 413, "text/html"},
		{"a large form is refused", "POST", "/api/3/action/package_list", "a=" + strings.Repeat("x", 2<<20), "application/x-www-form-urlencoded", 413, "text/html"},
		{"a deep body is refused", "POST", "/api/3/action/package_list", strings.Repeat("[", 5000), "application/json", 400, "application/json"},
		{"version 1 has no actions", "GET", "/api/1/action/status_show", "", "", 404, "text/html"},
		{"there is no version 4", "GET", "/api/4", "", "", 404, "text/html"},
		{"a final slash is not found", "GET", "/api/3/action/package_list/", "", "", 404, "text/html"},
		{"no name is not found", "GET", "/api/3/action/", "", "", 404, "text/html"},
		{"OPTIONS tells the methods", "OPTIONS", "/api/3/action/status_show", "", "", 200, "text/html"},
		{"an unknown action comes before the body", "POST", "/api/3/action/nope", "{", "application/json", 400, "application/json"},
		{"a callback must be a name", "GET", "/api/3/action/package_list?callback=alert(1)//", "", "", 400, "application/json"},
		{"translations for CKAN's own scripts are none", "GET", "/api/i18n/it", "", "", 200, "text/html"},
	} {
		t.Run(c.name, func(t *testing.T) {
			header := []string{}
			if c.contentType != "" {
				header = append(header, "Content-Type", c.contentType)
			}
			rec := w.do(c.method, c.target, c.body, header...)
			if rec.Code != c.status || !strings.HasPrefix(rec.Header().Get("Content-Type"), c.in) {
				t.Errorf("%d %s, want %d %s: %.200s", rec.Code, rec.Header().Get("Content-Type"), c.status, c.in, rec.Body)
			}
		})
	}
}

func TestHEADIsGETWithoutABody(t *testing.T) {
	w := newWorld(t).fill()
	for _, target := range []string{
		"/api/3/action/status_show", "/api/3/action/package_search", "/catalog.ttl", "/catalog.rdf?page=7", "/dataset/rifiuti-2023.jsonld",
		"/organization/unione-alta-valle/catalog.nt", "/robots.txt", "/healthz", "/catalog.ttl?page=0", "/dataset/nope.ttl",
		"/dataset/rifiuti-2023/resource/0d000000-0000-4000-8000-000000000001/download/x.csv",
		"/dataset/rifiuti-2023/resource/0d000000-0000-4000-8000-000000000001/data.parquet",
	} {
		get, head := w.do("GET", target, ""), w.do("HEAD", target, "")
		if head.Code != get.Code || head.Header().Get("Content-Length") != get.Header().Get("Content-Length") || get.Header().Get("Content-Length") != strconv.Itoa(get.Body.Len()) {
			t.Errorf("%s: HEAD %d %s, GET %d %s with %d bytes", target, head.Code, head.Header().Get("Content-Length"), get.Code, get.Header().Get("Content-Length"), get.Body.Len())
		}
		if head.Header().Get("Content-Type") != get.Header().Get("Content-Type") || target != "/healthz" && head.Body.Len() > 0 {
			t.Errorf("%s: HEAD is not GET: %v", target, head.Header())
		}
	}
}

func TestTokens(t *testing.T) {
	w := newWorld(t).fill()
	for _, c := range []struct {
		name, header string
		status       int
	}{
		{"nobody", "", 403},
		{"a wrong token is nobody", "wrong", 403},
		{"Basic is nobody", "Basic YWRtaW46eA==", 403},
		{"a token as it is", w.token, 200},
		{"a token with Bearer", "Bearer " + w.token, 200},
		{"a token too long for one", strings.Repeat("x", 9000), 403},
	} {
		rec := w.do("GET", "/api/3/action/package_show?id=stipendi", "", "Authorization", c.header)
		if rec.Code != c.status {
			t.Errorf("%s: %d, want %d", c.name, rec.Code, c.status)
		}
		if known := c.status == 200; known != (rec.Header().Get("Cache-Control") == "private, no-store") || known == (rec.Header().Get("Access-Control-Allow-Origin") == "*") {
			t.Errorf("%s: headers %v", c.name, rec.Header())
		}
	}
	if rec := w.do("GET", "/api/3/action/package_show?id=stipendi&callback=f", "", "Authorization", w.token); rec.Code != 403 {
		t.Errorf("JSONP with a token: %d, want 403", rec.Code)
	}
	// What a sysadmin was shown must not be kept for others.
	for _, target := range []string{"/api/3/action/package_show?id=stipendi", "/dataset/stipendi.ttl"} {
		if rec := w.do("GET", target, ""); rec.Code != 403 {
			t.Errorf("%s for nobody after a sysadmin: %d", target, rec.Code)
		}
	}
	rec := w.do("GET", "/api/3/action/package_search?include_private=true&fl=name&sort=name+asc", "", "Authorization", w.token)
	if !strings.Contains(rec.Body.String(), "stipendi") {
		t.Errorf("a sysadmin does not find what is private: %s", rec.Body)
	}
	if rec := w.do("GET", "/api/3/action/package_search?include_private=true&fl=name&sort=name+asc", ""); strings.Contains(rec.Body.String(), "stipendi") {
		t.Errorf("anybody finds what is private: %s", rec.Body)
	}
}

// TestAddressesAreOursWhateverTheHost is SEC-020.
func TestAddressesAreOursWhateverTheHost(t *testing.T) {
	w := newWorld(t).fill()
	for _, target := range []string{
		"/api/3/action/package_show?id=rifiuti-2023", "/api/3/action/nope", "/api/3/action/package_show?id=nope", "/api/3/action/status_show",
		"/it/api/3/action/status_show", "/catalog.ttl", "/catalog.jsonld?q=rifiuti", "/dataset/rifiuti-2023.rdf", "/organization/unione-alta-valle/catalog.xml",
		"/api/4", "/catalog.foo", "/dataset/nope.ttl", "/robots.txt",
		"/dataset/qualita-aria/resource/0d000000-0000-4000-8000-000000000003/download",
	} {
		want := w.do("GET", target, "")
		for _, c := range [][]string{
			{"Host", "evil.example"},
			{"Host", "evil.example:99"},
			{"X-Forwarded-Host", "evil.example"},
			{"X-Forwarded-Proto", "evil"},
			{"Forwarded", "host=evil.example"},
			{"X-Original-URL", "/evil"},
			{"X-Rewrite-URL", "/evil"},
			{"X-Forwarded-Prefix", "/evil"},
		} {
			got := w.do("GET", target, "", c...)
			if got.Code != want.Code || got.Body.String() != want.Body.String() || got.Header().Get("Location") != want.Header().Get("Location") {
				t.Errorf("%s with %v: another answer", target, c)
			}
			if strings.Contains(got.Body.String(), "evil") {
				t.Errorf("%s with %v: evil is in the answer", target, c)
			}
		}
		if got := w.do("GET", "http://evil.example"+target, ""); got.Body.String() != want.Body.String() {
			t.Errorf("%s as an absolute URI: another answer", target)
		}
	}
}

func TestFeeds(t *testing.T) {
	w := newWorld(t).fill()
	for _, c := range []struct{ target, mediaType string }{
		{"/catalog.ttl", "text/turtle; charset=utf-8"},
		{"/catalog.rdf", "application/rdf+xml; charset=utf-8"},
		{"/catalog.xml", "application/rdf+xml; charset=utf-8"},
		{"/catalog.jsonld", "application/ld+json"},
		{"/catalog.n3", "text/n3"},
		{"/catalog.nt", "application/n-triples"},
		{"/it/catalog.ttl", "text/turtle; charset=utf-8"},
		{"/catalog.ttl?page=9", "text/turtle; charset=utf-8"},
		{"/catalog.ttl?q=rifiuti", "text/turtle; charset=utf-8"},
		{"/catalog.ttl?fq=tags:aria&profiles=euro_dcat_ap", "text/turtle; charset=utf-8"},
		{"/catalog.ttl?modified_since=2999-01-01", "text/turtle; charset=utf-8"},
		{"/organization/comune-di-esempio/catalog.ttl", "text/turtle; charset=utf-8"},
	} {
		rec := w.do("GET", c.target, "")
		if rec.Code != 200 || rec.Header().Get("Content-Type") != c.mediaType || rec.Header().Get("ETag") == "" {
			t.Errorf("%s: %d %v", c.target, rec.Code, rec.Header())
		}
		if again := w.do("GET", c.target, "", "If-None-Match", rec.Header().Get("ETag")); again.Code != http.StatusNotModified {
			t.Errorf("%s with its ETag: %d", c.target, again.Code)
		}
	}
	all := w.do("GET", "/catalog.nt", "").Body.String()
	for name, in := range map[string]bool{"rifiuti-2023": true, "bilancio-2023": true, "qualita-aria": true, "stipendi": false, "vecchi-orari": false, "senza-licenza": false, "bozza": false} {
		if strings.Contains(all, name) != in {
			t.Errorf("%s in the feed: %t, want %t", name, !in, in)
		}
	}
	for target, want := range map[string]string{
		"/catalog.nt?q=rifiuti": "rifiuti-2023", "/catalog.nt?fq=tags:aria": "qualita-aria", "/organization/unione-alta-valle/catalog.nt": "qualita-aria",
		"/organization/unione-alta-valle/catalog.nt?q=*:*": "qualita-aria",
	} {
		body := w.do("GET", target, "").Body.String()
		for _, name := range []string{"rifiuti-2023", "bilancio-2023", "qualita-aria", "senza-licenza"} {
			if strings.Contains(body, "c_x000:"+name) != (name == want) {
				t.Errorf("%s: %s", target, name)
			}
		}
		if strings.Contains(target, "?") && !strings.Contains(body, `totalItems> "1"`) {
			t.Errorf("%s counts more than it holds: %s", target, body)
		}
	}
}

func TestFeedsThatCannotBeAnswered(t *testing.T) {
	w := newWorld(t).fill()
	for target, status := range map[string]int{
		"/catalog.ttl?page=0": 409, "/catalog.ttl?page=x": 409, "/catalog.ttl?page=": 409, "/catalog.ttl?modified_since=ieri": 409,
		"/catalog.ttl?profiles=nope": 409, "/catalog.ttl?profiles=euro_dcat_ap_3": 200, "/dcat.json?page=x": 409, "/dcat.json?modified_since=ieri": 409,
		"/catalog.ttl?fq=tags:(": 409, "/catalog.foo": 404, "/organization/nope/catalog.ttl": 404,
		"/dataset/nope.ttl": 404, "/dataset/nope/croissant.jsonld": 404, "/dataset/rifiuti-2023/croissant.jsonld": 200, "/dataset/rifiuti-2023.ttl?profiles=geodcat_ap": 200, "/dataset/stipendi.ttl": 403, "/dataset/bozza.ttl": 403, "/dataset/senza-licenza.ttl": 200,
		"/dataset/0c000000-0000-4000-8000-000000000005.ttl": 410,
	} {
		rec := w.do("GET", target, "")
		if rec.Code != status {
			t.Errorf("%s: %d, want %d", target, rec.Code, status)
		}
		if status >= 400 && rec.Header().Get("Content-Type") != "text/html; charset=utf-8" {
			t.Errorf("%s: %s", target, rec.Header().Get("Content-Type"))
		}
	}
}

func TestAFeedChangesWithTheCatalog(t *testing.T) {
	w := newWorld(t).fill()
	first := w.do("GET", "/catalog.ttl", "")
	d, err := w.store.Dataset(w.ctx, "qualita-aria")
	w.must(err)
	d.Title = catalog.It("Aria pulita")
	_, err = w.store.PutDataset(w.ctx, d)
	w.must(err)
	second := w.do("GET", "/catalog.ttl", "", "If-None-Match", first.Header().Get("ETag"))
	if second.Code != 200 || !strings.Contains(second.Body.String(), "Aria pulita") {
		t.Errorf("after a change: %d", second.Code)
	}
	for _, target := range []string{"/api/3/action/package_show?id=qualita-aria", "/dataset/qualita-aria.ttl", "/api/3/action/package_search"} {
		if !strings.Contains(w.do("GET", target, "").Body.String(), "Aria pulita") {
			t.Errorf("%s is out of date", target)
		}
	}
	o, err := w.store.Organization(w.ctx, "unione-alta-valle")
	w.must(err)
	o.Title = catalog.It("Unione Bassa Valle")
	w.must(w.store.PutOrganization(w.ctx, o))
	if !strings.Contains(w.do("GET", "/api/3/action/package_show?id=qualita-aria", "").Body.String(), "Unione Bassa Valle") {
		t.Error("package_show has the organization's old title")
	}
}

func TestEveryPageOfAFeedIsReadable(t *testing.T) {
	w := newWorld(t).fill()
	for i := range 150 {
		name := "molti-" + strconv.Itoa(i)
		_, err := w.store.PutDataset(w.ctx, &catalog.Dataset{Name: name, Title: catalog.It(name), State: catalog.Active, Identifier: name})
		w.must(err)
	}
	seen := map[string]bool{}
	next := origin + "/catalog.ttl"
	for pages := 0; next != ""; pages++ {
		if pages > 3 {
			t.Fatal("the pages do not end")
		}
		u, err := url.Parse(next)
		w.must(err)
		rec := w.do("GET", u.RequestURI(), "")
		doc, err := rdf.Read(bytes.NewReader(rec.Body.Bytes()), rdf.Turtle, origin, rdf.DefaultLimits)
		w.must(err)
		g := rdf.NewGraph(doc.Triples)
		for _, s := range g.Typed("http://www.w3.org/ns/dcat#Dataset") {
			seen[rdf.Value(s)] = true
		}
		next = ""
		for _, s := range g.Typed("http://www.w3.org/ns/hydra/core#PagedCollection") {
			if o := g.Object(s, "http://www.w3.org/ns/hydra/core#next"); o != nil {
				next = rdf.Value(o)
			}
		}
	}
	if len(seen) != 153 {
		t.Errorf("%d datasets on all pages, want 153", len(seen))
	}
}

func TestNegotiation(t *testing.T) {
	w := newWorld(t).fill()
	for _, c := range []struct{ path, accept, want string }{
		{"/dataset/rifiuti-2023", "", "page"},
		{"/dataset/rifiuti-2023", "*/*", "page"},
		{"/dataset/rifiuti-2023", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "page"},
		{"/dataset/rifiuti-2023", "text/turtle", "text/turtle"},
		{"/dataset/rifiuti-2023", "text/turtle, */*;q=0.1", "text/turtle"},
		{"/dataset/rifiuti-2023", "text/turtle;q=0.5, text/html;q=0.9", "page"},
		{"/dataset/rifiuti-2023", "text/html;q=0.5, application/rdf+xml", "application/rdf+xml"},
		{"/dataset/rifiuti-2023", "application/ld+json;q=0.9, text/turtle;q=0.8", "application/ld+json"},
		{"/dataset/rifiuti-2023", "application/*", "application/rdf+xml"},
		{"/dataset/rifiuti-2023", "text/turtle;q=0", "page"},
		{"/dataset/rifiuti-2023", "image/png", "page"},
		{"/dataset/rifiuti-2023", ";;,,=q", "page"},
		{"/it/dataset/rifiuti-2023", "text/html", "page /it/dataset"},
		{"/catalog", "", "application/rdf+xml"},
		{"/catalog", "*/*", "application/rdf+xml"},
		{"/catalog", "text/turtle", "text/turtle"},
		{"/catalog", "text/html,*/*;q=0.8", "page"},
	} {
		rec := w.do("GET", c.path, "", "Accept", c.accept)
		if !strings.Contains(rec.Header().Get("Content-Type")+rec.Body.String(), c.want) || rec.Code != 200 {
			t.Errorf("%s with %q: %d %s, want %s", c.path, c.accept, rec.Code, rec.Header().Get("Content-Type"), c.want)
		}
		if !strings.Contains(strings.Join(rec.Header().Values("Vary"), ","), "Accept") {
			t.Errorf("%s with %q: Vary is %v", c.path, c.accept, rec.Header().Values("Vary"))
		}
	}
}

func TestEverythingElseIsHandedOn(t *testing.T) {
	w := newWorld(t)
	for _, path := range []string{"/", "/dataset", "/it/organization/x", "/organization/a/b", "/dataset/x/resource/y", "/dataset/x/resource/y/view", "/catalogo", "/en/"} {
		if rec := w.do("GET", path, ""); rec.Code != 200 || rec.Body.String() != "page "+path {
			t.Errorf("%s: %d %s", path, rec.Code, rec.Body)
		}
	}
	if rec := w.do("POST", "/dataset/x", "a=b"); rec.Body.String() != "page /dataset/x" {
		t.Errorf("POST: %d %s", rec.Code, rec.Body)
	}
}

func TestDownloads(t *testing.T) {
	w := newWorld(t).fill()
	rec := w.do("GET", "/dataset/rifiuti-2023"+at("1")+"/download/qualsiasi.csv", "")
	h := rec.Header()
	if rec.Code != 200 || !strings.HasPrefix(rec.Body.String(), "id;nome") || h.Get("Content-Type") != "text/csv" || h.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("%d %v", rec.Code, h)
	}
	if want := `attachment; filename="rifiuti _citt__.csv"; filename*=UTF-8''rifiuti%20%22citt%C3%A0%22.csv`; h.Get("Content-Disposition") != want {
		t.Errorf("%s, want %s", h.Get("Content-Disposition"), want)
	}
	part := w.do("GET", "/dataset/rifiuti-2023"+at("1")+"/download", "", "Range", "bytes=0-1")
	if part.Code != 206 || part.Body.String() != "id" {
		t.Errorf("a part: %d %q", part.Code, part.Body)
	}
	if same := w.do("GET", "/dataset/rifiuti-2023"+at("1")+"/download", "", "If-None-Match", h.Get("ETag")); same.Code != 304 {
		t.Errorf("with its ETag: %d", same.Code)
	}
}

func at(n string) string { return "/resource/0d000000-0000-4000-8000-00000000000" + n }

func TestWhatABrowserMightRunIsNeverShown(t *testing.T) {
	w := newWorld(t).fill()
	page := w.do("GET", "/dataset/bilancio-2023"+at("2")+"/download/bilancio.html", "")
	if page.Header().Get("Content-Type") != "application/octet-stream" || !strings.HasPrefix(page.Header().Get("Content-Disposition"), "attachment") {
		t.Errorf("a page is sent as %v", page.Header())
	}
}

func TestDownloadsOfWhatIsNotHere(t *testing.T) {
	w := newWorld(t).fill()
	away := w.do("GET", "/dataset/qualita-aria"+at("3")+"/download", "")
	if away.Code != 302 || away.Header().Get("Location") != "https://dati.altrove.example/qualita-aria.csv" {
		t.Errorf("%d %s", away.Code, away.Header().Get("Location"))
	}
	for path, status := range map[string]int{
		"/dataset/rifiuti-2023" + at("3") + "/download": 404, "/dataset/nope" + at("1") + "/download": 404, "/dataset/stipendi" + at("4") + "/download": 403,
		"/dataset/0c000000-0000-4000-8000-000000000005" + at("5") + "/download": 410, "/dataset/qualita-aria" + at("3") + "/data.csv": 404,
		"/dataset/rifiuti-2023" + at("1") + "/data.xyz": 404, "/dataset/rifiuti-2023" + at("1") + "/data.csv?limit=x": 400,
		"/dataset/rifiuti-2023" + at("1") + "/data.csv?offset=-1": 400,
	} {
		if rec := w.do("GET", path, ""); rec.Code != status {
			t.Errorf("%s: %d, want %d", path, rec.Code, status)
		}
	}
}

func TestTables(t *testing.T) {
	w := newWorld(t).fill()
	const path = "/dataset/rifiuti-2023/resource/0d000000-0000-4000-8000-000000000001/data."
	for _, c := range []struct{ suffix, mediaType, want string }{
		{"csv", "text/csv; charset=utf-8", "id,nome,valore\r\n1,Alfa,1.5\r\n2,Beta,2.5\r\n3,Gamma,3.5\r\n"},
		{"csv?limit=1&offset=1", "text/csv; charset=utf-8", "id,nome,valore\r\n2,Beta,2.5\r\n"},
		{"csv?limit=0", "text/csv; charset=utf-8", "id,nome,valore\r\n"},
		{"csv?excel=1", "text/csv; charset=utf-8", "\ufeffid;nome;valore\r\n1;Alfa;1,5\r\n2;Beta;2,5\r\n3;Gamma;3,5\r\n"},
		{"json?limit=1", "application/json", `"nome":"Alfa"`},
		{"parquet", "application/vnd.apache.parquet", "PAR1"},
		{"parquet?limit=1", "application/vnd.apache.parquet", "PAR1"},
	} {
		rec := w.do("GET", path+c.suffix, "")
		if rec.Code != 200 || rec.Header().Get("Content-Type") != c.mediaType || !strings.Contains(rec.Body.String(), c.want) {
			t.Errorf("%s: %d %s %.200q", c.suffix, rec.Code, rec.Header().Get("Content-Type"), rec.Body)
		}
		if d := rec.Header().Get("Content-Disposition"); !strings.HasPrefix(d, `attachment; filename="raccolta-dei-rifiuti-2023-csv.`) {
			t.Errorf("%s: %s", c.suffix, d)
		}
		if same := w.do("GET", path+c.suffix, "", "If-None-Match", rec.Header().Get("ETag")); same.Code != 304 {
			t.Errorf("%s with its ETag: %d", c.suffix, same.Code)
		}
		if head := w.do("HEAD", path+c.suffix, ""); head.Code != 200 || head.Body.Len() > 0 {
			t.Errorf("HEAD %s: %d", c.suffix, head.Code)
		}
	}
	a, b := w.do("HEAD", path+"csv", "").Header().Get("ETag"), w.do("HEAD", path+"csv?limit=1", "").Header().Get("ETag")
	if a == b {
		t.Error("different parts of a table have one ETag")
	}
}

func TestErrorsTellNothingOfTheInside(t *testing.T) {
	w := newWorld(t).fill()
	w.must(w.store.Close())
	for _, target := range []string{"/api/3/action/package_show?id=x", "/api/3/action/package_search", "/catalog.ttl", "/dataset/x.ttl", "/healthz"} {
		rec := w.do("GET", target, "")
		body := strings.ToLower(rec.Body.String())
		if rec.Code < 500 {
			t.Errorf("%s without a database: %d", target, rec.Code)
		}
		for _, secret := range []string{"sql", "portico.db", "/tmp", "goroutine", "closed"} {
			if strings.Contains(body, secret) {
				t.Errorf("%s: %q is in the answer: %s", target, secret, body)
			}
		}
	}
}
