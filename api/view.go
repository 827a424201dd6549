package api

import (
	"context"
	"encoding/json"

	"github.com/google/uuid"

	"portico/api/schema"
	"portico/catalog"
)

func (s *Server) addViewActions(t map[string]action) {
	id := param{"id", "text", "the ID of the view"}
	resource := param{"resource_id", "text", "the ID of the distribution that it shows"}
	title := param{"title", "text", "its title"}
	description := param{"description", "text", "what it shows, in Markdown"}
	kind := param{"view_type", "text", "image_view, text_view, datatables_view and the other types of CKAN's own"}
	tables := param{"create_datastore_views", "true or false", "whether to make those that show a table, rather than the others"}
	fields := param{"filter_fields", "list", "the columns by which it is narrowed"}
	values := param{"filter_values", "list", "the value of each of them"}
	t["resource_view_show"] = read(asGiven, s.viewShow, "One view of a distribution: a way in which it is shown.", id)
	t["resource_view_list"] = read(readID, s.viewList, "The views of a distribution, in their order.",
		param{"id", "text", "the ID of the distribution"})
	t["resource_view_create"] = write(asGiven, s.viewCreate, "Adds a view to a distribution; settings of its type stand beside these.",
		resource, title, description, kind, fields, values)
	t["resource_view_update"] = write(asGiven, s.viewUpdate, "Changes a view.", id, resource, title, description, kind, fields, values)
	t["resource_view_delete"] = write(readID, s.viewDelete, "Deletes a view.", id)
	t["resource_view_reorder"] = write(asGiven, s.viewReorder, "Changes the order of the views of a distribution.",
		param{"id", "text", "the ID of the distribution"}, param{"order", "list", "the IDs of views; the others follow"})
	t["resource_view_clear"] = write(asGiven, s.viewClear, "Deletes all views, or those of some types.",
		param{"view_types", "list", "only these types"}).only(sysadmin)
	t["resource_create_default_resource_views"] = write(asGiven, s.defaultViewsOfResource, "Adds the usual views to a distribution that has none of them.",
		param{"resource", "object", "the distribution, with its id"}, param{"package", "object", "accepted for CKAN's sake"}, tables)
	t["package_create_default_resource_views"] = write(asGiven, s.defaultViewsOfPackage, "Adds the usual views to the distributions of a dataset.",
		param{"package", "object", "the dataset, with its id"}, tables)
}

// A view is a way in which a distribution is shown, in the form in which it is
// kept.
type view struct {
	Title       string                     `json:"title"`
	Description *string                    `json:"description"`
	Type        string                     `json:"view_type"`
	Settings    map[string]json.RawMessage `json:"settings,omitempty"`
}

func viewOfRecord(r *catalog.Record) (*view, error) {
	var v view
	return &v, json.Unmarshal(r.Body, &v)
}

// kept returns v as it is kept.
func (v *view) kept() (json.RawMessage, error) {
	const most = 64 << 10
	body := mustJSON(v)
	if len(body) > most {
		return nil, catalog.Errorf(catalog.Invalid, "The view is too large").Italian("La vista è troppo grande")
	}
	return body, nil
}

// json returns the view as CKAN shows it.
func (v *view) json(id, resource, dataset string) []byte {
	m := make(map[string]any, len(v.Settings))
	for k, x := range v.Settings {
		m[k] = x
	}
	m["id"], m["resource_id"], m["package_id"] = id, resource, dataset
	m["title"], m["description"], m["view_type"] = v.Title, v.Description, v.Type
	return mustJSON(m)
}

// readableResource returns a distribution that the actor may see, and its
// dataset.
func (s *Server) readableResource(ctx context.Context, id string) (*catalog.Dataset, *catalog.Distribution, error) {
	if len(id) > maxRef {
		return nil, nil, noDistribution()
	}
	d, x, err := s.distribution(ctx, id)
	if err != nil && catalog.KindOf(err) == catalog.Denied {
		err = notAuthorized(ctx, "read resource "+id)
	}
	return d, x, err
}

