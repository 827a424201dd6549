package schema

import "strings"

const longestLabel = 63

// email takes an address in the form that HTML asks of one, or nothing.
func email(c *cell) bool {
	if s := c.text(); s != "" && !isEmail(s) {
		c.fail("Email " + s + " is not a valid format")
	}
	return true
}

func isEmail(s string) bool {
	local, domain, ok := strings.Cut(s, "@")
	if !ok || local == "" || s[0] == '.' || strings.Contains(s, "..") {
		return false
	}
	for i := range len(local) {
		if c := local[i]; !isAlphanumeric(c) && strings.IndexByte(".!#$%&'*+/=?^_`{|}~-", c) < 0 {
			return false
		}
	}
	for label := range strings.SplitSeq(domain, ".") {
		if !isLabel(label) {
			return false
		}
	}
	return true
}

func isLabel(s string) bool {
	if s == "" || len(s) > longestLabel || s[0] == '-' || s[len(s)-1] == '-' {
		return false
	}
	for i := range len(s) {
		if c := s[i]; !isAlphanumeric(c) && c != '-' {
			return false
		}
	}
	return true
}

func isAlphanumeric(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}

// uniqueEmail refuses the address of another user. A user with the name that
// is sent is no other.
func uniqueEmail(c *cell) bool {
	s := c.text()
	t := c.find(KindEmail, s)
	if !t.found() || t.ID == c.c.stored("id") {
		return true
	}
	for _, key := range []string{"name", "id"} {
		if ref, _ := c.in[key].(string); ref != "" && (ref == t.Name || key == "id" && ref == t.ID) {
			return true
		}
	}
	return c.fail("The email address '" + strings.ToLower(s) + "' belongs to a registered user.")
}
