package schema

import (
	"encoding/json"
	"strings"
	"unicode/utf8"
)

// Steps that many schemas share. Their names are CKAN's, shortened.

func ignoreMissing(c *cell) bool {
	switch c.value.(type) {
	case nil, absent:
		c.value = absent{}
		return false
	}
	return true
}

func ignoreEmpty(c *cell) bool {
	if truthy(c.value) {
		return true
	}
	c.value = absent{}
	return false
}

func ignore(c *cell) bool {
	c.value = absent{}
	return false
}

func notMissing(c *cell) bool {
	if _, none := c.value.(absent); !none {
		return true
	}
	c.fail(missingValue)
	return false
}

// notEmpty takes 0 and false for something, as CKAN does.
func notEmpty(c *cell) bool {
	if truthy(c.value) {
		return true
	}
	if n, ok := asNumber(c.value); ok && n == 0 {
		return true
	}
	c.fail(missingValue)
	return false
}

// empty refuses a value under the given key.
func empty(key string) step {
	return func(c *cell) bool {
		if truthy(c.value) {
			c.fail("The input field " + key + " was not expected.")
		}
		c.value = absent{}
		return true
	}
}

func emptyUnlessSysadmin(key string) step {
	refuse := empty(key)
	return func(c *cell) bool {
		if c.c.Actor.Sysadmin {
			return true
		}
		refuse(c)
		return false
	}
}

func ignoreUnlessSysadmin(c *cell) bool {
	if !c.c.Actor.Sysadmin {
		return ignore(c)
	}
	return true
}

func ignoreUnlessMayChangeState(c *cell) bool {
	if !c.c.Actor.Sysadmin && !c.c.MayChangeState {
		return ignore(c)
	}
	return true
}

// toText makes a text of whatever it is, and no longer than a text may be.
func toText(c *cell) bool {
	switch v := c.value.(type) {
	case absent:
		return true
	case string:
		if !longest(c) {
			return false
		}
		if s := clean(v); s != v {
			c.value = s
		}
		return true
	default:
		c.value = asText(v)
	}
	return longest(c)
}

func trim(c *cell) bool {
	if s := c.text(); s != "" {
		if t := strip(s); len(t) < len(s) {
			c.value = t
		}
	}
	return true
}

// sameAs takes what another field has become when this one is empty.
func sameAs(key string) step {
	return func(c *cell) bool {
		if truthy(c.value) {
			return true
		}
		v, ok := c.out[key]
		if !ok {
			v = absent{}
		}
		c.value = v
		return true
	}
}

func withDefault(v any) step {
	return func(c *cell) bool {
		if _, none := c.value.(absent); none || c.value == nil || c.value == "" {
			c.value = v
		}
		return true
	}
}

// boolean never fails: what does not look true is false.
func boolean(c *cell) bool {
	switch v := c.value.(type) {
	case bool:
	case json.Number:
		c.value = !strings.ContainsAny(v.String(), ".eE") && truthy(v)
	case string:
		switch strings.ToLower(v) {
		case "true", "yes", "t", "y", "1":
			c.value = true
		default:
			c.value = false
		}
	case int, int64:
		c.value = truthy(v)
	default:
		c.value = false
	}
	return true
}

// object takes a JSON object, or nothing.
func object(c *cell) bool {
	if c.value == nil || c.value == "" {
		c.value = nil
		return true
	}
	if _, ok := c.value.(map[string]any); !ok {
		return c.fail("The value should be a valid JSON object")
	}
	c.value = cleaned(c.value)
	return true
}

func oneOf(values ...string) step {
	quoted := make([]string, len(values))
	for i, v := range values {
		quoted[i] = "'" + v + "'"
	}
	message := "Value must be one of [" + strings.Join(quoted, ", ") + "]"
	return func(c *cell) bool {
		s, ok := c.value.(string)
		if ok && s == "" {
			return true
		}
		for _, v := range values {
			if ok && s == v {
				return true
			}
		}
		return c.fail(message)
	}
}

// uuid takes the two usual ways to write a UUID. Python's takes more, which
// would not be found again.
func uuid(c *cell) bool {
	if !isUUID(c.text()) {
		c.fail("Invalid id provided")
	}
	return true
}

func isUUID(s string) bool {
	if len(s) == 36 && s[8] == '-' && s[13] == '-' && s[18] == '-' && s[23] == '-' {
		s = s[:8] + s[9:13] + s[14:18] + s[19:23] + s[24:]
	}
	return len(s) == 32 && strings.Trim(s, "0123456789abcdefABCDEF") == ""
}

// unused fails an ID under which something stands.
func unused(kind Kind, message string) step {
	return func(c *cell) bool {
		if c.find(kind, c.text()).found() {
			c.fail(message)
		}
		return true
	}
}

func runes(s string) int { return utf8.RuneCountInString(s) }
