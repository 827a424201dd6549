package catalog

import "context"

// An Actor is on whose behalf something is done. The zero Actor is anybody:
// a visitor who has not said who they are.
type Actor struct {
	ID       string // of the User, or "" for a visitor and for the program
	Name     string // for the activity log
	Sysadmin bool   // may see and do everything
	Orgs     []string
}

// System is the program itself: jobs, harvests, the command line.
var System = Actor{Name: "portico", Sysadmin: true}

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
