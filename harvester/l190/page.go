package l190

import (
	"bytes"
	"cmp"
	"errors"
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"portico/catalog"
	"portico/harvester"
	"portico/harvester/web"
	"portico/internal/httpclient"
)

var errNoTables = errors.New("no table with a head on the page")

// transparent matches the words of pages that the law asks for.
var transparent = regexp.MustCompile(`(?i)amministrazione\s+trasparente|trasparenza|atti di concessione|bandi di gara|190/2012|33/2013|sovvenzioni|consulenti e collaboratori`)

// page makes a record of each table of a page. Its confidence is high only
// where the page's words are those of transparency: many pages have a table.
func (c *connector) page(page *httpclient.Page) (web.Batch, float64, error) {
	text := page.Body
	root, err := html.ParseWithOptions(bytes.NewReader(text), html.ParseOptionEnableScripting(false))
	if err != nil {
		return web.Batch{}, 0, web.NotA(page, "una pagina con tabelle", "a page with tables", err)
	}
	r := reading{least: max(c.o.Columns, 2), rows: max(c.o.Rows, 1)}
	r.walk(root, 0)
	if len(r.found) == 0 {
		return web.Batch{}, 0, catalog.Errorf(catalog.Invalid, "there is no table on the page %.160s", page.URL).
			Italian("nella pagina %.160s non c'è alcuna tabella", page.URL).Because(errNoTables)
	}
	var b web.Batch
	names := make(map[string]int)
	for i, t := range r.found {
		title := cmp.Or(t.title, r.title, "Tabella")
		// A table is known by its title, and by its place among those that
		// share one, so that a table that is put before it changes nothing.
		names[title]++
		id := catalog.Slug(title, 80)
		if n := names[title]; n > 1 || id == "" {
			id += "-" + strconv.Itoa(max(n, 1))
			title += " (" + strconv.Itoa(n) + ")"
		}
		b.Items = append(b.Items, web.Item{ID: page.URL + "#" + id, Title: title, Convert: func() (harvester.Record, error) {
			return c.table(page, id, title, r.found[i])
		}})
	}
	if transparent.Match(text) {
		return b, 0.75, nil
	}
	return b, 0.3, nil
}

func (c *connector) table(page *httpclient.Page, id, title string, t found) (harvester.Record, error) {
	rec := harvester.Record{ID: page.URL + "#" + id, Title: title, Link: page.URL}
	var said strings.Builder
	for _, row := range t.rows {
		said.WriteString(strings.Join(row, "\x1f") + "\x1e")
	}
	rec.Digest = web.Hash(version, title, said.String())
	d := &rec.Dataset
	d.Title, d.Identifier, d.LandingPage = catalog.It(title), id, page.URL
	list := strings.Join(t.rows[0][:min(len(t.rows[0]), 30)], ", ")
	n := strconv.Itoa(len(t.rows) - 1)
	d.Description = catalog.Text{"it": "Tabella di " + n + " righe: " + list + ".", "en": "A table of " + n + " rows: " + list + "."}
	d.Themes, d.Keywords = web.Themes("GOVE"), web.Keywords("it", "trasparenza", "amministrazione trasparente")
	x, err := c.keep(sheet{cmp.Or(id, "tabella") + ".csv", title, t.rows})
	if err != nil {
		return rec, err
	}
	d.Distributions = []catalog.Distribution{x}
	rec.Distributions = 1
	return rec, nil
}

// A found is a table of a page.
type found struct {
	title string
	rows  [][]string
}

// A reading finds the tables of a page, and the heading above each.
type reading struct {
	least, rows int // columns and rows that a table has
	title       string
	heading     string
	cells       int
	found       []found
}

const (
	maxNesting = 500
	maxCells   = 5_000_000
	maxSpan    = 200
)

func (r *reading) walk(n *html.Node, depth int) {
	if depth > maxNesting || len(r.found) >= maxTables || r.cells > maxCells {
		return
	}
	if n.Type == html.ElementNode && r.meet(n) {
		return
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		r.walk(c, depth+1)
	}
}

// headings are the elements that may stand as a title above a table.
var headings = map[atom.Atom]bool{atom.H1: true, atom.H2: true, atom.H3: true, atom.H4: true}

// meet notes what an element is for the tables after it, or takes it. It is
// true for a table that is taken, in which there is nothing more to find.
func (r *reading) meet(n *html.Node) bool {
	if n.DataAtom == atom.Table {
		return r.take(n)
	}
	if n.DataAtom == atom.Title {
		r.title = words(n)
	} else if headings[n.DataAtom] {
		r.heading = words(n)
	}
	return false
}

// A content is what is inside a table as the page has it.
type content struct {
	rows    [][]string
	caption string
	nested  bool // other tables are in it
}

// gather collects what is below n, without going into other tables.
func (r *reading) gather(n *html.Node, depth int, to *content) {
	for c := n.FirstChild; c != nil && depth < maxNesting; c = c.NextSibling {
		switch c.DataAtom {
		case atom.Table:
			to.nested = true
		case atom.Caption:
			to.caption = words(c)
		case atom.Tr:
			to.rows = append(to.rows, r.row(c))
			r.gather(c, depth+1, to)
		default:
			r.gather(c, depth+1, to)
		}
	}
}

// take reads one table. It is false for one that only lays out others.
func (r *reading) take(table *html.Node) bool {
	var in content
	r.gather(table, 0, &in)
	if in.nested {
		return false
	}
	rows, caption := in.rows, in.caption
	for len(rows) > 0 && filled(rows[0]) < r.least { // a line of title above the head
		caption = cmp.Or(caption, strings.TrimSpace(strings.Join(rows[0], " ")))
		rows = rows[1:]
	}
	if len(rows) > maxRows || len(rows) < 1+r.rows {
		return true
	}
	for i := range rows {
		for len(rows[i]) < len(rows[0]) {
			rows[i] = append(rows[i], "")
		}
		rows[i] = rows[i][:len(rows[0])]
	}
	r.found = append(r.found, found{title: cmp.Or(caption, r.heading), rows: rows})
	return true
}

// filled counts the cells of a row that hold something.
func filled(row []string) int {
	n := 0
	for _, cell := range row {
		if cell != "" {
			n++
		}
	}
	return n
}

// row returns the cells of a row; one that spans columns fills the first.
func (r *reading) row(tr *html.Node) []string {
	var out []string
	for c := tr.FirstChild; c != nil; c = c.NextSibling {
		if c.DataAtom != atom.Td && c.DataAtom != atom.Th {
			continue
		}
		out = append(out, words(c))
		span := 1
		for _, a := range c.Attr {
			if n, err := strconv.Atoi(a.Val); a.Key == "colspan" && err == nil {
				span = min(max(n, 1), maxSpan)
			}
		}
		for range span - 1 {
			out = append(out, "")
		}
		if r.cells += span; r.cells > maxCells {
			break
		}
	}
	return out
}

// words returns the text of a node in one line.
func words(n *html.Node) string {
	var b strings.Builder
	for c := range n.Descendants() {
		switch {
		case c.Type == html.TextNode && c.Parent.DataAtom != atom.Script && c.Parent.DataAtom != atom.Style:
			b.WriteString(c.Data)
		case c.DataAtom == atom.Br:
			b.WriteByte(' ')
		}
	}
	const most = 5_000
	s := strings.Join(strings.Fields(strings.ToValidUTF8(strings.ReplaceAll(b.String(), "\x00", ""), "")), " ")
	return strings.ToValidUTF8(s[:min(len(s), most)], "")
}
