package bulk

import (
	"bufio"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"time"

	"portico/catalog"
	"portico/dcat"
	"portico/exporter"
)

// A Maker makes the files. All of its fields but Now must be set.
type Maker struct {
	Folder        Folder
	Site          catalog.Site
	Datasets      catalog.DatasetReads
	Organizations catalog.Organizations
	Defaults      dcat.Defaults     // by which datasets are completed, as in feeds
	Formats       []exporter.Format // of the tables
	Now           func() time.Time  // nil = time.Now
}

// part is how many datasets are held at a time.
const part = 500

// Make makes every file aside and then puts them in place together. Where it
// fails, what was there stays. It reads what anybody may see, in parts, by ID:
// a dataset that comes or goes meanwhile may be in one file and not in another.
func (m *Maker) Make(ctx context.Context) (*Index, error) {
	now := m.Now
	if now == nil {
		now = time.Now
	}
	ctx = catalog.WithActor(ctx, catalog.Actor{})
	if err := os.MkdirAll(m.Folder.Path, 0o750); err != nil {
		return nil, fmt.Errorf("make the folder of the catalogue's files: %w", err)
	}
	begin := now()
	r := &making{Maker: m, orgs: map[string]*catalog.Organization{}, index: &Index{Made: begin.UTC().Truncate(time.Second)}}
	if err := r.all(ctx); err != nil {
		return nil, errors.Join(err, r.discard())
	}
	r.index.Seconds = now().Sub(begin).Seconds()
	if err := m.Folder.place(r.index); err != nil {
		return nil, errors.Join(err, r.discard())
	}
	return r.index, m.Folder.sweep(r.index, now())
}

// A making is one run of Make.
type making struct {
	*Maker
	orgs  map[string]*catalog.Organization
	index *Index
}

func (r *making) all(ctx context.Context) error {
	if err := r.graph(ctx); err != nil {
		return err
	}
	for _, table := range []table{datasetTable(r.Site), distributionTable(r.Site)} {
		for _, f := range r.Formats {
			if err := r.table(ctx, table, f); err != nil {
				return err
			}
		}
	}
	return nil
}

// graph makes the N-Triples of what RDF may hold, the geodata of the RNDT
// among it: who takes all wants all.
func (r *making) graph(ctx context.Context) error {
	return r.file("catalog.nt.gz", catalog.Text{"it": "Il catalogo in RDF (N-Triples), DCAT-AP_IT", "en": "The catalogue in RDF (N-Triples), DCAT-AP_IT"},
		"application/gzip", func(w io.Writer) (int64, error) {
			latest, _, err := r.Datasets.ListDatasets(ctx, catalog.DatasetFilter{Fed: true, Sort: catalog.ByUpdated, Limit: 1})
			if err != nil {
				return 0, err
			}
			var modified time.Time
			if len(latest) > 0 {
				modified = latest[0].Updated
			}
			z, err := gzip.NewWriterLevel(w, gzip.BestSpeed)
			if err != nil {
				return 0, err
			}
			x, err := dcat.NewDump(z, r.Site, modified)
			if err != nil {
				return 0, err
			}
			for d, err := range r.datasets(ctx, true) {
				if err != nil {
					return 0, err
				}
				x.Reserve(d)
			}
			r.index.Fed = 0
			for d, err := range r.datasets(ctx, true) {
				if err == nil {
					r.index.Fed++
					err = x.Add(d)
				}
				if err != nil {
					return 0, err
				}
			}
			return x.Triples(), errors.Join(x.Close(), z.Close())
		})
}

func (r *making) table(ctx context.Context, t table, f exporter.Format) error {
	name := t.name + "." + f.Name
	return r.file(name, title(name), f.MediaType, func(w io.Writer) (int64, error) {
		rows := int64(0)
		r.index.Datasets = 0
		all := func(yield func([]any, error) bool) {
			for d, err := range r.datasets(ctx, false) {
				if err != nil {
					yield(nil, err)
					return
				}
				r.index.Datasets++
				for row := range t.rows(d) {
					rows++
					if !yield(row, nil) {
						return
					}
				}
			}
		}
		err := f.Write(ctx, w, exporter.Rows{Columns: t.columns, All: all})
		return rows, err
	})
}

// datasets yields what anybody may see, completed as in feeds; fed narrows it
// to what RDF may hold.
func (r *making) datasets(ctx context.Context, fed bool) iter.Seq2[*catalog.Dataset, error] {
	return func(yield func(*catalog.Dataset, error) bool) {
		after := ""
		for {
			ds, _, err := r.Datasets.ListDatasets(ctx, catalog.DatasetFilter{Fed: fed, Sort: catalog.ByID, After: after, Limit: part})
			if err != nil {
				yield(nil, err)
				return
			}
			for _, d := range ds {
				o, err := r.organization(ctx, d.Organization)
				if err != nil {
					yield(nil, err)
					return
				}
				if !yield(dcat.Fed(d, o, r.Defaults), nil) {
					return
				}
			}
			if len(ds) < part {
				return
			}
			after = ds[len(ds)-1].ID
		}
	}
}

// organization returns the organization with an ID, or nil.
func (r *making) organization(ctx context.Context, id string) (*catalog.Organization, error) {
	if o, ok := r.orgs[id]; ok || id == "" {
		return o, nil
	}
	o, err := r.Organizations.Organization(ctx, id)
	if err != nil && catalog.KindOf(err) != catalog.NotFound && catalog.KindOf(err) != catalog.Gone {
		return nil, err
	}
	if err != nil || o.State == catalog.Deleted {
		o = nil
	}
	r.orgs[id] = o
	return o, nil
}

// file makes one file and adds it to the index.
func (r *making) file(name string, title catalog.Text, mediaType string, write func(io.Writer) (int64, error)) error {
	base, ext, _ := strings.Cut(name, ".")
	f, err := os.CreateTemp(r.Folder.Path, base+"-"+r.index.Made.Format("20060102T150405Z")+"-*."+ext)
	if err != nil {
		return fmt.Errorf("make %s: %w", name, err)
	}
	stored := filepath.Base(f.Name())
	r.index.Files = append(r.index.Files, File{Name: name, Title: title, MediaType: mediaType, Stored: stored})
	begin := time.Now()
	sum := sha256.New()
	out := bufio.NewWriterSize(io.MultiWriter(f, sum), 1<<20)
	entries, err := write(out)
	if err = errors.Join(err, out.Flush(), f.Chmod(0o640), f.Sync()); err != nil {
		return errors.Join(fmt.Errorf("make %s: %w", name, err), f.Close())
	}
	info, err := f.Stat()
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("make %s: %w", name, err)
	}
	made := &r.index.Files[len(r.index.Files)-1]
	made.Size, made.SHA256, made.Entries = info.Size(), hex.EncodeToString(sum.Sum(nil)), entries
	made.Seconds = time.Since(begin).Seconds()
	return nil
}

// discard removes what was made in vain.
func (r *making) discard() error {
	var errs []error
	for _, f := range r.index.Files {
		errs = append(errs, os.Remove(filepath.Join(r.Folder.Path, f.Stored)))
	}
	return errors.Join(errs...)
}
