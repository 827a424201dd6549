package api

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"

	"portico/catalog"
	"portico/internal/ckan"
)

// An update in CKAN's words says less than a dataset holds: the fields of
// DCAT-AP_IT, the files, where it was harvested from. What the client did not
// say stays as it is stored; what it sends back as it was shown says nothing.

// A part is what some keys of DCAT-AP_IT say together.
type part[T any] struct {
	keys []string
	keep func(to, from *T)
}

// datasetParts are the parts of a dataset that plain CKAN has no words for.
var datasetParts = []part[catalog.Dataset]{
	{[]string{"uri"}, func(to, from *catalog.Dataset) { to.URI = from.URI }},
	{[]string{"identifier", "guid"}, func(to, from *catalog.Dataset) { to.Identifier = from.Identifier }},
	{[]string{"tags_translated"}, keepKeywords},
	{[]string{"holder_name", "holder_name_translated"}, func(to, from *catalog.Dataset) { to.Holder.Name = from.Holder.Name }},
	{[]string{"holder_identifier"}, func(to, from *catalog.Dataset) { to.Holder.Identifier = from.Holder.Identifier }},
	{[]string{"holder_uri"}, func(to, from *catalog.Dataset) { to.Holder.URI = from.Holder.URI }},
	{[]string{"holder_type"}, func(to, from *catalog.Dataset) { to.Holder.Type = from.Holder.Type }},
	{[]string{"publisher_name", "publisher_name_translated"}, func(to, from *catalog.Dataset) { to.Publisher.Name = from.Publisher.Name }},
	{[]string{"publisher_identifier"}, func(to, from *catalog.Dataset) { to.Publisher.Identifier = from.Publisher.Identifier }},
	{[]string{"publisher_uri"}, func(to, from *catalog.Dataset) { to.Publisher.URI = from.Publisher.URI }},
	{[]string{"publisher_type"}, func(to, from *catalog.Dataset) { to.Publisher.Type = from.Publisher.Type }},
	{[]string{"creator_agents", "creator", "creator_name", "creator_identifier"}, func(to, from *catalog.Dataset) { to.Creators = from.Creators }},
	{[]string{"contact", "contact_uri", "contact_name", "contact_email"}, func(to, from *catalog.Dataset) { to.Contacts = from.Contacts }},
	{[]string{"issued", "dcat_issued"}, func(to, from *catalog.Dataset) { to.Issued = from.Issued }},
	{[]string{"modified", "dcat_modified"}, func(to, from *catalog.Dataset) { to.Modified = from.Modified }},
	{[]string{"frequency"}, func(to, from *catalog.Dataset) { to.Frequency = from.Frequency }},
	{[]string{"themes_aggregate", "theme"}, keepThemes},
	{[]string{"language"}, func(to, from *catalog.Dataset) { to.Languages = from.Languages }},
	{[]string{"temporal_coverage", "temporal_start", "temporal_end"}, func(to, from *catalog.Dataset) { to.Temporal = from.Temporal }},
	{
		[]string{"spatial_coverage", "geographical_name", "geographical_geonames_url", "spatial_uri", "spatial_text", "spatial"},
		func(to, from *catalog.Dataset) { to.Spatial = from.Spatial },
	},
	{[]string{"conforms_to"}, func(to, from *catalog.Dataset) { to.ConformsTo = from.ConformsTo }},
	{[]string{"alternate_identifier"}, func(to, from *catalog.Dataset) { to.OtherIDs = from.OtherIDs }},
	{[]string{"is_version_of"}, func(to, from *catalog.Dataset) { to.IsVersionOf = from.IsVersionOf }},
	{[]string{"has_version"}, func(to, from *catalog.Dataset) { to.HasVersion = from.HasVersion }},
	{[]string{"source"}, func(to, from *catalog.Dataset) { to.SourceIRIs = from.SourceIRIs }},
	{[]string{"documentation"}, func(to, from *catalog.Dataset) { to.Pages = from.Pages }},
	{[]string{"sample"}, func(to, from *catalog.Dataset) { to.Samples = from.Samples }},
	{[]string{"in_series"}, func(to, from *catalog.Dataset) { to.InSeries = from.InSeries }},
	{[]string{"applicable_legislation"}, func(to, from *catalog.Dataset) { to.Legislation = from.Legislation }},
	{[]string{"hvd_category"}, func(to, from *catalog.Dataset) { to.HVD = from.HVD }},
	{[]string{"access_rights"}, func(to, from *catalog.Dataset) { to.AccessRights = from.AccessRights }},
	{[]string{"dcat_type"}, func(to, from *catalog.Dataset) { to.Type = from.Type }},
	{[]string{"provenance"}, func(to, from *catalog.Dataset) { to.Provenance = from.Provenance }},
	{[]string{"version_notes"}, func(to, from *catalog.Dataset) { to.VersionNotes = from.VersionNotes }},
	{[]string{"title_translated"}, func(to, from *catalog.Dataset) { to.Title = inOtherLanguages(to.Title, from.Title) }},
	{[]string{"notes_translated"}, func(to, from *catalog.Dataset) { to.Description = inOtherLanguages(to.Description, from.Description) }},
}

