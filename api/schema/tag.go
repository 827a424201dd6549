package schema

import (
	"context"
	"strings"
	"unicode"
)

var tagShape = shape{fields: []field{
	{"display_name", []step{ignore}},
	{"name", []step{notMissing, notEmpty, toText, tagLength, tagLetters}},
	{"revision_timestamp", []step{ignore}},
	{"state", []step{ignore}},
	{"vocabulary_id", []step{ignoreMissing, toText, vocabularyExists}},
}}

var newTagShape = shape{fields: []field{
	{"display_name", []step{ignore}},
	{"id", []step{empty("id")}},
	{"name", []step{notMissing, notEmpty, toText, tagLength, tagLetters}},
	{"revision_timestamp", []step{ignore}},
	{"state", []step{ignore}},
	{"vocabulary_id", []step{notMissing, notEmpty, toText, vocabularyExists, tagIsNew}},
}}

// Tag cleans a tag of a vocabulary that is to be made.
func Tag(ctx context.Context, c Context, data map[string]any) (map[string]any, error) {
	return apply(ctx, &c, &newTagShape, data)
}

func tagLength(c *cell) bool {
	c.tagLength(c.text())
	return true
}

func (c *cell) tagLength(s string) bool {
	switch n := runes(s); {
	case n < shortestName:
		c.fail(`Tag "` + s + `" length is less than minimum 2`)
		return false
	case n > longestName:
		c.fail(`Tag "` + s + `" length is more than maximum 100`)
		return false
	}
	return true
}

func tagLetters(c *cell) bool {
	c.tagLetters(c.text())
	return true
}

func (c *cell) tagLetters(s string) bool {
	for _, r := range s {
		if !unicode.IsLetter(r) && !unicode.IsNumber(r) && !strings.ContainsRune(" -_.", r) {
			c.fail(`Tag "` + s + `" can only contain alphanumeric characters, spaces (" "), hyphens ("-"), underscores ("_") or dots (".")`)
			return false
		}
	}
	return true
}

func vocabularyExists(c *cell) bool {
	if t := c.find(KindVocabulary, c.text()); !t.found() || t.ID != c.text() {
		c.fail("Tag vocabulary was not found.")
	}
	return true
}

func tagIsNew(c *cell) bool {
	s, _ := c.out["name"].(string)
	if s == "" {
		return c.fail("No tag name")
	}
	if c.broken == nil && c.ask(c.c.Lookup.HasTag(c.ctx, c.text(), s)) {
		c.fail("Tag " + s + " already belongs to vocabulary " + c.text())
	}
	return true
}

// tagString splits a text at its commas and puts the tags beside those of the
// list. Only the first bad one is told, in CKAN as here.
func tagString(c *cell) bool {
	var names []string
	switch v := c.value.(type) {
	case string:
		if strings.Count(v, ",") > maxItems {
			return c.fail(tooManyTags)
		}
		for s := range strings.SplitSeq(clean(v), ",") {
			if s = strip(s); s != "" {
				names = append(names, s)
			}
		}
	case []any:
		if len(v) > maxItems {
			return c.fail(tooManyTags)
		}
		for _, x := range v {
			names = append(names, asText(x))
		}
	default:
		names = append(names, asText(v))
	}
	for _, s := range names {
		if !c.tagLength(s) || !c.tagLetters(s) {
			break
		}
		c.tags = append(c.tags, map[string]any{"name": s})
	}
	c.value = absent{}
	return true
}

// mergeTags puts the tags of tag_string after those of the list, each once.
func mergeTags(r *run) {
	have, _ := r.out["tags"].([]any)
	if len(have)+len(r.tags) == 0 {
		return
	}
	type key struct{ name, vocabulary any }
	seen := make(map[key]bool, len(have)+len(r.tags))
	out := make([]any, 0, len(have)+len(r.tags))
	for _, tags := range [][]any{have, r.tags} {
		for _, tag := range tags {
			m, _ := tag.(map[string]any)
			k := key{m["name"], m["vocabulary_id"]}
			if !seen[k] {
				seen[k] = true
				out = append(out, tag)
			}
		}
	}
	r.out["tags"] = out
}
