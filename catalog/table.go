package catalog

import "time"

// A Table is a snapshot of the rows of a distribution: one Parquet file in
// package blob, from which every download is made (decision D5).
type Table struct {
	Hash    string    `json:"hash"` // SHA-256 of the Parquet file
	File    string    `json:"file"` // SHA-256 of the original that it was read from
	Sheet   string    `json:"sheet,omitempty"`
	Rows    int64     `json:"rows"`
	Columns []Column  `json:"columns"`
	Taken   time.Time `json:"taken"`
	Notes   []string  `json:"notes,omitempty"` // what the reader decided or left out, for people
	Error   string    `json:"error,omitempty"` // why the latest load failed; the snapshot before it stays
	// Others are the other tables of the same file, a sheet each.
	Others []Table `json:"others,omitempty"`
	// Written says that rows come through the API: they are not in a snapshot,
	// Hash is "" and Taken is when there first were rows; zero = there are none.
	Written bool `json:"written,omitempty"`
}

// Active reports whether there are rows.
func (t *Table) Active() bool {
	return t != nil && (t.Hash != "" || t.Written && !t.Taken.IsZero())
}

// A Column is one column of a Table.
type Column struct {
	Name        string     `json:"name"`             // clean and unique
	Header      string     `json:"header,omitempty"` // as it stands in the original
	Type        ColumnType `json:"type"`
	Title       Text       `json:"title,omitempty"`
	Unit        string     `json:"unit,omitempty"`
	Description Text       `json:"description,omitempty"` // what the values mean, by the publisher
	Scale       int        `json:"scale,omitempty"`       // digits after the point, for Decimal
}

// A ColumnType is the type of a column's values.
type ColumnType string

// The types of column, with the Go type of their values; null is nil.
const (
	Integer   ColumnType = "integer"   // int64
	Decimal   ColumnType = "decimal"   // float64
	Boolean   ColumnType = "boolean"   // bool
	Day       ColumnType = "date"      // time.Time, midnight UTC
	TimeOfDay ColumnType = "time"      // time.Duration since midnight
	Timestamp ColumnType = "timestamp" // time.Time, UTC
	String    ColumnType = "text"      // string
	Geometry  ColumnType = "geometry"  // string, GeoJSON
)
