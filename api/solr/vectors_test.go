package solr

import (
	"os"
	"strings"
	"testing"

	"portico/internal/fixtures"
	"portico/search"
)

// TestWhatWasMeasuredOnSolrHolds reads every query that was put to a Solr, and
// must accept what that accepted and refuse what it refused, for its reason.
func TestWhatWasMeasuredOnSolrHolds(t *testing.T) {
	raw, err := os.ReadFile(fixtures.Path(t, "spec", "lucene_vectors.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(raw)), "\n")[1:]
	for _, line := range lines {
		cols := strings.SplitN(line, "\t", 4)
		if len(cols) != 4 {
			t.Fatalf("a line of %d columns: %q", len(cols), line)
		}
		mode, query, status, parsed := cols[0], cols[1], cols[2], cols[3]
		node, err := readAs(mode, query)
		switch {
		case status == "OK" && err != nil:
			t.Errorf("%s %s: %v", mode, query, err)
		case status != "OK" && err == nil:
			t.Errorf("%s %s: was read as %s, but Solr says %s", mode, query, show(node), parsed)
		case status == "OK" && !sameShape(node, parsed):
			t.Errorf("%s %s: was read as %s, by Solr as %s", mode, query, show(node), parsed)
		case err != nil && strings.Contains(parsed, "Encountered") && !strings.Contains(err.Error(), reason(parsed)):
			t.Errorf("%s %s: got %q, want %q", mode, query, err, reason(parsed))
		}
	}
	if len(lines) < 160 {
		t.Errorf("only %d queries", len(lines))
	}
}

// reason is Solr's reason without the place, of which the table knows less.
func reason(parsed string) string {
	_, after, _ := strings.Cut(parsed, "Encountered ")
	before, _, _ := strings.Cut(after, ".")
	return before
}

func readAs(mode, query string) (search.Node, error) {
	if err := Guard("q", query); err != nil {
		return search.Nothing{}, nil //nolint:nilerr // CKAN refuses it before Solr sees it
	}
	switch mode {
	case "dismax":
		return Dismax(query, "", testNow)
	case "edismax":
		return Edismax(query, "", testNow), nil
	}
	return Lucene(query, testNow)
}

// sameShape compares what can be compared without analysis: how many clauses
// at the top are required, optional and forbidden.
func sameShape(n search.Node, parsed string) bool {
	b, ok := n.(search.Bool)
	if !ok || strings.ContainsAny(parsed, "([{") {
		return true
	}
	var must, not, should int
	for w := range strings.FieldsSeq(parsed) {
		switch w[0] {
		case '+':
			must++
		case '-':
			not++
		default:
			should++
		}
	}
	implied := must == 0 && should == 0 && len(b.Must) == 1 // *:* before nothing but -
	return len(b.Not) == not && (implied || len(b.Must) == must && len(b.Should) == should)
}
