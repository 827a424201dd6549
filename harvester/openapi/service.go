package openapi

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"

	"go.yaml.in/yaml/v3"

	"portico/catalog"
	"portico/harvester"
	"portico/harvester/web"
	"portico/internal/httpclient"
)

// maxDescription bounds a description of a service.
const maxDescription = 20 << 20

var errNotOpenAPI = errors.New("neither openapi nor swagger is in it")

// A description is what we read of one, in versions 2 and 3.
type description struct {
	OpenAPI web.String `json:"openapi"`
	Swagger web.String `json:"swagger"`
	Info    struct {
		Title       web.String `json:"title"`
		Description web.String `json:"description"`
		Version     web.String `json:"version"`
		Contact     struct {
			Name  web.String `json:"name"`
			Email web.String `json:"email"`
			URL   web.String `json:"url"`
		} `json:"contact"`
		License struct {
			Name web.String `json:"name"`
			URL  web.String `json:"url"`
		} `json:"license"`
	} `json:"info"`
	Servers []struct {
		URL web.String `json:"url"`
	} `json:"servers"`
	Host     web.String                 `json:"host"`
	BasePath web.String                 `json:"basePath"`
	Schemes  web.Strings                `json:"schemes"`
	Paths    map[string]json.RawMessage `json:"paths"`
	Tags     []struct {
		Name web.String `json:"name"`
	} `json:"tags"`
	Docs struct {
		URL web.String `json:"url"`
	} `json:"externalDocs"`
}

// described reads a description in JSON or YAML: one record.
func (c *connector) described(page *httpclient.Page, _ int) (web.Batch, error) {
	body, err := asJSON(page.Body)
	var d description
	if err == nil {
		err = json.Unmarshal(body, &d)
	}
	if err == nil && (cmp.Or(d.OpenAPI, d.Swagger) == "" || d.Paths == nil && d.Info.Title == "") {
		err = errNotOpenAPI
	}
	if err != nil {
		return web.Batch{}, web.NotA(page, "una descrizione OpenAPI", "an OpenAPI description", err)
	}
	title := web.Line(string(d.Info.Title))
	return web.Batch{Items: []web.Item{{ID: "service", Title: title, Raw: func() ([]byte, string) { return page.Body, "text/plain" }, Convert: func() (harvester.Record, error) {
		return service(page, &d)
	}}}}, nil
}

// asJSON returns a document that may be YAML as JSON. The decoder of YAML
// bounds what aliases unfold to.
func asJSON(body []byte) ([]byte, error) {
	body = bytes.TrimPrefix(bytes.TrimSpace(body), []byte("\ufeff"))
	if len(body) > maxDescription {
		return nil, fmt.Errorf("more than %d bytes", maxDescription)
	}
	if first(body) == '{' {
		return body, nil
	}
	if !bytes.Contains(body[:min(len(body), 4096)], []byte("openapi")) && !bytes.Contains(body[:min(len(body), 4096)], []byte("swagger")) {
		return nil, errNotOpenAPI
	}
	var v map[string]any
	if err := yaml.Unmarshal(body, &v); err != nil {
		return nil, err
	}
	return json.Marshal(v)
}

func service(page *httpclient.Page, s *description) (harvester.Record, error) {
	rec := harvester.Record{ID: "service", Digest: web.Hash(version, string(page.Body)), Link: page.URL}
	d := &rec.Dataset
	d.Title = web.Text(web.Line(string(s.Info.Title)), "it")
	if rec.Title = d.Title.String(); rec.Title == "" {
		return rec, harvester.Reject(web.TitleMissing)
	}
	d.Identifier = web.Base(page).Host + web.Base(page).EscapedPath()
	d.Description = web.Text(web.Plain(string(s.Info.Description)), "it")
	if len(d.Description) == 0 {
		d.Description = catalog.Text{
			"it": fmt.Sprintf("Servizio descritto in OpenAPI, con %d percorsi.", len(s.Paths)), "en": fmt.Sprintf("A service described in OpenAPI, with %d paths.", len(s.Paths)),
		}
	}
	d.Version = web.Line(string(s.Info.Version))
	d.LandingPage = web.Link(web.Base(page), string(s.Docs.URL))
	if who := s.Info.Contact; who.Name != "" || who.Email != "" {
		d.Contacts = []catalog.Contact{{Name: web.Text(web.Line(string(who.Name)), "it"), Email: web.Line(string(who.Email)), URL: web.Link(nil, string(who.URL))}}
	}
	words := []string{"api"}
	for _, t := range s.Tags {
		words = append(words, string(t.Name))
	}
	d.Keywords = web.Keywords("it", words...)
	servers := s.addresses(page)
	x := catalog.Distribution{Title: catalog.It("API"), AccessURL: cmp.Or(servers[0], page.URL), Services: []catalog.Service{{
		Title: d.Title, EndpointURLs: servers, EndpointDescription: page.URL,
	}}}
	web.Format(&x, "API")
	d.Distributions, rec.Distributions = []catalog.Distribution{x}, 1
	if l := s.Info.License; cmp.Or(l.URL, l.Name) != "" && !web.License(d, string(l.URL), string(l.Name)) {
		rec.Problems = append(rec.Problems, web.UnknownLicense(string(cmp.Or(l.Name, l.URL))))
	}
	return rec, nil
}

// addresses returns where the service is; where the description is when it
// does not say.
func (s *description) addresses(page *httpclient.Page) []string {
	const most = 20
	var out []string
	for _, x := range s.Servers[:min(len(s.Servers), most)] {
		if a := web.Link(web.Base(page), string(x.URL)); a != "" {
			out = append(out, a)
		}
	}
	if s.Host != "" || s.BasePath != "" {
		schemes := s.Schemes
		if len(schemes) == 0 {
			schemes = web.Strings{web.Base(page).Scheme}
		}
		host := cmp.Or(string(s.Host), web.Base(page).Host)
		for _, scheme := range schemes[:min(len(schemes), most)] {
			if a := web.Link(nil, scheme+"://"+host+string(s.BasePath)); a != "" {
				out = append(out, a)
			}
		}
	}
	if len(out) == 0 {
		out = []string{web.Link(web.Base(page), "/")}
	}
	return out
}
