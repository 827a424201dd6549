package ckan

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
	"strings"

	"portico/catalog"
)

// readGroup reads a group, which may be its bare name.
func readGroup(item json.RawMessage) (Group, error) {
	if !bytes.HasPrefix(bytes.TrimSpace(item), []byte("{")) {
		return Group{Name: plainValue(item)}, nil
	}
	fields, err := members(item, nil)
	if err != nil {
		return Group{}, err
	}
	v := valuesOf(fields)
	g := Group{
		ID: v["id"], Name: v["name"], Title: orElse(v["title"], v["display_name"]), Description: v["description"],
		ImageURL: orElse(v["image_display_url"], v["image_url"]),
	}
	for _, f := range fields {
		if f.Key == "extras" {
			g.Extras, err = readExtras(f.Value)
		}
	}
	for _, key := range []string{"identifier", "email", "telephone", "site", "region"} {
		if v[key] != "" {
			g.Extras = append(g.Extras, catalog.Extra{Key: key, Value: v[key]})
		}
	}
	return g, err
}

// extra returns the value of an extra of g, or "".
func (g *Group) extra(key string) string {
	for _, x := range g.Extras {
		if x.Key == key {
			return x.Value
		}
	}
	return ""
}

// readExtras takes a list of {key, value} and, as old portals have it, an
// object.
func readExtras(raw json.RawMessage) ([]catalog.Extra, error) {
	var out []catalog.Extra
	if bytes.HasPrefix(bytes.TrimSpace(raw), []byte("{")) {
		fields, err := members(raw, nil)
		for _, f := range fields {
			out = append(out, catalog.Extra{Key: f.Key, Value: plainValue(f.Value)})
		}
		return out, err
	}
	err := items(raw, func(item json.RawMessage) error {
		fields, err := members(item, nil)
		if err != nil {
			return err
		}
		v := valuesOf(fields)
		if v["key"] != "" && v["state"] != "deleted" {
			out = append(out, catalog.Extra{Key: v["key"], Value: v["value"]})
		}
		return nil
	})
	return out, err
}

func readResource(item json.RawMessage) (Resource, error) {
	fields, err := members(item, resourceCore)
	if err != nil {
		return Resource{}, err
	}
	var r Resource
	text := map[string]*string{
		"id": &r.ID, "name": &r.Name, "description": &r.Description, "url": &r.URL, "format": &r.Format, "mimetype": &r.MediaType,
		"hash": &r.Hash, "url_type": &r.URLType, "state": &r.State, "created": &r.Created, "last_modified": &r.LastModified,
	}
	for _, f := range fields {
		if to := text[f.Key]; to != nil {
			*to = plainValue(f.Value)
			continue
		}
		if f.Key == "size" {
			r.Size = sizeOf(plainValue(f.Value))
			continue
		}
		if !resourceCore[f.Key] {
			r.Rest = append(r.Rest, f)
		}
	}
	return r, nil
}

// sizeOf reads a number of bytes, and "12,3 KB" as people write it; 0 for what
// it does not understand.
func sizeOf(s string) int64 {
	s = strings.ToLower(strings.TrimSpace(s))
	number := strings.TrimRight(s, " abcdefghijklmnopqrstuvwxyz()")
	unit := strings.TrimSpace(s[len(number):])
	f, err := strconv.ParseFloat(strings.Replace(number, ",", ".", 1), 64)
	factor, known := map[string]float64{
		"": 1, "b": 1, "bytes": 1, "byte": 1, "octets": 1, "kb": 1 << 10, "kib": 1 << 10, "mb": 1 << 20, "mib": 1 << 20, "gb": 1 << 30, "gib": 1 << 30,
	}[unit]
	f *= factor
	if err != nil || !known || f < 0 || f >= math.MaxInt64 {
		return 0
	}
	return int64(f)
}
