package api

import (
	"context"

	"portico/catalog"
	"portico/internal/ckan"
)

// A form is one of the ways in which a dataset is rendered.
type form struct {
	key    string // tells it from others in the cache
	append func(dst []byte, d *catalog.Dataset, r ckan.Refs) []byte
}

var (
	showForm   = form{key: "show", append: ckan.AppendShow}
	searchForm = form{key: "search", append: ckan.AppendSearch}
)

// renderOne renders a dataset that the actor of ctx was shown, at the given
// revision of the catalog. A rendering is kept for as long as the dataset, the
// organizations and the groups are as they were (decision D11).
func (s *Server) renderOne(f form, d *catalog.Dataset, dir *directory) []byte {
	key := f.key + " " + d.ID
	if e := s.cache.get(key); e != nil && e.made == d.Revision && e.stamp == dir.stamp && d.Visible() {
		if e.revision != dir.revision {
			s.cache.put(&cached{key: key, revision: dir.revision, made: e.made, stamp: e.stamp, body: e.body, stub: e.stub})
		}
		return e.body
	}
	body := f.append(nil, d, dir.refs(s.site, d))
	if d.Visible() {
		s.cache.put(&cached{key: key, revision: dir.revision, made: d.Revision, stamp: dir.stamp, body: body, stub: &catalog.Dataset{ID: d.ID, State: d.State}})
	}
	return body
}

// kept returns a rendering that is known to hold for anybody at the given
// revision, or nil.
func (s *Server) kept(f form, id string, revision int64) *cached {
	if e := s.cache.get(f.key + " " + id); e != nil && e.revision == revision {
		return e
	}
	return nil
}

// renderLoaded renders datasets that have been loaded already.
func (s *Server) renderLoaded(ctx context.Context, f form, ds []*catalog.Dataset, revision int64) ([][]byte, error) {
	dir, err := s.directoryAt(ctx, revision)
	if err != nil {
		return nil, err
	}
	out := make([][]byte, len(ds))
	for i, d := range ds {
		out[i] = s.renderOne(f, d, dir)
	}
	return out, nil
}

// listOf makes a JSON list of pieces without copying them.
func listOf(head string, items [][]byte, tail string) result {
	out := make(result, 0, 2*len(items)+2)
	out = append(out, []byte(head+"["))
	for i, b := range items {
		if i > 0 {
			out = append(out, comma)
		}
		out = append(out, b)
	}
	return append(out, []byte("]"+tail))
}

var comma = []byte(", ")
