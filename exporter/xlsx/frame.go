package xlsx

import (
	"fmt"
	"io"
	"strings"
)

const (
	xmlHead = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	mainNS  = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
	relNS   = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	packNS  = "http://schemas.openxmlformats.org/package/2006/"
	typeOf  = "application/vnd.openxmlformats-officedocument.spreadsheetml."
)

// frame writes the parts that tie the sheets together. They come last, for only
// then it is known how many sheets there are.
func (b *book) frame() error {
	var types, sheets, relations strings.Builder
	for i, name := range b.sheets {
		n := i + 1
		fmt.Fprintf(&types, `<Override PartName="/xl/worksheets/sheet%d.xml" ContentType="%sworksheet+xml"/>`, n, typeOf)
		fmt.Fprintf(&sheets, `<sheet name="%s" sheetId="%d" r:id="rId%d"/>`, name, n, n)
		fmt.Fprintf(&relations, `<Relationship Id="rId%d" Type="%s/worksheet" Target="worksheets/sheet%d.xml"/>`, n, relNS, n)
	}
	styles := len(b.sheets) + 1
	fmt.Fprintf(&relations, `<Relationship Id="rId%d" Type="%s/styles" Target="styles.xml"/>`, styles, relNS)
	for _, part := range []struct{ name, body string }{
		{"[Content_Types].xml", `<Types xmlns="` + packNS + `content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
			`<Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="` + typeOf + `sheet.main+xml"/>` +
			`<Override PartName="/xl/styles.xml" ContentType="` + typeOf + `styles+xml"/>` + types.String() + `</Types>`},
		{"_rels/.rels", `<Relationships xmlns="` + packNS + `relationships"><Relationship Id="rId1" Type="` + relNS + `/officeDocument" Target="xl/workbook.xml"/></Relationships>`},
		{"xl/workbook.xml", `<workbook xmlns="` + mainNS + `" xmlns:r="` + relNS + `"><sheets>` + sheets.String() + `</sheets></workbook>`},
		{"xl/_rels/workbook.xml.rels", `<Relationships xmlns="` + packNS + `relationships">` + relations.String() + `</Relationships>`},
		{"xl/styles.xml", stylesXML()},
	} {
		w, err := b.create(part.name)
		if err != nil {
			return err
		}
		if _, err := io.WriteString(w, xmlHead+part.body); err != nil {
			return err
		}
	}
	return nil
}

// stylesXML lists the styles in the order of their numbers.
func stylesXML() string {
	const firstFormat = 164 // up to there are Excel's own
	formats := []string{"dd/mm/yyyy", "hh:mm:ss", "dd/mm/yyyy hh:mm:ss"}
	for digits := 1; digits <= maxDigits; digits++ {
		formats = append(formats, "0."+strings.Repeat("0", digits))
	}
	var own strings.Builder
	for i, f := range formats {
		fmt.Fprintf(&own, `<numFmt numFmtId="%d" formatCode="%s"/>`, firstFormat+i, f)
	}
	const whole = 1 // "0"
	ids := []int{firstFormat, firstFormat + 1, firstFormat + 2, whole}
	for i := range maxDigits {
		ids = append(ids, firstFormat+3+i)
	}
	var cells strings.Builder
	cells.WriteString(`<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>`)
	for _, id := range ids {
		fmt.Fprintf(&cells, `<xf numFmtId="%d" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>`, id)
	}
	return `<styleSheet xmlns="` + mainNS + `"><numFmts count="` + fmt.Sprint(len(formats)) + `">` + own.String() + `</numFmts>` +
		`<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts>` +
		`<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>` +
		`<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>` +
		`<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>` +
		`<cellXfs count="` + fmt.Sprint(len(ids)+2) + `">` + cells.String() + `</cellXfs>` +
		`<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`
}
