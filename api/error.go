package api

import (
	"context"
	"encoding/json"
	"errors"
	"html"
	"maps"
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"portico/api/schema"
	"portico/catalog"
)

// A fault is an error that has a form of its own in CKAN, which no
// catalog.Kind tells.
type fault struct {
	status  int
	typ     string // __type; "" = not in the envelope but a bare string or a page
	message string
	page    bool           // an HTML page rather than JSON
	fields  map[string]any // what is told instead of message, where it is no list of texts by field
}

func (f *fault) Error() string { return f.message }

// badRequest refuses a request before any action has seen it.
func badRequest(message string) error {
	return &fault{status: http.StatusBadRequest, message: "Bad request: " + message}
}

func unknownAction(name string) error {
	return badRequest("Action name not known: " + name)
}

func badJSON(what string) error {
	return badRequest("JSON Error: Error decoding JSON data. Error: " + what + " JSON data extracted from the request: {}")
}

// pageError is answered with a page, as CKAN's web server does where its API
// is not reached.
func pageError(status int) error {
	return &fault{status: status, message: http.StatusText(status), page: true}
}

// searchError says that the query could not be run, with Python's repr of why.
func searchError(repr string) error {
	return &fault{status: http.StatusConflict, typ: "Search Error", message: "Search error: " + repr}
}

func searchQueryError(repr string) error {
	return &fault{status: http.StatusBadRequest, typ: "Search Query Error", message: "Search Query is invalid: " + repr}
}

// cannotParse is what Solr says of a query with a syntax error.
func cannotParse(err error) error {
	reason := err.Error()
	if strings.HasPrefix(reason, "Cannot parse") {
		reason = "org.apache.solr.search.SyntaxError: " + reason
	}
	return searchError(pyRepr("SOLR returned an error running query: Error: SolrError('Solr responded with an error (HTTP 400): [Reason: " + reason + "]')"))
}

// ckanErrors says how each kind of error looks to a CKAN client. The statuses
// are CKAN's own: a failed validation is a 409.
var ckanErrors = map[catalog.Kind]struct {
	status       int
	typ, message string
}{
	catalog.Invalid:     {http.StatusConflict, "Validation Error", ""},
	catalog.Conflict:    {http.StatusConflict, "Validation Error", ""},
	catalog.NotFound:    {http.StatusNotFound, "Not Found Error", "Not found"},
	catalog.Denied:      {http.StatusForbidden, "Authorization Error", "Access denied"},
	catalog.Gone:        {http.StatusForbidden, "Authorization Error", "Access denied"},
	catalog.TooMany:     {http.StatusTooManyRequests, "Too Many Requests", "Too many requests"},
	catalog.Unavailable: {http.StatusInternalServerError, "Search Connection Error", "Unable to connect to the search server"},
	catalog.Internal:    {http.StatusInternalServerError, "Internal Server Error", "Internal Server Error"},
}

// fail answers an action with err in CKAN's envelope.
func (s *Server) fail(c *gin.Context, name string, err error) {
	if errors.Is(err, context.Canceled) && c.Request.Context().Err() != nil {
		return // nobody is there to read it
	}
	locale := localeOf(c.Request, s.site.Locale)
	if f, ok := errors.AsType[*fault](err); ok {
		s.failAs(c, name, f)
		return
	}
	if e, ok := errors.AsType[*schema.Error](err); ok {
		s.envelope(c, name, e.Status(), mustJSON(e.JSON(func(m string) string { return translate(m, locale) })))
		return
	}
	kind := catalog.KindOf(err)
	as := ckanErrors[kind]
	body := map[string]any{"__type": as.typ, "message": translate(as.message, locale)}
	e, _ := errors.AsType[*catalog.Error](err)
	switch kind {
	case catalog.Invalid, catalog.Conflict:
		delete(body, "message")
		for field, messages := range e.Fields {
			body[field] = translateAll(messages, locale)
		}
		if len(e.Fields) == 0 {
			body["message"] = e.In(locale)
		}
	case catalog.NotFound, catalog.Denied, catalog.Gone:
		if detail, ok := errors.AsType[*detailed](err); ok {
			body["message"] = translate(as.message, locale) + ": " + detail.text
		}
	case catalog.TooMany, catalog.Unavailable, catalog.Internal:
		s.log.ErrorContext(c.Request.Context(), "action failed", "action", name, "err", err)
	}
	s.envelope(c, name, as.status, mustJSON(body))
}

// failAs answers with an error that has a form of its own.
func (s *Server) failAs(c *gin.Context, name string, f *fault) {
	switch {
	case f.page:
		s.failPage(c, f)
	case f.typ == "":
		writeJSON(c.Writer, f.status, mustJSON(f.message))
	case f.fields != nil:
		body := map[string]any{"__type": f.typ}
		maps.Copy(body, f.fields)
		s.envelope(c, name, f.status, mustJSON(body))
	default:
		s.envelope(c, name, f.status, mustJSON(map[string]any{"__type": f.typ, "message": f.message}))
	}
}

