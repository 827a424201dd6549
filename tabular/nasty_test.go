package tabular_test

import (
	"path/filepath"
	"testing"

	"portico/internal/fixtures"
)

// TestNastyDocumentsAreRefusedInWords is for what is no table; the nasty tables
// are with the other fixtures.
func TestNastyDocumentsAreRefusedInWords(t *testing.T) {
	dir := fixtures.Path(t, "fixtures")
	const entities = "Il documento XML usa entità dichiarate da lui stesso, alla riga "
	for path, want := range map[string]string{
		"n_nasty/billion_laughs.xml":                          entities + "1: non vengono espanse",
		"n_nasty/xxe_file_catalog.rdf":                        entities + "4: non vengono espanse",
		"n_nasty/ckan_success_false.json":                     "È la risposta di un'API che segnala un errore (\"success\": false), non dati",
		"n_nasty/dati_lazio_package_show_truncated_real.json": "Il documento JSON è incompleto: finisce alla riga 1",
		"n_nasty/truncated_package_show.json":                 "Il documento JSON è incompleto: finisce alla riga 93",
		"n_nasty/truncated_catalog.rdf":                       "Il documento XML non è ben formato alla riga 291",
		"n_nasty/declared_utf8_is_latin1.rdf":                 "È un documento RDF, non una tabella",
		"n_nasty/invalid_iri_catalog.ttl":                     "È un documento RDF (Turtle), non una tabella",
		"e_gtfs/caltanissetta_linea3_gtfs.zip":                "L'archivio ZIP contiene 6 tabelle, pubblicarle una per una: agency.txt, calendar.txt, routes.txt, stops.txt, stop_times.txt",
	} {
		if _, err := openFile(t, filepath.Join(dir, path)); italian(err) != want {
			t.Errorf("%s: got %v (%s)", path, err, italian(err))
		}
	}
}
