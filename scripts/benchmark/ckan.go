package main

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// ckan is a CKAN with n invented packages.
func ckan(n int) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasSuffix(r.URL.Path, "/package_search") {
			http.NotFound(w, r)
			return
		}
		start, _ := strconv.Atoi(r.FormValue("start"))
		rows, err := strconv.Atoi(r.FormValue("rows"))
		if err != nil {
			rows = 10
		}
		results := []any{}
		for i := start; i < n && i < start+rows; i++ {
			results = append(results, pkg(i))
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]any{"success": true, "result": map[string]any{"count": n, "results": results}})
	})
}

var (
	subjects = []string{"Raccolta dei rifiuti", "Bilancio di previsione", "Scuole dell'infanzia", "Incidenti sulle strade", "Popolazione residente", "Alberi monumentali", "Opere pubbliche", "Qualità dell'aria"}
	themes   = []string{"ENVI", "ECON", "EDUC", "TRAN", "SOCI", "AGRI", "REGI", "HEAL"}
	formats  = []string{"CSV", "JSON", "XLSX", "GEOJSON"}
)

func pkg(i int) map[string]any {
	id := uuid(strconv.Itoa(i))
	s := i % len(subjects)
	var resources []any
	for k := range 1 + i%4 {
		resources = append(resources, map[string]any{
			"id": uuid(id + formats[k]), "name": subjects[s] + " in " + formats[k], "format": formats[k],
			"url": fmt.Sprintf("https://dati.example/%d.%s", i, strings.ToLower(formats[k])), "description": "Il file completo.",
		})
	}
	body := i % 97
	return map[string]any{
		"id": id, "name": fmt.Sprintf("dataset-%05d", i), "title": fmt.Sprintf("%s, numero %d", subjects[s], i),
		"notes":      strings.Repeat("Dati raccolti dagli uffici del Comune e pubblicati per chi li vuole usare. ", 4+i%5),
		"license_id": "cc-by", "metadata_modified": "2025-01-01T00:00:00.000000",
		"tags":         []map[string]string{{"name": strings.ToLower(subjects[s][:7])}, {"name": fmt.Sprintf("tema %d", i%50)}},
		"organization": map[string]string{"name": fmt.Sprintf("comune-%d", body), "title": fmt.Sprintf("Comune %d", body)},
		"extras": []map[string]string{
			{"key": "identifier", "value": fmt.Sprintf("c_x%03d:%d", body, i)},
			{"key": "holder_name", "value": fmt.Sprintf("Comune %d", body)},
			{"key": "holder_identifier", "value": fmt.Sprintf("c_x%03d", body)},
			{"key": "themes_aggregate", "value": `[{"theme":"` + themes[s] + `","subthemes":[]}]`},
			{"key": "frequency", "value": "ANNUAL"},
			{"key": "modified", "value": "2024-12-31"},
		},
		"resources": resources,
	}
}

// uuid is a version 4 UUID that is the same for the same text.
func uuid(s string) string {
	h := sha256.Sum256([]byte(s))
	return fmt.Sprintf("%x-%x-4%03x-8%03x-%x", h[:4], h[4:6], uint16(h[6])<<4|uint16(h[7])>>4, uint16(h[8])<<4|uint16(h[9])>>4, h[10:16])
}
