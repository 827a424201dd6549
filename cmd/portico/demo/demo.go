// Package demo plays an invented municipality, Valdoria, with what a real one
// has: a folder of office files with a sheet of metadata, a DCAT-AP_IT
// catalogue of its territorial information system, and a CKAN of its own. All
// of it is our own data; no resemblance is meant.
package demo

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"text/template"

	"portico/catalog"
)

//go:embed office web
var files embed.FS

// An entry is one dataset of the municipality's web sources.
type entry struct {
	Code, Slug, File, Title, Text      string
	Theme, Frequency, Issued, Modified string
	Keywords                           []string
}

// territory is what the DCAT-AP_IT source has.
var territory = []entry{
	{
		"T.1", "esercizi-commerciali", "esercizi-commerciali.csv", "Esercizi commerciali",
		"Negozi, bar e botteghe del territorio comunale con categoria, indirizzo e superficie di vendita.",
		"ECON", "BIENNIAL", "2023-05-10", "2025-01-20",
		[]string{"commercio", "negozi", "attività produttive"},
	},
	{
		"T.2", "numeri-civici", "numeri-civici.csv", "Numeri civici e toponomastica",
		"Tutti i numeri civici con codice della strada, toponimo, esponente e coordinate.",
		"REGI", "ANNUAL", "2022-03-01", "2024-11-30",
		[]string{"toponomastica", "numeri civici", "strade"},
	},
	{
		"T.3", "defibrillatori", "defibrillatori.csv", "Defibrillatori pubblici",
		"Dove si trovano i defibrillatori accessibili al pubblico e quali sono disponibili a ogni ora.",
		"HEAL", "ANNUAL", "2023-09-01", "2024-09-15",
		[]string{"defibrillatori", "salute", "emergenza"},
	},
	{
		"T.4", "qualita-aria", "qualita-aria-2024.csv", "Qualità dell'aria nel 2024",
		"Medie giornaliere di PM10, PM2,5, biossido di azoto e ozono delle due centraline.",
		"ENVI", "DAILY", "2024-01-02", "2025-01-01",
		[]string{"aria", "inquinamento", "polveri sottili"},
	},
}

// administration is what the CKAN source has.
var administration = []entry{
	{
		"A.1", "delibere", "delibere-2024.csv", "Delibere di Giunta e di Consiglio",
		"Numero, data, oggetto e organo delle delibere adottate nel 2024.",
		"GOVE", "MONTHLY", "2024-01-31", "2024-12-31",
		[]string{"delibere", "atti amministrativi", "trasparenza"},
	},
	{
		"A.2", "opere-pubbliche", "opere-pubbliche.csv", "Opere pubbliche",
		"Opere in progetto, in corso e concluse con CUP, importo e fine prevista.",
		"REGI", "QUARTERLY", "2023-06-15", "2025-01-31",
		[]string{"lavori pubblici", "opere", "cantieri"},
	},
	{
		"A.3", "biblioteca-prestiti", "biblioteca-prestiti.csv", "Prestiti della biblioteca comunale",
		"Prestiti, utenti attivi e nuovi iscritti di ogni mese dal 2022.",
		"EDUC", "MONTHLY", "2022-02-01", "2025-01-05",
		[]string{"biblioteca", "cultura", "libri"},
	},
	{
		"A.4", "consumi-energetici", "consumi-energetici.csv", "Consumi energetici degli edifici comunali",
		"Elettricità e gas consumati ogni anno da municipio, scuole, biblioteca e palestra, con la classe energetica.",
		"ENER", "ANNUAL", "2021-04-01", "2025-02-03",
		[]string{"energia", "edifici pubblici", "consumi"},
	},
}

// Datasets is how many datasets the municipality has in all.
const Datasets = 16

// Sources returns the municipality's sources: office files in folder, and the
// two that a Server serves at origin.
func Sources(folder, origin string) []catalog.Source {
	return []catalog.Source{
		{Name: "valdoria-uffici", Title: "File degli uffici di Valdoria", Kind: "files", URL: folder, WithData: true},
		{Name: "valdoria-territorio", Title: "Sistema informativo territoriale di Valdoria", Kind: "dcat", URL: origin + "/catalog.rdf", AllowPrivate: true, WithData: true},
		{Name: "valdoria-amministrazione", Title: "CKAN di Valdoria", Kind: "ckan", URL: origin, AllowPrivate: true, WithData: true},
	}
}

// Unpack writes the office files into dir, where they are not there already
// with the same bytes, so that a later start finds them unchanged.
func Unpack(dir string) error {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return fmt.Errorf("unpack the office files: %w", err)
	}
	entries, err := fs.ReadDir(files, "office")
	if err != nil {
		return fmt.Errorf("unpack the office files: %w", err)
	}
	for _, e := range entries {
		b, err := fs.ReadFile(files, "office/"+e.Name())
		if err != nil {
			return fmt.Errorf("unpack %s: %w", e.Name(), err)
		}
		path := filepath.Join(dir, e.Name())
		if old, err := os.ReadFile(path); err == nil && string(old) == string(b) {
			continue
		} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("unpack %s: %w", e.Name(), err)
		}
		if err := os.WriteFile(path, b, 0o640); err != nil {
			return fmt.Errorf("unpack %s: %w", e.Name(), err)
		}
	}
	return nil
}

// rdf is the catalogue of the territorial information system.
var rdf = template.Must(template.ParseFS(files, "web/catalog.rdf.tmpl"))
