package catalog

// An Agent is a body: the holder of a dataset, its publisher or a creator
// (dcatapit:Agent, foaf:Agent).
type Agent struct {
	Identifier string `json:"identifier,omitempty"` // IPA code in lower case, or VAT number; "" when not known
	Name       Text   `json:"name,omitempty"`
	URI        string `json:"uri,omitempty"`  // as the source names it; "" = ours is made from Identifier
	Type       string `json:"type,omitempty"` // ADMS publisher type code, such as "LocalAuthority"
}

// IsZero reports whether a says nothing.
func (a Agent) IsZero() bool {
	return a.Identifier == "" && len(a.Name) == 0 && a.URI == "" && a.Type == ""
}

// A Contact is the office to ask about a dataset (dcat:contactPoint; vcard).
type Contact struct {
	URI       string `json:"uri,omitempty"`
	Name      Text   `json:"name,omitempty"`
	Email     string `json:"email,omitempty"`     // bare address, without mailto:
	Telephone string `json:"telephone,omitempty"` // as written by the source, without tel:
	URL       string `json:"url,omitempty"`
}

// A Party is a person or office that CKAN knows as author or maintainer.
type Party struct {
	Name  string `json:"name,omitempty"`
	Email string `json:"email,omitempty"`
}
