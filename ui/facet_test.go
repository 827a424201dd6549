package ui_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"portico/catalog"
)

// TestWhenDataChangedIsCounted has a dataset of each age.
func TestWhenDataChangedIsCounted(t *testing.T) {
	w := newWorld(t)
	now := time.Now().UTC()
	for i, age := range []time.Duration{24 * time.Hour, 15 * 24 * time.Hour, 100 * 24 * time.Hour, 800 * 24 * time.Hour} {
		w.put(t, &catalog.Dataset{
			Title: catalog.It(fmt.Sprintf("Zibaldone %d", i)), State: catalog.Active, Modified: catalog.DateOf(now.Add(-age)), LicenseID: "cc-by",
			Distributions: []catalog.Distribution{{AccessURL: "https://esempio.example/x", Format: []string{"PDF", "XLS", "CSV", "RDF_TURTLE"}[i]}},
		})
	}
	for path, want := range map[string]int{
		"updated=week": 1, "updated=month": 2, "updated=year": 3, "updated=older": 1, "updated=week&updated=older": 2,
		"stars=1": 1, "stars=2": 1, "stars=3": 1, "stars=4": 1, "stars=5": 0, "stars=1&stars=4": 2, "updated=year&stars=4": 0,
	} {
		body := w.get(t, "/dataset?q=zibaldone&"+path).Body.String()
		if n := strings.Count(body, `class="p-card"`); n != want {
			t.Errorf("%s finds %d, want %d", path, n, want)
		}
	}
	body := html.UnescapeString(w.get(t, "/dataset?q=zibaldone&updated=week").Body.String())
	for _, want := range []string{"nell’ultimo anno</a> <span class=\"p-n\" aria-hidden=\"true\">3</span>", "più di un anno fa</a> <span class=\"p-n\" aria-hidden=\"true\">1</span>", "/dataset?q=zibaldone&updated=month"} {
		if !strings.Contains(body, want) {
			t.Errorf("nothing says %s", want)
		}
	}
	if strings.Contains(body, "package_search?") {
		t.Error("the page offers a question to the API that has no words for it")
	}
}

// TestLongTextsShowWhereTheWordIs looks for a word at the end of a description.
func TestLongTextsShowWhereTheWordIs(t *testing.T) {
	w := newWorld(t)
	w.put(t, &catalog.Dataset{Title: catalog.It("Diario"), State: catalog.Active, Description: catalog.It(strings.Repeat("Parole su parole. ", 40) + "Qui c’è un ornitorinco <b>raro</b> & timido.")})
	body := w.get(t, "/dataset?q=ornitorinchi").Body.String()
	if !strings.Contains(body, "<mark>ornitorinco</mark>") || !strings.Contains(body, "… ") || strings.Contains(body, "<b>raro") {
		t.Errorf("the excerpt does not show the word:\n%s", body[strings.Index(body, "p-list"):])
	}
}
