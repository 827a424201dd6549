package tabular

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"portico/catalog"
	"portico/tabular/geo"
	"portico/tabular/shapefile"
)

// A shapeSource yields the features of a shapefile.
type shapeSource struct {
	shp, dbf stream
	hasDBF   bool
	names    []string
	legacy   *charmap.Charmap // nil = UTF-8
}

// openShapefile understands the shapefile whose .shp is a member of an archive.
func openShapefile(ctx context.Context, shp *zip.File, beside map[string]*zip.File, s stream, o Options) (*Table, error) {
	base := strings.TrimSuffix(strings.ToLower(shp.Name), ".shp")
	src := &shapeSource{shp: member(shp, o.MaxBytes)}
	t := &Table{Format: "shapefile", Notes: append(s.notes, fmt.Sprintf("Letto lo shapefile %q / shapefile read", shp.Name))}
	p := placeOptions{}
	if f := beside[base+".prj"]; f != nil {
		wkt, err := smallMember(f)
		if err != nil {
			return nil, err
		}
		p.crs, p.stated, p.told = geo.ByWKT(wkt), true, clip(strings.Join(strings.Fields(wkt), " "), 120)
	} else {
		t.Notes = append(t.Notes, "Manca il file .prj con il sistema di riferimento / no .prj file")
	}
	f := newFields()
	if m := beside[base+".dbf"]; m != nil {
		src.dbf, src.hasDBF = member(m, o.MaxBytes), true
		declared := ""
		if c := beside[base+".cpg"]; c != nil {
			var err error
			if declared, err = smallMember(c); err != nil {
				return nil, err
			}
		}
		if err := src.declare(ctx, t, f, declared); err != nil {
			return nil, shapeError(err)
		}
	} else {
		t.Notes = append(t.Notes, "Manca il file .dbf con gli attributi / no .dbf file")
	}
	f.learning = false
	points, shapes, err := learnSome(ctx, src, f)
	if err != nil {
		return nil, err
	}
	return t, placeFeatures(ctx, t, src, f, points, shapes, p, o)
}

// smallMember returns a member of a few bytes as text.
func smallMember(f *zip.File) (string, error) {
	r, err := member(f, 64<<10).open()
	if err != nil {
		return "", err
	}
	defer r.Close()
	b, err := io.ReadAll(io.LimitReader(r, 64<<10))
	if err != nil {
		return "", unpackError(err)
	}
	return strings.TrimSpace(string(b)), nil
}

// declare reads the fields and the encoding. What the .cpg says holds only
// for bytes that are no UTF-8: it is often wrong.
func (s *shapeSource) declare(ctx context.Context, t *Table, f *fields, declared string) error {
	r, err := s.dbf.open()
	if err != nil {
		return err
	}
	defer r.Close()
	d, err := shapefile.NewRows(r)
	if err != nil {
		return err
	}
	var e encodingReport
	var letters letterCount
	if err := countLetters(ctx, d, &letters, &e); err != nil {
		return err
	}
	t.Encoding = utf8Name
	if e.badness > 0 {
		t.Encoding, s.legacy = dbfEncoding(declared, d.Language, &letters)
	}
	for _, name := range uniqueTexts(d.Fields, s.text) {
		s.names = append(s.names, name)
		f.declare(name, "")
	}
	return nil
}

// countLetters counts the letters of names and cells.
func countLetters(ctx context.Context, d *shapefile.Rows, letters *letterCount, e *encodingReport) error {
	for _, field := range d.Fields {
		letters.line(field.Name, e)
	}
	for n := 0; ; n++ {
		if n%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		cells, _, err := d.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		for _, cell := range cells {
			letters.line(cell, e)
		}
	}
}

// dbfEncoding chooses the encoding of bytes that are no UTF-8.
func dbfEncoding(declared string, language byte, letters *letterCount) (string, *charmap.Charmap) {
	switch d := strings.ToLower(declared); {
	case strings.HasSuffix(d, "850"), declared == "" && language == 0x02:
		return cp850Name, charmap.CodePage850
	case strings.HasSuffix(d, "437"), declared == "" && language == 0x01:
		return "cp437", charmap.CodePage437
	case strings.Contains(d, "1252"), strings.Contains(d, "8859"):
		return cp1252Name, charmap.Windows1252
	}
	return letters.legacy()
}

// uniqueTexts makes the names of fields, which ESRI cuts at ten letters, differ.
func uniqueTexts(fields []shapefile.Field, text func([]byte) string) []string {
	seen := make(map[string]int)
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = text(f.Name)
		if seen[names[i]]++; seen[names[i]] > 1 {
			names[i] = fmt.Sprintf("%s (%d)", names[i], i+1)
		}
	}
	return names
}

func (s *shapeSource) text(b []byte) string {
	if s.legacy == nil || utf8.Valid(b) {
		return strings.ToValidUTF8(string(b), "")
	}
	return string(decodeLegacy(nil, b, encodingReport{legacy: s.legacy}))
}

func (s *shapeSource) walk(ctx context.Context, f *fields, done func() error) error {
	shp, err := s.shp.open()
	if err != nil {
		return err
	}
	defer shp.Close()
	shapes, err := shapefile.NewShapes(shp)
	if err != nil {
		return shapeError(err)
	}
	var rows *shapefile.Rows
	if s.hasDBF {
		dbf, err := s.dbf.open()
		if err != nil {
			return err
		}
		defer dbf.Close()
		if rows, err = shapefile.NewRows(dbf); err != nil {
			return shapeError(err)
		}
	}
	for n := int64(1); ; n++ {
		if n%256 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		more, err := s.next(f, shapes, rows)
		if err != nil {
			return shapeError(err)
		}
		if !more {
			return nil
		}
		f.line = n
		if err := done(); err != nil {
			return err
		}
	}
}

// next reads a shape and its row; either may end before the other.
func (s *shapeSource) next(f *fields, shapes *shapefile.Shapes, rows *shapefile.Rows) (bool, error) {
	g, err := shapes.Next()
	if err != nil && !errors.Is(err, io.EOF) {
		return false, err
	}
	noShape := err != nil
	f.geometry = g
	if rows == nil {
		return !noShape, nil
	}
	cells, deleted, err := rows.Next()
	if err != nil && !errors.Is(err, io.EOF) {
		return false, err
	}
	if errors.Is(err, io.EOF) {
		return !noShape, nil
	}
	for i, cell := range cells {
		text, native := rows.Fields[i].Value(s.text(cell))
		f.set(s.names[i], text, native)
	}
	if deleted {
		f.bad = "Riga cancellata nel file DBF / row deleted in the DBF file"
	}
	return true, nil
}

func shapeError(err error) error {
	if errors.Is(err, shapefile.ErrFormat) {
		return catalog.Errorf(catalog.Invalid, "The shapefile is damaged or cut short").
			Italian("Lo shapefile è danneggiato o incompleto").Because(err)
	}
	return err
}

// membersByName returns the members of an archive by their names in lower case.
func membersByName(z *zip.Reader) map[string]*zip.File {
	all := make(map[string]*zip.File, len(z.File))
	for _, f := range z.File {
		all[strings.ToLower(path.Clean(strings.ReplaceAll(f.Name, `\`, "/")))] = f
	}
	return all
}
