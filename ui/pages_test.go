package ui_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"portico/catalog"
	"portico/ui"
)

var wasteFile = catalog.StableID("ui-test", "raccolta-differenziata-mensile", "0")

func TestPagesTellWhatOneLooksFor(t *testing.T) {
	w := newWorld(t)
	const waste = "/dataset/raccolta-differenziata-mensile"
	for _, c := range []struct {
		name, path string
		want       []string
	}{
		{"the home page begins with a search", "/", []string{`action="/dataset"`, "Esplora per tema", "Ambiente", "Ultimi aggiornamenti", "Farmacie e turni", "Comune di Roccaverde", "opendata@valleserchiello.example"}},
		{"and speaks English", "/en/", []string{`lang="en"`, "Find the data of your area", `action="/en/dataset"`, "Environment"}},
		{"the list has everything", "/dataset/", []string{"14 dataset trovati", "Tema", "Formato", "Licenza", "CC BY 4.0"}},
		{"words find", "/dataset?q=rifiuti", []string{"2 dataset per “rifiuti”", "Isole ecologiche"}},
		{"a misspelt word finds, and the page says why", "/dataset?q=rifuti", []string{"Ecco i risultati per <strong>rifiuti</strong>", `href="/dataset?exact=1&amp;q=rifuti"`, "Cerca esattamente “rifuti”", "Raccolta differenziata mensile"}},
		{"the page says where the words stand", "/dataset?q=rifiuto", []string{"Trovato in:", "<mark>rifiuti</mark> raccolti", "parole chiave: <mark>rifiuti</mark>"}},
		{"even where they mean the same", "/dataset?q=immondizia", []string{"<mark>rifiuti</mark>"}},
		{"stars, high value and time narrow", "/dataset", []string{`href="/dataset?stars=3"`, "3 stelle: formato libero", `href="/dataset?hvd=any"`, "Tutti quelli di elevato valore", `href="/dataset?updated=year"`, "Indirizzi"}},
		{"by openness", "/dataset?stars=3", []string{"13 dataset trovati", "Stelle di apertura: <strong>3 stelle: formato libero</strong>"}},
		{"by category", "/dataset?hvd=c_b79e35eb", []string{"1 dataset trovato", "Orari e fermate", "Dati di elevato valore: <strong>"}},
		{"all of high value", "/en/dataset?hvd=true", []string{"4 datasets", "High-value data: <strong>All high-value data</strong>"}},
		{"by place", "/dataset?comune=Valle+del+Serchiello", []string{"14 dataset trovati", "Luogo: <strong>Valle del Serchiello</strong>"}},
		{"a misspelt word with a filter that leaves nothing", "/dataset?q=rifuti&res_format=ICS", []string{"Nessun dataset trovato", "Forse cercavi “rifiuti”", `href="/dataset?q=rifiuti"`}},
		{"a request is filled in", "/dataset?q=astronavi", []string{`href="/richieste/nuova?q=astronavi"`}},
		{"what makes no sense is told", "/dataset?stars=9&updated=ieri&hvd=boh&page=-1", []string{"14 dataset trovati", "parametro “stars”", "parametro “updated”", "parametro “hvd”"}},
		{"questions that the catalog answers", "/", []string{"Chiedi ai dati", "Quanto differenziamo?", `href="/dataset?q=raccolta+differenziata"`, "Quanti siamo?"}},
		{"keywords", "/tag", []string{"Parole chiave", `href="/dataset?tags=rifiuti"`}},
		{"unless it is to be found exactly", "/dataset?q=rifuti&exact=1", []string{"Nessun dataset trovato", "Hai cercato esattamente “rifuti”", `href="/dataset?q=rifuti"`, "Cerca anche parole simili"}},
		{"filters narrow, and can be taken off", "/dataset?groups=ambiente&res_format=CSV", []string{"4 dataset trovati", "Togli il filtro", `href="/dataset?groups=ambiente"`, `href="/dataset?res_format=CSV"`}},
		{"nothing found has ways on", "/dataset?q=astronavi&res_format=CSV", []string{"Nessun dataset trovato", "Cerca senza “astronavi”", "13 dataset", "Chiedi questo dato", "noindex"}},
		{"a bad parameter is told", "/dataset?sort=boh&page=zero", []string{"14 dataset trovati", "parametro “sort”", "parametro “page”"}},
		{"a page too far is the last", "/dataset?page=90", []string{"14 dataset trovati", "parametro “page”"}},
		{"a dataset", waste, []string{"Unione dei Comuni Valle del Serchiello", "05/11/2026", "mensile", "CC BY 4.0", "citare la fonte e la licenza", "Non puoi", "data.csv", "data.parquet", "download/raccolta-differenziata-mensile.csv", "96,4 kB", "Come citare", "application/ld&#43;json", waste + ".ttl", "uc_vsr:ds-001", "Un’informazione completata", "<strong>frazione</strong>"}},
		{"a dataset in English", "/en" + waste, []string{"Monthly separate waste collection", "5 November 2026", `lang="it"`, "credit the source and the licence", `href="/en/dataset?tags=rifiuti"`}},
		{"a resource shows its rows", waste + "/resource/" + wasteFile, []string{"Righe da 1 a 50 di 411", "1.930", "12,5", "<code>kg</code>", "Numero intero (kg)", "?page=2", "datastore_search"}},
		{"and the last of them", waste + "/resource/" + wasteFile + "?page=9", []string{"Righe da 401 a 411 di 411"}},
		{"and so for a page too far", waste + "/resource/" + wasteFile + "?page=900", []string{"Righe da 401 a 411 di 411"}},
		{"a file without a table says so", "/dataset/eventi-culturali-e-sportivi/resource/" + catalog.StableID("ui-test", "eventi-culturali-e-sportivi", "0"), []string{"non c’è un’anteprima", "Vai al file"}},
		{"organizations", "/organization", []string{"Comune di Pian del Lago", "3 dataset", "c_x103"}},
		{"an organization", "/organization/comune-di-roccaverde", []string{"urp@roccaverde.example", "4 dataset", "Bilancio consuntivo 2025", "catalog.ttl"}},
		{"themes, empty ones too", "/group", []string{"Tematiche internazionali", "Nessun dataset"}},
		{"a theme", "/group/ambiente", []string{"Ambiente", "4 dataset", "Isole ecologiche"}},
		{"a theme by its code", "/group/ENVI", []string{"Ambiente", "Isole ecologiche"}},
		{"a theme without data", "/en/group/internazionali", []string{"International issues", "There are no datasets here yet"}},
		{"about", "/about", []string{"/api-docs", "/catalog.rdf", "opendata@valleserchiello.example"}},
		{"accessibility", "/accessibilita", []string{"Difensore civico", "WCAG 2.1"}},
		{"privacy", "/en/privacy", []string{"no cookies"}},
		{"legal notes", "/note-legali", []string{"CC BY 4.0", "/static/licenses/"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			rec := w.get(t, c.path)
			if rec.Code != http.StatusOK {
				t.Fatalf("status %d: %s", rec.Code, rec.Body)
			}
			body := rec.Body.String()
			for _, want := range c.want {
				if !strings.Contains(body, want) && !strings.Contains(html.UnescapeString(body), want) {
					t.Errorf("nothing says %q", want)
				}
			}
			checkHeaders(t, rec)
		})
	}
}

