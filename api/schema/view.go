package schema

import (
	"context"
	"maps"
	"slices"
)

var newViewShape = shape{fields: []field{
	{"description", optionalText},
	{"id", []step{ignoreEmpty, emptyUnlessSysadmin("id"), uuid, unused(KindView, "ResourceView id already exists"), toText}},
	{"resource_id", []step{notEmpty, toText, resourceExists}},
	{"title", []step{notEmpty, toText}},
	{"view_type", []step{notEmpty, toText}},
}, others: refuse}

// viewFields are the fields that an update takes otherwise.
var viewFields = []field{
	{"id", []step{notEmpty, toText}},
	{"package_id", []step{ignore}},
	{"resource_id", []step{ignoreMissing, toText, resourceExists}},
	{"title", optionalText},
	{"view_type", []step{ignore}},
}

// viewKinds are the kinds of view of a CKAN with its own plugins, with the
// fields that each has of its own.
var viewKinds = map[string][]field{
	"audio_view": {{"audio_url", []step{ignoreEmpty, toText}}},
	"datatables_view": {
		{"date_format", []step{withDefault("llll")}},
		{"ellipsis_length", []step{withDefault(jsonInteger(100)), naturalNumber}},
		{"filter_fields", []step{ignoreMissing, toList}},
		{"filter_values", []step{ignoreMissing, toList}},
		{"filterable", []step{withDefault(true), boolean}},
		{"filters", []step{ignore}}, // made of the two above
		{"responsive", []step{withDefault(false), boolean}},
		{"show_fields", []step{ignoreMissing}},
	},
	"image_view":   {{"image_url", []step{ignoreEmpty, toText}}},
	"text_view":    {},
	"video_view":   {{"poster_url", []step{ignoreEmpty, toText}}, {"video_url", []step{ignoreEmpty, toText}}},
	"webpage_view": {{"page_url", []step{ignoreEmpty, toText}}},
}

// View cleans a view of a distribution that is to be made, or with c.Existing
// one that takes the place of what is stored. What is missing is told one key
// at a time.
func View(ctx context.Context, c Context, data map[string]any) (map[string]any, error) {
	in := maps.Clone(data)
	if in == nil {
		in = make(map[string]any)
	}
	s := newViewShape
	kind := c.stored("view_type")
	if c.Existing == nil {
		if err := firstMissing(in, "resource_id", "view_type"); err != nil {
			return nil, err
		}
		kind = asText(in["view_type"])
	} else {
		in["id"] = c.Existing["id"]
		s.fields = with(s.fields, viewFields...)
	}
	own, ok := viewKinds[kind]
	if !ok {
		return nil, Says("view_type", "No plugin found for view_type "+kind)
	}
	s.fields = with(s.fields, own...)
	s.after = viewFilters
	return apply(ctx, &c, &s, in)
}

func firstMissing(in map[string]any, keys ...string) error {
	i := slices.IndexFunc(keys, func(key string) bool { _, ok := in[key]; return !ok })
	if i < 0 {
		return nil
	}
	return Required(in, keys[i])
}

func resourceExists(c *cell) bool {
	if !c.find(KindDistribution, c.text()).found() {
		c.fail("Resource not found: " + c.text())
	}
	return true
}

func toList(c *cell) bool {
	if s, ok := c.value.(string); ok {
		c.value = []any{clean(s)}
		return true
	}
	c.value = cleaned(c.value)
	return true
}

// viewFilters pairs the fields of a view's filters with their values.
func viewFilters(r *run) {
	fields, given := r.out["filter_fields"].([]any)
	if !given {
		return
	}
	values, _ := r.out["filter_values"].([]any)
	if len(fields) != len(values) {
		const message = `"filter_fields" and "filter_values" should have the same length`
		r.wrong.add("filter_fields", message)
		r.wrong.add("filter_values", message)
	}
	if len(fields) == 0 {
		r.wrong.add("filter_fields", `"filter_fields" is required when "filter_values" is filled`)
	}
	if len(values) == 0 {
		r.wrong.add("filter_values", `"filter_values" is required when "filter_fields" is filled`)
	}
	filters := make(map[string]any)
	for i := range min(len(fields), len(values)) {
		key := asText(fields[i])
		all, _ := filters[key].([]any)
		filters[key] = append(all, values[i])
	}
	r.out["filters"] = filters
}
