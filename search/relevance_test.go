package search_test

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"portico/catalog"
	"portico/internal/ckan"
	"portico/internal/fixtures"
	"portico/search"
	"portico/search/meilisearch"
	"portico/search/memory"
)

// unanswered are the questions whose dataset is not among the first three,
// with the reason why. There may be six.
var unanswered = map[string]string{}

// A question is a line of relevance.tsv.
type question struct {
	text, source string
	want         []string // names, or their beginnings before a *
}

func questions(t testing.TB) []question {
	t.Helper()
	f, err := os.Open("testdata/relevance.tsv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out []question
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if strings.HasPrefix(lines.Text(), "#") {
			continue
		}
		cells := strings.Split(lines.Text(), "\t")
		if len(cells) != 3 {
			t.Fatalf("not three cells: %q", lines.Text())
		}
		out = append(out, question{cells[0], cells[2], strings.Split(cells[1], ",")})
	}
	return out
}

func (q question) wants(name string) bool {
	for _, w := range q.want {
		if begin, any := strings.CutSuffix(w, "*"); name == w || any && strings.HasPrefix(name, begin) {
			return true
		}
	}
	return false
}

// TestCitizensFindWhatTheyAskFor asks the engine the questions of
// testdata/relevance.tsv as the pages do.
func TestCitizensFindWhatTheyAskFor(t *testing.T) {
	sources := map[string][]*catalog.Dataset{"demo": demoOffice(t)}
	if fixtures.Has(t, "golden", "data", "datasets.jsonl") {
		sources["golden"] = goldenDatasets(t)
	}
	all, missed := questions(t), 0
	if len(all) < 60 {
		t.Errorf("%d questions, want 60", len(all))
	}
	for source, ds := range sources {
		stack := stacked(t, memory.New("it"), ds)
		for _, q := range all {
			if q.source != source {
				continue
			}
			first := stack.ask(t, q)
			reason, known := unanswered[q.text]
			switch found := len(first) > 0 && first[0] == ""; {
			case !found && !known:
				t.Errorf("%q finds %q, want one of %q", q.text, first, q.want)
			case found && known:
				t.Errorf("%q is answered, though it should not be: %s", q.text, reason)
			}
			if known {
				missed++
			}
		}
	}
	if missed*10 > len(all) {
		t.Errorf("%d of %d questions are not answered, more than one in ten", missed, len(all))
	}
}

// TestCitizensFindInMeilisearch measures the same where a Meilisearch runs; see
// package meilisearch for the variables.
func TestCitizensFindInMeilisearch(t *testing.T) {
	address := os.Getenv("PORTICO_TEST_MEILI")
	if address == "" || !fixtures.Has(t, "golden", "data", "datasets.jsonl") {
		t.Skip("no Meilisearch, or nothing to ask it for")
	}
	missed, all := 0, questions(t)
	for source, ds := range map[string][]*catalog.Dataset{"demo": demoOffice(t), "golden": goldenDatasets(t)} {
		e, err := meilisearch.New(t.Context(), meilisearch.Config{URL: address, Key: os.Getenv("PORTICO_TEST_MEILI_KEY"), Index: "test_relevance_" + source, HTTP: &http.Client{}})
		if err != nil {
			t.Fatal(err)
		}
		if err := e.Clear(t.Context()); err != nil {
			t.Fatal(err)
		}
		s := stacked(t, e, ds)
		for _, q := range all {
			if q.source != source {
				continue
			}
			if first := s.ask(t, q); len(first) == 0 || first[0] != "" {
				missed++
				t.Logf("%q finds %q, want one of %q", q.text, first, q.want)
			}
		}
	}
	t.Logf("%d of %d questions are answered", len(all)-missed, len(all))
	if missed*10 > len(all) {
		t.Errorf("%d of %d questions are not answered, more than one in ten", missed, len(all))
	}
}

// A stack is some datasets and an engine that knows them.
type stack struct {
	catalog.Datasets // of which no other method is called
	engine           search.Engine
	byID             map[string]*catalog.Dataset
}

func stacked(t testing.TB, e search.Engine, ds []*catalog.Dataset) *stack {
	t.Helper()
	s := &stack{engine: e, byID: map[string]*catalog.Dataset{}}
	var docs []search.Document
	for _, d := range ds {
		s.byID[d.ID] = d
		docs = append(docs, search.NewDocument(d, d.Organization, d.Publisher.Name.String()))
	}
	if err := e.Put(t.Context(), docs...); err != nil {
		t.Fatal(err)
	}
	return s
}

// DatasetsByID implements catalog.Datasets for anybody.
func (s *stack) DatasetsByID(_ context.Context, ids []string) ([]*catalog.Dataset, error) {
	var out []*catalog.Dataset
	for _, id := range ids {
		if d := s.byID[id]; d != nil && !d.Private {
			out = append(out, d)
		}
	}
	return out, nil
}

// ask returns "" when the first three datasets have one that is wanted, else
// their names.
func (s *stack) ask(t testing.TB, q question) []string {
	t.Helper()
	got, err := search.Ask(t.Context(), s.engine, s, search.Query{Limit: 3}, q.text)
	if err != nil {
		t.Fatalf("%q: %v", q.text, err)
	}
	var names []string
	for _, d := range got.Datasets {
		if q.wants(d.Name) {
			return []string{""}
		}
		names = append(names, d.Name)
	}
	return names
}

func goldenDatasets(t testing.TB) []*catalog.Dataset {
	t.Helper()
	f, err := os.Open(fixtures.Path(t, "golden", "data", "datasets.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out []*catalog.Dataset
	for in := json.NewDecoder(f); in.More(); {
		var raw json.RawMessage
		if err := in.Decode(&raw); err != nil {
			t.Fatal(err)
		}
		p, err := ckan.Decode(raw)
		if err != nil {
			t.Fatal(err)
		}
		d, _, _ := ckan.Read(p, "")
		out = append(out, &d)
	}
	return out
}

// demoOffice returns the files of the demo's office, as its list describes them.
func demoOffice(t testing.TB) []*catalog.Dataset {
	t.Helper()
	const folder = "../cmd/portico/demo/office"
	text, err := os.ReadFile(filepath.Join(folder, "metadata.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var list struct {
		Datasets []struct {
			File, Titolo, Descrizione, Tema string
			Parole                          []string `yaml:"parole_chiave"`
		}
	}
	if err := yaml.Unmarshal(text, &list); err != nil {
		t.Fatal(err)
	}
	var out []*catalog.Dataset
	for _, x := range list.Datasets {
		name := strings.TrimSuffix(x.File, filepath.Ext(x.File))
		d := &catalog.Dataset{
			ID: name, Name: name, Title: catalog.It(x.Titolo), Description: catalog.It(x.Descrizione), State: catalog.Active,
			Themes: []catalog.Theme{{Code: x.Tema}}, Distributions: []catalog.Distribution{{Table: header(t, filepath.Join(folder, x.File))}},
		}
		for _, k := range x.Parole {
			d.Keywords = append(d.Keywords, catalog.Keyword{Name: k})
		}
		out = append(out, d)
	}
	return out
}

// header returns the columns of a CSV file, or nil for other files.
func header(t testing.TB, file string) *catalog.Table {
	t.Helper()
	if !strings.HasSuffix(file, ".csv") {
		return nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	line, _, _ := strings.Cut(string(text), "\n")
	table := &catalog.Table{}
	for cell := range strings.SplitSeq(strings.TrimSpace(line), ";") {
		table.Columns = append(table.Columns, catalog.Column{Header: strings.ToValidUTF8(cell, "")})
	}
	return table
}
