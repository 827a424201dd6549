package sql

import (
	"portico/catalog"
	"portico/datastore"
)

// SnapshotColumns returns what can be asked of a snapshot.
func SnapshotColumns(columns []catalog.Column) []Column {
	return WrittenColumns(datastore.SnapshotFields(columns))
}

// WrittenColumns returns what can be asked of a table that is written through
// the API.
func WrittenColumns(fields []datastore.Field) []Column {
	out := []Column{{"_id", "int4"}, {"_full_text", "tsvector"}}
	for _, f := range fields {
		out = append(out, Column{f.ID, f.Type})
	}
	return out
}
