package ui

import (
	"cmp"
	"slices"

	"github.com/paulmach/orb"

	"portico/catalog"
	"portico/search"
)

// drawExtents draws where datasets lie on a plain ground, when there are no
// outlines.
func (s *Server) drawExtents(r *request, p *mapPage) error {
	p.Boxes = true
	if p.Down {
		return nil
	}
	found, _, err := s.extents(r, 0, maxExtents)
	if err != nil {
		return err
	}
	var all orb.Bound
	for i, e := range found {
		if i == 0 {
			all = e.box
		}
		all = all.Union(e.box)
	}
	if len(found) == 0 {
		return nil
	}
	f := around(all, 0.05)
	p.Picture = f.picture()
	// Large boxes first, for a small one would be under them.
	slices.SortStableFunc(found, func(a, b placed) int { return cmp.Compare(area(b.box), area(a.box)) })
	for _, e := range found {
		p.Picture.Shapes = append(p.Picture.Shapes, pictureShape{
			Path: f.boxPath(e.box), Class: classBox, URL: "/dataset/" + e.dataset.Name, Label: r.in(e.dataset.Title),
		})
	}
	p.Live = &liveMap{Extents: "/mappa/estensioni.geojson", Ground: s.groundView()}
	return nil
}

func area(b orb.Bound) float64 { return (b.Max[0] - b.Min[0]) * (b.Max[1] - b.Min[1]) }

// A placed is a dataset with the box around its places.
type placed struct {
	dataset *catalog.Dataset
	box     orb.Bound
}

// extents returns datasets that say where they lie, and how many there are.
func (s *Server) extents(r *request, offset, limit int) ([]placed, int, error) {
	q := search.Query{
		Filters: []search.Node{search.Exists{Field: search.BoxWest}}, Sort: []search.Sort{{Field: search.Updated, Desc: true}}, Offset: offset, Limit: limit,
	}
	res, err := search.Find(r.ctx, s.Engine, s.Datasets, q)
	if err != nil {
		return nil, 0, err
	}
	var out []placed
	for _, d := range res.Datasets {
		if b, ok := boxOf(d.Spatial); ok {
			out = append(out, placed{d, b})
		}
	}
	return out, res.Total, nil
}
