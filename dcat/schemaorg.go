package dcat

import (
	"cmp"
	"net/url"
	"strconv"
	"unicode/utf8"

	"portico/catalog"
	"portico/dcat/vocab"
	"portico/internal/extent"
)

const schemaContext = "https://schema.org"

// Dataset search engines take descriptions of so many characters.
const (
	leastDescription = 50
	mostDescription  = 4900
)

// SchemaOrgDataset returns d as a schema.org Dataset in a language; "" is that
// of the site. It is what pages hold and what SchemaOrg writes in JSON-LD.
func SchemaOrgDataset(d *catalog.Dataset, site catalog.Site, lang string) Thing {
	lang = cmp.Or(lang, site.Locale, catalog.DefaultLanguage)
	page := pageOf(d, site)
	t := Thing{
		"@context": schemaContext, "@type": "Dataset", "@id": page, "url": page, "name": cleanLine(d.Title.In(lang)),
		"includedInDataCatalog": Thing{"@type": "DataCatalog", "@id": site.Link("/"), "name": site.Title, "url": site.Link("/")},
	}
	if d.AccessRights == "" || d.AccessRights == "PUBLIC" {
		t["isAccessibleForFree"] = true
	}
	t.set("description", longEnough(d, lang))
	t.set("version", cleanLine(d.Version))
	t.set("dateModified", string(d.Modified))
	t.set("datePublished", string(d.Issued))
	t.set("license", cmp.Or(d.License, catalog.CommonLicense(d.Distributions)))
	t.list("sameAs", foreign(d, site))
	t.list("identifier", identifiers(d))
	t.list("keywords", keywordsIn(d))
	t.list("inLanguage", languageTags(d.Languages))
	schemaBodies(t, d, lang)
	schemaCoverage(t, d, lang)
	files := make([]Thing, 0, len(d.Distributions))
	for i := range d.Distributions {
		files = append(files, downloadThing(d, &d.Distributions[i], site, lang))
	}
	t.things("distribution", files)
	return t
}

// pageOf returns the address of our page about d.
func pageOf(d *catalog.Dataset, site catalog.Site) string {
	return site.Link("/dataset/" + url.PathEscape(cmp.Or(d.Name, d.ID)))
}

// foreign returns the address under which the source of d has it.
func foreign(d *catalog.Dataset, site catalog.Site) []string {
	if u, ok := webIRI(d.URI); ok && u != mintedDataset(d, site) {
		return []string{u}
	}
	return nil
}

// longEnough returns the description, preceded by the title where it is too
// short for those who read it.
func longEnough(d *catalog.Dataset, lang string) string {
	s := cleanText(d.Description.In(lang))
	if utf8.RuneCountInString(s) < leastDescription {
		if title := cleanLine(d.Title.In(lang)); s == "" || s == title {
			s = title
		} else {
			s = title + ". " + s
		}
	}
	if r := []rune(s); len(r) > mostDescription {
		s = string(r[:mostDescription]) + "…"
	}
	return s
}

func identifiers(d *catalog.Dataset) []string {
	var out []string
	if s := cleanLine(d.Identifier); s != "" {
		out = append(out, s)
	}
	for _, o := range d.OtherIDs {
		if s := cleanLine(o.Value); s != "" {
			addOnce(&out, s)
		}
	}
	return out
}

func keywordsIn(d *catalog.Dataset) []string {
	var out []string
	for _, k := range d.Keywords {
		if s := cleanKeyword(k.Name); s != "" {
			addOnce(&out, s)
		}
	}
	return out
}

// languageTags returns EU language codes as search engines know them.
func languageTags(codes []string) []string {
	var out []string
	for _, c := range codes {
		if l, ok := vocab.Language(c); ok {
			addOnce(&out, cmp.Or(vocab.LanguageTag(l.Code), l.Code))
		}
	}
	return out
}

