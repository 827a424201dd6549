package schema

import (
	"context"
	"strings"

	"portico/catalog"
)

// The IDs that the recordings were cut with.
const (
	datasetID      = "11111111-1111-4111-8111-111111111111"
	distributionID = "22222222-2222-4222-8222-222222222222"
	organizationID = "33333333-3333-4333-8333-333333333333"
	groupID        = "33333333-3333-4333-8333-333333333334"
	vocabularyID   = "44444444-4444-4444-8444-444444444444"
	viewID         = "55555555-5555-4555-8555-555555555555"
	editorID       = "66666666-6666-4666-8666-666666666666"
)

// A world is a catalogue of things that each stand under some references.
type world struct {
	things map[Kind][]Thing
	emails map[string]Thing
	tags   map[string]bool
	err    error // what every question is answered with
}

func (w *world) Find(_ context.Context, kind Kind, ref string) (Thing, error) {
	if w.err != nil {
		return Thing{}, w.err
	}
	if kind == KindEmail {
		return w.emails[strings.ToLower(ref)], nil
	}
	for _, t := range w.things[kind] {
		if t.ID == ref || t.Name == ref {
			return t, nil
		}
	}
	return Thing{}, nil
}

func (w *world) HasTag(_ context.Context, vocabulary, name string) (bool, error) {
	return w.tags[vocabulary+" "+name], w.err
}

func (w *world) MayAddTo(ctx context.Context, organization string) (bool, error) {
	return catalog.ActorOf(ctx).May(organization, catalog.RoleEditor), w.err
}

func (w *world) MayBeParent(_ context.Context, body, parent string) (bool, error) {
	return body != parent, w.err
}

// recorded is the catalogue in which the recordings were made, as far as they
// look at it.
func recorded() *world {
	editor := Thing{ID: editorID, Name: "golden-editor"}
	return &world{
		things: map[Kind][]Thing{
			KindDataset: {
				{ID: datasetID, Name: "golden-dataset"},
				{ID: "11111111-1111-4111-8111-111111111112", Name: "golden-min"},
				{ID: "11111111-1111-4111-8111-111111111113", Name: "gone", Deleted: true},
			},
			KindDistribution: {{ID: distributionID}, {ID: "22222222-2222-4222-8222-222222222225"}},
			KindBody: {
				{ID: organizationID, Name: "golden-org", Organization: true},
				{ID: "33333333-3333-4333-8333-333333333335", Name: "comune-di-lecce", Organization: true},
				{ID: groupID, Name: "golden-gruppo"},
				{ID: "33333333-3333-4333-8333-333333333336", Name: "envi"},
			},
			KindUser: {
				editor,
				{ID: "66666666-6666-4666-8666-666666666667", Name: "golden-member"},
				{ID: "66666666-6666-4666-8666-666666666668", Name: "golden-noorg"},
			},
			KindVocabulary: {{ID: vocabularyID, Name: "golden-vocab"}},
			KindView:       {{ID: viewID}},
		},
		emails: map[string]Thing{"editor@golden.example.it": editor},
		tags:   map[string]bool{vocabularyID + " tre": true},
	}
}

// actorNamed returns the actor of a recording.
func actorNamed(name string) catalog.Actor {
	switch name {
	case "admin":
		return catalog.Actor{ID: "a", Name: "admin", Sysadmin: true}
	case "editor":
		return catalog.Actor{ID: editorID, Name: "golden-editor", Roles: map[string]catalog.Role{organizationID: catalog.RoleEditor}}
	case "":
		return catalog.Actor{}
	}
	return catalog.Actor{ID: name, Name: name}
}
