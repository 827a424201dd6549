package schema

import (
	"context"
	"maps"
	"slices"
	"strings"
)

var (
	optionalText  = []step{ignoreMissing, toText}
	optionalEmail = []step{ignoreMissing, toText, trim, email}
	newID         = []step{ignoreMissing, emptyUnlessSysadmin("id"), uuid}
)

const (
	maxGroups        = 1000
	maxRelationships = 1000
)

// packageLists are the lists of a dataset, made and changed alike.
var packageLists = []list{
	{"extras", &extraShape, maxItems},
	{"groups", &packageGroupShape, maxGroups},
	{"relationships_as_object", &relationshipShape, maxRelationships},
	{"relationships_as_subject", &relationshipShape, maxRelationships},
	{"resources", &resourceShape, maxItems},
	{"tags", &tagShape, maxItems},
}

var newPackageShape = shape{
	fields: []field{
		{"author", optionalText},
		{"author_email", optionalEmail},
		{"id", append(slices.Clone(newID), unused(KindDataset, "Dataset id already exists"), toText)},
		{"license_id", optionalText},
		{"maintainer", optionalText},
		{"maintainer_email", optionalEmail},
		{"metadata_modified", []step{ignoreUnlessSysadmin, ignoreMissing, moment}},
		{"name", []step{notEmpty, toText, name, datasetName}},
		{"notes", optionalText},
		{"owner_org", []step{owner, toText}},
		{"plugin_data", []step{ignoreMissing, object, ignoreUnlessSysadmin}},
		{"private", []step{ignoreMissing, boolean, privateNeedsOwner}},
		{"return_to", []step{ignore}},
		{"save", []step{ignore}},
		{"state", []step{ignoreUnlessMayChangeState, ignoreMissing, toText}},
		{"tag_string", []step{ignoreMissing, tagString}},
		{"title", []step{sameAs("name"), toText}},
		{"type", optionalText},
		{"url", optionalText},
		{"version", []step{ignoreMissing, toText, versionLength}},
	},
	lists:  packageLists,
	before: beforePackage,
	after:  afterPackage,
}

var packageShape = shape{
	fields: with(newPackageShape.fields,
		field{"id", optionalText},
		field{"name", []step{ignoreMissing, name, datasetName, toText}},
		field{"owner_org", []step{ignoreMissing, owner, toText}},
		field{"title", optionalText},
	),
	lists:  packageLists,
	before: beforePackage,
	after:  afterPackage,
}

// with returns fields with some of them in another's place, or added.
func with(fields []field, others ...field) []field {
	out := slices.Clone(fields)
	for _, f := range others {
		i := slices.IndexFunc(out, func(g field) bool { return g.key >= f.key })
		switch {
		case i < 0:
			out = append(out, f)
		case out[i].key == f.key:
			out[i] = f
		default:
			out = slices.Insert(out, i, f)
		}
	}
	return out
}

var packageGroupShape = shape{fields: []field{
	{"id", optionalText},
	{"name", optionalText},
	{"title", optionalText},
}}

var extraShape = shape{fields: []field{
	{"deleted", []step{ignoreMissing}},
	{"id", newID},
	{"key", []step{notEmpty, notInSchema, toText}},
	{"revision_timestamp", []step{ignore}},
	{"state", []step{ignore}},
	{"value", []step{notMissing, toText}},
}}

// Package cleans a dataset that is to be made, or with c.Existing one that
// takes the place of what is stored. Scalars that CKAN's update clears (title,
// version, url, author, author_email, maintainer, maintainer_email, notes,
// license_id) are absent from the result when they were not given or null; so
// are tags and extras, which it empties, and resources, groups, private,
// owner_org, state and name, which it leaves.
func Package(ctx context.Context, c Context, data map[string]any) (map[string]any, error) {
	in := maps.Clone(data)
	if in == nil {
		in = make(map[string]any)
	}
	if c.Existing == nil {
		if _, ok := in["type"]; !ok {
			in["type"] = "dataset"
		}
		return apply(ctx, &c, &newPackageShape, in)
	}
	in["id"], in["type"] = c.Existing["id"], c.Existing["type"]
	if resources, ok := in["resources"].([]any); ok {
		in["resources"] = changedResources(resources, c.Existing)
	}
	return apply(ctx, &c, &packageShape, in)
}

func beforePackage(r *run) {
	if junk := r.in["__junk"]; truthy(junk) {
		names := []string{"__junk"}
		if m, ok := junk.(map[string]any); ok {
			names = slices.Sorted(maps.Keys(m))
		}
		r.wrong.add("__junk", "The input field ['"+strings.Join(names, "', '")+"'] was not expected.")
	}
	items, _ := r.in["extras"].([]any)
	seen := make(map[string]bool, len(items))
	for _, item := range items {
		m, _ := item.(map[string]any)
		key, ok := m["key"].(string)
		if !ok || truthy(m["deleted"]) {
			continue
		}
		if seen[key] {
			r.wrong.add("extras_validation", `Duplicate key "`+key+`"`)
			return
		}
		seen[key] = true
	}
}

func afterPackage(r *run) {
	mergeTags(r)
	mergeExtras(r)
	if s, _ := r.out["type"].(string); s == "" {
		r.out["type"] = "dataset"
	}
}

// mergeExtras leaves of the extras their keys and values, each key once with
// its last value, and none that is marked as deleted.
func mergeExtras(r *run) {
	items, _ := r.out["extras"].([]any)
	if len(items) == 0 {
		return
	}
	at := make(map[string]int, len(items))
	out := make([]any, 0, len(items))
	for _, item := range items {
		m, _ := item.(map[string]any)
		if truthy(m["deleted"]) {
			continue
		}
		delete(m, "deleted")
		delete(m, "id")
		key, _ := m["key"].(string)
		if i, twice := at[key]; twice {
			out[i] = item
			continue
		}
		at[key] = len(out)
		out = append(out, item)
	}
	r.out["extras"] = out
}

// notInSchema refuses an extra with the name of a field.
func notInSchema(c *cell) bool {
	s, ok := c.value.(string)
	if ok && (c.keys(s) || s == "__before" || s == "__extras" || s == "__junk") {
		c.fail("There is a schema field with the same name")
	}
	return true
}

// owner takes the ID or name of an organization into which the actor may put
// the dataset, and makes it its ID.
func owner(c *cell) bool {
	s, ok := c.value.(string)
	switch {
	case !truthy(c.value):
		if !c.c.AllowUnowned {
			return c.fail("An organization must be provided")
		}
		if !ok {
			c.value = absent{}
		}
		return ok
	case !ok:
		return c.fail("Organization does not exist")
	}
	t := c.find(KindBody, s)
	if !t.found() || !t.Organization {
		return c.fail("Organization does not exist")
	}
	if t.ID != c.c.stored("owner_org") && c.broken == nil && !c.c.Actor.Sysadmin && !c.ask(c.c.Lookup.MayAddTo(c.ctx, t.ID)) {
		return c.fail("You cannot add a dataset to this organization")
	}
	c.value = t.ID
	return true
}

func privateNeedsOwner(c *cell) bool {
	if c.value == true && !truthy(c.out["owner_org"]) && c.c.stored("owner_org") == "" {
		c.fail("Datasets with no organization can't be private.")
	}
	return true
}

func versionLength(c *cell) bool {
	if runes(c.text()) > longestName {
		c.fail("Version must be a maximum of 100 characters long")
	}
	return true
}
