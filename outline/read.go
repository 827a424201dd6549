package outline

import (
	"archive/zip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/paulmach/orb"

	"portico/catalog"
	"portico/tabular"
)

// What a file may be.
const (
	maxFile     = 1 << 30
	maxTopology = 256 << 20 // it is read as a whole
	maxMembers  = 2000      // of an archive
	maxLayers   = 40
	maxAreas    = 20_000
	maxPoints   = 15_000_000
	maxName     = 200
)

// Options says what to take of a file.
type Options struct {
	Name    string   // of the file
	Regions []string // codes or names of regions to which to keep; none = all of Italy
	// Progress is told what is being done, in both languages; nil = nobody is.
	Progress func(italian, english string)
}

// A Result is what a file held.
type Result struct {
	Sets    []*Set
	Skipped []string // layers that hold no outlines that we know
}

// Import reads the outlines in the size bytes of r: ISTAT's archive of
// shapefiles, another archive of them, a GeoPackage, GeoJSON or TopoJSON, with
// the columns that ISTAT and those who publish its boundaries again give them.
// The outlines are on WGS 84, and simplified. What holds none is
// catalog.Invalid.
func Import(ctx context.Context, r io.ReaderAt, size int64, o Options) (*Result, error) {
	if o.Progress == nil {
		o.Progress = func(string, string) {}
	}
	regions, err := regionCodes(o.Regions)
	if err != nil {
		return nil, err
	}
	if size > maxFile {
		return nil, catalog.Errorf(catalog.Invalid, "the file is larger than %d MiB", maxFile>>20).
			Italian("il file è più grande di %d MiB", maxFile>>20)
	}
	in := &importing{ctx: ctx, r: r, size: size, o: o, regions: regions, areas: map[Level]map[string]*Area{}, out: &Result{}}
	layers, err := in.layers()
	if err != nil {
		return nil, err
	}
	for _, l := range layers {
		o.Progress("lettura di "+l.name, "reading "+l.name)
		if err := l.read(in); err != nil {
			return nil, err
		}
	}
	return in.finish()
}

// An importing is one call of Import.
type importing struct {
	ctx     context.Context
	r       io.ReaderAt
	size    int64
	o       Options
	regions []string
	areas   map[Level]map[string]*Area
	points  int
	other   int // areas of regions that are not wanted
	out     *Result
}

// A layer is a member of an archive, or the file itself.
type layer struct {
	name string
	read func(*importing) error
}

// layers finds out what is in the file.
func (in *importing) layers() ([]layer, error) {
	head := make([]byte, min(in.size, 4096))
	if _, err := in.r.ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read the outlines: %w", err)
	}
	if strings.HasPrefix(string(head), "PK\x03\x04") {
		return in.members()
	}
	if isTopology(head) {
		return []layer{{in.o.Name, func(in *importing) error { return in.topology(io.NewSectionReader(in.r, 0, in.size)) }}}, nil
	}
	return []layer{{in.o.Name, func(in *importing) error { return in.table("") }}}, nil
}

// isTopology reports whether a file that begins so is TopoJSON.
func isTopology(head []byte) bool {
	text := strings.TrimLeft(strings.TrimPrefix(string(head), "\ufeff"), " \t\r\n")
	return strings.HasPrefix(text, "{") && strings.Contains(text, `"Topology"`)
}

// members are the layers of an archive.
func (in *importing) members() ([]layer, error) {
	z, err := zip.NewReader(in.r, in.size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return nil, catalog.Errorf(catalog.Invalid, "the archive is damaged").Italian("l'archivio è danneggiato").Because(err)
	}
	if len(z.File) > maxMembers {
		return nil, catalog.Errorf(catalog.Invalid, "the archive holds more than %d files", maxMembers).
			Italian("l'archivio contiene più di %d file", maxMembers)
	}
	var out []layer
	for _, f := range z.File {
		if l, ok := layerOf(f); ok {
			out = append(out, l)
		}
	}
	if len(out) > maxLayers {
		return nil, catalog.Errorf(catalog.Invalid, "the archive holds more than %d layers: import those with the boundaries alone", maxLayers).
			Italian("l'archivio contiene più di %d livelli: importare solo quelli con i confini", maxLayers)
	}
	if len(out) == 0 {
		return nil, noOutlines("no shapefile, GeoJSON or TopoJSON is in the archive", "nell'archivio non c'è nessuno shapefile, GeoJSON o TopoJSON")
	}
	return out, nil
}

