package api

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// cannotParse is what CKAN says of a query that Solr refuses: the query as it
// was put to Solr, and Solr's reason. Nothing in it is of our own insides.
func (p searchParams) cannotParse(fqs []string, err error) error {
	reason := err.Error()
	if strings.HasPrefix(reason, "Cannot parse") {
		reason = "org.apache.solr.search.SyntaxError: " + reason
	}
	solr := pyQuote("Solr responded with an error (HTTP 400): [Reason: " + reason + "]")
	const most = 16 << 10 // bytes of what was sent that are sent back
	text := "SOLR returned an error running query: {" + strings.Join(p.asPut(fqs), ", ") + "} Error: SolrError(" + solr + ")"
	if len(text) > most {
		text = strings.ToValidUTF8(text[:most], "") + "…"
	}
	return searchError(pyQuote(text))
}

// asPut returns the parameters in Python's words, in the order in which CKAN
// puts them together: those that were sent, by name, then what it adds.
func (p searchParams) asPut(fqs []string) []string {
	filters := make([]any, 0, len(fqs)+2)
	for _, fq := range fqs {
		filters = append(filters, fq)
	}
	q := p.q
	if isMatchAll(q) {
		q = "*:*"
	}
	sent := map[string]string{
		"fl": pyQuote(strings.Join(p.fl, " ")), "start": strconv.Itoa(p.start),
		"fq": pyRepr(append(filters, `+site_id:"default"`, `+permission_labels:("public")`)),
		"q":  pyQuote(q), "rows": strconv.Itoa(p.rows + 1), "sort": pyQuote(p.sort),
	}
	var out []string
	add := func(key, repr string) { out = append(out, pyQuote(key)+": "+repr) }
	for _, key := range slices.Sorted(maps.Keys(sent)) {
		if _, ok := p.given[key]; ok {
			add(key, sent[key])
		}
	}
	for _, key := range []string{"rows", "sort", "df", "fq", "q"} {
		if _, ok := p.given[key]; key == "df" {
			add(key, "'text'")
		} else if !ok {
			add(key, sent[key])
		}
	}
	add("facet", pyQuote(strconv.FormatBool(p.facet)))
	add("facet.limit", strconv.Itoa(p.facetLimit))
	add("facet.mincount", strconv.Itoa(p.facetMin))
	add("wt", "'json'")
	if !isMatchAll(p.q) && !strings.Contains(p.q, ":") {
		add("defType", pyQuote(p.defType))
		add("tie", "'0.1'")
		add("mm", "'2<-1 5<80%'")
		add("qf", pyQuote(orElse(p.qf, "name^4 title^4 tags^2 groups^2 text")))
	}
	add("q.op", "'AND'")
	return out
}
