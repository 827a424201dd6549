package quality

import (
	"errors"
	"io"
	"maps"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"

	"portico/catalog"
	"portico/dcat"
)

// formSlack is what a form needs beside its document.
const formSlack = 64 << 10

// ReadQuestion reads a question of a POST request: a form with document, file,
// url, profile, vocab and fragment, or a document as the whole body with the
// others in the address. Without a profile the Italian one, DCAT-AP 2.1.1 and
// HVD are asked; vocabularies are checked unless vocab is "off".
func ReadQuestion(w http.ResponseWriter, r *http.Request) (Question, error) {
	r.Body = http.MaxBytesReader(w, r.Body, MaxDocument+formSlack)
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		kind = ""
	}
	var q Question
	form := r.URL.Query()
	switch kind {
	case "multipart/form-data":
		err = q.readParts(r, form)
	case "application/x-www-form-urlencoded":
		err = q.readForm(r, form)
	default:
		if params["charset"] != "" {
			kind = r.Header.Get("Content-Type")
		}
		q.Type = kind
		q.Document, err = io.ReadAll(r.Body)
	}
	if err != nil {
		return q, refused(err)
	}
	q.URL = strings.TrimSpace(form.Get("url"))
	return q, q.rules(form)
}

func refused(err error) error {
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return tooLarge(err)
	}
	return catalog.Errorf(catalog.Invalid, "the request cannot be read").Italian("la richiesta non si legge").Because(err)
}

func (q *Question) readForm(r *http.Request, form url.Values) error {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	values, err := url.ParseQuery(string(body))
	maps.Copy(form, values)
	q.Document = []byte(form.Get("document"))
	return err
}

// readParts reads a form with a file. Nothing is written to disk.
func (q *Question) readParts(r *http.Request, form url.Values) error {
	parts, err := r.MultipartReader()
	if err != nil {
		return err
	}
	const mostParts = 30
	for range mostParts {
		p, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		body, err := io.ReadAll(p)
		if err != nil {
			return err
		}
		q.part(p, body, form)
	}
	return errors.New("too many parts")
}

// part takes one field of a form. A file counts before a text.
func (q *Question) part(p *multipart.Part, body []byte, form url.Values) {
	switch name := p.FormName(); {
	case name == "file" && len(body) > 0:
		q.Document, q.Name = body, p.FileName()
	case name == "document" && len(q.Document) == 0:
		q.Document = body
	case name != "document" && name != "file" && len(body) < formSlack:
		form.Add(name, string(body))
	}
}

// rules reads what is asked of the document.
func (q *Question) rules(form url.Values) error {
	sets, unknown := dcat.RulesetsNamed(form["profile"]...)
	if unknown != "" {
		return catalog.Errorf(catalog.Invalid, "no profile is called %q; there are: it, ap2, ap3, hvd", unknown).
			Italian("nessun profilo si chiama %q; ci sono: it, ap2, ap3, hvd", unknown)
	}
	if len(sets) == 0 {
		sets = []dcat.Ruleset{dcat.RulesIT, dcat.RulesAP2, dcat.RulesHVD}
	}
	q.Validation = dcat.Validation{Rules: sets, Vocabularies: form.Get("vocab") != "off", Fragment: on(form.Get("fragment"))}
	return nil
}

func on(s string) bool { return s == "on" || s == "true" || s == "1" }
