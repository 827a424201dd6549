// Package own makes datasets of what the catalogue knows of itself: how it is
// used, how it is rated, what people report and ask for, and how open its
// bodies are. They are datasets as any other, with a CSV that is loaded as a
// table. It must not know pages, engines or who has used or written what: its
// tables have numbers and states, and no word that a visitor wrote.
package own

import (
	"bytes"
	"cmp"
	"context"
	"encoding/csv"
	"fmt"
	"slices"
	"time"

	"portico/blob"
	"portico/catalog"
	"portico/dcat"
)

// license is that of what public bodies in Italy publish unless they say why.
const license = "https://creativecommons.org/licenses/by/4.0/"

// A Keeper keeps these datasets up to date.
type Keeper struct {
	Site          catalog.Site
	Datasets      catalog.Datasets // through which datasets are written
	Organizations catalog.Organizations
	Usage         catalog.Usages
	Contributions catalog.Contributions
	Records       catalog.Records
	Blobs         blob.Store
	// Load makes a table of the file of a distribution.
	Load     func(ctx context.Context, dataset string, x *catalog.Distribution) error
	Defaults dcat.Defaults
	Now      func() time.Time // nil = time.Now
}

// A Report says what Refresh has done, by name of the dataset.
type Report struct {
	Changed   []string `json:"changed"`
	Unchanged []string `json:"unchanged"`
	Left      []string `json:"left"` // a person has taken it back, or there is nothing to tell yet
}

// Is reports whether d is one of these datasets.
func Is(d *catalog.Dataset) bool {
	return slices.ContainsFunc(subjects, func(s subject) bool { return s.id() == d.ID })
}

func (k *Keeper) now() time.Time {
	if k.Now != nil {
		return k.Now().UTC()
	}
	return time.Now().UTC()
}

// Refresh writes what has changed. What is the same makes no new version. It
// acts for the actor of ctx, who must be able to write; what is in the tables is
// what everybody may see.
func (k *Keeper) Refresh(ctx context.Context) (Report, error) {
	r := Report{Changed: []string{}, Unchanged: []string{}, Left: []string{}}
	organization, err := k.organization(ctx)
	if err != nil {
		return r, err
	}
	for _, s := range subjects {
		table, err := k.table(ctx, s)
		if err != nil {
			return r, fmt.Errorf("read for the dataset %s: %w", s.name, err)
		}
		did, err := k.put(ctx, s, table, organization)
		if err != nil {
			return r, fmt.Errorf("write the dataset %s: %w", s.name, err)
		}
		list := map[outcome]*[]string{changed: &r.Changed, unchanged: &r.Unchanged, left: &r.Left}[did]
		*list = append(*list, s.name)
	}
	return r, nil
}

