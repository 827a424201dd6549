// Package bulk makes the whole catalogue as a few files, for who wants all of
// it at once: N-Triples for graphs, Parquet and CSV for tables. They are made
// aside, night after night, and put in place together; a file never changes
// once it is there. The package knows datasets, RDF and the formats that it is
// given, no store and no HTTP.
package bulk

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"portico/catalog"
)

// An Index says what there is. Its JSON is what /bulk/index.json answers.
type Index struct {
	Made     time.Time `json:"made"` // zero = there is nothing yet
	Seconds  float64   `json:"seconds"`
	Datasets int       `json:"datasets"` // that anybody may see
	Fed      int       `json:"fed"`      // of them, those that RDF may hold
	Files    []File    `json:"files"`
}

// A File is one file of the catalogue.
type File struct {
	Name      string       `json:"name"` // in addresses: "catalog.nt.gz"
	Title     catalog.Text `json:"title"`
	MediaType string       `json:"media_type"`
	Size      int64        `json:"size"`
	SHA256    string       `json:"sha256"`
	Entries   int64        `json:"entries"` // triples of a graph, rows of a table
	Seconds   float64      `json:"seconds"` // that it took to make
	Stored    string       `json:"stored"`  // name in the folder
}

// File returns the file with the given name.
func (x *Index) File(name string) (File, bool) {
	i := slices.IndexFunc(x.Files, func(f File) bool { return f.Name == name })
	if i < 0 {
		return File{}, false
	}
	return x.Files[i], true
}

// A Folder holds the files. Its path may not be there yet.
type Folder struct{ Path string }

// indexName is the file that says which others count: to put it in place is to
// put them all in place.
const indexName = "index.json"

// Index returns what there is; an empty one when nothing was made yet.
func (f Folder) Index() (*Index, error) {
	x := &Index{Files: []File{}}
	b, err := os.ReadFile(filepath.Join(f.Path, indexName))
	if errors.Is(err, fs.ErrNotExist) {
		return x, nil
	}
	if err == nil {
		err = json.Unmarshal(b, x)
	}
	if err != nil {
		return nil, fmt.Errorf("read the list of the catalogue's files: %w", err)
	}
	return x, nil
}

// Open opens a file for reading, or returns NotFound. The caller closes it.
func (f Folder) Open(name string) (*os.File, File, error) {
	const tries = 2 // it may be replaced between the list and the file
	var last error
	for range tries {
		x, err := f.Index()
		if err != nil {
			return nil, File{}, err
		}
		file, ok := x.File(name)
		if !ok {
			return nil, File{}, catalog.Errorf(catalog.NotFound, "there is no file %.100q", name).Italian("non c'è nessun file %.100q", name)
		}
		r, err := os.Open(filepath.Join(f.Path, filepath.Base(file.Stored)))
		if err == nil {
			return r, file, nil
		}
		last = err
	}
	return nil, File{}, fmt.Errorf("open a file of the catalogue: %w", last)
}

// place makes x count.
func (f Folder) place(x *Index) error {
	b, err := json.MarshalIndent(x, "", " ")
	if err != nil {
		return fmt.Errorf("keep the list of the catalogue's files: %w", err)
	}
	tmp, err := os.CreateTemp(f.Path, ".index-*")
	if err != nil {
		return fmt.Errorf("keep the list of the catalogue's files: %w", err)
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.Write(append(b, '\n'))
	if err = errors.Join(err, tmp.Sync(), tmp.Close()); err == nil {
		err = os.Rename(tmp.Name(), filepath.Join(f.Path, indexName))
	}
	if err != nil {
		return fmt.Errorf("keep the list of the catalogue's files: %w", err)
	}
	return nil
}

// spare is for how long a file stays that counts no more: somebody may have
// read the list before, or another process may still be making it.
const spare = time.Hour

// sweep removes what does not count.
func (f Folder) sweep(x *Index, now time.Time) error {
	entries, err := os.ReadDir(f.Path)
	if err != nil {
		return fmt.Errorf("clear the catalogue's files: %w", err)
	}
	var errs []error
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || e.IsDir() || e.Name() == indexName || now.Sub(info.ModTime()) < spare {
			continue
		}
		if !strings.HasPrefix(e.Name(), "catalog-") && !strings.HasPrefix(e.Name(), "distributions-") && !strings.HasPrefix(e.Name(), ".") {
			continue // is not ours
		}
		if !slices.ContainsFunc(x.Files, func(file File) bool { return file.Stored == e.Name() }) {
			errs = append(errs, os.Remove(filepath.Join(f.Path, e.Name())))
		}
	}
	return errors.Join(errs...)
}

// Due reports whether the files are to be made anew: they are older than the
// last time that a clock showed at, such as "03:00", in the zone of now.
// What was never made is due. An at that is no time of day is never.
func (x *Index) Due(now time.Time, at string) bool {
	clock, err := time.Parse("15:04", at)
	if err != nil {
		return false
	}
	last := time.Date(now.Year(), now.Month(), now.Day(), clock.Hour(), clock.Minute(), 0, 0, now.Location())
	if last.After(now) {
		last = last.AddDate(0, 0, -1)
	}
	return x.Made.Before(last)
}

// titles are what the files are for people.
func title(name string) catalog.Text {
	base, _, _ := strings.Cut(name, ".")
	return map[string]catalog.Text{
		"catalog":       {"it": "Il catalogo: un dataset per riga", "en": "The catalogue: one dataset a row"},
		"distributions": {"it": "Le distribuzioni: un file o un indirizzo per riga", "en": "The distributions: one file or address a row"},
	}[cmp.Or(base, "catalog")]
}
