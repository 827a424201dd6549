package api

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/google/uuid"

	"portico/api/schema"
	"portico/catalog"
)

// tagCreate adds a tag to a vocabulary.
func (s *Server) tagCreate(ctx context.Context, a *args) (result, error) {
	given := a.given
	v, err := s.vocabulary(ctx, a.text("vocabulary_id"))
	if err != nil {
		return nil, err
	}
	if v != nil { // CKAN takes the ID alone
		given = maps.Clone(a.given)
		given["vocabulary_id"] = v.ID
	}
	in, err := schema.Tag(ctx, s.schemaContext(ctx, nil), given)
	if err != nil {
		return nil, err
	}
	if v == nil {
		return nil, schema.Fault("vocabulary_id", "Tag vocabulary was not found.")
	}
	name := toText(in["name"])
	t := vocabularyTag{ID: uuid.NewString(), Name: name, Vocabulary: v.ID, DisplayName: name}
	if err := s.putTag(ctx, t, len(v.Tags)); err != nil {
		return nil, err
	}
	return one(mustJSON(wholeTag{t, []any{}})), nil
}

// find returns the tag with the given name or ID, or nil.
func (v *vocabulary) find(ref string) *vocabularyTag {
	for i := range v.Tags {
		if v.Tags[i].Name == ref || v.Tags[i].ID == ref {
			return &v.Tags[i]
		}
	}
	return nil
}

func (s *Server) tagDelete(ctx context.Context, a *args) (result, error) {
	ref, of := a.text("id"), a.text("vocabulary_id")
	if ref == "" {
		return nil, notInData("id")
	}
	all, err := s.vocabularies(ctx)
	if err != nil {
		return nil, err
	}
	if of != "" && !slices.ContainsFunc(all, func(v vocabulary) bool { return v.is(of) }) {
		return nil, noVocabulary(of)
	}
	t := tagMeant(all, ref, of)
	if t == nil {
		return nil, withDetail(catalog.NotFound, `Could not find tag "`+ref+`"`)
	}
	return nothing(), s.records.RemoveRecord(ctx, catalog.RecordTag, t.ID)
}

// is reports whether ref is the name or the ID of v.
func (v *vocabulary) is(ref string) bool { return v.ID == ref || v.Name == ref }

// tagMeant returns the tag that ref means in the vocabulary of, or nil. Without
// a vocabulary a name means a free tag, which goes with the datasets that have
// it; then ref must be an ID.
func tagMeant(all []vocabulary, ref, of string) *vocabularyTag {
	for i := range all {
		t := all[i].find(ref)
		if t != nil && (of == "" && t.ID == ref || of != "" && all[i].is(of)) {
			return t
		}
	}
	return nil
}

// vocabularyTags answers tag_list for the tags of one vocabulary.
func (s *Server) vocabularyTags(ctx context.Context, p tagListParams) (result, error) {
	tags, err := s.tagsOf(ctx, p.vocabulary, p.query)
	if err != nil {
		return nil, err
	}
	if p.allFields {
		return one(mustJSON(tags)), nil
	}
	return one(stringsJSON(namesOf(tags))), nil
}

// tagsOf returns the tags of a vocabulary that hold part, in any case.
func (s *Server) tagsOf(ctx context.Context, ref, part string) ([]vocabularyTag, error) {
	v, err := s.vocabulary(ctx, ref)
	if err != nil {
		return nil, err
	}
	if v == nil {
		return nil, noVocabulary(ref)
	}
	tags := []vocabularyTag{}
	for _, t := range v.Tags {
		if strings.Contains(strings.ToLower(t.Name), strings.ToLower(part)) {
			tags = append(tags, t)
		}
	}
	return tags, nil
}

func namesOf(tags []vocabularyTag) []string {
	names := make([]string, len(tags))
	for i, t := range tags {
		names[i] = t.Name
	}
	return names
}

// tagNames returns the names of the free tags, or those of a vocabulary, that
// hold part.
func (s *Server) tagNames(ctx context.Context, vocabulary, part string) ([]string, error) {
	if vocabulary == "" {
		return s.tagsLike(ctx, part)
	}
	tags, err := s.tagsOf(ctx, vocabulary, part)
	return namesOf(tags), err
}

// vocabularyTagShow answers tag_show for a tag of a vocabulary: by its ID, or
// by its name where the vocabulary is named. Search knows tags by their words
// alone and not whose they are, so that no datasets are told.
func (s *Server) vocabularyTagShow(ctx context.Context, p tagShowParams) (result, error) {
	all, err := s.vocabularies(ctx)
	if err != nil {
		return nil, err
	}
	t := tagMeant(all, p.ref, p.vocabulary)
	switch {
	case t == nil:
		return nil, catalog.Errorf(catalog.NotFound, "no such tag")
	case p.packages:
		return one(mustJSON(wholeTag{*t, []any{}})), nil
	}
	return one(mustJSON(t)), nil
}

// A wholeTag is a tag of a vocabulary with the datasets that are told to have
// it.
type wholeTag struct {
	vocabularyTag
	Packages []any `json:"packages"`
}