// Retire takes the datasets out of the catalogue, until they are refreshed
// again.
func (k *Keeper) Retire(ctx context.Context) error {
	for _, s := range subjects {
		_, state, err := k.Datasets.DatasetID(ctx, s.id())
		switch {
		case catalog.KindOf(err) == catalog.NotFound, err == nil && state != catalog.Active:
			continue
		case err == nil:
			err = k.Datasets.SetDatasetState(ctx, s.id(), catalog.Retired, "")
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// organization returns the ID of the one that is the site's publisher, or "".
func (k *Keeper) organization(ctx context.Context) (string, error) {
	os, err := k.Organizations.Organizations(ctx)
	for _, o := range os {
		if o.Identifier != "" && o.Identifier == k.Site.Publisher.Identifier {
			return o.ID, nil
		}
	}
	return "", err
}

// table returns the rows of a subject as CSV; nil when there is none yet.
func (k *Keeper) table(ctx context.Context, s subject) ([]byte, error) {
	var b bytes.Buffer
	out := csv.NewWriter(&b)
	n := 0
	err := s.rows(catalog.WithActor(ctx, catalog.Actor{}), k, func(cells []string) error {
		n++
		return out.Write(cells)
	})
	if err != nil || n < 2 {
		return nil, err
	}
	out.Flush()
	return b.Bytes(), out.Error()
}

type outcome int

const (
	unchanged outcome = iota
	changed
	left
)

// put writes a subject whose rows are table.
func (k *Keeper) put(ctx context.Context, s subject, table []byte, organization string) (outcome, error) {
	old, mine, err := k.there(ctx, s)
	if err != nil || !mine || table == nil {
		return left, err
	}
	hash, size, err := k.Blobs.Put(ctx, bytes.NewReader(table), 0)
	if err != nil {
		return left, err
	}
	d := k.dataset(s, old, organization)
	x := &d.Distributions[0]
	fresh := old == nil || fileOf(old) != hash
	if fresh {
		d.Modified = catalog.DateOf(k.now())
		x.Modified = d.Modified
		x.File = &catalog.File{Hash: hash, Name: s.name + ".csv", Size: size, MediaType: "text/csv", Fetched: k.now().Truncate(time.Second), Uploaded: true}
		x.ByteSize = size
	} else {
		x.ByteSize = old.Distributions[0].ByteSize
	}
	d.Quarantine = dcat.Check(dcat.Completed(d, k.Defaults))
	did, err := k.write(ctx, d)
	if err != nil || did == catalog.Unchanged && !fresh {
		return unchanged, err
	}
	if !fresh {
		return changed, nil
	}
	return changed, k.load(ctx, d.ID)
}

// there returns the dataset of a subject as it is, or nil; mine is false when a
// person has taken it back.
func (k *Keeper) there(ctx context.Context, s subject) (old *catalog.Dataset, mine bool, err error) {
	old, err = k.Datasets.Dataset(ctx, s.id())
	switch {
	case err == nil:
		return old, old.State != catalog.Withdrawn && old.State != catalog.Deleted, nil
	case catalog.KindOf(err) == catalog.NotFound:
		return nil, true, nil
	case catalog.KindOf(err) == catalog.Gone:
		return nil, false, nil
	}
	return nil, false, err
}

// write puts d under its name or, where another has that, one that tells whose
// it is.
func (k *Keeper) write(ctx context.Context, d *catalog.Dataset) (catalog.Change, error) {
	c, err := k.Datasets.PutDataset(ctx, d)
	if err != nil && catalog.KindOf(err) == catalog.Invalid {
		d.Name = cmp.Or(catalog.Slug(d.Name+"-"+k.Site.Title, 90), d.Name) + "-portico"
		k.address(d)
		c, err = k.Datasets.PutDataset(ctx, d)
	}
	return c, err
}

// load makes the table of what was just put.
func (k *Keeper) load(ctx context.Context, id string) error {
	d, err := k.Datasets.Dataset(ctx, id)
	if err != nil || len(d.Distributions) == 0 {
		return err
	}
	return k.Load(ctx, d.ID, &d.Distributions[0])
}

// fileOf returns the hash of the file of a dataset of ours, or "".
func fileOf(d *catalog.Dataset) string {
	if len(d.Distributions) == 0 || d.Distributions[0].File == nil || d.Distributions[0].Table == nil {
		return ""
	}
	return d.Distributions[0].File.Hash
}

// dataset describes a subject, as it was described before where that says when.
func (k *Keeper) dataset(s subject, old *catalog.Dataset, organization string) *catalog.Dataset {
	name := cmp.Or(k.Site.Publisher.Name.In("it"), k.Site.Title)
	contact := catalog.Contact{Name: catalog.It(name), Email: k.Site.Email}
	if contact.Email == "" {
		contact.URL = k.Site.Link("/about")
	}
	holder := k.Site.Publisher
	d := &catalog.Dataset{
		ID: s.id(), Name: s.name, Title: s.title, Description: s.about, Identifier: holder.Identifier + ":" + s.name,
		Holder: holder, Publisher: holder, Organization: organization, Contacts: []catalog.Contact{contact},
		Issued: catalog.DateOf(k.now()), Modified: catalog.DateOf(k.now()), Frequency: s.frequency,
		Themes: []catalog.Theme{{Code: "GOVE", Subthemes: []string{"http://eurovoc.europa.eu/100169"}}}, Keywords: keywords(s), Languages: []string{"ITA"},
		License: license, LicenseID: "cc-by", AccessRights: "PUBLIC", State: catalog.Active,
	}
	d.Distributions = []catalog.Distribution{{
		ID: catalog.StableID("portico own", s.key, "csv"), Title: catalog.Text{"it": s.title["it"] + " (CSV)", "en": s.title["en"] + " (CSV)"}, Description: s.about,
		Format: "CSV", MediaType: "text/csv", License: license, Issued: d.Issued, Modified: d.Modified,
	}}
	if old != nil {
		d.Name, d.Issued, d.Modified, d.Private = old.Name, old.Issued, old.Modified, old.Private
		d.Organization = cmp.Or(old.Organization, organization)
		if old.State == catalog.Draft {
			d.State = catalog.Draft
		}
		if len(old.Distributions) > 0 {
			d.Distributions[0].Issued, d.Distributions[0].Modified = old.Distributions[0].Issued, old.Distributions[0].Modified
		}
	}
	k.address(d)
	return d
}

// address sets where the file of d is, which has the name of d in it.
func (k *Keeper) address(d *catalog.Dataset) {
	x := &d.Distributions[0]
	page := "/dataset/" + d.Name + "/resource/" + x.ID
	x.AccessURL, x.DownloadURL = k.Site.Link(page), k.Site.Link(page+"/data.csv") // as the table is given, not the file
}

func keywords(s subject) []catalog.Keyword {
	var out []catalog.Keyword
	for _, w := range append([]string{"open data", "trasparenza", "portale open data"}, s.keywords...) {
		out = append(out, catalog.Keyword{Name: w})
	}
	return out
}
