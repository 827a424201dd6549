package ckan

import (
	"strings"

	"portico/catalog"
	"portico/dcat"
	"portico/dcat/vocab"
)

// A field is a key of DCAT-AP_IT in CKAN's JSON, both ways side by side. Its
// value is always a string, often with JSON inside.
type field struct {
	key   string
	same  []string // extras of plain CKAN that say the same; where one stands, the field is not repeated
	extra bool     // an extra in package_show, too
	both  bool     // at top level in package_search, too

	// write appends the value, or nothing when the dataset does not say it;
	// nil = a key that is only read.
	write func(b []byte, d *catalog.Dataset) []byte
	// read reports whether it understood v. It is asked in the order of the
	// table, so that a later key may fill only what an earlier did not.
	read func(d *catalog.Dataset, v string) bool
}

// fields are the keys that ckanext-dcatapit and ckanext-dcat use, and a few of
// our own for what neither has a word.
var fields = []field{
	{key: "uri", write: func(b []byte, d *catalog.Dataset) []byte { return append(b, d.URI...) }, read: func(d *catalog.Dataset, v string) bool {
		return isIRI(v) && setString(&d.URI, v)
	}},
	{key: "identifier", write: func(b []byte, d *catalog.Dataset) []byte { return append(b, d.Identifier...) }, read: func(d *catalog.Dataset, v string) bool {
		return setString(&d.Identifier, v)
	}},
	{key: "title_translated", write: func(b []byte, d *catalog.Dataset) []byte { return appendTranslated(b, d.Title) }, read: func(d *catalog.Dataset, v string) bool {
		return readTranslated(&d.Title, v)
	}},
	{key: "notes_translated", write: func(b []byte, d *catalog.Dataset) []byte { return appendTranslated(b, d.Description) }, read: func(d *catalog.Dataset, v string) bool {
		return readTranslated(&d.Description, v)
	}},
	{key: "tags_translated", write: appendTagsTranslated, read: readTagsTranslated},
	{key: "holder_name", both: true, write: func(b []byte, d *catalog.Dataset) []byte { return append(b, d.Holder.Name.String()...) }, read: func(d *catalog.Dataset, v string) bool {
		return setText(&d.Holder.Name, v)
	}},
	{key: "holder_identifier", both: true, write: func(b []byte, d *catalog.Dataset) []byte { return append(b, d.Holder.Identifier...) }, read: func(d *catalog.Dataset, v string) bool {
		return setString(&d.Holder.Identifier, strings.ToLower(v))
	}},
	{key: "holder_name_translated", same: []string{"holder_name"}, write: func(b []byte, d *catalog.Dataset) []byte { return appendTranslated(b, d.Holder.Name) }, read: func(d *catalog.Dataset, v string) bool {
		return readTranslated(&d.Holder.Name, v)
	}},
	{key: "holder_uri", write: func(b []byte, d *catalog.Dataset) []byte { return append(b, d.Holder.URI...) }, read: func(d *catalog.Dataset, v string) bool {
		return isIRI(v) && setString(&d.Holder.URI, v)
	}},
	{key: "holder_type", write: func(b []byte, d *catalog.Dataset) []byte { return appendIRI(b, publisherTypes, d.Holder.Type) }, read: func(d *catalog.Dataset, v string) bool {
		return setString(&d.Holder.Type, publisherType(v))
	}},
	{key: "publisher_name", write: func(b []byte, d *catalog.Dataset) []byte { return append(b, d.Publisher.Name.String()...) }, read: func(d *catalog.Dataset, v string) bool {
		return setText(&d.Publisher.Name, v)
	}},
	{key: "publisher_identifier", write: func(b []byte, d *catalog.Dataset) []byte { return append(b, d.Publisher.Identifier...) }, read: func(d *catalog.Dataset, v string) bool {
		return setString(&d.Publisher.Identifier, strings.ToLower(v))
	}},
	{key: "publisher_name_translated", same: []string{"publisher_name"}, write: func(b []byte, d *catalog.Dataset) []byte { return appendTranslated(b, d.Publisher.Name) }, read: func(d *catalog.Dataset, v string) bool {
		return readTranslated(&d.Publisher.Name, v)
	}},
	{key: "publisher_uri", write: func(b []byte, d *catalog.Dataset) []byte { return append(b, d.Publisher.URI...) }, read: func(d *catalog.Dataset, v string) bool {
		return isIRI(v) && setString(&d.Publisher.URI, v)
	}},
	{key: "publisher_type", write: func(b []byte, d *catalog.Dataset) []byte { return appendIRI(b, publisherTypes, d.Publisher.Type) }, read: func(d *catalog.Dataset, v string) bool {
		return setString(&d.Publisher.Type, publisherType(v))
	}},
	{key: "creator_agents", same: []string{"creator", "creator_name", "creator_identifier"}, write: appendCreatorAgents, read: readCreatorAgents},
	{key: "creator", same: []string{"creator_name", "creator_identifier"}, write: appendCreators, read: readCreators},
	{key: "creator_name", read: func(d *catalog.Dataset, v string) bool { return setText(&firstCreator(d).Name, v) }},
	{key: "creator_identifier", read: func(d *catalog.Dataset, v string) bool {
		return setString(&firstCreator(d).Identifier, strings.ToLower(v))
	}},
	{key: "contact", same: []string{"contact_name", "contact_email", "contact_uri"}, write: appendContacts, read: readContacts},
	{key: "contact_uri", read: func(d *catalog.Dataset, v string) bool { return isIRI(v) && setString(&firstContact(d).URI, v) }},
	{key: "contact_name", read: func(d *catalog.Dataset, v string) bool { return setText(&firstContact(d).Name, v) }},
	{key: "contact_email", read: func(d *catalog.Dataset, v string) bool {
		return setString(&firstContact(d).Email, strings.TrimPrefix(v, "mailto:"))
	}},
	{key: "issued", same: []string{"dcat_issued"}, write: func(b []byte, d *catalog.Dataset) []byte { return append(b, d.Issued...) }, read: func(d *catalog.Dataset, v string) bool {
		return setDate(&d.Issued, v)
	}},
	{key: "dcat_issued", read: func(d *catalog.Dataset, v string) bool { return setDate(&d.Issued, v) }},
	{key: "modified", same: []string{"dcat_modified"}, write: func(b []byte, d *catalog.Dataset) []byte { return append(b, d.Modified...) }, read: func(d *catalog.Dataset, v string) bool {
		return setDate(&d.Modified, v)
	}},
	{key: "dcat_modified", read: func(d *catalog.Dataset, v string) bool { return setDate(&d.Modified, v) }},
	{key: "frequency", write: func(b []byte, d *catalog.Dataset) []byte { return append(b, d.Frequency...) }, read: func(d *catalog.Dataset, v string) bool {
		return setCode(&d.Frequency, v, func(s string) (string, bool) { c, ok := vocab.Frequency(s); return c.Code, ok })
	}},
	{key: "themes_aggregate", same: []string{"theme"}, write: appendThemes, read: readThemes},
	{key: "theme", same: []string{"themes_aggregate"}, extra: true, write: appendThemeIRIs, read: readThemes},
	{key: "language", write: func(b []byte, d *catalog.Dataset) []byte { return appendBraces(b, d.Languages) }, read: func(d *catalog.Dataset, v string) bool {
		return readLanguages(&d.Languages, v)
	}},
	{key: "temporal_coverage", same: []string{"temporal_start", "temporal_end"}, write: appendTemporal, read: readTemporal},
	{key: "temporal_start", read: func(d *catalog.Dataset, v string) bool { return setDate(&firstPeriod(d).Start, v) }},
	{key: "temporal_end", write: appendTemporalEnd, read: func(d *catalog.Dataset, v string) bool { return setDate(&firstPeriod(d).End, v) }},
	{key: "spatial_coverage", same: []string{"spatial_uri", "spatial_text", "spatial"}, write: appendSpatial, read: readSpatial},
	{key: "geographical_name", write: appendPlaceCodes, read: readPlaceCodes},
	{key: "geographical_geonames_url", write: appendGeoNames, read: readGeoNames},
	{key: "spatial_uri", read: func(d *catalog.Dataset, v string) bool { return isIRI(v) && addPlace(d, v) }},
	{key: "spatial_text", read: func(d *catalog.Dataset, v string) bool { return setText(&ownPlace(d).Name, v) }},
	{key: "spatial", write: appendSpatialGeometry, read: func(d *catalog.Dataset, v string) bool { return readGeometry(d, v) }},
	{key: "conforms_to", write: func(b []byte, d *catalog.Dataset) []byte { return appendStandards(b, d.ConformsTo) }, read: func(d *catalog.Dataset, v string) bool {
		return readStandards(&d.ConformsTo, v)
	}},
	{key: "alternate_identifier", write: appendOtherIDs, read: readOtherIDs},
	{key: "is_version_of", write: func(b []byte, d *catalog.Dataset) []byte { return append(b, strings.Join(d.IsVersionOf, ",")...) }, read: func(d *catalog.Dataset, v string) bool {
		return readList(&d.IsVersionOf, v)
	}},
	listField("has_version", func(d *catalog.Dataset) *[]string { return &d.HasVersion }),
	listField("source", func(d *catalog.Dataset) *[]string { return &d.SourceIRIs }),
	listField("documentation", func(d *catalog.Dataset) *[]string { return &d.Pages }),
	listField("sample", func(d *catalog.Dataset) *[]string { return &d.Samples }),
	listField("in_series", func(d *catalog.Dataset) *[]string { return &d.InSeries }),
	listField("applicable_legislation", func(d *catalog.Dataset) *[]string { return &d.Legislation }),
	{key: "hvd_category", write: func(b []byte, d *catalog.Dataset) []byte { return appendIRIs(b, hvdBase, d.HVD) }, read: func(d *catalog.Dataset, v string) bool {
		return readHVD(&d.HVD, v)
	}},
	{key: "access_rights", write: func(b []byte, d *catalog.Dataset) []byte { return appendIRI(b, accessRights, d.AccessRights) }, read: func(d *catalog.Dataset, v string) bool {
		return setString(&d.AccessRights, accessRight(v))
	}},
	{key: "dcat_type", write: func(b []byte, d *catalog.Dataset) []byte { return append(b, d.Type...) }, read: func(d *catalog.Dataset, v string) bool {
		return setString(&d.Type, v)
	}},
	{key: "provenance", write: func(b []byte, d *catalog.Dataset) []byte { return appendText(b, d.Provenance) }, read: func(d *catalog.Dataset, v string) bool {
		return readText(&d.Provenance, v)
	}},
	{key: "version_notes", write: func(b []byte, d *catalog.Dataset) []byte { return appendText(b, d.VersionNotes) }, read: func(d *catalog.Dataset, v string) bool {
		return readText(&d.VersionNotes, v)
	}},
}

