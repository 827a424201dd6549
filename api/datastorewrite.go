package api

import (
	"context"
	"strconv"

	"portico/catalog"
	"portico/datastore"
)

func (s *Server) datastoreUpsert(ctx context.Context, in *args) (result, error) {
	id, method := tableID(in), writeMethod(in)
	if err := in.err(); err != nil {
		return nil, err
	}
	d, x, err := s.writable(ctx, in, id)
	if err == nil {
		err = s.adopt(ctx, d, x)
	}
	if err != nil {
		return nil, err
	}
	rows, ok := records(in.given["records"])
	if !ok {
		rows = append(rows, map[string]any{}) // it lacks the key, says CKAN of what is no object
	}
	set, err := s.desk.Write(ctx, id, method, rows, isTrue(in.given["dry_run"]))
	if err != nil {
		return nil, rowFault(tableMissing(err, id))
	}
	if err := s.desk.NoteRows(ctx, d.ID, id); err != nil {
		return nil, err
	}
	out := map[string]any{"resource_id": id, "calculate_record_count": "background"}
	for _, k := range []string{"method", "calculate_record_count", "dry_run"} {
		if v := in.given[k]; v != nil {
			out[k] = v
		}
	}
	if isTrue(in.given["include_records"]) {
		v, err := s.writtenRows(ctx, id)
		if err != nil {
			return nil, err
		}
		out["records"] = rowObjects(v.Fields, set)
	}
	return one(mustJSON(out)), nil
}

// writeMethod returns what to do with the records.
func writeMethod(in *args) datastore.Method {
	switch m := datastore.Method(in.text("method")); m {
	case datastore.Upsert, datastore.Insert, datastore.Update:
		return m
	case "":
	default:
		in.fault("method", "Value must be one of ['upsert', 'insert', 'update']")
	}
	return datastore.Upsert
}

// tableMissing says in CKAN's words that there is no table, if that is what is
// wrong.
func tableMissing(err error, id string) error {
	if err != nil && catalog.KindOf(err) == catalog.NotFound {
		return noTable(id)
	}
	return err
}

func (s *Server) datastoreDelete(ctx context.Context, in *args) (result, error) {
	id := tableID(in)
	if f := in.given["filters"]; f != nil {
		if _, ok := f.(map[string]any); !ok {
			in.fault("filters", "filters must be either a dict or null.")
		}
	}
	if err := in.err(); err != nil {
		return nil, err
	}
	d, x, err := s.writable(ctx, in, id)
	if err != nil {
		return nil, err
	}
	if in.given["filters"] != nil {
		if err := s.adopt(ctx, d, x); err != nil {
			return nil, err
		}
		return s.deleteRows(ctx, in, id)
	}
	if err := s.dropTable(ctx, d, x); err != nil {
		return nil, err
	}
	return one(mustJSON(map[string]any{"resource_id": id})), nil
}

// dropTable takes all the rows of x away, wherever they came from.
func (s *Server) dropTable(ctx context.Context, d *catalog.Dataset, x *catalog.Distribution) error {
	err := s.desk.Drop(ctx, x.ID)
	missing := err != nil && catalog.KindOf(err) == catalog.NotFound
	if err != nil && !missing {
		return err
	}
	if missing && !x.Table.Active() {
		return noTable(x.ID)
	}
	err = s.datasets.UpdateDistribution(ctx, d.ID, x.ID, func(x *catalog.Distribution) error {
		written := writtenByAPI(x)
		x.Modified = catalog.Date(s.now().UTC().Format("2006-01-02T15:04:05.999999Z"))
		if x.Table = nil; written {
			x.Table = &catalog.Table{Written: true}
		}
		return nil
	})
	return err
}

func (s *Server) datastoreRecordsDelete(ctx context.Context, in *args) (result, error) {
	id := tableID(in)
	switch in.given["filters"].(type) {
	case nil:
		in.fault("filters", "Missing value")
	case map[string]any:
	default:
		in.fault("filters", "Must be a dict")
	}
	if err := in.err(); err != nil {
		return nil, err
	}
	d, x, err := s.writable(ctx, in, id)
	if err == nil {
		err = s.adopt(ctx, d, x)
	}
	if err != nil {
		return nil, err
	}
	return s.deleteRows(ctx, in, id)
}

// deleteRows takes away the rows that the filters choose.
func (s *Server) deleteRows(ctx context.Context, in *args, id string) (result, error) {
	v, err := s.writtenRows(ctx, id)
	if err != nil {
		return nil, tableMissing(err, id)
	}
	filter, err := datastore.NewFilter(v.Fields, in.given["filters"])
	if err != nil {
		return nil, err
	}
	gone, err := s.desk.DeleteRows(ctx, id, in.given["filters"])
	if err != nil {
		return nil, err
	}
	out := map[string]any{"resource_id": id, "filters": in.given["filters"]}
	if filter != nil {
		out["filterops"] = filter
	}
	if isTrue(in.given["include_deleted_records"]) {
		out["deleted_records"] = rowObjects(v.Fields, gone)
	}
	return one(mustJSON(out)), nil
}

func (s *Server) datastoreRunTriggers(ctx context.Context, in *args) (result, error) {
	id := tableID(in)
	if err := in.err(); err != nil {
		return nil, err
	}
	if s.rows == nil {
		return nil, noTable(id)
	}
	v, err := s.rows.Table(ctx, id)
	if err != nil {
		return nil, tableMissing(err, id)
	}
	return one([]byte(strconv.FormatInt(v.Count, 10))), nil
}

func (s *Server) datastoreFunctionCreate(_ context.Context, in *args) (result, error) {
	in.required("name")
	in.required("definition")
	if err := in.err(); err != nil {
		return nil, err
	}
	return nil, invalidField("definition", "functions are not available on this site")
}

func (s *Server) datastoreFunctionDelete(_ context.Context, in *args) (result, error) {
	name := in.required("name")
	if err := in.err(); err != nil {
		return nil, err
	}
	if isTrue(in.given["if_exists"]) {
		return nothing(), nil
	}
	return nil, invalidField("name", "function "+name+"() does not exist")
}
