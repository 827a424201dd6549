package api

import (
	"context"
	"maps"
	"slices"
	"strings"

	"portico/api/schema"
	"portico/catalog"
	"portico/internal/ckan"
)

func (s *Server) addResourceWriteActions(t map[string]action) {
	t["resource_create"] = write(asGiven, s.resourceCreate, "Adds a resource, or a file, to a dataset.",
		append([]param{{"package_id", "text", "the ID or name of the dataset"}}, resourceHelp...)...)
	t["resource_update"] = write(asGiven, s.resourceUpdate, "Puts a resource in the place of a stored one.", resourceHelp...)
	t["resource_patch"] = write(asGiven, s.resourcePatch, "Changes what is given of a resource, and leaves the rest.", resourceHelp...)
	t["resource_delete"] = write(asGiven, s.resourceDelete, "Takes a resource out of its dataset.",
		param{"id", "text", "the ID of the resource"})
}

// resourceHelp are the parameters of the actions that write a resource. Others
// are kept as they come.
var resourceHelp = []param{
	{"id", "text", "the ID of the resource, a UUID"},
	{"url", "text", "where the data can be had"},
	{"upload", "file", "the data themselves, in a multipart form"},
	{"clear_upload", "true or false", "whether to forget the uploaded file"},
	{"name", "text", "the title"},
	{"description", "text", "what it holds, in Markdown"},
	{"format", "text", "such as CSV; made of the address when it is empty"},
	{"mimetype", "text", "the media type; made of the address when it is not given"},
	{"mimetype_inner", "text", "the media type of what is packed in it"},
	{"hash", "text", "the checksum of the file"},
	{"size", "integer", "in bytes"},
	{"resource_type", "text", "what kind of resource it is"},
	{"url_type", "text", "upload, for a file that is kept here"},
	{"cache_url", "text", "where a copy of the data is"},
	{"created", "text", "accepted for CKAN's sake"},
	{"last_modified", "text", "when the data changed"},
	{"cache_last_updated", "text", "when the copy was made"},
	{"datastore_active", "true or false", "accepted for CKAN's sake"},
}

// An upload is the file that a call brings, if any, and what it says of it.
type upload struct {
	file  *catalog.File
	table *catalog.Table
	clear bool
}

// upload stores the file of a call. What the client says of a file that it
// sends (its address, type and size) is ours to say.
func (s *Server) upload(ctx context.Context, in *args, field string) (u upload, err error) {
	if f := in.files[field]; f != nil {
		u.file, err = s.storeUpload(ctx, f, 0)
		return u, err
	}
	u.table, u.clear = in.table, isTrue(in.given["clear_upload"])
	return u, nil
}

// isTrue reports whether Python would take a parameter for true, but that
// "false" is false.
func isTrue(v any) bool {
	switch plain(v) {
	case "", "false", "False", "0":
		return false
	}
	return true
}

// tell puts what is known of an uploaded file into a resource. Was is the
// stored one as it is shown, or nil.
func (u upload) tell(res, was map[string]any) {
	delete(res, "upload")
	switch {
	case u.file != nil:
		delete(res, "clear_upload")
		res["url"], res["url_type"], res["size"] = u.file.Name, "upload", u.file.Size
		res["last_modified"] = u.file.Fetched.UTC().Format(ckanTime)
	case u.clear:
		res["size"] = nil
	case moved(res, was):
		res["url_type"] = nil
		if plain(res["size"]) == plain(was["size"]) {
			res["size"] = nil
		}
	}
}

// moved reports whether a resource with an uploaded file has got the address
// of another. CKAN would take it for the name of the file.
func moved(res, was map[string]any) bool {
	url := plain(res["url"])
	return plain(was["url_type"]) == "upload" && plain(res["url_type"]) == "upload" &&
		strings.Contains(url, "://") && lastPart(url) != lastPart(plain(was["url"]))
}

func (s *Server) resourceCreate(ctx context.Context, in *args) (result, error) {
	ref := in.text("package_id")
	if ref == "" {
		return nil, schema.Fault("package_id", "Missing value")
	}
	return s.changeResource(ctx, in, func() (*rework, *catalog.Distribution, error) {
		d, err := s.readable(ctx, ref)
		if err != nil {
			return nil, nil, err
		}
		if !mayEdit(catalog.ActorOf(ctx), d) {
			return nil, nil, notAuthorized(ctx, "create resources on dataset "+ref)
		}
		return &rework{s: s, old: d, bodies: s.bodies()}, nil, nil
	}, nil)
}

func (s *Server) resourceUpdate(ctx context.Context, in *args) (result, error) {
	return s.changeStored(ctx, in, func(map[string]any) map[string]any { return map[string]any{} })
}

func (s *Server) resourcePatch(ctx context.Context, in *args) (result, error) {
	return s.changeStored(ctx, in, func(shown map[string]any) map[string]any {
		base := maps.Clone(shown)
		delete(base, "metadata_modified")
		return base
	})
}

// changeStored changes a stored resource: base says what there is besides what
// the client sent.
func (s *Server) changeStored(ctx context.Context, in *args, base func(shown map[string]any) map[string]any) (result, error) {
	if err := schema.Required(in.given, "id"); err != nil {
		return nil, err
	}
	id := in.text("id")
	return s.changeResource(ctx, in, func() (*rework, *catalog.Distribution, error) {
		d, x, err := s.anyDistribution(ctx, id)
		if err != nil && catalog.KindOf(err) == catalog.NotFound {
			return nil, nil, withDetail(catalog.NotFound, "Resource was not found.")
		}
		if err != nil {
			return nil, nil, err
		}
		if !mayEdit(catalog.ActorOf(ctx), d) {
			return nil, nil, notAuthorized(ctx, "edit resource "+x.ID)
		}
		return &rework{s: s, old: d, bodies: s.bodies()}, x, nil
	}, base)
}