// detailed is an error of which CKAN tells more than its kind. What a store
// says of a NotFound is for people, and not what a CKAN client expects.
type detailed struct {
	err  *catalog.Error
	text string
}

func (e *detailed) Error() string { return e.text }
func (e *detailed) Unwrap() error { return e.err }

// withDetail gives an error of the catalog CKAN's own words.
func withDetail(kind catalog.Kind, text string) error {
	return &detailed{err: catalog.Errorf(kind, "%s", text), text: text}
}

// envelope writes an answer that is an error.
func (s *Server) envelope(c *gin.Context, name string, status int, body []byte) {
	var b []byte
	b = append(b, `{"help": `...)
	b = append(b, mustJSON(s.helpURL(c.Request, name))...)
	b = append(b, `, "error": `...)
	b = append(b, body...)
	b = append(b, `, "success": false}`...)
	writeJSON(c.Writer, status, b)
}

// pageErrors says how each kind of error of an address outside /api looks.
var pageErrors = map[catalog.Kind]int{
	catalog.Invalid:     http.StatusBadRequest,
	catalog.Conflict:    http.StatusConflict,
	catalog.NotFound:    http.StatusNotFound,
	catalog.Gone:        http.StatusGone,
	catalog.Denied:      http.StatusForbidden,
	catalog.TooMany:     http.StatusTooManyRequests,
	catalog.Unavailable: http.StatusServiceUnavailable,
	catalog.Internal:    http.StatusInternalServerError,
}

// failPage answers with err as a short page in both languages. It says what
// the status means and, for a wrong request, what is wrong with it.
func (s *Server) failPage(c *gin.Context, err error) {
	if errors.Is(err, context.Canceled) && c.Request.Context().Err() != nil {
		return
	}
	status := pageErrors[catalog.KindOf(err)]
	detail := ""
	if f, ok := errors.AsType[*fault](err); ok {
		status = f.status
		if f.typ != "" {
			detail = f.message
		}
	}
	if e, ok := errors.AsType[*catalog.Error](err); ok && (status == http.StatusBadRequest || status == http.StatusConflict) {
		detail = e.In(localeOf(c.Request, s.site.Locale))
	}
	if status >= http.StatusInternalServerError {
		s.log.ErrorContext(c.Request.Context(), "request failed", "path", c.Request.URL.Path, "err", err)
	}
	lang := localeOf(c.Request, s.site.Locale)
	title := translate(http.StatusText(status), lang)
	page := "<!DOCTYPE html>\n<html lang=\"" + lang + "\">\n<meta charset=\"utf-8\">\n<title>" + html.EscapeString(title) +
		"</title>\n<h1>" + strconv.Itoa(status) + " " + html.EscapeString(title) + "</h1>\n"
	if detail != "" {
		page += "<p>" + html.EscapeString(detail) + "</p>\n"
	}
	page += "<p><a href=\"" + html.EscapeString(s.site.Link("/")) + "\">" + html.EscapeString(s.site.Title) + "</a></p>\n</html>\n"
	h := c.Writer.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	h.Del("ETag")
	h.Set("Content-Length", strconv.Itoa(len(page)))
	c.Status(status)
	c.Writer.WriteHeaderNow()
	if c.Request.Method != http.MethodHead {
		_, _ = c.Writer.WriteString(page)
	}
}

// mustJSON encodes what cannot fail to encode: strings, lists and maps of them.
func mustJSON(v any) []byte {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return []byte("null")
	}
	return []byte(strings.TrimSuffix(b.String(), "\n"))
}

// italian holds CKAN's own Italian for the messages that it translates. Those
// that are not here stay English, as they do there.
var italian = map[string]string{
	"Not found":                "Non trovato",
	"Access denied":            "Accesso negato",
	"Bad Request":              "Richiesta non valida",
	"Forbidden":                "Accesso negato",
	"Not Found":                "Pagina non trovata",
	"Method Not Allowed":       "Metodo non ammesso",
	"Conflict":                 "Conflitto",
	"Gone":                     "Non più disponibile",
	"Request Entity Too Large": "Richiesta troppo grande",
	"Unsupported Media Type":   "Tipo di contenuto non ammesso",
	"Service Unavailable":      "Servizio non disponibile",
	"Too Many Requests":        "Troppe richieste",
	"Too long":                 "Troppo lungo",
}

func translate(message, locale string) string {
	if locale != "it" {
		return message
	}
	if it, ok := schema.Italian(message); ok {
		return it
	}
	if it, ok := italian[message]; ok {
		return it
	}
	return message
}

func translateAll(messages []string, locale string) []string {
	out := make([]string, len(messages))
	for i, m := range messages {
		out[i] = translate(m, locale)
	}
	return out
}
