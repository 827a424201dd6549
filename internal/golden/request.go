package golden

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"maps"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"net/url"
	"slices"
	"strings"
)

// request makes the request of a case, or fails where no server of net/http
// would hand it to a handler.
func (r *Replayer) request(q Request) (*http.Request, error) {
	target := r.vars.fill(q.Path)
	if _, err := url.ParseRequestURI(target); err != nil {
		return nil, err
	}
	base, err := url.Parse(r.origin)
	if err != nil {
		return nil, err
	}
	body, contentType, err := r.body(q)
	if err != nil {
		return nil, err
	}
	req := httptest.NewRequestWithContext(context.Background(), q.Method, strings.ReplaceAll(target, " ", "%20"), strings.NewReader(body))
	req.Host = base.Host
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	for k, v := range q.Headers {
		if req.Header.Set(k, r.vars.fill(v)); strings.EqualFold(k, "Host") {
			req.Host = v
		}
	}
	return req, nil
}

// body returns the body of a request and its content type.
func (r *Replayer) body(q Request) (body, contentType string, err error) {
	switch {
	case q.JSON != nil:
		return r.vars.fill(string(q.JSON)), "application/json", nil
	case q.Form != nil:
		form := url.Values{}
		for k, v := range q.Form {
			form.Set(r.vars.fill(k), r.vars.fill(v))
		}
		return form.Encode(), "application/x-www-form-urlencoded", nil
	case q.Multipart != nil:
		return r.multipart(*q.Multipart)
	}
	return r.vars.fill(q.Raw), "", nil
}

// large is what a recording writes for a file that is too large.
const (
	large     = "@11MB"
	largeSize = 11 << 20
)

func (r *Replayer) multipart(m Multipart) (body, contentType string, err error) {
	var out bytes.Buffer
	w := multipart.NewWriter(&out)
	for _, k := range slices.Sorted(maps.Keys(m.Fields)) {
		if err := w.WriteField(k, r.vars.fill(m.Fields[k])); err != nil {
			return "", "", err
		}
	}
	for _, k := range slices.Sorted(maps.Keys(m.Files)) {
		f := m.Files[k]
		part, err := w.CreatePart(textproto.MIMEHeader{
			"Content-Disposition": {`form-data; name="` + k + `"; filename="` + f[0] + `"`},
			"Content-Type":        {f[1]},
		})
		if err != nil {
			return "", "", err
		}
		content := f[2]
		if content == large {
			content = strings.Repeat("x", largeSize)
		}
		if _, err := io.WriteString(part, content); err != nil {
			return "", "", err
		}
	}
	err = w.Close()
	return out.String(), w.FormDataContentType(), err
}

// UnmarshalJSON reads a request; a body of null is a body, unlike none.
func (q *Request) UnmarshalJSON(raw []byte) error {
	type plain Request
	if err := json.Unmarshal(raw, (*plain)(q)); err != nil {
		return err
	}
	var keys map[string]json.RawMessage
	if err := json.Unmarshal(raw, &keys); err != nil {
		return err
	}
	q.JSON = keys["json"]
	return nil
}
