package dcat

import (
	"cmp"
	"strings"

	"portico/catalog"
	"portico/dcat/vocab"
	"portico/internal/extent"
)

// The schema of Project Open Data, DCAT-US 1.1, in which /data.json is.
const (
	podSchema  = "https://project-open-data.cio.gov/v1.1/schema"
	podContext = podSchema + "/catalog.jsonld"
)

// PODCatalog returns the head of a data.json: all but its datasets.
func PODCatalog(site catalog.Site) Thing {
	return Thing{
		"@context": podContext, "@id": site.Link("/data.json"), "@type": "dcat:Catalog",
		"conformsTo": podSchema, "describedBy": podSchema + "/catalog.json",
	}
}

// PODDataset returns d as a dataset of a data.json, in the language of the
// site. What the schema demands of every dataset is always there; the codes of
// offices and programmes are for federal agencies of the United States alone.
func PODDataset(d *catalog.Dataset, site catalog.Site) Thing {
	lang := cmp.Or(site.Locale, catalog.DefaultLanguage)
	t := Thing{
		"@type": "dcat:Dataset", "title": cleanLine(d.Title.In(lang)), "description": cmp.Or(cleanText(d.Description.In(lang)), cleanLine(d.Title.In(lang))),
		"identifier": cmp.Or(cleanLine(d.Identifier), DatasetURI(d, site)), "accessLevel": accessLevel(d.AccessRights),
		"modified": string(d.Modified), "keyword": manyOf(keywordsIn(d), "dati aperti"), "landingPage": pageOf(d, site),
		"publisher": podBody(&d.Publisher, &d.Holder, lang), "contactPoint": podContact(d, site, lang),
	}
	t.set("issued", string(d.Issued))
	t.set("license", cmp.Or(d.License, catalog.CommonLicense(d.Distributions)))
	t.set("accrualPeriodicity", repeating(d.Frequency))
	for key, values := range map[string][]string{
		"theme": podThemes(d), "language": languageTags(d.Languages), "references": webOnly(d.Pages),
	} {
		if len(values) > 0 {
			t[key] = values
		}
	}
	if len(d.ConformsTo) > 0 {
		if u, ok := webIRI(d.ConformsTo[0].URI); ok {
			t["conformsTo"] = u
		}
	}
	podCoverage(t, d, lang)
	files := make([]Thing, 0, len(d.Distributions))
	for i := range d.Distributions {
		files = append(files, podFile(d, &d.Distributions[i], site, lang))
	}
	t.things("distribution", files)
	return t
}

// manyOf returns values, or the one that stands for none.
func manyOf(values []string, none string) []string {
	if len(values) == 0 {
		return []string{none}
	}
	return values
}

func accessLevel(rights string) string {
	switch rights {
	case "", "PUBLIC":
		return "public"
	case "RESTRICTED":
		return "restricted public"
	}
	return "non-public"
}

// podBody returns the publisher, as a part of the holder where that is another
// body.
func podBody(publisher, holder *catalog.Agent, lang string) Thing {
	body := func(a *catalog.Agent) Thing {
		return Thing{"@type": "org:Organization", "name": cmp.Or(cleanLine(a.Name.In(lang)), cleanLine(a.Identifier), "-")}
	}
	if publisher.IsZero() {
		publisher = holder
	}
	t := body(publisher)
	if !holder.IsZero() && cleanLine(holder.Name.In(lang)) != t["name"] {
		t["subOrganizationOf"] = body(holder)
	}
	return t
}

// podContact returns whom to ask: the schema wants a name and an address.
func podContact(d *catalog.Dataset, site catalog.Site, lang string) Thing {
	name, email := "", ""
	for _, c := range d.Contacts {
		if m, ok := mailbox(c.Email); ok {
			name, email = cleanLine(c.Name.In(lang)), m
			break
		}
	}
	t := Thing{"@type": "vcard:Contact", "fn": cmp.Or(name, cleanLine(d.Publisher.Name.In(lang)), cleanLine(d.Holder.Name.In(lang)), site.Title)}
	if email == "" {
		email, _ = mailbox(site.Email)
	}
	if email != "" {
		t["hasEmail"] = "mailto:" + strings.TrimPrefix(email, "mailto:")
	}
	return t
}

