package golden

import (
	"bytes"
	"encoding/json"
	"os"
	"slices"
	"testing"

	"portico/internal/fixtures"
)

// Load gives the recorded catalog to a server: call is called with the action
// and the body of each organization, group and dataset, in this order.
func Load(t testing.TB, call func(action string, body any)) {
	t.Helper()
	for _, part := range []struct{ action, file string }{
		{"organization_create", "organizations.jsonl"},
		{"group_create", "groups.jsonl"},
		{"package_create", "datasets.jsonl"},
	} {
		for _, line := range Lines(t, part.file) {
			call(part.action, line)
		}
	}
}

// Lines returns the objects of a file of the recorded catalog:
// organizations.jsonl, groups.jsonl or datasets.jsonl.
func Lines(t testing.TB, file string) []json.RawMessage {
	t.Helper()
	raw, err := os.ReadFile(fixtures.Path(t, "golden", "data", file))
	if err != nil {
		t.Fatal(err)
	}
	var lines []json.RawMessage
	for line := range bytes.Lines(raw) {
		if line = bytes.TrimSpace(line); len(line) > 0 {
			lines = append(lines, line)
		}
	}
	return lines
}

// A known is an object of the catalog, as far as requests ask for it.
type known struct {
	ID        string  `json:"id"`
	Name      string  `json:"name"`
	Private   bool    `json:"private"`
	License   string  `json:"license_id"`
	Resources []known `json:"resources"`
}

// sample is the dataset that the recorded requests ask for by its IDs.
const sample = "ferrara-qualita-dell-aria-2022"

// boot sets the variables that the requests take from the recorded catalog.
func (v *variables) boot(t testing.TB) {
	t.Helper()
	var private, open []string
	for _, raw := range Lines(t, "datasets.jsonl") {
		d := decode(t, raw)
		switch {
		case d.Private:
			private = append(private, d.Name)
		case d.License == "iodl-2.0":
			open = append(open, d.Name)
		}
		if d.Name == sample {
			v.set("pkg1_id", d.ID)
			v.set("res1_id", d.Resources[0].ID)
		}
	}
	v.set("org1_id", decode(t, Lines(t, "organizations.jsonl")[0]).ID)
	v.set("private_name", slices.Min(private))
	v.set("iodl_name", slices.Min(open))
}

func decode(t testing.TB, raw json.RawMessage) (k known) {
	t.Helper()
	if err := json.Unmarshal(raw, &k); err != nil {
		t.Fatal(err)
	}
	return k
}
