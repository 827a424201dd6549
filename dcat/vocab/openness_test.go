package vocab_test

import (
	"testing"

	"portico/dcat/vocab"
)

func TestOpennessCountsStars(t *testing.T) {
	const open, closed = "https://creativecommons.org/licenses/by/4.0/", "https://creativecommons.org/licenses/by-nd/4.0/"
	for _, c := range []struct {
		name, license string
		formats       []string
		linked        bool
		want          int
	}{
		{"without a licence there is none", "", []string{"CSV"}, false, 0},
		{"nor under one that is not open", closed, []string{"CSV"}, false, 0},
		{"a picture of a table has one", open, []string{"PDF"}, false, 1},
		{"so has what nobody knows", open, []string{"BOH"}, false, 1},
		{"and what has no file", "cc-by", nil, false, 1},
		{"a workbook of one maker has two", open, []string{"XLS", "PDF"}, false, 2},
		{"plain text has three", open, []string{"XLS", "CSV"}, false, 3},
		{"what names things by address has four", open, []string{"CSV", "RDF_TURTLE"}, false, 4},
		{"and what links them has five", open, []string{"CSV", "JSON_LD"}, true, 5},
		{"a table alone is not linked", open, []string{"CSV"}, true, 3},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := vocab.Openness(c.license, c.formats, c.linked); got != c.want {
				t.Errorf("%d stars, want %d", got, c.want)
			}
		})
	}
}
