package ui

import (
	"bytes"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	"portico/catalog"
	"portico/dcat"
	"portico/quality"
)

// A validatorPage takes an RDF document and tells what is wrong with it.
type validatorPage struct {
	frame
	Document  string // as it was pasted
	URL       string
	Profiles  []profileChoice
	Vocab     bool
	Fragment  bool
	CanFetch  bool
	MaxMiB    int
	Error     string
	Result    *verdictView
	AnswerURL string // for programs
}

// A profileChoice is a set of rules that can be asked for.
type profileChoice struct {
	Code, Label string
	Checked     bool
}

// A verdictView is what was found in a document.
type verdictView struct {
	Clean      bool
	Format     string
	Name       string // of the file, or its address
	Datasets   int
	Triples    int
	NViolated  int
	NWarned    int
	Violations []groupView
	Warnings   []groupView
}

// mostEchoed bounds the pasted document that a page gives back.
const mostEchoed = 200_000

// formats are the names of the syntaxes.
var formats = map[string]string{"rdfxml": "RDF/XML", "turtle": "Turtle", "ntriples": "N-Triples", "nquads": "N-Quads", "jsonld": "JSON-LD"}

func (s *Server) validatorForm(r *request) (view, error) {
	if s.Validator == nil {
		return view{}, catalog.Errorf(catalog.NotFound, "no such page")
	}
	q := quality.Question{URL: r.query.Get("url")}
	q.Validation = dcat.Validation{Vocabularies: true, Fragment: r.query.Get("fragment") == "on"}
	return view{template: "validatore", data: s.validatorPage(r, q), uncached: r.query.Encode() != ""}, nil
}

func (s *Server) validatorPage(r *request, q quality.Question) *validatorPage {
	p := &validatorPage{
		URL: q.URL, Vocab: q.Validation.Vocabularies, Fragment: q.Validation.Fragment, MaxMiB: quality.MaxDocument >> 20,
		CanFetch: s.Validator.Client != nil, AnswerURL: s.Site.Link("/api/validate"),
	}
	if q.Name == "" && len(q.Document) <= mostEchoed && utf8.Valid(q.Document) {
		p.Document = string(q.Document)
	}
	rules := q.Validation.Rules
	if len(rules) == 0 {
		rules = []dcat.Ruleset{dcat.RulesIT, dcat.RulesAP2, dcat.RulesHVD}
	}
	for _, set := range dcat.Rulesets() {
		p.Profiles = append(p.Profiles, profileChoice{Code: string(set), Label: r.text("validator.profile." + string(set)), Checked: slices.Contains(rules, set)})
	}
	p.Section, p.Title = "validatore", r.text("validator.title")
	p.Description = r.text("validator.lead")
	p.Crumbs = []crumb{{Title: p.Title}}
	p.Canonical = "/validatore"
	return p
}

// validate answers who sends a document: with a page, or with JSON who asks for
// that.
func (s *Server) validate(c *gin.Context) {
	r := s.request(c.Request, c.Param)
	if s.Validator == nil {
		s.fail(c.Writer, c.Request, catalog.Errorf(catalog.NotFound, "no such page"))
		return
	}
	q, err := quality.ReadQuestion(c.Writer, c.Request)
	var v dcat.Verdict
	if err == nil {
		v, err = s.Validator.Examine(r.ctx, s.client(c.Request), q)
	}
	c.Header("Cache-Control", "no-store")
	if wantsJSON(r) {
		s.answerJSON(c, r, v, err)
		return
	}
	p := s.validatorPage(r, q)
	p.Hidden = true
	status := http.StatusOK
	if err != nil {
		if status = statuses[catalog.KindOf(err)]; status >= http.StatusInternalServerError || status == http.StatusNotFound {
			s.fail(c.Writer, c.Request, err)
			return
		}
		p.Error = r.message(err)
		p.Title = r.text("validator.failed") + " – " + p.Title
	} else {
		p.Result = r.verdict(v, q)
		p.Title = r.text("validator.result") + " – " + p.Title
	}
	if status == http.StatusTooManyRequests {
		c.Header("Retry-After", "10")
	}
	out, err := s.draw(r, view{template: "validatore", data: p})
	if err != nil {
		s.fail(c.Writer, c.Request, err)
		return
	}
	c.Header("Content-Language", r.locale)
	c.Data(status, "text/html; charset=utf-8", out.body)
}

// verdict shows v.
func (p speaker) verdict(v dcat.Verdict, q quality.Question) *verdictView {
	out := &verdictView{Clean: v.Violations == 0, Format: formats[string(v.Format)], Name: q.Name, Datasets: v.Datasets, Triples: v.Triples}
	if out.Name == "" {
		out.Name = q.URL
	}
	out.Violations, out.NViolated = groupFindings(p, v.Findings, dcat.Violation)
	out.Warnings, out.NWarned = groupFindings(p, v.Findings, dcat.Warning)
	return out
}

// message is what err says to people in the reader's language.
func (p speaker) message(err error) string {
	if e, ok := errors.AsType[*catalog.Error](err); ok {
		return sentence(e.In(p.locale))
	}
	return p.text("error.500.message")
}

// sentence returns s with a capital letter and a full stop.
func sentence(s string) string {
	first, n := utf8.DecodeRuneInString(s)
	return strings.ToUpper(string(first)) + strings.TrimSuffix(s[n:], ".") + "."
}

func wantsJSON(r *request) bool {
	if f := r.query.Get("format"); f != "" {
		return f == "json"
	}
	accept := r.Header.Get("Accept")
	return strings.Contains(accept, "application/json") && !strings.Contains(accept, "text/html")
}

func (s *Server) answerJSON(c *gin.Context, r *request, v dcat.Verdict, err error) {
	status, answer := http.StatusOK, any(quality.AnswerOf(v, r.locale, quality.MostShown))
	if err != nil {
		if status = statuses[catalog.KindOf(err)]; status >= http.StatusInternalServerError {
			s.Log.ErrorContext(r.ctx, "validation failed", "error", err)
		}
		answer = map[string]string{"error": r.message(err)}
	}
	if status == http.StatusTooManyRequests {
		c.Header("Retry-After", "10")
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(answer); err != nil {
		s.fail(c.Writer, c.Request, err)
		return
	}
	c.Data(status, "application/json; charset=utf-8", b.Bytes())
}

// client is who asks, as far as limits go.
func (s *Server) client(r *http.Request) string {
	if s.ClientAddress != nil {
		return s.ClientAddress(r)
	}
	if host, _, err := net.SplitHostPort(r.RemoteAddr); err == nil {
		return host
	}
	return r.RemoteAddr
}
