package searchtest

import (
	"testing"

	"portico/search"
)

type queryCase struct {
	name string
	root search.Node
	want []string
}

func ids(of ...string) []string { return of }

// testQueries asks each query as the root and as a filter, which match alike.
func testQueries(t *testing.T, e search.Engine) {
	put(t, e, corpus()...)
	for _, part := range [][]queryCase{textCases(), valueCases(), patternCases(), rangeCases(), boolCases()} {
		for _, tt := range part {
			t.Run(tt.name, func(t *testing.T) {
				wantIDs(t, find(t, e, search.Query{Root: tt.root, Limit: 100}), tt.want...)
				wantIDs(t, find(t, e, search.Query{Filters: nodes(tt.root), Limit: 100}), tt.want...)
			})
		}
	}
	t.Run("a root and filters must all match", func(t *testing.T) {
		q := search.Query{Root: words(search.All, "raccolta rete"), Filters: nodes(term(search.Theme, "ENVI")), Limit: 10}
		wantIDs(t, find(t, e, q))
		q.Root = search.Words{Field: search.All, Text: "parcheggi acqua", Any: true}
		wantIDs(t, find(t, e, q), "acqua")
	})
}

func textCases() []queryCase {
	return []queryCase{
		{"nil is everything", nil, ids("parcheggi", "bilancio", "acqua", "musei", "rifiuti", "vuoto")},
		{"everything", search.Everything{}, ids("parcheggi", "bilancio", "acqua", "musei", "rifiuti", "vuoto")},
		{"nothing", search.Nothing{}, nil},
		{"a plural finds the singular", words(search.Title, "parcheggio"), ids("parcheggi")},
		{"a short plural, too", words(search.Description, "musei"), ids("musei")},
		{"accents may be missing", words(search.All, "citta"), ids("parcheggi")},
		{"accents may be written", words(search.All, "qualità"), ids("acqua")},
		{"an elided article does not hide its noun", words(search.Title, "acqua"), ids("acqua")},
		{"an article that is asked for is no word", words(search.Title, "dell'acqua"), ids("acqua")},
		{"capitals are small", words(search.All, "BILANCIO"), ids("bilancio")},
		{"all words must be there", words(search.All, "acqua parcheggi"), nil},
		{"in any order", words(search.All, "comunale bilancio"), ids("bilancio")},
		{"any word will do when any is set", search.Words{Field: search.All, Text: "parcheggi bilancio", Any: true}, ids("parcheggi", "bilancio")},
		{"articles and prepositions are not looked for", words(search.All, "il bilancio per le spese"), ids("bilancio")},
		{"the last word may be unfinished", search.Words{Field: search.All, Text: "bilancio comu", Prefix: true}, ids("bilancio")},
		{"an article before it is no condition", search.Words{Field: search.Title, Text: "il parcheg", Prefix: true}, ids("parcheggi")},
		{"otherwise it must be finished", words(search.All, "bilancio prev"), nil},
		{"a joined word finds the parted one", words(search.All, "wifi"), ids("acqua")},
		{"so do its parts", words(search.All, "wi fi"), ids("acqua")},
		{"and what is written alike", words(search.All, "Wi-Fi"), ids("acqua")},
		{"punctuation is no word", words(search.All, "?! … «»"), nil},
		{"a text of another field does not count", words(search.Title, "orari"), nil},
		{"a term in a text is its words", term(search.Description, "posti auto"), ids("parcheggi")},
		{"a phrase is words in a row", search.Phrase{Field: search.All, Text: "raccolta differenziata"}, ids("rifiuti")},
		{"not in another order", search.Phrase{Field: search.All, Text: "differenziata raccolta"}, nil},
		{"nor with others between", search.Phrase{Field: search.All, Text: "bilancio previsione"}, nil},
		{"unless some may be", search.Phrase{Field: search.All, Text: "bilancio previsione", Slop: 1}, ids("bilancio")},
		{"but no more than may be", search.Phrase{Field: search.All, Text: "raccolta porta", Slop: 1}, ids("rifiuti")},
		{"less than there are", search.Phrase{Field: search.All, Text: "elenco liberi", Slop: 2}, nil},
		{"a synonym finds", words(search.All, "immondizia"), ids("rifiuti")},
		{"and so do words in a row", words(search.All, "sosta in città"), ids("parcheggi")},
		{"a phrase does not leave out articles", search.Phrase{Field: search.All, Text: "bilancio di previsione"}, ids("bilancio")},
		{"a phrase is analysed", search.Phrase{Field: search.Title, Text: "Qualita dell'acqua"}, ids("acqua")},
		{"an author", words(search.Author, "ufficio mobilità"), ids("parcheggi")},
		{"all who have an author", search.Exists{Field: search.Author}, ids("parcheggi", "bilancio")},
		{"a name of a file", search.Phrase{Field: search.DistributionName, Text: "posti auto"}, ids("parcheggi")},
		{"what CKAN looks in", words(search.Text, "bilancio"), ids("bilancio")},
		{"words over CKAN's text and a title", search.DisMax{Of: nodes(words(search.Title, "bilancio"), words(search.Text, "bilancio"))}, ids("bilancio")},
		{"a word of an extra", term(search.WordsPrefix+"codice", "058091"), ids("bilancio")},
		{"all who have an extra", search.Exists{Field: search.WordsPrefix + "codice"}, ids("parcheggi", "bilancio")},
		{"a phrase in a string is the value", search.Phrase{Field: search.Keyword, Text: "spesa pubblica"}, ids("bilancio")},
	}
}

