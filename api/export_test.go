package api

import (
	"maps"
	"slices"

	"portico/dcat"
	"portico/internal/rdf"
)

// ActionNames returns the names of the actions of s.
func ActionNames(s *Server) []string { return slices.Sorted(maps.Keys(s.actions)) }

// ReadActionNames returns the names of the actions that change nothing.
func ReadActionNames(s *Server) []string {
	return slices.DeleteFunc(ActionNames(s), func(name string) bool { return !s.actions[name].read })
}

// Routes returns the paths of the router of s, each once.
func Routes(s *Server) []string {
	paths := map[string]bool{}
	for _, r := range s.router.Routes() {
		paths[r.Path] = true
	}
	return slices.Sorted(maps.Keys(paths))
}

// Fragment returns the fragment in DCAT-AP_IT that is kept of a dataset, or nil.
func Fragment(s *Server, f rdf.Format, id string) *dcat.Fragment {
	k, _ := s.fragments.Get(string(dcat.DCATAPIT) + " " + string(f) + " " + id)
	return k.fragment
}