// inOtherLanguages returns a text that a client changed in the language that
// it was shown, with what was stored in the others.
func inOtherLanguages(is, was catalog.Text) catalog.Text {
	said := is.String()
	switch {
	case said == was.String():
		return was
	case said == "" || len(was) < 2:
		return is
	}
	out := maps.Clone(was)
	for _, lang := range append([]string{catalog.DefaultLanguage, "en"}, was.Languages()...) {
		if was[lang] != "" {
			out[lang] = said
			break
		}
	}
	return out
}

// keepKeywords leaves the languages to the keywords that stay.
func keepKeywords(to, from *catalog.Dataset) {
	left := make(map[string]bool, len(to.Keywords))
	for _, k := range to.Keywords {
		left[k.Name] = true
	}
	var out []catalog.Keyword
	had := make(map[string]bool, len(from.Keywords))
	for _, k := range from.Keywords {
		if left[k.Name] {
			out, had[k.Name] = append(out, k), true
		}
	}
	for _, k := range to.Keywords {
		if !had[k.Name] {
			out = append(out, k)
		}
	}
	to.Keywords = out
}

// groupsMark is the mark of a dataset whose themes are those of its groups.
const groupsMark = "groups"

// keepThemes leaves the themes, but where they are those of the groups and the
// groups have changed.
func keepThemes(to, from *catalog.Dataset) {
	marked := slices.ContainsFunc(from.Extras, isGroupsMark)
	if marked && !slices.Equal(to.Groups, from.Groups) {
		return
	}
	to.Themes = from.Themes
	switch has := slices.ContainsFunc(to.Extras, isGroupsMark); {
	case has && !marked:
		to.Extras = slices.DeleteFunc(to.Extras, isGroupsMark)
	case marked && !has:
		to.Extras = append(to.Extras, catalog.Extra{Key: groupsMark})
	}
}

func isGroupsMark(x catalog.Extra) bool { return x.Key == groupsMark }

// A draft is what a client sent of a stored dataset.
type draft struct {
	old     *catalog.Dataset
	shown   map[string]any // old as package_show gives it
	clean   map[string]any // what was sent, validated
	extras  map[string]string
	showing map[string]string // the extras of shown
	stored  map[string]string // those of old
}

// merge returns the dataset that clean makes of old, and its extras in the
// order in which they were sent, as CKAN answers them once. Clean is used up.
func merge(old *catalog.Dataset, shown, clean map[string]any) (*catalog.Dataset, []catalog.Extra, error) {
	w := draft{old: old, shown: shown, clean: clean, extras: extrasOf(clean["extras"]), showing: extrasOf(shown["extras"])}
	w.stored = valuesOf(old.FreeExtras())
	var unsaid []func(to, from *catalog.Dataset)
	for _, p := range datasetParts {
		if !slices.ContainsFunc(p.keys, w.says) {
			w.drop(p.keys)
			unsaid = append(unsaid, p.keep)
		}
	}
	if _, ok := clean["groups"]; !ok {
		clean["groups"] = namesAsGroups(old.Groups)
	}
	resources, replaced := clean["resources"].([]any)
	delete(clean, "resources")
	p, err := ckan.FromMap(clean)
	if err != nil {
		return nil, nil, catalog.Errorf(catalog.Invalid, "the dataset cannot be read: %s", err).Italian("il dataset non si legge: %s", err)
	}
	d, _, _ := ckan.Read(p, "")
	w.keepColumns(&d)
	for _, keep := range unsaid {
		keep(&d, old)
	}
	extras := w.order(&d)
	if !replaced {
		d.Distributions = slices.Clone(old.Distributions)
		return &d, extras, nil
	}
	d.Distributions, err = mergeResources(old, shown, resources)
	return &d, extras, err
}

