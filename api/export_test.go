package api

import (
	"maps"
	"slices"
)

// ActionNames returns the names of the actions of s.
func ActionNames(s *Server) []string { return slices.Sorted(maps.Keys(s.actions)) }