func valueCases() []queryCase {
	return []queryCase{
		{"a value", term(search.Organization, "comune-di-lecce"), ids("bilancio", "musei")},
		{"a value is case-sensitive", term(search.Format, "csv"), ids("acqua")},
		{"the other case", term(search.Format, "CSV"), ids("parcheggi", "bilancio")},
		{"one of several values", term(search.Theme, "GOVE"), ids("bilancio")},
		{"a value with an accent", term(search.Keyword, "mobilità"), ids("parcheggi")},
		{"is not the one without", term(search.Keyword, "mobilita"), nil},
		{"a part of a value is not the value", term(search.Keyword, "spesa"), nil},
		{"an extra", term("extra:codice", "058091"), ids("bilancio")},
		{"an unknown field has nothing", term("extra:nothing", "x"), nil},
		{"an unknown field has no words", words("extra:nothing", "x"), nil},
		{"the ID is a field", term(search.ID, "musei"), ids("musei")},
		{"IDs", search.IDs{Of: []string{"musei", "acqua", "none"}}, ids("acqua", "musei")},
		{"no IDs", search.IDs{}, nil},
		{"exists: string", search.Exists{Field: "extra:codice"}, ids("parcheggi", "bilancio")},
		{"exists: text", search.Exists{Field: search.Title}, ids("parcheggi", "bilancio", "acqua", "musei", "rifiuti")},
		{"exists: date", search.Exists{Field: search.Updated}, ids("parcheggi", "bilancio", "acqua", "musei", "rifiuti")},
		{"exists: int", search.Exists{Field: search.Distributions}, ids("parcheggi", "bilancio", "acqua", "musei", "rifiuti")},
		{"exists: unknown", search.Exists{Field: "extra:nothing"}, nil},
	}
}

func patternCases() []queryCase {
	return []queryCase{
		{"a prefix of values", search.Prefix{Field: search.Organization, Value: "comune-di-t"}, ids("parcheggi", "acqua", "rifiuti")},
		{"a prefix is case-sensitive", search.Prefix{Field: search.Format, Value: "C"}, ids("parcheggi", "bilancio")},
		{"a prefix of words", search.Prefix{Field: search.Title, Value: "Bilan"}, ids("bilancio")},
		{"a whole word is its own prefix", search.Prefix{Field: search.Title, Value: "parcheggi"}, ids("parcheggi")},
		{"a wildcard in values", search.Wildcard{Field: search.Organization, Pattern: "comune-*-lecc?"}, ids("bilancio", "musei")},
		{"a wildcard matches the whole value", search.Wildcard{Field: search.Organization, Pattern: "lecce"}, nil},
		{"a wildcard may lead", search.Wildcard{Field: search.Keyword, Pattern: "*ent?"}, ids("acqua", "rifiuti")},
		{"a wildcard in words", search.Wildcard{Field: search.Title, Pattern: "?acco*"}, ids("rifiuti")},
		{"a star alone is any value", search.Wildcard{Field: "extra:codice", Pattern: "*"}, ids("parcheggi", "bilancio")},
		{"one letter is wrong", search.Fuzzy{Field: search.Theme, Value: "ECAN", Distance: 1}, ids("bilancio")},
		{"two letters are not one", search.Fuzzy{Field: search.Theme, Value: "EKXN", Distance: 1}, nil},
		{"two letters are two", search.Fuzzy{Field: search.Theme, Value: "EKXN", Distance: 2}, ids("bilancio")},
		{"neighbours may change places", search.Fuzzy{Field: search.Organization, Value: "comune-di-elcce", Distance: 1}, ids("bilancio", "musei")},
		{"a wildcard matches words as they are written", search.Wildcard{Field: search.All, Pattern: "parch*ggi"}, ids("parcheggi")},
		{"and misspellings do", search.Fuzzy{Field: search.All, Value: "raccoltta", Distance: 1}, ids("rifiuti")},
		{"words are misspelt, too", search.Fuzzy{Field: search.Title, Value: "diferenziata", Distance: 1}, ids("rifiuti")},
	}
}

