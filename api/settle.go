package api

import (
	"context"

	"portico/catalog"
)

// settle waits until search has learned of what was just written, so that a
// client finds what it has made. An engine that takes longer is not waited
// for: then the change is found a moment later.
func (s *Server) settle(ctx context.Context) {
	if s.settled != nil {
		s.settled(catalog.WithActor(ctx, catalog.System))
	}
}
