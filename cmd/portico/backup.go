package main

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"go.yaml.in/yaml/v3"

	"portico/catalog"
	"portico/dcat/register"
)

type backupCmd struct {
	File string `arg:"" help:"Archive to write, such as portico.tar.gz."`
}

// A manifest says what an archive holds; it is its last entry.
type manifest struct {
	Portico  string            `json:"portico"`
	Created  time.Time         `json:"created"`
	Engine   string            `json:"engine"`
	Datasets int               `json:"datasets"`
	Files    map[string]string `json:"files"` // entry → SHA-256
}

// The entries of an archive.
const (
	catalogEntry  = "catalog.jsonl"
	settingsEntry = "settings.yaml"
	manifestEntry = "manifest.json"
	blobFolder    = "blobs/"

	registerFolder = "registers/"
)

// Run writes an archive while the server may be running: the database is read
// in one snapshot, and files never change once they are there, so every file
// that the snapshot speaks of is in the archive.
func (c *backupCmd) Run(ctx context.Context, e *env) error {
	return e.with(ctx, func(h *house) error {
		tmp, err := os.CreateTemp(filepath.Dir(c.File), ".portico-backup-*")
		if err != nil {
			return catalog.Errorf(catalog.Invalid, "%s cannot be written", c.File).Italian("%s non si può scrivere", c.File).Because(err)
		}
		defer os.Remove(tmp.Name())
		m, err := h.backup(ctx, tmp)
		if err := errors.Join(err, tmp.Sync(), tmp.Close()); err != nil {
			return err
		}
		if err := os.Rename(tmp.Name(), c.File); err != nil {
			return fmt.Errorf("keep the archive: %w", err)
		}
		return e.print(map[string]any{"file": c.File, "datasets": m.Datasets, "files": len(m.Files)}, func(w io.Writer) {
			fmt.Fprintf(w, "%s: %d dataset, %d file\n", c.File, m.Datasets, len(m.Files))
		})
	})
}

func (h *house) backup(ctx context.Context, w io.Writer) (*manifest, error) {
	gz := gzip.NewWriter(w)
	tw := tar.NewWriter(gz)
	m := &manifest{Portico: version, Created: time.Now().UTC(), Engine: h.Engine(), Files: map[string]string{}}
	dump, err := h.dumpFile(ctx)
	if err != nil {
		return nil, err
	}
	defer os.Remove(dump.Name())
	defer dump.Close()
	if err := m.add(tw, catalogEntry, dump); err != nil {
		return nil, err
	}
	if _, m.Datasets, err = h.ListDatasets(ctx, catalog.DatasetFilter{AnyState: true}); err != nil {
		return nil, err
	}
	if err := h.blobs.All(ctx, func(hash string, _ int64, _ time.Time) error { return m.addBlob(ctx, tw, h, hash) }); err != nil {
		return nil, fmt.Errorf("pack the files: %w", err)
	}
	if err := m.addRegisters(tw, h.env.Data); err != nil {
		return nil, err
	}
	settings, err := yaml.Marshal(h.env.portable())
	if err != nil {
		return nil, fmt.Errorf("pack the settings: %w", err)
	}
	if err := writeEntry(tw, settingsEntry, settings); err != nil {
		return nil, err
	}
	m.Files[settingsEntry] = sha(settings)
	last, err := json.MarshalIndent(m, "", " ")
	if err != nil {
		return nil, fmt.Errorf("pack the manifest: %w", err)
	}
	if err := errors.Join(writeEntry(tw, manifestEntry, last), tw.Close(), gz.Close()); err != nil {
		return nil, err
	}
	return m, nil
}

// dumpFile dumps the database to a temporary file, whose size tar must know
// before.
func (h *house) dumpFile(ctx context.Context) (*os.File, error) {
	f, err := os.CreateTemp("", "portico-dump-*")
	if err != nil {
		return nil, fmt.Errorf("dump the database: %w", err)
	}
	if err := h.Dump(ctx, f); err != nil {
		return nil, errors.Join(fmt.Errorf("dump the database: %w", err), f.Close(), os.Remove(f.Name()))
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, errors.Join(fmt.Errorf("dump the database: %w", err), f.Close(), os.Remove(f.Name()))
	}
	return f, nil
}

// add packs a file and notes its hash.
func (m *manifest) add(tw *tar.Writer, name string, f *os.File) error {
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("pack %s: %w", name, err)
	}
	return m.pack(tw, name, info.Size(), f)
}

func (m *manifest) addBlob(ctx context.Context, tw *tar.Writer, h *house, hash string) error {
	f, err := h.blobs.Open(ctx, hash)
	if catalog.KindOf(err) == catalog.NotFound {
		return nil // collected while we were packing; the snapshot does not speak of it
	}
	if err != nil {
		return err
	}
	defer f.Close()
	return m.pack(tw, blobFolder+hash, f.Size(), f)
}

// addRegisters packs the registers that were imported: without them a restored
// instance would harvest the same sources otherwise.
func (m *manifest) addRegisters(tw *tar.Writer, data string) error {
	for _, k := range []register.Kind{register.IPA, register.ISTAT} {
		f, err := register.File(data, k)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		err = m.add(tw, registerFolder+string(k)+".csv", f)
		if err := errors.Join(err, f.Close()); err != nil {
			return err
		}
	}
	return nil
}

func (m *manifest) pack(tw *tar.Writer, name string, size int64, r io.Reader) error {
	if err := tw.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: size, ModTime: m.Created}); err != nil {
		return fmt.Errorf("pack %s: %w", name, err)
	}
	sum := sha256.New()
	if _, err := io.Copy(io.MultiWriter(tw, sum), r); err != nil {
		return fmt.Errorf("pack %s: %w", name, err)
	}
	m.Files[name] = hex.EncodeToString(sum.Sum(nil))
	return nil
}

func writeEntry(tw *tar.Writer, name string, b []byte) error {
	if err := tw.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: int64(len(b)), ModTime: time.Now()}); err != nil {
		return fmt.Errorf("pack %s: %w", name, err)
	}
	_, err := tw.Write(b)
	return err
}

func sha(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// portable returns the settings that may stand in an archive: nothing secret,
// nothing of this machine. The instance's secret is kept apart (docs/operator.md).
func (e *env) portable() map[string]string {
	return map[string]string{
		"site_url": e.SiteURL, "site_title": e.SiteTitle, "site_email": e.SiteEmail, "publisher_name": e.PublisherName,
		"publisher_code": e.PublisherCode, "locale": e.Locale, "search_language": e.SearchLanguage,
		"sql_search": e.SQLSearch, "ckan_version": e.CKANVersion, "rate_limit": e.RateLimit, "rndt_in_feeds": e.RNDTInFeeds,
		"theme_color": e.ThemeColor, "parent_name": e.ParentName, "parent_url": e.ParentURL, "accessibility_url": e.AccessURL,
		"privacy_url": e.PrivacyURL, "legal_url": e.LegalURL, "transparency_url": e.TransparencyURL, "faq_url": e.FAQURL,
		"report_url": e.ReportURL, "appointment_url": e.AppointmentURL, "login_url": e.LoginURL,
	}
}