func podThemes(d *catalog.Dataset) []string {
	var out []string
	for _, x := range d.Themes {
		if v, ok := vocab.Theme(x.Code); ok {
			addOnce(&out, v.IRI)
		}
	}
	return out
}

func webOnly(addresses []string) []string {
	var out []string
	for _, a := range addresses {
		if u, ok := webIRI(a); ok {
			addOnce(&out, u)
		}
	}
	return out
}

// podCoverage sets one period and one place: the schema has room for no more.
func podCoverage(t Thing, d *catalog.Dataset, lang string) {
	for _, p := range d.Temporal {
		if p.Start != "" && p.End != "" {
			t["temporal"] = string(p.Start) + "/" + string(p.End)
			break
		}
	}
	for i := range d.Spatial {
		p := &d.Spatial[i]
		v, _ := vocab.Place(p.URI)
		if b := extent.Of(p.Geometry); b.Points > 1 {
			t["spatial"] = strings.Join([]string{degrees(b.West), degrees(b.South), degrees(b.East), degrees(b.North)}, ",")
			return
		} else if name := cmp.Or(cleanLine(p.Name.In(lang)), v.Label[lang], v.Label["it"], v.Label["en"], p.URI); name != "" {
			t["spatial"] = name
			return
		}
	}
}

func podFile(d *catalog.Dataset, x *catalog.Distribution, site catalog.Site, lang string) Thing {
	t := Thing{"@type": "dcat:Distribution"}
	t.set("title", cleanLine(x.Title.In(lang)))
	t.set("description", cleanText(x.Description.In(lang)))
	media := cmp.Or(x.MediaType, mediaTypeOf(x.Format))
	if u, ok := webIRI(x.DownloadURL); ok {
		t["downloadURL"] = u
		t["mediaType"] = cmp.Or(media, "application/octet-stream") // demanded beside a downloadURL
	} else if u, ok := webIRI(x.AccessURL); ok {
		t["accessURL"] = u
	} else {
		t["accessURL"] = resourcePage(d, x, site)
	}
	t.set("format", cmp.Or(x.FormatLabel, x.Format))
	t.set("license", x.License)
	for i := range x.ConformsTo {
		if u, ok := webIRI(x.ConformsTo[i].URI); ok {
			t["conformsTo"] = u
			break
		}
	}
	return t
}

// repeatings are the update frequencies that ISO 8601 can say, as the schema
// has them.
var repeatings = map[string]string{
	"1MIN": "R/PT1M", "5MIN": "R/PT5M", "10MIN": "R/PT10M", "15MIN": "R/PT15M", "30MIN": "R/PT30M",
	"HOURLY": "R/PT1H", "BIHOURLY": "R/PT2H", "TRIHOURLY": "R/PT3H", "12HRS": "R/PT12H",
	"CONT": "R/PT1S", "UPDATE_CONT": "R/PT1S", "DAILY": "R/P1D", "DAILY_2": "R/PT12H",
	"WEEKLY": "R/P1W", "WEEKLY_2": "R/P3.5D", "WEEKLY_3": "R/P0.33W", "BIWEEKLY": "R/P2W",
	"MONTHLY": "R/P1M", "MONTHLY_2": "R/P0.5M", "MONTHLY_3": "R/P0.33M", "BIMONTHLY": "R/P2M", "QUARTERLY": "R/P3M",
	"ANNUAL": "R/P1Y", "ANNUAL_2": "R/P6M", "ANNUAL_3": "R/P4M", "BIENNIAL": "R/P2Y", "TRIENNIAL": "R/P3Y", "QUADRENNIAL": "R/P4Y",
	"QUINQUENNIAL": "R/P5Y", "DECENNIAL": "R/P10Y", "BIDECENNIAL": "R/P20Y", "TRIDECENNIAL": "R/P30Y",
	"IRREG": "irregular", "AS_NEEDED": "irregular",
}

func repeating(frequency string) string { return repeatings[frequency] }
