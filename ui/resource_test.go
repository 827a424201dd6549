package ui_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"portico/api"
	"portico/blob/folder"
	"portico/catalog"
	"portico/datastore"
	"portico/exporter"
	exporters "portico/exporter/all"
	"portico/exporter/csv"
	"portico/internal/fixtures"
	"portico/ui"
)

const fountains = "Nome;Quartiere;Portata l/s;Latitudine;Longitudine;Collaudo\r\n" +
	"Fontana Vecchia;Centro;1,50;41,12588;16,87187;01/03/2001\r\n" +
	"Fontana \"del Re\";Centro;2,25;41,13000;16,88000;15/11/1998\r\n" +
	"=Fontana;Porto;0,75;41,14000;16,89000;\r\n" +
	"Fontana Nuova;Porto;3,00;;;02/02/1980\r\n"

// A tableWorld is a catalog with real tables, its API and its pages.
type tableWorld struct {
	*world

	blobs   *folder.Store
	tables  *datastore.Snapshots
	history *datastore.History
	server  *httptest.Server
}

func newTableWorld(t *testing.T) *tableWorld {
	t.Helper()
	w := &tableWorld{world: newWorld(t)}
	var err error
	if w.blobs, err = folder.Open(t.TempDir()); err != nil {
		t.Fatal(err)
	}
	quiet := slog.New(slog.DiscardHandler)
	w.tables = datastore.New(w.blobs, quiet)
	var site http.Handler
	w.server = httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { site.ServeHTTP(rw, r) }))
	t.Cleanup(w.server.Close)
	w.site.Origin = w.server.URL
	w.history = &datastore.History{Records: w.store, Snapshots: w.tables, Keep: datastore.Retention{Newest: 5}, Log: quiet}
	rows, sizes := datastore.NewTables(w.blobs, w.store, quiet), new(exporter.Sizes)
	w.serve(func(c *ui.Config) {
		c.Site, c.Tables, c.Formats, c.Excel, c.Rows, c.Sizes, c.Records = w.site, w.tables, exporters.Formats(), csv.Excel(), rows, sizes, w.store
		c.Versions = w.history
		c.Languages = ui.Locales()
	})
	site = api.New(api.Config{
		Site: w.site, Datasets: w.store, Organizations: w.store, Index: w.store, Engine: w.engine, Users: w.store, Members: w.store, Records: w.store, Activities: w.store,
		Tables: w.tables, Formats: exporters.Formats(), Excel: csv.Excel(), Blobs: w.blobs, Sizes: sizes, History: w.history, Next: w.ui,
		Harvest: &api.Harvest{Sources: w.store, Origins: w.store},
	})
	return w
}

// load publishes a table and returns the path of its page.
func (w *tableWorld) load(t *testing.T, title, name, text string) string {
	t.Helper()
	h, size, err := w.blobs.Put(t.Context(), strings.NewReader(text), 0)
	if err != nil {
		t.Fatal(err)
	}
	table, err := w.tables.Load(t.Context(), h, name, "")
	if err != nil {
		t.Fatal(err)
	}
	id := catalog.StableID("ui-table", title)
	w.put(t, &catalog.Dataset{Title: catalog.It(title), State: catalog.Active, License: ccby, Distributions: []catalog.Distribution{{
		ID: id, Title: catalog.It(title), Format: "CSV", File: &catalog.File{Hash: h, Name: name, Size: size}, Table: table,
	}}})
	return "/dataset/" + catalog.Slug(title, 60) + "/resource/" + id
}

func TestTheRowsOfATableAreChosenInTheAddress(t *testing.T) {
	w := newTableWorld(t)
	page := w.load(t, "Fontane pubbliche", "fontane.csv", fountains)
	for _, c := range []struct {
		name, query  string
		want, absent []string
	}{
		{"all rows, with ways to choose", "", []string{"Righe da 1 a 4 di 4.", `name="col"`, `href="` + page + `?sort=nome#preview"`, "data.xlsx", "data.geojson", "CSV per Excel", "Altri formati"}, []string{"Scarica le righe trovate", "noindex"}},
		{"words", "?q=porto", []string{"Righe da 1 a 2 di 2.", "Fontana Nuova", "Parole: porto", "data.csv?q=porto", "noindex"}, []string{"Vecchia</td>"}},
		{"a condition of the form", "?col=portata_l_s&op=gte&val=2,25", []string{"Righe da 1 a 2 di 2.", "Portata l/s ≥ 2,25", "data.parquet?filters=%7B%22portata_l_s%22%3A%7B%22gte%22%3A2.25%7D%7D"}, nil},
		{"an order", "?sort=nome+desc", []string{`aria-sort="descending"`, "is-descending", "data.json?sort=nome&#43;desc"}, nil},
		{"nothing found", "?q=astronavi", []string{"Nessuna riga corrisponde ai filtri", "Mostra tutta la tabella"}, nil},
		{"what makes no sense is told", "?sort=boh", []string{"non riguarda questa tabella", "Righe da 1 a 4 di 4."}, nil},
		{"a value that is none is told", "?col=collaudo&val=ieri", []string{"Non si può filtrare o ordinare così", "Righe da 1 a 4 di 4."}, nil},
		{"a page too far is the last", "?q=fontana&page=9", []string{"Righe da 1 a 4 di 4."}, nil},
		{"the columns are looked into", "", []string{"Che cosa c’è nelle colonne", "Centro</a> (2)", "01/03/2001", "1 (25,0 %)", "1,875"}, nil},
		{"the chart says what it shows", "", []string{"Portata l/s per", `role="img"`, "I dati del grafico"}, nil},
		{"the chart follows the filter", "?col=portata_l_s&op=gte&val=1,5", []string{"nelle sole righe scelte"}, []string{"<th scope=\"row\">Centro"}},
		{"the map has its list", "", []string{"Fontana Vecchia: latitudine 41,12588, longitudine 16,87187", `data-features="` + page + `/data.geojson?limit=2000"`}, nil},
		{"the map follows the filter", "?q=porto", []string{`/data.geojson?limit=2000&amp;q=porto"`}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			rec := w.get(t, page+c.query)
			body := rec.Body.String()
			if rec.Code != http.StatusOK {
				t.Fatalf("status %d: %s", rec.Code, body)
			}
			for _, want := range c.want {
				if !strings.Contains(body, want) && !strings.Contains(html.UnescapeString(body), want) {
					t.Errorf("nothing says %q", want)
				}
			}
			for _, absent := range c.absent {
				if strings.Contains(body, absent) {
					t.Errorf("it says %q", absent)
				}
			}
			checkHeaders(t, rec)
		})
	}
}