func schemaBodies(t Thing, d *catalog.Dataset, lang string) {
	var creators []Thing
	for i := range d.Creators {
		if b := bodyThing(&d.Creators[i], lang); b != nil {
			creators = append(creators, b)
		}
	}
	holder := bodyThing(&d.Holder, lang)
	if len(creators) == 0 && holder != nil {
		creators = []Thing{holder}
	}
	t.things("creator", creators)
	if holder != nil {
		t["copyrightHolder"] = holder
	}
	if p := bodyThing(&d.Publisher, lang); p != nil {
		t["publisher"] = p
	}
	var points []Thing
	for _, c := range d.Contacts {
		p := Thing{"@type": "ContactPoint"}
		p.set("name", cleanLine(c.Name.In(lang)))
		p.set("email", c.Email)
		p.set("telephone", cleanLine(c.Telephone))
		p.set("url", c.URL)
		if len(p) > 1 {
			points = append(points, p)
		}
	}
	if len(points) > 0 && holder != nil {
		holder["contactPoint"] = points
	}
}

// bodyThing returns a body, or nil where it has no name.
func bodyThing(a *catalog.Agent, lang string) Thing {
	name := cleanLine(a.Name.In(lang))
	if name == "" {
		return nil
	}
	t := Thing{"@type": "GovernmentOrganization", "name": name}
	if v, ok := vocab.PublisherType(a.Type); ok && a.Type != "" && !isPublic(v.Code) {
		t["@type"] = "Organization"
	}
	t.set("identifier", cleanLine(a.Identifier))
	return t
}

func isPublic(publisherType string) bool {
	switch publisherType {
	case "LocalAuthority", "NationalAuthority", "RegionalAuthority", "SupraNationalAuthority":
		return true
	}
	return false
}

func schemaCoverage(t Thing, d *catalog.Dataset, lang string) {
	var periods []string
	for _, p := range d.Temporal {
		if p.Start != "" {
			periods = append(periods, string(p.Start)+"/"+cmp.Or(string(p.End), ".."))
		}
	}
	t.list("temporalCoverage", periods)
	var places []Thing
	for i := range d.Spatial {
		if p := placeThing(&d.Spatial[i], lang); p != nil {
			places = append(places, p)
		}
	}
	t.things("spatialCoverage", places)
}

func placeThing(p *catalog.Place, lang string) Thing {
	t := Thing{"@type": "Place"}
	v, _ := vocab.Place(p.URI)
	t.set("name", cmp.Or(cleanLine(p.Name.In(lang)), v.Label[lang], v.Label["it"], v.Label["en"]))
	if u, ok := webIRI(p.URI); ok {
		t["sameAs"] = u
	}
	if b := extent.Of(p.Geometry); b.Points == 1 {
		t["geo"] = Thing{"@type": "GeoCoordinates", "latitude": degrees(b.South), "longitude": degrees(b.West)}
	} else if b.Points > 1 {
		t["geo"] = Thing{"@type": "GeoShape", "box": degrees(b.South) + " " + degrees(b.West) + " " + degrees(b.North) + " " + degrees(b.East)}
	}
	if len(t) == 1 {
		return nil
	}
	return t
}

// downloadThing returns a distribution as a DataDownload.
func downloadThing(d *catalog.Dataset, x *catalog.Distribution, site catalog.Site, lang string) Thing {
	access, download := x.Offered(site, cmp.Or(d.ID, d.Name))
	content := cmp.Or(download, access)
	t := Thing{"@type": "DataDownload", "contentUrl": content, "url": resourcePage(d, x, site)}
	if _, ok := webIRI(content); !ok {
		t["contentUrl"] = resourcePage(d, x, site)
	}
	t.set("name", cleanLine(x.Title.In(lang)))
	t.set("description", cleanText(x.Description.In(lang)))
	t.set("encodingFormat", cmp.Or(x.MediaType, mediaTypeOf(x.Format), x.FormatLabel, x.Format))
	t.set("license", cmp.Or(x.License, d.License))
	t.set("datePublished", string(x.Issued))
	t.set("dateModified", string(x.Modified))
	if x.ByteSize > 0 {
		t["contentSize"] = strconv.FormatInt(x.ByteSize, 10) + " B"
	}
	if x.Checksum.Algorithm == "sha256" {
		t.set("sha256", x.Checksum.Value)
	}
	return t
}

func mediaTypeOf(format string) string {
	f, _ := vocab.FileType(format)
	return f.MediaType
}
