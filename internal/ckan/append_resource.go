package ckan

import (
	"path"
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
	l := list{b: append(dst, '{')}
	l.raw("cache_last_updated", "null")
	l.raw("cache_url", "null")
	l.moment("created", either(x.Created, d.Created))
	l.bool("datastore_active", x.Table != nil && x.Table.Hash != "")
	l.text("description", x.Description.String())
	l.string("format", orElse(x.FormatLabel, x.Format))
	l.string("hash", x.Checksum.Value)
	l.string("id", x.ID)
	l.date("last_modified", x.Modified)
	l.moment("metadata_modified", either(x.Updated, d.Updated))
	l.text("mimetype", x.MediaType)
	l.raw("mimetype_inner", "null")
	l.text("name", x.Title.String())
	l.string("package_id", d.ID)
	l.int("position", int64(position))
	l.raw("resource_type", "null")
	if x.ByteSize > 0 {
		l.int("size", x.ByteSize)
	} else {
		l.raw("size", "null")
	}
	l.string("state", "active")
	uploaded := x.File != nil && x.File.Uploaded
	if uploaded {
		l.string("url", DownloadURL(site, d.ID, x))
		l.string("url_type", "upload")
	} else {
		l.string("url", x.URL())
		l.raw("url_type", "null")
	}
	appendResourceFields(&l, x, tmp)
	return append(l.b, '}')
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
func appendResourceFields(l *list, x *catalog.Distribution, tmp []byte) {
	for i := range resourceFields {
		f := &resourceFields[i]
		if f.write == nil || hasKey(x.Extras, f.key) {
			continue
		}
		if tmp = f.write(tmp[:0], x); len(tmp) > 0 {
			l.key(f.key)
			l.b = appendString(l.b, tmp)
		}
	}
	for _, e := range x.Extras {
		if resourceCore[e.Key] || len(e.Value) == 0 {
			continue
		}
		l.comma()
		l.b = appendString(l.b, e.Key)
		l.b = append(l.b, ':')
		l.b = append(l.b, e.Value...)
	}
}

func hasKey(fs []catalog.Field, key string) bool {
	for i := range fs {
		if fs[i].Key == key {
			return true
		}
	}
	return false
}
