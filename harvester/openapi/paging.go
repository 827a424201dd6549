package openapi

import (
	"encoding/json"
	"net/url"
	"strconv"
	"strings"

	"portico/catalog"
	"portico/harvester/web"
	"portico/internal/httpclient"
)

// Paging says how the answers after the first one are asked for.
type Paging struct {
	// Kind is "page" (a number that grows by one), "offset" (how many items to
	// leave out), "cursor" (a word that an answer gives for the next one),
	// "next" (the address of the next answer within the answer), "link" (that
	// address in the header Link); "" = there is one answer.
	Kind      string `json:"kind,omitempty"`
	Param     string `json:"param,omitempty"`      // of the address, for page, offset and cursor; "" = the kind's name
	SizeParam string `json:"size_param,omitempty"` // by which the size is asked for; "" = not
	Size      int    `json:"size,omitempty"`       // items an answer; 0 = 100
	First     int    `json:"first,omitempty"`      // number of the first page
	Path      string `json:"path,omitempty"`       // to the next address or the cursor in an answer
	Total     string `json:"total,omitempty"`      // path to how many items there are; a reading that ends with fewer is incomplete
}

func (p *Paging) check() error {
	if err := web.OneOf("paging.kind", p.Kind, "page", "offset", "cursor", "next", "link"); err != nil {
		return err
	}
	const most = 10_000
	switch {
	case p.Size < 0 || p.Size > most || p.First < 0:
		return catalog.Errorf(catalog.Invalid, "the option paging.size is at most %d", most).Italian("l'opzione paging.size vale al più %d", most)
	case (p.Kind == "cursor" || p.Kind == "next") && p.Path == "":
		return catalog.Errorf(catalog.Invalid, "paging by %s needs the option paging.path", p.Kind).Italian("le pagine %s vogliono l'opzione paging.path", p.Kind)
	}
	return nil
}

// A pager makes addresses.
type pager struct{ Paging }

func (p pager) size() int {
	if p.Size > 0 {
		return p.Size
	}
	return 100
}

// first returns the address of the first answer.
func (p pager) first(at *url.URL) string {
	u := *at
	q := u.Query()
	if p.SizeParam != "" {
		q.Set(p.SizeParam, strconv.Itoa(p.size()))
	}
	switch p.Kind {
	case "page":
		q.Set(p.param(), strconv.Itoa(p.First))
	case "offset":
		q.Set(p.param(), "0")
	}
	u.RawQuery = q.Encode()
	return u.String()
}

func (p pager) param() string {
	if p.Param != "" {
		return p.Param
	}
	return p.Kind
}

// total is how many items there are, as an answer says; 0 = it does not.
func (p pager) total(body json.RawMessage) int {
	if p.Total == "" {
		return 0
	}
	n, err := strconv.Atoi(text(find(body, p.Total)))
	if err != nil {
		return 0
	}
	return max(n, 0)
}

// next returns the address of the answer after page, which holds items and had
// read items before it; "" when there is none. It is always on the server of
// the page before.
func (p pager) next(page *httpclient.Page, body json.RawMessage, read, items int) string {
	base := web.Base(page)
	after := read + items
	if total := p.total(body); items == 0 || total > 0 && after >= total {
		return ""
	}
	q := base.Query()
	switch p.Kind {
	case "page":
		n, err := strconv.Atoi(q.Get(p.param()))
		if err != nil {
			return ""
		}
		q.Set(p.param(), strconv.Itoa(n+1))
	case "offset":
		q.Set(p.param(), strconv.Itoa(after))
	case "cursor":
		cursor := text(find(body, p.Path))
		if cursor == "" {
			return ""
		}
		q.Set(p.param(), cursor)
	case "next":
		return same(base, text(find(body, p.Path)))
	case "link":
		return same(base, linked(page.Link))
	default:
		return ""
	}
	base.RawQuery = q.Encode()
	return base.String()
}

// same returns an address that is on the server of base.
func same(base *url.URL, address string) string {
	if address == "" {
		return ""
	}
	u, err := base.Parse(address)
	if err != nil {
		return ""
	}
	if u.Host != base.Host || u.Scheme != base.Scheme {
		// Behind a proxy services call themselves by their name inside.
		if u.Path != base.Path {
			return ""
		}
		u.Host, u.Scheme = base.Host, base.Scheme
	}
	u.User, u.Fragment = nil, ""
	return u.String()
}

// linked returns the address that a Link header calls next (RFC 8288).
func linked(header string) string {
	for part := range strings.SplitSeq(header, "<") {
		address, rest, ok := strings.Cut(part, ">")
		if !ok {
			continue
		}
		for param := range strings.SplitSeq(strings.TrimRight(strings.TrimSpace(rest), ","), ";") {
			name, value, _ := strings.Cut(strings.TrimSpace(param), "=")
			if strings.EqualFold(strings.TrimSpace(name), "rel") && strings.EqualFold(strings.Trim(value, ` "`), "next") {
				return address
			}
		}
	}
	return ""
}
