package csw

import (
	"regexp"
	"strings"

	"portico/catalog"
	"portico/harvester/web"
	"portico/internal/xmltree"
)

// A party is a body or person with a role, CI_ResponsibleParty or
// CI_Responsibility.
type party struct {
	role    string
	name    catalog.Text // of the organization, else of the person
	contact catalog.Contact
}

func (r *record) party(n *xmltree.Node) party {
	org := n.First("CI_ResponsibleParty")
	if org == nil {
		n = n.First("CI_Responsibility")
		org = n.First("party/*")
	} else {
		n = org
	}
	p := party{role: code(n.First("role/CI_RoleCode"))}
	for _, name := range []string{"organisationName", "name", "individualName", "positionName"} {
		if t := r.text(org.First(name), web.Line); len(p.name) == 0 && len(t) > 0 {
			p.name = t
		}
	}
	c := org.First("contactInfo/CI_Contact")
	p.contact = catalog.Contact{
		Name:      p.name,
		Email:     strings.TrimPrefix(web.Line(c.Value("address/CI_Address/electronicMailAddress")), "mailto:"),
		Telephone: web.Line(c.Value("phone/CI_Telephone/voice|number")),
		URL:       web.Link(nil, c.Value("onlineResource/CI_OnlineResource/linkage")),
	}
	if !strings.Contains(p.contact.Email, "@") {
		p.contact.Email = ""
	}
	return p
}

// everybody returns the parties of the record; the first data of them answer
// for the data, the others for handing them out and for the metadata.
func (r *record) everybody() (all []party, data int) {
	for _, n := range []*xmltree.Node{r.cited, r.ident} {
		for _, p := range n.All("citedResponsibleParty|pointOfContact") {
			all = append(all, r.party(p))
		}
	}
	data = len(all)
	for _, path := range []string{"distributionInfo/MD_Distribution/distributor/MD_Distributor/distributorContact", "contact"} {
		for _, p := range r.root.All(path) {
			all = append(all, r.party(p))
		}
	}
	return all, data
}

// parties finds the holder, the publisher, the authors and whom to ask. The
// roles count first; a record that names no owner is held by who takes care of
// the data, and last by who answers for them.
func (r *record) parties() {
	all, data := r.everybody()
	d := r.d
	d.Holder.Name = named(all, "owner", "rightsHolder", "custodian", "originator", "resourceProvider")
	d.Publisher.Name = named(all, "publisher", "distributor")
	if len(d.Holder.Name) == 0 {
		d.Holder.Name = named(all[:data], "pointOfContact", "author", "publisher", "distributor")
	}
	if len(d.Holder.Name) == 0 && data < len(all) {
		d.Holder.Name = all[len(all)-1].name
	}
	d.Holder.Identifier = r.ipa()
	if len(d.Publisher.Name) == 0 || d.Publisher.Name.String() == d.Holder.Name.String() {
		d.Publisher = d.Holder
	}
	for _, p := range all[:data] {
		if p.role == "author" && len(p.name) > 0 && len(d.Creators) < 20 {
			d.Creators = append(d.Creators, catalog.Agent{Name: p.name})
		}
	}
	d.Contacts = contacts(all)
}

// named returns the name of the first party that has the earliest of roles.
func named(all []party, roles ...string) catalog.Text {
	for _, role := range roles {
		for _, p := range all {
			if p.role == role && len(p.name) > 0 {
				return p.name
			}
		}
	}
	return nil
}

// contacts returns whom to ask: those who say so of themselves, else any.
func contacts(all []party) []catalog.Contact {
	var out []catalog.Contact
	seen := make(map[string]bool)
	for _, wanted := range []bool{true, false} {
		for _, p := range all {
			c := p.contact
			key := c.Email + "\x00" + c.Telephone
			if (p.role == "pointOfContact") != wanted || len(key) == 1 || len(out) >= 5 || seen[key] {
				continue
			}
			seen[key] = true
			out = append(out, c)
		}
		if len(out) > 0 {
			break
		}
	}
	return out
}

var (
	prefix    = regexp.MustCompile(`^([A-Za-z][A-Za-z0-9_-]{1,19}):.+`)
	notAnyIPA = map[string]bool{"http": true, "https": true, "urn": true, "doi": true, "uuid": true, "epsg": true}
)

// ipa returns the IPA code of the body whose data a record describes: by the
// rules of the RNDT identifiers begin with it ("c_a944:piste"). Elsewhere a
// prefix means something else.
func (r *record) ipa() string {
	if !r.rndt() {
		return ""
	}
	for _, id := range []string{identifier(r.root), r.cited.Value("identifier/*/code")} {
		if m := prefix.FindStringSubmatch(strings.TrimSpace(id)); m != nil && !notAnyIPA[strings.ToLower(m[1])] {
			return strings.ToLower(m[1])
		}
	}
	return ""
}

// rndt reports whether a record is made by the rules of the RNDT.
func (r *record) rndt() bool {
	standard := strings.ToUpper(r.root.Value("metadataStandardName") + " " + r.root.Value("metadataStandard"))
	return strings.Contains(standard, "RNDT")
}
