package schema

import (
	"context"
	"maps"
)

var vocabularyLists = []list{{"tags", &tagShape, maxItems}}

var newVocabularyShape = shape{
	fields: []field{
		{"id", []step{empty("id")}},
		{"name", []step{notEmpty, toText, vocabularyName}},
	},
	lists: vocabularyLists,
	after: mergeTags,
}

var vocabularyShape = shape{
	fields: []field{
		{"id", optionalText},
		{"name", []step{ignoreMissing, toText, vocabularyName}},
	},
	lists: vocabularyLists,
	after: mergeTags,
}

// Vocabulary cleans a vocabulary that is to be made, or with c.Existing one
// that takes the place of what is stored, where tags that are absent stay.
func Vocabulary(ctx context.Context, c Context, data map[string]any) (map[string]any, error) {
	if c.Existing == nil {
		return apply(ctx, &c, &newVocabularyShape, data)
	}
	in := maps.Clone(data)
	if in == nil {
		in = make(map[string]any)
	}
	in["id"] = c.Existing["id"]
	return apply(ctx, &c, &vocabularyShape, in)
}
