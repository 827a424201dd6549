package ckan

import (
	"maps"
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
// state, owner) is left out.
//
// With remote == "" p was sent to us by a client: its ID, name, state and owner
// count, and all its extras are kept in order, to be given back as they came.
// What such a client can say and the dataset cannot hold is kept in marks (see
// catalog.Extra.Mark). Where an extra and a field at top level say the same
// thing in two ways the extra counts, for it alone is CKAN's.
func Read(p *Package, remote string) (catalog.Dataset, catalog.Organization, []catalog.Problem) {
	r := reader{p: p, remote: strings.TrimRight(remote, "/"), extra: make(map[string]string, len(p.Extras))}
	for _, x := range p.Extras {
		if _, twice := r.extra[x.Key]; !twice {
			r.extra[x.Key] = x.Value
			r.shadowed |= keys[x.Key].shadows
		}
	}
	r.plain()
	r.fields()
	r.translations()
	r.extras()
	r.groups()
	if r.remote != "" {
		r.rest()
	} else {
		r.marks()
	}
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
	extra    map[string]string // the first of each key
	shadowed uint64            // the fields that extras say
	ownTheme bool              // the extra "theme" is one that we add to every answer
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
	d.Version = p.Version
	d.Author = catalog.Party{Name: p.Author, Email: p.AuthorEmail}
	d.Maintainer = catalog.Party{Name: p.Maintainer, Email: p.MaintainerEmail}
	if d.Kind = p.Type; r.remote != "" {
		d.Kind = strings.ToLower(d.Kind)
	}
	if d.Kind == "dataset" {
		d.Kind = ""
	}
	for _, t := range p.Tags {
		d.Keywords = append(d.Keywords, catalog.Keyword{Name: t.Name})
	}
	if r.remote != "" {
		d.Version = strings.TrimSpace(p.Version)
		d.Description = catalog.It(PlainText(p.Notes))
		if d.LandingPage != "" && !isIRI(d.LandingPage) {
			d.LandingPage = ""
		}
		return
	}
	for i, t := range p.Tags {
		d.Keywords[i].Vocabulary = t.Vocabulary
	}
	d.Keywords = distinct(d.Keywords)
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
		v := r.value(i)
		if v == "" || f.read == nil || whole && placeKeys[f.key] {
			continue
		}
		ok := f.read(&r.d, v)
		if !ok {
			r.problem(f.key, v)
		}
		whole = whole || ok && f.key == "spatial_coverage"
	}
}

// translations settles a client's plain texts against those by language, which stand beside them when it posts our own answer back: what it
// changed is the plain one.
func (r *reader) translations() {
	if r.remote != "" {
		return
	}
	if title := strings.TrimSpace(r.p.Title); title != r.p.Name {
		plainFirst(&r.d.Title, title)
	}
	plainFirst(&r.d.Description, r.p.Notes)
	plainFirst(&r.d.Holder.Name, orElse(r.extra["holder_name"], plainValue(r.p.Rest["holder_name"])))
	plainFirst(&r.d.Publisher.Name, orElse(r.extra["publisher_name"], plainValue(r.p.Rest["publisher_name"])))
	r.themes()
}

// plainFirst sets the Italian text where plain is not what t says.
func plainFirst(t *catalog.Text, plain string) {
	if strings.TrimSpace(plain) != "" && plain != t.String() {
		out := maps.Clone(*t)
		if out == nil {
			out = catalog.Text{}
		}
		out[catalog.DefaultLanguage] = plain
		*t = out
	}
}

// themes takes the sub-themes that our own answer tells at top level, where
// the extra beside it names the same themes.
func (r *reader) themes() {
	var whole catalog.Dataset
	_, own := r.extra["themes_aggregate"]
	if v := plainValue(r.p.Rest["themes_aggregate"]); own || blank(v) || !readThemes(&whole, v) {
		return
	}
	if slices.EqualFunc(whole.Themes, r.d.Themes, func(a, b catalog.Theme) bool { return a.Code == b.Code }) {
		r.d.Themes = whole.Themes
		r.ownTheme = r.extra["theme"] == string(appendThemeIRIs(nil, &whole))
	}
}

// extras keeps what a client sent as it came, and of a portal's what did not
// become a field.
func (r *reader) extras() {
	if r.remote == "" {
		r.d.Extras = slices.Clone(r.p.Extras)
		if r.ownTheme {
			r.d.Extras = slices.DeleteFunc(r.d.Extras, func(x catalog.Extra) bool { return x.Key == "theme" })
		}
		return
	}
	for _, x := range r.p.Extras {
		if k := keys[x.Key]; !k.field && !k.core {
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

// value returns what is said under the key of the i-th field, or "".
func (r *reader) value(i int) string {
	key, v := fields[i].key, ""
	if r.remote != "" || r.shadowed&(1<<i) == 0 {
		v = plainValue(r.p.Rest[key])
	}
	if blank(v) {
		v = r.extra[key]
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
// are theme groups when no other key names a theme. A client's are kept by
// name: CKAN shows them in an order of its own.
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
	if r.remote != "" {
		return
	}
	slices.Sort(r.d.Groups)
	r.d.Groups = slices.Compact(r.d.Groups)
	if themes && len(r.d.Themes) > 0 {
		slices.SortFunc(r.d.Themes, func(a, b catalog.Theme) int { return strings.Compare(a.Code, b.Code) })
		r.d.Extras = append(r.d.Extras, catalog.Extra{Key: "groups"})
	}
}

// marks keeps which of CKAN's own texts were sent blank.
func (r *reader) marks() {
	for _, key := range blankable {
		if v, ok := r.p.Blank[key]; ok {
			r.d.Extras = append(r.d.Extras, catalog.Extra{Key: key, Value: v})
		}
	}
}

// rest keeps what a portal has at top level beyond CKAN and DCAT-AP_IT, as
// extras, by key. A client's are dropped, as CKAN does.
func (r *reader) rest() {
	for _, key := range sortedKeys(r.p.Rest) {
		v := plainValue(r.p.Rest[key])
		if keys[key].field || bookkeeping[key] || blank(v) || r.d.Extra(key) != "" {
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
