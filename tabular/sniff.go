package tabular

import (
	"bytes"
	"regexp"
	"strings"

	"portico/catalog"
)

// A kind is what the first bytes of a file say that it is.
type kind int

const (
	kindText kind = iota
	kindZIP
	kindGzip
	kindJSON
	kindXML
	kindOLE // the files of Office before 2007
	kindSQLite
	kindParquet
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
	{"7z\xbc\xaf\x27\x1c", "un archivio 7z", "a 7z archive"},
	{"Rar!\x1a\x07", "un archivio RAR", "a RAR archive"},
	{"\x7fELF", "un programma", "a program"},
	{"@prefix ", "un documento RDF (Turtle)", "an RDF document (Turtle)"},
	{"{\\rtf", "un documento RTF", "an RTF document"},
}

// Plain reports whether a file that begins with head is lines of text, which
// are read as they come. Everything else unpacks, nests or points to places of
// its own, and is better read where it can do no harm (package worker).
func Plain(head []byte) bool {
	k, err := sniff(head)
	return err == nil && k == kindText
}

// HeadSize is how many bytes Plain wants to see.
const HeadSize = 64 << 10

// sniff tells from the first bytes how to read a file, or why it is no table.
func sniff(head []byte) (kind, error) {
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("PK\x05\x06")):
		return kindZIP, nil
	case bytes.HasPrefix(head, []byte("\x1f\x8b")):
		return kindGzip, nil
	case bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")):
		return kindOLE, nil
	case bytes.HasPrefix(head, []byte("SQLite format 3\x00")):
		return kindSQLite, nil
	case bytes.HasPrefix(head, []byte("PAR1")):
		return kindParquet, nil
	}
	for _, s := range signatures {
		if bytes.HasPrefix(head, []byte(s.magic)) {
			return 0, notTable(s.it, s.en)
		}
	}
	if k, err := sniffMarkup(textHead(head)); err != nil || k != kindText {
		return k, err
	}
	if utf16Of(head) == "" && isBinary(head) {
		return 0, notTable("un file binario", "a binary file")
	}
	return kindText, nil
}

// textHead returns the first bytes of a text without the zeros of UTF-16.
func textHead(head []byte) []byte {
	if utf16Of(head) == "" {
		return head
	}
	return bytes.TrimLeft(bytes.ReplaceAll(head, []byte{0}, nil), "\xff\xfe")
}

// sniffMarkup tells JSON and XML, and refuses the pages that servers answer
// with where data should be.
func sniffMarkup(head []byte) (kind, error) {
	s := strings.TrimSpace(strings.ToLower(string(bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), "\x1e"))))
	if s == "" {
		return kindText, nil
	}
	switch s[0] {
	case '<':
		switch {
		case strings.HasPrefix(s, "<!doctype html"), strings.HasPrefix(s, "<html"), strings.HasPrefix(s, "<body"), strings.HasPrefix(s, "<head"):
			return 0, notTable("una pagina web", "a web page")
		case xmlStart.MatchString(s):
			return kindXML, nil
		}
	case '{', '[':
		if rest := strings.TrimSpace(s[1:]); rest != "" && (strings.ContainsRune("\"{[}]", rune(rest[0])) || jsonStart.MatchString(s)) {
			return kindJSON, nil
		}
	}
	return kindText, nil
}

// What XML and arrays of bare values begin with.
var (
	xmlStart  = regexp.MustCompile(`^<(\?xml|!doctype|!--|[a-z_][\w.:-]*[\s/>])`)
	jsonStart = regexp.MustCompile(`^\[\s*(-?\d|true|false|null)[^;\n\]]*[,\]]`)
)

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
