package arch

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const root = "../.."

// TestSettingsAreDocumented holds docs/operator.md against the settings of
// cmd/portico, both ways.
func TestSettingsAreDocumented(t *testing.T) {
	code := names(t, "cmd/portico/config.go", `env:"(PORTICO_[A-Z0-9_]+)"`)
	docs := names(t, "docs/operator.md", "(?m)^\\| `(PORTICO_[A-Z0-9_]+)`")
	for n := range code {
		if !docs[n] {
			t.Errorf("docs/operator.md has no row for %s", n)
		}
	}
	for n := range docs {
		if !code[n] {
			t.Errorf("docs/operator.md has a row for %s, which is no setting", n)
		}
	}
	if len(code) < 15 {
		t.Errorf("only %d settings were found in the code", len(code))
	}
}

// TestLinksLead follows every relative link of the documentation.
func TestLinksLead(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)#:]+)(?:#[^)]*)?\)`)
	for _, file := range markdown(t) {
		for _, m := range link.FindAllStringSubmatch(read(t, file), -1) {
			if _, err := os.Stat(filepath.Join(root, filepath.Dir(file), m[1])); err != nil {
				t.Errorf("%s: the link to %s leads nowhere", file, m[1])
			}
		}
	}
}

// TestDecisionsAreListed wants every ADR in the index.
func TestDecisionsAreListed(t *testing.T) {
	index := read(t, "docs/adr/README.md")
	files, err := filepath.Glob(filepath.Join(root, "docs/adr/0*.md"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no decisions: %v", err)
	}
	for _, f := range files {
		if !strings.Contains(index, "("+filepath.Base(f)+")") {
			t.Errorf("docs/adr/README.md does not list %s", filepath.Base(f))
		}
	}
}

// TestFoldersAreDocumented wants every top-level package in the plan that
// people read.
func TestFoldersAreDocumented(t *testing.T) {
	docs := read(t, "docs/architecture.md")
	for pkg := range plan {
		top, _, _ := strings.Cut(pkg, "/")
		if !strings.Contains(docs, "\n"+top+"/") {
			t.Errorf("docs/architecture.md does not tell what %s/ is for", top)
		}
	}
}

// TestNothingSkipsCertificates refuses the one setting that turns the check of
// certificates off (SEC-018), and ways out beside internal/httpclient (D7).
func TestNothingSkipsCertificates(t *testing.T) {
	forbidden := map[string][]string{
		"Insecure" + "SkipVerify": {},
		"http.Default" + "Client": {},
		"http." + "Get(":          {},
		"net." + "Dial(":          {},
		"net.Dialer{":             {"internal/httpclient/", "internal/mail/"},
	}
	err := filepath.WalkDir(root, func(file string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if e.IsDir() && (e.Name() == "node_modules" || e.Name() == ".git" || e.Name() == "build") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return nil
		}
		rel, err := filepath.Rel(root, file)
		if err != nil {
			return err
		}
		text := read(t, rel)
		for word, allowed := range forbidden {
			if strings.Contains(text, word) && !hasPrefix(rel, allowed) {
				t.Errorf("%s must not use %s", rel, word)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func hasPrefix(s string, prefixes []string) bool {
	for _, p := range prefixes {
		if strings.HasPrefix(s, p) {
			return true
		}
	}
	return false
}

func markdown(t *testing.T) []string {
	t.Helper()
	var out []string
	for _, pattern := range []string{"*.md", "docs/*.md", "docs/adr/*.md"} {
		files, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			rel, err := filepath.Rel(root, f)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, rel)
		}
	}
	return out
}

func read(t *testing.T, file string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(root, file))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// names returns the first group of every match of pattern in file.
func names(t *testing.T, file, pattern string) map[string]bool {
	t.Helper()
	out := make(map[string]bool)
	for _, m := range regexp.MustCompile(pattern).FindAllStringSubmatch(read(t, file), -1) {
		out[m[1]] = true
	}
	return out
}
