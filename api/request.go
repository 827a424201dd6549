package api

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"portico/catalog"
)

// The limits of a request's data.
const (
	maxJSONBody = 2 << 20
	maxFormBody = 1 << 20
	maxParams   = 2000
	maxURLQuery = 64 << 10
)

// readArgs reads the data of a request as CKAN does (requests §1.2): the
// form, else the query string, else a JSON body. w is told when the body is
// too large, so that the connection is closed.
func readArgs(w http.ResponseWriter, r *http.Request, a action) (map[string]any, error) {
	if len(r.URL.RawQuery) > maxURLQuery {
		return nil, pageError(http.StatusRequestURITooLong)
	}
	mediaType, params, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	multipart := mediaType == "multipart/form-data"
	if r.Method == http.MethodPost && (multipart || mediaType == "application/x-www-form-urlencoded") {
		form, err := readForm(w, r, mediaType)
		if err != nil || len(form) > 0 {
			return formArgs(form, err, a)
		}
	}
	if a.read {
		// What cannot be read of a query string is left out, as CKAN does.
		values, _ := url.ParseQuery(r.URL.RawQuery)
		if len(values) > 0 {
			return mixed(values)
		}
	}
	if multipart {
		return map[string]any{}, nil
	}
	return readJSON(w, r, mediaType, params["charset"], a)
}

// readForm reads a form. For multipart only plain fields are taken: no action
// of reading takes files.
func readForm(w http.ResponseWriter, r *http.Request, mediaType string) (url.Values, error) {
	r.Body = http.MaxBytesReader(w, r.Body, maxFormBody)
	var err error
	if mediaType == "multipart/form-data" {
		err = r.ParseMultipartForm(maxFormBody)
		if r.MultipartForm != nil {
			_ = r.MultipartForm.RemoveAll()
		}
	} else {
		err = r.ParseForm()
	}
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		return nil, pageError(http.StatusRequestEntityTooLarge)
	}
	if err != nil && len(r.PostForm) == 0 {
		return nil, badRequest("the form cannot be read")
	}
	return r.PostForm, nil
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
				v, err := decodeStrict([]byte(key))
				if err != nil {
					return nil, badJSON("JSONDecodeError('Expecting value: line 1 column 1 (char 0)')")
				}
				return dictionary(v, a)
			}
		}
	}
	return mixed(form)
}

// mixed makes one value of each key: a string, or a list where it is repeated.
func mixed(values url.Values) (map[string]any, error) {
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
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxJSONBody))
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		return nil, pageError(http.StatusRequestEntityTooLarge)
	}
	if err != nil {
		return nil, badRequest("the body cannot be read")
	}
	if len(body) == 0 {
		return map[string]any{}, nil
	}
	isJSON := mediaType == "application/json" || strings.HasPrefix(mediaType, "application/") && strings.HasSuffix(mediaType, "+json")
	if !isJSON || r.Header.Get("Content-Encoding") != "" || charset != "" && !strings.EqualFold(charset, "utf-8") {
		return nil, pageError(http.StatusUnsupportedMediaType)
	}
	v, err := decodeStrict(body)
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
	if err := checkCase(m, a.params); err != nil {
		return nil, badJSON(pyRepr(err.Error()))
	}
	return m, nil
}

// actorOf returns on whose behalf a request is made. A token that is wrong is
// no token: CKAN has no 401.
func (s *Server) actorOf(r *http.Request) (catalog.Actor, error) {
	token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	const most = 4096
	if token == "" || len(token) > most || s.users == nil {
		return catalog.Actor{}, nil
	}
	u, _, err := s.users.UserByToken(r.Context(), hashToken(token))
	if catalog.KindOf(err) == catalog.NotFound {
		err = nil // nobody has it
		u = &catalog.User{}
	}
	if err != nil {
		return catalog.Actor{}, err
	}
	return catalog.Actor{ID: u.ID, Name: u.Name, Sysadmin: u.Sysadmin}, nil
}
