// Package all lists the formats that the program writes tables in.
package all

import (
	"portico/exporter"
	"portico/exporter/csv"
	"portico/exporter/json"
	"portico/exporter/parquet"
)

// Formats returns the formats that have an address of their own. The CSV for
// Excel has none: it is csv with ?excel=1.
func Formats() *exporter.Registry {
	return exporter.NewRegistry(
		csv.Format(),
		parquet.Format(),
		json.Format(),
	)
}
