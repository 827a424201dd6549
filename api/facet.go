package api

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"portico/api/solr"
	"portico/internal/ckan"
)

// A titled is a value of a facet with its name for people.
type titled struct {
	value, title string
	n            int
}

// facetsJSON returns the two ways in which package_search shows facets, each
// with its key.
func (s *Server) facetsJSON(ctx context.Context, p searchParams, found hits, revision int64) (out [2]string, err error) {
	if !p.facet || len(p.facetFields) == 0 {
		return [2]string{`"facets": {}`, `"search_facets": {}`}, nil
	}
	dir, err := s.directoryAt(ctx, revision)
	if err != nil {
		return out, err
	}
	var plain, rich []byte
	for _, name := range p.facetFields {
		values := p.facetValues(name, found, dir)
		plain, rich = appendFacet(plain, rich, name, values)
	}
	out[0] = `"facets": {` + string(plain) + `}`
	out[1] = `"search_facets": {` + string(rich) + `}`
	return out, nil
}

// facetValues returns the values of one facet in the order of "facets".
func (p searchParams) facetValues(name string, found hits, dir *directory) []titled {
	if p.facetLimit == 0 {
		return nil
	}
	f := solr.Lookup(name)
	var values []titled
	if v, ok := f.Fixed(); ok && found.total >= p.facetMin {
		return []titled{{value: v, title: v, n: found.total}}
	}
	for _, c := range found.facets[f.Index()] {
		v := f.Theirs(c.Value)
		values = append(values, titled{value: v, title: dir.titleOf(name, v), n: c.N})
	}
	if p.facetLimit < 0 {
		slices.SortFunc(values, func(a, b titled) int { return strings.Compare(a.value, b.value) })
	}
	return values
}

// appendFacet appends one facet to the JSON of both ways. The rich one is
// sorted by title, backwards, as CKAN has it.
func appendFacet(plain, rich []byte, name string, values []titled) (p, r []byte) {
	key := mustJSON(name)
	if len(plain) > 0 {
		plain, rich = append(plain, ", "...), append(rich, ", "...)
	}
	plain = append(append(plain, key...), ": {"...)
	for i, v := range values {
		if i > 0 {
			plain = append(plain, ", "...)
		}
		plain = append(appendText(plain, v.value), ": "...)
		plain = strconv.AppendInt(plain, int64(v.n), 10)
	}
	plain = append(plain, '}')
	slices.SortStableFunc(values, func(a, b titled) int { return strings.Compare(b.title, a.title) })
	rich = append(append(append(append(rich, key...), `: {"title": `...), key...), `, "items": [`...)
	for i, v := range values {
		if i > 0 {
			rich = append(rich, ", "...)
		}
		rich = appendText(append(rich, `{"name": `...), v.value)
		rich = appendText(append(rich, `, "display_name": `...), v.title)
		rich = strconv.AppendInt(append(rich, `, "count": `...), int64(v.n), 10)
		rich = append(rich, '}')
	}
	return plain, append(rich, "]}"...)
}

// appendText appends s as JSON; most texts stand there as they are.
func appendText(dst []byte, s string) []byte {
	for i := range len(s) {
		// What is not ASCII may not be sound, or need to be escaped.
		if c := s[i]; c < ' ' || c == '"' || c == '\\' || c >= utf8.RuneSelf {
			return append(dst, mustJSON(s)...)
		}
	}
	return append(append(append(dst, '"'), s...), '"')
}

// titleOf returns the name for people of a value of a facet.
func (d *directory) titleOf(facet, value string) string {
	switch facet {
	case "organization":
		if o := d.org(value); o != nil {
			return cmp.Or(o.Title.String(), value)
		}
	case "groups":
		if g := d.groupNamed[value]; g != nil {
			return cmp.Or(g.Title.String(), value)
		}
	case "license_id":
		for _, l := range ckan.Licenses() {
			if l.ID == value {
				return l.Title
			}
		}
	}
	return value
}
