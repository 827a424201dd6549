package ui

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"portico/catalog"
	"portico/datastore"
)

// Distributions finds what a distribution belongs to.
type Distributions interface {
	// DatasetOfDistribution returns the ID of the dataset that has a
	// distribution, or NotFound, whoever asks.
	DatasetOfDistribution(ctx context.Context, id string) (string, error)
}

// A tableAPIPage is the guide to the API of one table.
type tableAPIPage struct {
	frame
	Heading  string
	Lang     string
	Dataset  linkView
	Resource linkView
	ID       string
	Columns  []apiColumn
	Examples []example
	Files    []example
	OpenAPI  string
	Total    int64
	Largest  int // rows in one answer
}

// An apiColumn is a column as the API speaks of it.
type apiColumn struct{ Name, Title, Type, APIType, Unit, Description, Sample string }

// maxAnswer is how many rows datastore_search gives at once, as in CKAN.
const maxAnswer = 32_000

// tableOf returns the table whose distribution has the ID that r asks for.
func (s *Server) tableOf(r *request) (*catalog.Dataset, *catalog.Distribution, error) {
	const longest = 100
	missing := catalog.Errorf(catalog.NotFound, "no such table")
	id := r.param("rid")
	if s.Distributions == nil || len(id) > longest {
		return nil, nil, missing
	}
	ref, err := s.Distributions.DatasetOfDistribution(r.ctx, id)
	if err != nil {
		return nil, nil, err
	}
	d, err := s.Datasets.Dataset(r.ctx, ref)
	if err != nil {
		return nil, nil, err
	}
	x := distribution(d, id)
	if x == nil || !x.Table.Active() || x.Table.Written && s.Rows == nil {
		return nil, nil, missing
	}
	return d, x, nil
}

// tableAPI answers /api-docs/{rid}.
func (s *Server) tableAPI(r *request) (view, error) {
	d, x, err := s.tableOf(r)
	if err != nil {
		return view{}, err
	}
	tab, err := s.openTable(r, x)
	if err != nil {
		return view{}, err
	}
	f := s.file(r, d, x)
	p := &tableAPIPage{Heading: f.Title, Lang: f.Lang, ID: x.ID, OpenAPI: "/api-docs/" + x.ID + "/openapi.json", Total: tab.total, Largest: maxAnswer}
	p.Dataset, p.Resource = linkView{cmp.Or(r.in(d.Title), d.Name), "/dataset/" + d.Name}, linkView{f.Title, f.URL}
	rows := s.someRows(r, tab)
	for i, c := range tab.columns {
		col := apiColumn{
			Name: c.Name, Title: headerOf(r.speaker, c), Type: r.text("type." + string(c.Type)), APIType: apiTypes[c.Type], Unit: c.Unit, Description: r.in(c.Description),
		}
		if v := firstValue(rows, i); v != nil && c.Type != catalog.Geometry {
			const most = 60
			col.Sample = shorten(apiValue(c, v), most)
		}
		p.Columns = append(p.Columns, col)
	}
	p.Examples, p.Files = s.tableExamples(r, tab, f.URL, rows)
	p.Section, p.Title = "api", r.text("tableapi.title")+": "+f.Title
	p.Description = r.text("tableapi.lead")
	p.Crumbs = []crumb{{r.text("list.title"), "/dataset"}, {p.Dataset.Text, p.Dataset.URL}, {p.Resource.Text, p.Resource.URL}, {Title: r.text("tableapi.title")}}
	p.Canonical = "/api-docs/" + x.ID
	return view{template: "tableapi", data: p, uncached: x.Table.Written}, nil
}

// apiTypes are the types of columns in the words of datastore_search.
var apiTypes = map[catalog.ColumnType]string{
	catalog.Integer: "int8", catalog.Decimal: "numeric", catalog.Boolean: "bool", catalog.Day: "date",
	catalog.TimeOfDay: "time", catalog.Timestamp: "timestamp", catalog.String: "text", catalog.Geometry: "text",
}

// someRows returns the first rows, of which examples take their values; none
// where they cannot be read, for the rest of the page is worth having.
func (s *Server) someRows(r *request, tab *openTable) [][]any {
	const looked = 20
	var out [][]any
	if tab.view != nil {
		choice, err := tab.view.Choose(r.ctx, datastore.Query{Limit: looked})
		if err != nil {
			return nil
		}
		for row, err := range choice.All {
			if err != nil {
				return nil
			}
			out = append(out, row)
		}
		return out
	}
	if s.Tables == nil {
		return nil
	}
	rows, closer, err := s.Tables.Rows(r.ctx, tab.x.Table, 0, looked)
	if err != nil {
		s.Log.ErrorContext(r.ctx, "rows for examples cannot be read", "error", err, "table", tab.x.Table.Hash)
		return nil
	}
	defer func() { _ = closer.Close() }() // it was only read
	for row, err := range rows.All {
		if err != nil {
			return out
		}
		out = append(out, append([]any(nil), row...))
	}
	return out
}

