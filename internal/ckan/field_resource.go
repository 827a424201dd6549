package ckan

import (
	"strings"
	"sync"
	"time"

	"portico/catalog"
	"portico/dcat/vocab"
)

// A resourceField is a key of DCAT-AP_IT in a resource.
type resourceField struct {
	key string
	// write appends the value, or nothing when the distribution does not say it
	// or CKAN's own keys do; nil = a key that is only read.
	write func(b []byte, x *catalog.Distribution) []byte
	read  func(x *catalog.Distribution, v string) bool
}

// resourceFields are in the order in which they are read: a later key may fill
// only what an earlier did not.
var resourceFields = []resourceField{
	{"uri", func(b []byte, x *catalog.Distribution) []byte { return append(b, x.URI...) }, func(x *catalog.Distribution, v string) bool {
		return isIRI(v) && setString(&x.URI, v)
	}},
	{"access_url", appendAccessURL, func(x *catalog.Distribution, v string) bool {
		return setString(&x.AccessURL, v)
	}},
	{"download_url", appendDownloadURL, func(x *catalog.Distribution, v string) bool {
		return setString(&x.DownloadURL, v)
	}},
	{"distribution_format", appendFormat, func(x *catalog.Distribution, v string) bool {
		return setCode(&x.Format, v, func(s string) (string, bool) { f, ok := vocab.FileType(s); return f.Code, ok })
	}},
	{"license_type", func(b []byte, x *catalog.Distribution) []byte { return append(b, licenseIRI(x.License)...) }, readResourceLicense},
	{"license", nil, readResourceLicense},
	{"license_url", nil, readResourceLicense},
	{"license_id", nil, readResourceLicense},
	{"name_translated", func(b []byte, x *catalog.Distribution) []byte { return appendTranslated(b, x.Title) }, func(x *catalog.Distribution, v string) bool {
		return readTranslated(&x.Title, v)
	}},
	{"description_translated", func(b []byte, x *catalog.Distribution) []byte { return appendTranslated(b, x.Description) }, func(x *catalog.Distribution, v string) bool {
		return readTranslated(&x.Description, v)
	}},
	{"issued", func(b []byte, x *catalog.Distribution) []byte { return append(b, x.Issued...) }, func(x *catalog.Distribution, v string) bool {
		return setDate(&x.Issued, v)
	}},
	{"modified", appendModified, func(x *catalog.Distribution, v string) bool {
		return setDate(&x.Modified, v)
	}},
	{"hash_algorithm", appendAlgorithm, readAlgorithm},
	{"rights", func(b []byte, x *catalog.Distribution) []byte { return append(b, x.Rights...) }, func(x *catalog.Distribution, v string) bool {
		return setString(&x.Rights, v)
	}},
	{"availability", func(b []byte, x *catalog.Distribution) []byte { return appendIRI(b, availabilities, x.Availability) }, func(x *catalog.Distribution, v string) bool {
		return setString(&x.Availability, availability(v))
	}},
	{"status", func(b []byte, x *catalog.Distribution) []byte { return append(b, x.Status...) }, func(x *catalog.Distribution, v string) bool {
		return isIRI(v) && setString(&x.Status, v)
	}},
	{"compress_format", func(b []byte, x *catalog.Distribution) []byte { return append(b, x.CompressFormat...) }, func(x *catalog.Distribution, v string) bool {
		return setString(&x.CompressFormat, v)
	}},
	{"package_format", func(b []byte, x *catalog.Distribution) []byte { return append(b, x.PackageFormat...) }, func(x *catalog.Distribution, v string) bool {
		return setString(&x.PackageFormat, v)
	}},
	{"language", func(b []byte, x *catalog.Distribution) []byte { return appendBraces(b, x.Languages) }, func(x *catalog.Distribution, v string) bool {
		return readLanguages(&x.Languages, v)
	}},
	{"documentation", func(b []byte, x *catalog.Distribution) []byte { return appendStrings(b, x.Pages) }, func(x *catalog.Distribution, v string) bool {
		return readList(&x.Pages, v)
	}},
	{"conforms_to", func(b []byte, x *catalog.Distribution) []byte { return appendStandards(b, x.ConformsTo) }, func(x *catalog.Distribution, v string) bool {
		return readStandards(&x.ConformsTo, v)
	}},
	{"applicable_legislation", func(b []byte, x *catalog.Distribution) []byte { return appendStrings(b, x.Legislation) }, func(x *catalog.Distribution, v string) bool {
		return readList(&x.Legislation, v)
	}},
	{"access_services", appendServices, readServices},
}

