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
	return groupOf(fields)
}

func groupOf(fields []catalog.Field) (g Group, err error) {
	v := valuesOf(fields)
	g = Group{
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
	return resourceOf(fields), nil
}

func resourceOf(fields []catalog.Field) Resource {
	var r Resource
	for _, f := range fields {
		v := ""
		if resourceCore[f.Key] {
			v = plainValue(f.Value)
		}
		if to := r.set(f.Key, v, isNull(f.Value)); to != nil {
			*to = append(*to, f)
		}
	}
	return r
}

// set sets what a key of CKAN's own says as text, and returns where the value
// is to be kept as it came, if it is.
func (r *Resource) set(key, v string, null bool) *[]catalog.Field {
	if !resourceCore[key] {
		return &r.Rest
	}
	at := resourceTextAt[key]
	if at != nil {
		*at(r) = v
	}
	if key == "size" {
		r.Size = sizeOf(v)
	}
	if !null && (unheld[key] || at != nil && strings.TrimSpace(v) == "" || key == "size" && r.Size == 0) {
		return &r.Core
	}
	return nil
}

var resourceTextAt = map[string]func(*Resource) *string{
	"id":            func(r *Resource) *string { return &r.ID },
	"name":          func(r *Resource) *string { return &r.Name },
	"description":   func(r *Resource) *string { return &r.Description },
	"url":           func(r *Resource) *string { return &r.URL },
	"format":        func(r *Resource) *string { return &r.Format },
	"mimetype":      func(r *Resource) *string { return &r.MediaType },
	"hash":          func(r *Resource) *string { return &r.Hash },
	"url_type":      func(r *Resource) *string { return &r.URLType },
	"state":         func(r *Resource) *string { return &r.State },
	"created":       func(r *Resource) *string { return &r.Created },
	"last_modified": func(r *Resource) *string { return &r.LastModified },
}

// unheld are CKAN's own keys of which a distribution knows nothing.
var unheld = set("cache_last_updated", "cache_url", "mimetype_inner", "resource_type")

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