func checkHeaders(t *testing.T, rec *httptest.ResponseRecorder) {
	t.Helper()
	csp := rec.Header().Get("Content-Security-Policy")
	for _, want := range []string{"default-src 'none'", "frame-ancestors 'none'", "form-action 'self'", "base-uri 'none'"} {
		if !strings.Contains(csp, want) {
			t.Errorf("the policy lacks %s: %s", want, csp)
		}
	}
	if strings.Contains(csp, "unsafe") || rec.Header().Get("Set-Cookie") != "" {
		t.Errorf("headers %v", rec.Header())
	}
}

func TestPagesThatAreNotThere(t *testing.T) {
	w := newWorld(t)
	ctx := catalog.WithActor(t.Context(), catalog.System)
	private := &catalog.Dataset{Title: catalog.It("Segreto d’ufficio"), State: catalog.Active, Private: true}
	w.put(t, private)
	for _, err := range []error{
		w.store.SetDatasetState(ctx, "isole-ecologiche", catalog.Withdrawn, "raccolta-differenziata-mensile"),
		w.store.SetDatasetState(ctx, "farmacie-e-turni", catalog.Retired, ""),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	w.follow(t)
	for _, c := range []struct {
		name, method, path string
		status             int
		want               string
	}{
		{"no such page", "GET", "/boh/boh", 404, "Questa pagina non c’è"},
		{"no such page in English", "GET", "/en/boh", 404, "This page does not exist"},
		{"no such dataset", "GET", "/dataset/boh", 404, "Esplora i temi"},
		{"a dataset that has another name now", "GET", "/dataset/isole-ecologiche-2020", 404, `value="isole ecologiche 2020"`},
		{"one with words that others have", "GET", "/dataset/bilancio-consuntivo", 404, `href="/dataset/bilancio-consuntivo-2025"`},
		{"an organization with a name like it", "GET", "/organization/roccaverde", 404, `href="/organization/comune-di-roccaverde"`},
		{"the office to write to", "GET", "/boh", 404, "Scrivi all’Ufficio Relazioni con il Pubblico"},
		{"no such resource", "GET", "/dataset/numeri-civici/resource/boh", 404, "Questa pagina non c’è"},
		{"no such organization", "GET", "/organization/boh", 404, "Questa pagina non c’è"},
		{"no such group", "GET", "/group/boh", 404, "Questa pagina non c’è"},
		{"what is private is not there", "GET", "/dataset/" + private.Name, 404, "Questa pagina non c’è"},
		{"what was withdrawn says so, and what replaces it", "GET", "/dataset/isole-ecologiche", 410, "Raccolta differenziata mensile"},
		{"what was withdrawn has its last description", "GET", "/en/dataset/isole-ecologiche", 410, "Posizione, orari e materiali accettati"},
		{"what the source retired says so", "GET", "/dataset/farmacie-e-turni", 410, "non lo pubblica più"},
		{"a resource of what is gone", "GET", "/dataset/isole-ecologiche/resource/x", 410, "Isole ecologiche"},
		{"pages are only read", "POST", "/dataset", 405, "Qui si può solo leggere"},
	} {
		t.Run(c.name, func(t *testing.T) {
			rec := httptest.NewRecorder()
			w.ui.ServeHTTP(rec, httptest.NewRequestWithContext(t.Context(), c.method, c.path, nil))
			if body := html.UnescapeString(rec.Body.String()); rec.Code != c.status || !strings.Contains(body, c.want) {
				t.Errorf("status %d, want %d with %q in\n%s", rec.Code, c.status, c.want, body)
			}
			checkHeaders(t, rec)
		})
	}
	if body := w.get(t, "/dataset").Body.String(); strings.Contains(body, "Segreto") || strings.Contains(body, "Isole") {
		t.Error("the list shows what is private or gone")
	}
}

func TestAddressesAreForgiving(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct{ name, path, location string }{
		{"the site's own language has no prefix", "/it/dataset?q=a&page=2", "/dataset?q=a&page=2"},
		{"nor at home", "/it", "/"},
		{"no path leads to another host", "/it//altrove.example/x", "/altrove.example/x"},
		{"not even with backslashes", `/it/\altrove.example`, `/altrove.example`},
	} {
		t.Run(c.name, func(t *testing.T) {
			rec := w.get(t, (&url.URL{Path: strings.Split(c.path, "?")[0], RawQuery: strings.Join(strings.Split(c.path, "?")[1:], "")}).String())
			if got := rec.Header().Get("Location"); rec.Code != http.StatusMovedPermanently || got != c.location {
				t.Errorf("status %d, to %q", rec.Code, got)
			}
		})
	}
	head := httptest.NewRecorder()
	w.ui.ServeHTTP(head, httptest.NewRequestWithContext(t.Context(), http.MethodHead, "/dataset/numeri-civici/", nil))
	if head.Code != http.StatusOK || head.Body.Len() != 0 || head.Header().Get("Content-Length") == "" {
		t.Errorf("HEAD: %d, %d bytes, %v", head.Code, head.Body.Len(), head.Header())
	}
}

// TestLinksLeadSomewhere walks every page that a visitor can reach.
func TestLinksLeadSomewhere(t *testing.T) {
	w := newWorld(t)
	seen := map[string]bool{"/": true, "/en": true}
	for queue := []string{"/", "/en"}; len(queue) > 0 && len(seen) < 500; queue = queue[1:] {
		rec := w.get(t, queue[0])
		if rec.Code != http.StatusOK {
			t.Errorf("%s: status %d", queue[0], rec.Code)
			continue
		}
		links := checkDocument(t, queue[0], rec.Body.String())
		for _, l := range links {
			u, _ := url.Parse(l)
			if u.Query().Has("sort") || strings.Count(u.RawQuery, "=") > 1 || elsewhere(u.Path) {
				continue // every order of every choice would be walked
			}
			if u.Fragment = ""; !seen[u.String()] {
				seen[u.String()] = true
				queue = append(queue, u.String())
			}
		}
	}
	if len(seen) < 100 {
		t.Errorf("only %d pages were walked", len(seen))
	}
}

// elsewhere reports whether another part of the program answers for path.
func elsewhere(path string) bool {
	for _, end := range []string{".ttl", ".rdf", ".json", ".jsonld", ".atom", ".bib", ".ris"} {
		if strings.HasSuffix(path, end) {
			return true
		}
	}
	return strings.HasPrefix(path, "/api/") || strings.HasPrefix(path, "/feeds/") || strings.HasPrefix(path, "/bulk/") || strings.HasPrefix(path, "/indice.") || path == "/user/token" || strings.HasPrefix(path, "/static/") || strings.Contains(path, "/data.") || strings.Contains(path, "/download/")
}

// checkDocument checks a page as a document and returns its links within the
// site.
func checkDocument(t *testing.T, path, body string) []string {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	o := outline{ids: make(map[string]int)}
	for n := range doc.Descendants() {
		if n.Type == html.ElementNode {
			o.note(n)
		}
	}
	if o.h1 != 1 {
		t.Errorf("%s has %d main headings", path, o.h1)
	}
	for id, n := range o.ids {
		if n > 1 {
			t.Errorf("%s has %d elements with the id %s", path, n, id)
		}
	}
	for _, ref := range o.refs {
		if o.ids[ref] == 0 {
			t.Errorf("%s refers to #%s, which is not there", path, ref)
		}
	}
	if len(o.foreign) > 0 {
		t.Errorf("%s loads %q", path, o.foreign)
	}
	return o.links
}

// An outline is what of a document refers to what.
type outline struct {
	ids                  map[string]int
	refs, links, foreign []string
	h1                   int
}

func (o *outline) note(n *html.Node) {
	a := attributes(n)
	if a["id"] != "" {
		o.ids[a["id"]]++
	}
	for _, key := range []string{"aria-labelledby", "for"} {
		if a[key] != "" {
			o.refs = append(o.refs, a[key])
		}
	}
	switch n.Data {
	case "h1":
		o.h1++
	case "a":
		if ref, ok := strings.CutPrefix(a["href"], "#"); ok {
			o.refs = append(o.refs, ref)
		} else if strings.HasPrefix(a["href"], "/") {
			o.links = append(o.links, a["href"])
		}
	case "link", "script", "img":
		if a["rel"] != "canonical" && a["hreflang"] == "" && strings.Contains(a["href"]+a["src"], "://") {
			o.foreign = append(o.foreign, a["href"]+a["src"])
		}
	}
}

func attributes(n *html.Node) map[string]string {
	out := make(map[string]string)
	for _, a := range n.Attr {
		out[a.Key] = a.Val
	}
	return out
}

func TestMandatoryLinksAreMarked(t *testing.T) {
	w := newWorld(t)
	body := w.get(t, "/dataset/numeri-civici").Body.String()
	for _, want := range []string{"main-navigation", "breadcrumb", "page-name", "privacy-policy-link", "legal-notes", "accessibility-link", "report-inefficiency", "all-topics", "topic-element"} {
		if !strings.Contains(body, `data-element="`+want+`"`) {
			t.Errorf("no data-element %s", want)
		}
	}
}

func TestJSONLDDescribesTheDataset(t *testing.T) {
	w := newWorld(t)
	doc, err := html.Parse(w.get(t, "/dataset/raccolta-differenziata-mensile").Body)
	if err != nil {
		t.Fatal(err)
	}
	for n := range doc.Descendants() {
		if n.Data != "script" || attributes(n)["type"] != "application/ld+json" {
			continue
		}
		var d struct {
			Type         string `json:"@type"`
			Name         string `json:"name"`
			License      string `json:"license"`
			DateModified string `json:"dateModified"`
			Distribution []struct {
				ContentURL string `json:"contentUrl"`
			} `json:"distribution"`
		}
		if err := json.Unmarshal([]byte(n.FirstChild.Data), &d); err != nil {
			t.Fatal(err)
		}
		if d.Type != "Dataset" || d.License != ccby || d.DateModified != "2026-11-05" || len(d.Distribution) != 6 ||
			!strings.HasPrefix(d.Distribution[0].ContentURL, "https://dati.valleserchiello.example/file/") || !strings.HasPrefix(d.Distribution[5].ContentURL, "https://dati.valleserchiello.example/dataset/") {
			t.Errorf("got %+v", d)
		}
		return
	}
	t.Error("no JSON-LD")
}

func TestHostileMetadataStaysText(t *testing.T) {
	w := newWorld(t)
	const bad = `javascript:alert(1)//"'></title></script><script>canary()</script>{{.}}`
	text := catalog.Text{"it": bad, bad: bad}
	agent := catalog.Agent{Identifier: bad, Name: text, URI: bad}
	d := &catalog.Dataset{
		Name: "ostile", Title: text, Description: text, Identifier: bad, Holder: agent, Publisher: agent, Creators: []catalog.Agent{agent},
		Contacts: []catalog.Contact{{Name: text, Email: bad, Telephone: bad, URL: bad}}, Frequency: bad, Themes: []catalog.Theme{{Code: bad}},
		Keywords: []catalog.Keyword{{Name: bad}}, License: bad, Languages: []string{bad}, Spatial: []catalog.Place{{Name: text, URI: bad}},
		LandingPage: bad, Pages: []string{bad}, ConformsTo: []catalog.Standard{{URI: bad, Title: text}}, Version: bad, AccessRights: bad, HVD: []string{bad},
		Notes: []catalog.Problem{catalog.Problemf(bad, bad, bad, bad, bad)}, State: catalog.Active,
		Distributions: []catalog.Distribution{{
			ID: "ostile", Title: text, Description: text, AccessURL: bad, DownloadURL: bad, Format: bad, FormatLabel: bad, MediaType: bad, License: bad, Rights: bad,
			File:     &catalog.File{Name: bad, Size: 1},
			Table:    &catalog.Table{Hash: "x", Rows: 3, Columns: []catalog.Column{{Name: bad, Header: bad, Title: text, Unit: bad, Type: catalog.ColumnType(bad)}}, Notes: []string{bad}},
			Services: []catalog.Service{{Title: text, EndpointURLs: []string{bad}}},
		}},
	}
	w.put(t, d)
	for _, path := range []string{"/", "/dataset", "/dataset?q=" + url.QueryEscape(bad), "/dataset?tags=" + url.QueryEscape(bad), "/dataset/ostile", "/en/dataset/ostile", "/dataset/ostile/resource/ostile", "/dataset/" + url.PathEscape(bad)} {
		doc, err := html.Parse(w.get(t, path).Body)
		if err != nil {
			t.Fatal(err)
		}
		for n := range doc.Descendants() {
			if bad := breach(n); bad != "" {
				t.Errorf("%s: %s", path, bad)
			}
		}
	}
}

// breach tells how n runs what a publisher wrote, or "".
func breach(n *html.Node) string {
	a := attributes(n)
	if n.Type == html.ElementNode && n.Data == "script" && a["src"] == "" && a["type"] != "application/ld+json" {
		return "a script got in"
	}
	for key, v := range a {
		if strings.HasPrefix(key, "on") || (key == "href" || key == "src") && strings.HasPrefix(strings.ToLower(strings.TrimSpace(v)), "javascript:") {
			return "<" + n.Data + " " + key + "=" + v + ">"
		}
	}
	return ""
}

// TestHeldDataAreNotOffered shows what a resource says whose data wait, were
// released or were masked, and that no page leads to more than is public.
func TestHeldDataAreNotOffered(t *testing.T) {
	w := newWorld(t)
	const address = "https://fonte.example/persone.csv"
	put := func(h *catalog.HoldNote, f *catalog.File) {
		w.put(t, &catalog.Dataset{
			ID: "0c000000-0000-4000-8000-00000000abcd", Name: "persone", Title: catalog.It("Persone"), State: catalog.Active,
			Distributions: []catalog.Distribution{{ID: "0d000000-0000-4000-8000-00000000abcd", Title: catalog.It("Elenco"), AccessURL: address, DownloadURL: address, Format: "CSV", File: f, Hold: h}},
		})
	}
	page := "/dataset/persone/resource/0d000000-0000-4000-8000-00000000abcd"
	for _, c := range []struct {
		hold *catalog.HoldNote
		file *catalog.File
		want []string
		not  []string
	}{
		{&catalog.HoldNote{State: catalog.Held, Kinds: []string{"iban", "fiscal-code"}}, &catalog.File{Name: "persone.csv"}, []string{"In verifica", "IBAN, codici fiscali"}, []string{address, "/download/"}},
		{&catalog.HoldNote{State: catalog.Held, Kinds: []string{"iban"}}, &catalog.File{Name: "persone.csv", Hash: "a"}, []string{"In verifica", "/download/persone.csv"}, []string{address}},
		{&catalog.HoldNote{State: catalog.Masked, Dropped: []string{"cf", "iban"}}, &catalog.File{Name: "persone.csv", Hash: "b"}, []string{"Pubblicato senza 2 colonne", "/download/persone.csv"}, []string{address}},
		{&catalog.HoldNote{State: catalog.Released, Basis: "d.lgs. 33/2013 <26>"}, &catalog.File{Name: "persone.csv", Hash: "c"}, []string{"base giuridica: d.lgs. 33/2013 &lt;26&gt;", "/download/persone.csv"}, nil},
	} {
		put(c.hold, c.file)
		body := w.get(t, page).Body.String()
		for _, s := range c.want {
			if !strings.Contains(body, s) {
				t.Errorf("%s: %q is missing", c.hold.State, s)
			}
		}
		for _, s := range c.not {
			if strings.Contains(body, s) || strings.Contains(w.get(t, "/dataset/persone").Body.String(), s) {
				t.Errorf("%s: %q is told", c.hold.State, s)
			}
		}
	}
	if body := w.get(t, "/en"+page).Body.String(); !strings.Contains(body, "on this legal basis") {
		t.Error("not in English")
	}
}

func TestSources(t *testing.T) {
	w := newWorld(t)
	w.serve(func(c *ui.Config) {
		c.Harvest = &ui.Harvest{Sources: w.store, Origins: w.store, Records: w.store, Kinds: map[string]string{"ckan": "CKAN"}}
	})
	if body := w.get(t, "/harvest").Body.String(); !strings.Contains(body, "non raccoglie ancora") {
		t.Errorf("without sources: %s", body)
	}
	ctx := catalog.WithActor(t.Context(), catalog.System)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, src := range []*catalog.Source{
		{Name: "regione", Title: "Regione & co", Kind: "ckan", URL: "https://dati.regione.example/", Schedule: "daily"},
		{Name: "bozze", Kind: "ckan", URL: "https://bozze.example/", Draft: true},
		{Name: "interna", Kind: "files", URL: "/srv/dati"},
		{Name: "vuota", Kind: "ckan", URL: "https://vuota.example/"},
	} {
		must(w.store.PutSource(ctx, src))
	}
	src, err := w.store.Source(ctx, "regione")
	must(err)
	run, err := w.store.StartRun(ctx, src.ID, time.Time{})
	must(err)
	run.Status = catalog.RunDone
	run.Report = json.RawMessage(`{"read":{"datasets":2},"changed":1,"new":1,"failed":1,"complete":true,"records":[{"id":"b","title":"<b>B","outcome":"rejected","link":"https://x.example/b",
		"problems":[{"field":"dct:title","value":"","rule":"title-missing","message":"manca il titolo / there is no title","mend":"scrivilo / write it"}]}]}`)
	must(w.store.FinishRun(ctx, run))
	w.put(t, &catalog.Dataset{ID: catalog.StableID(src.ID, "a"), Name: "raccolto", Title: catalog.It("Raccolto"), Origin: catalog.Origin{Source: src.ID, Record: "a"}},
		&catalog.Dataset{ID: catalog.StableID(src.ID, "s"), Name: "segreto", Private: true, Title: catalog.It("Segreto"), Origin: catalog.Origin{Source: src.ID, Record: "s"}})
	for record, rejected := range map[string]bool{"a": false, "b": true, "s": true, "c": false} {
		raw := catalog.RawRecord{ID: catalog.StableID(src.ID, record), Source: src.ID, Record: record, Run: run.ID, MediaType: "application/json", Text: `{"scheda":"<script>` + record + `"}`, Rejected: rejected}
		rec, err := raw.Pack()
		must(err)
		must(w.store.PutRecord(ctx, rec))
	}
	object := func(record string) string { return "/harvest/object/" + catalog.StableID(src.ID, record) }
	for _, c := range []struct {
		name, path string
		code       int
		want       string
	}{
		{"the list", "/harvest", 200, "Regione &amp; co"},
		{"in English", "/en/harvest", 200, "Latest reading: done"},
		{"a source", "/harvest/regione", 200, "ogni giorno"},
		{"with its datasets", "/harvest/regione", 200, object("a")},
		{"and its feed", "/harvest/regione", 200, "/harvest/regione/runs.atom"},
		{"one that was never read", "/en/harvest/vuota", 200, "has not been read yet"},
		{"one of drafts", "/harvest/bozze", 404, ""},
		{"one inside", "/harvest/interna", 404, ""},
		{"none", "/harvest/nessuna", 404, ""},
		{"a run", "/harvest/regione/run/" + run.ID, 200, "manca il titolo"},
		{"in English, in English alone", "/en/harvest/regione/run/" + run.ID, 200, "<td>there is no title</td>"},
		{"a run of another source", "/harvest/vuota/run/" + run.ID, 404, ""},
		{"no run", "/harvest/regione/run/x", 404, ""},
		{"a record", object("a"), 200, "{&#34;scheda&#34;:&#34;&lt;script&gt;a&#34;}"},
		{"a record by its dataset's name", "/harvest/object/raccolto", 200, "scheda"},
		{"a rejected one", "/en" + object("b"), 200, "No dataset was made of this record"},
		{"one of a hidden dataset", object("s"), 404, ""},
		{"one of a dataset that is gone", object("c"), 404, ""},
		{"what was not harvested", "/harvest/object/raccolta-differenziata-mensile", 404, ""},
	} {
		rec := w.get(t, c.path)
		if rec.Code != c.code || !strings.Contains(rec.Body.String(), c.want) {
			t.Errorf("%s: %d, nothing says %q: %s", c.name, rec.Code, c.want, rec.Body)
		}
		if body := rec.Body.String(); strings.Contains(body, "Segreto") || strings.Contains(body, "/srv/dati") || strings.Contains(body, "bozze.example") {
			t.Errorf("%s tells what is hidden", c.name)
		}
	}
}
