package api

import (
	"context"
	"encoding/json"
	"maps"
	"slices"

	"github.com/google/uuid"

	"portico/api/schema"
	"portico/catalog"
)

func (s *Server) addVocabularyActions(t map[string]action) {
	id := param{"id", "text", "the name or the ID of the vocabulary"}
	name := param{"name", "text", "its name, of 2 to 100 characters"}
	tags := param{"tags", "list", "its tags, as objects with a name"}
	t["vocabulary_list"] = read(none, s.vocabularyList, "The vocabularies of tags, with their tags.")
	t["vocabulary_show"] = read(asGiven, s.vocabularyShow, "One vocabulary of tags.", id)
	t["vocabulary_create"] = write(asGiven, s.vocabularyCreate, "Makes a vocabulary of tags.", name, tags).only(sysadmin)
	t["vocabulary_update"] = write(asGiven, s.vocabularyUpdate,
		"Changes the name of a vocabulary, and its tags where they are given.", id, name, tags).only(sysadmin)
	t["vocabulary_delete"] = write(asGiven, s.vocabularyDelete, "Deletes a vocabulary that has no tags.", id).only(sysadmin)
	t["tag_create"] = write(asGiven, s.tagCreate, "Adds a tag to a vocabulary. Free tags are made with the datasets that have them.",
		param{"name", "text", "the tag"}, param{"vocabulary_id", "text", "the name or the ID of its vocabulary"}).only(sysadmin)
	t["tag_delete"] = write(asGiven, s.tagDelete, "Takes a tag out of its vocabulary.",
		param{"id", "text", "the name or the ID of the tag"}, param{"vocabulary_id", "text", "where the name is to be looked for"}).only(sysadmin)
}

// A vocabulary is a closed set of tags. CKAN's clients keep them; datasets may
// have tags of them, nothing else is made of them.
type vocabulary struct {
	ID   string          `json:"id"`
	Name string          `json:"name"`
	Tags []vocabularyTag `json:"tags"`
}

// A vocabularyTag is a tag of a vocabulary, as CKAN shows it.
type vocabularyTag struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	Vocabulary  string `json:"vocabulary_id"`
	DisplayName string `json:"display_name"`
}

func tagOfRecord(r *catalog.Record) (vocabularyTag, error) {
	t := vocabularyTag{ID: r.Key, Vocabulary: r.About}
	err := json.Unmarshal(r.Body, &t.Name)
	t.DisplayName = t.Name
	return t, err
}

// vocabularies returns all of them, the oldest first.
func (s *Server) vocabularies(ctx context.Context) ([]vocabulary, error) {
	records, err := s.records.Records(ctx, catalog.RecordVocabulary, "", "")
	if err != nil {
		return nil, err
	}
	tags, err := s.records.Records(ctx, catalog.RecordTag, "", "")
	if err != nil {
		return nil, err
	}
	of := map[string][]vocabularyTag{}
	for _, r := range tags {
		t, err := tagOfRecord(r)
		if err != nil {
			return nil, err
		}
		of[t.Vocabulary] = append(of[t.Vocabulary], t)
	}
	all := make([]vocabulary, len(records))
	for i, r := range records {
		all[i] = vocabulary{ID: r.Key, Name: r.About, Tags: of[r.Key]}
		if all[i].Tags == nil {
			all[i].Tags = []vocabularyTag{}
		}
	}
	return all, nil
}

// vocabulary returns the one with the given name or ID, or nil.
func (s *Server) vocabulary(ctx context.Context, ref string) (*vocabulary, error) {
	all, err := s.vocabularies(ctx)
	if err != nil {
		return nil, err
	}
	for i := range all {
		if all[i].ID == ref || all[i].Name == ref {
			return &all[i], nil
		}
	}
	return nil, nil //nolint:nilnil // each caller says in its own words that there is none
}

func notInData(name string) error { return schema.Says(name, name+" not in data") }

// givenVocabulary returns the vocabulary that the parameter id names.
func (s *Server) givenVocabulary(ctx context.Context, a *args) (*vocabulary, error) {
	ref := a.text("id")
	if ref == "" {
		return nil, notInData("id")
	}
	v, err := s.vocabulary(ctx, ref)
	if err == nil && v == nil {
		err = withDetail(catalog.NotFound, `Could not find vocabulary "`+ref+`"`)
	}
	return v, err
}

