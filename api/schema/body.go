package schema

import (
	"context"
	"maps"
	"slices"
)

var bodyLists = []list{
	{"extras", &extraShape, maxItems},
	{"groups", &parentShape, maxGroups},
	{"packages", &bodyPackageShape, 10 * maxItems},
	{"users", &bodyUserShape, maxItems},
}

var newBodyShape = shape{
	fields: []field{
		{"approval_status", optionalText},
		{"created", []step{ignore}},
		{"description", optionalText},
		{"id", append(slices.Clone(newID), unused(KindBody, "Id already exists"), toText)},
		{"image_display_url", optionalText},
		{"image_url", optionalText},
		{"is_organization", []step{ignoreMissing, boolean}},
		{"name", []step{notEmpty, toText, name, bodyName}},
		{"state", []step{ignoreUnlessMayChangeState, ignoreMissing, toText}},
		{"title", optionalText},
		{"type", optionalText},
	},
	lists: bodyLists,
	after: mergeExtras,
}

// bodyShape checks the letters of a new name, too, which CKAN forgets: a name
// that is no name cannot be reached.
var bodyShape = shape{
	fields: with(newBodyShape.fields,
		field{"id", []step{notEmpty, toText}},
		field{"name", []step{ignoreMissing, notEmpty, toText, name, bodyName}},
	),
	lists: bodyLists,
	after: mergeExtras,
}

var bodyPackageShape = shape{fields: []field{
	{"id", []step{notEmpty, toText, exists(KindDataset, "Dataset not found")}},
	{"name", optionalText},
	{"title", optionalText},
}}

var bodyUserShape = shape{fields: []field{
	{"capacity", optionalText},
	{"name", []step{notEmpty, toText}},
}}

var parentShape = shape{fields: []field{
	{"capacity", optionalText},
	{"name", []step{notEmpty, toText, noLoop}},
}}

// Organization cleans an organization that is to be made, or with c.Existing
// one that takes the place of what is stored.
func Organization(ctx context.Context, c Context, data map[string]any) (map[string]any, error) {
	return body(ctx, c, data, true)
}

// Group does the same for a group.
func Group(ctx context.Context, c Context, data map[string]any) (map[string]any, error) {
	return body(ctx, c, data, false)
}

func body(ctx context.Context, c Context, data map[string]any, organization bool) (map[string]any, error) {
	in := maps.Clone(data)
	if in == nil {
		in = make(map[string]any)
	}
	if c.Existing == nil {
		if !organization && in["type"] == "organization" {
			return nil, Says("message", "Trying to create an organization as a group")
		}
		if _, ok := in["type"]; !ok && organization {
			in["type"] = "organization"
		}
		in["is_organization"] = organization
		return apply(ctx, &c, &newBodyShape, in)
	}
	if in["type"] == nil {
		in["type"] = c.Existing["type"]
	}
	if !equal(in["type"], c.Existing["type"]) {
		return nil, Says("type", "Type cannot be updated")
	}
	in["id"], in["is_organization"] = c.Existing["id"], organization
	return apply(ctx, &c, &bodyShape, in)
}

// exists fails a reference to nothing.
func exists(kind Kind, message string) step {
	return func(c *cell) bool {
		if !c.find(kind, c.text()).found() {
			c.fail(message)
		}
		return true
	}
}

func noLoop(c *cell) bool {
	own := c.c.stored("id")
	if own == "" || c.text() == "" {
		return true
	}
	parent := c.find(KindBody, c.text())
	if c.broken == nil && (!parent.found() || !c.ask(c.c.Lookup.MayBeParent(c.ctx, own, parent.ID))) {
		c.fail("This parent would create a loop in the hierarchy")
	}
	return true
}
