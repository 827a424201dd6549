package ckan

import (
	"encoding/json"

	"portico/catalog"
	"portico/dcat/vocab"
)

func appendStandards(b []byte, ss []catalog.Standard) []byte {
	return appendObjects(b, ss, func(in *list, s catalog.Standard) {
		in.optional("uri", s.URI)
		in.string("identifier", s.Identifier)
		in.key("title")
		in.b = appendLanguages(in.b, s.Title)
		in.key("description")
		in.b = appendLanguages(in.b, s.Description)
		in.key("referenceDocumentation")
		if len(s.References) == 0 {
			in.b = append(in.b, '[', ']')
		}
		in.b = appendStrings(in.b, s.References)
	})
}

// readStandards takes the JSON of ckanext-dcatapit, a list, or comma text.
func readStandards(to *[]catalog.Standard, v string) bool {
	if len(*to) > 0 {
		return true
	}
	var in []struct {
		URI         string   `json:"uri"`
		Identifier  string   `json:"identifier"`
		Title       text     `json:"title"`
		Description text     `json:"description"`
		References  []string `json:"referenceDocumentation"`
	}
	if json.Unmarshal([]byte(v), &in) != nil {
		for _, s := range stringList(v) {
			if isIRI(s) {
				*to = append(*to, catalog.Standard{URI: s})
				continue
			}
			*to = append(*to, catalog.Standard{Identifier: s})
		}
		return true
	}
	for _, s := range in {
		*to = append(*to, catalog.Standard{
			URI: s.URI, Identifier: s.Identifier, Title: s.Title.Text, Description: s.Description.Text, References: nonBlank(s.References),
		})
	}
	return true
}

// A serviceJSON is an item of access_services.
type serviceJSON struct {
	URI                 string        `json:"uri,omitempty"`
	Title               *serviceText  `json:"title,omitempty"`
	Description         *serviceText  `json:"description,omitempty"`
	EndpointURL         []string      `json:"endpoint_url,omitempty"`
	EndpointDescription string        `json:"endpoint_description,omitempty"`
	ServesDataset       []string      `json:"serves_dataset,omitempty"`
	License             string        `json:"license,omitempty"`
	AccessRights        string        `json:"access_rights,omitempty"`
	Availability        string        `json:"availability,omitempty"`
	Documentation       []string      `json:"documentation,omitempty"`
	ConformsTo          []string      `json:"conforms_to,omitempty"`
	Legislation         []string      `json:"applicable_legislation,omitempty"`
	HVD                 []string      `json:"hvd_category,omitempty"`
	Contact             []contactJSON `json:"contact,omitempty"`
}

// A serviceText is a text that is written simply where it can be.
type serviceText struct{ text }

// MarshalJSON implements json.Marshaler.
func (t serviceText) MarshalJSON() ([]byte, error) { return appendTextJSON(nil, t.Text), nil }

// MarshalJSON implements json.Marshaler.
func (c contactJSON) MarshalJSON() ([]byte, error) {
	b := appendContacts(nil, &catalog.Dataset{Contacts: []catalog.Contact{{
		URI: c.URI, Name: c.Name.Text, Email: c.Email, Telephone: c.Telephone, URL: c.URL,
	}}})
	return b[1 : len(b)-1], nil
}

func textOf(t catalog.Text) *serviceText {
	if len(t) == 0 {
		return nil
	}
	return &serviceText{text{t}}
}

func (t *serviceText) value() catalog.Text {
	if t == nil {
		return nil
	}
	return t.Text
}

func appendServices(b []byte, x *catalog.Distribution) []byte {
	if len(x.Services) == 0 {
		return b
	}
	out := make([]serviceJSON, len(x.Services))
	for i, s := range x.Services {
		var contacts []contactJSON
		for _, c := range s.Contacts {
			contacts = append(contacts, contactJSON{URI: c.URI, Name: text{c.Name}, Email: c.Email, Telephone: c.Telephone, URL: c.URL})
		}
		out[i] = serviceJSON{
			URI: s.URI, Title: textOf(s.Title), Description: textOf(s.Description), EndpointURL: s.EndpointURLs,
			EndpointDescription: s.EndpointDescription, ServesDataset: s.ServesDatasets, License: licenseIRI(s.License),
			AccessRights: string(appendIRI(nil, accessRights, s.AccessRights)), Availability: string(appendIRI(nil, availabilities, s.Availability)),
			Documentation: s.Pages, ConformsTo: s.ConformsTo, Legislation: s.Legislation, HVD: iris(hvdBase, s.HVD), Contact: contacts,
		}
	}
	raw, err := json.Marshal(out)
	if err != nil { // none of these types can fail
		return b
	}
	return append(b, raw...)
}

func iris(base string, codes []string) []string {
	var out []string
	for _, c := range codes {
		out = append(out, string(appendIRI(nil, base, c)))
	}
	return out
}

func readServices(x *catalog.Distribution, v string) bool {
	var in []serviceJSON
	if json.Unmarshal([]byte(v), &in) != nil {
		return false
	}
	for _, s := range in {
		out := catalog.Service{
			URI: s.URI, Title: s.Title.value(), Description: s.Description.value(), EndpointURLs: s.EndpointURL,
			EndpointDescription: s.EndpointDescription, ServesDatasets: s.ServesDataset, License: s.License,
			AccessRights: accessRight(s.AccessRights), Availability: availability(s.Availability), Pages: s.Documentation,
			ConformsTo: s.ConformsTo, Legislation: s.Legislation, Contacts: contactsOf(s.Contact),
		}
		if l, ok := vocab.License(s.License); ok {
			out.License = l.URL
		}
		for _, c := range s.HVD {
			if h, ok := vocab.HVDCategory(c); ok {
				c = h.Code
			}
			out.HVD = append(out.HVD, c)
		}
		x.Services = append(x.Services, out)
	}
	return true
}
