package api

import (
	"net/url"
	"regexp"
	"strconv"
	"time"

	"portico/api/solr"
	"portico/catalog"
	"portico/dcat"
	"portico/search"
)

// perPage is how many datasets a page of the catalogue has, as in CKAN.
const perPage = 100

// maxPage is beyond the last page of any catalogue.
const maxPage = 1_000_000

// A feed is one page of the catalogue in RDF, as it was asked for.
type feed struct {
	path   string // of the address, without the page
	syntax syntax
	page   int
	after  string // ID of the last dataset of the page before; "" = pages are counted
	since  time.Time
	q, fq  string
	query  url.Values // what links to other pages keep
	as     dcat.Profile
	org    string // ID
	holder string // code
	rndt   bool   // with the geodata that the RNDT describes
	filter search.Query
}

// searched reports whether the search engine must answer f.
func (f *feed) searched() bool { return f.q != "" || f.fq != "" }

// read takes the parameters of a feed. Where they do not say so, rndt says
// whether the geodata of the RNDT are in it.
func (f *feed) read(query url.Values, now time.Time, rndt bool) error {
	var err error
	if f.as, err = profileIn(query); err != nil {
		return err
	}
	f.page, f.query, f.rndt = 1, url.Values{}, rndt
	if err := f.readPage(query); err != nil {
		return err
	}
	if v := query.Get("modified_since"); v != "" {
		d, ok := dcat.ParseDate(v)
		if !ok {
			return wrongIn("modified_since", "non è una data", "is no date")
		}
		f.since = d.Time()
	}
	if v := query.Get("rndt"); v != "" {
		if f.rndt, err = strconv.ParseBool(v); err != nil {
			return wrongIn("rndt", "deve essere true o false", "must be true or false")
		}
	}
	f.q, f.fq = query.Get("q"), query.Get("fq")
	for _, name := range []string{"modified_since", "q", "fq", "profiles", "rndt"} {
		if v := query.Get(name); v != "" {
			f.query.Set(name, v)
		}
	}
	if !f.searched() {
		return nil
	}
	return f.readQuery(now)
}

// cursor is what an ID looks like, which links to a next page hold.
var cursor = regexp.MustCompile(`^[^\x00-\x1f]{1,200}$`)

func (f *feed) readPage(query url.Values) error {
	if query.Has("page") {
		n, err := strconv.Atoi(query.Get("page"))
		if err != nil || n < 1 || n > maxPage {
			return wrongIn("page", "deve essere un numero da 1 in su", "must be a number from 1 up")
		}
		f.page = n
	}
	if f.after = query.Get("after"); f.after != "" && !cursor.MatchString(f.after) {
		return wrongIn("after", "deve essere l'identificativo di un dataset", "must be the ID of a dataset")
	}
	return nil
}

func wrongIn(name, it, en string) error {
	return &catalog.Error{Kind: catalog.Conflict, Msg: name + ": " + en, MsgIT: name + ": " + it}
}

func (f *feed) readQuery(now time.Time) error {
	p := searchParams{q: f.q, fq: f.fq}
	fq := p.assembledFilter()
	if err := p.guard([]string{fq}); err != nil {
		return err
	}
	filter, err := solr.Lucene(fq, now)
	if err != nil {
		return cannotParse(err)
	}
	f.filter.Filters = parts(filter)
	if f.filter.Root, err = p.root(now); err != nil {
		return cannotParse(err)
	}
	if !f.since.IsZero() {
		f.filter.Filters = append(f.filter.Filters, search.Range{Field: search.Updated, From: f.since})
	}
	if f.org != "" {
		f.filter.Filters = append(f.filter.Filters, search.Term{Field: search.OrgID, Value: f.org})
	}
	if f.holder != "" {
		f.filter.Filters = append(f.filter.Filters, search.Term{Field: search.Holder, Value: f.holder})
	}
	f.filter.Sort = []search.Sort{{Field: search.ID}}
	return nil
}

// link returns the path and query of a page of f, which is counted, or begins
// after a dataset where after is its ID.
func (f *feed) link(page int, after string) string {
	query := f.query.Encode()
	if query != "" {
		query += "&"
	}
	if after != "" {
		query += "after=" + url.QueryEscape(after) + "&"
	}
	return f.path + "?" + query + "page=" + strconv.Itoa(page)
}

// self returns the path and query of f itself.
func (f *feed) self() string { return f.link(f.page, f.after) }
