package ui

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"portico/dcat/vocab"
	"portico/search"
)

// A facetKind is a field that the list of datasets can be narrowed by. Its
// parameter is CKAN's where CKAN has one, so that links to a CKAN go on working.
type facetKind struct {
	param   string
	field   search.Field // whose values the engine counts; "" = none
	many    bool         // a dataset has several values, and all that are chosen must be there
	counted []string     // values that are no words of a field: each is a question
	only    []string     // all the values that there can be; nil = any
	ckan    bool         // CKAN's search has a word for it
}

// facetKinds are the facets in the order in which they are shown.
var facetKinds = []facetKind{
	{param: "groups", field: search.Theme, many: true, ckan: true},
	{param: "organization", field: search.Organization, ckan: true},
	{param: "holder", field: search.HolderName, ckan: true},
	{param: "municipality", field: search.Municipality},
	{param: "res_format", field: search.Format, many: true, ckan: true},
	{param: "updated", counted: updatedValues, only: updatedValues},
	{param: "license_id", field: search.License, ckan: true},
	{param: "frequency", field: search.Frequency, ckan: true},
	{param: "stars", field: search.Stars, only: []string{"1", "2", "3", "4", "5"}},
	{param: "hvd", field: search.HVD, counted: []string{anyHVD}},
	{param: "tags", field: search.Keyword, many: true, ckan: true},
}

// facetsOpen is how many facets stand unfolded unless one is in use.
const facetsOpen = 6

// updatedValues are how long ago data may have changed: each but the last
// holds those before it.
var updatedValues = []string{"week", "month", "year", "older"}

// updatedIn asks for data that changed in one of updatedValues, counted back
// from a day.
func updatedIn(v string, today time.Time) search.Node {
	day := time.Date(today.Year(), today.Month(), today.Day(), 0, 0, 0, 0, time.UTC)
	year := day.AddDate(-1, 0, 0)
	switch v {
	case "week":
		return search.Range{Field: search.Modified, From: day.AddDate(0, 0, -7)}
	case "month":
		return search.Range{Field: search.Modified, From: day.AddDate(0, -1, 0)}
	case "year":
		return search.Range{Field: search.Modified, From: year}
	}
	return search.Range{Field: search.Modified, To: year, HighOpen: true}
}

// anyHVD is the value for high-value datasets of whatever category.
const anyHVD = "any"

// hvdValue spells a category of high-value datasets, or "".
func hvdValue(v string) string {
	if v == anyHVD || v == "true" || v == "1" {
		return anyHVD
	}
	c, _ := vocab.HVDCategory(v)
	return c.Code
}

// counts counts the values of facets that the engine cannot, within what was
// asked, as if none of that facet was chosen.
func (s *Server) counts(r *request, f filter, asked search.Query) map[string]map[string]int {
	own := len(f.query().Filters) // what was added to them is of the words
	out := make(map[string]map[string]int)
	for _, k := range facetKinds {
		if len(k.counted) == 0 {
			continue
		}
		g := f.clone()
		delete(g.Values, k.param)
		base := slices.Concat(g.query().Filters, asked.Filters[min(own, len(asked.Filters)):])
		if asked.Root != nil {
			base = append(base, asked.Root) // nobody wants to know which is best
		}
		out[k.param] = make(map[string]int)
		for _, v := range k.counted {
			res, err := search.Find(r.ctx, s.Engine, s.Datasets, search.Query{Filters: append(slices.Clip(base), f.term(k, v))})
			if err != nil {
				s.Log.WarnContext(r.ctx, "search did not count, a facet is left out", "error", err)
				return out
			}
			out[k.param][v] = res.Total
		}
	}
	return out
}

// values returns what the engine counted of a facet, the values that are
// questions first.
func (n names) values(k facetKind, f filter, res found) []facetValue {
	var counts []search.Count
	for _, v := range k.counted {
		if c := res.counts[k.param][v]; c > 0 || slices.Contains(f.Values[k.param], v) {
			counts = append(counts, search.Count{Value: v, N: c})
		}
	}
	found := slices.Clone(res.facets[k.field])
	if k.param == "stars" {
		slices.SortFunc(found, func(a, b search.Count) int { return cmp.Compare(b.Value, a.Value) })
	}
	var out []facetValue
	for _, c := range append(counts, found...) {
		v := canonical(k, c.Value)
		if v == "" {
			continue
		}
		fv := facetValue{Param: k.param, Label: n.label(k, v), N: c.N, Chosen: slices.Contains(f.Values[k.param], v)}
		switch {
		case fv.Chosen:
			fv.URL = f.without(k.param, v).url()
		case len(k.only) > 0: // one at a time
			g := f.clone()
			g.Values[k.param] = []string{v}
			fv.URL = g.url()
		default:
			fv.URL = f.with(k.param, v).url()
		}
		out = append(out, fv)
	}
	return out
}

// facets are those that can narrow the list.
func (n names) facets(f filter, res found) []facet {
	var out []facet
	for _, k := range facetKinds {
		fc := facet{Param: k.param, Title: n.text("facet." + k.param), Values: n.values(k, f, res)}
		if !tells(fc, res.total, out) {
			continue
		}
		chosen := slices.ContainsFunc(fc.Values, func(v facetValue) bool { return v.Chosen })
		fc.Folded = len(out) >= facetsOpen && !chosen
		if len(k.only) == 0 {
			slices.SortStableFunc(fc.Values, func(a, b facetValue) int { return rank(a) - rank(b) })
		}
		if len(fc.Values) > facetShown+1 {
			fc.Values, fc.More = fc.Values[:facetShown], fc.Values[facetShown:]
		}
		out = append(out, fc)
	}
	return out
}

func rank(v facetValue) int {
	if v.Chosen {
		return 0
	}
	return 1
}

// tells reports whether a facet can narrow the list, and says more than those
// before it: in a catalog of one's own, holders are the organizations once more.
func tells(fc facet, total int, before []facet) bool {
	if len(fc.Values) == 0 {
		return false
	}
	if slices.ContainsFunc(fc.Values, func(v facetValue) bool { return v.Chosen }) {
		return true
	}
	if len(fc.Values) == 1 && fc.Values[0].N == total {
		return false
	}
	for _, b := range before {
		all := slices.Concat(b.Values, b.More)
		if fc.Param == "holder" && b.Param == "organization" && slices.EqualFunc(fc.Values, all, func(x, y facetValue) bool {
			return x.Label == y.Label && x.N == y.N
		}) {
			return false
		}
	}
	return true
}

// hvdLabel names a category of high-value datasets.
func (n names) hvdLabel(v string) string {
	if v == anyHVD {
		return n.text("facet.hvd.any")
	}
	c, ok := vocab.HVDCategory(v)
	if !ok {
		return ""
	}
	return capital(c.Label[n.locale])
}

// starsLabel says what a number of stars means.
func (n names) starsLabel(v string) string {
	i, err := strconv.Atoi(v)
	if err != nil {
		return ""
	}
	return n.count("stars", i) + ": " + n.text("openness."+v)
}
