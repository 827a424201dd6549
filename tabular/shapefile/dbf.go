package shapefile

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
)

// A Field is a column of a .dbf file.
type Field struct {
	Name []byte // as it stands there, in the encoding of the file
	Type byte   // C, N, F, D, L, …
	size int
}

// Rows reads the rows of a .dbf file.
type Rows struct {
	Fields   []Field
	Language byte // the language driver, which tells the encoding; 0 = it does not
	r        *bufio.Reader
	left     uint32
	buf      []byte
	cells    [][]byte
}

// NewRows reads the header of a .dbf file.
func NewRows(r io.Reader) (*Rows, error) {
	d := &Rows{r: bufio.NewReaderSize(r, 64<<10)}
	var head [32]byte
	if _, err := io.ReadFull(d.r, head[:]); err != nil {
		return nil, fmt.Errorf("%w: dbf header: %w", ErrFormat, err)
	}
	d.left = binary.LittleEndian.Uint32(head[4:])
	size, row := int(binary.LittleEndian.Uint16(head[8:])), int(binary.LittleEndian.Uint16(head[10:]))
	d.Language = head[29]
	rest := make([]byte, max(size-32, 0))
	if _, err := io.ReadFull(d.r, rest); err != nil {
		return nil, fmt.Errorf("%w: dbf fields: %w", ErrFormat, err)
	}
	width := 1
	for len(rest) >= 32 && rest[0] != '\r' {
		f := Field{Type: rest[11], size: int(rest[16])}
		if f.Type == 'C' {
			f.size += int(rest[17]) << 8 // long texts of FoxPro
		}
		name, _, _ := bytes.Cut(rest[:11], []byte{0})
		f.Name = bytes.Clone(bytes.TrimSpace(name))
		d.Fields = append(d.Fields, f)
		width += f.size
		rest = rest[32:]
	}
	if len(d.Fields) == 0 || width > row {
		return nil, fmt.Errorf("%w: dbf rows of %d bytes for fields of %d", ErrFormat, row, width)
	}
	d.buf = make([]byte, row)
	d.cells = make([][]byte, len(d.Fields))
	return d, nil
}

// Next returns the cells of the next row, valid until the one after, and
// io.EOF after the last. A row that was deleted is told as such: it still has
// its shape.
func (d *Rows) Next() (cells [][]byte, deleted bool, err error) {
	if d.left == 0 {
		return nil, false, io.EOF
	}
	d.left--
	if _, err := io.ReadFull(d.r, d.buf); err != nil {
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) && d.buf[0] == 0x1a {
			return nil, false, io.EOF
		}
		return nil, false, fmt.Errorf("%w: dbf row: %w", ErrFormat, err)
	}
	at := 1
	for i, f := range d.Fields {
		d.cells[i] = bytes.Trim(d.buf[at:at+f.size], " \x00")
		at += f.size
	}
	return d.cells, d.buf[0] == '*', nil
}

// Value writes a cell as text: days as ISO 8601, numbers of asterisks as
// nothing.
func (f *Field) Value(cell string) (text string, native bool) {
	switch f.Type {
	case 'N', 'F':
		if strings.Trim(cell, "*") == "" {
			return "", false
		}
		return cell, true
	case 'D':
		if len(cell) == 8 && strings.Trim(cell, "0123456789") == "" && cell != "00000000" {
			return cell[:4] + "-" + cell[4:6] + "-" + cell[6:], false
		}
		if strings.Trim(cell, "0") == "" {
			return "", false
		}
	case 'L':
		switch cell {
		case "T", "t", "Y", "y":
			return "true", false
		case "F", "f", "N", "n":
			return "false", false
		case "?":
			return "", false
		}
	}
	return cell, false
}
