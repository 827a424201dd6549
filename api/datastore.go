package api

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"portico/catalog"
	"portico/datastore"
)

// maxRowsBody is how large a request that brings rows may be.
const maxRowsBody = 16 << 20

// The parameters that several datastore actions have.
var (
	tableParam   = param{"resource_id", "text", "the ID of the resource, or an alias of its table"}
	tableIDParam = param{"id", "text", "the same as resource_id"}
	forceParam   = param{"force", "true or false", "whether to write though the rows come from a file or an address"}
	recordsParam = param{"records", "list", "the rows, as objects"}
	filtersParam = param{"filters", "object", "columns with the value or values that they must have"}
	countParam   = param{"calculate_record_count", "true or false", "accepted for CKAN's sake; rows are always counted"}
)

func (s *Server) addDatastoreActions(t map[string]action) {
	t["datastore_create"] = write(asGiven, s.datastoreCreate, "Makes the table of a resource, or changes it, and adds rows.",
		tableParam, tableIDParam, param{"resource", "object", "a new resource to make, instead of resource_id"}, forceParam,
		param{"aliases", "list", "other names of the table"}, param{"fields", "list", "the columns: id, type, info"},
		param{"delete_fields", "true or false", "whether to drop the columns that are not in fields"}, recordsParam,
		param{"primary_key", "list", "the columns that are unique together"}, param{"indexes", "list", "the columns that are often asked for"},
		param{"triggers", "list", "refused: there are no functions here"}, countParam,
		param{"include_records", "true or false", "whether to give the new rows back"}).upTo(maxRowsBody)
	t["datastore_upsert"] = write(asGiven, s.datastoreUpsert, "Adds rows to a table, or changes them.",
		tableParam, tableIDParam, forceParam, recordsParam, param{"method", "text", "upsert, insert or update"}, countParam,
		param{"dry_run", "true or false", "whether only to check"},
		param{"include_records", "true or false", "whether to give the written rows back"}).upTo(maxRowsBody)
	t["datastore_delete"] = write(asGiven, s.datastoreDelete, "Takes rows away or, without filters, the whole table.",
		tableParam, tableIDParam, forceParam, filtersParam, countParam,
		param{"include_deleted_records", "true or false", "whether to give the rows back"})
	t["datastore_records_delete"] = write(asGiven, s.datastoreRecordsDelete, "Takes rows away and keeps the table.",
		tableParam, tableIDParam, forceParam, filtersParam, countParam,
		param{"include_deleted_records", "true or false", "whether to give the rows back"})
	t["datastore_search"] = read(asGiven, s.datastoreSearch, "Finds rows of a table.", searchRowsHelp...)
	t["datastore_info"] = read(asGiven, s.datastoreInfo, "What a table is.", tableIDParam, tableParam,
		param{"include_meta", "true or false", "whether to tell its size"},
		param{"include_fields_schema", "true or false", "whether to tell of keys and indexes"})
	t["datastore_history"] = read(asGiven, s.datastoreHistory,
		"The snapshots of a table that are kept, the newest first, each with what has changed since the one before. CKAN has no such action.", tableParam, tableIDParam)
	t["datastore_run_triggers"] = write(asGiven, s.datastoreRunTriggers,
		"Accepted for CKAN's sake: there are no triggers, so nothing changes. Tells how many rows there are.", tableParam).only(sysadmin)
	t["datastore_function_create"] = write(asGiven, s.datastoreFunctionCreate, "Refused: nobody's code runs in our database.",
		param{"name", "text", "the name of the function"}, param{"or_replace", "true or false", "accepted for CKAN's sake"},
		param{"arguments", "list", "accepted for CKAN's sake"}, param{"rettype", "text", "accepted for CKAN's sake"},
		param{"definition", "text", "accepted for CKAN's sake"}).only(sysadmin)
	t["datastore_function_delete"] = write(asGiven, s.datastoreFunctionDelete, "Accepted for CKAN's sake: there are no functions.",
		param{"name", "text", "the name of the function"}, param{"if_exists", "true or false", "whether it may not be there"}).only(sysadmin)
}

// onlyDatastore is the address that CKAN gives a resource that is nothing but
// a table.
const onlyDatastore = "_datastore_only_resource"

// writtenByAPI reports whether the rows of x come through the API.
func writtenByAPI(x *catalog.Distribution) bool {
	return x.URL() == onlyDatastore || x.Table != nil && x.Table.Written
}

// noTable is what CKAN says of a resource without rows.
func noTable(ref string) error {
	return withDetail(catalog.NotFound, `Resource "`+ref+`" was not found.`)
}

