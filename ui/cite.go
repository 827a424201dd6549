package ui

import (
	"cmp"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"portico/catalog"
)

// A citation is what a bibliography needs to know of a dataset.
type citation struct {
	Key, Author, Title, Version, License, URL, Lang string
	When                                            time.Time // of the data; zero = not known
	Exact                                           bool      // When is a day, and not only a year
}

func (s *Server) cited(r *request, d *catalog.Dataset) citation {
	c := citation{
		Key: cmp.Or(catalog.Slug(d.Name, 60), "dataset"), Author: holderName(r.speaker, d), Title: cmp.Or(r.in(d.Title), d.Name),
		Version: d.Version, License: licenseOf(d).Short, URL: s.Site.Link("/dataset/" + d.Name),
	}
	if c.Lang = r.language(d.Title); c.Lang == "" {
		c.Lang = r.locale
	}
	for _, day := range []catalog.Date{d.Modified, d.Issued} {
		if t := day.Time(); !t.IsZero() {
			c.When, c.Exact = t, len(day) >= len(time.DateOnly)
			break
		}
	}
	return c
}

// bibTeX returns c as an entry of BibTeX. Every text is escaped, so that no
// title ends its field or calls a macro.
func (c citation) bibTeX() string {
	var b strings.Builder
	b.WriteString("@misc{" + c.Key)
	field := func(name, value string) {
		if value != "" {
			b.WriteString(",\n  " + name + " = {" + value + "}")
		}
	}
	whole := func(s string) string { // braces keep capitals, and a body from being read as a person
		if s = texEscape(s); s != "" {
			return "{" + s + "}"
		}
		return ""
	}
	field("author", whole(c.Author))
	field("title", whole(c.Title))
	if !c.When.IsZero() {
		field("year", c.When.Format("2006"))
		if c.Exact {
			field("date", c.When.Format(time.DateOnly))
		}
	}
	field("version", texEscape(c.Version))
	field("howpublished", `\url{`+texURL(c.URL)+"}")
	field("url", texURL(c.URL))
	field("note", texEscape(c.License))
	b.WriteString("\n}\n")
	return b.String()
}

var texSpecial = strings.NewReplacer(
	`\`, `\textbackslash{}`, "{", `\{`, "}", `\}`, "$", `\$`, "&", `\&`, "#", `\#`, "%", `\%`, "_", `\_`,
	"~", `\textasciitilde{}`, "^", `\textasciicircum{}`, `"`, `{''}`,
)

func texEscape(s string) string { return texSpecial.Replace(oneLine(s)) }

// texURL keeps an address from ending its field: what TeX would read is
// percent-encoded.
func texURL(s string) string {
	return strings.NewReplacer("{", "%7B", "}", "%7D", `\`, "%5C", " ", "%20", "\n", "", "\r", "").Replace(s)
}

// ris returns c in the format of reference managers: a tag a line.
func (c citation) ris() string {
	var b strings.Builder
	line := func(tag, value string) {
		if value = oneLine(value); value != "" || tag == "ER" {
			b.WriteString(tag + "  - " + value + "\r\n")
		}
	}
	line("TY", "DATA")
	line("ID", c.Key)
	line("AU", strings.ReplaceAll(c.Author, ",", "")) // a comma would part a surname from a name
	line("TI", c.Title)
	if !c.When.IsZero() {
		line("PY", c.When.Format("2006"))
		if c.Exact {
			line("DA", c.When.Format("2006/01/02"))
		}
	}
	line("PB", c.Author)
	line("ET", c.Version)
	line("LA", c.Lang)
	line("N1", c.License)
	line("UR", c.URL)
	line("ER", "")
	return b.String()
}

// oneLine takes out what would begin a line of its own.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// citeAs answers the addresses of citations for reference managers.
func (s *Server) citeAs(extension, mediaType string, write func(citation) string) gin.HandlerFunc {
	return func(c *gin.Context) {
		r := s.request(c.Request, c.Param)
		d, err := s.Datasets.Dataset(r.ctx, r.param("id"))
		if err != nil {
			s.fail(c.Writer, c.Request, err)
			return
		}
		body := write(s.cited(r, d))
		h := c.Writer.Header()
		h.Set("Content-Disposition", `attachment; filename="`+cmp.Or(catalog.Slug(d.Name, 60), "dataset")+"."+extension+`"`)
		h.Set("Cache-Control", "no-cache")
		c.Data(http.StatusOK, mediaType, []byte(body))
	}
}
