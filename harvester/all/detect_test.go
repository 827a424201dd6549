package all_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"portico/catalog"
	"portico/harvester"
	"portico/harvester/all"
	"portico/internal/fixtures"
	"portico/internal/httpclient"
)

// A found is what a fixture must turn out to be.
type found struct {
	at            string // address on the server; "" = that of the file itself
	kind          string // as Detect names it
	datasets      int
	distributions int
	unfinished    bool   // the fixture is a part of a catalog, and the reading says so; or it is broken
	none          bool   // no connector may take it
	differs       string // why the counts are not those of the manifest
}

// everything has a line for each file of the kinds a to e in the manifest.
var everything = map[string]found{
	"a_ckan/ckanext_dcat_full_dataset.json":            {at: "/ckan/ckanext_dcat_full_dataset.json", kind: "ckan", datasets: 1, distributions: 1},
	"a_ckan/comunweb_node_771380.json":                 {kind: "files", datasets: 1, distributions: 1},
	"a_ckan/dati_gov_it_harvest_sources.json":          {kind: "files", datasets: 1, distributions: 1},
	"a_ckan/dati_gov_it_organizations.jsonl":           {kind: "files", datasets: 1, distributions: 1},
	"a_ckan/dati_trentino_package_show.json":           {at: "/ckan/dati_trentino_package_show.json", kind: "ckan", datasets: 1, distributions: 3},
	"a_ckan/dkan_french_package.json":                  {at: "/ckan/dkan_french_package.json", kind: "ckan", datasets: 1, distributions: 2},
	"a_ckan/larochelle_datastore_search_a.json":        {kind: "files", datasets: 1, distributions: 1},
	"a_ckan/magda_ckan_package_extras.json":            {at: "/ckan/magda_ckan_package_extras.json", kind: "ckan", datasets: 1, distributions: 5},
	"b_dcat/comune_alessandria_catalog.rdf":            {kind: "dcat", datasets: 5, distributions: 20},
	"b_dcat/comune_foggia_catalog.rdf":                 {kind: "dcat", datasets: 7, distributions: 7},
	"b_dcat/comune_lizzano_catalog.rdf":                {kind: "dcat", datasets: 1, distributions: 1},
	"b_dcat/comune_molinella_catalog.rdf":              {kind: "dcat", datasets: 3, distributions: 6},
	"b_dcat/dcat_bnodes.xml":                           {kind: "dcat", datasets: 3, distributions: 5},
	"b_dcat/dcat_dataset_full.ttl":                     {kind: "dcat", unfinished: true},
	"b_dcat/dcat_geonetwork.xml":                       {kind: "dcat", datasets: 1, distributions: 4},
	"b_dcat/dcat_paged_collection_1.jsonld":            {kind: "dcat", datasets: 3, distributions: 3, unfinished: true},
	"b_dcat/dcat_paged_collection_2.jsonld":            {kind: "dcat", datasets: 1, distributions: 1},
	"b_dcat/dcat_pod_catalog.jsonld":                   {kind: "dcat", datasets: 1, distributions: 4},
	"b_dcat/dcatapit_esempio6.rdf":                     {kind: "dcat", datasets: 2, distributions: 2},
	"b_dcat/govdata_de_dataset.rdf":                    {kind: "dcat", datasets: 1, distributions: 9},
	"b_dcat/unibo_catalog.rdf":                         {kind: "dcat", datasets: 12, distributions: 50},
	"c_arcgis/carson_layer_metadata.json":              {at: "/arcgis/rest/services/Carson/MapServer/1", kind: "arcgis", datasets: 1, distributions: 2},
	"c_arcgis/carson_query_page0.json":                 {at: "/arcgis/rest/services/Carson/MapServer/1/query?where=1%3D1&f=json", kind: "arcgis", datasets: 1, distributions: 2},
	"c_arcgis/cook_layer_metadata.json":                {at: "/arcgis/rest/services/Cook/MapServer/11", kind: "arcgis", datasets: 1, distributions: 2},
	"c_arcgis/cook_query_last_page.json":               {at: "/arcgis/rest/services/Cook/MapServer/11/query?where=1%3D1&f=json", kind: "arcgis", datasets: 1, distributions: 2},
	"c_csw/geonetwork_iso19139_page1.xml":              {at: "/gn/csw", kind: "csw", datasets: 6, distributions: 61, differs: "the file is the first of three pages, which are read to the end"},
	"c_csw/geonetwork_iso19139_page3.xml":              {kind: "csw", datasets: 2, distributions: 17},
	"c_csw/geonetwork_iso19139_page5.xml":              {kind: "csw", datasets: 2, distributions: 22},
	"c_csw/inspire_getrecords.xml":                     {at: "/inspire/csw", kind: "csw", datasets: 2, unfinished: true},
	"c_csw/pat_geocatalogo_search_result.xml":          {at: "/pat/csw", kind: "csw", datasets: 10, unfinished: true},
	"c_csw/pat_iff2007_iso19139.xml":                   {kind: "csw", datasets: 1, distributions: 1},
	"c_csw/rndt_item_iso19139.xml":                     {kind: "csw", datasets: 1, distributions: 2},
	"c_ogcapi/collections.json":                        {at: "/sample-data/collections", kind: "ogc", datasets: 23},
	"c_ogcapi/records_dutch_items.json":                {at: "/sample-data/collections/dutch-metadata/items", kind: "ogc", datasets: 10, unfinished: true},
	"c_waf/apache_folder.html":                         {at: "/apache-folder/", kind: "csw", datasets: 1, distributions: 2},
	"c_waf/iis_folder.html":                            {at: "/iis-folder/", kind: "csw", datasets: 1, distributions: 2},
	"c_wfs/agenzia_entrate_catasto_particella.gml":     {kind: "files", datasets: 1, distributions: 1},
	"c_wfs/wfs_koeln_arcgis_200.xml":                   {at: "/koeln/wfs", kind: "ogc", datasets: 86},
	"c_wfs/wfs_mapserver_cap.xml":                      {at: "/cgi-bin/atlas_south", kind: "ogc", datasets: 25},
	"c_wms/wms_geoserver_cap.xml":                      {at: "/geoserver/wms", kind: "ogc", datasets: 3, distributions: 3},
	"d_dcatus/dcatus.json":                             {kind: "datajson", datasets: 7, distributions: 7},
	"d_dcatus/evian_arcgis_hub.json":                   {kind: "datajson", datasets: 8, distributions: 34},
	"d_dkan/sample_content.json":                       {kind: "datajson", datasets: 10, distributions: 13},
	"d_frictionless/cinque_per_mille_datapackage.json": {kind: "frictionless", datasets: 1, distributions: 1},
	"d_frictionless/soldi_e_politica_datapackage.json": {kind: "frictionless", datasets: 1, distributions: 2},
	"d_jkan/data.json":                                 {none: true},
	"d_ods/ods_v1_dataset_a.json":                      {at: "/ods/", kind: "opendatasoft", datasets: 1, distributions: 3},
	"d_portaljs/fivethirtyeight_datasets.json":         {kind: "datajson", datasets: 166},
	"d_socrata/socrata_catalog.json":                   {at: "/socrata/", kind: "socrata", datasets: 7, unfinished: true},
	"e_anncsu/anncsu_stats.csv":                        {kind: "files", datasets: 1, distributions: 1},
	"e_aria/arpa_sicilia_enna_20150902.csv":            {kind: "files", datasets: 1, distributions: 1},
	"e_aria/arpa_sicilia_megara_20150901.csv":          {kind: "files", datasets: 1, distributions: 1},
	"e_elezioni/comunali2016_sindaci.csv":              {kind: "files", datasets: 1, distributions: 1},
	"e_gtfs/caltanissetta_linea3_gtfs.zip":             {kind: "gtfs", datasets: 1, distributions: 5},
	"e_istat/istat_comuni_20200101_cp1252.csv":         {kind: "files", datasets: 1, distributions: 1},
	"e_istat/istat_comuni_current_utf8.csv":            {kind: "files", datasets: 1, distributions: 1},
	"e_l190/terracina_appalti_2013.xml":                {kind: "l190", datasets: 1, distributions: 3},
	"e_opencup/opencup_ricostruzione.csv":              {kind: "files", datasets: 1, distributions: 1},
	"e_pnrr/progetti_pnrr_acqua_sicilia.csv":           {kind: "files", datasets: 1, distributions: 1},
	"e_registry/anpr_archivio_comuni.csv":              {kind: "files", datasets: 1, distributions: 1},
	"e_registry/dati_gov_it_ingressi_uscite.csv":       {kind: "files", datasets: 1, distributions: 1},
}