// anyDistribution returns a distribution and its dataset, whoever may see them.
func (s *Server) anyDistribution(ctx context.Context, id string) (*catalog.Dataset, *catalog.Distribution, error) {
	if id == "" || len(id) > maxRef {
		return nil, nil, noDistribution()
	}
	ctx = catalog.WithActor(ctx, catalog.System)
	ref, err := s.datasets.DatasetOfDistribution(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	d, err := s.datasets.Dataset(ctx, ref)
	if err != nil {
		return nil, nil, err
	}
	if x := distributionOf(d, id); x != nil {
		return d, x, nil
	}
	return nil, nil, noDistribution()
}

// changeResource adds or changes one resource. Find loads its dataset and the
// stored resource, if there is one, and asks whether the actor may.
func (s *Server) changeResource(
	ctx context.Context, in *args, find func() (*rework, *catalog.Distribution, error), base func(map[string]any) map[string]any,
) (result, error) {
	if _, _, err := find(); err != nil { // before the file is stored
		return nil, err
	}
	u, err := s.upload(ctx, in, "upload")
	if err != nil {
		return nil, err
	}
	var out result
	err = change(ctx, func() error {
		e, old, err := find()
		if err != nil {
			return err
		}
		sent, existing := map[string]any{}, map[string]any(nil)
		if old != nil {
			if existing, err = e.shownResource(old); err != nil {
				return err
			}
			sent = base(existing)
		}
		maps.Copy(sent, in.given)
		u.tell(sent, existing)
		d, x, err := e.resource(ctx, old, existing, sent, u)
		if err != nil {
			return err
		}
		if _, err := e.put(ctx, d); err != nil {
			return err
		}
		if u.file != nil {
			s.askToLoad(ctx, d.ID, x, false)
		}
		out = one(ckan.AppendResource(nil, d, distributionOf(d, x), ckan.Refs{Site: s.site}))
		return nil
	})
	return out, err
}

// askToLoad has a file read as a table. That nobody could be asked is no fault
// of who sent it.
func (s *Server) askToLoad(ctx context.Context, dataset, distribution string, again bool) {
	if s.load == nil {
		return
	}
	if err := s.load(ctx, dataset, distribution, again); err != nil {
		s.log.ErrorContext(ctx, "a file is not read as a table", "distribution", distribution, "err", err)
	}
}

// shownResource returns a stored distribution as resource_show gives it.
func (e *rework) shownResource(x *catalog.Distribution) (map[string]any, error) {
	v, err := decodeStrict(ckan.AppendResource(nil, e.old, x, ckan.Refs{Site: e.s.site}))
	m, _ := v.(map[string]any)
	return m, err
}

// resource returns the dataset with the resource that was sent, in the place
// of old or at the end, and its ID.
func (e *rework) resource(ctx context.Context, old *catalog.Distribution, existing, sent map[string]any, u upload) (*catalog.Dataset, string, error) {
	clean, err := schema.Resource(ctx, schema.Context{
		Lookup: e.s.lookup(ctx), Actor: catalog.ActorOf(ctx), Existing: existing,
	}, sent)
	if err != nil {
		return nil, "", err
	}
	x, err := mergeResource(old, existing, clean)
	if err != nil {
		return nil, "", err
	}
	if u.file != nil {
		keepFile(e.s.site, e.old.ID, &x, u.file)
	}
	if u.table != nil {
		x.Table = u.table
	}
	d := *e.old
	d.Distributions = slices.Clone(d.Distributions)
	if old == nil {
		d.Distributions = append(d.Distributions, x)
		return &d, x.ID, nil
	}
	for i := range d.Distributions {
		if d.Distributions[i].ID == old.ID {
			d.Distributions[i] = x
		}
	}
	return &d, x.ID, nil
}

func (s *Server) resourceDelete(ctx context.Context, in *args) (result, error) {
	if err := schema.Required(in.given, "id"); err != nil {
		return nil, err
	}
	err := change(ctx, func() error {
		d, x, err := s.anyDistribution(ctx, in.text("id"))
		if err != nil && catalog.KindOf(err) == catalog.NotFound {
			return s.deletedAgain(ctx, in.text("id"), err)
		}
		if err != nil {
			return err
		}
		if !mayEdit(catalog.ActorOf(ctx), d) {
			return notAuthorized(ctx, "delete resource "+x.ID)
		}
		less := *d
		less.Distributions = slices.DeleteFunc(slices.Clone(d.Distributions), func(y catalog.Distribution) bool { return y.ID == x.ID })
		e := &rework{s: s, old: d, bodies: s.bodies()}
		if _, err = e.put(ctx, &less); err != nil {
			return err
		}
		return s.records.PutRecord(ctx, &catalog.Record{Kind: catalog.RecordGone, Key: x.ID, About: d.ID, Body: []byte("{}")})
	})
	if err != nil {
		return nil, err
	}
	return nothing(), nil
}

// deletedAgain answers who deletes what is deleted, which CKAN lets them; notFound
// is the answer where it never was.
func (s *Server) deletedAgain(ctx context.Context, id string, notFound error) error {
	r, err := s.records.Record(ctx, catalog.RecordGone, id)
	if err != nil {
		return notFound
	}
	d, err := s.anyDataset(ctx, r.About)
	if err != nil {
		return err
	}
	if !mayEdit(catalog.ActorOf(ctx), d) {
		return notAuthorized(ctx, "delete resource "+id)
	}
	return nil
}
