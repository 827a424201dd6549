package files_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"portico/catalog"
	"portico/harvester/files"
	"portico/harvester/web/webtest"
)

// site serves a few files, and by PROPFIND their folder.
func site(page string) http.Handler {
	old := time.Date(2024, 5, 6, 7, 8, 9, 0, time.UTC)
	data := map[string]string{
		"/dati/alberi.csv": "id;specie\n1;tiglio\n2;acero\n", "/dati/2024/vie.csv": "id;nome\n1;Via Roma\n", "/dati/leggimi.md": "#",
		"/dati/.nascosto.csv": "a\n1\n",
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch body, ok := data[r.URL.Path]; {
		case r.Method == "PROPFIND":
			w.WriteHeader(http.StatusMultiStatus)
			fmt.Fprint(w, multistatus(r.URL.Path, data))
		case ok:
			http.ServeContent(w, r, r.URL.Path, old, strings.NewReader(body))
		default:
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprint(w, page)
		}
	})
}

func multistatus(folder string, data map[string]string) string {
	var b strings.Builder
	b.WriteString(`<d:multistatus xmlns:d="DAV:">`)
	dir := func(p string) {
		fmt.Fprintf(&b, `<d:response><d:href>%s</d:href><d:propstat><d:prop><d:resourcetype><d:collection/></d:resourcetype></d:prop></d:propstat></d:response>`, p)
	}
	dir(folder)
	dir("/altrove/") // which is outside
	dir(folder + "%2e%2e/")
	if folder == "/dati/" {
		dir("/dati/2024")
	}
	for p, body := range data {
		if rest, ok := strings.CutPrefix(p, folder); ok && !strings.Contains(rest, "/") {
			fmt.Fprintf(&b, `<d:response><d:href>%s</d:href><d:propstat><d:prop><d:resourcetype/><d:getcontentlength>%d</d:getcontentlength><d:getlastmodified>Mon, 06 May 2024 07:08:09 GMT</d:getlastmodified></d:prop></d:propstat></d:response>`, p, len(body))
		}
	}
	b.WriteString(`</d:multistatus>`)
	return b.String()
}

const page = `<!DOCTYPE html><title>Dati aperti</title><a href="/dati/alberi.csv">Alberi pubblici</a> <a href="dati/alberi.csv#x">CSV</a>
<a href="/dati/2024/vie.csv">scarica</a> <a href="/chi-siamo.html">Chi siamo</a> <a href="javascript:x('a.csv')">no</a> <a href="file:///etc/dati.csv">no</a>`

func TestAPageWithLinksToFiles(t *testing.T) {
	srv := httptest.NewServer(site(page))
	defer srv.Close()
	got, end := webtest.Read(t, webtest.Open(t, files.Kind(), srv.URL+"/", ""))
	if end != nil || len(got) != 2 || got[0].Title != "Alberi pubblici" || got[1].Title != "Vie" {
		t.Errorf("%+v, %v", got, end)
	}
	if _, end := webtest.Read(t, webtest.Open(t, files.Kind(), httpServer(t, "<html>niente</html>")+"/", "")); end == nil {
		t.Error("a page without files is a source")
	}
}

func httpServer(t *testing.T, page string) string {
	t.Helper()
	srv := httptest.NewServer(site(page))
	t.Cleanup(srv.Close)
	return srv.URL
}

func TestAnUnchangedPageCostsARequestAFile(t *testing.T) {
	webtest.Remembers(t, files.Kind(), site(page), "/", 3)
	webtest.Remembers(t, files.Kind(), site(page), "/dati/alberi.csv", 1)
}

// A WebDAV folder is read within itself, by its own scheme or by an option.
func TestWebDAV(t *testing.T) {
	srv := httptest.NewServer(site(page))
	defer srv.Close()
	for address, options := range map[string]string{srv.URL + "/dati": `{"mode":"webdav"}`, strings.Replace(srv.URL, "http", "webdav", 1) + "/dati/": ""} {
		got, end := webtest.Read(t, webtest.Open(t, files.Kind(), address, options))
		if end != nil || len(got) != 2 {
			t.Fatalf("%s: %+v, %v", address, got, end)
		}
		if d := got[1].Dataset; d.Distributions[0].DownloadURL != srv.URL+"/dati/alberi.csv" || d.Modified != "2024-05-06" {
			t.Errorf("%s: %+v", address, d)
		}
	}
	sealed, err := files.Kind().Open(catalog.Source{URL: srv.URL + "/dati/", Options: []byte(`{"mode":"webdav"}`), SecretFor: srv.URL}, webtest.Client())
	if err != nil {
		t.Fatal(err)
	}
	got, end := webtest.Read(t, sealed)
	if end != nil || len(got) != 2 || strings.HasPrefix(got[0].Dataset.Distributions[0].DownloadURL, "http") {
		t.Errorf("the address of a sealed file is told: %+v, %v", got, end)
	}
}

func FuzzPage(f *testing.F) {
	webtest.Fuzz(f, files.Kind(), []string{"http://x/pagina"}, page, "https://x/a.csv\nhttps://x/b.csv\n", "a;b\n1;2\n", "{", "PK\x03\x04")
}
