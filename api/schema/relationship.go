package schema

import (
	"context"
)

var relationshipKind = oneOf("depends_on", "dependency_of", "derives_from", "has_derivation",
	"links_to", "linked_from", "child_of", "parent_of")

var relationshipShape = shape{fields: []field{
	{"comment", optionalText},
	{"id", optionalText},
	{"object", optionalText},
	{"state", []step{ignore}},
	{"subject", optionalText},
	{"type", []step{notEmpty, relationshipKind}},
}}

var newRelationshipShape = shape{fields: with(relationshipShape.fields,
	field{"id", []step{empty("id")}},
	field{"object", []step{notEmpty, toText, exists(KindDataset, "Dataset not found")}},
	field{"subject", []step{notEmpty, toText, exists(KindDataset, "Dataset not found")}},
)}

// Relationship cleans a relationship of two datasets that is to be made.
func Relationship(ctx context.Context, c Context, data map[string]any) (map[string]any, error) {
	return apply(ctx, &c, &newRelationshipShape, data)
}

// FollowKind says what is to be followed, in the words of CKAN's messages.
type FollowKind string

// What can be followed.
const (
	FollowUser    FollowKind = "user"
	FollowDataset FollowKind = "dataset"
	FollowGroup   FollowKind = "group"
)

// Follow returns the ID of what is to be followed. All that can be wrong with
// it CKAN tells in one sentence.
func Follow(ctx context.Context, c Context, kind FollowKind, data map[string]any) (string, error) {
	kinds := map[FollowKind]Kind{FollowUser: KindUser, FollowDataset: KindDataset, FollowGroup: KindBody}
	ref, _ := data["id"].(string)
	if ref != "" {
		t, err := c.Lookup.Find(ctx, kinds[kind], ref)
		if err != nil {
			return "", err
		}
		if t.found() {
			return t.ID, nil
		}
	}
	return "", Says("message", "Error validating the schema of the "+string(kind)+" to follow.")
}
