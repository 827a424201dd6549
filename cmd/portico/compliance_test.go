package main

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"debug/buildinfo"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"net/mail"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"
)

// projectFile returns the path of a file of the project, from its root.
func projectFile(name string) string { return filepath.Join("..", "..", name) }

// TestTheReleaseIsReproducible is CMP-001: two builds in two folders are
// bit-identical, the bills of materials name every module of the binary, and
// the signature of the checksums holds.
func TestTheReleaseIsReproducible(t *testing.T) {
	work := t.TempDir()
	key := filepath.Join(work, "key")
	command(t, "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "release", "-f", key)
	var sums []string
	for i, folder := range []string{"one", "another-and-longer-name"} {
		tree := filepath.Join(work, folder)
		copyTree(t, projectFile("."), tree)
		out := filepath.Join(work, fmt.Sprint("out", i))
		cmd := exec.CommandContext(t.Context(), filepath.Join(tree, "scripts", "release"), out, key)
		if b, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("release: %v\n%s", err, b)
		}
		sums = append(sums, hash(t, filepath.Join(out, "portico")))
	}
	if sums[0] != sums[1] {
		t.Errorf("two builds differ: %s, %s", sums[0], sums[1])
	}
	out := filepath.Join(work, "out0")
	info, err := buildinfo.ReadFile(filepath.Join(out, "portico"))
	if err != nil {
		t.Fatal(err)
	}
	for _, bom := range []string{"portico.cdx.json", "portico.spdx.json"} {
		b, err := os.ReadFile(filepath.Join(out, bom))
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range info.Deps {
			if !bytes.Contains(b, []byte("pkg:golang/"+m.Path+"@"+m.Version)) {
				t.Errorf("%s lacks %s %s", bom, m.Path, m.Version)
			}
		}
	}
	pub, err := os.ReadFile(key + ".pub")
	if err != nil {
		t.Fatal(err)
	}
	signers := filepath.Join(work, "signers")
	if err := os.WriteFile(signers, append([]byte("release "), pub...), 0o600); err != nil {
		t.Fatal(err)
	}
	verify := func(file string) error {
		cmd := exec.CommandContext(t.Context(), "ssh-keygen", "-Y", "verify", "-f", signers, "-I", "release", "-n", "portico-release", "-s", filepath.Join(out, "SHA256SUMS.sig"))
		in, err := os.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		defer in.Close()
		cmd.Stdin = in
		return cmd.Run()
	}
	if err := verify(filepath.Join(out, "SHA256SUMS")); err != nil {
		t.Errorf("the signature does not hold: %v", err)
	}
	if verify(filepath.Join(out, "portico.cdx.json")) == nil {
		t.Error("the signature holds for another file")
	}
}

// copyTree copies what a release is built of.
func copyTree(t *testing.T, from, to string) {
	t.Helper()
	err := filepath.WalkDir(from, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		if e.IsDir() {
			switch rel {
			case ".git", "bin", "build", "data", "demo-data", filepath.Join("ui", "assets", "node_modules"):
				return filepath.SkipDir
			}
			return os.MkdirAll(filepath.Join(to, rel), 0o750)
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, rel), b, info.Mode())
	})
	if err != nil {
		t.Fatal(err)
	}
}

