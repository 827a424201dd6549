package main

import (
	"context"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"portico/catalog"
	"portico/tabular"
)

type geoCmd struct {
	Inspect          geoInspectCmd    `cmd:"" help:"Say what geodata a file holds: reference system, features, extent, defects."`
	ImportBoundaries geoImportCmd     `cmd:"" help:"Import the outlines of municipalities, provinces and regions from ISTAT's file, for the maps."`
	Boundaries       geoBoundariesCmd `cmd:"" help:"List the outlines that were imported, or remove some."`
}

type geoInspectCmd struct {
	File   string    `arg:"" help:"GeoJSON, KML, KMZ, GPX, zipped shapefile, GeoPackage or GeoParquet; also a table with coordinates."`
	Sheet  string    `help:"Layer of a file that has several (default: the first)." placeholder:"NAME"`
	Within []float64 `help:"West, south, east and north of the municipality: what lies outside is told (default: Italy)." placeholder:"DEGREES"`
}

// A geoInspection is the JSON of `portico geo inspect`.
type geoInspection struct {
	Format   string    `json:"format"`
	CRS      string    `json:"crs"`
	Accuracy float64   `json:"accuracy_m"`
	Features int64     `json:"features"`
	Geometry []string  `json:"geometry"`
	Columns  []string  `json:"columns"`
	BBox     []float64 `json:"bbox_4326"`
	Problems []string  `json:"problems"`
	Layer    string    `json:"layer,omitempty"`
	Layers   []string  `json:"layers,omitempty"`
}

// Run prints what geodata a file holds.
func (c *geoInspectCmd) Run(ctx context.Context, e *env) error {
	o := tabular.Options{Sheet: c.Sheet, Coordinates: true}
	switch len(c.Within) {
	case 0:
	case 4:
		o.Within = (*[4]float64)(c.Within)
	default:
		return catalog.Errorf(catalog.Invalid, "--within takes four numbers: west, south, east, north").
			Italian("--within vuole quattro numeri: ovest, sud, est, nord")
	}
	t, done, err := openTable(ctx, c.File, o)
	if err != nil {
		return err
	}
	defer done()
	if t.Geo == nil {
		return catalog.Errorf(catalog.Invalid, "%s holds no geodata", c.File).Italian("%s non contiene geodati", c.File)
	}
	out := inspectGeo(t)
	return e.print(out, out.print)
}

func inspectGeo(t *tabular.Table) geoInspection {
	g := t.Geo
	out := geoInspection{
		Format: t.Format, CRS: g.CRS.String(), Accuracy: g.Accuracy, Features: g.Features, Layer: t.Sheet, Layers: t.Sheets,
		Geometry: append([]string{}, g.Kinds...), Columns: []string{}, BBox: []float64{}, Problems: append([]string{}, g.Problems...),
	}
	slices.Sort(out.Geometry)
	for _, c := range t.Columns {
		if c.Type != catalog.Geometry {
			out.Columns = append(out.Columns, c.Header)
		}
	}
	if g.BBox.Any {
		for _, v := range []float64{g.BBox.Min[0], g.BBox.Min[1], g.BBox.Max[0], g.BBox.Max[1]} {
			out.BBox = append(out.BBox, math.Round(v*1e7)/1e7)
		}
	}
	return out
}

func (i geoInspection) print(w io.Writer) {
	fmt.Fprintf(w, "%s  %s  precisione %.0f m  %d elementi  %s\n", i.Format, i.CRS, i.Accuracy, i.Features, strings.Join(i.Geometry, ", "))
	fmt.Fprintf(w, "  estensione (EPSG:4326): %v\n", i.BBox)
	fmt.Fprintf(w, "  colonne: %s\n", strings.Join(i.Columns, ", "))
	for _, p := range i.Problems {
		fmt.Fprintf(w, "  %s\n", p)
	}
}
