package api

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"portico/catalog"
	"portico/datastore"
)

// tableMetadata is the name under which CKAN lists its tables.
const tableMetadata = "_table_metadata"

// metadataFields are the columns of that list.
var metadataFields = []datastore.Field{{ID: "name", Type: "text"}, {ID: "oid", Type: "text"}, {ID: "alias_of", Type: "text"}}

// metadataTypes are the types under which they are told.
var metadataTypes = map[string]string{datastore.IDField: "int", "name": "name", "oid": "oid", "alias_of": "name"}

// searchTableMetadata answers a search in the list of the tables that the
// actor of ctx may see, with their other names.
func (s *Server) searchTableMetadata(ctx context.Context, in *args, q *rowSearch) (result, error) {
	if s.rows == nil {
		return nil, noTable(tableMetadata)
	}
	rows, err := s.listTables(ctx)
	if err != nil {
		return nil, err
	}
	page, err := q.run(ctx, datastore.Listed(metadataFields, rows), in)
	if err != nil {
		return nil, err
	}
	for i, f := range page.Fields {
		page.Fields[i].Type = metadataTypes[f.ID]
		if f.ID != datastore.IDField {
			continue
		}
		for _, r := range page.Rows {
			n, _ := r[i].(int64)
			sum := sha256.Sum256(fmt.Append(nil, rows[n-1]))
			const shown = 8
			r[i] = hex.EncodeToString(sum[:shown])
		}
	}
	return q.answer(tableMetadata, page), nil
}

// listTables returns name, number and alias of every table that may be seen.
func (s *Server) listTables(ctx context.Context) ([][]any, error) {
	var out [][]any
	add := func(name string, of any) { out = append(out, []any{name, oidOf(name), of}) }
	const page = 500
	for after := ""; ; {
		ds, _, err := s.datasets.ListDatasets(ctx, catalog.DatasetFilter{After: after, Limit: page})
		if err != nil {
			return nil, err
		}
		for _, d := range ds {
			after = d.ID
			for i := range d.Distributions {
				if err := s.addTables(ctx, &d.Distributions[i], add); err != nil {
					return nil, err
				}
			}
		}
		if len(ds) < page {
			break
		}
	}
	slices.SortFunc(out, func(a, b []any) int { return slices.Compare([]string{a[0].(string)}, []string{b[0].(string)}) })
	return out, nil
}

// addTables calls add with the tables of a distribution and their other names.
func (s *Server) addTables(ctx context.Context, x *catalog.Distribution, add func(name string, of any)) error {
	if !x.Table.Active() {
		return nil
	}
	add(x.ID, nil)
	for i := range x.Table.Others {
		add(x.ID+"."+strconv.Itoa(i+2), nil)
	}
	aliases, err := s.records.Records(ctx, catalog.RecordTableAlias, x.ID, "")
	if err != nil {
		return err
	}
	for _, a := range aliases {
		add(a.Key, x.ID)
	}
	return nil
}

// oidOf makes a number of a name, as PostgreSQL has one of each table.
func oidOf(name string) string {
	sum := sha256.Sum256([]byte(name))
	const least = 16384 // the first that is not PostgreSQL's own
	return strconv.FormatUint(uint64(binary.BigEndian.Uint32(sum[:])>>1)+least, 10)
}

// datastoreHistory answers datastore_history: the snapshots of a table, with
// what changed from each to the next.
func (s *Server) datastoreHistory(ctx context.Context, in *args) (result, error) {
	id := tableID(in)
	if err := in.err(); err != nil {
		return nil, err
	}
	d, x, err := s.readableResource(ctx, id)
	if err != nil && catalog.KindOf(err) == catalog.NotFound {
		return nil, noTable(id)
	}
	if err != nil {
		return nil, err
	}
	shown := []shownSnapshot{}
	if s.history != nil {
		all, err := s.history.List(ctx, x.ID)
		if err != nil {
			return nil, err
		}
		for _, snap := range all {
			shown = append(shown, s.showSnapshot(d, x, snap))
		}
	}
	out := map[string]any{"resource_id": x.ID, "package_id": d.ID, "snapshots": shown, "error": nil}
	if x.Table != nil && x.Table.Error != "" {
		out["error"] = x.Table.Error
	}
	return one(mustJSON(out)), nil
}

// A shownSnapshot is a snapshot as datastore_history tells of it.
type shownSnapshot struct {
	Hash    string            `json:"hash"`
	Taken   string            `json:"taken"`
	Rows    int64             `json:"rows"`
	Columns int               `json:"columns"`
	Current bool              `json:"current"`
	URL     string            `json:"url"`
	Change  *datastore.Change `json:"change"`
	Summary json.RawMessage   `json:"summary"` // of the change, by language
}

func (s *Server) showSnapshot(d *catalog.Dataset, x *catalog.Distribution, snap datastore.Snapshot) shownSnapshot {
	out := shownSnapshot{
		Hash: snap.Hash, Taken: snap.Taken.UTC().Format(ckanTime), Rows: snap.Rows, Columns: len(snap.Columns),
		Current: x.Table != nil && x.Table.Hash == snap.Hash, Change: snap.Change, Summary: json.RawMessage("null"),
		URL: s.site.Link("/dataset/" + d.ID + "/resource/" + x.ID + "/snapshot/" + snap.Hash + "/data.csv"),
	}
	if snap.Change != nil {
		out.Summary = mustJSON(snap.Change.Text())
	}
	return out
}
