// Package golden replays recorded exchanges with a CKAN against a handler and
// says where the answers differ. It is for tests only, and knows nothing of
// how a server works: it sees requests and answers.
package golden

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"portico/internal/fixtures"
)

// folder is where the recordings lie among the shared inputs.
var folder = []string{"golden", "golden"}

// A Case is one recorded exchange: a request, and what CKAN answered.
type Case struct {
	// Number orders the cases: later ones build on what earlier ones did.
	Number int `json:"n"`
	// Name says what the case shows; its prefix is the kind of case.
	Name string `json:"name"`
	// Unordered says that CKAN gives its lists in no certain order.
	Unordered bool `json:"order_volatile"`
	// Request is what was sent.
	Request Request `json:"request"`
	// Capture maps the names of variables to where in the answer they are.
	Capture map[string]string `json:"capture"`
	// Status, Headers and one of JSON and Text are the recorded answer.
	Status  int               `json:"status"`
	Headers map[string]string `json:"headers"`
	JSON    json.RawMessage   `json:"body_json"`
	Text    string            `json:"body_text"`
	// Unstable says that CKAN's own answers differ from one run to the next.
	Unstable bool `json:"-"`
}

// A Request is a recorded request; at most one of its bodies is set.
type Request struct {
	Method  string            `json:"method"`
	Path    string            `json:"path"`
	Headers map[string]string `json:"headers"`
	// Auth names whose token is sent: "admin", "editor" and so on.
	Auth      string            `json:"auth"`
	JSON      json.RawMessage   `json:"json"`
	Raw       string            `json:"raw"`
	Form      map[string]string `json:"form"`
	Multipart *Multipart        `json:"multipart"`
}

// A Multipart is the body of an upload. A file is its name, media type, text.
type Multipart struct {
	Fields map[string]string    `json:"fields"`
	Files  map[string][3]string `json:"files"`
}

// ReadOnly reports whether the case changes nothing, and so holds on freshly
// loaded data whatever was sent before.
func (c Case) ReadOnly() bool {
	return !strings.HasPrefix(c.Name, "w_") && !strings.HasPrefix(c.Name, "z_")
}

// Cases returns the recorded cases in the order in which they were recorded.
// Where there are none the test is skipped, but fails in CI.
func Cases(t testing.TB) []Case {
	t.Helper()
	dir := fixtures.Path(t, folder...)
	var unstable []string
	read(t, filepath.Join(dir, "self_diff.json"), &unstable)
	files, err := filepath.Glob(filepath.Join(dir, "[0-9]*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no recorded cases in %s: %v", dir, err)
	}
	slices.Sort(files)
	cases := make([]Case, len(files))
	for i, file := range files {
		read(t, file, &cases[i])
		cases[i].Unstable = slices.Contains(unstable, cases[i].Name)
	}
	return cases
}

func read(t testing.TB, file string, into any) {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, into); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
}
