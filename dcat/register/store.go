package register

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// folder is where registers are, in the data folder.
const folder = "registers"

func fileOf(data string, k Kind) string { return filepath.Join(data, folder, string(k)+".csv") }

// File opens the file of a register in the data folder, which Import reads
// again, or returns fs.ErrNotExist. The caller closes it.
func File(data string, k Kind) (*os.File, error) {
	f, err := os.Open(fileOf(data, k))
	if err != nil {
		return nil, fmt.Errorf("open the register: %w", err)
	}
	return f, nil
}

// Import reads a register in one of the forms in which it is published and
// keeps it in the data folder, in place of the one that was there. It returns
// how many entries it has. What cannot be read changes nothing.
func Import(data string, k Kind, r io.Reader) (n int, err error) {
	var rows [][]string
	switch k {
	case IPA:
		rows = append(rows, []string{"ipa_code", "name", "province", "region"})
		n, err = read(r, k, func(get func(string) string) bool {
			b, ok := bodyOf(get)
			if ok {
				rows = append(rows, []string{b.Code, b.Name, b.Province, b.Region})
			}
			return ok
		})
	default:
		rows = append(rows, []string{"istat_code", "belfiore", "name", "other_name", "province", "region", "ipa_code", "iri_ontopia"})
		n, err = read(r, k, func(get func(string) string) bool {
			m, ok := municipalityOf(get)
			if ok {
				rows = append(rows, []string{m.Code, m.Cadastre, m.Name, m.Other, m.Province, m.Region, m.IPA, m.IRI})
			}
			return ok
		})
	}
	if err != nil {
		return 0, err
	}
	return n, keep(fileOf(data, k), rows)
}

// keep writes rows to a file of that name, all or nothing.
func keep(name string, rows [][]string) (err error) {
	if err := os.MkdirAll(filepath.Dir(name), 0o750); err != nil {
		return fmt.Errorf("keep the register: %w", err)
	}
	f, err := os.CreateTemp(filepath.Dir(name), ".import-*")
	if err != nil {
		return fmt.Errorf("keep the register: %w", err)
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name())
		}
	}()
	w := csv.NewWriter(f)
	if err := errors.Join(w.WriteAll(rows), f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("keep the register: %w", err)
	}
	if err := os.Rename(f.Name(), name); err != nil {
		return fmt.Errorf("keep the register: %w", err)
	}
	return nil
}

// Open loads the registers that were imported into the data folder. One that
// is not there is empty.
func Open(data string) (*Registers, error) {
	r := newRegisters()
	err := load(fileOf(data, IPA), IPA, func(get func(string) string) bool {
		b, ok := bodyOf(get)
		if ok {
			r.addBody(b)
		}
		return ok
	})
	if err != nil {
		return nil, err
	}
	err = load(fileOf(data, ISTAT), ISTAT, func(get func(string) string) bool {
		m, ok := municipalityOf(get)
		if ok {
			r.addMunicipality(m)
		}
		return ok
	})
	if err != nil {
		return nil, err
	}
	r.link()
	return r, nil
}

func load(name string, k Kind, add func(get func(string) string) bool) error {
	f, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("load the register: %w", err)
	}
	defer f.Close()
	if _, err := read(f, k, add); err != nil {
		return fmt.Errorf("load the register %s: %w", k, err)
	}
	return nil
}
