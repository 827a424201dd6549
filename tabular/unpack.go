package tabular

import (
	"archive/zip"
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"portico/catalog"
)

// How much a packed file may unpack to, beside Options.MaxBytes. A table
// seldom packs better than 60 to 1; deflate ends at 1,030 to 1.
const (
	maxRatio      = 250
	ratioFree     = 16 << 20 // below this size no ratio is asked
	maxZipEntries = 5000
	maxWorkbook   = 100 << 20 // bytes of a workbook as it is packed, for it is held in memory
	headSize      = 8 << 10
)

// A stream can be opened again for each pass over its bytes.
type stream struct {
	open   func() (io.ReadCloser, error)
	packed int64       // bytes that it takes where it is stored
	at     io.ReaderAt // the bytes themselves, where they are not packed; nil otherwise
	name   string
	notes  []string
}

// head returns the first bytes of s.
func (s stream) head() ([]byte, error) {
	r, err := s.open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	b := make([]byte, headSize)
	n, err := io.ReadFull(r, b)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, unpackError(err)
	}
	return b[:n], nil
}

// gunzip returns what the gzip stream s holds.
func gunzip(s stream, maxBytes int64) stream {
	inner := s
	inner.at = nil
	inner.name = strings.TrimSuffix(s.name, ".gz")
	inner.notes = append(s.notes, "File compresso con gzip, letto dopo averlo espanso / gzip file, read unpacked")
	inner.open = func() (io.ReadCloser, error) {
		r, err := s.open()
		if err != nil {
			return nil, err
		}
		z, err := gzip.NewReader(bufio.NewReader(r))
		if err != nil {
			return nil, errors.Join(unpackError(err), r.Close())
		}
		return &limited{r: z, c: r, packed: s.packed, max: maxBytes}, nil
	}
	return inner
}

// member returns what the archive member f holds.
func member(f *zip.File, maxBytes int64) stream {
	return stream{
		name:   path.Base(f.Name),
		packed: int64(f.CompressedSize64),
		open: func() (io.ReadCloser, error) {
			if err := checkSize(int64(f.UncompressedSize64), int64(f.CompressedSize64), maxBytes); err != nil {
				return nil, err
			}
			r, err := f.Open()
			if err != nil {
				return nil, unpackError(err)
			}
			return &limited{r: r, c: r, packed: int64(f.CompressedSize64), max: maxBytes}, nil
		},
	}
}

// memory holds all of s in memory, for readers that need to jump about.
func memory(s stream, limit int64) (stream, error) {
	r, err := s.open()
	if err != nil {
		return stream{}, err
	}
	defer r.Close()
	b, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return stream{}, unpackError(err)
	}
	if int64(len(b)) > limit {
		return stream{}, tooLarge(limit)
	}
	s.at, s.packed = bytes.NewReader(b), int64(len(b))
	return s, nil
}

// limited fails when more comes out of an archive than is healthy.
type limited struct {
	r      io.Reader
	c      io.Closer
	n      int64
	packed int64
	max    int64
}

func (l *limited) Read(p []byte) (int, error) {
	n, err := l.r.Read(p)
	l.n += int64(n)
	if e := checkSize(l.n, l.packed, l.max); e != nil {
		return 0, e
	}
	if err != nil && !errors.Is(err, io.EOF) {
		err = unpackError(err)
	}
	return n, err
}

func (l *limited) Close() error { return l.c.Close() }

func checkSize(size, packed, limit int64) error {
	if size > limit || size < 0 {
		return tooLarge(limit)
	}
	if size > ratioFree && size/maxRatio > packed {
		return catalog.Errorf(catalog.Invalid, "The file unpacks to more than %d times its size: it is refused as a zip bomb", maxRatio).
			Italian("Il file si espande a più di %d volte la sua dimensione: rifiutato come zip bomb", maxRatio)
	}
	return nil
}

func tooLarge(limit int64) error {
	size := fmt.Sprintf("%d MB", limit>>20)
	return catalog.Errorf(catalog.Invalid, "The file is larger than %s", size).
		Italian("Il file supera il limite di %s", size)
}

// unpackError tells people of a broken archive; errors that already speak to
// them stay.
func unpackError(err error) error {
	if _, ok := errors.AsType[*catalog.Error](err); ok {
		return err
	}
	return catalog.Errorf(catalog.Invalid, "The file is damaged or cut short").
		Italian("Il file è danneggiato o incompleto").Because(err)
}

// fromZip finds the one table in an archive. Names that lead out of the
// archive are passed over; nothing is ever written under a member's name.
func fromZip(s stream, size, maxBytes int64) (stream, error) {
	z, err := zip.NewReader(s.at, size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return stream{}, unpackError(err)
	}
	if len(z.File) > maxZipEntries {
		return stream{}, catalog.Errorf(catalog.Invalid, "The archive holds more than %d files", maxZipEntries).
			Italian("L'archivio contiene più di %d file", maxZipEntries)
	}
	var tables []*zip.File
	var names []string
	for _, f := range z.File {
		if isTableName(f) {
			tables = append(tables, f)
			names = append(names, f.Name)
		}
	}
	switch len(tables) {
	case 1:
		m := member(tables[0], maxBytes)
		m.notes = append(s.notes, fmt.Sprintf("Letto %q dall'archivio ZIP / read from the ZIP archive", tables[0].Name))
		return m, nil
	case 0:
		return stream{}, catalog.Errorf(catalog.Invalid, "The ZIP archive holds no table").
			Italian("L'archivio ZIP non contiene tabelle")
	}
	list := strings.Join(names[:min(len(names), 5)], ", ")
	return stream{}, catalog.Errorf(catalog.Invalid, "The ZIP archive holds %d tables, publish them one by one: %s", len(names), list).
		Italian("L'archivio ZIP contiene %d tabelle, pubblicarle una per una: %s", len(names), list)
}

func isTableName(f *zip.File) bool {
	name := strings.ReplaceAll(f.Name, `\`, "/")
	base := path.Base(name)
	if strings.HasPrefix(base, ".") || strings.HasPrefix(name, "__MACOSX/") || strings.HasPrefix(name, "/") || f.FileInfo().IsDir() {
		return false
	}
	for part := range strings.SplitSeq(name, "/") {
		if part == ".." {
			return false
		}
	}
	switch path.Ext(strings.TrimSuffix(strings.ToLower(base), ".gz")) {
	case ".csv", ".tsv", ".tab", ".txt", ".xlsx", ".xlsm":
		return true
	}
	return false
}

// workbookKind tells what a ZIP file is when it is a document of an office
// program.
func workbookKind(at io.ReaderAt, size int64) (string, error) {
	z, err := zip.NewReader(at, size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return "", unpackError(err)
	}
	for _, f := range z.File {
		name := strings.ToLower(strings.ReplaceAll(f.Name, `\`, "/"))
		switch name {
		case "xl/workbook.xml":
			return "xlsx", nil
		case "xl/workbook.bin":
			return "xlsb", nil
		case "word/document.xml":
			return "docx", nil
		case "content.xml":
			return "ods", nil
		}
	}
	return "", nil
}
