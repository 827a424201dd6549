package api

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"portico/catalog"
	"portico/internal/ckan"
)

// fieldNames returns the names of the fields that a client asked for with fl.
func fieldNames(fl []string) []string {
	var names []string
	for _, item := range fl {
		names = append(names, strings.FieldsFunc(item, func(r rune) bool { return r == ',' || r == ' ' })...)
	}
	const most = 100 // names, and characters in one
	names = names[:min(len(names), most)]
	return slices.DeleteFunc(names, func(name string) bool { return len(name) > most })
}

// withScores adds the scores to objects, which it does not change: they may be
// kept for other answers.
func withScores(items [][]byte, scores []float32) [][]byte {
	if scores == nil {
		return items
	}
	out := make([][]byte, len(items))
	for i, item := range items {
		b := append(make([]byte, 0, len(item)+32), item[:len(item)-1]...)
		if len(b) > 1 {
			b = append(b, ", "...)
		}
		b = append(b, `"score": `...)
		b = strconv.AppendFloat(b, float64(scores[i]), 'f', -1, 32)
		if scores[i] == float32(int32(scores[i])) {
			b = append(b, ".0"...)
		}
		out[i] = append(b, '}')
	}
	return out
}

// fieldsForm renders only the fields that a client asked for with fl, as they
// stand in CKAN's index.
func fieldsForm(fl []string) form {
	names := fieldNames(fl)
	return form{
		key: "fl " + strings.Join(names, ","),
		append: func(dst []byte, d *catalog.Dataset, r ckan.Refs) []byte {
			m := make(map[string]any)
			for _, name := range names {
				addField(m, name, d, r)
			}
			return append(dst, mustJSON(m)...)
		},
	}
}

// addField adds what the index stores under name, if it does. An extra is
// added under its own key.
func addField(m map[string]any, name string, d *catalog.Dataset, r ckan.Refs) {
	switch {
	case name == "*":
		for stored := range storedFields {
			addField(m, stored, d, r)
		}
		for _, x := range d.FreeExtras() {
			m[x.Key] = x.Value
		}
	case strings.HasPrefix(name, "extras_"):
		key := strings.TrimPrefix(name, "extras_")
		if v := d.Extra(key); v != "" {
			m[key] = v
		} else if v, ok := profileField(key, d); ok {
			m[key] = v
		}
	case storedFields[name] != nil:
		if v := storedFields[name](d, r); !isEmpty(v) {
			m[name] = v
		}
	}
}

func isEmpty(v any) bool {
	switch v := v.(type) {
	case string:
		return v == ""
	case []string:
		return len(v) == 0
	}
	return false
}

// profileField returns the plain fields of the profile that CKAN clients know
// as extras.
func profileField(key string, d *catalog.Dataset) (string, bool) {
	v := map[string]string{
		"identifier": d.Identifier, "holder_identifier": d.Holder.Identifier, "holder_name": d.Holder.Name.String(),
		"publisher_identifier": d.Publisher.Identifier, "publisher_name": d.Publisher.Name.String(),
		"issued": string(d.Issued), "modified": string(d.Modified), "frequency": d.Frequency,
	}[key]
	return v, v != ""
}

// solrTime is how Solr writes moments.
func solrTime(t time.Time) string {
	return t.UTC().Truncate(time.Millisecond).Format("2006-01-02T15:04:05.999Z")
}

// storedFields are the fields that CKAN's index stores, so that fl can ask
// for them.
var storedFields = map[string]func(*catalog.Dataset, ckan.Refs) any{
	"id":           func(d *catalog.Dataset, _ ckan.Refs) any { return d.ID },
	"name":         func(d *catalog.Dataset, _ ckan.Refs) any { return d.Name },
	"title":        func(d *catalog.Dataset, _ ckan.Refs) any { return d.Title.String() },
	"notes":        func(d *catalog.Dataset, _ ckan.Refs) any { return d.Description.String() },
	"url":          func(d *catalog.Dataset, _ ckan.Refs) any { return d.LandingPage },
	"version":      func(d *catalog.Dataset, _ ckan.Refs) any { return d.Version },
	"author":       func(d *catalog.Dataset, _ ckan.Refs) any { return d.Author.Name },
	"author_email": func(d *catalog.Dataset, _ ckan.Refs) any { return d.Author.Email },
	"maintainer":   func(d *catalog.Dataset, _ ckan.Refs) any { return d.Maintainer.Name },
	"maintainer_email": func(d *catalog.Dataset, _ ckan.Refs) any {
		return d.Maintainer.Email
	},
	"license_id":   func(d *catalog.Dataset, _ ckan.Refs) any { return d.LicenseID },
	"entity_type":  func(*catalog.Dataset, ckan.Refs) any { return "package" },
	"site_id":      func(*catalog.Dataset, ckan.Refs) any { return "default" },
	"state":        func(d *catalog.Dataset, _ ckan.Refs) any { return string(d.State) },
	"dataset_type": func(d *catalog.Dataset, _ ckan.Refs) any { return kindOf(d) },
	"capacity": func(d *catalog.Dataset, _ ckan.Refs) any {
		if d.Private {
			return "private"
		}
		return "public"
	},
	"organization": func(_ *catalog.Dataset, r ckan.Refs) any {
		if r.Organization == nil {
			return ""
		}
		return r.Organization.Name
	},
	"groups": func(d *catalog.Dataset, _ ckan.Refs) any { return d.Groups },
	"tags": func(d *catalog.Dataset, _ ckan.Refs) any {
		var out []string
		for _, k := range d.Keywords {
			out = append(out, k.Name)
		}
		slices.Sort(out)
		return out
	},
	"res_name": func(d *catalog.Dataset, _ ckan.Refs) any {
		return d.OfEach(func(x *catalog.Distribution) string { return x.Title.String() })
	},
	"res_description": func(d *catalog.Dataset, _ ckan.Refs) any {
		return d.OfEach(func(x *catalog.Distribution) string { return x.Description.String() })
	},
	"res_format": func(d *catalog.Dataset, _ ckan.Refs) any {
		return d.OfEach(func(x *catalog.Distribution) string { return orElse(x.FormatLabel, x.Format) })
	},
	"res_url":           func(d *catalog.Dataset, _ ckan.Refs) any { return d.OfEach((*catalog.Distribution).URL) },
	"metadata_created":  func(d *catalog.Dataset, _ ckan.Refs) any { return solrTime(d.Created) },
	"metadata_modified": func(d *catalog.Dataset, _ ckan.Refs) any { return solrTime(d.Updated) },
	"data_dict":         func(d *catalog.Dataset, r ckan.Refs) any { return string(ckan.AppendSearch(nil, d, r)) },
	"validated_data_dict": func(d *catalog.Dataset, r ckan.Refs) any {
		return string(ckan.AppendSearch(nil, d, r))
	},
}

func kindOf(d *catalog.Dataset) string { return orElse(d.Kind, "dataset") }

func orElse(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}
