package catalog

import (
	"context"
	"maps"
	"slices"
)

// An Actor is on whose behalf something is done. The zero Actor is anybody:
// a visitor who has not said who they are.
type Actor struct {
	ID       string          // of the User, or "" for a visitor and for the program
	Name     string          // for the activity log
	Sysadmin bool            // may see and do everything
	Roles    map[string]Role // by the ID of an organization or group
	Scope    Scope           // of the token by which they act
}

// System is the program itself: jobs, harvests, the command line.
var System = Actor{Name: "portico", Sysadmin: true}

// Bodies returns the IDs of the organizations and groups that a is a member
// of, sorted. Members see the private datasets of their organizations.
func (a Actor) Bodies() []string { return slices.Sorted(maps.Keys(a.Roles)) }

// May reports whether a may do, in the organization or group with the given
// ID, what least asks for. Sysadmins may everywhere.
func (a Actor) May(body string, least Role) bool {
	return a.Sysadmin || body != "" && a.Roles[body].rank() >= least.rank()
}

// A Role is what a member of an organization or group may do there. Each may
// do what those before it may.
type Role string

// The roles, as CKAN names them.
const (
	RoleMember Role = "member" // sees private datasets
	RoleEditor Role = "editor" // makes, changes and deletes datasets
	RoleAdmin  Role = "admin"  // changes the body itself and its members
)

// Valid reports whether r is one of the three roles.
func (r Role) Valid() bool { return r.rank() > 0 }

func (r Role) rank() int {
	return slices.Index([]Role{"", RoleMember, RoleEditor, RoleAdmin}, r)
}

type actorKey struct{}

// WithActor returns a context that acts for a.
func WithActor(ctx context.Context, a Actor) context.Context {
	return context.WithValue(ctx, actorKey{}, a)
}

// ActorOf returns the actor of ctx, or the zero Actor.
func ActorOf(ctx context.Context) Actor {
	a, _ := ctx.Value(actorKey{}).(Actor)
	return a
}
