package demo

import (
	"encoding/json"
	"io/fs"
	"net/http"
	"strconv"

	"portico/catalog"
)

// Handler serves the municipality's web sources as if at origin: /catalog.rdf,
// a small CKAN under /api/3/action, and the files of both.
func Handler(origin string) http.Handler {
	mux := http.NewServeMux()
	web, err := fs.Sub(files, "web")
	if err != nil {
		panic(err) // the folder is embedded
	}
	mux.Handle("GET /", http.FileServerFS(web))
	mux.HandleFunc("GET /catalog.rdf", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/rdf+xml; charset=utf-8")
		data := struct {
			Origin   string
			Datasets []entry
		}{origin, territory}
		if err := rdf.Execute(w, data); err != nil {
			http.Error(w, "template", http.StatusInternalServerError)
		}
	})
	mux.HandleFunc("GET /api/3/action/package_search", func(w http.ResponseWriter, r *http.Request) {
		answer(w, map[string]any{"count": len(administration), "results": packages(origin, r)})
	})
	mux.HandleFunc("GET /api/3/action/status_show", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, map[string]any{"site_title": "Dati aperti di Valdoria", "site_url": origin, "ckan_version": "2.10.4"})
	})
	return mux
}

func answer(w http.ResponseWriter, result any) {
	w.Header().Set("Content-Type", "application/json;charset=utf-8")
	if err := json.NewEncoder(w).Encode(map[string]any{"success": true, "result": result}); err != nil {
		http.Error(w, "encode", http.StatusInternalServerError)
	}
}

// packages returns the page of CKAN's packages that r asks for.
func packages(origin string, r *http.Request) []map[string]any {
	start, _ := strconv.Atoi(r.FormValue("start")) // none, or nonsense, is 0
	rows, err := strconv.Atoi(r.FormValue("rows"))
	if err != nil || rows < 0 {
		rows = 10
	}
	out := []map[string]any{}
	for i, e := range administration {
		if i >= start && len(out) < rows {
			out = append(out, e.pkg(origin))
		}
	}
	return out
}

// pkg is e as a CKAN with DCAT-AP_IT shows it: the Italian fields in extras,
// some of them JSON within a string.
func (e entry) pkg(origin string) map[string]any {
	var tags []map[string]string
	for _, k := range e.Keywords {
		tags = append(tags, map[string]string{"name": k, "display_name": k})
	}
	return map[string]any{
		"id": catalog.StableID("valdoria", e.Slug), "name": e.Slug, "title": e.Title, "notes": e.Text,
		"type": "dataset", "state": "active", "private": false, "license_id": "cc-by", "tags": tags,
		"metadata_created": e.Issued + "T08:00:00.000000", "metadata_modified": e.Modified + "T09:30:00.000000",
		"organization": map[string]any{"id": catalog.StableID("valdoria"), "name": "comune-di-valdoria", "title": "Comune di Valdoria"},
		"extras": []map[string]string{
			{"key": "identifier", "value": "c_vd00:" + e.Code},
			{"key": "holder_name", "value": "Comune di Valdoria"},
			{"key": "holder_identifier", "value": "c_vd00"},
			{"key": "themes_aggregate", "value": `[{"theme":"` + e.Theme + `","subthemes":[]}]`},
			{"key": "frequency", "value": e.Frequency},
			{"key": "issued", "value": italian(e.Issued)},
			{"key": "modified", "value": italian(e.Modified)},
			{"key": "language", "value": "ITA"},
		},
		"resources": []map[string]any{{
			"id": catalog.StableID("valdoria", e.Slug, "csv"), "name": e.Title + " (CSV)", "format": "CSV",
			"url": origin + "/" + e.File, "mimetype": "text/csv", "position": 0,
			"license_type": "https://w3id.org/italia/controlled-vocabulary/licences/A21_CCBY40",
		}},
	}
}

// italian writes an ISO day as ckanext-dcatapit shows it: day first.
func italian(iso string) string { return iso[8:10] + "-" + iso[5:7] + "-" + iso[:4] }
