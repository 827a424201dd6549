// Package parquet writes tables as Parquet, for programs that read columns.
package parquet

import (
	"context"
	"io"

	"portico/exporter"
	"portico/internal/parquetfile"
)

// Format returns Parquet: typed columns in their order, compressed with zstd,
// with statistics by which readers skip what they need not read.
func Format() exporter.Format {
	return exporter.Format{
		Name:      "parquet",
		Title:     "Parquet",
		MediaType: "application/vnd.apache.parquet",
		Write: func(ctx context.Context, w io.Writer, rows exporter.Rows) error {
			_, err := parquetfile.Write(ctx, w, rows.Columns, rows.All)
			return err
		},
	}
}
