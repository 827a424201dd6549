package ckan

import (
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"portico/catalog"
	"portico/dcat"
	"portico/dcat/vocab"
)

var uuid = regexp.MustCompile(`^[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}$`)

// distribution converts a resource. Its ID is kept when it is a UUID.
func (r *reader) distribution(in Resource) catalog.Distribution {
	x := catalog.Distribution{
		Title: catalog.It(in.Name), Description: catalog.It(in.Description),
		FormatLabel: strings.TrimSpace(in.Format), ByteSize: in.Size,
		MediaType: mediaTypeIn(in.MediaType),
		Checksum:  catalog.Checksum{Value: strings.ToLower(in.Hash)},
	}
	if r.remote != "" {
		x.Description = catalog.It(PlainText(in.Description))
	}
	if uuid.MatchString(in.ID) {
		x.ID = strings.ToLower(in.ID)
	}
	r.resourceFields(&x, in.Rest)
	if t, ok := parseMoment(in.LastModified); ok && x.Modified == "" {
		x.Modified = moment(t)
	}
	r.addresses(&x, in)
	r.formats(&x, in)
	checksum(&x.Checksum)
	if r.remote == "" {
		if t, ok := parseMoment(in.Created); ok {
			x.Created = t
		}
		plainFirst(&x.Title, in.Name)
		plainFirst(&x.Description, in.Description)
		keepFields(&x, in.Rest)
		addMarks(&x, &in)
	}
	if r.remote != "" && x.URI == "" && r.p.ID != "" && in.ID != "" {
		x.URI = r.remote + "/dataset/" + url.PathEscape(r.p.ID) + "/resource/" + url.PathEscape(in.ID)
	}
	return x
}

// resourceFields reads the table's keys in its order, and keeps the others.
func (r *reader) resourceFields(x *catalog.Distribution, rest []catalog.Field) {
	values := valuesOf(rest)
	for _, f := range resourceFields {
		v := strings.TrimSpace(values[f.key])
		if !blank(v) && !f.read(x, v) {
			r.problem("resources."+f.key, v)
		}
	}
	if r.remote == "" {
		return
	}
	for _, f := range rest {
		if _, known := resourceFieldAt[f.Key]; !known && !bookkeeping[f.Key] && !blank(values[f.Key]) {
			x.Extras = append(x.Extras, f)
		}
	}
}

// keepFields keeps a client's keys, by key, but those that x says in the very
// same way.
func keepFields(x *catalog.Distribution, rest []catalog.Field) {
	for _, f := range rest {
		if i, known := resourceFieldAt[f.Key]; known && resourceFields[i].write != nil {
			said := string(f.Value) == string(appendString(nil, resourceFields[i].write(nil, x)))
			if said || f.Key == "download_url" {
				continue // url has been heeded before download_url
			}
		}
		x.Extras = append(x.Extras, f)
	}
	slices.SortFunc(x.Extras, byKey)
}

// parseMoment reads a moment as CKAN writes it, or as others do.
func parseMoment(s string) (time.Time, bool) {
	if t, err := time.Parse("2006-01-02T15:04:05.999999999", s); err == nil {
		return t, !t.IsZero()
	}
	d, ok := dcat.ParseDate(s)
	return d.Time(), ok
}

// addresses reads url, which in plain CKAN is all there is: the file itself
// when it was uploaded or looks like one.
func (r *reader) addresses(x *catalog.Distribution, in Resource) {
	address := strings.TrimSpace(in.URL)
	if r.remote == "" && address != onlyDatastore {
		address = withScheme(address)
	}
	if r.remote == "" && address != "" && x.URL() != "" && address != x.URL() {
		x.DownloadURL = address // what a client of CKAN changes
	}
	if x.AccessURL != "" || x.DownloadURL != "" || address == "" {
		return
	}
	x.AccessURL = address
	if in.URLType == "upload" || isFile(address) {
		x.DownloadURL = address
	}
}

// isFile reports whether an address ends like a file that is no web page.
func isFile(address string) bool {
	if i := strings.IndexAny(address, "?#"); i >= 0 {
		address = address[:i]
	}
	_, rest, _ := strings.Cut(address, "://")
	ext := strings.TrimPrefix(path.Ext(rest), ".")
	if ext == "" || !strings.Contains(rest, "/") {
		return false
	}
	if file, known := fileSuffixes()[ext]; known {
		return file
	}
	return isFileSuffix(ext)
}

// fileSuffixes knows the usual ends beforehand.
var fileSuffixes = sync.OnceValue(func() map[string]bool {
	m := make(map[string]bool)
	for s := range mediaTypeOf() {
		m[s] = isFileSuffix(s)
	}
	return m
})

func isFileSuffix(s string) bool {
	f, ok := vocab.FileType(s)
	return ok && f.Code != "HTML" && f.Code != "PHP" && f.Code != "ASPX"
}

// formats takes the code of the format from the label, else from the media
// type, else from the address.
func (r *reader) formats(x *catalog.Distribution, in Resource) {
	if x.Format != "" {
		return
	}
	for _, s := range []string{in.Format, in.MediaType, strings.TrimPrefix(path.Ext(x.DownloadURL), ".")} {
		if f, ok := vocab.FileType(s); ok && s != "" {
			x.Format = f.Code
			return
		}
	}
}

// algorithmOf tells the algorithm of a checksum by its length.
var algorithmOf = map[int]string{32: "md5", 40: "sha1", 64: "sha256", 96: "sha384", 128: "sha512"}

// checksum drops what is no checksum, and tells the algorithm by the length.
func checksum(c *catalog.Checksum) {
	if strings.Trim(c.Value, hexDigits) != "" || algorithmOf[len(c.Value)] == "" {
		*c = catalog.Checksum{}
		return
	}
	if c.Algorithm == "" {
		c.Algorithm = algorithmOf[len(c.Value)]
	}
}