// portals serves the fixtures as their publishers do: as files, and by the
// protocols that some of them are answers of.
func portals(t *testing.T, dir string) *httptest.Server {
	t.Helper()
	mux := http.NewServeMux()
	mux.Handle("/", http.FileServer(http.Dir(dir)))
	file := func(name string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, filepath.Join(dir, name)) }
	}
	mux.HandleFunc("/ckan/{file}/api/3/action/package_search", func(w http.ResponseWriter, r *http.Request) {
		list := "[]"
		if s := r.URL.Query().Get("start"); s == "" || s == "0" {
			list = "[" + packageIn(t, filepath.Join(dir, "a_ckan", r.PathValue("file"))) + "]"
		}
		fmt.Fprintf(w, `{"success":true,"result":{"count":1,"results":%s}}`, list)
	})
	mux.HandleFunc("/ckan/", http.NotFound)
	for _, layer := range []string{"Carson/MapServer/1", "Cook/MapServer/11"} {
		name := strings.ToLower(strings.SplitN(layer, "/", 2)[0])
		mux.HandleFunc("/arcgis/rest/services/"+layer, file("c_arcgis/"+name+"_layer_metadata.json"))
	}
	for service, pages := range map[string]map[string]string{
		"/gn/csw":      {"1": "geonetwork_iso19139_page1.xml", "3": "geonetwork_iso19139_page3.xml", "5": "geonetwork_iso19139_page5.xml"},
		"/inspire/csw": {"1": "inspire_getrecords.xml"},
		"/pat/csw":     {"1": "pat_geocatalogo_search_result.xml"},
	} {
		mux.HandleFunc(service, func(w http.ResponseWriter, r *http.Request) {
			q := r.URL.Query()
			if name := pages[q.Get("startPosition")]; q.Get("request") == "GetRecords" && name != "" {
				http.ServeFile(w, r, filepath.Join(dir, "c_csw", name))
				return
			}
			fmt.Fprint(w, `<GetRecordsResponse><SearchResults numberOfRecordsMatched="168" numberOfRecordsReturned="0" nextRecord="0"/></GetRecordsResponse>`)
		})
	}
	for _, service := range []string{"apache", "iis"} {
		at := "/" + service + "-folder/"
		mux.HandleFunc(at, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			if r.URL.Path == at {
				http.ServeFile(w, r, filepath.Join(dir, "c_waf", service+"_folder.html"))
				return
			}
			fmt.Fprint(w, `<html><a href="../">up</a></html>`)
		})
		mux.HandleFunc(at+"record-1.xml", file("c_csw/rndt_item_iso19139.xml"))
	}
	only := func(key, value, name string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if !strings.EqualFold(r.URL.Query().Get(key), value) {
				http.NotFound(w, r)
				return
			}
			http.ServeFile(w, r, filepath.Join(dir, name))
		}
	}
	mux.HandleFunc("/koeln/wfs", only("service", "WFS", "c_wfs/wfs_koeln_arcgis_200.xml"))
	mux.HandleFunc("/cgi-bin/atlas_south", only("service", "WFS", "c_wfs/wfs_mapserver_cap.xml"))
	mux.HandleFunc("/geoserver/wms", only("service", "WMS", "c_wms/wms_geoserver_cap.xml"))
	mux.HandleFunc("/sample-data/collections", file("c_ogcapi/collections.json"))
	mux.HandleFunc("/sample-data/collections/dutch-metadata/items", func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("offset") != "" {
			fmt.Fprint(w, `{"type":"FeatureCollection","features":[],"numberMatched":308,"links":[]}`)
			return
		}
		http.ServeFile(w, r, filepath.Join(dir, "c_ogcapi/records_dutch_items.json"))
	})
	mux.HandleFunc("/ods/api/datasets/1.0/search/", func(w http.ResponseWriter, _ *http.Request) {
		b, _ := os.ReadFile(filepath.Join(dir, "d_ods/ods_v1_dataset_a.json"))
		fmt.Fprintf(w, `{"nhits":1,"parameters":{},"datasets":[%s]}`, b)
	})
	mux.HandleFunc("/socrata/api/catalog/v1", func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("offset") != "0" {
			fmt.Fprint(w, `{"results":[],"resultSetSize":150680}`)
			return
		}
		http.ServeFile(w, r, filepath.Join(dir, "d_socrata/socrata_catalog.json"))
	})
	mux.HandleFunc("/ods/", http.NotFound)
	mux.HandleFunc("/socrata/", http.NotFound)
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	return srv
}

