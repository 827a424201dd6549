package arch

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"portico/internal/fixtures"
)

// licences are the texts by which a licence is known, and whether a program
// under EUPL-1.2 may hold such code. The first that matches counts.
var licences = []struct {
	name, text string
	allowed    bool
}{
	{"AGPL", "GNU AFFERO GENERAL PUBLIC LICENSE", false},
	{"LGPL", "GNU LESSER GENERAL PUBLIC LICENSE", false},
	{"GPL", "GNU GENERAL PUBLIC LICENSE", false},
	{"Apache-2.0", "Apache License", true},
	{"MPL-2.0", "Mozilla Public License", true},
	{"MIT", "Permission is hereby granted, free of charge", true},
	{"BSD", "Redistribution and use in source and binary forms", true},
	{"ISC", "Permission to use, copy, modify, and/or distribute this software", true},
	{"ISC", "Permission to use, copy, modify, and distribute this software", true},
	{"WTFPL", "DO WHAT THE FUCK YOU WANT TO", true},
	{"knakk/rdf's own", "Do what thou wilt shall be the whole of the Law", true},
	{"Unlicense", "This is free and unencumbered software", true},
	{"public domain", "public domain", true},
}

// TestLicencesAreCompatible is part of CMP-002: every module in the program
// has a licence that is known and allowed.
func TestLicencesAreCompatible(t *testing.T) {
	seen := make(map[string]bool)
	for line := range strings.Lines(goTool(t, "list", "-deps", "-f", "{{with .Module}}{{.Path}} {{.Dir}}{{end}}", "./cmd/portico")) {
		path, dir, _ := strings.Cut(strings.TrimSpace(line), " ")
		if path == "" || path == "portico" || seen[path] {
			continue
		}
		seen[path] = true
		name, ok := licenceOf(t, dir)
		if !ok {
			t.Errorf("%s has the licence %q, which is not on the list", path, name)
		}
	}
	if len(seen) < 20 {
		t.Errorf("only %d modules were looked at", len(seen))
	}
}

func licenceOf(t *testing.T, dir string) (string, bool) {
	t.Helper()
	for _, pattern := range []string{"LICENSE*", "LICENCE*", "License*", "license*", "COPYING*", "UNLICENSE*", "README*"} {
		files, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			b, err := os.ReadFile(f)
			if err != nil {
				continue // a folder of that name
			}
			text := strings.Join(strings.Fields(string(b)), " ")
			for _, l := range licences {
				if strings.Contains(text, l.text) {
					return l.name, l.allowed
				}
			}
		}
	}
	return "unknown", false
}

// TestModulesAreWhatTheyWere is part of CMP-002: what was downloaded is what
// go.sum says.
func TestModulesAreWhatTheyWere(t *testing.T) {
	if out := goTool(t, "mod", "verify"); !strings.Contains(out, "all modules verified") {
		t.Error(out)
	}
}

// secrets are the shapes of what must never be committed.
var secrets = regexp.MustCompile(`-----BEGIN [A-Z ]*PRIVATE KEY-----|AKIA[0-9A-Z]{16}|ghp_[A-Za-z0-9]{36}|xox[bp]-[0-9]{10,}|AIza[0-9A-Za-z_\-]{35}|portico_[A-Za-z0-9_\-]{43}\b`)

// TestNoSecretIsCommitted is part of CMP-002.
func TestNoSecretIsCommitted(t *testing.T) {
	cmd := exec.CommandContext(t.Context(), "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		fixtures.Missing(t, "no checkout: "+err.Error()) // a source archive has no history to look through
	}
	n := 0
	for file := range strings.SplitSeq(strings.TrimRight(string(out), "\x00"), "\x00") {
		b, err := os.ReadFile(filepath.Join(root, file))
		if err != nil {
			continue // deleted, not yet committed
		}
		n++
		if m := secrets.Find(b); m != nil {
			t.Errorf("%s holds what looks like a secret: %.12s…", file, m)
		}
	}
	if n < 50 {
		t.Errorf("only %d files were looked at", n)
	}
}

func goTool(t *testing.T, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", args...)
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go %s: %v", strings.Join(args, " "), err)
	}
	return string(out)
}
