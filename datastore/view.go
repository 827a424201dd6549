package datastore

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"portico/catalog"
)

// snapshotTypes are the types under which the columns of a snapshot are told.
var snapshotTypes = map[catalog.ColumnType]string{
	catalog.Integer: "int8", catalog.Decimal: "numeric", catalog.Boolean: "bool", catalog.Day: "date",
	catalog.TimeOfDay: "time", catalog.Timestamp: "timestamp", catalog.String: "text", catalog.Geometry: "text",
}

// Snapshot returns a snapshot in the form of a table that was written through
// the API. Its rows are numbered from 1.
func (t *Tables) Snapshot(ctx context.Context, s Store, snapshot *catalog.Table) (*View, error) {
	id := "snapshot/" + snapshot.Hash
	at := t.hold(id)
	defer t.release(id, at)
	if at.view != nil {
		return at.view, nil
	}
	if snapshot.Rows > maxRows || snapshot.Rows*int64(len(snapshot.Columns)) > maxCells {
		return nil, catalog.Errorf(catalog.Invalid, "the table is too large to be searched; download it").
			Italian("la tabella è troppo grande per la ricerca: va scaricata")
	}
	v := &View{Head: Head{Count: snapshot.Rows, Version: snapshot.Hash}}
	for _, c := range snapshot.Columns {
		v.Fields = append(v.Fields, Field{ID: c.Name, Type: snapshotTypes[c.Type]})
	}
	rows, closer, err := s.Rows(ctx, snapshot, 0, -1)
	if err != nil {
		return nil, fmt.Errorf("read a snapshot: %w", err)
	}
	defer func() { _ = closer.Close() }()
	shared := map[string]string{}
	for cells, err := range rows.All {
		if err != nil {
			return nil, fmt.Errorf("read a snapshot: %w", err)
		}
		row := Row{ID: int64(len(v.Rows)) + 1, Cells: make([]any, len(v.Fields))}
		for i, c := range cells {
			row.Cells[i] = fromSnapshot(v.Fields[i], c, shared)
		}
		v.Rows = append(v.Rows, row)
	}
	at.view = v
	return v, nil
}

// fromSnapshot makes a cell of a value of a snapshot.
func fromSnapshot(f Field, v any, shared map[string]string) any {
	switch v := v.(type) {
	case int64, bool:
		return v
	case float64:
		return json.Number(strconv.FormatFloat(v, 'f', -1, 64))
	case time.Time:
		return v.UTC().Format(shownForms[f.Type])
	case time.Duration:
		return time.Time{}.Add(v).Format(shownForms["time"])
	case string:
		return share(shared, v)
	}
	return nil
}