// packageIn returns the package in a recorded answer.
func packageIn(t *testing.T, file string) string {
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Error(err)
		return "{}"
	}
	var answer struct {
		Result json.RawMessage `json:"result"`
	}
	if json.Unmarshal(raw, &answer) == nil && answer.Result != nil {
		raw = answer.Result
	}
	for len(raw) > 0 && raw[0] == '[' {
		var list []json.RawMessage
		if err := json.Unmarshal(raw, &list); err != nil || len(list) == 0 {
			t.Error(err)
			return "{}"
		}
		raw = list[0]
	}
	return string(raw)
}

// Every file of the kinds a to e of the manifest is named by Detect, and read
// with the counts that the manifest has.
func TestEveryFixtureIsDetectedAndRead(t *testing.T) {
	dir := fixtures.Path(t, "fixtures")
	srv := portals(t, dir)
	manifest, err := os.ReadFile(filepath.Join(dir, "MANIFEST.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	rows := 0
	for line := range strings.Lines(string(manifest)) {
		cells := strings.Split(strings.TrimSpace(line), "\t")
		file := cells[0]
		if len(file) < 2 || file[1] != '_' || !strings.Contains("abcde", file[:1]) {
			continue
		}
		rows++
		t.Run(file, func(t *testing.T) {
			want, ok := everything[file]
			if !ok {
				t.Fatal("not in the table")
			}
			agrees(t, cells[len(cells)-1], want)
			detectAndRead(t, srv.URL, file, want)
		})
	}
	if rows != len(everything) {
		t.Errorf("%d files in the manifest, %d in the table", rows, len(everything))
	}
}

// agrees compares what a fixture must turn out to be with what the manifest
// says of it, in the words that it has for each kind.
func agrees(t *testing.T, expect string, want found) {
	t.Helper()
	var said struct {
		Datasets      *int   `json:"datasets"`
		Distributions *int   `json:"distributions"`
		Types         *int   `json:"feature_types"`
		Collections   *int   `json:"collections"`
		Layers        *int   `json:"layers_named"`
		Results       *int   `json:"results"`
		Records       *int   `json:"records"`
		Resources     *int   `json:"resources"`
		Children      *int   `json:"search_results_children"`
		Arcgis        string `json:"arcgis"`
		Matched       *int   `json:"numberMatched"`
		Returned      *int   `json:"numberReturned"`
		Rows          *int   `json:"data_rows"`
		Outcome       string `json:"outcome"`
	}
	if err := json.Unmarshal([]byte(expect), &said); err != nil {
		t.Fatalf("the manifest: %v: %.100s", err, expect)
	}
	one := 1
	datasets, distributions := said.Datasets, said.Distributions
	for _, n := range []*int{said.Types, said.Collections, said.Layers, said.Results, said.Children, said.Returned} {
		if datasets == nil {
			datasets = n
		}
	}
	switch {
	case said.Rows != nil, said.Arcgis != "", want.kind == "files": // a table, or a layer, is one dataset
		datasets = &one
	case said.Resources != nil: // of a Data Package
		datasets, distributions = &one, said.Resources
	case datasets == nil:
		datasets = said.Records
	}
	same := (datasets == nil || *datasets == want.datasets) && (distributions == nil || want.distributions == *distributions || want.distributions == 0)
	if broken := said.Outcome != ""; broken && want.datasets == 0 {
		same = true
	}
	if same == (want.differs != "") {
		t.Errorf("the manifest says %v datasets with %v files, the table %d and %d, for %q", deref(datasets), deref(distributions), want.datasets, want.distributions, want.differs)
	}
}

func deref(n *int) any {
	if n == nil {
		return "no number of"
	}
	return *n
}

func detectAndRead(t *testing.T, server, file string, want found) {
	t.Helper()
	client := httpclient.New(httpclient.Options{AllowPrivate: true})
	at := want.at
	if at == "" {
		at = "/" + (&url.URL{Path: file}).EscapedPath()
	}
	src := catalog.Source{URL: server + at}
	got, err := all.Connectors().Detect(t.Context(), src, client)
	if want.none {
		if err == nil {
			t.Errorf("taken for %s", got.Kind)
		}
		return
	}
	if want.unfinished && want.datasets == 0 {
		return // broken from the first line on
	}
	if err != nil || got.Kind != want.kind {
		t.Fatalf("detected as %q (%.2f), %v; want %q", got.Kind, got.Confidence, err, want.kind)
	}
	src.Kind = got.Kind
	conn, err := all.Connectors().Open(src, client)
	if err != nil {
		t.Fatal(err)
	}
	datasets, distributions, problems, end := count(t, conn)
	t.Logf("%-14s %3d datasets %4d distributions %3d problems  %q", got.Kind, datasets, distributions, problems, got.Title)
	if datasets != want.datasets || want.distributions > 0 && distributions != want.distributions || (end != nil) != want.unfinished {
		t.Errorf("%d datasets, %d distributions, %v; want %d, %d, unfinished %t", datasets, distributions, end, want.datasets, want.distributions, want.unfinished)
	}
}

func count(t *testing.T, conn harvester.Connector) (datasets, distributions, problems int, end error) {
	t.Helper()
	for rec, err := range conn.Records(t.Context()) {
		if rec.ID == "" {
			return datasets, distributions, problems, err
		}
		if err != nil {
			t.Errorf("%s: %v", rec.ID, err)
		}
		if rec.Dataset.Title.String() == "" || rec.Digest == "" {
			t.Errorf("%s: no title or no digest", rec.ID)
		}
		datasets++
		distributions += rec.Distributions
		problems += len(rec.Problems)
	}
	return datasets, distributions, problems, nil
}