func hash(t *testing.T, file string) string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// TestPubliccode is CMP-003 as far as it goes without the official parser:
// the keys that the standard asks for are there, texts have the right length,
// and no flag claims what is not yet true.
func TestPubliccode(t *testing.T) {
	b, err := os.ReadFile(projectFile("publiccode.yml"))
	if err != nil {
		t.Fatal(err)
	}
	var p struct {
		Version         string `yaml:"publiccodeYmlVersion"`
		Name, URL       string
		SoftwareVersion string `yaml:"softwareVersion"`
		ReleaseDate     string `yaml:"releaseDate"`
		Platforms       []string
		Status          string `yaml:"developmentStatus"`
		SoftwareType    string `yaml:"softwareType"`
		Description     map[string]struct {
			Short    string `yaml:"shortDescription"`
			Long     string `yaml:"longDescription"`
			Features []string
		}
		Legal       struct{ License string }
		Maintenance struct {
			Type     string
			Contacts []struct{ Name string }
		}
		Localisation struct {
			Ready     *bool    `yaml:"localisationReady"`
			Languages []string `yaml:"availableLanguages"`
		}
		Italy struct {
			Piattaforme map[string]bool
		} `yaml:"IT"`
	}
	if err := yaml.Unmarshal(b, &p); err != nil {
		t.Fatal(err)
	}
	stated, err := os.ReadFile(projectFile("VERSION"))
	if err != nil {
		t.Fatal(err)
	}
	it := p.Description["it"]
	for what, ok := range map[string]bool{
		"publiccodeYmlVersion": p.Version != "", "name": p.Name == "Portico", "url": strings.HasPrefix(p.URL, "https://"),
		"softwareVersion is VERSION": p.SoftwareVersion == strings.TrimSpace(string(stated)) && p.SoftwareVersion == version,
		"releaseDate":                regexp.MustCompile(`^\d{4}-\d\d-\d\d$`).MatchString(p.ReleaseDate),
		"platforms":                  len(p.Platforms) > 0, "developmentStatus": p.Status != "", "softwareType": p.SoftwareType == "standalone/web",
		"short description ≤ 150": it.Short != "" && len([]rune(it.Short)) <= 150,
		"long description ≥ 150":  len([]rune(it.Long)) >= 150 && len([]rune(it.Long)) <= 10000,
		"features":                len(it.Features) > 0, "licence": p.Legal.License == "EUPL-1.2",
		"maintenance":  p.Maintenance.Type == "internal" && len(p.Maintenance.Contacts) > 0,
		"localisation": p.Localisation.Ready != nil && len(p.Localisation.Languages) == 2,
	} {
		if !ok {
			t.Errorf("publiccode.yml: %s", what)
		}
	}
	for flag, claimed := range p.Italy.Piattaforme {
		if claimed {
			t.Errorf("publiccode.yml claims the platform %s, which is not there", flag)
		}
	}
}

// TestSecurityTxt is CMP-004.
func TestSecurityTxt(t *testing.T) {
	const warn = 30 * 24 * time.Hour
	if left := time.Until(securityExpires); left < warn || left > 366*24*time.Hour {
		t.Errorf("security.txt expires in %v: look at SECURITY.md again and move securityExpires on", left)
	}
	origin := serve(t, "serve", "--data", t.TempDir(), "--site-email", "sicurezza@comune.example")
	code, body := get(t, origin+"/.well-known/security.txt")
	if code != http.StatusOK || !strings.Contains(body, "Contact: mailto:sicurezza@comune.example\n") || !strings.Contains(body, "Canonical: "+origin) {
		t.Errorf("security.txt = %d\n%s", code, body)
	}
	m := regexp.MustCompile(`(?m)^Expires: (\S+)$`).FindStringSubmatch(body)
	if m == nil {
		t.Fatalf("no Expires:\n%s", body)
	}
	if _, err := time.Parse(time.RFC3339, m[1]); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(projectFile("SECURITY.md")); err != nil {
		t.Error(err)
	}
}

