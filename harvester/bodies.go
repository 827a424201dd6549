package harvester

import (
	"cmp"
	"context"
	"errors"
	"net/url"
	"strings"

	"portico/catalog"
	"portico/dcat/vocab"
)

// bodies knows the organizations and groups that datasets are put into, and
// makes those that are missing.
type bodies struct {
	store  catalog.Organizations
	dry    bool
	src    catalog.Source
	fixed  *catalog.Organization // of everything; nil = each record's own
	looked bool                  // known and groups are what there is
	known  map[string]string     // IDs of organizations, by "ipa c_a001", "name comune-di-x", "title comune di x"
	groups map[string]bool       // theme groups that are there, by name
}

// bodies begins with the organization that the run is for, if any.
func (h *Harvester) bodies(ctx context.Context, src catalog.Source, o Options) (*bodies, error) {
	b := &bodies{store: h.Organizations, dry: o.DryRun, src: src, known: make(map[string]string), groups: make(map[string]bool)}
	ref := cmp.Or(o.Org, src.Organization)
	if ref == "" {
		return b, nil
	}
	var err error
	b.fixed, err = b.named(ctx, ref)
	return b, err
}

// look looks up what is there, once a run. A store counts the datasets of all
// bodies for that: a run in which nothing has changed does without.
func (b *bodies) look(ctx context.Context) error {
	if b.looked {
		return nil
	}
	orgs, err := b.store.Organizations(ctx)
	if err != nil {
		return err
	}
	groups, err := b.store.Groups(ctx)
	if err != nil {
		return err
	}
	for _, o := range orgs {
		b.learn(o)
	}
	for _, g := range groups {
		b.groups[g.Name] = true
	}
	b.looked = true
	return nil
}

// named returns the organization with an ID or slug, which is made when there
// is none.
func (b *bodies) named(ctx context.Context, ref string) (*catalog.Organization, error) {
	o, err := b.store.Organization(ctx, ref)
	if err == nil || catalog.KindOf(err) != catalog.NotFound && catalog.KindOf(err) != catalog.Gone {
		return o, err
	}
	name := catalog.Slug(ref, 100)
	if name == "" {
		return nil, catalog.Errorf(catalog.Invalid, "%q cannot be the name of an organization", ref).
			Italian("%q non può essere il nome di un'organizzazione", ref)
	}
	o = &catalog.Organization{Name: name, Title: catalog.It(titleOf(name)), State: catalog.Active}
	if b.dry {
		return o, nil
	}
	return o, b.store.PutOrganization(ctx, o)
}

// titleOf makes a title of a slug: "comune-di-esempio" is "Comune di esempio".
func titleOf(slug string) string {
	words := strings.ReplaceAll(slug, "-", " ")
	return strings.ToUpper(words[:1]) + words[1:]
}

// holder returns the body that holds what names no holder: that of the run.
func (b *bodies) holder() catalog.Agent {
	if b.fixed == nil || b.fixed.Identifier == "" {
		return catalog.Agent{}
	}
	return catalog.Agent{Identifier: b.fixed.Identifier, Name: catalog.It(b.fixed.Title.String())}
}

func (b *bodies) learn(o *catalog.Organization) {
	for _, key := range keysOf(o) {
		if _, taken := b.known[key]; !taken {
			b.known[key] = o.ID
		}
	}
}

// keysOf returns by what an organization is known again, the surest first.
func keysOf(o *catalog.Organization) []string {
	var keys []string
	if o.Identifier != "" {
		keys = append(keys, "ipa "+strings.ToLower(o.Identifier))
	}
	if o.Name != "" {
		keys = append(keys, "name "+o.Name)
	}
	if t := strings.ToLower(strings.Join(strings.Fields(o.Title.String()), " ")); t != "" {
		keys = append(keys, "title "+t)
	}
	return keys
}

// belongs says under which organization and in which groups a dataset is.
func (r *run) belongs(ctx context.Context, d *catalog.Dataset, rec *Record) error {
	var err error
	if d.Organization, err = r.orgs.organization(ctx, d, rec.Org); err != nil {
		return err
	}
	d.Groups, err = r.orgs.themes(ctx, d)
	return err
}

// organization returns the ID of the organization for d, which is made when it
// is not there: that of the run, else the record's, else the holder, else the
// publisher, else one named after the source.
func (b *bodies) organization(ctx context.Context, d *catalog.Dataset, own catalog.Organization) (string, error) {
	if b.fixed != nil {
		return b.fixed.ID, nil
	}
	if err := b.look(ctx); err != nil {
		return "", err
	}
	o := own
	if o.Name == "" && len(o.Title) == 0 {
		o = b.of(d)
	}
	o.State = catalog.Active
	for _, key := range keysOf(&o) {
		if id, ok := b.known[key]; ok {
			return id, nil
		}
	}
	if b.dry {
		return "", nil
	}
	err := b.store.PutOrganization(ctx, &o)
	if e, ok := errors.AsType[*catalog.Error](err); ok && len(e.Fields["name"]) > 0 {
		o.Name = "" // a group's, or taken meanwhile
		err = b.store.PutOrganization(ctx, &o)
	}
	if err != nil {
		return "", err
	}
	b.learn(&o)
	return o.ID, nil
}

// of returns the organization that the dataset itself tells of.
func (b *bodies) of(d *catalog.Dataset) catalog.Organization {
	for _, a := range []catalog.Agent{d.Holder, d.Publisher} {
		if name := catalog.Slug(a.Name.String(), 90); len(name) > 1 {
			return catalog.Organization{Name: name, Title: catalog.It(a.Name.String()), Identifier: a.Identifier}
		}
	}
	title := cmp.Or(b.src.Title, b.src.Name)
	if u, err := url.Parse(b.src.URL); err == nil && title == "" {
		title = u.Hostname()
	}
	if catalog.Slug(title, 90) == "" {
		title = "Fonte"
	}
	return catalog.Organization{Name: catalog.Slug(title, 90), Title: catalog.It(title)}
}

// themes returns the names of the theme groups of d, which are made when they
// are not there. Groups of the remote are its own business.
func (b *bodies) themes(ctx context.Context, d *catalog.Dataset) ([]string, error) {
	if len(d.Themes) == 0 {
		return nil, nil
	}
	if err := b.look(ctx); err != nil {
		return nil, err
	}
	var names []string
	for _, t := range d.Themes {
		v, ok := vocab.Theme(t.Code)
		if !ok {
			continue
		}
		names = append(names, v.Group)
		if b.groups[v.Group] || b.dry {
			continue
		}
		g := catalog.Group{Name: v.Group, Title: catalog.Text(v.Label), Theme: v.Code, State: catalog.Active}
		if err := b.store.PutGroup(ctx, &g); err != nil {
			return nil, err
		}
		b.groups[v.Group] = true
	}
	return names, nil
}
