package ckan

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"portico/catalog"
	"portico/internal/httpclient"
)

// An envelope is around every answer of an action.
type envelope struct {
	Success *bool           `json:"success"`
	Result  json.RawMessage `json:"result"`
	Error   json.RawMessage `json:"error"`
}

// A searchResult is what package_search finds.
type searchResult struct {
	Count   int               `json:"count"`
	Results []json.RawMessage `json:"results"`
}

// errNoAction is wrapped by the error of a portal that has no such action.
var errNoAction = errors.New("no such action")

// call asks an action and returns its result.
func (c *connector) call(ctx context.Context, name string, q url.Values) (json.RawMessage, error) {
	page, err := httpclient.Get(ctx, c.client, c.action(name, q), "application/json")
	status, refused := errors.AsType[*httpclient.StatusError](err)
	if err != nil && !refused {
		it, en := httpclient.Explain(err)
		return nil, catalog.Errorf(catalog.Unavailable, "%s: no answer (%s)", name, en).Italian("%s: nessuna risposta (%s)", name, it).Because(err)
	}
	if page.IsHTML() {
		return nil, absent(status, catalog.Errorf(catalog.Unavailable, "%s: a web page came in place of the API's answer", name).
			Italian("%s: al posto della risposta dell'API è arrivata una pagina web", name))
	}
	var e envelope
	if err := json.Unmarshal(page.Body, &e); err != nil || e.Success == nil {
		return nil, absent(status, catalog.Errorf(catalog.Unavailable, "%s: the answer is not that of a CKAN API", name).
			Italian("%s: la risposta non è quella di un'API CKAN", name).Because(err))
	}
	if !*e.Success {
		return nil, absent(status, catalog.Errorf(catalog.Unavailable, "%s: the portal answered success: false%s", name, reason(e.Error)).
			Italian("%s: il portale ha risposto success: false%s", name, reason(e.Error)))
	}
	if refused {
		it, en := httpclient.Explain(err)
		return nil, catalog.Errorf(catalog.Unavailable, "%s: %s", name, en).Italian("%s: %s", name, it)
	}
	return e.Result, nil
}

// absent makes err say also that there is no such action, where the status
// says so: CKAN answers 400 for an action that it does not know.
func absent(status *httpclient.StatusError, err *catalog.Error) error {
	if status != nil {
		switch status.Status {
		case http.StatusNotFound, http.StatusBadRequest, http.StatusMethodNotAllowed, http.StatusNotImplemented:
			return err.Because(errNoAction)
		}
	}
	return err
}

// reason returns what CKAN says of an error, for people.
func reason(raw json.RawMessage) string {
	var e struct {
		Message string `json:"message"`
	}
	if json.Unmarshal(raw, &e) != nil || e.Message == "" {
		return ""
	}
	m := strings.Join(strings.Fields(e.Message), " ")
	if len(m) > 200 {
		m = strings.ToValidUTF8(m[:200], "") + "…"
	}
	return " (" + m + ")"
}
