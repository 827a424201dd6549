package ckan

import (
	"encoding/json"
	"path"
	"strings"
	"time"

	"portico/catalog"
)

// AppendResource appends the JSON of resource_show for the distribution x of d.
func AppendResource(dst []byte, d *catalog.Dataset, x *catalog.Distribution, r Refs) []byte {
	for i := range d.Distributions {
		if d.Distributions[i].ID == x.ID {
			return appendResource(dst, nil, d, i, r.Site)
		}
	}
	alone := *d
	alone.Distributions = []catalog.Distribution{*x}
	return appendResource(dst, nil, &alone, 0, r.Site)
}

func appendResource(dst, tmp []byte, d *catalog.Dataset, position int, site catalog.Site) []byte {
	x := &d.Distributions[position]
	s := saidByExtras(x)
	marks := &s.marks
	l := list{b: append(dst, '{')}
	l.json("cache_last_updated", marks[cacheUpdated])
	l.json("cache_url", marks[cacheURL])
	l.moment("created", either(x.Created, d.Created))
	appendHold(&l, x.Hold)
	l.bool("datastore_active", x.Table.Active())
	l.textOr("description", x.Description.String(), marks[description])
	if x.FormatLabel == "" && marks[format] != nil {
		l.json("format", marks[format])
	} else {
		l.string("format", orElse(x.FormatLabel, x.Format))
	}
	if v := marks[hash]; v != nil && checksumOf(plainValue(v)) == x.Checksum.Value {
		l.json("hash", v)
	} else {
		l.string("hash", x.Checksum.Value)
	}
	l.string("id", x.ID)
	if v := marks[lastModified]; v != nil {
		l.json("last_modified", v)
	} else {
		l.date("last_modified", x.Modified)
	}
	l.moment("metadata_modified", either(x.Updated, d.Updated))
	if v := marks[mediaType]; v != nil && mediaTypeIn(plainValue(v)) == x.MediaType {
		l.json("mimetype", v)
	} else {
		l.text("mimetype", x.MediaType)
	}
	l.json("mimetype_inner", marks[innerType])
	l.textOr("name", x.Title.String(), marks[name])
	l.string("package_id", d.ID)
	l.int("position", int64(position))
	l.json("resource_type", marks[resourceType])
	if x.ByteSize > 0 || x.File != nil && x.File.Uploaded && x.File.Size == 0 {
		l.int("size", x.ByteSize)
	} else {
		l.json("size", marks[size])
	}
	l.string("state", "active")
	appendAddress(&l, d, x, site, marks[urlType])
	appendResourceFields(&l, x, &s, tmp)
	return append(l.b, '}')
}

// appendHold writes what everybody may know of a hold, where there is one.
func appendHold(l *list, h *catalog.HoldNote) {
	if b, err := json.Marshal(h); h != nil && err == nil {
		l.json("data_hold", b)
	}
}

// onlyDatastore is the address that CKAN's clients give a resource that is
// nothing but a table.
const onlyDatastore = "_datastore_only_resource"

func appendAddress(l *list, d *catalog.Dataset, x *catalog.Distribution, site catalog.Site, kind json.RawMessage) {
	switch address := x.URL(); {
	case x.File != nil && x.File.Uploaded:
		l.string("url", DownloadURL(site, d.ID, x))
		l.string("url_type", "upload")
		return
	case x.Screened() && address != onlyDatastore: // the source offers more than is public
		access, download := x.Offered(site, d.ID)
		l.string("url", orElse(download, access))
	case address == onlyDatastore:
		l.string("url", site.Link("/datastore/dump/"+x.ID))
	default:
		l.string("url", withScheme(address))
	}
	l.json("url_type", kind)
}

// withScheme puts http:// before an address without a scheme, as CKAN does.
func withScheme(address string) string {
	if address == "" || hasScheme(address) {
		return address
	}
	return "http://" + strings.TrimLeft(address, "/")
}

// hasScheme reports whether an address begins with a scheme.
func hasScheme(address string) bool {
	scheme, _, ok := strings.Cut(address, ":")
	scheme = strings.ToLower(scheme)
	return ok && scheme != "" && scheme[0] >= 'a' && scheme[0] <= 'z' && strings.Trim(scheme, "abcdefghijklmnopqrstuvwxyz0123456789+-.") == ""
}

// DownloadURL returns the address of the original bytes of x, as CKAN makes it.
func DownloadURL(site catalog.Site, dataset string, x *catalog.Distribution) string {
	return site.Link("/dataset/" + dataset + "/resource/" + x.ID + "/download/" + path.Base("/"+x.File.Name))
}

func either(a, b time.Time) time.Time {
	if a.IsZero() {
		return b
	}
	return a
}

// appendResourceFields writes the fields of DCAT-AP_IT, each but where an
// extra has its key, and the extras.
func appendResourceFields(l *list, x *catalog.Distribution, s *saidOf, tmp []byte) {
	for i := range resourceFields {
		f := &resourceFields[i]
		if f.write == nil || s.fields&(1<<i) != 0 {
			continue
		}
		if tmp = f.write(tmp[:0], x); len(tmp) > 0 {
			l.key(f.key)
			l.b = appendString(l.b, tmp)
		}
	}
	for _, e := range x.Extras {
		if s.core && resourceCore[e.Key] || len(e.Value) == 0 {
			continue
		}
		l.comma()
		l.b = appendString(l.b, e.Key)
		l.b = append(l.b, ':')
		l.b = append(l.b, e.Value...)
	}
}
