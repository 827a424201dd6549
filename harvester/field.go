package harvester

import (
	"maps"
	"slices"
	"strings"

	"portico/catalog"
	"portico/dcat/vocab"
)

// A field is a part of a dataset that rules and conditions can name. Values
// are read and put as a list of texts; a field of one value takes the first.
type field struct {
	read func(d *catalog.Dataset) []string
	put  func(d *catalog.Dataset, values []string)
}

// fields are those that are not of the form extras.KEY, by name.
var fields = map[string]field{
	"title":       ofText(func(d *catalog.Dataset) *catalog.Text { return &d.Title }),
	"description": ofText(func(d *catalog.Dataset) *catalog.Text { return &d.Description }),
	"provenance":  ofText(func(d *catalog.Dataset) *catalog.Text { return &d.Provenance }),
	"name":        ofString(func(d *catalog.Dataset) *string { return &d.Name }),
	"identifier":  ofString(func(d *catalog.Dataset) *string { return &d.Identifier }),
	"frequency":   ofString(func(d *catalog.Dataset) *string { return &d.Frequency }),
	"landing":     ofString(func(d *catalog.Dataset) *string { return &d.LandingPage }),
	"version":     ofString(func(d *catalog.Dataset) *string { return &d.Version }),
	"access":      ofString(func(d *catalog.Dataset) *string { return &d.AccessRights }),
	"type":        ofString(func(d *catalog.Dataset) *string { return &d.Type }),
	"modified":    ofDate(func(d *catalog.Dataset) *catalog.Date { return &d.Modified }),
	"issued":      ofDate(func(d *catalog.Dataset) *catalog.Date { return &d.Issued }),
	"languages":   ofList(func(d *catalog.Dataset) *[]string { return &d.Languages }),
	"hvd":         ofList(func(d *catalog.Dataset) *[]string { return &d.HVD }),
	"legislation": ofList(func(d *catalog.Dataset) *[]string { return &d.Legislation }),

	"holder":         ofText(func(d *catalog.Dataset) *catalog.Text { return &d.Holder.Name }),
	"holder.code":    ofString(func(d *catalog.Dataset) *string { return &d.Holder.Identifier }),
	"publisher":      ofText(func(d *catalog.Dataset) *catalog.Text { return &d.Publisher.Name }),
	"publisher.code": ofString(func(d *catalog.Dataset) *string { return &d.Publisher.Identifier }),

	"theme":    {readThemes, putThemes},
	"keywords": {readKeywords, putKeywords},
	"license":  {readLicense, putLicense},

	"distribution.title":       ofEach(func(x *catalog.Distribution) string { return x.Title.String() }, func(x *catalog.Distribution, v string) { x.Title = catalog.It(v) }),
	"distribution.description": ofEach(func(x *catalog.Distribution) string { return x.Description.String() }, func(x *catalog.Distribution, v string) { x.Description = catalog.It(v) }),
	"distribution.format":      ofEach(func(x *catalog.Distribution) string { return x.Format }, func(x *catalog.Distribution, v string) { x.Format = v }),
	"distribution.license":     ofEach(func(x *catalog.Distribution) string { return x.License }, func(x *catalog.Distribution, v string) { x.License = v }),
}

const extraPrefix = "extras."

// fieldNamed returns the field with a name.
func fieldNamed(name string) (field, bool) {
	if key, ok := strings.CutPrefix(name, extraPrefix); ok && key != "" && !(catalog.Extra{Key: key}).Mark() {
		return ofExtra(key), true
	}
	f, ok := fields[name]
	return f, ok
}

func one(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[0]
}

// some returns the values that are not empty.
func some(values ...string) []string {
	return slices.DeleteFunc(values, func(v string) bool { return v == "" })
}

func ofString(of func(*catalog.Dataset) *string) field {
	return field{
		read: func(d *catalog.Dataset) []string { return some(*of(d)) },
		put:  func(d *catalog.Dataset, values []string) { *of(d) = one(values) },
	}
}

