package dcat

import (
	"cmp"
	"maps"
	"net/url"
	"slices"
	"strings"

	"portico/catalog"
)

// croissantVersion is the version of the format that CroissantDataset follows.
const croissantVersion = "http://mlcommons.org/croissant/1.0"

// croissantWords are the properties that Croissant adds to schema.org.
var croissantWords = []string{
	"citeAs", "column", "data", "dataType", "equivalentProperty", "examples", "extract", "field", "fileProperty", "fileObject", "fileSet", "format",
	"includes", "isLiveDataset", "jsonPath", "key", "md5", "parentField", "path", "recordSet", "references", "regex", "repeated",
	"replace", "samplingRate", "separator", "source", "subField", "transform",
}

// croissantContext returns the context that the specification of Croissant
// prints; readers compare it.
func croissantContext() Thing {
	c := Thing{
		"@language": "en", "@vocab": "https://schema.org/", "sc": "https://schema.org/", "cr": nsCroissant,
		"rai": nsCroissant + "RAI/", "dct": nsDct, "conformsTo": "dct:conformsTo",
	}
	for _, w := range croissantWords {
		c[w] = "cr:" + w
	}
	for _, w := range []string{"data", "examples"} {
		c[w] = Thing{"@id": "cr:" + w, "@type": "@json"}
	}
	c["dataType"] = Thing{"@id": "cr:dataType", "@type": "@vocab"}
	return c
}

// CroissantDataset returns d in the words of Croissant 1.0, in a language; ""
// is that of the site. A distribution with a table is described by the Parquet
// file of its rows, whose bytes and digest are known, and has a record set.
func CroissantDataset(d *catalog.Dataset, site catalog.Site, lang string) Thing {
	lang = cmp.Or(lang, site.Locale, catalog.DefaultLanguage)
	t := SchemaOrgDataset(d, site, lang)
	context := croissantContext()
	context["@language"] = lang
	t["@context"] = context
	t["@type"] = "sc:Dataset"
	t["conformsTo"] = croissantVersion
	for _, key := range []string{"creator", "publisher", "copyrightHolder", "includedInDataCatalog", "spatialCoverage"} {
		prefixed(t[key])
	}
	t.set("citeAs", citation(d, t, lang))
	delete(t, "distribution")
	live := false
	var files, records []Thing
	for i := range d.Distributions {
		x := &d.Distributions[i]
		file := fileObject(d, x, site, lang)
		files = append(files, file)
		if x.Table.Active() {
			table := tableObject(d, x, site, file)
			files = append(files, table)
			records = append(records, recordSet(x, table, lang))
			live = live || x.Table.Written
		}
	}
	t.things("distribution", files)
	t.things("recordSet", records)
	if live {
		t["isLiveDataset"] = true
	}
	return t
}

// prefixed writes the classes of schema.org with the prefix that readers of
// Croissant look for.
func prefixed(v any) {
	switch v := v.(type) {
	case Thing:
		if class, ok := v["@type"].(string); ok {
			v["@type"] = "sc:" + strings.TrimPrefix(class, "sc:")   // one Thing may stand in two places
			if strings.HasSuffix(class, "GovernmentOrganization") { // readers know the plain class alone
				v["@type"] = "sc:Organization"
			}
		}
		for _, key := range slices.Sorted(maps.Keys(v)) {
			prefixed(v[key])
		}
	case []Thing:
		for _, t := range v {
			prefixed(t)
		}
	}
}

// citation says how to name d in a text.
func citation(d *catalog.Dataset, t Thing, lang string) string {
	name, _ := t["name"].(string)
	page, _ := t["url"].(string)
	who := cleanLine(cmp.Or(d.Holder.Name.In(lang), d.Publisher.Name.In(lang)))
	if year := cmp.Or(d.Modified, d.Issued); len(year) >= 4 {
		who = strings.TrimSpace(who + " (" + string(year[:4]) + ")")
	}
	if who != "" {
		who += ": "
	}
	return who + name + ". " + page
}

// fileObject describes what a distribution offers.
func fileObject(d *catalog.Dataset, x *catalog.Distribution, site catalog.Site, lang string) Thing {
	t := downloadThing(d, x, site, lang)
	t["@type"] = "cr:FileObject"
	t["@id"] = "file-" + x.ID
	t["name"] = cmp.Or(cleanLine(x.Title.In(lang)), "file-"+x.ID)
	if t["encodingFormat"] == nil {
		t["encodingFormat"] = "application/octet-stream"
	}
	if x.File != nil && x.File.Hash != "" {
		t["sha256"] = x.File.Hash
	}
	return t
}

// tableObject describes the rows of a distribution as we give them.
func tableObject(d *catalog.Dataset, x *catalog.Distribution, site catalog.Site, of Thing) Thing {
	address := site.Link("/dataset/" + url.PathEscape(cmp.Or(d.ID, d.Name)) + "/resource/" + url.PathEscape(x.ID) + "/data.")
	t := Thing{"@type": "cr:FileObject", "@id": "table-" + x.ID, "name": "table-" + x.ID, "description": of["name"]}
	if x.Table.Hash == "" { // rows that come one by one have no file of their own
		t["contentUrl"], t["encodingFormat"] = address+"csv", "text/csv"
		return t
	}
	t["contentUrl"], t["encodingFormat"], t["sha256"] = address+"parquet", "application/vnd.apache.parquet", x.Table.Hash
	return t
}

func recordSet(x *catalog.Distribution, table Thing, lang string) Thing {
	id := "records-" + x.ID
	t := Thing{"@type": "cr:RecordSet", "@id": id, "name": id}
	t.set("description", cleanLine(x.Title.In(lang)))
	fields := make([]Thing, 0, len(x.Table.Columns))
	for _, c := range x.Table.Columns {
		f := Thing{
			"@type": "cr:Field", "@id": id + "/" + c.Name, "name": c.Name, "dataType": croissantType(c.Type),
			"source": Thing{"fileObject": Thing{"@id": table["@id"]}, "extract": Thing{"column": c.Name}},
		}
		f.set("description", cmp.Or(cleanLine(c.Title.In(lang)), cleanLine(c.Header)))
		fields = append(fields, f)
	}
	t.things("field", fields)
	return t
}

func croissantType(t catalog.ColumnType) string {
	switch t {
	case catalog.Integer:
		return "sc:Integer"
	case catalog.Decimal:
		return "sc:Float"
	case catalog.Boolean:
		return "sc:Boolean"
	case catalog.Day:
		return "sc:Date"
	case catalog.TimeOfDay:
		return "sc:Time"
	case catalog.Timestamp:
		return "sc:DateTime"
	default:
		return "sc:Text"
	}
}
