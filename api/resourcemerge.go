package api

import (
	"net/url"
	"slices"
	"strings"

	"github.com/google/uuid"

	"portico/catalog"
	"portico/internal/ckan"
)

// resourceParts are the parts of a distribution that plain CKAN has no words
// for.
var resourceParts = []part[catalog.Distribution]{
	{[]string{"uri"}, func(to, from *catalog.Distribution) { to.URI = from.URI }},
	{[]string{"distribution_format"}, byColumn},
	{[]string{"access_url", "download_url"}, byColumn},
	{[]string{"license_type", "license", "license_url", "license_id"}, func(to, from *catalog.Distribution) { to.License = from.License }},
	{[]string{"name_translated"}, func(to, from *catalog.Distribution) { to.Title = inOtherLanguages(to.Title, from.Title) }},
	{[]string{"description_translated"}, func(to, from *catalog.Distribution) {
		to.Description = inOtherLanguages(to.Description, from.Description)
	}},
	{[]string{"issued"}, func(to, from *catalog.Distribution) { to.Issued = from.Issued }},
	{[]string{"modified"}, byColumn},
	{[]string{"hash_algorithm"}, func(to, from *catalog.Distribution) {
		if to.Checksum.Value == from.Checksum.Value {
			to.Checksum = from.Checksum
		}
	}},
	{[]string{"rights"}, func(to, from *catalog.Distribution) { to.Rights = from.Rights }},
	{[]string{"availability"}, func(to, from *catalog.Distribution) { to.Availability = from.Availability }},
	{[]string{"status"}, func(to, from *catalog.Distribution) { to.Status = from.Status }},
	{[]string{"compress_format"}, func(to, from *catalog.Distribution) { to.CompressFormat = from.CompressFormat }},
	{[]string{"package_format"}, func(to, from *catalog.Distribution) { to.PackageFormat = from.PackageFormat }},
	{[]string{"language"}, func(to, from *catalog.Distribution) { to.Languages = from.Languages }},
	{[]string{"documentation"}, func(to, from *catalog.Distribution) { to.Pages = from.Pages }},
	{[]string{"conforms_to"}, func(to, from *catalog.Distribution) { to.ConformsTo = from.ConformsTo }},
	{[]string{"applicable_legislation"}, func(to, from *catalog.Distribution) { to.Legislation = from.Legislation }},
	{[]string{"access_services"}, func(to, from *catalog.Distribution) { to.Services = from.Services }},
}

// byColumn is for parts that keepColumns and keepAddress see to, for CKAN has
// a word of its own for them.
func byColumn(*catalog.Distribution, *catalog.Distribution) {}

// mergeResources returns the distributions that a client's list makes of those
// of old: those with the ID of a stored one change it, the others are new.
func mergeResources(old *catalog.Dataset, shown map[string]any, sent []any) ([]catalog.Distribution, error) {
	out := make([]catalog.Distribution, 0, len(sent))
	for _, item := range sent {
		clean, _ := item.(map[string]any)
		var was *catalog.Distribution
		var as map[string]any
		if id := plain(clean["id"]); id != "" {
			was = distributionOf(old, strings.ToLower(id))
			as = resourceIn(shown, id)
		}
		x, err := mergeResource(was, as, clean)
		if err != nil {
			return nil, err
		}
		out = append(out, x)
	}
	return out, nil
}

// resourceIn returns the resource with the given ID of a package, or nil.
func resourceIn(shown map[string]any, id string) map[string]any {
	items, _ := shown["resources"].([]any)
	for _, item := range items {
		if m, ok := item.(map[string]any); ok && plain(m["id"]) == id {
			return m
		}
	}
	return nil
}

// mergeResource returns the distribution that clean makes of old, or of nothing
// when that is nil. Shown is old as resource_show gives it. Clean is used up.
func mergeResource(old *catalog.Distribution, shown, clean map[string]any) (catalog.Distribution, error) {
	w := resourceDraft{old: old, shown: shown, clean: clean, silent: map[string]bool{}}
	var unsaid []part[catalog.Distribution]
	if old != nil {
		unsaid = w.drop()
	}
	x, err := readResource(clean)
	switch {
	case err != nil:
		return x, err
	case old == nil:
		if x.ID == "" {
			x.ID = uuid.NewString()
		}
		guessFormat(&x, clean)
		return x, nil
	}
	w.keepColumns(&x)
	w.keepAddress(&x)
	for _, p := range unsaid {
		p.keep(&x, old)
	}
	return x, nil
}

