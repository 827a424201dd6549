package quality_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"portico/catalog"
	"portico/dcat"
	"portico/internal/httpclient"
	"portico/quality"
)

const turtle = `@prefix dcat: <http://www.w3.org/ns/dcat#> .
<https://esempio.it/d> a dcat:Dataset ; <http://purl.org/dc/terms/title> "Civici"@it .
`

func post(contentType, target, body string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, target, strings.NewReader(body))
	r.Header.Set("Content-Type", contentType)
	return r
}

// parts makes a form of names and values; a name that begins with @ is a file's.
func parts(target string, values ...string) *http.Request {
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	for i := 0; i+1 < len(values); i += 2 {
		if name, ok := strings.CutPrefix(values[i], "@"); ok {
			f, _ := m.CreateFormFile(name, "catalogo.ttl")
			fmt.Fprint(f, values[i+1])
			continue
		}
		_ = m.WriteField(values[i], values[i+1])
	}
	_ = m.Close()
	return post(m.FormDataContentType(), target, b.String())
}

func TestAQuestionIsReadInEveryForm(t *testing.T) {
	usual := []dcat.Ruleset{dcat.RulesIT, dcat.RulesAP2, dcat.RulesHVD}
	for _, tc := range []struct {
		name    string
		request *http.Request
		want    quality.Question
		refused string
	}{
		{name: "a document as the body", request: post("text/turtle", "/v?profile=ap2&fragment=1&vocab=off", turtle), want: quality.Question{
			Document: []byte(turtle), Type: "text/turtle", Validation: dcat.Validation{Rules: []dcat.Ruleset{dcat.RulesAP2}, Fragment: true},
		}},
		{name: "a form", request: post("application/x-www-form-urlencoded", "/v", url.Values{"document": {turtle}, "profile": {"it", "ap3"}}.Encode()), want: quality.Question{
			Document: []byte(turtle), Validation: dcat.Validation{Rules: []dcat.Ruleset{dcat.RulesIT, dcat.RulesAP3}, Vocabularies: true},
		}},
		{name: "a form with an address", request: post("application/x-www-form-urlencoded", "/v", "url=+https%3A%2F%2Fesempio.it%2Fc.rdf+"), want: quality.Question{
			URL: "https://esempio.it/c.rdf", Validation: dcat.Validation{Rules: usual, Vocabularies: true},
		}},
		{name: "a form with a file, which counts before the text", request: parts("/v", "document", "x", "@file", turtle, "fragment", "on"), want: quality.Question{
			Document: []byte(turtle), Name: "catalogo.ttl", Validation: dcat.Validation{Rules: usual, Vocabularies: true, Fragment: true},
		}},
		{name: "a form with an empty file and a text", request: parts("/v", "@file", "", "document", turtle, "vocab", "off"), want: quality.Question{
			Document: []byte(turtle), Validation: dcat.Validation{Rules: usual},
		}},
		{name: "an unknown profile", request: post("text/turtle", "/v?profile=shacl", turtle), refused: "nessun profilo"},
		{name: "a body that is too large", request: post("text/turtle", "/v", strings.Repeat("x", quality.MaxDocument+1<<20)), refused: "10 MB"},
		{name: "a file that is too large", request: parts("/v", "@file", strings.Repeat("x", quality.MaxDocument+1<<20)), refused: "10 MB"},
		{name: "a form that breaks off", request: post("multipart/form-data; boundary=x", "/v", "--x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb"), refused: "non si legge"},
		{name: "a form of very many parts", request: parts("/v", slices.Repeat([]string{"a", "b"}, 100)...), refused: "non si legge"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			q, err := quality.ReadQuestion(httptest.NewRecorder(), tc.request)
			if tc.refused != "" {
				wantInvalid(t, err, tc.refused)
				return
			}
			if err != nil || string(q.Document) != string(tc.want.Document) || q.Type != tc.want.Type || q.Name != tc.want.Name || q.URL != tc.want.URL ||
				!slices.Equal(q.Validation.Rules, tc.want.Validation.Rules) || q.Validation.Vocabularies != tc.want.Validation.Vocabularies || q.Validation.Fragment != tc.want.Validation.Fragment {
				t.Errorf("%+v, %v", q, err)
			}
		})
	}
}

