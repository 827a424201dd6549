package schema

import (
	"fmt"
	"unicode/utf8"
)

// What may be sent at most. CKAN knows no such limits; these are far above what
// any catalogue holds, and far below what would hurt.
const (
	maxKeys       = 1000 // of one object
	maxItems      = 5000 // of one list of objects
	maxText       = 1_000_000
	maxRevisions  = 1000 // keys of one package_revise
	tooManyKeys   = "Too many keys: at most 1000"
	tooManyItems  = "Too many values: at most %d"
	tooManyTags   = "Too many values: at most 5000"
	textIsTooLong = "Must be at most 1000000 characters long"
)

// checkStructure refuses what cannot be gone through: lists that are none, and
// more than anyone needs.
func (s *shape) checkStructure(in map[string]any) error {
	if len(in) > maxKeys {
		return Says("message", tooManyKeys)
	}
	for _, l := range s.lists {
		v, ok := in[l.key]
		if !ok {
			continue
		}
		items, isList := v.([]any)
		if isList && len(items) > 0 {
			_, isList = items[0].(map[string]any)
		}
		if !isList {
			return misshapen(fmt.Sprintf("Only lists of dicts can be placed against subschema ('%s',), not <class '%s'>", l.key, pyClass(v)), in)
		}
		if len(items) > l.most {
			return Fault(l.key, fmt.Sprintf(tooManyItems, l.most))
		}
		for _, item := range items {
			m, ok := item.(map[string]any)
			if !ok {
				return misshapen("Values in lists need to be dicts", in)
			}
			if len(m) > maxKeys {
				return Fault(l.key, tooManyKeys)
			}
		}
	}
	return nil
}

// longest fails a text that is longer than a text may be, and nobody looks at
// it further.
func longest(c *cell) bool {
	s := c.text()
	if len(s) <= maxText || len(s) <= utf8.UTFMax*maxText && utf8.RuneCountInString(s) <= maxText {
		return true
	}
	c.fail(textIsTooLong)
	return false
}