// layerOf returns the layer that a member of an archive is.
func layerOf(f *zip.File) (layer, bool) {
	base := path.Base(strings.ReplaceAll(f.Name, `\`, "/"))
	if strings.HasPrefix(base, ".") || strings.HasPrefix(f.Name, "__MACOSX/") || f.FileInfo().IsDir() {
		return layer{}, false
	}
	switch strings.ToLower(path.Ext(base)) {
	case ".shp", ".gpkg":
		return layer{base, func(in *importing) error { return in.table(f.Name) }}, true
	case ".json", ".geojson", ".topojson":
		return layer{base, func(in *importing) error { return in.member(f) }}, true
	}
	return layer{}, false
}

// member reads a document of JSON in an archive.
func (in *importing) member(f *zip.File) error {
	r, err := f.Open()
	if err != nil {
		return catalog.Errorf(catalog.Invalid, "%s cannot be unpacked", f.Name).Italian("%s non si può estrarre", f.Name).Because(err)
	}
	defer r.Close()
	head := make([]byte, 4096)
	n, err := io.ReadFull(r, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return catalog.Errorf(catalog.Invalid, "%s cannot be unpacked", f.Name).Italian("%s non si può estrarre", f.Name).Because(err)
	}
	if isTopology(head[:n]) {
		return in.topology(io.MultiReader(strings.NewReader(string(head[:n])), r))
	}
	return in.table(f.Name)
}

// table reads a layer that package tabular understands, and those beside it in
// a database.
func (in *importing) table(sheet string) error {
	o := tabular.Options{Name: in.o.Name, Sheet: sheet, MaxBytes: 2 * maxFile, MaxRows: maxAreas * 10}
	t, err := tabular.Open(in.ctx, in.r, in.size, o)
	if err != nil {
		return err
	}
	if err := in.rows(t); err != nil || t.Format != "gpkg" || sheet != "" {
		return err
	}
	for _, name := range t.Sheets {
		if name == t.Sheet {
			continue
		}
		o.Sheet = name
		other, err := tabular.Open(in.ctx, in.r, in.size, o)
		if err != nil {
			return err
		}
		if err := in.rows(other); err != nil {
			return err
		}
	}
	return nil
}

func (in *importing) rows(t *tabular.Table) error {
	name := strings.TrimSpace(path.Base(strings.ReplaceAll(t.Sheet, `\`, "/")))
	if t.Sheet == "" {
		name = in.o.Name
	}
	geometry := slices.IndexFunc(t.Columns, func(c catalog.Column) bool { return c.Type == catalog.Geometry })
	headers := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		headers[i] = strings.ToLower(strings.TrimSpace(c.Header))
	}
	k, ok := kindOf(headers)
	if !ok || geometry < 0 {
		in.out.Skipped = append(in.out.Skipped, name)
		return nil
	}
	for row, err := range t.Rows {
		if err != nil {
			return err
		}
		text, ok := row[geometry].(string)
		if !ok {
			continue
		}
		shape, err := shapeOf([]byte(text))
		if err != nil {
			return err
		}
		cells := func(header string) any {
			if i := slices.Index(headers, header); i >= 0 {
				return row[i]
			}
			return nil
		}
		if err := in.add(k, cells, shape); err != nil {
			return err
		}
	}
	return nil
}

// shapeOf reads the polygons of a geometry of GeoJSON; what has no area has none.
func shapeOf(text []byte) (orb.MultiPolygon, error) {
	var g struct {
		Type        string          `json:"type"`
		Coordinates json.RawMessage `json:"coordinates"`
	}
	err := json.Unmarshal(text, &g)
	var shape orb.MultiPolygon
	switch {
	case err != nil:
	case g.Type == "Polygon":
		var p orb.Polygon
		if err = json.Unmarshal(g.Coordinates, &p); len(p) > 0 {
			shape = orb.MultiPolygon{p}
		}
	case g.Type == "MultiPolygon":
		err = json.Unmarshal(g.Coordinates, &shape)
	}
	if err != nil {
		return nil, fmt.Errorf("read a geometry: %w", err)
	}
	return shape, nil
}

// add takes one area. Features with the same code are one.
func (in *importing) add(k kind, cells func(header string) any, shape orb.MultiPolygon) error {
	a := k.area(cells)
	if a == nil || len(shape) == 0 {
		return nil
	}
	if len(in.regions) > 0 && !slices.Contains(in.regions, a.Region) {
		in.other++
		return nil
	}
	for _, p := range shape {
		for _, r := range p {
			in.points += len(r)
		}
	}
	if in.points > maxPoints {
		return catalog.Errorf(catalog.Invalid, "the outlines have more than %d points: take ISTAT's generalized file", maxPoints).
			Italian("i confini hanno più di %d punti: usare il file generalizzato di ISTAT", maxPoints)
	}
	all := in.areas[k.level]
	if all == nil {
		all = map[string]*Area{}
		in.areas[k.level] = all
	}
	if was, ok := all[a.Code]; ok {
		was.Shape = append(was.Shape, shape...)
		return nil
	}
	if len(all) >= maxAreas {
		return catalog.Errorf(catalog.Invalid, "there are more than %d areas", maxAreas).Italian("ci sono più di %d aree", maxAreas)
	}
	a.Shape = shape
	all[a.Code] = a
	return nil
}

// finish simplifies what was read.
func (in *importing) finish() (*Result, error) {
	for _, l := range Levels {
		var areas []*Area
		for _, a := range in.areas[l] {
			if b := a.Shape.Bound(); b.Min[0] < -180 || b.Max[0] > 180 || b.Min[1] < -90 || b.Max[1] > 90 {
				return nil, catalog.Errorf(catalog.Invalid, "%s: the coordinates are not in degrees, and the file does not say in which system they are", a.Name).
					Italian("%s: le coordinate non sono in gradi e il file non dice in quale sistema sono", a.Name)
			}
			areas = append(areas, a)
		}
		if len(areas) == 0 {
			continue
		}
		in.o.Progress(fmt.Sprintf("%s: %d aree, semplificazione", l, len(areas)), fmt.Sprintf("%d areas, simplifying", len(areas)))
		set := NewSet(l, areas) // in the order of codes, so that equal files make equal bytes
		simplified(set.Areas)
		set.Areas = slices.DeleteFunc(set.Areas, func(a *Area) bool { return len(a.Shape) == 0 })
		in.out.Sets = append(in.out.Sets, NewSet(l, set.Areas))
	}
	switch {
	case len(in.out.Sets) > 0:
		return in.out, in.ctx.Err()
	case in.other > 0:
		return nil, catalog.Errorf(catalog.Invalid, "the file has no boundaries of the regions that were asked for").
			Italian("il file non ha confini delle regioni richieste")
	}
	return nil, noOutlines("no layer has boundaries", "nessun livello contiene confini")
}

// noOutlines tells what a file should have been.
func noOutlines(en, it string) error {
	return catalog.Errorf(catalog.Invalid, "%s: take ISTAT's file of administrative boundaries (columns PRO_COM_T and COMUNE, COD_PROV and DEN_UTS, COD_REG and DEN_REG)", en).
		Italian("%s: usare il file dei confini amministrativi di ISTAT (colonne PRO_COM_T e COMUNE, COD_PROV e DEN_UTS, COD_REG e DEN_REG)", it)
}
