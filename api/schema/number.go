package schema

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
)

const invalidInteger = "Invalid integer"

// integer takes a whole number, or a text that is one in base 10; a blank text
// is none. What no database column holds is wrong, too.
func integer(c *cell) bool {
	switch v := c.value.(type) {
	case nil:
		return true
	case string:
		s := strip(v)
		if s == "" {
			c.value = nil
			return true
		}
		return c.setInteger(parseInteger(s))
	case bool:
		n := int64(0)
		if v {
			n = 1
		}
		return c.setInteger(n, true)
	case json.Number:
		if n, err := strconv.ParseInt(v.String(), 10, 64); err == nil {
			return c.setInteger(n, true)
		}
	}
	f, ok := number(c.value)
	if !ok || f != math.Trunc(f) || math.Abs(f) >= 1<<63 {
		return c.fail(invalidInteger)
	}
	return c.setInteger(int64(f), true)
}

func (c *cell) setInteger(n int64, ok bool) bool {
	if !ok {
		return c.fail(invalidInteger)
	}
	c.value = json.Number(strconv.FormatInt(n, 10))
	return true
}

// parseInteger reads what Python's int does: signs, and single underscores
// between digits.
func parseInteger(s string) (int64, bool) {
	if strings.Contains(s, "__") || strings.HasSuffix(s, "_") || strings.HasPrefix(strings.TrimLeft(s, "+-"), "_") {
		return 0, false
	}
	n, err := strconv.ParseInt(strings.ReplaceAll(s, "_", ""), 10, 64)
	return n, err == nil
}

func naturalNumber(c *cell) bool {
	before := len(c.wrong)
	integer(c)
	if len(c.wrong) > before {
		return true
	}
	if n, _ := number(c.value); n < 0 {
		c.fail("Must be a natural number")
	}
	return true
}

func jsonInteger(n int) json.Number { return json.Number(strconv.Itoa(n)) }