// editableResource returns a distribution that the actor may change. What they
// may not is told to be denied, whether they may see it or not.
func (s *Server) editableResource(ctx context.Context, id, denied string) (*catalog.Dataset, *catalog.Distribution, error) {
	d, x, err := s.readableResource(ctx, id)
	if err == nil && !mayEdit(catalog.ActorOf(ctx), d) || err != nil && catalog.KindOf(err) == catalog.Denied {
		err = notAuthorized(ctx, denied+" "+id)
	}
	return d, x, err
}

func (s *Server) viewShow(ctx context.Context, a *args) (result, error) {
	id := a.required("id")
	if err := a.err(); err != nil {
		return nil, err
	}
	r, err := s.viewRecord(ctx, id, "Resource view not found, cannot check auth.")
	if err != nil {
		return nil, err
	}
	d, x, err := s.readableResource(ctx, r.About)
	if err != nil {
		return nil, err
	}
	v, err := viewOfRecord(r)
	return one(v.json(r.Key, x.ID, d.ID)), err
}

// viewRecord returns a view, or CKAN's words for that there is none.
func (s *Server) viewRecord(ctx context.Context, id, missing string) (*catalog.Record, error) {
	if len(id) > maxRef {
		return nil, withDetail(catalog.NotFound, missing)
	}
	r, err := s.records.Record(ctx, catalog.RecordView, id)
	if err != nil && catalog.KindOf(err) == catalog.NotFound && missing != "" {
		err = withDetail(catalog.NotFound, missing)
	}
	return r, err
}

func (s *Server) viewList(ctx context.Context, id string) (result, error) {
	d, x, err := s.readableResource(ctx, id)
	if err != nil {
		return nil, err
	}
	records, err := s.records.Records(ctx, catalog.RecordView, x.ID, "")
	if err != nil {
		return nil, err
	}
	items := make([][]byte, len(records))
	for i, r := range records {
		v, err := viewOfRecord(r)
		if err != nil {
			return nil, err
		}
		items[i] = v.json(r.Key, x.ID, d.ID)
	}
	return listOf("", items, ""), nil
}

// maxViews is how many views one distribution may have.
const maxViews = 100

func (s *Server) viewCreate(ctx context.Context, a *args) (result, error) {
	in, err := schema.View(ctx, s.schemaContext(ctx, nil), a.given)
	if err != nil {
		return nil, err
	}
	resource := toText(in["resource_id"])
	dataset, err := s.datasets.DatasetOfDistribution(ctx, resource)
	if err != nil {
		return nil, err
	}
	if err := s.mayCreateResource(ctx, dataset); err != nil {
		return nil, err
	}
	v := &view{Type: toText(in["view_type"])}
	v.take(in)
	return s.addView(ctx, v, dataset, resource)
}

// mayCreateResource refuses who may not add distributions to a dataset.
func (s *Server) mayCreateResource(ctx context.Context, dataset string) error {
	d, err := s.dataset(ctx, dataset)
	switch {
	case err != nil && catalog.KindOf(err) != catalog.Denied:
		return err
	case err != nil || !mayEdit(catalog.ActorOf(ctx), d):
		return notAuthorized(ctx, "create resources on dataset "+dataset)
	}
	return nil
}

// take takes what a client has said of a view, as the schema has cleaned it.
func (v *view) take(in map[string]any) {
	v.Settings = map[string]json.RawMessage{}
	for k, x := range in {
		switch k {
		case "id", "resource_id", "package_id", "view_type":
		case "title":
			v.Title = toText(x)
		case "description":
			text := toText(x)
			v.Description = &text
		default:
			v.Settings[k] = mustJSON(x)
		}
	}
}

// addView keeps a new view of a distribution, after those that it has.
func (s *Server) addView(ctx context.Context, v *view, dataset, resource string) (result, error) {
	old, err := s.records.Records(ctx, catalog.RecordView, resource, "")
	if err != nil {
		return nil, err
	}
	if len(old) >= maxViews {
		return nil, catalog.Errorf(catalog.Invalid, "The resource has too many views").Italian("La risorsa ha troppe viste")
	}
	body, err := v.kept()
	if err != nil {
		return nil, err
	}
	r := &catalog.Record{Kind: catalog.RecordView, Key: uuid.NewString(), About: resource, Body: body}
	if len(old) > 0 {
		r.Position = old[len(old)-1].Position + 1
	}
	return one(v.json(r.Key, resource, dataset)), s.records.PutRecord(ctx, r)
}
