package meilisearch

import (
	"context"
	"slices"

	ms "github.com/meilisearch/meilisearch-go"

	"portico/search"
)

// prepare makes the index and gives it our settings, once, and again whenever
// the server was away. Documents whose
// words were made by other rules, or with other synonyms, are taken out: the
// index is filled anew, as any that is empty.
func (e *Engine) prepare(ctx context.Context) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.ready && !e.lost.Swap(false) {
		return nil
	}
	e.ready = false
	if _, err := e.index.FetchInfoWithContext(ctx); isCode(err, "index_not_found") {
		task, err := e.client.CreateIndexWithContext(ctx, &ms.IndexConfig{Uid: e.cfg.Index + version, PrimaryKey: keyAttribute})
		if err := e.done(ctx, task, err); err != nil && !isTask(err, "index_already_exists") {
			return err
		}
	} else if err != nil {
		return e.failed(ctx, err)
	} else if err := e.outdated(ctx); err != nil {
		return err
	}
	task, err := e.index.UpdateSettingsWithContext(ctx, e.settings())
	if err := e.done(ctx, task, err); err != nil {
		return err
	}
	e.ready = true
	return nil
}

// outdated takes the documents out that other rules have made.
func (e *Engine) outdated(ctx context.Context) error {
	synonyms, err := e.index.GetSynonymsWithContext(ctx)
	if err != nil {
		return e.failed(ctx, err)
	}
	if synonyms != nil && slices.Equal((*synonyms)[fingerprint], []string{e.analyzer.Fingerprint()}) {
		return nil
	}
	task, err := e.index.DeleteAllDocumentsWithContext(ctx, nil)
	return e.done(ctx, task, err)
}

// fingerprint is the entry of the synonyms that says by which rules words were
// made. No question has such a word.
const fingerprint = "porticofingerprint0"

// maxValues is how many values a facet can have, and so how many can be looked
// through for those that match a pattern.
const maxValues = 20_000

// searchable returns the attributes in which q may be looked for, the most
// telling ones first.
func searchable() []string {
	var out []string
	for _, f := range []search.Field{
		search.Title, search.Description, search.All, search.Author, search.AuthorEmail, search.Maintainer, search.MaintainerEmail,
		search.DistributionName, search.DistributionDescription,
	} {
		out = append(out, textAttribute(f))
	}
	return out
}

// settings are all settings of the index that change an answer. Words that are
// too common are taken out of questions by package analysis; none is taken out
// of texts, for phrases have them.
func (e *Engine) settings() *ms.Settings {
	locale := "ita"
	if e.analyzer.Solr() {
		locale = "eng"
	}
	synonyms := e.analyzer.Expansions()
	synonyms[fingerprint] = []string{e.analyzer.Fingerprint()}
	return &ms.Settings{
		SearchableAttributes: searchable(),
		DisplayedAttributes:  []string{idAttribute, keyAttribute, textsAttribute},
		FilterableAttributes: []string{keyAttribute, stringsAttribute, wordsAttribute, formsAttribute, datesAttribute, intsAttribute},
		SortableAttributes:   []string{stringsAttribute, datesAttribute, intsAttribute},
		// What is asked for comes first; else the best, then the latest, then by ID.
		RankingRules: []string{
			"sort", "words", "typo", "proximity", "attribute", "exactness",
			datesAttribute + "." + string(search.Updated) + ":desc", stringsAttribute + "." + string(search.ID) + ":asc",
		},
		Synonyms:            synonyms,
		LocalizedAttributes: []*ms.LocalizedAttributes{{Locales: []string{locale}, AttributePatterns: []string{"t.*"}}},
		Pagination:          &ms.Pagination{MaxTotalHits: 100_000_000},
		Faceting:            &ms.Faceting{MaxValuesPerFacet: maxValues, SortFacetValuesBy: map[string]ms.SortFacetType{"*": ms.SortFacetTypeCount}},
		SearchCutoffMs:      10_000, // an answer cut short would not be told from a whole one
	}
}
