package api

import (
	"context"
	"fmt"

	"portico/catalog"
	"portico/internal/ckan"
)

// maxRef bounds the names and IDs that clients ask for.
const maxRef = 200

type showParams struct {
	ref  string
	form form
}

func readPackageShow(a *args) showParams {
	p := showParams{ref: a.text("id"), form: showForm}
	if p.ref == "" {
		p.ref = a.text("name_or_id")
	}
	if p.ref == "" {
		a.fault("name_or_id", "Missing value")
	}
	return p
}

func (s *Server) packageShow(ctx context.Context, p showParams) (result, error) {
	revision, err := s.index.Revision(ctx)
	if err != nil {
		return nil, err
	}
	anybody := catalog.ActorOf(ctx).ID == ""
	byRef := form{key: "ref " + p.form.key}
	if e := s.kept(byRef, p.ref, revision); e != nil && anybody {
		return one(e.body), nil
	}
	d, err := s.dataset(ctx, p.ref)
	if err != nil {
		return nil, err
	}
	// What a dataset's JSON says of its organization and groups everybody may see.
	dir, err := s.directoryAt(catalog.WithActor(ctx, catalog.Actor{}), revision)
	if err != nil {
		return nil, err
	}
	body := s.renderOne(p.form, d, dir)
	if anybody && d.Visible() {
		s.cache.put(&cached{key: byRef.key + " " + p.ref, revision: revision, body: body})
	}
	return one(body), nil
}

// dataset returns a dataset for a CKAN client, or CKAN's error. What has been
// deleted is denied, as CKAN does.
func (s *Server) dataset(ctx context.Context, ref string) (*catalog.Dataset, error) {
	if len(ref) > maxRef {
		return nil, catalog.Errorf(catalog.NotFound, "no dataset with so long a name")
	}
	d, err := s.datasets.Dataset(ctx, ref)
	if err == nil {
		return d, nil
	}
	if k := catalog.KindOf(err); k != catalog.Denied && k != catalog.Gone {
		return nil, err
	}
	id := ref
	if hidden, err := s.datasets.Dataset(catalog.WithActor(ctx, catalog.System), ref); err == nil {
		id = hidden.ID
	}
	who := catalog.ActorOf(ctx).Name
	return nil, withDetail(catalog.Denied, "User "+who+" not authorized to read package "+id)
}

type pageParams struct {
	limit, offset int
}

func readPage(a *args) pageParams {
	return pageParams{limit: a.natural("limit", 0), offset: a.natural("offset", 0)}
}

func (s *Server) packageList(ctx context.Context, p pageParams) (result, error) {
	if p.limit == 0 {
		p.limit = -1
	}
	revision, err := s.index.Revision(ctx)
	if err != nil {
		return nil, err
	}
	key := fmt.Sprintf("names %d %d", p.offset, p.limit)
	if e := s.cache.get(key); e != nil && e.revision == revision {
		return one(e.body), nil
	}
	// The action tells what is public, also to those who may see more.
	names, err := s.datasets.DatasetNames(catalog.WithActor(ctx, catalog.Actor{}), p.offset, p.limit)
	if err != nil {
		return nil, err
	}
	body := stringsJSON(names)
	s.cache.put(&cached{key: key, revision: revision, body: body})
	return one(body), nil
}

func readCurrent(a *args) pageParams {
	const most = 1000
	p := pageParams{limit: a.natural("limit", 10), offset: a.natural("offset", 0)}
	if page := a.natural("page", 0); a.has("page") {
		if page < 1 {
			a.fault("page", "Must be a positive integer")
		}
		p.offset = max(page-1, 0) * p.limit
	}
	p.limit = min(p.limit, most)
	return p
}

func (s *Server) currentPackages(ctx context.Context, p pageParams) (result, error) {
	revision, err := s.index.Revision(ctx)
	if err != nil {
		return nil, err
	}
	ctx = catalog.WithActor(ctx, catalog.Actor{})
	page, _, err := s.datasets.ListDatasets(ctx, catalog.DatasetFilter{Sort: catalog.ByUpdated, Offset: p.offset, Limit: p.limit})
	if err != nil {
		return nil, err
	}
	items, err := s.renderLoaded(ctx, searchForm, page, revision)
	return listOf("", items, ""), err
}

func (s *Server) resourceShow(ctx context.Context, id string) (result, error) {
	if len(id) > maxRef {
		return nil, catalog.Errorf(catalog.NotFound, "no distribution with so long an ID")
	}
	d, x, err := s.distribution(ctx, id)
	if err != nil && catalog.KindOf(err) == catalog.Denied {
		return nil, withDetail(catalog.Denied, "User "+catalog.ActorOf(ctx).Name+" not authorized to read resource "+id)
	}
	if err != nil && s.wasDeleted(ctx, id) {
		return nil, withDetail(catalog.NotFound, "Resource was not found.")
	}
	if err != nil {
		return nil, err
	}
	return one(ckan.AppendResource(nil, d, x, ckan.Refs{Site: s.site})), nil
}

// wasDeleted reports whether a distribution was taken out of a dataset that the
// actor may see.
func (s *Server) wasDeleted(ctx context.Context, id string) bool {
	r, err := s.records.Record(ctx, catalog.RecordGone, id)
	if err != nil {
		return false
	}
	_, err = s.datasets.Dataset(ctx, r.About)
	return err == nil
}

func readID(a *args) string { return a.required("id") }
