package api

import (
	"context"
	"errors"
	"maps"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/google/uuid"

	"portico/api/schema"
	"portico/catalog"
	"portico/internal/ckan"
)

func (s *Server) addPackageWriteActions(t map[string]action) {
	id := refParam
	t["package_create"] = write(asGiven, s.packageCreate, "Makes a dataset.", packageHelp...)
	t["package_update"] = write(asGiven, s.packageUpdate,
		"Puts a dataset in the place of a stored one: what is not given is cleared, but resources, groups, name, owner_org, private and state.",
		append(slices.Clone(packageHelp), id)...)
	t["package_patch"] = write(asGiven, s.packagePatch, "Changes what is given of a dataset, and leaves the rest.",
		append(slices.Clone(packageHelp), id)...)
	t["package_revise"] = write(asGiven, s.packageRevise,
		"Changes parts of a dataset, deep within it if need be, and only if it is as it is thought to be.", reviseHelp...)
	t["package_delete"] = write(asGiven, s.packageDelete, "Deletes a dataset; it can be brought back.", id)
	t["dataset_purge"] = write(asGiven, s.datasetPurge, "Forgets a dataset for good.", id)
	t["package_owner_org_update"] = write(asGiven, s.packageOwnerOrgUpdate, "Moves a dataset to another organization.", id,
		param{"organization_id", "text", "the ID or name of the organization"})
	t["package_resource_reorder"] = write(asGiven, s.packageReorder, "Puts the resources of a dataset in order.", id,
		param{"order", "list", "IDs of resources, the first first; those that are not named follow as they were"})
	for name, do := range map[string]struct {
		help string
		bulkChange
	}{
		"bulk_update_private": {"Makes datasets of an organization private.", bulkChange{"private", true}},
		"bulk_update_public":  {"Makes datasets of an organization public.", bulkChange{"private", false}},
		"bulk_update_delete":  {"Deletes datasets of an organization.", bulkChange{"state", "deleted"}},
	} {
		t[name] = write(asGiven, s.bulkUpdate(do.bulkChange), do.help,
			param{"datasets", "list", "IDs of datasets"}, param{"org_id", "text", "the ID of their organization"})
	}
}

// packageHelp are the parameters of package_create; package_update and
// package_patch have them, too.
var packageHelp = []param{
	{"name", "text", "the name in addresses: 2 to 100 of a-z, 0-9, - and _"},
	{"title", "text", "the title; the name when it is empty"},
	{"owner_org", "text", "the ID or name of the organization"},
	{"private", "true or false", "whether only members of the organization see it"},
	{"notes", "text", "the description, in Markdown"},
	{"author", "text", "who made the data"},
	{"author_email", "text", "their e-mail address"},
	{"maintainer", "text", "who looks after the data"},
	{"maintainer_email", "text", "their e-mail address"},
	{"license_id", "text", "the ID of the licence, see license_list"},
	{"url", "text", "the page of the dataset elsewhere"},
	{"version", "text", "at most 100 characters"},
	{"state", "text", "active, draft or deleted"},
	{"type", "text", "dataset, unless it is something else"},
	{"resources", "list", "its resources, see resource_create"},
	{"tags", "list", "objects with name and, for a tag of a vocabulary, vocabulary_id"},
	{"tag_string", "text", "tags, parted by commas"},
	{"extras", "list", "objects with key and value"},
	{"groups", "list", "objects with the id or name of a group"},
	{"relationships_as_subject", "list", "see package_relationship_create"},
	{"relationships_as_object", "list", "see package_relationship_create"},
	{"plugin_data", "object", "accepted for CKAN's sake"},
	{"metadata_modified", "text", "accepted for CKAN's sake"},
}