func ofDate(of func(*catalog.Dataset) *catalog.Date) field {
	return field{
		read: func(d *catalog.Dataset) []string { return some(string(*of(d))) },
		put:  func(d *catalog.Dataset, values []string) { *of(d) = catalog.Date(one(values)) },
	}
}

// ofText is a text of which rules change the words in the catalog's language.
func ofText(of func(*catalog.Dataset) *catalog.Text) field {
	return field{
		read: func(d *catalog.Dataset) []string { return some(of(d).String()) },
		put: func(d *catalog.Dataset, values []string) {
			t := catalog.Text{}
			maps.Copy(t, *of(d)) // the connector's own map stays as it is
			if v := one(values); v != "" {
				t[catalog.DefaultLanguage] = v
			} else {
				delete(t, catalog.DefaultLanguage)
			}
			*of(d) = t
		},
	}
}

func ofList(of func(*catalog.Dataset) *[]string) field {
	return field{
		read: func(d *catalog.Dataset) []string { return slices.Clone(*of(d)) },
		put:  func(d *catalog.Dataset, values []string) { *of(d) = some(values...) },
	}
}

func ofEach(read func(*catalog.Distribution) string, put func(*catalog.Distribution, string)) field {
	return field{
		read: func(d *catalog.Dataset) []string {
			out := make([]string, len(d.Distributions))
			for i := range d.Distributions {
				out[i] = read(&d.Distributions[i])
			}
			return out
		},
		// One value is for all, several are one for each.
		put: func(d *catalog.Dataset, values []string) {
			d.Distributions = slices.Clone(d.Distributions)
			for i := range d.Distributions {
				switch {
				case len(values) == 1:
					put(&d.Distributions[i], values[0])
				case i < len(values):
					put(&d.Distributions[i], values[i])
				}
			}
		},
	}
}

func ofExtra(key string) field {
	return field{
		read: func(d *catalog.Dataset) []string { return some(d.Extra(key)) },
		put: func(d *catalog.Dataset, values []string) {
			d.Extras = slices.DeleteFunc(slices.Clone(d.Extras), func(x catalog.Extra) bool { return x.Key == key })
			if v := strings.Join(some(values...), "; "); v != "" {
				d.Extras = append(d.Extras, catalog.Extra{Key: key, Value: v})
			}
		},
	}
}

func readThemes(d *catalog.Dataset) []string {
	var out []string
	for _, t := range d.Themes {
		out = append(out, t.Code)
	}
	return out
}

func putThemes(d *catalog.Dataset, values []string) {
	had := d.Themes
	d.Themes = nil
	for _, code := range some(values...) {
		t := catalog.Theme{Code: strings.ToUpper(code)}
		if known, ok := vocab.Theme(code); ok {
			t.Code = known.Code
		}
		if i := slices.IndexFunc(had, func(x catalog.Theme) bool { return x.Code == t.Code }); i >= 0 {
			t = had[i]
		}
		d.Themes = append(d.Themes, t)
	}
}

func readKeywords(d *catalog.Dataset) []string {
	var out []string
	for _, k := range d.Keywords {
		out = append(out, k.Name)
	}
	return out
}

func putKeywords(d *catalog.Dataset, values []string) {
	d.Keywords = nil
	for _, v := range values {
		if v = strings.TrimSpace(v); v != "" && !slices.ContainsFunc(d.Keywords, func(k catalog.Keyword) bool { return k.Name == v }) {
			d.Keywords = append(d.Keywords, catalog.Keyword{Name: v})
		}
	}
}

func readLicense(d *catalog.Dataset) []string {
	out := some(d.License)
	for i := range d.Distributions {
		if v := d.Distributions[i].License; v != "" && !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	return out
}

// putLicense puts the licence on the dataset and on all its distributions:
// what the profile asks is the latter.
func putLicense(d *catalog.Dataset, values []string) {
	if d.License = one(values); d.License != "" {
		if l, ok := vocab.License(d.License); ok {
			d.License = l.URL
		}
	}
	d.Distributions = slices.Clone(d.Distributions)
	for i := range d.Distributions {
		d.Distributions[i].License = d.License
	}
}
