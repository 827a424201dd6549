package excel

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
)

// rec is a record of BIFF8.
func rec(kind uint16, data ...byte) []byte {
	b := binary.LittleEndian.AppendUint16(nil, kind)
	b = binary.LittleEndian.AppendUint16(b, uint16(len(data)))
	return append(b, data...)
}

func u16(v ...int) []byte {
	var b []byte
	for _, n := range v {
		b = binary.LittleEndian.AppendUint16(b, uint16(n))
	}
	return b
}

// xlsOf puts a stream into a compound file of 512-byte sectors.
func xlsOf(stream []byte) []byte {
	for len(stream)%512 != 0 || len(stream) < 4096 {
		stream = append(stream, 0)
	}
	sectors := len(stream) / 512
	le := binary.LittleEndian
	head := make([]byte, 512)
	le.PutUint64(head, 0xe11ab1a1e011cfd0)
	le.PutUint16(head[30:], 9)
	le.PutUint16(head[32:], 6)
	le.PutUint32(head[48:], 1) // directory
	le.PutUint32(head[56:], 4096)
	le.PutUint32(head[60:], 0xfffffffe)
	le.PutUint32(head[68:], 0xfffffffe)
	for i := range 109 {
		le.PutUint32(head[76+4*i:], 0xffffffff)
	}
	le.PutUint32(head[76:], 0) // the table of sectors is sector 0
	fat := make([]byte, 512)
	for i := range 128 {
		le.PutUint32(fat[4*i:], 0xffffffff)
	}
	le.PutUint32(fat, 0xfffffffd)
	le.PutUint32(fat[4:], 0xfffffffe)
	for i := range sectors {
		le.PutUint32(fat[8+4*i:], uint32(i+3))
	}
	le.PutUint32(fat[8+4*(sectors-1):], 0xfffffffe)
	dir := make([]byte, 512)
	for i, name := range []string{"Root Entry", "Workbook"} {
		e := dir[128*i:]
		for j, u := range utf16.Encode([]rune(name)) {
			le.PutUint16(e[2*j:], u)
		}
		le.PutUint16(e[64:], uint16(2*len(name)+2))
		e[66] = byte(5 - 3*i)
		le.PutUint32(e[116:], 0xfffffffe)
	}
	le.PutUint32(dir[128+116:], 2)
	le.PutUint32(dir[128+120:], uint32(len(stream)))
	return slices.Concat(head, fat, dir, stream)
}

// bookOf is the stream of a workbook with one sheet.
func bookOf(cells ...[]byte) []byte {
	bof := rec(recBOF, u16(0x0600, 5, 0, 0, 0, 0, 0, 0)...)
	globals := slices.Concat(
		bof,
		rec(recFormat, append(u16(164, 10), append([]byte{0}, "dd/mm/yyyy"...)...)...),
		rec(recFormat, append(u16(165, 5), append([]byte{0}, "00000"...)...)...),
		rec(recXF, u16(0, 0)...), rec(recXF, u16(0, 164)...), rec(recXF, u16(0, 165)...), rec(recXF, u16(0, 20)...),
		// The second text is cut by the end of a record, and goes on in wide letters.
		rec(recSST, slices.Concat([]byte{2, 0, 0, 0, 2, 0, 0, 0}, u16(2), []byte{0}, []byte("id"), u16(5), []byte{0}, []byte("Cit"))...),
		rec(recContinue, slices.Concat([]byte{1}, u16('t', 'à'))...),
	)
	at := len(globals) + 4 + 8 + 3 + 4 + 0
	sheet := rec(recBoundSheet, slices.Concat(binary.LittleEndian.AppendUint32(nil, uint32(at+4)), []byte{0, 0, 3, 0}, []byte("Uno"))...)
	globals = slices.Concat(globals, sheet, rec(recEOF))
	binary.LittleEndian.PutUint32(globals[len(globals)-4-len(sheet)+4:], uint32(len(globals)))
	return slices.Concat(globals, bof, slices.Concat(cells...), rec(recEOF))
}

func float(v float64) []byte { return binary.LittleEndian.AppendUint64(nil, math.Float64bits(v)) }

func sampleXLS() []byte {
	return xlsOf(bookOf(
		rec(recLabelSST, slices.Concat(u16(0, 1, 0), []byte{1, 0, 0, 0})...),
		rec(recLabelSST, slices.Concat(u16(0, 0, 0), []byte{0, 0, 0, 0})...),
		rec(recNumber, slices.Concat(u16(1, 0, 1), float(45352))...),
		rec(recNumber, slices.Concat(u16(1, 1, 2), float(118))...),
		rec(recNumber, slices.Concat(u16(1, 2, 3), float(0.395833333333333))...),
		rec(recMulRK, slices.Concat(u16(2, 0, 0), []byte{0x02 | 40<<2, 0, 0, 0}, u16(0), []byte{0x03 | 100<<2&0xff, 100 >> 6, 0, 0}, u16(1))...),
		rec(recBoolErr, append(u16(2, 2, 0), 1, 0)...),
		rec(recFormula, slices.Concat(u16(3, 0, 0), []byte{0, 0, 0, 0, 0, 0, 0xff, 0xff}, make([]byte, 8))...),
		rec(recString, slices.Concat(u16(3), []byte{0}, []byte("sum"))...),
	))
}