func (s *Server) packageCreate(ctx context.Context, in *args) (result, error) {
	if err := s.mayCreate(ctx, in.given); err != nil {
		return nil, err
	}
	actor := catalog.ActorOf(ctx)
	clean, err := schema.Package(ctx, schema.Context{Lookup: s.lookup(ctx), Actor: actor, MayChangeState: actor.Sysadmin}, in.given)
	if err != nil {
		return nil, err
	}
	keepFields(clean, in.given)
	bodies := s.bodies()
	if err := bodies.resolve(ctx, clean); err != nil {
		return nil, err
	}
	p, err := ckan.FromMap(clean)
	if err != nil {
		return nil, catalog.Errorf(catalog.Invalid, "the dataset cannot be read: %s", err).Italian("il dataset non si legge: %s", err)
	}
	d, _, _ := ckan.Read(p, "")
	d.Creator = actor.ID
	if d.ID == "" {
		d.ID = uuid.NewString()
	}
	sent := slices.Clone(d.Extras)
	sortExtras(&d)
	if err := s.judge(ctx, &d, bodies); err != nil {
		return nil, err
	}
	if _, err := s.datasets.PutDataset(ctx, &d); err != nil {
		return nil, ckanError(err)
	}
	d.Extras = sent // CKAN answers this once in the client's order
	return s.answer(ctx, &d, bodies)
}

// ckanError gives an error of the store the words that validation has for it:
// somebody took a name after it was found free.
func ckanError(err error) error {
	if e, ok := errors.AsType[*catalog.Error](err); ok && e.Kind == catalog.Invalid && len(e.Fields["name"]) > 0 {
		return schema.Fault("name", "That URL is already in use.")
	}
	return err
}

// answer renders a dataset that was just written as package_show does.
func (s *Server) answer(ctx context.Context, d *catalog.Dataset, b *bodies) (result, error) {
	body, err := s.show(ctx, d, b)
	return one(body), err
}

// show returns the JSON of package_show.
func (s *Server) show(ctx context.Context, d *catalog.Dataset, b *bodies) ([]byte, error) {
	refs, err := b.refs(ctx, d)
	if err != nil {
		return nil, err
	}
	return showForm.append(nil, d, refs), nil
}

// A rework is one attempt to change a stored dataset.
type rework struct {
	s      *Server
	old    *catalog.Dataset
	shown  map[string]any // old as package_show gives it
	bodies *bodies
}

// rework loads a dataset to change it, whoever may see it.
func (s *Server) rework(ctx context.Context, ref string) (*rework, error) {
	d, err := s.anyDataset(ctx, ref)
	if err != nil {
		return nil, err
	}
	return s.reworkOf(ctx, d)
}

func (s *Server) reworkOf(ctx context.Context, d *catalog.Dataset) (*rework, error) {
	e := &rework{s: s, old: d, bodies: s.bodies()}
	raw, err := s.show(ctx, d, e.bodies)
	if err != nil {
		return nil, err
	}
	v, err := decodeStrict(raw)
	if err != nil {
		return nil, err
	}
	e.shown, _ = v.(map[string]any)
	return e, nil
}

// anyDataset returns a dataset whoever may see it, for those who ask then
// whether the actor may change it.
func (s *Server) anyDataset(ctx context.Context, ref string) (*catalog.Dataset, error) {
	if ref == "" || len(ref) > maxRef {
		return nil, catalog.Errorf(catalog.NotFound, "no dataset with such a name")
	}
	return s.datasets.Dataset(catalog.WithActor(ctx, catalog.System), ref)
}

// attempts is how often a change is begun anew because somebody else was
// faster.
const attempts = 40

// change does what try says until nobody was faster: try loads the dataset
// and puts it.
func change(ctx context.Context, try func() error) error {
	for n := 1; ; n++ {
		err := try()
		if err == nil || n == attempts || catalog.KindOf(err) != catalog.Conflict {
			return ckanError(err)
		}
		wait := time.Duration(rand.IntN(1+min(n, 10))) * time.Millisecond //nolint:gosec // spreads clients, hides nothing
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(wait):
		}
	}
}

// put stores what a change has made of the dataset.
func (e *rework) put(ctx context.Context, d *catalog.Dataset) (catalog.Change, error) {
	d.Revision = e.old.Revision
	if err := e.s.judge(ctx, d, e.bodies); err != nil {
		return catalog.Unchanged, err
	}
	return e.s.datasets.PutDataset(ctx, d)
}

