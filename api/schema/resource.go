package schema

import (
	"context"
	"maps"
	"strings"

	"portico/internal/ckan"
)

var resourceShape = shape{
	fields: []field{
		{"cache_last_updated", []step{ignoreMissing, moment}},
		{"cache_url", optionalText},
		{"clear_upload", []step{ignore}},
		{"created", []step{ignoreMissing, moment}},
		{"data_hold", []step{ignore}},
		{"datastore_active", []step{ignoreMissing, boolean}},
		{"description", optionalText},
		{"extras", []step{ignore}},
		{"format", []step{guessFormat, ignoreMissing, toText, cleanFormat}},
		{"hash", optionalText},
		{"id", []step{ignoreEmpty, toText, resourceID}},
		{"last_modified", []step{ignoreMissing, moment}},
		{"metadata_modified", []step{ignore}},
		{"mimetype", optionalText},
		{"mimetype_inner", optionalText},
		{"name", optionalText},
		{"package_id", []step{ignore}},
		{"position", []step{ignore}},
		{"resource_type", optionalText},
		{"revision_timestamp", []step{ignore}},
		{"size", []step{ignoreMissing, integer}},
		{"state", []step{ignore}},
		{"tracking_summary", []step{ignore}},
		{"upload", []step{ignore}},
		{"url", []step{ignoreMissing, toText, trim, fileName}},
		{"url_type", optionalText},
	},
	others: keep,
}

// Resource cleans one distribution that is to be added to a dataset, or with
// c.Existing one that takes the place of what is stored. Keys that CKAN does
// not know stay as they are. The errors are flat, as its resource_create and
// resource_update give them.
func Resource(ctx context.Context, c Context, data map[string]any) (map[string]any, error) {
	in := prepareResource(data)
	if !truthy(in["url"]) {
		in["url"] = ""
	}
	if c.Existing != nil {
		in["id"] = c.Existing["id"]
		if _, ok := in["datastore_active"]; !ok && c.Existing["datastore_active"] != nil {
			in["datastore_active"] = c.Existing["datastore_active"]
		}
	}
	return apply(ctx, &c, &resourceShape, in)
}

// changedResources prepares the distributions that differ from what is stored.
func changedResources(resources []any, existing map[string]any) []any {
	stored, _ := existing["resources"].([]any)
	byID := make(map[string]any, len(stored))
	for _, item := range stored {
		if m, ok := item.(map[string]any); ok {
			if id, ok := m["id"].(string); ok {
				byID[id] = item
			}
		}
	}
	out := make([]any, len(resources))
	for i, item := range resources {
		out[i] = item
		m, ok := item.(map[string]any)
		if !ok || len(m) == 0 {
			continue
		}
		id, _ := m["id"].(string)
		if old, ok := byID[id]; !ok || !equal(old, item) {
			out[i] = prepareResource(m)
		}
	}
	return out
}

// prepareResource does to a copy of what was sent what CKAN does before it
// looks at it: it guesses the media type and forgets an upload.
func prepareResource(data map[string]any) map[string]any {
	in := maps.Clone(data)
	if in == nil {
		in = make(map[string]any)
	}
	if truthy(in["clear_upload"]) {
		in["url_type"] = ""
	}
	if _, ok := in["mimetype"]; ok {
		return in
	}
	s, _ := in["url"].(string)
	if _, path := splitAddress(s); path == "" || len(s) > maxText {
		return in
	}
	if mediaType, ok := ckan.GuessMediaType(s); ok {
		in["mimetype"] = mediaType
	}
	return in
}

// splitAddress returns the scheme and the path of an address as Python's
// urlparse does, which never fails.
func splitAddress(s string) (scheme, path string) {
	s = strings.TrimLeft(s, " ")
	if i := strings.IndexByte(s, ':'); i > 0 && isScheme(s[:i]) {
		scheme, s = s[:i], s[i+1:]
	}
	if i := strings.IndexAny(s, "?#"); i >= 0 {
		s = s[:i]
	}
	if rest, ok := strings.CutPrefix(s, "//"); ok {
		i := strings.IndexByte(rest, '/')
		if i < 0 {
			return scheme, ""
		}
		s = rest[i:]
	}
	return scheme, s
}

func isScheme(s string) bool {
	for i := range len(s) {
		c := s[i]
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
		if !letter && (i == 0 || !isAlphanumeric(c) && strings.IndexByte("+-.", c) < 0) {
			return false
		}
	}
	return true
}

// guessFormat fills an empty format of a new distribution by its address.
func guessFormat(c *cell) bool {
	if truthy(c.value) || truthy(c.in["id"]) {
		return true
	}
	s, _ := c.in["url"].(string)
	if s == "" || len(s) > maxText {
		return true
	}
	if scheme, path := splitAddress(s); scheme != "" && path == "" {
		return true
	}
	if mediaType, ok := ckan.GuessMediaType(s); ok {
		c.value = mediaType
	}
	return true
}

func cleanFormat(c *cell) bool {
	if s := ckan.CleanFormat(c.text()); s != c.text() {
		c.value = s
	}
	return true
}

// fileName leaves of an uploaded file's address its name.
func fileName(c *cell) bool {
	if s := c.text(); c.in["url_type"] == "upload" {
		c.value = s[strings.LastIndexByte(s, '/')+1:]
	}
	return true
}

// resourceID refuses an ID that is none or stands elsewhere. IDs that are
// stored with the thing are good, whatever they look like; CKAN takes one
// twice and then fails, which is not done here.
func resourceID(c *cell) bool {
	id := c.text()
	own := c.c.stored("id") == id || c.storedItem("resources", c.in) != nil
	if !own && !isUUID(id) {
		c.fail("Invalid id provided")
	}
	if c.seen == nil {
		c.seen = make(map[string]bool)
	}
	t := Thing{}
	if !own {
		t = c.find(KindDistribution, id)
	}
	if c.seen[id] || t.found() && !t.Deleted {
		c.fail("Resource id already exists.")
	}
	c.seen[id] = true
	return true
}
