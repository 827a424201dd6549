package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"portico/catalog"
	"portico/outline"
	"portico/ui"
)

type geoImportCmd struct {
	File   string   `arg:"" help:"ISTAT's archive of boundaries (Limiti….zip) as it is downloaded, a zipped shapefile, GeoPackage, GeoJSON or TopoJSON."`
	Region []string `help:"Keep the areas of this region alone, by code (1 to 20) or name; may be given again (default: all)." placeholder:"NAME"`
}

type geoBoundariesCmd struct {
	Remove string `enum:"comuni,province,regioni,all," default:"" help:"Take away what was imported: comuni, province, regioni or all." placeholder:"LEVEL"`
}

// Run imports the outlines that maps are drawn of, in place of those that are
// there.
func (c *geoImportCmd) Run(ctx context.Context, e *env) error {
	f, err := os.Open(c.File)
	if err != nil {
		return catalog.Errorf(catalog.NotFound, "%s cannot be opened", c.File).Italian("%s non si può aprire", c.File).Because(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("read %s: %w", c.File, err)
	}
	out, err := outline.Import(ctx, f, info.Size(), outline.Options{
		Name: filepath.Base(c.File), Regions: c.Region,
		Progress: func(it, en string) { fmt.Fprintf(e.stderr, "%s / %s\n", it, en) },
	})
	if err != nil {
		return err
	}
	return e.with(ctx, func(h *house) error {
		answer := importedBoundaries{Levels: []outline.Kept{}, Skipped: append([]string{}, out.Skipped...)}
		for _, set := range out.Sets {
			k, err := h.outlines.Keep(ctx, set, filepath.Base(c.File))
			if err != nil {
				return err
			}
			answer.Levels = append(answer.Levels, k)
		}
		return e.print(answer, answer.print)
	})
}

// An importedBoundaries is the JSON of `portico geo import-boundaries`.
type importedBoundaries struct {
	Levels  []outline.Kept `json:"levels"`
	Skipped []string       `json:"skipped"`
}

func (i importedBoundaries) print(w io.Writer) {
	printBoundaries(w, i.Levels)
	for _, s := range i.Skipped {
		fmt.Fprintf(w, "  %s: nessun confine che conosciamo, saltato / no boundaries that we know, skipped\n", s)
	}
}

func printBoundaries(w io.Writer, levels []outline.Kept) {
	for _, k := range levels {
		fmt.Fprintf(w, "%-9s %6d aree / areas  %7d punti / points  %6d KiB  %s  %s\n", k.Level, k.Areas, k.Points, (k.Bytes+1023)/1024, k.Imported.Format(time.DateOnly), k.Source)
	}
}

// Run lists what was imported, or removes some of it.
func (c *geoBoundariesCmd) Run(ctx context.Context, e *env) error {
	return e.with(ctx, func(h *house) error {
		if err := c.remove(ctx, h); err != nil {
			return err
		}
		kept, err := h.outlines.List(ctx)
		if err != nil {
			return err
		}
		return e.print(append([]outline.Kept{}, kept...), func(w io.Writer) {
			if len(kept) == 0 {
				fmt.Fprintln(w, "Nessun confine importato: portico geo import-boundaries FILE / no boundaries were imported")
				return
			}
			printBoundaries(w, kept)
			fmt.Fprintf(w, "%s\n", outline.Attribution)
		})
	})
}

func (c *geoBoundariesCmd) remove(ctx context.Context, h *house) error {
	if c.Remove != "" && c.Remove != "all" {
		err := h.outlines.Remove(ctx, outline.Level(c.Remove))
		if catalog.KindOf(err) == catalog.NotFound {
			return catalog.Errorf(catalog.NotFound, "no outlines of %s were imported", c.Remove).
				Italian("nessun confine di livello %s è stato importato", c.Remove)
		}
		return err
	}
	if c.Remove == "" {
		return nil
	}
	var errs []error
	for _, l := range outline.Levels {
		if err := h.outlines.Remove(ctx, l); catalog.KindOf(err) != catalog.NotFound {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// checkMap refuses settings of maps that cannot be.
func (s *Settings) checkMap() error {
	var errs []error
	if s.MapWMS != "" {
		if _, err := ui.ParseWMS(s.MapWMS); err != nil {
			errs = append(errs, setting("MAP_WMS", s.MapWMS, "ha la forma https://HOST/percorso;strati;attribuzione", "has the form https://HOST/path;layers;attribution"))
		}
	}
	if s.MapPMTiles != "" && (strings.ToLower(filepath.Ext(s.MapPMTiles)) != ".pmtiles" || !filepath.IsLocal(s.MapPMTiles)) {
		errs = append(errs, setting("MAP_PMTILES", s.MapPMTiles, "è il nome di un file .pmtiles nella cartella dei dati", "is the name of a .pmtiles file in the data folder"))
	}
	return errors.Join(errs...)
}

// ground is what the settings lay under maps. A file that is not there is
// told, and maps do without.
func (e *env) ground() ui.Ground {
	var g ui.Ground
	if e.MapWMS != "" {
		wms, err := ui.ParseWMS(e.MapWMS)
		if err != nil { // which complete has refused
			e.log.Warn("the WMS under the maps is none", "error", err)
		}
		g.WMS = wms
	}
	if e.MapPMTiles != "" {
		g.PMTiles, g.PMTilesBy = filepath.Join(e.Data, e.MapPMTiles), e.MapPMTilesBy
		if _, err := os.Stat(g.PMTiles); err != nil {
			e.log.Warn("the tiles under the maps are not there", "error", err)
		}
	}
	return g
}