// tableID returns the parameter by which a table is named.
func tableID(in *args) string {
	if id := in.text("resource_id"); id != "" {
		return id
	}
	id := in.text("id")
	if id == "" {
		in.fault("resource_id", "Missing value")
	}
	return id
}

// writable returns the distribution whose rows the actor of ctx may change.
func (s *Server) writable(ctx context.Context, in *args, id string) (*catalog.Dataset, *catalog.Distribution, error) {
	if s.rows == nil {
		return nil, nil, catalog.Errorf(catalog.Unavailable, "there is no place for tables").Italian("non c'è spazio per le tabelle")
	}
	d, x, err := s.anyDistribution(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	if !mayEdit(catalog.ActorOf(ctx), d) {
		return nil, nil, notAuthorized(ctx, "perform resource_update on resource "+id)
	}
	if !writtenByAPI(x) && !isTrue(in.given["force"]) {
		return nil, nil, invalidField("read-only", "Cannot edit read-only resource because changes made may be lost. "+
			"Use a resource created for editing e.g. with datastore_create or use \"force=True\" to ignore this warning.")
	}
	return d, x, nil
}

// rowFault tells of a fault in one record as CKAN does.
func rowFault(err error) error {
	e, ok := errors.AsType[*datastore.RowError](err)
	if !ok {
		return err
	}
	fields := map[string]any{"records_row": e.Row}
	for k, v := range e.Err.Fields {
		fields[k] = v
	}
	return &fault{status: http.StatusConflict, typ: "Validation Error", message: e.Error(), fields: fields}
}

// records returns the rows that were sent.
func records(v any) ([]map[string]any, bool) {
	if v == nil {
		return nil, true
	}
	list, ok := v.([]any)
	if !ok {
		return nil, false
	}
	out := make([]map[string]any, len(list))
	for i, x := range list {
		if out[i], ok = x.(map[string]any); !ok {
			return out[:i], false
		}
	}
	return out, true
}

func (s *Server) datastoreCreate(ctx context.Context, in *args) (result, error) {
	def, err := readDefinition(in)
	if err != nil {
		return nil, err
	}
	if out, done, err := s.describe(ctx, in, def); done {
		return out, err
	}
	id, resource, err := s.tableToMake(ctx, in)
	if err != nil {
		return nil, err
	}
	told, added, err := s.makeTable(ctx, in, id, def)
	if resource != nil { // as in CKAN, it is there also when its table cannot be made
		if refused := s.newTableResource(ctx, id, resource, err == nil); refused != nil {
			return nil, refused
		}
	}
	if err != nil {
		return nil, err
	}
	if err := s.noteTable(ctx, id); err != nil {
		return nil, err
	}
	out := s.created(in, told, resource, id)
	if isTrue(in.given["include_records"]) {
		v, err := s.writtenRows(ctx, id)
		if err != nil {
			return nil, err
		}
		out["records"] = rowObjects(v.Fields, added)
	}
	return one(mustJSON(out)), nil
}

// describe keeps what a call says of the columns of a table that is read from
// a file, where it says nothing else. It outlives the file.
func (s *Server) describe(ctx context.Context, in *args, def datastore.Definition) (out result, done bool, err error) {
	id := cmp.Or(in.text("resource_id"), in.text("id"))
	if id == "" || s.rows == nil || !onlyDescribes(in, def) {
		return nil, false, nil
	}
	d, x, err := s.anyDistribution(ctx, id)
	if err != nil || !x.Table.Active() || x.Table.Written {
		return nil, false, nil //nolint:nilerr // whoever makes the table will tell
	}
	if !hasColumns(x.Table, def.Fields) {
		return nil, false, nil
	}
	if !mayEdit(catalog.ActorOf(ctx), d) {
		return nil, true, notAuthorized(ctx, "perform resource_update on resource "+id)
	}
	again, err := s.rows.Describe(ctx, x.ID, def.Fields)
	if err != nil {
		return nil, true, err
	}
	if again {
		s.askToLoad(ctx, d.ID, x.ID, true)
	}
	return one(mustJSON(s.created(in, def.Fields, nil, x.ID))), true, nil
}

// onlyDescribes reports whether a call names columns and nothing else. Anything
// else changes the table, which then is no longer that of its file.
func onlyDescribes(in *args, def datastore.Definition) bool {
	for _, more := range []string{"resource", "records", "primary_key", "indexes", "aliases", "triggers"} {
		if isTrue(in.given[more]) {
			return false
		}
	}
	return len(def.Fields) > 0 && !def.DeleteFields
}

// hasColumns reports whether a table has all the given columns: one that is new
// is to be made, not described.
func hasColumns(t *catalog.Table, fields []datastore.Field) bool {
	for _, f := range fields {
		if !slices.ContainsFunc(t.Columns, func(c catalog.Column) bool { return c.Name == f.ID }) {
			return false
		}
	}
	return true
}

// adopt makes rows that come from a file ones that can be written, where who
// writes insists.
func (s *Server) adopt(ctx context.Context, d *catalog.Dataset, x *catalog.Distribution) error {
	if !x.Table.Active() || x.Table.Written {
		return nil
	}
	v, err := s.rowsOf(ctx, rowsRef{d, x, 1, x.ID})
	if err != nil {
		return err
	}
	if err := s.rows.Adopt(ctx, x.ID, v); err != nil {
		return err
	}
	return s.noteTable(ctx, x.ID)
}

// makeTable makes or changes the table of a distribution.
func (s *Server) makeTable(ctx context.Context, in *args, id string, def datastore.Definition) ([]datastore.Field, []datastore.Row, error) {
	if f := in.given["triggers"]; f != nil && isTrue(f) {
		return nil, nil, noFunction(f)
	}
	rows, ok := records(in.given["records"])
	if !ok && len(rows) == 0 {
		return nil, nil, invalidField("records", "The first row is not a json object")
	}
	if !ok {
		return nil, nil, invalidField("records", "a row is not a json object")
	}
	if def.Records = rows; len(rows) > 0 {
		def.Keys = slices.Sorted(maps.Keys(rows[0]))
	}
	told, added, err := s.desk.Create(ctx, id, def)
	if err != nil {
		return nil, nil, rowFault(err)
	}
	return told, added, nil
}

// created is the answer of datastore_create: what was asked for, with what it
// was taken for.
func (s *Server) created(in *args, told []datastore.Field, resource map[string]any, id string) map[string]any {
	out := map[string]any{"resource_id": id, "method": "insert", "calculate_record_count": "background", "delete_fields": isTrue(in.given["delete_fields"])}
	if v := in.given["calculate_record_count"]; v != nil {
		out["calculate_record_count"] = v
	}
	if v := in.given["aliases"]; v != nil {
		out["aliases"] = v
	}
	for _, k := range []string{"primary_key", "indexes"} {
		if in.has(k) {
			out[k] = names(in, k)
		}
	}
	if asked, ok := in.given["fields"].([]any); ok {
		out["fields"] = told[:min(len(asked), len(told))]
	}
	if resource != nil {
		out["resource"] = resource
	}
	extras := map[string]any{}
	for k, v := range in.given {
		if !slices.ContainsFunc(s.actions["datastore_create"].params, func(p param) bool { return p.name == k }) {
			extras[k] = v
		}
	}
	if len(extras) > 0 {
		out["__extras"] = extras
	}
	return out
}

// names returns a list of columns, which may be one text with commas. What was
// not given is nil.
func names(in *args, key string) []string {
	if !in.has(key) {
		return nil
	}
	out := []string{}
	for _, n := range in.commaList(key) {
		if n = strings.TrimSpace(n); n != "" {
			out = append(out, n)
		}
	}
	return out
}

// readDefinition reads what a table is to be, and checks the shape of it.
func readDefinition(in *args) (datastore.Definition, error) {
	def := datastore.Definition{
		Key: names(in, "primary_key"), Indexes: names(in, "indexes"), Aliases: names(in, "aliases"), DeleteFields: isTrue(in.given["delete_fields"]),
	}
	fields, ok := records(in.given["fields"])
	if !ok {
		kind := map[bool]string{true: "list", false: "str"}
		_, list := in.given["fields"].([]any)
		return def, &fault{status: http.StatusBadRequest, typ: "Integrity Error", fields: map[string]any{
			"message": "Only lists of dicts can be placed against subschema ('fields',), not <class '" + kind[list] + "'>",
			"data":    map[string]any{"fields": in.given["fields"]},
		}}
	}
	wrong, faulty := make([]any, len(fields)), false
	for i, f := range fields {
		id := toText(f["id"])
		wrong[i] = map[string]any{}
		switch {
		case id == "":
			wrong[i], faulty = map[string]any{"id": []string{"Missing value"}}, true
		case !datastore.ValidName(id):
			wrong[i], faulty = map[string]any{"id": []string{`"` + id + `" is not a valid field name`}}, true
		}
		field := datastore.Field{ID: id, Type: toText(f["type"])}
		if info, ok := f["info"].(map[string]any); ok {
			field.Info = mustJSON(info)
		}
		def.Fields = append(def.Fields, field)
	}
	if faulty {
		return def, &fault{status: http.StatusConflict, typ: "Validation Error", fields: map[string]any{"fields": wrong}}
	}
	return def, nil
}

// noFunction is what CKAN says of a trigger whose function is not there.
func noFunction(triggers any) error {
	name := ""
	if list, ok := triggers.([]any); ok && len(list) > 0 {
		if t, ok := list[0].(map[string]any); ok {
			name = toText(t["function"])
		}
	}
	return invalidField("triggers", "function "+name+"() does not exist")
}

// tableToMake returns the ID of the distribution that is to have a table, and
// what was said of it when it is to be made, too.
func (s *Server) tableToMake(ctx context.Context, in *args) (id string, resource map[string]any, err error) {
	asked, _ := in.given["resource"].(map[string]any)
	if id = in.text("resource_id"); id == "" {
		id = in.text("id")
	}
	switch {
	case id != "" && len(asked) > 0:
		return "", nil, invalidField("resource", "resource cannot be used with resource_id")
	case id == "" && len(asked) == 0:
		return "", nil, catalog.Errorf(catalog.Invalid, "Missing id, can not get Resource object")
	case s.rows == nil:
		return "", nil, catalog.Errorf(catalog.Unavailable, "there is no place for tables").Italian("non c'è spazio per le tabelle")
	case id != "":
		return id, nil, s.takeOver(ctx, in, id)
	}
	if resource, err = s.resourceToMake(ctx, asked); err != nil {
		return "", nil, err
	}
	return uuid.NewString(), resource, nil
}

// takeOver makes the table of a distribution that is there one that can be
// written. One that is not there is a wrong parameter, as in CKAN.
func (s *Server) takeOver(ctx context.Context, in *args, id string) error {
	d, x, err := s.writable(ctx, in, id)
	if err == nil {
		err = s.adopt(ctx, d, x)
	}
	if err != nil && catalog.KindOf(err) == catalog.NotFound {
		return invalidField("resource_id", "Resource not found: "+id)
	}
	return err
}

// resourceToMake returns what is to be said of a resource that a table is made
// with. It asks for the right to make it first, before there is a table.
func (s *Server) resourceToMake(ctx context.Context, asked map[string]any) (map[string]any, error) {
	ref := toText(asked["package_id"])
	d, err := s.anyDataset(ctx, ref)
	if err != nil {
		return nil, err
	}
	if !mayEdit(catalog.ActorOf(ctx), d) {
		return nil, notAuthorized(ctx, "perform package_update on resource "+ref)
	}
	resource := maps.Clone(asked)
	resource["url"] = onlyDatastore
	return resource, nil
}

// newTableResource makes the resource of a table. When it cannot be, the table
// goes, where there is one.
func (s *Server) newTableResource(ctx context.Context, id string, resource map[string]any, made bool) error {
	given := maps.Clone(resource)
	given["id"], given["url_type"], given["last_modified"] = id, "datastore", s.now().UTC().Format(ckanTime)
	in := &args{given: given}
	if made {
		_, public, err := s.desk.HeldRows(ctx, id)
		if err != nil {
			return err
		}
		in.table = s.writtenTable(public)
	}
	_, err := s.resourceCreate(ctx, in)
	if err != nil && made {
		return errors.Join(err, s.desk.Drop(ctx, id))
	}
	return err
}

// noteTable notes with a distribution that it has rows. Which columns they
// have the table itself knows: it may change them with every call, and the
// dataset would seem to change each time.
func (s *Server) noteTable(ctx context.Context, id string) error {
	d, x, err := s.anyDistribution(ctx, id)
	if err != nil {
		return err
	}
	held, public, err := s.desk.HeldRows(ctx, id)
	if err != nil {
		return err
	}
	if held {
		if err := s.desk.NoteRows(ctx, d.ID, id); err != nil {
			return err
		}
	}
	if !public && x.Table.Active() || x.Table != nil && x.Table.Written && x.Table.Active() == public {
		return nil
	}
	return s.datasets.UpdateDistribution(ctx, d.ID, id, func(x *catalog.Distribution) error {
		x.Table = s.writtenTable(public)
		return nil
	})
}

// writtenTable says of a distribution that it has rows that came by the API,
// or that it will have when those that wait are public.
func (s *Server) writtenTable(public bool) *catalog.Table {
	if !public {
		return &catalog.Table{Written: true}
	}
	return &catalog.Table{Written: true, Taken: s.now().UTC().Truncate(time.Microsecond)}
}

// writtenRows returns the table that was just written to, by who may read it.
func (s *Server) writtenRows(ctx context.Context, id string) (*datastore.View, error) {
	table, err := s.desk.Written(ctx, id)
	if err != nil {
		return nil, err
	}
	return s.rows.Table(ctx, table)
}