// firstValue returns the first value of a column that is one, or nil.
func firstValue(rows [][]any, column int) any {
	for _, row := range rows {
		if column < len(row) && row[column] != nil {
			return row[column]
		}
	}
	return nil
}

// apiValue returns a value as the API writes it.
func apiValue(c catalog.Column, v any) string {
	switch v := v.(type) {
	case time.Time:
		if c.Type == catalog.Day {
			return v.UTC().Format(time.DateOnly)
		}
		return v.UTC().Format("2006-01-02T15:04:05")
	case time.Duration:
		return time.Time{}.Add(v).Format(time.TimeOnly)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return fmt.Sprint(v)
}

// apiCondition returns a filter of the API: a column with the value that it has,
// or with bounds of it.
func apiCondition(c catalog.Column, v any, op string) string {
	value := any(apiValue(c, v))
	if numeric(c) || c.Type == catalog.Boolean {
		value = json.RawMessage(apiValue(c, v))
	}
	if op != "" {
		value = map[string]any{op: value}
	}
	b, err := json.Marshal(map[string]any{c.Name: value})
	if err != nil {
		return "{}"
	}
	return string(b)
}

// tableExamples ask the table of its rows, with values that are in it.
func (s *Server) tableExamples(r *request, tab *openTable, page string, rows [][]any) (ask, files []example) {
	search := func(key string, pairs ...string) {
		ask = append(ask, s.curl(r.text(key), "datastore_search", append([]string{"resource_id", tab.x.ID}, pairs...)...))
	}
	search("tableapi.first", "limit", "5")
	filter := ""
	if i, v := pickColumn(tab.columns, rows, catalog.String, catalog.Boolean, catalog.Integer); v != nil {
		filter = apiCondition(tab.columns[i], v, "")
		search("tableapi.filter", "filters", filter, "limit", "5")
	}
	if i, v := pickColumn(tab.columns, rows, catalog.Decimal, catalog.Integer, catalog.Day, catalog.Timestamp); v != nil {
		search("tableapi.range", "filters", apiCondition(tab.columns[i], v, "gte"), "sort", sortName(tab.columns[i].Name)+" desc", "limit", "5")
	}
	if i, v := pickColumn(tab.columns, rows, catalog.String); v != nil {
		search("tableapi.words", "q", firstWord(apiValue(tab.columns[i], v)), "limit", "5")
	}
	search("tableapi.page", "limit", "100", "offset", "100")
	search("tableapi.count", "limit", "0")
	if s.SQL {
		ask = append(ask, s.curl(r.text("tableapi.sql"), "datastore_search_sql", "sql", sqlExample(tab)))
	}
	get := func(title, format string) {
		values := tableQuery{}.values()
		if filter != "" && s.Rows != nil {
			values.Set("filters", filter)
		}
		path := page + "/data." + format
		if q := values.Encode(); q != "" {
			path += "?" + q
		}
		files = append(files, example{Title: title, Code: "curl -fsS -o dati." + format + " " + shellQuote(s.Site.Link(path)), URL: path})
	}
	for _, format := range s.Formats.All() {
		if format.Takes(tab.columns) && !format.Special {
			get(format.Title, format.Name)
		}
	}
	return ask, files
}

// sqlExample counts by the first column that is worth it.
func sqlExample(tab *openTable) string {
	for _, c := range tab.columns {
		if c.Type == catalog.String {
			name := quoteSQL(c.Name)
			return "SELECT " + name + ", count(*) AS n FROM " + quoteSQL(tab.x.ID) + " GROUP BY " + name + " ORDER BY n DESC LIMIT 5"
		}
	}
	return "SELECT count(*) AS n FROM " + quoteSQL(tab.x.ID)
}

// pickColumn returns the first column of the first of the types that has a
// value, with that value.
func pickColumn(columns []catalog.Column, rows [][]any, types ...catalog.ColumnType) (int, any) {
	const longest = 80 // an example is to be read
	for _, t := range types {
		for i, c := range columns {
			if c.Type != t {
				continue
			}
			if v := firstValue(rows, i); v != nil && len(apiValue(c, v)) <= longest {
				return i, v
			}
		}
	}
	return 0, nil
}

// tableOpenAPI answers /api-docs/{rid}/openapi.json.
func (s *Server) tableOpenAPI(c *gin.Context) {
	r := s.request(c.Request, c.Param)
	d, x, err := s.tableOf(r)
	if err != nil {
		s.fail(c.Writer, c.Request, err)
		return
	}
	tab, err := s.openTable(r, x)
	if err != nil {
		s.fail(c.Writer, c.Request, err)
		return
	}
	body, err := json.Marshal(s.tableDocument(r, d, tab))
	if err != nil {
		s.fail(c.Writer, c.Request, err)
		return
	}
	c.Header("Cache-Control", "no-cache")
	c.Header("Access-Control-Allow-Origin", "*")
	c.Data(http.StatusOK, "application/json; charset=utf-8", body)
}
