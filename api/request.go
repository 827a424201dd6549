package api

import (
	"context"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"portico/catalog"
)

// The limits of a request's data.
const (
	maxJSONBody  = 2 << 20
	maxFormBody  = 1 << 20
	maxParams    = 2000
	maxURLQuery  = 64 << 10
	maxFormIndex = 9999 // of a key such as extras__0__key
)

// readArgs reads the data of a request as CKAN does (requests §1.2): the
// form, else the query string, else a JSON body. w is told when the body is
// too large, so that the connection is closed.
func readArgs(w http.ResponseWriter, r *http.Request, a action) (*args, error) {
	in := &args{}
	var err error
	in.given, err = readGiven(w, r, a)
	if r.MultipartForm != nil {
		in.form = r.MultipartForm
		in.files = make(map[string]*multipart.FileHeader, len(in.form.File))
		for field, files := range in.form.File {
			if len(files) > 0 {
				in.files[field] = files[0]
			}
		}
	}
	return in, err
}

func readGiven(w http.ResponseWriter, r *http.Request, a action) (map[string]any, error) {
	if len(r.URL.RawQuery) > maxURLQuery {
		return nil, pageError(http.StatusRequestURITooLong)
	}
	if e := r.Header.Get("Content-Encoding"); e != "" && !strings.EqualFold(e, "identity") {
		return nil, pageError(http.StatusUnsupportedMediaType) // a small body may unpack to any size
	}
	mediaType, params, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if read := formReader(r.Method, mediaType); read != nil {
		form, err := read(w, r, a)
		if err != nil || len(form) > 0 {
			return formArgs(form, err, a)
		}
	}
	if a.read && r.URL.RawQuery != "" {
		values, err := pairs(r.URL.RawQuery)
		if err != nil || len(values) > 0 {
			return mixed(values, err)
		}
	}
	if mediaType == formData {
		return map[string]any{}, nil
	}
	return readJSON(w, r, mediaType, params["charset"], a)
}

const formData = "multipart/form-data"

// formReader returns what reads a form of the given type, or nil when it is
// none.
func formReader(method, mediaType string) func(http.ResponseWriter, *http.Request, action) (url.Values, error) {
	switch {
	case method != http.MethodPost:
	case mediaType == formData:
		return readMultipart
	case mediaType == "application/x-www-form-urlencoded":
		return readForm
	}
	return nil
}

// readBody reads a whole body of at most so many bytes.
func readBody(w http.ResponseWriter, r *http.Request, most int64) ([]byte, error) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, most))
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		return nil, pageError(http.StatusRequestEntityTooLarge)
	}
	if err != nil {
		return nil, badRequest("the body cannot be read")
	}
	return body, nil
}

// readForm reads a form of keys and values.
func readForm(w http.ResponseWriter, r *http.Request, a action) (url.Values, error) {
	body, err := readBody(w, r, max(a.maxBody, maxFormBody))
	if err != nil {
		return nil, err
	}
	return pairs(string(body))
}

// readMultipart reads a form with files, which wait on the disk until the
// request is answered. A form that breaks off leaves nothing there. Where the
// action takes a file, a body beyond the limit is a file that is too large.
func readMultipart(w http.ResponseWriter, r *http.Request, a action) (url.Values, error) {
	r.Body = http.MaxBytesReader(w, r.Body, max(a.maxBody, maxFormBody))
	err := r.ParseMultipartForm(maxFormBody)
	_, large := errors.AsType[*http.MaxBytesError](err)
	field := a.fileField()
	switch {
	case large && field != "":
		return nil, tooLarge(field)
	case large || errors.Is(err, multipart.ErrMessageTooLarge):
		return nil, pageError(http.StatusRequestEntityTooLarge)
	case err != nil:
		return nil, badRequest("the form cannot be read")
	}
	return url.Values(r.MultipartForm.Value), nil
}

// fileField returns the first parameter of a that is a file, or "".
func (a action) fileField() string {
	for _, p := range a.params {
		if p.typ == "file" {
			return p.name
		}
	}
	return ""
}

// pairs takes a query string or a form apart. What is not well escaped stays
// as it is, as in CKAN. The pairs are counted before any is read.
func pairs(raw string) (url.Values, error) {
	if strings.Count(raw, "&") > maxParams {
		return nil, badRequest("too many parameters")
	}
	values := url.Values{}
	for pair := range strings.SplitSeq(raw, "&") {
		if pair == "" {
			continue
		}
		key, value, _ := strings.Cut(pair, "=")
		key = unescape(key)
		values[key] = append(values[key], unescape(value))
	}
	return values, nil
}

func unescape(s string) string {
	out, err := url.QueryUnescape(s)
	if err != nil {
		return strings.ReplaceAll(s, "+", " ")
	}
	return out
}

