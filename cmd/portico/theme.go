package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"portico/catalog"
	"portico/ui"
)

// checkTheme refuses what is no colour.
func (s *Settings) checkTheme() error {
	if _, _, err := ui.Legible(s.ThemeColor); err != nil {
		return setting("THEME_COLOR", s.ThemeColor, "ha la forma #0066cc", "has the form #0066cc")
	}
	return nil
}

// theme reads how the site looks. A colour that white could not be read on is
// made darker, and the log tells; so it does of a crest that cannot be used,
// unless that was asked for by name: then the program does not start.
func (e *env) theme(ctx context.Context) (ui.Theme, error) {
	shade, changed, err := ui.Legible(e.ThemeColor)
	if err != nil {
		return ui.Theme{}, err
	}
	if changed {
		e.log.WarnContext(ctx, "the colour of the site was made darker, so that white can be read on it", "setting", "PORTICO_THEME_COLOR",
			"asked", e.ThemeColor, "contrast", fmt.Sprintf("%.1f:1", ui.Contrast(e.ThemeColor)), "used", shade, "now", fmt.Sprintf("%.1f:1", ui.Contrast(shade)))
	}
	crest, err := e.crest(ctx)
	return ui.Theme{
		Color: shade, Crest: crest, Parent: e.ParentName, ParentURL: e.ParentURL,
		Links: ui.Links{
			Privacy: e.PrivacyURL, Legal: e.LegalURL, Transparency: e.TransparencyURL,
			FAQ: e.FAQURL, Report: e.ReportURL, Appointment: e.AppointmentURL, Login: e.LoginURL,
		},
	}, err
}

// crest reads the file of the crest: the one of the setting, or the one that lies
// in the data folder.
func (e *env) crest(ctx context.Context) (ui.Crest, error) {
	if e.Crest != "" {
		c, err := readCrest(e.Crest)
		if err != nil {
			return ui.Crest{}, fmt.Errorf("PORTICO_CREST %s: %w", e.Crest, err)
		}
		return c, nil
	}
	for _, name := range []string{"crest.svg", "crest.png"} {
		file := filepath.Join(e.Data, name)
		c, err := readCrest(file)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			e.log.WarnContext(ctx, "the crest cannot be used", "file", file, "error", err)
			return ui.Crest{}, nil
		}
		return c, nil
	}
	return ui.Crest{}, nil
}

func readCrest(file string) (ui.Crest, error) {
	f, err := os.Open(file)
	if err != nil {
		return ui.Crest{}, catalog.Errorf(catalog.Invalid, "the crest cannot be read").Italian("lo stemma non si può leggere").Because(err)
	}
	defer f.Close()
	return ui.NewCrest(f)
}
