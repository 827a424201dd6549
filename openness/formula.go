// Package openness says how open a body is with its data, in seven parts that
// make one number from 0 to 100. Its formula is public and the counts that it
// works on are kept each month, so that a number can be checked and compared.
// It must not know pages or databases.
package openness

import (
	"math"

	"portico/catalog"
	"portico/dcat/vocab"
)

// Formula names the rules below. Numbers of another formula are made anew from
// the counts that were kept, so that all months can be compared.
const Formula = "1"

// Facts are the counts of the datasets of one body.
type Facts struct {
	Datasets  int `json:"datasets"`  // that everybody sees
	Stars     int `json:"stars"`     // sum of their stars of open data, 0 to 4 each
	Formats   int `json:"formats"`   // that can be had in two open formats for machines, or more
	API       int `json:"api"`       // whose data an API answers for
	Awaited   int `json:"awaited"`   // that promise updates, or do not say how often they come
	Fresh     int `json:"fresh"`     // of those, that are on time
	HighValue int `json:"highValue"` // of high value (Regulation (EU) 2023/138)
	Whole     int `json:"whole"`     // of those, with an API, a download and an open licence
	Points    int `json:"points"`    // sum of the points of their metadata, 0 to MostPoints each
}

// MostPoints is what the metadata of one dataset can have at data.europa.eu.
const MostPoints = 405

// mostStars is how many stars a dataset can have by its metadata alone.
const mostStars = 4

// manyDatasets is from how many datasets on more win nothing.
const manyDatasets = 100

// Add adds the counts of others.
func (f *Facts) Add(g Facts) {
	f.Datasets += g.Datasets
	f.Stars += g.Stars
	f.Formats += g.Formats
	f.API += g.API
	f.Awaited += g.Awaited
	f.Fresh += g.Fresh
	f.HighValue += g.HighValue
	f.Whole += g.Whole
	f.Points += g.Points
}

// A Part is one of the things that openness is made of. Weights are 100 in all.
type Part struct {
	Key    string
	Weight int
	Label  catalog.Text
	Rule   catalog.Text // how its 0 to 100 are made
	of     func(Facts) float64
}

// Parts are the parts of the index, in the order in which they are told.
func Parts() []Part { return parts }

var parts = []Part{
	{
		"datasets", 15, text("Quantità", "Quantity"), text(
			"Quanti dataset: 100 × ln(1 + n) / ln(1 + 100), al massimo 100. Da 100 dataset in poi contarne di più non aggiunge nulla.",
			"How many datasets: 100 × ln(1 + n) / ln(1 + 100), at most 100. From 100 datasets on, more add nothing."),
		func(f Facts) float64 { return 100 * math.Log1p(float64(f.Datasets)) / math.Log1p(manyDatasets) },
	},
	{
		"stars", 20, text("Stelle", "Stars"), text(
			"La media delle stelle degli open data, da 0 a 4, divisa per 4: licenza aperta, dati strutturati, formato aperto, RDF.",
			"The mean of the stars of open data, 0 to 4, divided by 4: open licence, structured data, open format, RDF."),
		func(f Facts) float64 { return share(f.Stars, mostStars*f.Datasets) },
	},
	{
		"formats", 10, text("Formati", "Formats"), text(
			"Quota dei dataset che si possono avere in almeno due formati aperti leggibili dalle macchine.",
			"Share of the datasets that can be had in at least two open machine-readable formats."),
		func(f Facts) float64 { return share(f.Formats, f.Datasets) },
	},
	{
		"api", 15, text("API", "API"), text(
			"Quota dei dataset i cui dati si interrogano con un’API.",
			"Share of the datasets whose data an API answers for."),
		func(f Facts) float64 { return share(f.API, f.Datasets) },
	},
	{
		"fresh", 20, text("Freschezza", "Freshness"), text(
			"Quota dei dataset aggiornati in tempo, tra quelli che promettono aggiornamenti o non dicono la frequenza. Chi non la dice non è in tempo.",
			"Share of the datasets that are on time, among those that promise updates or do not tell how often. Those that do not tell are not on time."),
		func(f Facts) float64 { return share(f.Fresh, f.Awaited) },
	},
	{
		"hvd", 5, text("Dati di elevato valore", "High-value data"), text(
			"Quota dei dataset di elevato valore che hanno API, scaricamento e licenza aperta, come chiede il regolamento (UE) 2023/138. Senza dataset di elevato valore è 0.",
			"Share of the high-value datasets with an API, a download and an open licence, as Regulation (EU) 2023/138 asks. Without high-value datasets it is 0."),
		func(f Facts) float64 { return share(f.Whole, f.HighValue) },
	},
	{
		"mqa", 15, text("Qualità dei metadati", "Quality of metadata"), text(
			"La media dei punti di data.europa.eu (MQA), da 0 a 405, divisa per 405.",
			"The mean of the points of data.europa.eu (MQA), 0 to 405, divided by 405."),
		func(f Facts) float64 { return share(f.Points, MostPoints*f.Datasets) },
	},
}

func text(it, en string) catalog.Text { return catalog.Text{"it": it, "en": en} }

// share is a part of a whole in hundredths; of nothing it is none.
func share(part, whole int) float64 {
	if whole <= 0 {
		return 0
	}
	return 100 * float64(part) / float64(whole)
}

// A Score is the index of one body. Every number is from 0 to 100, with one
// digit after the point.
type Score struct {
	Parts []float64 // in the order of Parts
	Total float64
}

// Score works the formula. Of no datasets every number is 0.
func (f Facts) Score() Score {
	s := Score{Parts: make([]float64, len(parts))}
	if f.Datasets <= 0 {
		return s
	}
	sum := 0.0
	for i, p := range parts {
		v := min(max(p.of(f), 0), 100)
		sum += v * float64(p.Weight)
		s.Parts[i] = round(v)
	}
	s.Total = round(sum / 100)
	return s
}

func round(v float64) float64 { return math.Round(v*10) / 10 }

// openFormats counts the open formats for machines in which d can be had.
// Every table is given as CSV and as JSON, whatever it came as.
func openFormats(d *catalog.Dataset) int {
	seen := make(map[string]bool)
	for i := range d.Distributions {
		x := &d.Distributions[i]
		if f, ok := vocab.FileType(x.Format); ok && f.MachineReadable && f.NonProprietary {
			seen[f.Code] = true
		}
		if x.Table.Active() {
			seen["CSV"], seen["JSON"] = true, true
		}
	}
	return len(seen)
}