func TestOldWorkbooks(t *testing.T) {
	w, err := Open(sampleXLS())
	if err != nil {
		t.Fatal(err)
	}
	if len(w.Sheets) != 1 || w.Sheets[0].Name != "Uno" {
		t.Fatalf("%+v", w.Sheets)
	}
	cells, err := w.Cells(w.Sheets[0])
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]Cell{
		{0, 0, "id", false},
		{0, 1, "Città", false},
		{1, 0, "2024-03-01", false},
		{1, 1, "00118", false},
		{1, 2, "09:30:00", false},
		{2, 0, "40", true},
		{2, 1, "1", true},
		{2, 2, "TRUE", false},
		{3, 0, "sum", false},
	}, cells); diff != "" {
		t.Error(diff)
	}
}

func TestLooks(t *testing.T) {
	for format, want := range map[string]look{
		"dd/mm/yyyy": lookDay, "mmm-yy": lookDay, "hh:mm": lookTime, "dd/mm/yyyy hh:mm": lookBoth, "0.00": lookNumber, `#,##0 "giorni"`: lookNumber,
		`[$-410]d mmmm yyyy;@`: lookDay, `[Red]0.00`: lookNumber, "General": lookNumber, `0\d`: lookNumber, "[h]:mm:ss": lookTime, "#,##0.00 €;[Red]-#,##0.00 €": lookNumber,
	} {
		if got := lookOf(200, format); got != want {
			t.Errorf("%s: got %d, want %d", format, got, want)
		}
	}
}

func bookOfParts(t testing.TB, parts map[string]string) *zip.Reader {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range parts {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(w, text)
	}
	z.Close()
	r, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func readBook(z *zip.Reader) (out []string, err error) {
	b, err := OpenBook(z, func(f *zip.File) (io.ReadCloser, error) { return f.Open() })
	if err != nil {
		return nil, err
	}
	for _, s := range b.Sheets {
		err = b.Rows(s, func(row int, cells []Cell) error {
			out = append(out, fmt.Sprint(s.Name, row, cells))
			return nil
		})
		if err != nil {
			return out, err
		}
	}
	return out, nil
}

const (
	minimalBook   = `<workbook><sheets><sheet name="A &amp; B" sheetId="1" r:id="rId1"/></sheets></workbook>`
	minimalStyles = `<x:styleSheet><x:numFmts><x:numFmt numFmtId="170" formatCode="dd/mm/yy"/></x:numFmts><x:cellXfs><x:xf numFmtId="0"/><x:xf numFmtId="170"/></x:cellXfs></x:styleSheet>`
)

func TestNewWorkbooks(t *testing.T) {
	got, err := readBook(bookOfParts(t, map[string]string{
		"xl/workbook.xml": minimalBook, "xl/styles.xml": minimalStyles,
		"xl/sharedStrings.xml": `<sst><si><t>uno</t></si><si><r><t>d</t></r><r><t xml:space="preserve">ue &#233;</t></r><rPh><t>no</t></rPh></si><si/></sst>`,
		"xl/worksheets/sheet1.xml": `<worksheet><!-- <c r="A1"><v>no</v></c> --><sheetData><row r="2"><c r="A2" t="s"><v>1</v></c><c t="s"><v>0</v></c><c r="D2" s="1"><v>45352</v></c></row>` +
			`<row><c t="inlineStr"><is><t>a &lt; b_x000D_</t></is></c><c t="b"><v>1</v></c><c t="str"><f>A1&gt;"&gt;"</f><v><![CDATA[x<y]]></v></c><c><v>0.30000000000000004</v></c><c t="s"><v>99</v></c></row></sheetData></worksheet>`,
	}))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{
		"A & B1 [{1 0 due é false} {1 1 uno false} {1 3 2024-03-01 false}]",
		"A & B2 [{2 0 a < b false} {2 1 TRUE false} {2 2 x<y false} {2 3 0.3 true}]",
	}, got); diff != "" {
		t.Error(diff)
	}
}

func FuzzOpen(f *testing.F) {
	f.Add(sampleXLS())
	f.Add(xlsOf(nil))
	f.Fuzz(func(_ *testing.T, b []byte) {
		w, err := Open(b)
		if err != nil {
			return
		}
		for _, s := range w.Sheets[:min(len(w.Sheets), 10)] {
			w.Cells(s)
		}
	})
}

func FuzzOpenBook(f *testing.F) {
	f.Add(minimalBook, minimalStyles, `<sst><si><t>a</t></si></sst>`, `<row r="1"><c r="XFD1" t="s"><v>0</v></c></row>`)
	f.Add("<workbook", "<", "<!-->", `<c r="A1"`+strings.Repeat(">", 100))
	f.Fuzz(func(t *testing.T, book, styles, texts, sheet string) {
		readBook(bookOfParts(t, map[string]string{
			"xl/workbook.xml": book, "xl/styles.xml": styles, "xl/sharedStrings.xml": texts, "xl/worksheets/sheet1.xml": sheet,
		}))
	})
}
