package outline

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/paulmach/orb"

	"portico/catalog"
)

// A topology is a document of TopoJSON: shapes are made of arcs that they
// share.
type topology struct {
	Transform *struct {
		Scale     [2]float64 `json:"scale"`
		Translate [2]float64 `json:"translate"`
	} `json:"transform"`
	Arcs    [][]orb.Point             `json:"arcs"`
	Objects map[string]topologyObject `json:"objects"`
}

type topologyObject struct {
	Type       string           `json:"type"`
	Geometries []topologyObject `json:"geometries"`
	Arcs       json.RawMessage  `json:"arcs"`
	Properties map[string]any   `json:"properties"`
	ID         any              `json:"id"`
}

// errTopology is why a topology cannot be read.
var errTopology = errors.New("not a TopoJSON document")

// topology reads a document of TopoJSON.
func (in *importing) topology(r io.Reader) error {
	var t topology
	limited := &io.LimitedReader{R: r, N: maxTopology + 1}
	err := json.NewDecoder(limited).Decode(&t)
	if limited.N <= 0 {
		return catalog.Errorf(catalog.Invalid, "the TopoJSON document is larger than %d MiB", maxTopology>>20).
			Italian("il documento TopoJSON è più grande di %d MiB", maxTopology>>20)
	}
	if err != nil {
		return damaged(err)
	}
	t.untransform()
	for _, name := range slices.Sorted(maps.Keys(t.Objects)) {
		object := t.Objects[name]
		shapes := object.Geometries
		if object.Type != "GeometryCollection" {
			shapes = []topologyObject{object}
		}
		if err := in.objects(&t, name, shapes); err != nil {
			return err
		}
	}
	return nil
}

func damaged(err error) error {
	return catalog.Errorf(catalog.Invalid, "the TopoJSON document is damaged").Italian("il documento TopoJSON è danneggiato").Because(err)
}

// untransform makes degrees of the whole numbers of arcs.
func (t *topology) untransform() {
	if t.Transform == nil {
		return
	}
	for _, arc := range t.Arcs {
		var x, y float64
		for i, p := range arc {
			x, y = x+p[0], y+p[1]
			arc[i] = orb.Point{x*t.Transform.Scale[0] + t.Transform.Translate[0], y*t.Transform.Scale[1] + t.Transform.Translate[1]}
		}
	}
}

func (in *importing) objects(t *topology, name string, shapes []topologyObject) error {
	for i, g := range shapes {
		if i%256 == 0 && in.ctx.Err() != nil {
			return in.ctx.Err()
		}
		cells := make(map[string]any, len(g.Properties))
		for key, v := range g.Properties {
			cells[strings.ToLower(strings.TrimSpace(key))] = v
		}
		k, ok := kindOf(slices.Collect(maps.Keys(cells)))
		if !ok {
			in.out.Skipped = append(in.out.Skipped, name)
			return nil
		}
		shape, err := t.shape(g, maxPoints-in.points)
		if err != nil {
			return damaged(err)
		}
		if err := in.add(k, func(header string) any { return cells[header] }, shape); err != nil {
			return err
		}
	}
	return nil
}

// shape puts the polygons of a geometry together, of no more than most points.
func (t *topology) shape(g topologyObject, most int) (orb.MultiPolygon, error) {
	var polygons [][][]int
	switch g.Type {
	case "Polygon":
		var one [][]int
		if err := json.Unmarshal(g.Arcs, &one); err != nil {
			return nil, fmt.Errorf("%w: %w", errTopology, err)
		}
		polygons = [][][]int{one}
	case "MultiPolygon":
		if err := json.Unmarshal(g.Arcs, &polygons); err != nil {
			return nil, fmt.Errorf("%w: %w", errTopology, err)
		}
	}
	var out orb.MultiPolygon
	for _, rings := range polygons {
		var p orb.Polygon
		for _, arcs := range rings {
			r, err := t.ring(arcs, most)
			if err != nil {
				return nil, err
			}
			most -= len(r)
			p = append(p, r)
		}
		if len(p) > 0 {
			out = append(out, p)
		}
	}
	return out, nil
}

// ring joins arcs; one that is counted from below zero runs backwards.
func (t *topology) ring(arcs []int, most int) (orb.Ring, error) {
	var out orb.Ring
	for _, i := range arcs {
		at := max(i, ^i)
		if at >= len(t.Arcs) {
			return nil, fmt.Errorf("%w: there is no arc %d", errTopology, at)
		}
		arc := t.Arcs[at]
		if len(out)+len(arc) > most {
			return nil, fmt.Errorf("%w: more than %d points", errTopology, maxPoints)
		}
		if i < 0 {
			arc = slices.Clone(arc)
			slices.Reverse(arc)
		}
		if len(out) > 0 && len(arc) > 0 {
			arc = arc[1:]
		}
		out = append(out, arc...)
	}
	return out, nil
}
