package ckan

import (
	"encoding/json"
	"strings"

	"portico/catalog"
)

func firstCreator(d *catalog.Dataset) *catalog.Agent {
	if len(d.Creators) == 0 {
		d.Creators = make([]catalog.Agent, 1)
	}
	return &d.Creators[0]
}

func firstContact(d *catalog.Dataset) *catalog.Contact {
	if len(d.Contacts) == 0 {
		d.Contacts = make([]catalog.Contact, 1)
	}
	return &d.Contacts[0]
}

// appendCreators writes what ckanext-dcatapit takes: the name by language, the
// identifier, and no other key.
func appendCreators(b []byte, d *catalog.Dataset) []byte {
	return appendObjects(b, d.Creators, func(in *list, a catalog.Agent) {
		in.key("creator_name")
		in.b = appendLanguages(in.b, a.Name)
		in.string("creator_identifier", a.Identifier)
	})
}

func readCreators(d *catalog.Dataset, v string) bool {
	if len(d.Creators) > 0 {
		return true
	}
	var in []struct {
		Name       text   `json:"creator_name"`
		Identifier string `json:"creator_identifier"`
		// as ckanext-dcat has them
		PlainName text   `json:"name"`
		URI       string `json:"uri"`
		PlainID   string `json:"identifier"`
	}
	if json.Unmarshal([]byte(v), &in) != nil {
		if strings.HasPrefix(v, "[") || strings.HasPrefix(v, "{") {
			return false
		}
		d.Creators = []catalog.Agent{{Name: catalog.It(v)}}
		return true
	}
	for _, c := range in {
		a := catalog.Agent{Name: c.Name.Text, Identifier: strings.ToLower(orElse(c.Identifier, c.PlainID)), URI: c.URI}
		if len(a.Name) == 0 {
			a.Name = c.PlainName.Text
		}
		if !a.IsZero() {
			d.Creators = append(d.Creators, a)
		}
	}
	return true
}

// appendCreatorAgents writes the creators whole, where the keys of "creator"
// do not say all.
func appendCreatorAgents(b []byte, d *catalog.Dataset) []byte {
	plain := true
	for _, a := range d.Creators {
		plain = plain && a.URI == "" && a.Type == ""
	}
	if plain {
		return b
	}
	return appendObjects(b, d.Creators, func(in *list, a catalog.Agent) {
		in.key("name")
		in.b = appendTextJSON(in.b, a.Name)
		in.optional("identifier", a.Identifier)
		in.optional("uri", a.URI)
		in.optional("type", a.Type)
	})
}

func readCreatorAgents(d *catalog.Dataset, v string) bool {
	var in []struct {
		Name                  text
		Identifier, URI, Type string
	}
	if json.Unmarshal([]byte(v), &in) != nil {
		return false
	}
	d.Creators = nil
	for _, c := range in {
		d.Creators = append(d.Creators, catalog.Agent{Name: c.Name.Text, Identifier: c.Identifier, URI: c.URI, Type: publisherType(c.Type)})
	}
	return true
}

func appendContacts(b []byte, d *catalog.Dataset) []byte {
	return appendObjects(b, d.Contacts, func(in *list, c catalog.Contact) {
		in.optional("uri", c.URI)
		if len(c.Name) > 0 {
			in.key("name")
			in.b = appendTextJSON(in.b, c.Name)
		}
		in.optional("email", c.Email)
		in.optional("telephone", c.Telephone)
		in.optional("url", c.URL)
	})
}

func readContacts(d *catalog.Dataset, v string) bool {
	if len(d.Contacts) > 0 {
		return true
	}
	var in []contactJSON
	if json.Unmarshal([]byte(v), &in) != nil {
		return false
	}
	d.Contacts = contactsOf(in)
	return true
}

type contactJSON struct {
	URI       string `json:"uri"`
	Name      text   `json:"name"`
	Email     string `json:"email"`
	Telephone string `json:"telephone"`
	URL       string `json:"url"`
}

func contactsOf(in []contactJSON) []catalog.Contact {
	var out []catalog.Contact
	for _, c := range in {
		if c.URI == "" && c.Email == "" && c.Telephone == "" && c.URL == "" && len(c.Name.Text) == 0 {
			continue
		}
		out = append(out, catalog.Contact{URI: c.URI, Name: c.Name.Text, Email: strings.TrimPrefix(c.Email, "mailto:"), Telephone: c.Telephone, URL: c.URL})
	}
	return out
}

// appendOtherIDs writes what ckanext-dcatapit takes: "agent" is always there,
// {} for none, and there is no other key.
func appendOtherIDs(b []byte, d *catalog.Dataset) []byte {
	return appendObjects(b, d.OtherIDs, func(in *list, o catalog.AlternateID) {
		in.string("identifier", o.Value)
		in.raw("agent", "{")
		ag := list{b: in.b}
		if !o.Agent.IsZero() {
			ag.string("agent_identifier", o.Agent.Identifier)
			ag.key("agent_name")
			ag.b = appendLanguages(ag.b, o.Agent.Name)
		}
		in.b = append(ag.b, '}')
	})
}

func readOtherIDs(d *catalog.Dataset, v string) bool {
	if len(d.OtherIDs) > 0 {
		return true
	}
	var in []struct {
		Identifier string `json:"identifier"`
		Agent      struct {
			Identifier string `json:"agent_identifier"`
			Name       text   `json:"agent_name"`
		} `json:"agent"`
	}
	if json.Unmarshal([]byte(v), &in) != nil {
		for _, s := range stringList(v) {
			d.OtherIDs = append(d.OtherIDs, catalog.AlternateID{Value: s})
		}
		return true
	}
	for _, o := range in {
		if o.Identifier != "" {
			d.OtherIDs = append(d.OtherIDs, catalog.AlternateID{Value: o.Identifier, Agent: catalog.Agent{
				Identifier: strings.ToLower(o.Agent.Identifier), Name: o.Agent.Name.Text,
			}})
		}
	}
	return true
}
