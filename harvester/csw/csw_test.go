package csw_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"portico/catalog"
	"portico/harvester/csw"
	"portico/harvester/web/webtest"
)

func TestRecords(t *testing.T) { webtest.Golden(t, csw.Kind(), "/metadati.xml") }

func FuzzRecords(f *testing.F) {
	webtest.Fuzz(f, csw.Kind(), []string{"http://x/csw", "http://x/record.xml", "http://x/cartella/"},
		`<GetRecordsResponse><SearchResults numberOfRecordsMatched="2" nextRecord="1"><SummaryRecord><identifier>a</identifier><title>b</title></SummaryRecord></SearchResults></GetRecordsResponse>`,
		`<html><a href="a.xml">a</a><a href="../b.xml">b</a><a href="sub/">c</a></html>`, `<ExceptionReport/>`)
}

const record = `<SummaryRecord><identifier>%s</identifier><title>Titolo %[1]s</title></SummaryRecord>`

// paged is a CSW of n records that gives two at a time.
func paged(n int, next func(after int) int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var from int
		_, _ = fmt.Sscan(r.URL.Query().Get("startPosition"), &from)
		var b strings.Builder
		for i := from; i < from+2 && i <= n; i++ {
			fmt.Fprintf(&b, record, fmt.Sprint("r", i))
		}
		fmt.Fprintf(w, `<GetRecordsResponse><SearchResults numberOfRecordsMatched="%d" nextRecord="%d">%s</SearchResults></GetRecordsResponse>`, n, next(from+2), b.String())
	}
}

// Paging is followed by the server's word where it makes sense, else by what
// came; a server that repeats itself or stops early is told from an end.
func TestPaging(t *testing.T) {
	for name, test := range map[string]struct {
		h       http.HandlerFunc
		records int
		fails   bool
	}{
		"the server says 0 at the end":     {paged(5, func(next int) int { return map[bool]int{true: next, false: 0}[next <= 5] }), 5, false},
		"the server counts beyond the end": {paged(5, func(next int) int { return next }), 5, false},
		"the server always says 1":         {paged(5, func(int) int { return 1 }), 5, false},
		"the server ends in the middle":    {paged(5, func(int) int { return 0 }), 2, true},
		"the server ignores where to start": {func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprintf(w, `<GetRecordsResponse><SearchResults numberOfRecordsMatched="9" nextRecord="2">`+record+`</SearchResults></GetRecordsResponse>`, "r1")
		}, 1, true},
		"the server answers with an exception": {func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w, `<ExceptionReport><Exception><ExceptionText>no &lt;b&gt;such&lt;/b&gt; schema</ExceptionText></Exception></ExceptionReport>`)
		}, 0, true},
		"a web page comes": {func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<html>manutenzione</html>") }, 0, true},
	} {
		t.Run(name, func(t *testing.T) {
			srv := httptest.NewServer(test.h)
			defer srv.Close()
			got, end := webtest.Read(t, webtest.Open(t, csw.Kind(), srv.URL+"/geonetwork/srv/ita/csw", ""))
			if len(got) != test.records || (end != nil) != test.fails {
				t.Errorf("%d records, %v", len(got), end)
			}
		})
	}
}

// A folder is read within itself: no parent, no other host, no circle.
func TestFolderStaysInside(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("/meta/", func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, ".xml") {
			fmt.Fprintf(w, record, r.URL.Path)
			return
		}
		fmt.Fprint(w, `<html><a href="../">su</a><a href="/etc/a.xml">fuori</a><a href="http://example.com/meta/b.xml">altrove</a><a href="?C=N">nome</a>
			<a href="uno.xml">1</a><a href="due.XML">2</a><a href="leggimi.txt">no</a><a href="/meta/sotto/">giù</a><a href="javascript:alert(1)">js</a></html>`)
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		t.Errorf("asked for %s", r.URL)
		http.NotFound(w, r)
	})
	srv := httptest.NewServer(mux)
	defer srv.Close()
	got, end := webtest.Read(t, webtest.Open(t, csw.Kind(), srv.URL+"/meta/", ""))
	// The two files of the folder, and the first of the folder within, which
	// lists itself and so on down to the depth that is the limit.
	if end != nil || len(got) < 2 {
		t.Errorf("%+v, %v", got, end)
	}
}

func TestOptionsAreChecked(t *testing.T) {
	for options, ok := range map[string]bool{
		``: true, `{"mode":"waf"}`: true, `{"mode":"ftp"}`: false, `{"page_size":500}`: false, `{"shcema":"dc"}`: false, `{"types":["dataset"]}`: true,
	} {
		_, err := csw.Kind().Open(catalog.Source{URL: "https://x/csw", Options: []byte(options)}, http.DefaultClient)
		if (err == nil) != ok {
			t.Errorf("%s: %v", options, err)
		}
	}
}

func TestAnUnchangedServiceIsNotReadAgain(t *testing.T) {
	webtest.Remembers(t, csw.Kind(), paged(2, func(int) int { return 0 }), "/csw", 1)
}