func wantInvalid(t *testing.T, err error, italian string) {
	t.Helper()
	e, ok := errors.AsType[*catalog.Error](err)
	if !ok || e.Kind != catalog.Invalid || !strings.Contains(e.MsgIT, italian) || e.Msg == "" {
		t.Errorf("%v, want %q", err, italian)
	}
}

func TestADocumentIsFetchedFromItsAddress(t *testing.T) {
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/c":
			w.Header().Set("Content-Type", "text/turtle")
			fmt.Fprint(w, turtle)
		case "/page":
			fmt.Fprint(w, "<!DOCTYPE html><p>segreto")
		case "/large":
			fmt.Fprint(w, strings.Repeat("# x\n", 4<<20))
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(web.Close)
	open := &quality.Validator{Client: httpclient.New(httpclient.Options{AllowPrivate: true, MaxBytes: quality.MaxDocument})}
	v, err := open.Examine(t.Context(), "", quality.Question{URL: web.URL + "/c", Validation: dcat.Validation{Rules: []dcat.Ruleset{dcat.RulesAP2}}})
	if err != nil || v.Datasets != 1 || v.Violations == 0 {
		t.Errorf("%+v, %v", v, err)
	}
	for path, want := range map[string]string{"/page": "non è un documento RDF", "/large": "10 MB", "/none": "404"} {
		_, err := open.Examine(t.Context(), "", quality.Question{URL: web.URL + path})
		wantInvalid(t, err, want)
		if strings.Contains(fmt.Sprint(err), "segreto") {
			t.Error("what is at the address is told")
		}
	}
	guarded := &quality.Validator{Client: httpclient.New(httpclient.Options{})}
	for _, address := range []string{web.URL + "/c", "http://169.254.169.254/latest/meta-data", "http://[::1]/"} {
		_, err := guarded.Examine(t.Context(), "", quality.Question{URL: address})
		wantInvalid(t, err, "non ammesso")
	}
	for _, address := range []string{"file:///etc/passwd", "dati.esempio.it", "ftp://esempio.it/x", "javascript:alert(1)"} {
		_, err := guarded.Examine(t.Context(), "", quality.Question{URL: address})
		wantInvalid(t, err, "http://")
	}
	_, err = guarded.Examine(t.Context(), "", quality.Question{})
	wantInvalid(t, err, "manca il documento")
}

func TestOneClientAsksOnlySoOften(t *testing.T) {
	v := new(quality.Validator)
	q := quality.Question{Document: []byte(turtle), Type: "text/turtle"}
	refused := 0
	for range 30 {
		if _, err := v.Examine(t.Context(), "192.0.2.1", q); catalog.KindOf(err) == catalog.TooMany && err != nil {
			refused++
		} else if err != nil {
			t.Fatal(err)
		}
	}
	if refused < 15 || refused > 25 {
		t.Errorf("%d of 30 refused", refused)
	}
	if _, err := v.Examine(t.Context(), "192.0.2.2", q); err != nil {
		t.Errorf("another client: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := v.Examine(ctx, "192.0.2.3", q); err != nil && !errors.Is(err, context.Canceled) {
		t.Errorf("one who went away: %v", err)
	}
}

func FuzzReadQuestion(f *testing.F) {
	f.Add("multipart/form-data; boundary=x", "profile=it", []byte("--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\nb\r\n--x--"))
	f.Add("application/x-www-form-urlencoded", "", []byte("document=%zz&profile=hvd"))
	f.Add("text/turtle; charset=latin1", "vocab=off&fragment=on", []byte(turtle))
	f.Fuzz(func(t *testing.T, contentType, query string, body []byte) {
		r := httptest.NewRequest(http.MethodPost, "/v", bytes.NewReader(body))
		r.URL.RawQuery = query
		r.Header.Set("Content-Type", contentType)
		q, err := quality.ReadQuestion(httptest.NewRecorder(), r)
		if err == nil && len(q.Validation.Rules) == 0 {
			t.Error("no rules are asked")
		}
	})
}
