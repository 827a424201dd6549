package schema

import (
	"context"

	"portico/catalog"
)

var memberShape = shape{fields: []field{
	{"id", []step{notMissing, exists(KindBody, "That group name or ID does not exist."), toText}},
	{"role", []step{notMissing, role, toText}},
	{"username", []step{notMissing, exists(KindUser, "User not found"), toText}},
}}

// Member cleans what organization_member_create and group_member_create are
// sent.
func Member(ctx context.Context, c Context, data map[string]any) (map[string]any, error) {
	return apply(ctx, &c, &memberShape, data)
}

func role(c *cell) bool {
	if s := c.text(); s == "" || !catalog.Role(s).Valid() {
		c.fail("role does not exist.")
	}
	return true
}
