package ckan

import (
	"net/url"
	"slices"
	"strings"

	"portico/catalog"
	"portico/dcat"
	"portico/dcat/vocab"
)

// Read converts a package. It reads the fields of DCAT-AP_IT at top level,
// then in extras, then what plain CKAN says.
//
// remote is the origin of the portal that p was fetched from: URIs are minted
// as ckanext-dcat does, extras that were understood become fields of the
// dataset and are not kept beside them, and what is the portal's own (ID,
// state, owner) is left out. With remote == "" p was sent to us by a client:
// its ID, name, state and owner count, and all its extras are kept in order,
// to be given back as they came.
func Read(p *Package, remote string) (catalog.Dataset, catalog.Organization, []catalog.Problem) {
	r := reader{p: p, remote: strings.TrimRight(remote, "/")}
	r.plain()
	r.fields()
	r.groups()
	r.rest()
	r.license()
	if r.remote != "" && p.ID != "" && r.d.URI == "" {
		r.d.URI = r.remote + "/dataset/" + url.PathEscape(p.ID)
	}
	for _, x := range p.Resources {
		if !strings.EqualFold(x.State, "deleted") {
			r.d.Distributions = append(r.d.Distributions, r.distribution(x))
		}
	}
	return r.d, organization(p.Organization), r.problems
}

// A reader holds what is known while a package is read.
type reader struct {
	p        *Package
	remote   string
	d        catalog.Dataset
	problems []catalog.Problem
}

// plain reads CKAN's own keys.
func (r *reader) plain() {
	p, d := r.p, &r.d
	d.Name = p.Name
	d.Title = catalog.It(orElse(strings.TrimSpace(p.Title), p.Name))
	d.Description = catalog.It(p.Notes)
	d.LandingPage = p.URL
	d.Version = strings.TrimSpace(p.Version)
	d.Author = catalog.Party{Name: p.Author, Email: p.AuthorEmail}
	d.Maintainer = catalog.Party{Name: p.Maintainer, Email: p.MaintainerEmail}
	if kind := strings.ToLower(p.Type); kind != "dataset" {
		d.Kind = kind
	}
	for _, t := range p.Tags {
		d.Keywords = append(d.Keywords, catalog.Keyword{Name: t})
	}
	if r.remote != "" {
		d.Description = catalog.It(PlainText(p.Notes))
		if d.LandingPage != "" && !isIRI(d.LandingPage) {
			d.LandingPage = ""
		}
		return
	}
	d.ID, d.Organization, d.Private, d.Creator = p.ID, p.OwnerOrg, p.Private, p.CreatorUserID
	switch s := catalog.State(strings.ToLower(p.State)); s {
	case catalog.Draft, catalog.Deleted:
		d.State = s
	default:
		d.State = catalog.Active
	}
}

// fields reads the table's keys, at top level before extras. A key that says
// nothing ("", "[]") is as good as not there.
func (r *reader) fields() {
	whole := false // the places came in the one key that says all of them
	for i := range fields {
		f := &fields[i]
		v := r.value(f.key)
		if v == "" || f.read == nil || whole && placeKeys[f.key] {
			continue
		}
		ok := f.read(&r.d, v)
		if !ok {
			r.problem(f.key, v)
		}
		whole = whole || ok && f.key == "spatial_coverage"
	}
	r.extras()
}

// extras keeps what a client sent as it came, and of a portal's what did not
// become a field.
func (r *reader) extras() {
	if r.remote == "" {
		r.d.Extras = slices.Clone(r.p.Extras)
		return
	}
	for _, x := range r.p.Extras {
		if _, known := fieldAt[x.Key]; !known && !core[x.Key] {
			r.d.Extras = append(r.d.Extras, x)
		}
	}
	r.modified()
}

// placeKeys are the keys that spatial_coverage makes superfluous.
var placeKeys = set("geographical_name", "geographical_geonames_url", "spatial_uri", "spatial_text", "spatial")

// modified falls back to the day on which the portal last changed the record,
// which is the least that is known of when the data changed.
func (r *reader) modified() {
	if r.d.Modified != "" {
		return
	}
	if day, ok := dcat.ParseDate(r.p.MetadataModified); ok {
		r.d.Modified = day[:len("2006-01-02")]
		r.d.Notes = append(r.d.Notes, catalog.Problemf("dct:modified", "", "modified-from-record",
			"La data di modifica mancava: è quella della scheda nel portale di origine.",
			"The modification date was missing: it is that of the record at the source portal."))
	}
}

func (r *reader) value(key string) string {
	v := plainValue(r.p.Rest[key])
	if blank(v) {
		for _, x := range r.p.Extras {
			if x.Key == key {
				v = x.Value
				break
			}
		}
	}
	if blank(v) {
		return ""
	}
	return strings.TrimSpace(v)
}

func blank(v string) bool {
	switch strings.TrimSpace(v) {
	case "", "[]", "{}", "null", "None", "N/A", "n/a":
		return true
	}
	return false
}

func (r *reader) problem(key, value string) {
	r.problems = append(r.problems, catalog.Problemf(key, value, "value-not-understood",
		"Il valore non si capisce ed è stato lasciato da parte.",
		"The value is not understood and has been left out."))
}

// groups keeps the names of the groups, and takes the themes from those that
// are theme groups when no other key names a theme.
func (r *reader) groups() {
	themes := len(r.d.Themes) == 0
	for _, g := range r.p.Groups {
		if g.Name != "" {
			r.d.Groups = append(r.d.Groups, g.Name)
		}
		if themes && !addTheme(&r.d, g.Name, nil) {
			addTheme(&r.d, g.Title, nil)
		}
	}
}

// rest keeps what a portal has at top level beyond CKAN and DCAT-AP_IT, as
// extras, by key.
func (r *reader) rest() {
	for _, key := range sortedKeys(r.p.Rest) {
		_, known := fieldAt[key]
		v := plainValue(r.p.Rest[key])
		if known || bookkeeping[key] || blank(v) || r.d.Extra(key) != "" {
			continue
		}
		r.d.Extras = append(r.d.Extras, catalog.Extra{Key: key, Value: v})
	}
}

// license takes the address before the ID before the title, for it alone tells
// versions apart.
func (r *reader) license() {
	r.d.LicenseID = r.p.LicenseID
	for _, s := range []string{r.p.LicenseURL, r.p.LicenseID, r.p.LicenseTitle} {
		if l, ok := vocab.License(s); ok && s != "" {
			r.d.License = l.URL
			return
		}
	}
	for _, s := range []string{r.p.LicenseURL, r.p.LicenseTitle} {
		if isIRI(s) {
			r.d.License = s
			return
		}
	}
}

func organization(g *Group) catalog.Organization {
	if g == nil {
		return catalog.Organization{}
	}
	o := catalog.Organization{
		Name: g.Name, Title: catalog.It(orElse(g.Title, g.Name)), Description: catalog.It(PlainText(g.Description)),
		Identifier: strings.ToLower(g.extra("identifier")), Email: g.extra("email"), Telephone: g.extra("telephone"),
		Site: g.extra("site"), Region: g.extra("region"),
	}
	if isIRI(g.ImageURL) {
		o.ImageURL = g.ImageURL
	}
	return o
}
