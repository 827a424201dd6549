package api_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"portico/internal/fixtures"
)

// harmless are what the list of attacks would have refused but CKAN accepts,
// and why accepting it does no harm here.
var harmless = map[string]string{
	"defType":     "an unknown parser is read as dismax: no parser is chosen by its name",
	"wt":          "accepted for CKAN's sake and not heeded",
	"bf":          "accepted for CKAN's sake and not heeded",
	"boost":       "accepted for CKAN's sake and not heeded",
	"rows":        "what is too large is cut to 1000",
	"start":       "beyond the end there is nothing",
	"sort":        "a field that nobody has sorts nothing",
	"facet.field": "only values of public datasets are counted",
	"facet.limit": "there are no more values than there are",
	"fl":          "only what everybody sees is stored",

	"q notafield:aria":  "a field that nobody has matches nothing",
	"q title:{a TO b]x": "to Solr, too, it is a range and a word",
}

// TestAttacksByQueryFail sends every query of the list of attacks. What is
// valid must be answered, what is an attack refused or do nothing, and nothing
// may fail, take long, or tell of what is private.
func TestAttacksByQueryFail(t *testing.T) {
	raw, err := os.ReadFile(fixtures.Path(t, "security", "query_attacks.txt"))
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t).fill()
	tried := 0
	for line := range strings.Lines(string(raw)) {
		cols := strings.SplitN(strings.TrimRight(line, "\n"), "\t", 3)
		if strings.HasPrefix(line, "#") || len(cols) != 3 || strings.Contains(cols[1], "generated") {
			continue
		}
		tried++
		attack(t, w, cols[0], cols[1], strings.Replace(cols[2], `\t`, "\t", 1))
	}
	attack(t, w, "R", "q", "id:("+strings.Repeat("0 OR ", 10_000)+"1)")
	attack(t, w, "R", "q", "x:"+strings.Repeat("(", 5000))
	attack(t, w, "S", "q", strings.Repeat("a", 60_000))
	attack(t, w, "S", "q", strings.Repeat("%22", 20_000))
	if tried < 180 {
		t.Errorf("only %d attacks", tried)
	}
}

func attack(t *testing.T, w *world, kind, name, value string) {
	t.Helper()
	began := time.Now()
	sent := url.Values{name: {value}}
	var list []string
	if name == "fq_list" && json.Unmarshal([]byte(value), &list) == nil {
		sent[name] = list
	}
	rec := w.do("GET", "/api/3/action/package_search?"+sent.Encode(), "")
	body, status := rec.Body.String(), rec.Code
	shown := name + "=" + strconv.Quote(value[:min(len(value), 80)])
	if took := time.Since(began); took > time.Second {
		t.Errorf("%s took %v", shown, took)
	}
	if status >= http.StatusInternalServerError {
		t.Errorf("%s: %d: %.200s", shown, status, body)
	}
	if !strings.Contains(value, "stipendi") && strings.Contains(body, "stipendi") || strings.Contains(body, "goroutine") {
		t.Errorf("%s tells what it must not: %.300s", shown, body)
	}
	key := name
	if name == "q" {
		key = "q " + value
	}
	_, accepted := harmless[key]
	switch {
	case kind == "V" && status != http.StatusOK:
		t.Errorf("%s is valid, but: %d: %.300s", shown, status, body)
	case kind == "R" && status == http.StatusOK && !accepted:
		t.Errorf("%s was answered: %.200s", shown, body)
	}
}
