package api

import (
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"portico/search"
)

// A suggestion is what /api/util/suggest tells of one name.
type suggestion struct {
	Kind  search.SuggestionKind `json:"kind"`
	Text  string                `json:"text"`
	Name  string                `json:"name"`
	Count int                   `json:"count,omitempty"` // of datasets
	URL   string                `json:"url"`             // of the page about it, in the language of the site
}

// suggest answers /api/util/suggest?q=: what somebody who writes q may be
// about to write. It is the same for everybody.
func (s *Server) suggest(c *gin.Context) {
	if !s.allow(c, "GET, HEAD, OPTIONS") {
		return
	}
	s.public(c)
	values := c.Request.URL.Query()
	lang, limit := s.site.Locale, 12
	if l := values.Get("lang"); l == "it" || l == "en" {
		lang = l
	}
	if lang != "en" {
		lang = "it"
	}
	if n, ok := parseInteger(values.Get("limit")); ok && n >= 0 {
		limit = min(n, 20)
	}
	found, err := s.suggester.Suggest(c.Request.Context(), values.Get("q"), lang, limit)
	if err != nil {
		s.failPage(c, err)
		return
	}
	list := make([]suggestion, 0, len(found))
	for _, x := range found {
		list = append(list, suggestion{Kind: x.Kind, Text: x.Text, Name: x.Name, Count: x.N, URL: pageOf(x)})
	}
	writeJSON(c.Writer, http.StatusOK, mustJSON(map[string]any{"suggestions": list}))
}

// pageOf returns the address of the page about a suggestion; what has none is
// searched for.
func pageOf(x search.Suggestion) string {
	switch x.Kind {
	case search.KindDataset:
		return "/dataset/" + url.PathEscape(x.Name)
	case search.KindOrganization:
		return "/organization/" + url.PathEscape(x.Name)
	case search.KindTheme:
		return "/group/" + url.PathEscape(x.Name)
	default:
		return "/dataset?" + url.Values{"q": {x.Text}}.Encode()
	}
}
