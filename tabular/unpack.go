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
