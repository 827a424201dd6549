package tabular

import (
	"context"
	"errors"
	"fmt"
	"io"

	"portico/catalog"
)

// Open understands the table in the size bytes of r. It reads all of them:
// once to find the encoding, once to decide the types on every value. What is
// no table is catalog.Invalid, with a message in both languages. The Rows of
// the Table read r again, so r must stay open for as long as they are used;
// they end when ctx does.
func Open(ctx context.Context, r io.ReaderAt, size int64, o Options) (*Table, error) {
	if o.MaxBytes <= 0 {
		o.MaxBytes = defaultMaxBytes
	}
	if o.MaxRows <= 0 {
		o.MaxRows = defaultMaxRows
	}
	if size == 0 {
		return nil, catalog.Errorf(catalog.Invalid, "The file is empty").Italian("Il file è vuoto")
	}
	if size > o.MaxBytes {
		return nil, tooLarge(o.MaxBytes)
	}
	s := stream{
		open:   func() (io.ReadCloser, error) { return io.NopCloser(io.NewSectionReader(r, 0, size)), nil },
		packed: size,
		at:     r,
		name:   o.Name,
	}
	t, err := openStream(ctx, s, o, 0)
	if err != nil {
		return nil, err
	}
	if o.Coordinates {
		err = locate(ctx, t, o)
	}
	return t, err
}

// maxDepth is how many archives may be around a table: a CSV in a gzip in a ZIP.
const maxDepth = 2

func openStream(ctx context.Context, s stream, o Options, depth int) (*Table, error) {
	head, err := s.head()
	if err != nil {
		return nil, err
	}
	k, err := sniff(head)
	if err != nil {
		return nil, err
	}
	switch k {
	case kindText:
		return openText(ctx, s, head, o)
	case kindJSON:
		return openJSON(ctx, s, head, o)
	case kindXML:
		return openXML(ctx, s, head, o)
	case kindSQLite:
		return openGeoPackage(ctx, s, o)
	case kindParquet:
		return openParquet(ctx, s, o)
	case kindOLE:
		return openXLS(ctx, s, o)
	case kindZIP, kindGzip:
	}
	if depth > maxDepth {
		return nil, catalog.Errorf(catalog.Invalid, "Too many archives within archives").Italian("Troppi archivi uno dentro l'altro")
	}
	if k == kindGzip {
		return openStream(ctx, gunzip(s, o.MaxBytes), o, depth+1)
	}
	return openZip(ctx, s, o, depth)
}

// openZip reads what turns out to be a workbook, or an archive of a table.
func openZip(ctx context.Context, s stream, o Options, depth int) (*Table, error) {
	s, err := seekable(s, o)
	if err != nil {
		return nil, err
	}
	switch name, err := workbookKind(s.at, s.packed); {
	case err != nil:
		return nil, err
	case name == "xlsx":
		return openWorkbook(ctx, s, o)
	case name == "ods":
		return openODS(ctx, s, o)
	case name != "":
		return nil, notTable("un documento "+name, "a "+name+" document")
	}
	return openArchive(ctx, s, o, depth)
}

// seekable returns s such that its bytes can be read in any order.
func seekable(s stream, o Options) (stream, error) {
	if s.at != nil {
		return s, nil
	}
	return memory(s, min(maxWorkbook, o.MaxBytes))
}

func openText(ctx context.Context, s stream, head []byte, o Options) (*Table, error) {
	e, err := detectEncoding(ctx, s, head)
	if err != nil {
		return nil, err
	}
	sample, err := sampleOf(s, e)
	if err != nil {
		return nil, err
	}
	src := &textSource{s: s, e: e, comma: detectDelimiter(sample)}
	l := findLayout(sampleRecords(sample, src.comma), false)
	if l.width == 0 {
		return nil, catalog.Errorf(catalog.Invalid, "The file holds no rows").Italian("Il file non contiene righe")
	}
	t := &Table{Format: "csv", Encoding: e.name, Notes: append(s.notes, e.notes()...)}
	if src.comma != 0 {
		t.Delimiter = string(src.comma)
	}
	if src.comma == '\t' {
		t.Format = "tsv"
	}
	if err := understand(ctx, t, src, &l, o); err != nil {
		return nil, err
	}
	return t, nil
}

func (e *encodingReport) notes() []string {
	var notes []string
	if e.bom > 0 {
		notes = append(notes, "Il file inizia con un BOM / the file begins with a byte order mark")
	}
	if e.mixed {
		notes = append(notes, fmt.Sprintf("Codifica mista: %d righe non sono UTF-8 e sono state lette come testo Windows o DOS / mixed encodings: %d lines are not UTF-8", e.badness, e.badness))
	}
	return notes
}

// A textSource reads records of a text.
type textSource struct {
	s     stream
	e     encodingReport
	comma byte
}

func (t *textSource) each(ctx context.Context, f func(*record) error) error {
	lines, err := openLines(t.s, t.e)
	if err != nil {
		return err
	}
	defer lines.Close()
	c := csvReader{lines: lines, comma: t.comma}
	for n := 0; ; n++ {
		if n%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		r, err := c.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := f(&r); err != nil {
			if errors.Is(err, errStop) {
				return nil
			}
			return err
		}
	}
}