// readResource reads a validated resource.
func readResource(clean map[string]any) (catalog.Distribution, error) {
	p, err := ckan.FromMap(map[string]any{"name": "x", "resources": []any{clean}})
	if err == nil {
		if d, _, _ := ckan.Read(p, ""); len(d.Distributions) == 1 {
			return d.Distributions[0], nil
		}
	}
	return catalog.Distribution{}, catalog.Errorf(catalog.Invalid, "the resource cannot be read").Italian("la risorsa non si legge").Because(err)
}

// guessFormat fills the format of a new distribution that came with an ID: the
// schema takes it for a stored one and leaves it.
func guessFormat(x *catalog.Distribution, clean map[string]any) {
	if plain(clean["format"]) != "" || x.FormatLabel != "" {
		return
	}
	u, err := url.Parse(plain(clean["url"]))
	if err != nil || u.Path == "" {
		return
	}
	if mediaType, ok := ckan.GuessMediaType(u.String()); ok {
		x.FormatLabel = ckan.CleanFormat(mediaType)
	}
}

// A resourceDraft is what a client sent of a stored distribution.
type resourceDraft struct {
	old          *catalog.Distribution
	shown, clean map[string]any
	silent       map[string]bool // the first keys of the parts of which nothing is said
}

// drop takes the parts out of what was sent of which nothing is said, and
// returns them. What is stored as an extra of the client's own stays.
func (w *resourceDraft) drop() (unsaid []part[catalog.Distribution]) {
	says := func(key string) bool {
		v, ok := w.clean[key]
		return ok && plain(v) != plain(w.shown[key])
	}
	for _, p := range resourceParts {
		if slices.ContainsFunc(p.keys, says) {
			continue
		}
		for _, key := range p.keys {
			if !slices.ContainsFunc(w.old.Extras, func(f catalog.Field) bool { return f.Key == key }) {
				delete(w.clean, key)
			}
		}
		w.silent[p.keys[0]] = true
		unsaid = append(unsaid, p)
	}
	return unsaid
}

// left reports whether what is stored under a key stays: it was not sent, and
// CKAN leaves it then, or it was sent as it was shown.
func (w *resourceDraft) left(key string) bool {
	v, ok := w.clean[key]
	return !ok || plain(v) == plain(w.shown[key])
}

func (w *resourceDraft) same(key string) bool {
	return plain(w.clean[key]) == plain(w.shown[key])
}

// keepColumns leaves what an update does not touch, or sends back as it was
// shown. What CKAN clears when it is not sent (description, mimetype, url) is
// not among it.
func (w *resourceDraft) keepColumns(x *catalog.Distribution) {
	old := w.old
	x.ID, x.Created, x.Updated = old.ID, old.Created, old.Updated
	if w.left("name") {
		x.Title = old.Title
	}
	if w.same("description") {
		x.Description = old.Description
	}
	if w.silent["distribution_format"] && (w.left("format") || plain(w.clean["format"]) == ckan.CleanFormat(plain(w.shown["format"]))) {
		x.Format, x.FormatLabel = old.Format, old.FormatLabel
	}
	if w.left("hash") {
		x.Checksum = old.Checksum
	}
	if w.left("size") {
		x.ByteSize = old.ByteSize
	}
	if w.silent["modified"] && w.left("last_modified") {
		x.Modified = old.Modified
	}
	if w.same("mimetype") {
		x.MediaType = old.MediaType
	}
}

// keepAddress leaves the addresses when they are the stored ones. The bytes
// that we keep are not those of another address.
func (w *resourceDraft) keepAddress(x *catalog.Distribution) {
	switch {
	case w.silent["access_url"] && w.sameURL():
		x.AccessURL, x.DownloadURL = w.old.AccessURL, w.old.DownloadURL
	case w.old.File != nil:
		x.File = &catalog.File{}
	}
}

// sameURL reports whether the address that was sent is the stored one: as it
// was shown or, of an uploaded file, its name alone.
func (w *resourceDraft) sameURL() bool {
	if w.same("url") {
		return true
	}
	f := w.old.File
	return f != nil && f.Uploaded && plain(w.clean["url_type"]) == "upload" && lastPart(plain(w.clean["url"])) == lastPart(plain(w.shown["url"]))
}

func lastPart(s string) string { return s[strings.LastIndexByte(s, '/')+1:] }

// keepFile makes an uploaded file the data of x, in a dataset with the given ID.
func keepFile(site catalog.Site, dataset string, x *catalog.Distribution, f *catalog.File) {
	x.File, x.ByteSize = f, f.Size
	x.AccessURL = ckan.DownloadURL(site, dataset, x)
	x.DownloadURL = x.AccessURL
}
