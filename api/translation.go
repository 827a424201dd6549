package api

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"

	"portico/api/schema"
	"portico/catalog"
)

func (s *Server) addTranslationActions(t map[string]action) {
	t["term_translation_show"] = read(asGiven, s.translationShow, "What terms are in other languages.",
		param{"terms", "list", "the terms"}, param{"lang_codes", "list", "only these languages"})
	t["term_translation_update"] = write(asGiven, s.translationUpdate, "Notes what a term is in another language.",
		param{"term", "text", "the term"}, param{"term_translation", "text", "what it is there"},
		param{"lang_code", "text", "the language, such as en"}).only(sysadmin)
	t["term_translation_update_many"] = write(asGiven, s.translationsUpdate, "Notes several translations.",
		param{"data", "list", "translations, as term_translation_update takes them"}).only(sysadmin)
}

// A translation says what a term is in another language.
type translation struct {
	Term        string `json:"term"`
	Translation string `json:"term_translation"`
	Lang        string `json:"lang_code"`
}

// The lengths of the parts of a translation, in bytes.
const (
	maxTerm        = 1000
	maxTranslation = 10_000
	maxLang        = 20
	maxTerms       = 200 // asked for at once
)

func (s *Server) translationShow(ctx context.Context, a *args) (result, error) {
	if !a.has("terms") {
		return nil, notInData("terms")
	}
	terms, langs := a.list("terms"), a.list("lang_codes")
	if len(terms) > maxTerms {
		return nil, catalog.Errorf(catalog.Invalid, "Too many terms").Italian("Troppi termini")
	}
	out := []translation{}
	for _, term := range terms {
		if term == "" || len(term) > maxTerm {
			continue
		}
		records, err := s.records.Records(ctx, catalog.RecordTranslation, term, "")
		if err != nil {
			return nil, err
		}
		for _, r := range records {
			var t translation
			if err := json.Unmarshal(r.Body, &t); err != nil {
				return nil, err
			}
			if len(langs) == 0 || slices.Contains(langs, t.Lang) {
				out = append(out, t)
			}
		}
	}
	return one(mustJSON(out)), nil
}

func readTranslation(a *args) translation {
	t := translation{Term: a.required("term"), Translation: a.required("term_translation"), Lang: a.required("lang_code")}
	for name, over := range map[string]bool{
		"term": len(t.Term) > maxTerm, "term_translation": len(t.Translation) > maxTranslation, "lang_code": len(t.Lang) > maxLang,
	} {
		if over {
			a.fault(name, "Too long")
		}
	}
	return t
}

func (s *Server) translationUpdate(ctx context.Context, a *args) (result, error) {
	t, err := s.keepTranslation(ctx, a)
	return one(mustJSON(t)), err
}

func (s *Server) keepTranslation(ctx context.Context, a *args) (translation, error) {
	t := readTranslation(a)
	if err := a.err(); err != nil {
		return t, err
	}
	return t, s.records.PutRecord(ctx, &catalog.Record{
		Kind: catalog.RecordTranslation, Key: catalog.StableID("term", t.Term, t.Lang), About: t.Term, Body: mustJSON(t),
	})
}

func (s *Server) translationsUpdate(ctx context.Context, a *args) (result, error) {
	objects, ok := givenObjects(a)
	if !ok {
		return nil, schema.Says("error", "term_translation_update_many needs to have a list of dicts in field data")
	}
	for _, x := range objects {
		if _, err := s.keepTranslation(ctx, x); err != nil {
			return nil, err
		}
	}
	return one(mustJSON(map[string]string{"success": strconv.Itoa(len(objects)) + " rows updated"})), nil
}
