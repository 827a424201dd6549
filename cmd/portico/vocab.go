package main

import (
	"fmt"
	"io"
	"os"

	"portico/catalog"
	"portico/dcat/register"
)

type vocabCmd struct {
	Import vocabImportCmd `cmd:"" help:"Import a register: the bodies of IndicePA or the municipalities of ISTAT."`
}

type vocabImportCmd struct {
	Register string `arg:"" enum:"ipa,istat" help:"Register: ipa or istat."`
	File     string `arg:"" help:"The publisher's file: amministrazioni.txt or enti.csv of IndicePA, Elenco-comuni-italiani.csv of ISTAT."`
}

// Run keeps a register in the data folder; the next harvest looks bodies and
// places up in it.
func (c *vocabImportCmd) Run(e *env) error {
	f, err := os.Open(c.File)
	if err != nil {
		return catalog.Errorf(catalog.NotFound, "%s cannot be opened", c.File).Italian("%s non si può aprire", c.File).Because(err)
	}
	defer f.Close()
	n, err := register.Import(e.Data, register.Kind(c.Register), f)
	if err != nil {
		return err
	}
	out := struct {
		Register string `json:"register"`
		Entries  int    `json:"entries"`
	}{c.Register, n}
	return e.print(out, func(w io.Writer) { fmt.Fprintf(w, "%s: %d voci / entries\n", c.Register, n) })
}
