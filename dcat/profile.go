package dcat

import (
	"io"
	"strings"

	"portico/catalog"
	"portico/internal/rdf"
)

// A Profile is a dialect of DCAT in which datasets are written. The zero
// Profile is DCATAPIT. What a dataset says is the same in each; they differ in
// classes, in a few properties and in the types of numbers.
type Profile string

// The profiles.
const (
	DCATAPIT  Profile = "dcat_ap_it" // DCAT-AP_IT, which dati.gov.it reads
	DCATAP2   Profile = "dcat_ap_2"  // DCAT-AP 2.1.1
	DCATAP3   Profile = "dcat_ap_3"  // DCAT-AP 3.0.1, with what HVD asks
	GeoDCAT   Profile = "geodcat"    // GeoDCAT-AP 3: DCAT-AP 3 with boxes, centres and roles
	SchemaOrg Profile = "schema.org" // schema.org, for search engines
	Croissant Profile = "croissant"  // Croissant 1.0 of MLCommons, for machine learning
)

// A dialect is what tells one RDF profile from another.
type dialect struct {
	italian  bool    // with the classes and properties of dcatapit, and within its bounds
	byteSize string  // datatype of dcat:byteSize (dcat-traps D3)
	version  rdf.IRI // property of the version
	status   string  // base IRI of the values of adms:status; "" = it is not in the profile (D14)
	anyHash  bool    // checksums are of any algorithm, and the algorithms have https in their names
	geo      bool    // with what GeoDCAT-AP adds
}

var dialects = map[Profile]*dialect{
	DCATAPIT: {italian: true, byteSize: nsXsd + "decimal", version: pVersion},
	DCATAP2:  {byteSize: nsXsd + "decimal", version: pVersion, status: admsStatusBase},
	DCATAP3:  {byteSize: nsXsd + "nonNegativeInteger", version: pVersionDcat, status: euStatusBase, anyHash: true},
	GeoDCAT:  {byteSize: nsXsd + "nonNegativeInteger", version: pVersionDcat, status: euStatusBase, anyHash: true, geo: true},
}

// dialect returns how p writes RDF; what is no RDF profile writes DCAT-AP_IT.
func (p Profile) dialect() *dialect {
	if d, ok := dialects[p]; ok {
		return d
	}
	return dialects[DCATAPIT]
}

// profileNames are the names by which clients of ckanext-dcat and
// ckanext-dcatapit ask for a profile, and our own.
var profileNames = map[string]Profile{
	"dcat_ap_it": DCATAPIT, "it_dcat_ap": DCATAPIT,
	"dcat_ap_2": DCATAP2, "euro_dcat_ap": DCATAP2, "euro_dcat_ap_2": DCATAP2,
	"dcat_ap_3": DCATAP3, "euro_dcat_ap_3": DCATAP3, "euro_dcat_ap_scheming": DCATAP3, "dcat_us_3": DCATAP3,
	"geodcat": GeoDCAT, "geodcat_ap": GeoDCAT, "euro_geodcat_ap": GeoDCAT, "euro_geodcat_ap_3": GeoDCAT,
	"schema.org": SchemaOrg, "schemaorg": SchemaOrg, "croissant": Croissant,
}

// ProfileOf returns the profile that a client asks for by name, or by several
// names parted by commas or blanks, as ckanext-dcat takes them: DCAT-AP_IT if
// it is among them, for it builds on the others, else the last one. No name is
// DCAT-AP_IT; a name that nobody knows is false.
func ProfileOf(names string) (Profile, bool) {
	chosen := Profile("")
	for name := range strings.FieldsFuncSeq(names, func(r rune) bool { return r == ',' || r == ' ' || r == '+' }) {
		p, ok := profileNames[strings.ToLower(name)]
		if !ok {
			return "", false
		}
		if chosen != DCATAPIT {
			chosen = p
		}
	}
	if chosen == "" {
		chosen = DCATAPIT
	}
	return chosen, true
}

// WriteDataset writes one dataset to w in the profile: its fragment alone. The
// shelf is as for WriteCatalog. JSON-LD of schema.org and of Croissant is nested,
// as their readers want it.
func (p Profile) WriteDataset(w io.Writer, f rdf.Format, site catalog.Site, d *catalog.Dataset, shelf Shelf) error {
	x, err := newAssembler(w, f, p, site, shelf)
	if err != nil {
		return err
	}
	if p != SchemaOrg && p != Croissant {
		made, err := x.fragment(d)
		if err != nil {
			return err
		}
		if err := x.paste(made); err != nil {
			return err
		}
		return x.out.Close()
	}
	if d, err = x.shelf.Fed(d); err != nil {
		return err
	}
	if f == rdf.JSONLD {
		return p.thing(d, site).write(w)
	}
	return p.writeFlat(w, f, p.thing(d, site))
}

func (p Profile) prefixes() map[string]string {
	all := Prefixes()
	switch p {
	case SchemaOrg, Croissant:
		return map[string]string{"schema": nsSchema, "cr": nsCroissant, "dct": nsDct, "rdf": nsRdf, "sc": "https://schema.org/"}
	case GeoDCAT:
		all["geodcatap"] = nsGeodcat
	default:
	}
	if !p.dialect().italian {
		delete(all, "dcatapit")
	}
	return all
}
