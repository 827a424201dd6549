package json

import (
	"context"
	"io"

	"portico/exporter"
)

// Lines returns NDJSON: an object a line, as Format has them, for programs
// that read line by line.
func Lines() exporter.Format {
	return exporter.Format{
		Name:      "ndjson",
		Title:     "NDJSON",
		MediaType: "application/x-ndjson",
		Special:   true,
		Write: func(ctx context.Context, w io.Writer, rows exporter.Rows) error {
			return write(ctx, w, rows, shape{between: "\n", last: "\n", row: objectOf(rows.Columns)})
		},
	}
}