// listField is a field of several texts, in a JSON list.
func listField(key string, at func(*catalog.Dataset) *[]string) field {
	return field{
		key:   key,
		write: func(b []byte, d *catalog.Dataset) []byte { return appendStrings(b, *at(d)) },
		read:  func(d *catalog.Dataset, v string) bool { return readList(at(d), v) },
	}
}

// A keyInfo is what there is to know of a key of a package.
type keyInfo struct {
	core    bool   // it is CKAN's own
	field   bool   // it is a field's
	shadows uint64 // the fields that an extra of that key says, a bit for each
}

// blankable are the keys of CKAN that may be marked as sent blank.
var blankable = []string{"author", "author_email", "license_id", "maintainer", "maintainer_email", "notes", "url", "version"}

// keys holds what there is to know of every key that means something.
var keys = func() map[string]keyInfo {
	m := make(map[string]keyInfo, len(fields)+len(core))
	shadow := func(key string, i int, own bool) {
		k := m[key]
		k.field = k.field || own
		k.shadows |= 1 << i
		m[key] = k
	}
	for i, f := range fields {
		shadow(f.key, i, true)
		for _, key := range f.same {
			shadow(key, i, false)
		}
	}
	for key := range core {
		k := m[key]
		k.core = true
		m[key] = k
	}
	return m
}()

// setString fills *to unless an earlier key did.
func setString(to *string, v string) bool {
	if *to == "" {
		*to = v
	}
	return v != ""
}

func setText(to *catalog.Text, v string) bool {
	if len(*to) == 0 {
		*to = catalog.It(v)
	}
	return true
}

func setDate(to *catalog.Date, v string) bool {
	d, ok := dcat.ParseDate(v)
	if ok && *to == "" {
		*to = d
	}
	return ok
}

func setCode(to *string, v string, find func(string) (string, bool)) bool {
	code, ok := find(v)
	return ok && setString(to, code)
}

func isIRI(s string) bool {
	scheme, rest, ok := strings.Cut(s, ":")
	return ok && len(scheme) > 1 && rest != "" && !strings.ContainsAny(s, " \t\r\n<>\"")
}
