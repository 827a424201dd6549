package tabular

import (
	"strconv"
	"strings"

	"portico/catalog"
)

// value converts a raw cell by a reading. What cannot be read is null: the
// types were decided on all values, so that is a placeholder.
func (r reading) value(raw string, native bool) any {
	if r.typ == catalog.String {
		if isBlank(raw) {
			return nil
		}
		return raw
	}
	s := trim(raw)
	if s == "" {
		return nil
	}
	switch r.typ {
	case catalog.Integer, catalog.Decimal:
		return r.numeric(s, native)
	case catalog.Boolean:
		return r.boolean(s)
	case catalog.TimeOfDay:
		if v, ok := parseTime(s); ok {
			return v
		}
	case catalog.Day, catalog.Timestamp:
		return r.moment(s)
	case catalog.String, catalog.Geometry:
		return raw
	}
	return nil
}

func (r reading) boolean(s string) any {
	if r.forced && (s == "0" || s == "1") {
		return s == "1"
	}
	switch strings.ToLower(s) {
	case "sì", "si", "si'", "yes", "true", "vero":
		return true
	case "no", "false", "falso":
		return false
	}
	return nil
}

func (r reading) numeric(s string, native bool) any {
	if r.forced {
		s = uncoded(s)
	}
	if f := fits(s, native); f == fitsText || r.forced && !native && f&r.way == 0 {
		return nil
	}
	if !native && r.way != fitsInteger {
		var buf [48]byte
		s = string(plainNumber(buf[:0], s, r.way))
	}
	if r.typ == catalog.Integer {
		if v, err := strconv.ParseInt(s, 10, 64); err == nil {
			return v
		}
		return nil
	}
	if v, ok := parsePoint(s); ok {
		return v
	}
	return nil
}
