package ckan

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"portico/catalog"
	"portico/dcat/vocab"
)

// The marks of a resource: extras under CKAN's own keys, which tell what a
// client sent there and the distribution does not hold. Each stands for the
// key of the same place in markKeys.
const (
	cacheUpdated = iota
	cacheURL
	description
	format
	hash
	lastModified
	mediaType
	innerType
	name
	resourceType
	size
	urlType
	markCount
)

var markKeys = [markCount]string{
	"cache_last_updated", "cache_url", "description", "format", "hash", "last_modified", "mimetype", "mimetype_inner", "name", "resource_type",
	"size", "url_type",
}

// A resourceKey is what there is to know of a key of a resource.
type resourceKey struct {
	core    bool   // it is CKAN's own
	mark    int    // where a mark of that key is, -1 for none
	shadows uint32 // the fields that an extra of that key says, a bit for each
}

// resourceKeys holds what there is to know of every key that means something.
var resourceKeys = func() map[string]resourceKey {
	m := make(map[string]resourceKey)
	for i, f := range resourceFields {
		m[f.key] = resourceKey{mark: -1, shadows: 1 << i}
	}
	for _, key := range licenseKeys {
		m[key] = resourceKey{mark: -1, shadows: m[key].shadows | m["license_type"].shadows}
	}
	for key := range resourceCore {
		m[key] = resourceKey{mark: slices.Index(markKeys[:], key), core: true}
	}
	return m
}()

// A saidOf is what the extras of a distribution say already.
type saidOf struct {
	marks  [markCount]json.RawMessage // nil for what is none
	fields uint32                     // the fields that need not be written, a bit for each
	core   bool                       // there are keys of CKAN's own among the extras
}

func saidByExtras(x *catalog.Distribution) (s saidOf) {
	for i := range x.Extras {
		k, ok := resourceKeys[x.Extras[i].Key]
		if !ok {
			continue
		}
		s.fields |= k.shadows
		s.core = s.core || k.core
		if k.mark >= 0 && k.core && len(x.Extras[i].Value) > 0 {
			s.marks[k.mark] = x.Extras[i].Value
		}
	}
	return s
}

// addMarks keeps what in says beyond x, which was read of it.
func addMarks(x *catalog.Distribution, in *Resource) {
	marks := marksIn(in.Core)
	if in.Format == "" && x.Format != "" {
		marks[format] = json.RawMessage(`""`)
	}
	if marks[hash] = nil; in.Hash != x.Checksum.Value { // CKAN shows "" when nothing was sent
		marks[hash] = appendString(nil, in.Hash)
	}
	if in.MediaType != x.MediaType {
		marks[mediaType] = appendString(nil, in.MediaType)
	}
	if in.URLType != "" && in.URLType != "upload" {
		marks[urlType] = appendString(nil, in.URLType)
	}
	marks[lastModified] = nil // CKAN takes "" for null
	if t, ok := otherMoment(x, in.LastModified); ok {
		marks[lastModified] = appendString(nil, appendMoment(nil, t))
	}
	for i, v := range marks {
		if v != nil {
			x.Extras = append(x.Extras, catalog.Field{Key: markKeys[i], Value: v})
		}
	}
}

// marksIn returns those of fs that are marks.
func marksIn(fs []catalog.Field) (marks [markCount]json.RawMessage) {
	for _, f := range fs {
		if at := slices.Index(markKeys[:], f.Key); at >= 0 {
			marks[at] = f.Value
		}
	}
	return marks
}

// otherMoment returns the moment of last_modified, if it is not when x changed.
func otherMoment(x *catalog.Distribution, lastModified string) (time.Time, bool) {
	t, ok := parseMoment(lastModified)
	return t, ok && !t.Equal(x.Modified.Time())
}

// checksumOf returns the checksum that a hash is, or "" for what is none.
func checksumOf(hash string) string {
	c := catalog.Checksum{Value: strings.ToLower(hash)}
	checksum(&c)
	return c.Value
}

// mediaTypeIn returns the media type that a text says, or "".
func mediaTypeIn(s string) string {
	t, _ := vocab.MediaType(s)
	return t
}
