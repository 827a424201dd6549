package ui

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"portico/dcat/vocab"
	"portico/search"
)

// aliases are other names of parameters: dati.gov.it's and our own.
var aliases = map[string]string{"theme": "groups", "holder_name": "holder", "format": "res_format", "license": "license_id", "tag": "tags", "comune": "municipality"}

// A sortKind is an order of the list, named as CKAN does.
type sortKind struct {
	param string
	sort  []search.Sort
}

var sortKinds = []sortKind{
	{"score desc, metadata_modified desc", nil},
	{"metadata_modified desc", []search.Sort{{Field: search.Updated, Desc: true}}},
	{"title_string asc", []search.Sort{{Field: search.TitleSort}}},
	{"title_string desc", []search.Sort{{Field: search.TitleSort, Desc: true}}},
	{"metadata_created desc", []search.Sort{{Field: search.Created, Desc: true}}},
}

// What a list may ask for.
const (
	perPage   = 20
	maxPages  = 5000
	maxQ      = 300
	maxValue  = 200
	maxValues = 20
)

// A filter is what the list of datasets is asked for, and what of the address
// could not be understood.
type filter struct {
	Q       string
	Values  map[string][]string // by parameter of a facetKind
	Exact   bool                // the words as they are written, and not as they may be meant
	Sort    string
	Page    int
	Today   time.Time // from which "the last week" is counted
	Ignored []string  // parameters that were left out, for the notice
}

// parseFilter reads the parameters of a list. It never fails: what makes no
// sense is ignored, and said to be.
func parseFilter(q url.Values, now time.Time) filter {
	f := filter{Values: make(map[string][]string), Sort: "", Page: 1, Today: now}
	ignore := func(param string) {
		if !slices.Contains(f.Ignored, param) {
			f.Ignored = append(f.Ignored, param)
		}
	}
	f.Q = strings.Join(strings.Fields(strings.ToValidUTF8(q.Get("q"), "")), " ")
	if utf8.RuneCountInString(f.Q) > maxQ {
		f.Q = string([]rune(f.Q)[:maxQ])
		ignore("q")
	}
	if f.Q == "*:*" || f.Q == "*" {
		f.Q = ""
	}
	f.readValues(q, ignore)
	f.readOrder(q, ignore)
	return f
}

func (f *filter) readValues(q url.Values, ignore func(string)) {
	n := 0
	for _, k := range facetKinds {
		for _, name := range k.names() {
			for _, v := range q[name] {
				if v = strings.TrimSpace(v); v == "" {
					continue
				}
				v = canonical(k, v)
				switch {
				case slices.Contains(f.Values[k.param], v):
				case v == "" || n >= maxValues || len(v) > maxValue || !utf8.ValidString(v) || strings.ContainsRune(v, 0):
					ignore(name)
				default:
					f.Values[k.param] = append(f.Values[k.param], v)
					n++
				}
			}
		}
	}
}

// names returns the names of the parameter, its own first.
func (k facetKind) names() []string {
	out := []string{k.param}
	for from, to := range aliases {
		if to == k.param {
			out = append(out, from)
		}
	}
	slices.Sort(out[1:])
	return out
}

// canonical spells a value as this catalog does: a theme by its group's name,
// a holder without the quotes that dati.gov.it writes. It returns "" for what
// cannot be a value.
func canonical(k facetKind, v string) string {
	if k.only != nil && !slices.Contains(k.only, v) {
		return ""
	}
	switch k.param {
	case "hvd":
		return hvdValue(v)
	case "groups":
		if t, ok := vocab.Theme(v); ok {
			return t.Group
		}
	case "holder":
		return strings.TrimSpace(strings.Trim(v, `"`))
	}
	return v
}

func (f *filter) readOrder(q url.Values, ignore func(string)) {
	switch q.Get("exact") {
	case "":
	case "1":
		f.Exact = true
	default:
		ignore("exact")
	}
	if v := q.Get("sort"); v != "" {
		if slices.ContainsFunc(sortKinds, func(k sortKind) bool { return k.param == v }) {
			f.Sort = v
		} else {
			ignore("sort")
		}
	}
	if v := q.Get("page"); v != "" {
		n, err := strconv.Atoi(v)
		if err == nil && n >= 1 && n <= maxPages {
			f.Page = n
		} else {
			ignore("page")
		}
	}
}

// url returns the address of the list for f, beginning with its first page
// unless f says another.
func (f filter) url() string {
	q := url.Values{}
	if f.Q != "" {
		q.Set("q", f.Q)
	}
	if f.Exact && f.Q != "" {
		q.Set("exact", "1")
	}
	for p, vs := range f.Values {
		for _, v := range vs {
			q.Add(p, v)
		}
	}
	if f.Sort != "" {
		q.Set("sort", f.Sort)
	}
	if f.Page > 1 {
		q.Set("page", strconv.Itoa(f.Page))
	}
	if len(q) == 0 {
		return "/dataset"
	}
	return "/dataset?" + q.Encode()
}

// exactly returns the address of the list for the words of f as they are
// written, or as they may be meant.
func (f filter) exactly(exact bool) string {
	g := f.clone()
	g.Exact = exact
	return g.url()
}

// with returns f with v chosen, without returns it with v not chosen; both
// begin at the first page.
func (f filter) with(param, v string) filter {
	g := f.clone()
	g.Values[param] = append(g.Values[param], v)
	return g
}

func (f filter) without(param, v string) filter {
	g := f.clone()
	g.Values[param] = slices.DeleteFunc(g.Values[param], func(w string) bool { return w == v })
	return g
}

func (f filter) clone() filter {
	g := filter{Q: f.Q, Exact: f.Exact, Sort: f.Sort, Page: 1, Today: f.Today, Values: make(map[string][]string)}
	for p, vs := range f.Values {
		g.Values[p] = slices.Clone(vs)
	}
	return g
}

// chosen returns how many filters are in force.
func (f filter) chosen() int {
	n := 0
	for _, vs := range f.Values {
		n += len(vs)
	}
	return n
}
