package api

import (
	"maps"
	"slices"
)

// An Action tells of one name of the API, for pages about it.
type Action struct {
	Name string
	Help string // in English
	Who  string // may run it, in English
	Read bool   // changes nothing, and so GET may run it
	// Anybody is set where no token is needed.
	Anybody bool
	Params  []Param
}

// A Param is a parameter of an Action.
type Param struct{ Name, Type, Help string }

// Actions returns what the API can do, sorted by name: the table from which
// /openapi.json and docs/api.md are made, too. datastore_search_sql and
// what is about sources are among them, though a site may not offer them.
func Actions() []Action {
	t := (&Server{sql: &sqlSearch{}, harvest: &Harvest{}}).actionTable()
	var out []Action
	for _, name := range slices.Sorted(maps.Keys(t)) {
		a := t[name]
		doc := Action{Name: name, Help: a.help, Who: a.who.String(), Read: a.read, Anybody: a.who == anybody}
		for _, p := range a.params {
			doc.Params = append(doc.Params, Param{p.name, p.typ, p.help})
		}
		out = append(out, doc)
	}
	return out
}
