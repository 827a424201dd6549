// Package web is what the connectors share that read documents from the web:
// addresses and options checked, documents fetched only when they have
// changed, pages followed without going in circles, texts and formats made
// plain. It knows HTTP and records, no kind of catalog and no store.
package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/url"
	"path"
	"slices"
	"strings"

	"portico/catalog"
)

// Address returns the web address of a source, without its fragment. What is
// names the kind of source in Italian and in English, for the error.
func Address(raw, it, en string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimSpace(raw))
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.User != nil {
		return nil, catalog.Errorf(catalog.Invalid, "the address of %s begins with http:// or https:// and holds no password", en).
			Italian("l'indirizzo di %s comincia con http:// o https:// e non contiene password", it).Because(err)
	}
	u.Fragment = ""
	return u, nil
}

// Options reads the options of a source into a struct. A key that it has not
// is refused, for it is a slip of the pen that nobody would notice.
func Options(raw json.RawMessage, into any) error {
	if len(bytes.TrimSpace(raw)) == 0 || string(bytes.TrimSpace(raw)) == "null" {
		return nil
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		why := err.Error()
		if t, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
			why = t.Field
		}
		return catalog.Errorf(catalog.Invalid, "the options of the source are not understood: %.200s", why).
			Italian("le opzioni della fonte non si capiscono: %.200s", why).Because(err)
	}
	return nil
}

// OneOf checks an option that takes one of a few words; "" is one of them.
func OneOf(option, value string, words ...string) error {
	if value == "" || slices.Contains(words, value) {
		return nil
	}
	list := strings.Join(words, ", ")
	return catalog.Errorf(catalog.Invalid, "the option %s is one of: %s", option, list).
		Italian("l'opzione %s è una di: %s", option, list)
}

// At returns base with another path below it and a query. The path is joined
// to that of base, and keeps a slash at its end.
func At(base *url.URL, below string, q url.Values) *url.URL {
	u := *base
	u.Path, u.RawPath = path.Join("/", base.Path, below), ""
	if strings.HasSuffix(below, "/") && u.Path != "/" {
		u.Path += "/"
	}
	u.RawQuery = q.Encode()
	return &u
}

// Parent returns base without a path that it ends in, for addresses that
// people copy from their browser: the first of ends that is in it cuts it.
func Parent(base *url.URL, ends ...string) *url.URL {
	u := *base
	u.RawQuery, u.RawPath = "", ""
	for _, end := range ends {
		if before, _, ok := strings.Cut(u.Path+"/", end+"/"); ok {
			u.Path = before
			break
		}
	}
	u.Path = strings.TrimRight(u.Path, "/")
	return &u
}

// Link returns a web address as a document at base writes it, or "" when it
// is none: nothing but http and https gets through, whatever a source says.
func Link(base *url.URL, s string) string {
	s = strings.TrimSpace(s)
	if s == "" || strings.ContainsAny(s, "\x00\n\r<>\"") {
		return ""
	}
	u, err := url.Parse(strings.ReplaceAll(s, " ", "%20"))
	if err != nil {
		return ""
	}
	if base != nil {
		u = base.ResolveReference(u)
	}
	if u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	u.User = nil
	return u.String()
}

// Reachable mends an address that carries the host by which a server knows
// itself inside: when its path is that of the address by which it was reached,
// only the query counts.
func Reachable(reached *url.URL, address string) string {
	u, err := reached.Parse(address)
	if err != nil {
		return ""
	}
	u.Fragment = ""
	if u.Path == reached.Path && (u.Host != reached.Host || u.Scheme != reached.Scheme) {
		mended := *reached
		mended.RawQuery, mended.Fragment = u.RawQuery, ""
		return mended.String()
	}
	return Link(nil, u.String())
}
