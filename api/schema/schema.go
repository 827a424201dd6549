// Package schema holds CKAN's rules for what is sent to its actions: which
// fields a dataset, a distribution, an organization, a user and so on may have,
// what each may hold, what CKAN makes of it before it is kept, and in which
// words it says what is wrong.
//
// It is pure: values in, cleaned values or an *Error out. What it must know of
// the catalogue it asks a Lookup. It must not know HTTP, the stores, or how an
// answer is written.
//
// Values are those of a strict JSON decoder: nil, bool, json.Number, string,
// []any and map[string]any. A key that is absent from a cleaned map was not
// given, and the one who keeps it decides what that means.
package schema

import (
	"context"

	"portico/catalog"
)

// A Kind says what a Lookup is asked for.
type Kind int

// The kinds of things that a schema asks for. A dataset, body, user and
// vocabulary is asked for by ID or name, an email by the address of a user
// that may sign in, the others by ID.
const (
	KindDataset Kind = iota
	KindDistribution
	KindBody // an organization or a group: they share one namespace
	KindUser
	KindEmail
	KindVocabulary
	KindView
)

// A Thing is what stands in the catalogue under an ID, name or address. The
// zero Thing is none.
type Thing struct {
	ID           string
	Name         string
	Deleted      bool
	Organization bool // of a Body
}

func (t Thing) found() bool { return t.ID != "" }

// A Lookup tells a schema what it must know of the catalogue. It sees all that
// there is, whoever asks, and deleted things too.
type Lookup interface {
	// Find returns the thing of a kind with the given ID, name or address, or
	// the zero Thing. It is asked with whatever a client sent.
	Find(ctx context.Context, kind Kind, ref string) (Thing, error)
	// HasTag reports whether a vocabulary, given by ID, has a tag of that name.
	HasTag(ctx context.Context, vocabulary, name string) (bool, error)
	// MayAddTo reports whether the actor may put a dataset into an organization.
	MayAddTo(ctx context.Context, organization string) (bool, error)
	// MayBeParent reports whether a body, both given by ID, may have another as
	// its parent: whether no loop would come of it.
	MayBeParent(ctx context.Context, body, parent string) (bool, error)
}

// A Context is on whose behalf and over what a schema is applied.
type Context struct {
	Lookup Lookup
	Actor  catalog.Actor
	// Existing is the stored thing as its show action gives it, with the values
	// of a JSON decoder, or nil when one is being made. What is sent back as it
	// is stored is not found wrong: data that came from elsewhere must not keep
	// people from changing the rest.
	Existing map[string]any
	// MayChangeState says that the actor may set the state of the thing, which
	// sysadmins may anyway.
	MayChangeState bool
	// AllowUnowned says that a dataset need not have an organization.
	AllowUnowned bool
}

func (c *Context) stored(key string) string {
	s, _ := c.Existing[key].(string)
	return s
}
