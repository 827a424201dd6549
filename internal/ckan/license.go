package ckan

import (
	"slices"
	"sync"

	"portico/catalog"
	"portico/dcat/vocab"
)

// A License is an entry of CKAN's own register of licences.
type License struct {
	ID, Title, URL string
	Open           bool
}

// Licenses returns the licences that every CKAN knows, in its order.
func Licenses() []License { return slices.Clone(licenses) }

const definition = "http://www.opendefinition.org/licenses/"

var licenses = []License{
	{"notspecified", "License not specified", "", false},
	{"odc-pddl", "Open Data Commons Public Domain Dedication and License (PDDL)", definition + "odc-pddl", true},
	{"odc-odbl", "Open Data Commons Open Database License (ODbL)", definition + "odc-odbl", true},
	{"odc-by", "Open Data Commons Attribution License", definition + "odc-by", true},
	{"cc-zero", "Creative Commons CCZero", definition + "cc-zero", true},
	{"cc-by", "Creative Commons Attribution", definition + "cc-by", true},
	{"cc-by-sa", "Creative Commons Attribution Share-Alike", definition + "cc-by-sa", true},
	{"gfdl", "GNU Free Documentation License", definition + "gfdl", true},
	{"other-open", "Other (Open)", "", true},
	{"other-pd", "Other (Public Domain)", "", true},
	{"other-at", "Other (Attribution)", "", true},
	{"uk-ogl", "UK Open Government Licence (OGL)", "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/", true},
	{"cc-nc", "Creative Commons Non-Commercial (Any)", "http://creativecommons.org/licenses/by-nc/2.0/", false},
	{"other-nc", "Other (Non-Commercial)", "", false},
	{"other-closed", "Other (Not Open)", "", false},
}

// canonical finds a licence by the address that datasets keep.
var canonical = sync.OnceValue(func() map[string]vocab.Licence {
	m := make(map[string]vocab.Licence)
	for _, l := range vocab.Licenses() {
		if _, taken := m[l.URL]; !taken {
			m[l.URL] = l
		}
	}
	return m
})

// meant finds the address of the licence that CKAN means by an ID.
var meant = sync.OnceValue(func() map[string]string {
	m := make(map[string]string)
	for _, l := range licenses {
		if v, ok := vocab.License(l.ID); ok {
			m[l.ID] = v.URL
		}
	}
	return m
})

// unlisted returns a licence that is not in CKAN's register. Its address is
// left out where the ID says it.
func unlisted(id, url string) License {
	if v, ok := vocab.License(id); ok && v.URL == url {
		url = ""
	}
	return License{ID: id, Title: id, URL: url}
}

// licenseOf returns what d's licence is to a CKAN client. An ID that a client
// gave and that no CKAN knows is its own title and not open, as in CKAN.
func licenseOf(d *catalog.Dataset) License {
	url := d.License
	if url == "" && d.LicenseID == "" {
		url = catalog.CommonLicense(d.Distributions)
	}
	known, ok := canonical()[url]
	id := d.LicenseID
	if id == "" && ok {
		id = known.CKAN
	}
	for _, l := range licenses {
		if l.ID != id || id == "" {
			continue
		}
		if url != "" && meant()[id] != url {
			l.URL = url // the register's page would lead to another version
		}
		return l
	}
	switch {
	case id != "":
		return unlisted(id, url)
	case ok:
		return License{Title: known.Name, URL: known.URL, Open: known.Open}
	}
	return License{URL: url}
}
