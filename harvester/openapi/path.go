package openapi

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"

	"portico/harvester/web"
)

// maxDeep bounds how deep a path goes, and how deep objects are unfolded.
const maxDeep = 20

// find returns what is at a path of keys with points between them in a JSON
// value, nil when there is nothing. A number names a place in a list.
func find(raw json.RawMessage, path string) json.RawMessage {
	if path == "" {
		return raw
	}
	for _, key := range strings.SplitN(path, ".", maxDeep) {
		if raw = step(raw, key); raw == nil {
			return nil
		}
	}
	return raw
}

func step(raw json.RawMessage, key string) json.RawMessage {
	switch first(raw) {
	case '{':
		var m map[string]json.RawMessage
		if json.Unmarshal(raw, &m) == nil {
			return m[key]
		}
	case '[':
		var list []json.RawMessage
		if n, err := strconv.Atoi(key); err == nil && n >= 0 && json.Unmarshal(raw, &list) == nil && n < len(list) {
			return list[n]
		}
	}
	return nil
}

func first(raw json.RawMessage) byte {
	if raw = bytes.TrimSpace(raw); len(raw) > 0 {
		return raw[0]
	}
	return 0
}

// list returns the items at a path. It is false when there is no list.
func list(raw json.RawMessage, path string) ([]json.RawMessage, bool) {
	var out []json.RawMessage
	at := find(raw, path)
	if first(at) != '[' || json.Unmarshal(at, &out) != nil {
		return nil, false
	}
	return out, true
}

// texts returns the words at a path. Where the path meets a list, it goes on
// in each of its items: "tags.name" are the names of all tags.
func texts(raw json.RawMessage, path string) web.Strings {
	const most = 500
	at := []json.RawMessage{raw}
	for _, key := range strings.SplitN(path, ".", maxDeep) {
		var next []json.RawMessage
		for _, v := range at {
			if inner, ok := list(v, ""); ok {
				if _, err := strconv.Atoi(key); err != nil {
					for _, x := range inner[:min(len(inner), most)] {
						next = append(next, step(x, key))
					}
					continue
				}
			}
			next = append(next, step(v, key))
		}
		at = next[:min(len(next), most)]
	}
	var out web.Strings
	for _, v := range at {
		var s web.Strings
		if first(v) == '[' {
			_ = json.Unmarshal(v, &s) // what is no text is left out
		} else if one := text(v); one != "" {
			s = web.Strings{one}
		}
		out = append(out, s...)
	}
	return out[:min(len(out), most)]
}

// text returns a JSON value as a person reads it.
func text(raw json.RawMessage) string {
	var s web.String
	if first(raw) == 'n' || json.Unmarshal(raw, &s) != nil {
		return ""
	}
	return string(s)
}

// unfold calls take for every value of an object, with its path, in the order
// in which they stand. Lists stay JSON.
func unfold(raw json.RawMessage, prefix string, depth int, take func(path, value string)) {
	d := json.NewDecoder(bytes.NewReader(raw))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return
	}
	for d.More() {
		t, err := d.Token()
		key, ok := t.(string)
		var v json.RawMessage
		if err != nil || !ok || d.Decode(&v) != nil {
			return
		}
		switch first(v) {
		case '{':
			if depth < maxDeep {
				unfold(v, prefix+key+".", depth+1, take)
			}
		case '[':
			take(prefix+key, string(v))
		default:
			take(prefix+key, text(v))
		}
	}
}
