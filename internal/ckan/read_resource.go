package ckan

import (
	"net/url"
	"path"
	"regexp"
	"strings"

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
		Checksum: catalog.Checksum{Value: strings.ToLower(in.Hash)},
	}
	if r.remote != "" {
		x.Description = catalog.It(PlainText(in.Description))
	}
	if mt, ok := vocab.MediaType(in.MediaType); ok {
		x.MediaType = mt
	}
	if uuid.MatchString(in.ID) {
		x.ID = strings.ToLower(in.ID)
	}
	r.resourceFields(&x, in.Rest)
	if day, ok := dcat.ParseDate(in.LastModified); ok && x.Modified == "" {
		x.Modified = day
	}
	r.addresses(&x, in)
	r.formats(&x, in)
	checksum(&x.Checksum)
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
	for _, f := range rest {
		i, known := resourceFieldAt[f.Key]
		ours := known && resourceFields[i].write != nil
		if r.remote == "" && ours || r.remote != "" && (known || bookkeeping[f.Key] || blank(values[f.Key])) {
			continue
		}
		x.Extras = append(x.Extras, f)
	}
}

// addresses reads url, which in plain CKAN is all there is: the file itself
// when it was uploaded or looks like one.
func (r *reader) addresses(x *catalog.Distribution, in Resource) {
	address := strings.TrimSpace(in.URL)
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
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	ext := strings.TrimPrefix(path.Ext(u.Path), ".")
	if ext == "" {
		return false
	}
	f, ok := vocab.FileType(ext)
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

// checksum drops what is no checksum, and tells the algorithm by the length.
func checksum(c *catalog.Checksum) {
	byLength := map[int]string{32: "md5", 40: "sha1", 64: "sha256", 96: "sha384", 128: "sha512"}
	if strings.Trim(c.Value, "0123456789abcdef") != "" || byLength[len(c.Value)] == "" {
		*c = catalog.Checksum{}
		return
	}
	if c.Algorithm == "" {
		c.Algorithm = byLength[len(c.Value)]
	}
}
