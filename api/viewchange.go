package api

import (
	"context"
	"slices"
	"strings"

	"portico/api/schema"
	"portico/catalog"
)

// viewUpdate changes what is given of a view; its settings are those given.
func (s *Server) viewUpdate(ctx context.Context, a *args) (result, error) {
	id := a.required("id")
	if err := a.err(); err != nil {
		return nil, err
	}
	r, err := s.viewRecord(ctx, id, "Resource view was not found.")
	if err != nil {
		return nil, err
	}
	d, x, err := s.editableResource(ctx, r.About, "edit resource")
	if err != nil {
		return nil, err
	}
	v, err := viewOfRecord(r)
	if err != nil {
		return nil, err
	}
	in, err := schema.View(ctx, s.schemaContext(ctx, map[string]any{"id": r.Key, "view_type": v.Type, "title": v.Title}), a.given)
	if err != nil {
		return nil, err
	}
	if other := toText(in["resource_id"]); other != "" && other != x.ID {
		return nil, catalog.Errorf(catalog.Invalid, "A view stays with its resource").Italian("Una vista resta con la sua risorsa")
	}
	v.take(in)
	if r.Body, err = v.kept(); err != nil {
		return nil, err
	}
	return one(v.json(r.Key, x.ID, d.ID)), s.records.PutRecord(ctx, r)
}

func (s *Server) viewDelete(ctx context.Context, id string) (result, error) {
	r, err := s.viewRecord(ctx, id, "")
	if err != nil {
		return nil, err
	}
	if _, _, err := s.editableResource(ctx, r.About, "delete resource"); err != nil {
		return nil, err
	}
	return one(mustJSON(map[string]string{"resource_id": r.About})), s.records.RemoveRecord(ctx, catalog.RecordView, r.Key)
}

func (s *Server) viewReorder(ctx context.Context, a *args) (result, error) {
	id := a.required("id")
	order, err := readOrder(a)
	if err != nil {
		return nil, err
	}
	_, x, err := s.editableResource(ctx, id, "edit resource")
	if err != nil {
		return nil, err
	}
	records, err := s.records.Records(ctx, catalog.RecordView, x.ID, "")
	if err != nil {
		return nil, err
	}
	for _, r := range records {
		if !slices.Contains(order, r.Key) {
			order = append(order, r.Key)
		}
	}
	if len(order) > len(records) {
		i := slices.IndexFunc(order, func(id string) bool {
			return !slices.ContainsFunc(records, func(r *catalog.Record) bool { return r.Key == id })
		})
		return nil, schema.Says("order", "View "+order[i]+" does not exist")
	}
	for _, r := range records {
		if at := slices.Index(order, r.Key); at != r.Position {
			r.Position = at
			if err := s.records.PutRecord(ctx, r); err != nil {
				return nil, err
			}
		}
	}
	return one(mustJSON(map[string]any{"id": id, "order": order})), nil
}

// readOrder reads the IDs of views that are to come first.
func readOrder(a *args) ([]string, error) {
	order := a.list("order")
	if !a.has("order") {
		a.fault("order", "Missing value")
	}
	switch {
	case a.err() != nil:
		return nil, a.err()
	case len(order) == 0:
		return nil, schema.Says("order", "Must supply order list")
	case len(order) > maxViews || len(slices.Compact(slices.Sorted(slices.Values(order)))) < len(order):
		return nil, schema.Says("order", "No duplicates allowed in order list")
	}
	return order, nil
}

// viewClear deletes views of all datasets.
func (s *Server) viewClear(ctx context.Context, a *args) (result, error) {
	kinds := a.list("view_types")
	records, err := s.records.Records(ctx, catalog.RecordView, "", "")
	if err != nil {
		return nil, err
	}
	for _, r := range records {
		v, err := viewOfRecord(r)
		if err != nil {
			return nil, err
		}
		if len(kinds) > 0 && !slices.Contains(kinds, v.Type) {
			continue
		}
		if err := s.records.RemoveRecord(ctx, catalog.RecordView, r.Key); err != nil {
			return nil, err
		}
	}
	return nothing(), nil
}

func (s *Server) defaultViewsOfResource(ctx context.Context, a *args) (result, error) {
	m, _ := a.given["resource"].(map[string]any)
	if m == nil {
		a.fault("resource", "Missing value")
	}
	tables := a.boolean("create_datastore_views", false)
	if err := a.err(); err != nil {
		return nil, err
	}
	d, x, err := s.readableResource(ctx, toText(m["id"]))
	if err != nil {
		return nil, err
	}
	if err := s.mayCreateResource(ctx, d.ID); err != nil {
		return nil, err
	}
	items, err := s.addDefaultViews(ctx, d, x, tables)
	return listOf("", items, ""), err
}

func (s *Server) defaultViewsOfPackage(ctx context.Context, a *args) (result, error) {
	m, _ := a.given["package"].(map[string]any)
	if m == nil {
		a.fault("package", "Missing value")
	}
	tables := a.boolean("create_datastore_views", false)
	if err := a.err(); err != nil {
		return nil, err
	}
	d, err := s.dataset(ctx, toText(m["id"]))
	if err != nil {
		return nil, err
	}
	if !mayEdit(catalog.ActorOf(ctx), d) {
		return nil, notAuthorized(ctx, "edit package "+d.ID)
	}
	var all [][]byte
	for i := range d.Distributions {
		items, err := s.addDefaultViews(ctx, d, &d.Distributions[i], tables)
		if err != nil {
			return nil, err
		}
		all = append(all, items...)
	}
	return listOf("", all, ""), nil
}

// addDefaultViews gives a distribution the views that suit it and that it has
// not yet: an image is shown, and a table where tables is set. It returns the
// new ones as CKAN shows them.
func (s *Server) addDefaultViews(ctx context.Context, d *catalog.Dataset, x *catalog.Distribution, tables bool) ([][]byte, error) {
	v := &view{Title: "Image", Type: "image_view", Description: new(string)}
	suits := slices.Contains([]string{"PNG", "JPG", "JPEG", "GIF"}, strings.ToUpper(x.Format)) ||
		slices.Contains([]string{"PNG", "JPG", "JPEG", "GIF"}, strings.ToUpper(x.FormatLabel))
	if tables {
		v.Title, v.Type = "Table", "datatables_view"
		suits = x.Table != nil
	}
	if !suits {
		return nil, nil
	}
	old, err := s.records.Records(ctx, catalog.RecordView, x.ID, "")
	if err != nil {
		return nil, err
	}
	for _, r := range old {
		had, err := viewOfRecord(r)
		if err != nil {
			return nil, err
		}
		if had.Type == v.Type {
			return nil, nil
		}
	}
	out, err := s.addView(ctx, v, d.ID, x.ID)
	return out, err
}
