package catalog

import (
	"slices"
	"time"
)

// A State says where a dataset is in its life (decision D18: nothing just
// vanishes).
type State string

// The states of a dataset.
const (
	Active    State = "active"    // public, unless Private
	Draft     State = "draft"     // not yet published
	Withdrawn State = "withdrawn" // taken back by a person; its address answers 410
	Retired   State = "retired"   // gone from the source that it was harvested from; 410
	Deleted   State = "deleted"   // deleted by a person; its name is free again; 410
)

// Gone reports whether a dataset in state s has been public and no longer is.
func (s State) Gone() bool { return s == Withdrawn || s == Retired || s == Deleted }

// A Dataset is a collection of data that one body holds (dcatapit:Dataset).
// Its JSON form is the body that the store keeps (decision D15); what has the
// tag "-" is kept in columns of its own.
type Dataset struct {
	ID   string `json:"-"` // ours: a UUID, never reused
	Name string `json:"-"` // the slug in our URLs, unique in the catalog

	URI        string `json:"uri,omitempty"`        // the IRI that a source gave it; "" = minted from our origin and ID
	Identifier string `json:"identifier,omitempty"` // dct:identifier, unique at its holder
	Title      Text   `json:"title,omitempty"`
	// Description is dct:description, plain text or Markdown, no HTML.
	Description Text `json:"description,omitempty"`

	Holder       Agent     `json:"holder"`             // dct:rightsHolder, the owner (decision D2)
	Publisher    Agent     `json:"publisher"`          // dct:publisher
	Creators     []Agent   `json:"creators,omitempty"` // dct:creator
	Contacts     []Contact `json:"contacts,omitempty"` // dcat:contactPoint
	Organization string    `json:"-"`                  // ID of the Organization under which it is published; "" = none
	Author       Party     `json:"author"`
	Maintainer   Party     `json:"maintainer"`

	Modified  Date   `json:"modified,omitempty"`  // dct:modified: when the data changed, not the record
	Issued    Date   `json:"issued,omitempty"`    // dct:issued
	Frequency string `json:"frequency,omitempty"` // dct:accrualPeriodicity, EU code such as "ANNUAL"

	Themes    []Theme   `json:"themes,omitempty"` // dcat:theme with dct:subject
	Groups    []string  `json:"groups,omitempty"` // names of the groups it is in; the theme groups among them
	Keywords  []Keyword `json:"keywords,omitempty"`
	Languages []string  `json:"languages,omitempty"` // EU codes such as "ITA"
	License   string    `json:"license,omitempty"`   // canonical licence URL for the dataset as a whole; see Distribution.License
	LicenseID string    `json:"license_id,omitempty"`

	Temporal    []Period      `json:"temporal,omitempty"`
	Spatial     []Place       `json:"spatial,omitempty"`
	ConformsTo  []Standard    `json:"conforms_to,omitempty"`
	OtherIDs    []AlternateID `json:"other_ids,omitempty"`     // adms:identifier
	IsVersionOf []string      `json:"is_version_of,omitempty"` // IRIs
	HasVersion  []string      `json:"has_version,omitempty"`   // IRIs
	SourceIRIs  []string      `json:"source_iris,omitempty"`   // dct:source
	Pages       []string      `json:"pages,omitempty"`         // foaf:page, documentation
	Samples     []string      `json:"samples,omitempty"`       // adms:sample
	InSeries    []string      `json:"in_series,omitempty"`     // dcat:inSeries, IRIs

	LandingPage  string   `json:"landing_page,omitempty"` // dcat:landingPage; CKAN: url
	Version      string   `json:"version,omitempty"`      // owl:versionInfo
	VersionNotes Text     `json:"version_notes,omitempty"`
	AccessRights string   `json:"access_rights,omitempty"` // EU code such as "PUBLIC"
	Legislation  []string `json:"legislation,omitempty"`   // dcatap:applicableLegislation, IRIs
	HVD          []string `json:"hvd,omitempty"`           // dcatap:hvdCategory codes such as "c_ac64a52d"
	Type         string   `json:"type,omitempty"`          // dct:type, IRI or code
	Provenance   Text     `json:"provenance,omitempty"`
	Kind         string   `json:"kind,omitempty"` // CKAN's package type; "" = "dataset"

	Distributions []Distribution `json:"distributions,omitempty"` // in the publisher's order
	Extras        []Extra        `json:"extras,omitempty"`        // what the profile does not know, in order, given back as it came

	// Notes tells the publisher what a rule of ours completed or changed.
	Notes []Problem `json:"notes,omitempty"`
	// Quarantine holds the problems for which the dataset is left out of RDF
	// feeds until they are mended; empty means that it may be fed.
	Quarantine []Problem `json:"quarantine,omitempty"`

	State     State     `json:"-"`
	Private   bool      `json:"-"` // seen by members of Organization alone
	Creator   string    `json:"-"` // ID of the user who created it, or ""
	Origin    Origin    `json:"-"` // zero for a dataset made here
	Created   time.Time `json:"-"` // of the record, UTC, microseconds
	Updated   time.Time `json:"-"` // of the record: moves on every change and only then
	Revision  int64     `json:"-"` // grows by one with each change
	Successor string    `json:"successor,omitempty"`
}

