package harvester

import (
	"net/http"
	"net/mail"
	"net/url"
	"strings"
	"time"

	"portico/catalog"
	"portico/dcat/vocab"
)

// mostNotified is how many people may be told of the failures of a source.
const mostNotified = 20

// Check says what is wrong with a source, before it is kept: all of it is
// Invalid, with its field.
func (h *Harvester) Check(src catalog.Source) error {
	for _, check := range []func(catalog.Source) error{checkURL, checkWords, checkNotify, h.checkOptions} {
		if err := check(src); err != nil {
			return err
		}
	}
	if _, err := Next(src.Schedule, src.ID, time.Now()); err != nil {
		return err
	}
	if _, err := newMapping(src.Rules); err != nil {
		return err
	}
	_, err := newSelection(src.Include, src.Exclude)
	return err
}

func wrong(field, en, it string) *catalog.Error {
	e := catalog.Errorf(catalog.Invalid, "source: %s: %s", field, en).Italian("fonte: %s: %s", field, it)
	e.Fields = map[string][]string{field: {en}}
	return e
}

func checkURL(src catalog.Source) error {
	if src.URL == "" {
		return wrong("url", "is missing", "manca")
	}
	if !strings.Contains(src.URL, "://") {
		return nil // a path
	}
	u, err := url.Parse(src.URL)
	if err != nil || u.Host == "" && u.Scheme != "sqlite" {
		return wrong("url", "is no address", "non è un indirizzo")
	}
	if u.User != nil {
		return wrong("url", "must not hold a user or password: use --user", "non deve contenere utente o password: usare --user")
	}
	return nil
}

func checkWords(src catalog.Source) error {
	switch src.Gone {
	case "", catalog.GoneArchive, catalog.GoneDelete, catalog.GoneIgnore:
	default:
		return wrong("gone", "is archive, delete or ignore", "è archive, delete o ignore")
	}
	if _, ok := vocab.License(src.License); src.License != "" && !ok {
		return wrong("license", "is not a known licence", "non è una licenza nota")
	}
	if _, ok := vocab.Theme(src.Theme); src.Theme != "" && !ok {
		return wrong("theme", "is not a known theme", "non è un tema noto")
	}
	if _, ok := vocab.Frequency(src.Frequency); src.Frequency != "" && !ok {
		return wrong("frequency", "is not a known frequency", "non è una frequenza nota")
	}
	if src.BrakePercent < 0 || src.BrakePercent > 100 || src.BrakeCount < 0 {
		return wrong("brake_percent", "is from 1 to 100", "va da 1 a 100")
	}
	return nil
}

func checkNotify(src catalog.Source) error {
	if len(src.Notify) > mostNotified {
		return wrong("notify", "has too many addresses", "ha troppi indirizzi")
	}
	for _, a := range src.Notify {
		if p, err := mail.ParseAddress(a); err != nil || p.Address != a {
			return wrong("notify", "is no e-mail address: "+a, "non è un indirizzo e-mail: "+a)
		}
	}
	if src.Webhook == "" {
		return nil
	}
	u, err := url.Parse(src.Webhook)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.User != nil {
		return wrong("webhook", "is an address, https://…", "è un indirizzo, https://…")
	}
	return nil
}

// checkOptions has the connector look at its own.
func (h *Harvester) checkOptions(src catalog.Source) error {
	_, err := h.Connectors.Open(src, &http.Client{Transport: nowhere{}})
	return err
}

// nowhere reaches out to nobody: opening a source must not.
type nowhere struct{}

// RoundTrip implements http.RoundTripper.
func (nowhere) RoundTrip(*http.Request) (*http.Response, error) {
	return nil, catalog.Errorf(catalog.Invalid, "the source cannot be reached while it is checked").
		Italian("la fonte non si raggiunge durante il controllo")
}
