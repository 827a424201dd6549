package catalog

import "time"

// An Organization is a body under whose name datasets are published here; a
// municipality, mostly. CKAN calls it organization, too.
type Organization struct {
	ID          string    `json:"-"`
	Name        string    `json:"-"` // slug, unique among organizations and groups
	Title       Text      `json:"title,omitempty"`
	Description Text      `json:"description,omitempty"`
	Identifier  string    `json:"identifier,omitempty"` // IPA code, lower case
	Email       string    `json:"email,omitempty"`
	Telephone   string    `json:"telephone,omitempty"`
	Site        string    `json:"site,omitempty"` // URL
	Region      string    `json:"region,omitempty"`
	ImageURL    string    `json:"image_url,omitempty"`
	Extras      []Extra   `json:"extras,omitempty"`
	State       State     `json:"-"`
	Created     time.Time `json:"-"`
	Datasets    int       `json:"-"` // how many of its datasets the actor may see; filled by list and show
}

// A Group is a collection of datasets across organizations. The 13 themes
// have one each, made when a dataset first carries the theme.
type Group struct {
	ID          string    `json:"-"`
	Name        string    `json:"-"`
	Title       Text      `json:"title,omitempty"`
	Description Text      `json:"description,omitempty"`
	ImageURL    string    `json:"image_url,omitempty"`
	Theme       string    `json:"theme,omitempty"` // the theme code, for a theme's group
	Extras      []Extra   `json:"extras,omitempty"`
	State       State     `json:"-"`
	Created     time.Time `json:"-"`
	Datasets    int       `json:"-"`
}
