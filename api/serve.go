package api

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"portico/catalog"
)

// A result is the JSON of an action's answer, in pieces that are written one
// after another: a list of datasets is never copied together as a whole.
type result [][]byte

// size returns the number of bytes of r.
func (r result) size() int {
	n := 0
	for _, b := range r {
		n += len(b)
	}
	return n
}

// one returns a result of one piece.
func one(b []byte) result { return result{b} }

// api answers everything under /api.
func (s *Server) api(c *gin.Context) {
	path := strings.TrimPrefix(c.Request.URL.Path, "/api")
	c.Header("X-Content-Type-Options", "nosniff")
	name, isAction := strings.CutPrefix(strings.TrimPrefix(path, "/3"), "/action/")
	util := utilPath.FindStringSubmatch(path)
	switch {
	case isAction && name != "" && !strings.Contains(name, "/"):
		s.action(c, name)
	case util != nil:
		s.autocompletes(c, util[1])
	case suggestPath.MatchString(path):
		s.suggest(c)
	case path == "/validate":
		s.validate(c)
	case i18nPath.MatchString(path):
		s.translations(c)
	case versionPath.MatchString(path):
		s.version(c, int(path[1]-'0'))
	case path == "" || path == "/":
		s.version(c, 1)
	default:
		s.failPage(c, pageError(http.StatusNotFound))
	}
}

// The addresses under /api that are no actions.
var (
	i18nPath    = regexp.MustCompile(`^/i18n/[a-zA-Z_]{2,10}$`)
	versionPath = regexp.MustCompile(`^/[123]/?$`)
	suggestPath = regexp.MustCompile(`^(?:/[12])?/util/suggest$`)
	utilPath    = regexp.MustCompile(`^(?:/[12])?/util/([a-z]+/[a-z_]+)$`)
)

// translations answers what CKAN's scripts ask for their words: none, as CKAN
// does for those it has not made. Its media type is wrong there, too.
func (s *Server) translations(c *gin.Context) {
	if !s.allow(c, "GET, HEAD, OPTIONS") {
		return
	}
	s.public(c)
	c.Data(http.StatusOK, "text/html; charset=utf-8", []byte("{}\n"))
}

func (s *Server) version(c *gin.Context, n int) {
	if !s.allow(c, "GET, HEAD, OPTIONS") {
		return
	}
	s.public(c)
	writeJSON(c.Writer, http.StatusOK, []byte(`{"version": `+strconv.Itoa(n)+`}`))
}

// allow answers OPTIONS and refuses the methods that are not in methods; it
// reports whether there is more to do.
func (s *Server) allow(c *gin.Context, methods string) bool {
	h := c.Writer.Header()
	switch m := c.Request.Method; {
	case m == http.MethodOptions:
		h.Set("Allow", methods)
		h.Set("Access-Control-Allow-Origin", "*")
		h.Set("Access-Control-Allow-Methods", methods)
		h.Set("Access-Control-Allow-Headers", "Content-Type")
		h.Set("Access-Control-Max-Age", "86400")
		h.Set("Content-Type", "text/html; charset=utf-8")
		h.Set("Content-Length", "0")
		c.Status(http.StatusOK)
		c.Writer.WriteHeaderNow()
		return false
	case !strings.Contains(methods, m):
		h.Set("Allow", methods)
		s.failPage(c, pageError(http.StatusMethodNotAllowed))
		return false
	}
	return true
}

// public marks an answer as one for anybody: caches may keep it but must ask,
// and scripts of any site may read it.
func (s *Server) public(c *gin.Context) {
	h := c.Writer.Header()
	h.Set("Cache-Control", "public, max-age=0, must-revalidate")
	h.Set("Access-Control-Allow-Origin", "*")
	h.Add("Vary", "Authorization")
}

// action runs one action (requests §1.2): the name is checked first, then the
// method, then the data.
func (s *Server) action(c *gin.Context, name string) {
	if !s.allow(c, "GET, HEAD, OPTIONS, POST") {
		return
	}
	a, ok := s.actions[name]
	if !ok {
		s.public(c)
		s.fail(c, name, unknownAction(name))
		return
	}
	callback, jsonp, err := callbackOf(c.Request)
	if err != nil {
		s.fail(c, name, err)
		return
	}
	actor, err := s.caller(c, jsonp)
	if err != nil {
		s.fail(c, name, err)
		return
	}
	if c.Request.Method != http.MethodPost && !a.read {
		s.fail(c, name, badRequest("JSON Error: Invalid request. Please use POST method for your request"))
		return
	}
	if actor.ID == "" && !a.read {
		a.maxBody = 0 // nobody writes much without a token, so nothing much is read
	}
	in, err := readArgs(c.Writer, c.Request, a)
	defer in.discard()
	if err != nil {
		s.fail(c, name, err)
		return
	}
	if jsonp {
		delete(in.given, "callback")
	}
	ctx := withLocale(catalog.WithActor(c.Request.Context(), actor), localeOf(c.Request, s.site.Locale))
	out, err := s.run(ctx, a, in)
	if err != nil {
		s.fail(c, name, err)
		return
	}
	s.succeed(c, name, callback, out)
}