func namesAsGroups(names []string) []any {
	out := make([]any, len(names))
	for i, n := range names {
		out[i] = map[string]any{"name": n}
	}
	return out
}

func extrasOf(v any) map[string]string {
	items, _ := v.([]any)
	out := make(map[string]string, len(items))
	for _, item := range items {
		if m, ok := item.(map[string]any); ok {
			out[plain(m["key"])] = plain(m["value"])
		}
	}
	return out
}

// says reports whether the client says something under a key that is not what
// it was shown, or left out an extra with that key.
func (w *draft) says(key string) bool {
	if v, ok := w.clean[key]; ok && plain(v) != plain(w.shown[key]) {
		return true
	}
	value, sent := w.extras[key]
	before, was := w.stored[key]
	switch {
	case sent && was:
		return value != before
	case sent != was:
		return was || value != w.showing[key] && value != plain(w.shown[key])
	}
	return false
}

// drop takes keys out of what was sent that say nothing. Extras of the
// client's own stay.
func (w *draft) drop(keys []string) {
	for _, key := range keys {
		delete(w.clean, key)
		_, sent := w.extras[key]
		if _, was := w.stored[key]; !sent || was {
			continue
		}
		items, _ := w.clean["extras"].([]any)
		w.clean["extras"] = slices.DeleteFunc(slices.Clone(items), func(item any) bool {
			m, _ := item.(map[string]any)
			return plain(m["key"]) == key
		})
	}
}

// same reports whether what was sent under a key is what was shown.
func (w *draft) same(key string) bool {
	v, ok := w.clean[key]
	return ok && plain(v) == plain(w.shown[key])
}

// keepColumns leaves what an update does not touch, or sends back as it was
// shown.
func (w *draft) keepColumns(d *catalog.Dataset) {
	old, absent := w.old, func(key string) bool { return w.clean[key] == nil }
	d.ID, d.Creator, d.Origin, d.Successor, d.Kind = old.ID, old.Creator, old.Origin, old.Successor, old.Kind
	d.Created, d.Updated, d.Revision, d.Notes = old.Created, old.Updated, old.Revision, old.Notes
	if absent("name") {
		d.Name = old.Name
	}
	if absent("owner_org") {
		d.Organization = old.Organization
	}
	if absent("private") {
		d.Private = old.Private
	}
	if absent("state") || w.same("state") {
		d.State = old.State
	}
	if w.same("license_id") {
		d.License, d.LicenseID = old.License, old.LicenseID
	}
	if w.same("title") {
		d.Title = old.Title
	}
	if w.same("author_email") {
		d.Author.Email = old.Author.Email
	}
	if w.same("maintainer_email") {
		d.Maintainer.Email = old.Maintainer.Email
	}
	if sameSet(d.Groups, old.Groups) {
		d.Groups = old.Groups
	}
}

func sameSet(a, b []string) bool {
	x, y := slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b))
	return slices.Equal(slices.Compact(x), slices.Compact(y))
}

// order leaves extras that stayed the same in the order in which they are
// stored, which is that of their source where they were harvested. It returns
// the extras as CKAN answers them.
func (w *draft) order(d *catalog.Dataset) []catalog.Extra {
	free, were := d.FreeExtras(), w.old.FreeExtras()
	if len(free) != len(were) || !maps.Equal(w.stored, valuesOf(free)) {
		sent := slices.Clone(d.Extras)
		sortExtras(d)
		return sent
	}
	marks := slices.DeleteFunc(slices.Clone(d.Extras), func(x catalog.Extra) bool { return !x.Mark() })
	d.Extras = append(slices.Clone(were), marks...)
	if len(d.Extras) == 0 {
		d.Extras = nil
	}
	return d.Extras
}

func valuesOf(xs []catalog.Extra) map[string]string {
	out := make(map[string]string, len(xs))
	for _, x := range xs {
		out[x.Key] = x.Value
	}
	return out
}

// sortExtras puts the extras of a dataset by key, as CKAN's database does with
// what a client sends.
func sortExtras(d *catalog.Dataset) {
	slices.SortStableFunc(d.Extras, func(a, b catalog.Extra) int {
		switch {
		case a.Mark() == b.Mark():
			return strings.Compare(a.Key, b.Key)
		case b.Mark():
			return -1
		}
		return 1
	})
}

// plain returns a value as the text that it would be as an extra.
func plain(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case json.Number:
		return v.String()
	case bool:
		return strconv.FormatBool(v)
	}
	return string(mustJSON(v))
}
