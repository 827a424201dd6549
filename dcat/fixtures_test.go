package dcat_test

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"portico/catalog"
	"portico/dcat"
	"portico/dcat/vocab"
	"portico/internal/fixtures"
)

// An expectation is what independent tools found in a file.
type expectation struct {
	Datasets      *int     `json:"datasets"`
	Distributions int      `json:"distributions"`
	Titles        []string `json:"first_titles"`
	Licences      []string `json:"licences"`
	Formats       []string `json:"formats"`
}

// TestRealCataloguesAreReadWhole reads every DCAT file of the shared fixtures.
func TestRealCataloguesAreReadWhole(t *testing.T) {
	manifest, err := os.Open(fixtures.Path(t, "fixtures", "MANIFEST.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	defer manifest.Close()
	lines := bufio.NewScanner(manifest)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		cols := strings.Split(lines.Text(), "\t")
		if len(cols) < 10 || !strings.HasPrefix(cols[0], "b_dcat/") {
			continue
		}
		var want expectation
		if err := json.Unmarshal([]byte(cols[9]), &want); err != nil {
			t.Fatal(err)
		}
		if want.Datasets == nil {
			continue
		}
		t.Run(filepath.Base(cols[0]), func(t *testing.T) {
			checkFixture(t, fixtures.Path(t, "fixtures", cols[0]), want)
		})
	}
}

func checkFixture(t *testing.T, path string, want expectation) {
	found, _, _ := read(t, path, "http://127.0.0.1:8000/"+filepath.Base(path))
	if len(found) != *want.Datasets {
		t.Errorf("%d datasets, want %d", len(found), *want.Datasets)
	}
	distributions := 0
	var titles, digests []string
	for _, f := range found {
		distributions += f.Distributions
		titles = append(titles, f.Dataset.Title.String())
		digests = append(digests, f.Digest)
		checkFormats(t, f, want)
	}
	if distributions != want.Distributions {
		t.Errorf("%d distributions, want %d", distributions, want.Distributions)
	}
	for _, title := range want.Titles {
		if !slices.Contains(titles, title) {
			t.Errorf("no dataset %q among %q", title, titles)
		}
	}
	slices.Sort(digests)
	if len(slices.Compact(digests)) != len(found) {
		t.Error("two datasets have one digest")
	}
}

func checkFormats(t *testing.T, f dcat.Found, want expectation) {
	for _, x := range f.Dataset.Distributions {
		if x.ID == "" || x.URL() == "" {
			t.Errorf("%s: a distribution without ID or address: %+v", f.Dataset.Title, x)
		}
		if l, ok := vocab.License(x.License); ok && l.URL != x.License {
			t.Errorf("licence %q is not canonical", x.License)
		}
		if x.Format == "" && x.FormatLabel == "" && len(want.Formats) > 0 {
			t.Logf("%s: no format at %s", f.Dataset.Title, x.URL())
		}
	}
	for _, d := range []catalog.Date{f.Dataset.Modified, f.Dataset.Issued} {
		if !d.Valid() {
			t.Errorf("date %q is not valid", d)
		}
	}
}