func TestTablesThatAreEmptyOrCannotBeRead(t *testing.T) {
	w := newTableWorld(t)
	empty := w.get(t, w.load(t, "Tabella vuota", "vuota.csv", "a;b\r\n")).Body.String()
	if !strings.Contains(empty, "La tabella non ha righe.") || strings.Contains(empty, "p-tools") || strings.Contains(empty, `id="profile"`) {
		t.Error("a table without rows has nothing to choose nor to count")
	}
	page := w.load(t, "Tabella persa", "persa.csv", fountains)
	w.serve(func(c *ui.Config) {
		c.Tables, c.Formats, c.Rows, c.Records = lost{}, exporters.Formats(), datastore.NewTables(w.blobs, w.store, slog.New(slog.DiscardHandler)), w.store
	})
	rec := w.get(t, page)
	body := rec.Body.String()
	if rec.Code != http.StatusOK || !strings.Contains(body, "non riusciamo a leggere i dati") || strings.Count(body, "<code>portata_l_s</code>") != 1 {
		t.Errorf("%d %s", rec.Code, body)
	}
}

// lost tables have lost their rows.
type lost struct{ tables }

func (lost) Rows(context.Context, *catalog.Table, int64, int64) (exporter.Rows, io.Closer, error) {
	return exporter.Rows{}, nil, catalog.Errorf(catalog.NotFound, "no blob")
}

// TestSnippetsRunAsPrinted runs the commands that a page prints.
func TestSnippetsRunAsPrinted(t *testing.T) {
	for _, name := range []string{"curl", "python3"} {
		if _, err := exec.LookPath(name); err != nil {
			fixtures.Missing(t, "the snippets need "+name)
		}
	}
	w := newTableWorld(t)
	page := w.load(t, "Fontane d’acqua (2024)", "fontane.csv", fountains)
	for query, rows := range map[string]string{"": "4", "?q=fontana&col=quartiere&val=Centro": "2"} {
		code := snippets(t, w.get(t, page+query).Body.String())
		if len(code) < 3 {
			t.Fatalf("%d snippets", len(code))
		}
		curl := exec.CommandContext(t.Context(), "sh", "-eu")
		curl.Dir, curl.Stdin = t.TempDir(), strings.NewReader(code[0]+"\ncat *.csv\n")
		out, err := curl.CombinedOutput()
		if err != nil || !strings.Contains(string(out), `"success": true`) && !strings.Contains(string(out), `"success":true`) || !strings.Contains(string(out), "Fontana Vecchia,Centro,1.5,41.12588") {
			t.Errorf("curl: %v\n%s\n%s", err, code[0], out)
		}
		python := exec.CommandContext(t.Context(), "python3", "-")
		python.Stdin = strings.NewReader(code[1])
		out, err = python.CombinedOutput()
		if err != nil || !strings.HasPrefix(string(out), rows+" righe\n") || !strings.Contains(string(out), "'nome': 'Fontana Vecchia'") {
			t.Errorf("python: %v\n%s\n%s", err, code[1], out)
		}
		if !strings.Contains(code[2], `"nome" = "character"`) || strings.Contains(code[2], `"portata_l_s" =`) {
			t.Errorf("R: %s", code[2])
		}
	}
}

// snippets returns what stands between pre and code on a page.
func snippets(t *testing.T, page string) []string {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for n := range doc.Descendants() {
		if n.Type == html.ElementNode && n.Data == "code" && n.Parent.Data == "pre" && n.FirstChild != nil {
			out = append(out, n.FirstChild.Data)
		}
	}
	return out
}

// TestEveryAddressOfATablePageAnswers follows the links of the page of a table.
func TestEveryAddressOfATablePageAnswers(t *testing.T) {
	w := newTableWorld(t)
	page := w.load(t, "Fontane", "fontane.csv", fountains)
	doc, err := html.Parse(strings.NewReader(w.get(t, page+"?q=porto&sort=nome").Body.String()))
	if err != nil {
		t.Fatal(err)
	}
	followed := 0
	for n := range doc.Descendants() {
		for _, a := range n.Attr {
			if (a.Key == "href" && n.Data == "a" || a.Key == "data-features") && strings.HasPrefix(a.Val, page) {
				followed++
				req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, w.server.URL+a.Val, nil)
				if err != nil {
					t.Fatal(err)
				}
				resp, err := w.server.Client().Do(req)
				if err != nil {
					t.Fatal(err)
				}
				_, err = io.Copy(io.Discard, resp.Body)
				_ = resp.Body.Close()
				if resp.StatusCode != http.StatusOK || err != nil {
					t.Errorf("%s: %d, %v", a.Val, resp.StatusCode, err)
				}
			}
		}
	}
	if followed < 20 {
		t.Errorf("only %d addresses", followed)
	}
}
