package ui

import (
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"
)

// readingRoutes are the pages that explain: the past of a dataset, how to cite
// it, the guides to the API, and the texts of the site.
func (s *Server) readingRoutes(e *gin.Engine, show func(path string, p page)) {
	file := func(path string, h gin.HandlerFunc) { e.Match([]string{http.MethodGet, http.MethodHead}, path, h) }
	file("/dataset/:id/citation.bib", s.citeAs("bib", "application/x-bibtex; charset=utf-8", citation.bibTeX))
	file("/dataset/:id/citation.ris", s.citeAs("ris", "application/x-research-info-systems; charset=utf-8", citation.ris))
	if s.Activities != nil {
		show("/dataset/activity/:id", s.history)
		show("/dataset/changes/:id", s.changesOf)
	}
	show("/api-docs", s.apiDocs)
	show("/api-docs/:rid", s.tableAPI)
	file("/api-docs/:rid/openapi.json", s.tableOpenAPI)
	for _, name := range textPages {
		show("/"+name, s.text(name))
	}
	for name, to := range otherNames {
		show("/"+name, s.moved("/"+to))
	}
}

// guideOf returns the page about the API of a table, or "" where there is none.
func (s *Server) guideOf(f fileView) string {
	if !f.HasTable || s.Distributions == nil {
		return ""
	}
	return "/api-docs/" + url.PathEscape(f.ID)
}
