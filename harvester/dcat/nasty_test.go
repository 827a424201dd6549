package dcat_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"portico/internal/fixtures"
)

// Hostile and broken catalogues end as the manifest of the fixtures says.
func TestNastyCatalogues(t *testing.T) {
	dir := fixtures.Path(t)
	srv := httptest.NewServer(http.FileServer(http.Dir(filepath.Join(dir, "fixtures/n_nasty"))))
	defer srv.Close()
	for _, test := range []struct {
		file  string
		title string // of a record that must be there; "" = any
		fails bool
	}{
		{"billion_laughs.xml", "", true},
		{"truncated_catalog.rdf", "", true},
		{"invalid_iri_catalog.ttl", "Alberi", false},
		{"xxe_file_catalog.rdf", "", true},
		{"declared_utf8_is_latin1.rdf", "", false},
		{"ckan_success_false.json", "", true},
		{"truncated_package_show.json", "", true},
	} {
		t.Run(test.file, func(t *testing.T) {
			began := time.Now()
			got, end := read(t, srv.URL+"/"+test.file)
			raw, err := json.Marshal(got)
			if err != nil {
				t.Fatal(err)
			}
			text := string(raw)
			if strings.Contains(text, "root:") || strings.Contains(text, "\ufffd") || strings.Contains(text, `\ufffd`) {
				t.Errorf("what must not be there: %s", text)
			}
			if (end != nil) != test.fails && test.file != "xxe_file_catalog.rdf" { // which may also come without the title
				t.Errorf("%d records, %v", len(got), end)
			}
			if test.title != "" && !strings.Contains(text, `"`+test.title+`"`) {
				t.Errorf("no %q in %s", test.title, text)
			}
			if d := time.Since(began); d > 5*time.Second {
				t.Errorf("took %s", d)
			}
		})
	}
}