// A Theme is one of the 13 EU data themes, with EuroVoc sub-themes.
type Theme struct {
	Code      string   `json:"code"`                // such as "ENVI"
	Subthemes []string `json:"subthemes,omitempty"` // EuroVoc IRIs (dct:subject)
}

// A Keyword is a free tag (dcat:keyword).
type Keyword struct {
	Name string `json:"name"`
	Lang string `json:"lang,omitempty"` // BCP 47; "" = DefaultLanguage
	// Vocabulary is the ID of the CKAN vocabulary that it is of; "" = a free tag.
	Vocabulary string `json:"vocabulary,omitempty"`
}

// A Period is a span of time that data are about (dct:PeriodOfTime).
type Period struct {
	Start Date `json:"start,omitempty"`
	End   Date `json:"end,omitempty"` // "" = open
}

// A Place is where data are about (dct:Location). Any field may be empty.
type Place struct {
	URI      string `json:"uri,omitempty"`      // EU place, ISTAT unit or GeoNames
	Name     Text   `json:"name,omitempty"`     // locn:geographicName
	Geometry string `json:"geometry,omitempty"` // WKT or GeoJSON, EPSG:4326
}

// A Standard is what a dataset or distribution conforms to (dcatapit:Standard).
type Standard struct {
	URI         string   `json:"uri,omitempty"`
	Identifier  string   `json:"identifier,omitempty"`
	Title       Text     `json:"title,omitempty"`
	Description Text     `json:"description,omitempty"`
	References  []string `json:"references,omitempty"` // dcatapit:referenceDocumentation
}

// An AlternateID is another identifier of a dataset (adms:Identifier).
type AlternateID struct {
	Value string `json:"value"`
	Agent Agent  `json:"agent"`
}

// An Extra is a key with its value as CKAN clients sent it.
type Extra struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// Mark reports whether x is no extra of the publisher but a mark: it stands
// under a key that is CKAN's own, which no extra can have, and tells how a CKAN
// client said what the dataset holds elsewhere ("" rather than null). Only
// CKAN's JSON heeds marks; nobody is shown them.
func (x Extra) Mark() bool {
	switch x.Key {
	case "author", "author_email", "groups", "license_id", "maintainer", "maintainer_email", "notes", "url", "version":
		return true
	}
	return false
}

// FreeExtras returns the extras of d that are no marks.
func (d *Dataset) FreeExtras() []Extra {
	if !slices.ContainsFunc(d.Extras, Extra.Mark) {
		return d.Extras
	}
	return slices.DeleteFunc(slices.Clone(d.Extras), Extra.Mark)
}

// Extra returns the value of the first extra with the given key, or "".
func (d *Dataset) Extra(key string) string {
	for _, x := range d.Extras {
		if x.Key == key {
			return x.Value
		}
	}
	return ""
}

// Visible reports whether anybody may see d.
func (d *Dataset) Visible() bool { return d.State == Active && !d.Private }

// Origin says where a harvested Dataset came from.
type Origin struct {
	Source string // ID of the Source
	Record string // the record's ID at that source
	Digest string // of the record as it was read; equal digests, equal data
}
