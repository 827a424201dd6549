// Package all lists the formats that the program writes tables in.
package all

import (
	"portico/exporter"
	"portico/exporter/csv"
	"portico/exporter/csvw"
	"portico/exporter/json"
	"portico/exporter/parquet"
	"portico/exporter/xlsx"
)

// Formats returns the formats that have an address of their own. The CSV for
// Excel has none: it is csv with ?excel=1.
func Formats() *exporter.Registry {
	return exporter.NewRegistry(
		csv.Format(),
		xlsx.Format(),
		parquet.Format(),
		json.Format(),
		json.GeoJSON(),
		csv.TSV(),
		json.Lines(),
		csvw.Turtle(),
		csvw.NTriples(),
		csvw.Metadata(),
	)
}
