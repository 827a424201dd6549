package api

import (
	"html/template"
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"portico/catalog"
)

// apiInfo answers /datastore/api_info/RID: how the rows of a table can be asked
// for, with commands that run as they stand.
func (s *Server) apiInfo(c *gin.Context) {
	actor, err := s.caller(c, false)
	if err != nil {
		s.failPage(c, err)
		return
	}
	_, id, err := s.visibleTable(catalog.WithActor(c.Request.Context(), actor), c.Param("rid"))
	if err != nil {
		if kind := catalog.KindOf(err); kind == catalog.NotFound || kind == catalog.Denied {
			err = pageError(http.StatusNotFound) // whoever may not see it is not told that it is there
		}
		s.failPage(c, err)
		return
	}
	locale := localeOf(c.Request, s.site.Locale)
	c.Header("Content-Type", "text/html; charset=utf-8")
	c.Header("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'")
	c.Status(http.StatusOK)
	if c.Request.Method == http.MethodHead {
		return
	}
	// A write that fails means that the client has gone.
	_ = apiInfoPage.Execute(c.Writer, map[string]string{
		"Lang": locale, "ID": id, "Site": s.site.Title,
		"Title":  say(locale, "API dei dati", "Data API"),
		"About":  say(locale, "Le righe di questa tabella si possono chiedere così.", "The rows of this table can be asked for like this."),
		"Search": s.site.Link("/api/3/action/datastore_search"), "Dump": s.site.Link("/datastore/dump/" + id),
		"Rows": say(locale, "Cinque righe", "Five rows"), "Filter": say(locale, "Righe che contengono una parola", "Rows that hold a word"),
		"All": say(locale, "Tutte le righe, in CSV", "All the rows, as CSV"),
	})
}

// dictionary answers /datastore/dictionary_download/RID: what is known of the
// columns of a table is in its CSVW metadata.
func (s *Server) dictionary(c *gin.Context) {
	actor, err := s.caller(c, false)
	if err != nil {
		s.failPage(c, err)
		return
	}
	t, err := s.visibleRows(catalog.WithActor(c.Request.Context(), actor), c.Param("rid"))
	if err == nil && t.d == nil {
		err = pageError(http.StatusNotFound)
	}
	if err != nil {
		if kind := catalog.KindOf(err); kind == catalog.NotFound || kind == catalog.Denied {
			err = pageError(http.StatusNotFound) // as above
		}
		s.failPage(c, err)
		return
	}
	c.Redirect(http.StatusFound, "/dataset/"+url.PathEscape(t.d.Name)+"/resource/"+url.PathEscape(t.x.ID)+"/data.csv-metadata.json")
}

var apiInfoPage = template.Must(template.New("api_info").Parse(`<!DOCTYPE html>
<html lang="{{.Lang}}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{.Title}} – {{.Site}}</title>
<style>body{font:1rem/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}pre{background:#f2f2f2;padding:1rem;overflow-x:auto}</style>
</head>
<body>
<main>
<h1>{{.Title}}</h1>
<p>{{.About}}</p>
<h2>{{.Rows}}</h2>
<pre tabindex="0"><code>curl '{{.Search}}?resource_id={{.ID}}&amp;limit=5'</code></pre>
<h2>{{.Filter}}</h2>
<pre tabindex="0"><code>import json, urllib.parse, urllib.request
query = urllib.parse.urlencode({"resource_id": "{{.ID}}", "q": "roma", "limit": 5})
with urllib.request.urlopen("{{.Search}}?" + query) as answer:
    print(json.load(answer)["result"]["records"])</code></pre>
<h2>{{.All}}</h2>
<pre tabindex="0"><code>curl -o {{.ID}}.csv '{{.Dump}}?bom=true'</code></pre>
</main>
</body>
</html>
`))