// formArgs takes a form apart. A form of one key without value is the way in
// which curl -d sends JSON: then the key is it.
func formArgs(form url.Values, err error, a action) (map[string]any, error) {
	if err != nil {
		return nil, err
	}
	if len(form) == 1 {
		for key, values := range form {
			if len(values) == 1 && (values[0] == "" || values[0] == "1") {
				v, err := decodeBody([]byte(key), a.maxBody)
				if err != nil {
					return nil, badJSON("JSONDecodeError('Expecting value: line 1 column 1 (char 0)')")
				}
				return dictionary(v, a)
			}
		}
	}
	for key := range form {
		if hugeIndex(key) {
			return nil, badRequest("the index in a key is too large")
		}
	}
	given, err := mixed(form, nil)
	if err == nil {
		err = checkCase(given, a)
	}
	return given, err
}

// hugeIndex reports whether a key such as extras__0__key has an index that no
// list has. Whoever made a list of it would run out of memory.
func hugeIndex(key string) bool {
	for part := range strings.SplitSeq(key, "__") {
		if part == "" || strings.Trim(part, "0123456789") != "" {
			continue
		}
		if n, err := strconv.Atoi(part); err != nil || n > maxFormIndex {
			return true
		}
	}
	return false
}

// mixed makes one value of each key: a string, or a list where it is repeated.
func mixed(values url.Values, err error) (map[string]any, error) {
	if err != nil {
		return nil, err
	}
	out := make(map[string]any, len(values))
	n := 0
	for key, vs := range values {
		if n += len(vs); n > maxParams {
			return nil, badRequest("too many parameters")
		}
		if len(vs) == 1 {
			out[key] = vs[0]
			continue
		}
		list := make([]any, len(vs))
		for i, v := range vs {
			list[i] = v
		}
		out[key] = list
	}
	return out, nil
}

func readJSON(w http.ResponseWriter, r *http.Request, mediaType, charset string, a action) (map[string]any, error) {
	body, err := readBody(w, r, max(a.maxBody, maxJSONBody))
	if err != nil {
		return nil, err
	}
	if len(body) == 0 {
		return map[string]any{}, nil
	}
	isJSON := mediaType == "application/json" || strings.HasPrefix(mediaType, "application/") && strings.HasSuffix(mediaType, "+json")
	if !isJSON || charset != "" && !strings.EqualFold(charset, "utf-8") && !strings.EqualFold(charset, "utf8") {
		return nil, pageError(http.StatusUnsupportedMediaType)
	}
	v, err := decodeBody(body, a.maxBody)
	if err != nil {
		return nil, badJSON("<BadRequest '400: Bad Request'>")
	}
	return dictionary(v, a)
}

// dictionary returns v as the parameters of a.
func dictionary(v any, a action) (map[string]any, error) {
	m, ok := v.(map[string]any)
	if !ok {
		return nil, badRequest("JSON Error: Request data JSON decoded to " + pyRepr(v) + " but it needs to be a dictionary.")
	}
	if len(m) > maxParams {
		return nil, badRequest("too many parameters")
	}
	return m, checkCase(m, a)
}

// actorOf returns on whose behalf a request is made. A token that is wrong is
// no token: CKAN has no 401.
func (s *Server) actorOf(r *http.Request) (catalog.Actor, error) {
	token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	if token == "" {
		token = r.Header.Get("X-CKAN-API-Key") // what clients of CKAN up to 2.10 send
	}
	const most = 4096
	if token == "" || len(token) > most || s.users == nil {
		return catalog.Actor{}, nil
	}
	u, t, err := s.users.UserByToken(r.Context(), catalog.TokenHash(token))
	if err != nil && catalog.KindOf(err) == catalog.NotFound {
		return catalog.Actor{}, nil // nobody has it
	}
	if err != nil {
		return catalog.Actor{}, err
	}
	roles, err := s.users.Roles(r.Context(), u.ID)
	if err != nil {
		return catalog.Actor{}, err
	}
	return s.within(r.Context(), catalog.Actor{ID: u.ID, Name: u.Name, Sysadmin: u.Sysadmin, Roles: roles, Scope: t.Scope})
}

// within narrows an actor to the scope of their token: one that is for a
// single organization leaves only the role that they have there.
func (s *Server) within(ctx context.Context, a catalog.Actor) (catalog.Actor, error) {
	name, only := a.Scope.Organization()
	if !only {
		return a, nil
	}
	o, _, err := s.orgs.Body(ctx, name)
	if err != nil && catalog.KindOf(err) != catalog.NotFound {
		return catalog.Actor{}, err
	}
	roles := map[string]catalog.Role{}
	if o != nil && o.State != catalog.Deleted {
		role := a.Roles[o.ID]
		if a.Sysadmin {
			role = catalog.RoleAdmin
		}
		if role.Valid() { // to name an organization makes nobody a member of it
			roles[o.ID] = role
		}
	}
	a.Sysadmin, a.Roles = false, roles
	return a, nil
}
