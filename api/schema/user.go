package schema

import (
	"context"
	"maps"
	"slices"
	"strings"
)

var newUserShape = shape{fields: []field{
	{"about", []step{ignoreMissing, toText, noLinks}},
	{"activity_streams_email_notifications", []step{ignoreMissing, boolean}},
	{"created", []step{ignore}},
	{"email", []step{notEmpty, toText, trim, email, uniqueEmail}},
	{"fullname", optionalText},
	{"id", append(slices.Clone(newID), toText)},
	{"image_display_url", optionalText},
	{"image_url", optionalText},
	{"name", []step{notEmpty, name, userName, toText}},
	{"password", []step{password, passwordGiven, ignoreMissing, toText}},
	{"password_hash", []step{ignoreMissing, ignoreUnlessSysadmin, toText}},
	{"plugin_extras", []step{ignoreMissing, object, ignoreUnlessSysadmin}},
	{"reset_key", []step{ignore}},
	{"state", []step{ignoreMissing, ignoreUnlessSysadmin, toText}},
	{"sysadmin", []step{ignoreMissing, ignoreUnlessSysadmin, notOneself, boolean}},
}}

var userShape = shape{fields: with(newUserShape.fields,
	field{"id", []step{notEmpty, toText}},
	field{"name", []step{ignoreMissing, name, userName, toText}},
	field{"password", []step{password, ignoreEmpty, toText}},
)}

var inviteShape = shape{fields: []field{
	{"email", []step{notEmpty, toText, email, uniqueEmail}},
	{"group_id", []step{notEmpty}},
	{"role", []step{notEmpty}},
}}

// User cleans a user that is to be made, or with c.Existing one that takes the
// place of what is stored. A password is in the result as it was given; an
// empty one leaves the old.
func User(ctx context.Context, c Context, data map[string]any) (map[string]any, error) {
	in := maps.Clone(data)
	if in == nil {
		in = make(map[string]any)
	}
	if c.Existing != nil {
		in["id"] = c.Existing["id"]
		return apply(ctx, &c, &userShape, in)
	}
	if id, ok := in["id"]; ok && truthy(id) {
		t, err := c.Lookup.Find(ctx, KindUser, asText(id))
		if err != nil {
			return nil, err
		}
		if !c.Actor.Sysadmin || t.found() {
			delete(in, "id")
		}
	}
	return apply(ctx, &c, &newUserShape, in)
}

// Invite cleans the invitation of a user by email.
func Invite(ctx context.Context, c Context, data map[string]any) (map[string]any, error) {
	return apply(ctx, &c, &inviteShape, data)
}

const (
	shortestPassword = 8
	longestPassword  = 4096 // a hash of more costs what nobody's password is worth
)

func password(c *cell) bool {
	s, ok := c.value.(string)
	_, none := c.value.(absent)
	switch n := runes(s); {
	case none, ok && s == "":
	case !ok:
		c.fail("Passwords must be strings")
	case n < shortestPassword:
		c.fail("Your password must be 8 characters or longer")
	case n > longestPassword:
		c.fail("Your password must be at most 4096 characters long")
	}
	return true
}

// passwordGiven asks for a password of whoever does not give its hash.
func passwordGiven(c *cell) bool {
	if _, ok := c.in["password_hash"]; ok && c.c.Actor.Sysadmin {
		return true
	}
	if !truthy(c.value) {
		c.fail(missingValue)
	}
	return true
}

func noLinks(c *cell) bool {
	if s := c.text(); strings.Contains(s, "http://") || strings.Contains(s, "https://") {
		c.fail("Edit not allowed as it looks like spam. Please avoid links in your description.")
	}
	return true
}

// notOneself keeps sysadmins from shutting themselves out.
func notOneself(c *cell) bool {
	if c.c.Existing == nil || equal(c.value, c.c.Existing["sysadmin"]) {
		return true
	}
	if id := c.c.stored("id"); id != "" && id == c.c.Actor.ID {
		c.fail("Cannot modify your own sysadmin privileges")
	}
	return true
}
