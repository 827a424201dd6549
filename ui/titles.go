package ui

import (
	"context"
	"sync"

	"portico/catalog"
)

// titles keeps what organizations are called, for as long as the catalog stays
// as it is: to list them is to count the datasets of each.
type titles struct {
	mu       sync.Mutex
	revision int64
	of       map[string]catalog.Text // by name; nil = nothing is known yet
}

// titlesOfBodies returns what organizations are called, by name. The map is
// everybody's.
func (s *Server) titlesOfBodies(ctx context.Context) (map[string]catalog.Text, error) {
	if s.Revision == nil {
		return s.readTitles(ctx)
	}
	revision, err := s.Revision.Revision(ctx) // before the titles, which may be newer then but never older
	if err != nil {
		return nil, err
	}
	s.titles.mu.Lock()
	defer s.titles.mu.Unlock()
	if s.titles.of == nil || s.titles.revision != revision {
		of, err := s.readTitles(ctx)
		if err != nil {
			return nil, err
		}
		s.titles.of, s.titles.revision = of, revision
	}
	return s.titles.of, nil
}

func (s *Server) readTitles(ctx context.Context) (map[string]catalog.Text, error) {
	os, err := s.Organizations.Organizations(ctx)
	if err != nil {
		return nil, err
	}
	of := make(map[string]catalog.Text, len(os))
	for _, o := range os {
		of[o.Name] = o.Title
	}
	return of, nil
}
