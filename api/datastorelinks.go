package api

import (
	"maps"
	"net/url"
	"strconv"
	"strings"
)

// older reports whether this server answers as a CKAN before 2.12, whose
// clients look for links between pages of rows.
func (s *Server) older() bool {
	major, rest, _ := strings.Cut(s.ckanVersion, ".")
	minor, _, _ := strings.Cut(rest, ".")
	a, err := strconv.Atoi(major)
	b, err2 := strconv.Atoi(minor)
	return err == nil && err2 == nil && (a < 2 || a == 2 && b < 12)
}

// linked adds what CKAN 2.11 tells of pages and of how it has counted.
func (q *rowSearch) linked(in *args) {
	address := func(offset int) string {
		given := maps.Clone(in.given)
		delete(given, "offset")
		values := url.Values{}
		for k, v := range given {
			values.Set(k, plain(v))
		}
		if offset > 0 {
			values.Set("offset", strconv.Itoa(offset))
		}
		return "/api/3/action/datastore_search?" + values.Encode()
	}
	links := map[string]any{"start": address(0), "next": address(q.query.Offset + q.query.Limit)}
	if before := q.query.Offset - q.query.Limit; before > 0 {
		links["prev"] = address(before)
	}
	q.echo["_links"] = links
	if q.total {
		q.echo["total_was_estimated"] = false
	}
}
