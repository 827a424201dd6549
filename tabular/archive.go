package tabular

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"portico/catalog"
)

// openArchive reads the table that an archive holds: the one that is named,
// or the only one. Names that lead out of the archive are passed over;
// nothing is ever written under a member's name.
func openArchive(ctx context.Context, s stream, o Options, depth int) (*Table, error) {
	z, err := zip.NewReader(s.at, s.packed)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return nil, unpackError(err)
	}
	if len(z.File) > maxZipEntries {
		return nil, catalog.Errorf(catalog.Invalid, "The archive holds more than %d files", maxZipEntries).
			Italian("L'archivio contiene più di %d file", maxZipEntries)
	}
	tables := tableMembers(z.File)
	var names []string
	for _, f := range tables {
		names = append(names, f.Name)
	}
	chosen, sheet, err := chooseMember(tables, names, o.Sheet)
	if err != nil {
		return nil, err
	}
	o.Sheet = sheet
	var t *Table
	if strings.EqualFold(path.Ext(chosen.Name), ".shp") {
		t, err = openShapefile(ctx, chosen, membersByName(z), s, o)
	} else {
		m := member(chosen, o.MaxBytes)
		m.notes = append(s.notes, fmt.Sprintf("Letto %q dall'archivio ZIP / read from the ZIP archive", chosen.Name))
		t, err = openStream(ctx, m, o, depth+1)
	}
	if err != nil {
		return nil, err
	}
	if len(tables) > 1 {
		t.Sheet, t.Sheets = chosen.Name, names
	}
	return t, nil
}

// chooseMember returns the member to read and the sheet to read in it.
func chooseMember(tables []*zip.File, names []string, sheet string) (*zip.File, string, error) {
	if i := slices.Index(names, sheet); i >= 0 {
		return tables[i], "", nil
	}
	switch len(tables) {
	case 0:
		return nil, "", catalog.Errorf(catalog.Invalid, "The ZIP archive holds no table").
			Italian("L'archivio ZIP non contiene tabelle")
	case 1:
		return tables[0], sheet, nil
	}
	if sheet != "" {
		return nil, "", noSheet(sheet, names)
	}
	list := strings.Join(names[:min(len(names), 5)], ", ")
	return nil, "", catalog.Errorf(catalog.Invalid, "The ZIP archive holds %d tables, publish them one by one: %s", len(names), list).
		Italian("L'archivio ZIP contiene %d tabelle, pubblicarle una per una: %s", len(names), list)
}

// tableMembers returns the members that may hold a table: by their names, or
// the only file whatever it is called. The parts of shapefiles are no tables
// of their own, nor what tells of them.
func tableMembers(files []*zip.File) []*zip.File {
	var tables, visible []*zip.File
	shapes := make(map[string]bool)
	for _, f := range files {
		if base, ok := strings.CutSuffix(strings.ToLower(f.Name), ".shp"); ok {
			shapes[base] = true
		}
	}
	for _, f := range files {
		if !isVisible(f) {
			continue
		}
		visible = append(visible, f)
		name := strings.ToLower(f.Name)
		if shapes[strings.TrimSuffix(strings.TrimSuffix(name, path.Ext(name)), ".shp")] && path.Ext(name) != ".shp" {
			continue
		}
		if isTableName(name) {
			tables = append(tables, f)
		}
	}
	if len(shapes) > 0 { // a readme beside a shapefile is no second table
		tables = slices.DeleteFunc(tables, func(f *zip.File) bool { return path.Ext(strings.ToLower(f.Name)) == ".txt" })
	}
	if len(tables) == 0 && len(visible) == 1 && !isDocument(visible[0].Name) {
		return visible
	}
	return tables
}

// isDocument reports whether a name is that of what is no table for sure.
func isDocument(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".pdf", ".doc", ".docx", ".rtf", ".odt", ".ppt", ".pptx", ".jpg", ".jpeg", ".png", ".gif", ".tif", ".htm", ".html", ".dwg", ".dxf":
		return true
	}
	return false
}

func isVisible(f *zip.File) bool {
	name := strings.ReplaceAll(f.Name, `\`, "/")
	if strings.HasPrefix(path.Base(name), ".") || strings.HasPrefix(name, "__MACOSX/") || strings.HasPrefix(name, "/") || f.FileInfo().IsDir() {
		return false
	}
	for part := range strings.SplitSeq(name, "/") {
		if part == ".." {
			return false
		}
	}
	return true
}

func isTableName(lower string) bool {
	switch path.Ext(strings.TrimSuffix(lower, ".gz")) {
	case ".csv", ".tsv", ".tab", ".txt", ".xlsx", ".xlsm", ".xls", ".ods", ".json", ".ndjson", ".jsonl", ".geojson",
		".xml", ".kml", ".kmz", ".gpx", ".gpkg", ".parquet", ".shp":
		return true
	}
	return false
}
