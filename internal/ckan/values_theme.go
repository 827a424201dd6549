package ckan

import (
	"encoding/json"
	"slices"
	"strings"

	"portico/catalog"
	"portico/dcat/vocab"
)

func appendThemes(b []byte, d *catalog.Dataset) []byte {
	return appendObjects(b, d.Themes, func(in *list, t catalog.Theme) {
		in.string("theme", t.Code)
		in.key("subthemes")
		if len(t.Subthemes) == 0 {
			in.b = append(in.b, '[', ']')
		}
		in.b = appendStrings(in.b, t.Subthemes)
	})
}

func appendThemeIRIs(b []byte, d *catalog.Dataset) []byte {
	if len(d.Themes) == 0 {
		return b
	}
	b = append(b, '[')
	for i, t := range d.Themes {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, '"')
		b = append(b, dataThemes...)
		b = append(b, t.Code...)
		b = append(b, '"')
	}
	return append(b, ']')
}

// readThemes takes [{theme,subthemes}], a JSON list of IRIs or codes, {A,B},
// and texts parted by commas.
func readThemes(d *catalog.Dataset, v string) bool {
	if len(d.Themes) > 0 {
		return true
	}
	var aggregate []struct {
		Theme     string   `json:"theme"`
		Subthemes []string `json:"subthemes"`
	}
	if json.Unmarshal([]byte(v), &aggregate) != nil {
		aggregate = aggregate[:0]
		for _, s := range stringList(v) {
			aggregate = append(aggregate, struct {
				Theme     string   `json:"theme"`
				Subthemes []string `json:"subthemes"`
			}{Theme: s})
		}
	}
	all := true
	for _, a := range aggregate {
		ok := addTheme(d, a.Theme, a.Subthemes)
		all = all && ok
	}
	return all
}

func addTheme(d *catalog.Dataset, name string, subthemes []string) bool {
	t, ok := vocab.Theme(name)
	if !ok {
		return false
	}
	if !slices.ContainsFunc(d.Themes, func(x catalog.Theme) bool { return x.Code == t.Code }) {
		if len(subthemes) == 0 {
			subthemes = nil
		}
		d.Themes = append(d.Themes, catalog.Theme{Code: t.Code, Subthemes: subthemes})
	}
	return true
}

// appendTagsTranslated writes the keywords that are not Italian, by language.
func appendTagsTranslated(b []byte, d *catalog.Dataset) []byte {
	byLang := make(map[string][]string)
	for _, k := range d.Keywords {
		if k.Lang != "" {
			byLang[k.Lang] = append(byLang[k.Lang], k.Name)
		}
	}
	if len(byLang) == 0 {
		return b
	}
	l := list{b: append(b, '{')}
	for _, lang := range sortedKeys(byLang) {
		l.comma()
		l.b = appendString(l.b, lang)
		l.b = append(l.b, ':')
		l.b = appendStrings(l.b, byLang[lang])
	}
	return append(l.b, '}')
}

func readTagsTranslated(d *catalog.Dataset, v string) bool {
	var byLang map[string][]string
	if json.Unmarshal([]byte(v), &byLang) != nil {
		return false
	}
	for _, lang := range sortedKeys(byLang) {
		for _, name := range byLang[lang] {
			i := slices.IndexFunc(d.Keywords, func(k catalog.Keyword) bool { return k.Name == name && k.Lang == "" })
			if i >= 0 {
				d.Keywords[i].Lang = strings.ToLower(lang)
			}
		}
	}
	return true
}