func (s *Server) vocabularyList(ctx context.Context, _ struct{}) (result, error) {
	all, err := s.vocabularies(ctx)
	return one(mustJSON(all)), err
}

func (s *Server) vocabularyShow(ctx context.Context, a *args) (result, error) {
	v, err := s.givenVocabulary(ctx, a)
	return one(mustJSON(v)), err
}

func (s *Server) vocabularyCreate(ctx context.Context, a *args) (result, error) {
	in, err := schema.Vocabulary(ctx, s.schemaContext(ctx, nil), a.given)
	if err != nil {
		return nil, err
	}
	return s.keepVocabulary(ctx, &vocabulary{ID: uuid.NewString(), Tags: []vocabularyTag{}}, in)
}

// schemaContext is what the schemas must know of one request; existing is the
// thing that is to be changed.
func (s *Server) schemaContext(ctx context.Context, existing map[string]any) schema.Context {
	return schema.Context{Lookup: s.lookup(ctx), Actor: catalog.ActorOf(ctx), Existing: existing}
}

func (s *Server) vocabularyUpdate(ctx context.Context, a *args) (result, error) {
	v, err := s.givenVocabulary(ctx, a)
	if err != nil {
		return nil, err
	}
	in, err := schema.Vocabulary(ctx, s.schemaContext(ctx, map[string]any{"id": v.ID, "name": v.Name}), a.given)
	if err != nil {
		return nil, err
	}
	return s.keepVocabulary(ctx, v, in)
}

// maxTags is how many tags may be given to a vocabulary at once.
const maxTags = 5000

// keepVocabulary keeps v with what is given of its name and tags.
func (s *Server) keepVocabulary(ctx context.Context, v *vocabulary, in map[string]any) (result, error) {
	if name := toText(in["name"]); name != "" {
		v.Name = name
	}
	tags, replaced := in["tags"].([]any)
	if len(tags) > maxTags {
		return nil, catalog.Errorf(catalog.Invalid, "Too many tags").Italian("Troppe etichette")
	}
	if err := s.records.PutRecord(ctx, &catalog.Record{Kind: catalog.RecordVocabulary, Key: v.ID, About: v.Name}); err != nil {
		return nil, err
	}
	if replaced {
		names := make([]string, len(tags))
		for i, t := range tags {
			m, _ := t.(map[string]any)
			names[i] = toText(m["name"])
		}
		if err := s.replaceTags(ctx, v, names); err != nil {
			return nil, err
		}
	}
	return one(mustJSON(v)), nil
}

// replaceTags leaves v with the tags of the given names. Those that stay keep
// their IDs.
func (s *Server) replaceTags(ctx context.Context, v *vocabulary, names []string) error {
	old := make(map[string]vocabularyTag, len(v.Tags))
	for _, t := range v.Tags {
		old[t.Name] = t
	}
	v.Tags = make([]vocabularyTag, 0, len(names))
	for i, name := range names {
		t, stays := old[name]
		if delete(old, name); !stays {
			t = vocabularyTag{ID: uuid.NewString(), Name: name, Vocabulary: v.ID, DisplayName: name}
		}
		if err := s.putTag(ctx, t, i); err != nil {
			return err
		}
		v.Tags = append(v.Tags, t)
	}
	for _, id := range slices.Sorted(maps.Keys(old)) {
		if err := s.records.RemoveRecord(ctx, catalog.RecordTag, old[id].ID); err != nil {
			return err
		}
	}
	return nil
}

func (s *Server) putTag(ctx context.Context, t vocabularyTag, position int) error {
	return s.records.PutRecord(ctx, &catalog.Record{
		Kind: catalog.RecordTag, Key: t.ID, About: t.Vocabulary, Position: position, Body: mustJSON(t.Name),
	})
}

// vocabularyDelete refuses what still has tags, where CKAN ends in an internal
// error.
func (s *Server) vocabularyDelete(ctx context.Context, a *args) (result, error) {
	v, err := s.givenVocabulary(ctx, a)
	if err != nil {
		return nil, err
	}
	if len(v.Tags) > 0 {
		return nil, catalog.Errorf(catalog.Invalid, "The vocabulary still has tags").Italian("Il vocabolario ha ancora etichette")
	}
	return nothing(), s.records.RemoveRecord(ctx, catalog.RecordVocabulary, v.ID)
}
