package excel

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"unicode/utf16"
)

// Why a file cannot be read.
var (
	ErrFormat    = errors.New("not a workbook")
	ErrNoBook    = errors.New("a document without a workbook")
	ErrEncrypted = errors.New("an encrypted workbook")
	ErrOld       = errors.New("a workbook older than Excel 97")
)

const maxSectors = 1 << 22

// An ole is a compound file.
type ole struct {
	b         []byte
	size      int // of a sector
	fat       []uint32
	mini      []uint32
	miniSize  int
	miniCut   uint32
	miniBytes []byte
}

// openOLE reads the tables of a compound file, and its directory.
func openOLE(b []byte) (o *ole, dir []byte, err error) {
	if len(b) < 512 || binary.LittleEndian.Uint64(b) != 0xe11ab1a1e011cfd0 {
		return nil, nil, fmt.Errorf("%w: signature", ErrFormat)
	}
	shift, miniShift := binary.LittleEndian.Uint16(b[30:]), binary.LittleEndian.Uint16(b[32:])
	if shift != 9 && shift != 12 || miniShift != 6 {
		return nil, nil, fmt.Errorf("%w: sectors of 2^%d", ErrFormat, shift)
	}
	o = &ole{b: b, size: 1 << shift, miniSize: 1 << miniShift, miniCut: binary.LittleEndian.Uint32(b[56:])}
	if err := o.readFAT(); err != nil {
		return nil, nil, err
	}
	if dir, err = o.chain(binary.LittleEndian.Uint32(b[48:])); err != nil {
		return nil, nil, err
	}
	return o, dir, o.readMini(dir)
}

// workbookStream returns the bytes of the workbook in a compound file.
func workbookStream(b []byte) ([]byte, error) {
	o, dir, err := openOLE(b)
	if err != nil {
		return nil, err
	}
	for ; len(dir) >= 128; dir = dir[128:] {
		if name := entryName(dir); strings.EqualFold(name, "Workbook") && dir[66] == 2 {
			return o.stream(binary.LittleEndian.Uint32(dir[116:]), binary.LittleEndian.Uint32(dir[120:]))
		} else if strings.EqualFold(name, "Book") {
			return nil, ErrOld
		} else if name == "EncryptedPackage" {
			return nil, ErrEncrypted
		}
	}
	return nil, ErrNoBook
}

func entryName(e []byte) string {
	n := min(int(binary.LittleEndian.Uint16(e[64:])), 64)
	var units []uint16
	for i := 0; i+3 < n; i += 2 {
		units = append(units, binary.LittleEndian.Uint16(e[i:]))
	}
	return string(utf16.Decode(units))
}

func (o *ole) sector(n uint32) ([]byte, error) {
	at := (int64(n) + 1) * int64(o.size)
	if n >= maxSectors || at >= int64(len(o.b)) {
		return nil, fmt.Errorf("%w: sector %d", ErrFormat, n)
	}
	return o.b[at:min(at+int64(o.size), int64(len(o.b)))], nil
}

// sectorList returns the sectors of the table of sectors: they are listed in
// the header and, in large files, in more sectors.
func (o *ole) sectorList() ([]uint32, error) {
	list := make([]uint32, 0, 109)
	for i := range 109 {
		list = append(list, binary.LittleEndian.Uint32(o.b[76+4*i:]))
	}
	next := binary.LittleEndian.Uint32(o.b[68:])
	for hops := 0; next < 0xfffffffa; hops++ {
		s, err := o.sector(next)
		if err != nil || hops > len(o.b)/o.size || len(s) < o.size {
			return nil, fmt.Errorf("%w: list of sectors", ErrFormat)
		}
		for i := 0; i+8 <= len(s); i += 4 {
			list = append(list, binary.LittleEndian.Uint32(s[i:]))
		}
		next = binary.LittleEndian.Uint32(s[len(s)-4:])
	}
	return list, nil
}

// readFAT gathers the table of sectors.
func (o *ole) readFAT() error {
	list, err := o.sectorList()
	if err != nil {
		return err
	}
	for _, n := range list {
		if n >= 0xfffffffa {
			continue
		}
		s, err := o.sector(n)
		if err != nil {
			return err
		}
		if len(o.fat) > len(o.b)/o.size+o.size {
			break // more is told than the file can hold
		}
		for i := 0; i+4 <= len(s); i += 4 {
			o.fat = append(o.fat, binary.LittleEndian.Uint32(s[i:]))
		}
	}
	return nil
}

// chain returns the bytes of the sectors from n on.
func (o *ole) chain(n uint32) ([]byte, error) {
	var out []byte
	for n < 0xfffffffa {
		s, err := o.sector(n)
		if err != nil {
			return nil, err
		}
		if out = append(out, s...); len(out) > len(o.b)+o.size || int(n) >= len(o.fat) {
			return nil, fmt.Errorf("%w: chain of sectors", ErrFormat)
		}
		n = o.fat[n]
	}
	return out, nil
}

// readMini gathers the small sectors, in which short streams are kept.
func (o *ole) readMini(dir []byte) error {
	if len(dir) < 128 {
		return fmt.Errorf("%w: directory", ErrFormat)
	}
	table, err := o.chain(binary.LittleEndian.Uint32(o.b[60:]))
	if err != nil {
		return err
	}
	for i := 0; i+4 <= len(table); i += 4 {
		o.mini = append(o.mini, binary.LittleEndian.Uint32(table[i:]))
	}
	o.miniBytes, err = o.chain(binary.LittleEndian.Uint32(dir[116:]))
	return err
}

func (o *ole) stream(n, size uint32) ([]byte, error) {
	if size >= o.miniCut {
		b, err := o.chain(n)
		if err != nil {
			return nil, err
		}
		return b[:min(len(b), int(size))], nil
	}
	var out []byte
	for n < 0xfffffffa {
		at := int(n) * o.miniSize
		if int(n) >= len(o.mini) || at+o.miniSize > len(o.miniBytes) || len(out) > len(o.miniBytes) {
			return nil, fmt.Errorf("%w: chain of small sectors", ErrFormat)
		}
		out = append(out, o.miniBytes[at:at+o.miniSize]...)
		n = o.mini[n]
	}
	return out[:min(len(out), int(size))], nil
}
