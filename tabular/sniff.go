package tabular

import (
	"bytes"
	"strings"

	"portico/catalog"
)

// A kind is what the first bytes of a file say that it is.
type kind int

const (
	kindText kind = iota
	kindZIP
	kindGzip
)

// signatures are the openings of formats that are no tables, or none that we
// read; people are told what they sent.
var signatures = []struct {
	magic, it, en string
}{
	{"%PDF-", "un PDF", "a PDF"},
	{"\x89PNG\r\n", "un'immagine PNG", "a PNG picture"},
	{"\xff\xd8\xff", "un'immagine JPEG", "a JPEG picture"},
	{"GIF8", "un'immagine GIF", "a GIF picture"},
	{"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "un vecchio file di Office (XLS, DOC)", "an old Office file (XLS, DOC)"},
	{"SQLite format 3\x00", "una base dati SQLite", "a SQLite database"},
	{"PAR1", "un file Parquet", "a Parquet file"},
	{"7z\xbc\xaf\x27\x1c", "un archivio 7z", "a 7z archive"},
	{"Rar!\x1a\x07", "un archivio RAR", "a RAR archive"},
	{"\x7fELF", "un programma", "a program"},
	{"{\\rtf", "un documento RTF", "an RTF document"},
}

// sniff tells from the first bytes how to read a file, or why it is no table.
func sniff(head []byte) (kind, error) {
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("PK\x05\x06")):
		return kindZIP, nil
	case bytes.HasPrefix(head, []byte("\x1f\x8b")):
		return kindGzip, nil
	}
	for _, s := range signatures {
		if bytes.HasPrefix(head, []byte(s.magic)) {
			return 0, notTable(s.it, s.en)
		}
	}
	if utf16Of(head) != "" {
		return kindText, nil
	}
	if err := sniffMarkup(head); err != nil {
		return 0, err
	}
	if isBinary(head) {
		return 0, notTable("un file binario", "a binary file")
	}
	return kindText, nil
}

// sniffMarkup refuses the pages and documents that servers answer with where
// a table should be.
func sniffMarkup(head []byte) error {
	s := strings.TrimSpace(strings.ToLower(string(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")))))
	if s == "" {
		return nil
	}
	switch s[0] {
	case '<':
		switch {
		case strings.HasPrefix(s, "<!doctype html"), strings.Contains(s, "<html"), strings.Contains(s, "<body"), strings.Contains(s, "<head"):
			return notTable("una pagina web", "a web page")
		case strings.HasPrefix(s, "<?xml"), strings.HasPrefix(s, "<!doctype"), strings.HasPrefix(s, "<rdf"):
			return notTable("un documento XML", "an XML document")
		}
	case '{', '[':
		if rest := strings.TrimSpace(s[1:]); rest != "" && strings.ContainsRune("\"{[}", rune(rest[0])) {
			return notTable("un documento JSON", "a JSON document")
		}
	}
	return nil
}

// isBinary reports whether head holds what no text holds: NUL, or more than a
// few control characters.
func isBinary(head []byte) bool {
	control := 0
	for _, b := range head {
		switch {
		case b == 0:
			return true
		case b < ' ' && b != '\t' && b != '\n' && b != '\r' && b != '\f' && b != 0x1a:
			control++
		}
	}
	return control > 2+len(head)/50
}

func notTable(it, en string) error {
	return catalog.Errorf(catalog.Invalid, "This is %s, not a table", en).Italian("È %s, non una tabella", it)
}