// caller returns who asks, and tells caches whom the answer is for.
// A script of another site (JSONP) is anybody: it brings no token of its own.
func (s *Server) caller(c *gin.Context, jsonp bool) (actor catalog.Actor, err error) {
	if !jsonp {
		actor, err = s.actorOf(c.Request)
	}
	if actor.ID == "" {
		s.public(c)
		return actor, err
	}
	c.Header("Cache-Control", "private, no-store")
	c.Writer.Header().Add("Vary", "Authorization")
	return actor, err
}

// run runs an action for the actor of ctx, if they may at all.
func (s *Server) run(ctx context.Context, a action, in *args) (result, error) {
	actor := catalog.ActorOf(ctx)
	switch {
	case !a.read && actor.Scope == catalog.ScopeRead:
		return nil, withDetail(catalog.Denied, "The token is for reading only")
	case !a.who.allows(actor):
		return nil, catalog.Errorf(catalog.Denied, "not for this actor")
	}
	if a.read {
		return a.run(ctx, in)
	}
	defer s.answers.changed()
	out, err := a.run(ctx, in)
	if err == nil {
		s.settle(ctx)
	}
	return out, err
}

// callbackName allows names and, escaped, brackets: nothing that could be run.
var callbackName = regexp.MustCompile(`^[\w.$<>]{1,64}$`)

// callbackOf returns the function in which a browser wants the answer (JSONP).
// CKAN takes any text; here it must be a name, for the answer is a script of
// our own origin.
func callbackOf(r *http.Request) (name string, jsonp bool, err error) {
	if r.Method != http.MethodGet || !strings.Contains(r.URL.RawQuery, "callback=") {
		return "", false, nil
	}
	q := r.URL.Query()
	if !q.Has("callback") {
		return "", false, nil
	}
	name = q.Get("callback")
	if name == "" {
		return "", true, nil
	}
	if !callbackName.MatchString(name) {
		return "", true, badRequest("callback is not the name of a function")
	}
	return strings.NewReplacer("<", "&lt;", ">", "&gt;").Replace(name), true, nil
}

// succeed writes the envelope around a result.
func (s *Server) succeed(c *gin.Context, name, callback string, out result) {
	head := make([]byte, 0, 256)
	tail := "}"
	h := c.Writer.Header()
	h.Set("Content-Type", "application/json;charset=utf-8")
	if callback != "" {
		h.Set("Content-Type", "application/javascript;charset=utf-8")
		head = append(append(head, callback...), '(')
		tail = "});"
	}
	head = append(head, `{"help": `...)
	head = append(head, mustJSON(s.helpURL(c.Request, name))...)
	head = append(head, `, "success": true, "result": `...)
	h.Set("Content-Length", strconv.Itoa(len(head)+out.size()+len(tail)))
	c.Status(http.StatusOK)
	c.Writer.WriteHeaderNow()
	if c.Request.Method == http.MethodHead {
		return
	}
	w := s.writer(c.Writer)
	defer func() {
		w.Reset(nil)
		s.writers.Put(w)
	}()
	// A write that fails means that the client has gone: there is nobody to tell.
	_, _ = w.Write(head)
	for _, b := range out {
		if _, err := w.Write(b); err != nil {
			return
		}
	}
	_, _ = w.WriteString(tail)
	_ = w.Flush()
}

// writer returns a writer that puts pieces together, for each that goes to the
// network by itself costs a call of the system.
func (s *Server) writer(to io.Writer) *bufio.Writer {
	const size = 64 << 10
	if w, ok := s.writers.Get().(*bufio.Writer); ok {
		w.Reset(to)
		return w
	}
	return bufio.NewWriterSize(to, size)
}

// writeJSON writes a whole JSON answer.
func writeJSON(w http.ResponseWriter, status int, body []byte) {
	h := w.Header()
	h.Set("Content-Type", "application/json;charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body)
}

// stringsJSON returns a list of strings as CKAN writes it.
func stringsJSON(list []string) []byte {
	dst := []byte{'['}
	for i, x := range list {
		if i > 0 {
			dst = append(dst, ", "...)
		}
		dst = append(dst, mustJSON(x)...)
	}
	return append(dst, ']')
}
