package vocab

import (
	"slices"
	"strings"
	"sync"
)

var accessRights = sync.OnceValue(func() *list[Concept] {
	l := concepts(accessBase, accessRightRows)
	l.also("open", "PUBLIC")
	l.also("accesso pubblico", "PUBLIC")
	return l
})

// AccessRight returns the access right that s names by code, IRI or label.
func AccessRight(s string) (Concept, bool) { return accessRights().find(s) }

// AccessRights returns all access rights, by code.
func AccessRights() []Concept { return slices.Clone(accessRights().entries) }

var availabilities = sync.OnceValue(func() *list[Concept] {
	l := concepts(availableBase, availabilityRows)
	for _, r := range availabilityRows { // the address that DCAT-AP had before
		l.also("http://data.europa.eu/r5r/availability/"+r.code, r.code)
	}
	return l
})

// Availability returns the planned availability that s names by code, IRI or
// label.
func Availability(s string) (Concept, bool) { return availabilities().find(s) }

// Availabilities returns all planned availabilities, by code.
func Availabilities() []Concept { return slices.Clone(availabilities().entries) }

var statuses = sync.OnceValue(func() *list[Concept] { return concepts(statusBase, statusRows) })

// Status returns the distribution status that s names by code, IRI or label.
func Status(s string) (Concept, bool) { return statuses().find(s) }

// Statuses returns all distribution statuses, by code.
func Statuses() []Concept { return slices.Clone(statuses().entries) }

var publisherTypes = sync.OnceValue(func() *list[Concept] { return concepts(publisherBase, publisherTypeRows) })

// PublisherType returns the ADMS publisher type that s names by code, IRI or
// label.
func PublisherType(s string) (Concept, bool) { return publisherTypes().find(s) }

// PublisherTypes returns all ADMS publisher types, by code.
func PublisherTypes() []Concept { return slices.Clone(publisherTypes().entries) }

var places = sync.OnceValue(func() *list[Concept] { return concepts(placeBase, placeRows) })

// Place returns the Italian place of the EU table that s names by code, IRI or
// name. Few municipalities are in it.
func Place(s string) (Concept, bool) { return places().find(s) }

// Places returns all Italian places of the EU table, by code.
func Places() []Concept { return slices.Clone(places().entries) }

// An HVD is a category of high-value datasets.
type HVD struct {
	Concept
	Broader string // code of the broader category; "" for the six at the top
}

type hvdRow struct {
	row
	broader string
}

var hvdCategories = sync.OnceValue(func() *list[HVD] {
	l := newList[HVD](len(hvdRows))
	for _, r := range hvdRows {
		c := r.concept(hvdBase)
		l.add(HVD{c, r.broader}, c.Code, strings.TrimPrefix(c.Code, "c_"), c.IRI)
	}
	for i, r := range hvdRows {
		l.alias(i, r.it, r.en)
	}
	return l
})

// HVDCategory returns the high-value category that s names by code, IRI or
// label.
func HVDCategory(s string) (HVD, bool) { return hvdCategories().find(s) }

// HVDCategories returns all high-value categories, broader ones first.
func HVDCategories() []HVD { return slices.Clone(hvdCategories().entries) }
