package api

import (
	"context"

	"portico/catalog"
)

// An action is one name of the API. The table of all actions drives the
// answers, help_show, /openapi.json and the page in docs.
type action struct {
	read    bool // changes nothing, so GET may run it too
	who     who
	help    string
	params  []param
	maxBody int64 // of the request, bytes; 0 = maxJSONBody or maxFormBody
	run     func(context.Context, *args) (result, error)
}

// A param is a parameter of an action, as help_show and /openapi.json tell of it.
type param struct {
	name string
	typ  string // "text", "integer", "true or false", "list", "object", "file"
	help string
}

// A who says who may run an action at all. What depends on the thing that is
// acted upon is asked by the action itself, when it has found the thing.
type who int

const (
	anybody  who = iota // or whoever may see or change the thing
	signedIn            // any user
	sysadmin            // sysadmins alone
)

// String returns who in words, for the documentation.
func (w who) String() string {
	return [...]string{"anybody, as far as they may see or change the thing", "any user", "sysadmins"}[w]
}

// allows reports whether a may run an action of w at all.
func (w who) allows(a catalog.Actor) bool {
	switch w {
	case signedIn:
		return a.ID != ""
	case sysadmin:
		return a.Sysadmin
	case anybody:
	}
	return true
}

// read makes an action that changes nothing.
func read[In any](parse func(*args) In, f func(context.Context, In) (result, error), help string, params ...param) action {
	return action{read: true, help: help, params: params, run: typed(parse, f)}
}

// write makes an action that changes something, which only POST may run.
func write[In any](parse func(*args) In, f func(context.Context, In) (result, error), help string, params ...param) action {
	return action{help: help, params: params, run: typed(parse, f)}
}

// only returns a with those who may run it at all. They are asked before the
// parameters are read, as most of CKAN's actions do.
func (a action) only(w who) action {
	a.who = w
	return a
}

// upTo returns a with a limit on the size of its requests, in bytes.
func (a action) upTo(bytes int64) action {
	a.maxBody = bytes
	return a
}

// typed makes an action's body of a function that gives the parameters types
// and one that knows nothing of them. The second runs when the first found
// nothing wrong.
func typed[In any](parse func(*args) In, f func(context.Context, In) (result, error)) func(context.Context, *args) (result, error) {
	return func(ctx context.Context, a *args) (result, error) {
		in := parse(a)
		if err := a.err(); err != nil {
			return nil, err
		}
		return f(ctx, in)
	}
}

// asGiven is for actions that validate their parameters by a schema.
func asGiven(a *args) *args { return a }