var resourceFieldAt = func() map[string]int {
	m := make(map[string]int, len(resourceFields))
	for i, f := range resourceFields {
		m[f.key] = i
	}
	return m
}()

// resourceCore are the keys of a resource that are CKAN's own.
var resourceCore = set(
	"cache_last_updated", "cache_url", "created", "data_hold", "datastore_active", "description", "format", "hash", "id", "last_modified",
	"metadata_modified", "mimetype", "mimetype_inner", "name", "package_id", "position", "resource_type", "size", "state", "url", "url_type",
)

// licenseKeys say what license_type does.
var licenseKeys = []string{"license", "license_url", "license_id"}

// plainAddress reports whether url alone tells the addresses of x.
func plainAddress(x *catalog.Distribution) bool {
	if x.Screened() { // then they are not told
		return true
	}
	switch x.DownloadURL {
	case "":
		return x.AccessURL == onlyDatastore || !isFile(x.AccessURL) && hasScheme(x.AccessURL)
	case x.AccessURL:
		return x.File != nil && x.File.Uploaded || isFile(x.AccessURL) && hasScheme(x.AccessURL)
	}
	return false
}

func appendAccessURL(b []byte, x *catalog.Distribution) []byte {
	if plainAddress(x) {
		return b
	}
	return append(b, x.AccessURL...)
}

func appendDownloadURL(b []byte, x *catalog.Distribution) []byte {
	if plainAddress(x) {
		return b
	}
	return append(b, x.DownloadURL...)
}

// appendFormat writes the code of the format where the label does not name it.
func appendFormat(b []byte, x *catalog.Distribution) []byte {
	if x.Format == "" || x.FormatLabel == "" || strings.EqualFold(x.Format, x.FormatLabel) {
		return b
	}
	code, known := codeOfFormat()[x.FormatLabel]
	if !known && !strings.Contains(x.FormatLabel, " ") { // an odd label is rather said twice than looked up every time
		f, _ := vocab.FileType(x.FormatLabel)
		code = f.Code
	}
	if code == x.Format {
		return b
	}
	return append(b, x.Format...)
}

// codeOfFormat finds the code of a format by the name that CKAN gives it.
var codeOfFormat = sync.OnceValue(func() map[string]string {
	m := make(map[string]string, len(formats))
	for _, f := range formats {
		t, _ := vocab.FileType(f.name)
		m[f.name] = t.Code
	}
	return m
})

// appendModified writes the date where last_modified cannot: a day, or a moment
// in another zone.
func appendModified(b []byte, x *catalog.Distribution) []byte {
	if isPlainMoment(x.Modified) || x.Modified.HasTime() && x.Modified == moment(x.Modified.Time()) {
		return b
	}
	return append(b, x.Modified...)
}

// isPlainMoment reports whether d is a moment of UTC in whole seconds, which
// need not be parsed.
func isPlainMoment(d catalog.Date) bool {
	return len(d) == len("2006-01-02T15:04:05Z") && d[len(d)-1] == 'Z'
}

// moment returns the moment that is read of last_modified.
func moment(t time.Time) catalog.Date {
	return catalog.Date(t.UTC().Format("2006-01-02T15:04:05.999999Z"))
}

// appendAlgorithm writes the algorithm where the length of the checksum does
// not tell it.
func appendAlgorithm(b []byte, x *catalog.Distribution) []byte {
	if x.Checksum.Algorithm == algorithmOf[len(x.Checksum.Value)] {
		return b
	}
	return append(b, x.Checksum.Algorithm...)
}

// readResourceLicense takes a licence that the table knows, else an address.
func readResourceLicense(x *catalog.Distribution, v string) bool {
	if l, ok := vocab.License(v); ok {
		return setString(&x.License, l.URL)
	}
	return isIRI(v) && setString(&x.License, v)
}

// readAlgorithm takes "SHA-256" and SPDX's IRI alike.
func readAlgorithm(x *catalog.Distribution, v string) bool {
	v = strings.ToLower(v)
	if i := strings.LastIndexAny(v, "_#/"); i >= 0 {
		v = v[i+1:]
	}
	x.Checksum.Algorithm = strings.ReplaceAll(strings.TrimPrefix(v, "checksumalgorithm"), "-", "")
	return true
}