// replace validates what was sent in place of the stored dataset, puts it, and
// returns how the dataset is then.
func (e *rework) replace(ctx context.Context, sent map[string]any) (*catalog.Dataset, catalog.Change, error) {
	sent, files := tellUploads(sent, e.shown)
	clean, err := schema.Package(ctx, schema.Context{
		Lookup: e.s.lookup(ctx), Actor: catalog.ActorOf(ctx), Existing: e.shown, MayChangeState: true,
	}, sent)
	if err != nil {
		return nil, catalog.Unchanged, err
	}
	keepFields(clean, sent)
	if err := e.bodies.resolve(ctx, clean); err != nil {
		return nil, catalog.Unchanged, err
	}
	d, extras, err := merge(e.old, e.shown, clean)
	if err != nil {
		return nil, catalog.Unchanged, err
	}
	for i, f := range files {
		if i < len(d.Distributions) {
			keepFile(e.s.site, d.ID, &d.Distributions[i], f)
		}
	}
	change, err := e.put(ctx, d)
	if err == nil {
		for i := range files {
			if i < len(d.Distributions) {
				e.s.askToLoad(ctx, d.ID, d.Distributions[i].ID, false)
			}
		}
	}
	d.Extras = extras
	return d, change, err
}

// keepFields puts back the fields of DCAT-AP_IT that stand at top level, which
// the schema drops, for it is CKAN's.
func keepFields(clean, sent map[string]any) {
	for _, p := range datasetParts {
		for _, key := range p.keys {
			if v, ok := sent[key]; ok {
				clean[key] = v
			}
		}
	}
}

// tellUploads puts what is known of uploaded files into the resources that
// they are for, and returns the files by the positions of these.
func tellUploads(sent, shown map[string]any) (map[string]any, map[int]*catalog.File) {
	items, _ := sent["resources"].([]any)
	files := map[int]*catalog.File{}
	var out []any
	for i, item := range items {
		res, _ := item.(map[string]any)
		f, _ := res["upload"].(*catalog.File)
		u := upload{file: f, clear: isTrue(res["clear_upload"])}
		was := resourceIn(shown, plain(res["id"]))
		if f == nil && !u.clear && !moved(res, was) {
			continue
		}
		if out == nil {
			out = slices.Clone(items)
		}
		res = maps.Clone(res)
		u.tell(res, was)
		if out[i] = res; f != nil {
			files[i] = f
		}
	}
	if out == nil {
		return sent, nil
	}
	sent = maps.Clone(sent)
	sent["resources"] = out
	return sent, files
}

func (s *Server) packageUpdate(ctx context.Context, in *args) (result, error) {
	ref := in.text("id")
	if ref == "" {
		ref = in.text("name")
	}
	if ref == "" {
		return nil, schema.Says("id", "Missing value")
	}
	var out result
	err := change(ctx, func() error {
		e, err := s.rework(ctx, ref)
		if catalog.KindOf(err) == catalog.NotFound && err != nil {
			return withDetail(catalog.NotFound, "Package was not found.")
		}
		if err != nil {
			return err
		}
		if err := s.mayUpdate(ctx, e.old, in.given["groups"]); err != nil {
			return err
		}
		d, change, err := e.replace(ctx, in.given)
		if err != nil {
			return err
		}
		out, err = s.answer(ctx, d, e.bodies)
		if change != catalog.Unchanged {
			out = append(out, changed(d.ID))
		}
		return err
	})
	return out, err
}

// changed is what CKAN tells after the result of an update that changed a
// dataset.
func changed(id string) []byte {
	return append(append([]byte(`, "changed_entities": {"packages": [`), mustJSON(id)...), "]}"...)
}

func (s *Server) packagePatch(ctx context.Context, in *args) (result, error) {
	if in.text("id") == "" {
		return nil, schema.Says("message", "Missing id, can not get Package object")
	}
	d, b, err := s.patch(ctx, in.text("id"), in.given)
	if err != nil {
		return nil, err
	}
	return s.answer(ctx, d, b)
}

// patch changes what is given of a dataset.
func (s *Server) patch(ctx context.Context, ref string, given map[string]any) (d *catalog.Dataset, b *bodies, err error) {
	err = change(ctx, func() error {
		e, err := s.rework(ctx, ref)
		if err != nil {
			return err
		}
		if err := s.mayUpdate(ctx, e.old, given["groups"]); err != nil {
			return err
		}
		sent := e.base()
		maps.Copy(sent, given)
		b = e.bodies
		d, _, err = e.replace(ctx, sent)
		return err
	})
	return d, b, err
}

// base returns the dataset as it is shown, to be changed and sent back.
func (e *rework) base() map[string]any {
	sent := maps.Clone(e.shown)
	delete(sent, "metadata_modified")
	return sent
}