// TestAFreshInstallHasNoDoors is CMP-007: only the listeners that were asked
// for, no account, nothing that others may read, and a unit that locks down.
func TestAFreshInstallHasNoDoors(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	bin := build(t)
	cmd := exec.CommandContext(t.Context(), bin, "serve", "--data", data, "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0")
	logs, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Wait()
	defer cmd.Process.Kill()
	origin := ready(t, logs)
	if got := listeners(t, cmd.Process.Pid); len(got) != 2 {
		t.Errorf("listeners %v, want two", got)
	} else {
		for _, l := range got {
			if !strings.HasPrefix(l, "0100007F:") {
				t.Errorf("listener %s is not on loopback", l)
			}
		}
	}
	if out := must(t, "user", "list", "--json", "--data", data); !strings.Contains(out, `"users":[]`) {
		t.Errorf("a fresh install has users: %s", out)
	}
	for _, path := range []string{"/debug/pprof/", "/metrics"} {
		if code, _ := get(t, origin+path); code != http.StatusNotFound {
			t.Errorf("%s on the public listener = %d", path, code)
		}
	}
	err = filepath.WalkDir(data, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		if info.Mode().Perm()&0o007 != 0 && filepath.Dir(path) == filepath.Dir(data) {
			t.Errorf("others may enter %s: %v", path, info.Mode())
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	unit, err := os.ReadFile(projectFile("deploy/portico.service"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"DynamicUser=yes", "NoNewPrivileges=yes", "ProtectSystem=strict", "ProtectHome=yes", "PrivateTmp=yes", "CapabilityBoundingSet=\n", "SystemCallFilter=@system-service", "MemoryDenyWriteExecute=yes"} {
		if !strings.Contains(string(unit), want) {
			t.Errorf("the systemd unit lacks %q", want)
		}
	}
}

// listeners returns the local addresses on which a process listens, as the
// kernel writes them.
func listeners(t *testing.T, pid int) []string {
	t.Helper()
	inodes := make(map[string]bool)
	links, err := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", pid))
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range links {
		if to, err := os.Readlink(l); err == nil && strings.HasPrefix(to, "socket:[") {
			inodes[strings.Trim(to, "socket:[]")] = true
		}
	}
	var out []string
	for _, table := range []string{"tcp", "tcp6"} {
		f, err := os.Open(fmt.Sprintf("/proc/%d/net/%s", pid, table))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		for sc := bufio.NewScanner(f); sc.Scan(); {
			cols := strings.Fields(sc.Text())
			const listening = "0A"
			if len(cols) > 9 && cols[3] == listening && inodes[cols[9]] {
				out = append(out, cols[1])
			}
		}
	}
	return out
}

// TestTheWayOut is CMP-008 as far as it goes without a CKAN beside: whatever
// the API gives of every dataset is what CKAN's own schema would take back.
func TestTheWayOut(t *testing.T) {
	data := t.TempDir()
	origin := serve(t, "serve", "--data", data)
	for _, src := range demoSources(t) {
		harvest(t, append(src, "--data", data)...)
	}
	var all []map[string]any
	action(t, origin, "current_package_list_with_resources?limit=100", &all)
	if len(all) != 16 {
		t.Fatalf("%d packages", len(all))
	}
	name := regexp.MustCompile(`^[a-z0-9_\-]{2,100}$`)
	uuid4 := regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	tag := regexp.MustCompile(`^[\p{L}\p{N}_ \-.]{2,100}$`)
	core := map[string]bool{"title": true, "notes": true, "url": true, "version": true, "author": true, "license_id": true, "type": true, "state": true, "id": true, "name": true, "tags": true, "groups": true, "resources": true}
	for _, p := range all {
		if !name.MatchString(fmt.Sprint(p["name"])) || !uuid4.MatchString(fmt.Sprint(p["id"])) {
			t.Errorf("name %v, id %v", p["name"], p["id"])
		}
		for _, r := range p["resources"].([]any) {
			if res := r.(map[string]any); !uuid4.MatchString(fmt.Sprint(res["id"])) || res["url"] == "" {
				t.Errorf("%v: resource %v", p["name"], res)
			}
		}
		for _, x := range p["tags"].([]any) {
			if n := fmt.Sprint(x.(map[string]any)["name"]); !tag.MatchString(n) {
				t.Errorf("%v: tag %q", p["name"], n)
			}
		}
		seen := make(map[string]bool)
		for _, x := range p["extras"].([]any) {
			key := fmt.Sprint(x.(map[string]any)["key"])
			if seen[key] || core[key] {
				t.Errorf("%v: extra %q would be refused", p["name"], key)
			}
			seen[key] = true
			if _, ok := x.(map[string]any)["value"].(string); !ok {
				t.Errorf("%v: extra %q is no string", p["name"], key)
			}
		}
		for _, key := range []string{"author_email", "maintainer_email"} {
			if s, ok := p[key].(string); ok && s != "" {
				if _, err := mail.ParseAddress(s); err != nil {
					t.Errorf("%v: %s %q would be refused", p["name"], key, s)
				}
			}
		}
		if _, err := json.Marshal(p); err != nil {
			t.Error(err)
		}
	}
}
