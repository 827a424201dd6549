package search

import (
	"encoding/json"

	"portico/catalog"
)

// ckanTexts adds the texts that CKAN's clients ask for by name. Text is what
// CKAN's index copies together: formats, licences and titles of organizations
// are not in it, and every value counts as often as it is there.
func ckanTexts(to map[Field][]string, d *catalog.Dataset, orgName string) {
	names := d.OfEach(func(x *catalog.Distribution) string { return x.Title.String() })
	descriptions := d.OfEach(func(x *catalog.Distribution) string { return x.Description.String() })
	all := []string{d.Name, d.Title.String(), d.Description.String(), orgName, d.Author.Name, d.Maintainer.Name}
	all = append(all, keywords(d)...)
	all = append(all, d.Groups...)
	all = append(all, names...)
	all = append(all, descriptions...)
	for _, x := range d.FreeExtras() {
		all = append(all, x.Value)
		if x.Value != "" {
			to[Field(WordsPrefix+x.Key)] = []string{x.Value}
		}
	}
	for f, texts := range map[Field][]string{
		Text: all, Author: {d.Author.Name}, AuthorEmail: {d.Author.Email},
		Maintainer: {d.Maintainer.Name}, MaintainerEmail: {d.Maintainer.Email},
		DistributionName: names, DistributionDescription: descriptions,
		URLs: append([]string{d.LandingPage}, d.OfEach((*catalog.Distribution).URL)...),
	} {
		if texts = written(texts); len(texts) > 0 {
			to[f] = texts
		}
	}
}

// written returns the texts that are not empty.
func written(texts []string) []string {
	var out []string
	for _, t := range texts {
		if t != "" {
			out = append(out, t)
		}
	}
	return out
}

// resourceType returns CKAN's resource_type, which the profile does not know.
func resourceType(x *catalog.Distribution) string {
	for _, f := range x.Extras {
		if f.Key == "resource_type" {
			var s string
			if json.Unmarshal(f.Value, &s) == nil {
				return s
			}
		}
	}
	return ""
}