func rangeCases() []queryCase {
	updated := search.Range{Field: search.Updated, From: day(2024, 1, 10), To: day(2024, 3, 5)}
	open := updated
	open.LowOpen, open.HighOpen = true, true
	return []queryCase{
		{"dates with their ends", updated, ids("parcheggi", "bilancio", "rifiuti")},
		{"dates without their ends", open, nil},
		{"dates from", search.Range{Field: search.Updated, From: day(2024, 3, 5)}, ids("bilancio", "rifiuti")},
		{"dates to", search.Range{Field: search.Updated, To: day(2023, 1, 1)}, ids("musei")},
		{"ints", search.Range{Field: search.Distributions, Low: "2", High: "3"}, ids("parcheggi", "rifiuti")},
		{"how many keywords", search.Range{Field: search.Keywords, Low: "2", High: "2"}, ids("parcheggi", "bilancio")},
		{"ints with an open end", search.Range{Field: search.Distributions, Low: "2", LowOpen: true}, ids("acqua", "rifiuti")},
		{"what is no number matches nothing", search.Range{Field: search.Distributions, Low: "many"}, nil},
		{"strings by code point", search.Range{Field: search.TitleSort, Low: "C", High: "Q"}, ids("parcheggi", "musei")},
		{"strings with their ends", search.Range{Field: "extra:codice", Low: "058091", High: "H501"}, ids("parcheggi", "bilancio")},
		{"strings without", search.Range{Field: "extra:codice", Low: "058091", High: "H501", LowOpen: true, HighOpen: true}, nil},
		{"strings with no ends at all", search.Range{Field: "extra:codice"}, ids("parcheggi", "bilancio")},
	}
}

func boolCases() []queryCase {
	trento, lecce := term(search.Organization, "comune-di-trento"), term(search.Organization, "comune-di-lecce")
	envi, csv := term(search.Theme, "ENVI"), term(search.Format, "CSV")
	return []queryCase{
		{"must", search.Bool{Must: nodes(trento, envi)}, ids("acqua", "rifiuti")},
		{"should alone needs one", search.Bool{Should: nodes(envi, csv)}, ids("parcheggi", "bilancio", "acqua", "rifiuti")},
		{"should beside must is no condition", search.Bool{Must: nodes(trento), Should: nodes(envi)}, ids("parcheggi", "acqua", "rifiuti")},
		{"unless there is a least number", search.Bool{Must: nodes(trento), Should: nodes(envi, csv), Min: 1}, ids("parcheggi", "acqua", "rifiuti")},
		{"two of three", search.Bool{Should: nodes(trento, envi, csv), Min: 2}, ids("parcheggi", "acqua", "rifiuti")},
		{"more than there are", search.Bool{Should: nodes(trento), Min: 2}, nil},
		{"not", search.Bool{Must: nodes(trento), Not: nodes(envi)}, ids("parcheggi")},
		{"nothing but not is nothing", search.Bool{Not: nodes(trento)}, nil},
		{"everything but", search.Bool{Must: nodes(search.Everything{}), Not: nodes(trento)}, ids("bilancio", "musei", "vuoto")},
		{"missing", search.Bool{Must: nodes(search.Everything{}), Not: nodes(search.Exists{Field: search.Theme})}, ids("vuoto")},
		{"empty", search.Bool{}, nil},
		{"nested", search.Bool{Must: nodes(search.Bool{Should: nodes(trento, lecce)}, search.Bool{Must: nodes(csv)})}, ids("parcheggi", "bilancio")},
		{"a nested not is nothing", search.Bool{Must: nodes(trento, search.Bool{Not: nodes(envi)})}, nil},
		{"not words", search.Bool{Must: nodes(trento), Not: nodes(words(search.All, "acqua"))}, ids("parcheggi", "rifiuti")},
		{"a boost changes no match", search.Boost{Of: trento, By: 4}, ids("parcheggi", "acqua", "rifiuti")},
		{"dismax is any", search.DisMax{Of: nodes(search.Boost{Of: words(search.Title, "acqua"), By: 4}, term(search.Keyword, "ambiente")), Tie: 0.1}, ids("acqua", "rifiuti")},
		{"dismax of nothing is nothing", search.DisMax{}, nil},
		{"words over two fields", search.DisMax{Of: nodes(search.Boost{Of: words(search.Title, "bilancio"), By: 4}, words(search.All, "bilancio"))}, ids("bilancio")},
	}
}
