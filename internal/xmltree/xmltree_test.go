package xmltree_test

import (
	"errors"
	"strings"
	"testing"

	"portico/internal/xmltree"
)

const doc = `<?xml version="1.0" encoding="ISO-8859-1"?><!DOCTYPE a SYSTEM "http://x/a.dtd"><a:a xmlns:a="urn:a" x="1">
  <b><c>uno</c><c>due <i>bis</i></c></b><d a:x="2"/><b><c>citt` + "\xe0" + `</c></b></a:a>`

func TestTree(t *testing.T) {
	root, err := xmltree.Parse([]byte(doc), xmltree.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{"b/c": "uno", "*/c": "uno", "d|b/c": "uno", "b/c/i": "bis", "x/y": "", "d": ""} {
		if got := root.Value(path); got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
	if n := len(root.All("b/c")); n != 3 {
		t.Errorf("%d c", n)
	}
	if got := root.All("b/c")[2].String(); got != "città" {
		t.Errorf("%q", got)
	}
	if root.Attribute("x") != "1" || root.First("d").Attribute("x") != "2" || root.First("none").First("x").Attribute("y") != "" || root.First("none").Value("z") != "" {
		t.Error("attributes")
	}
	if n := len(root.Below("c")); n != 3 {
		t.Errorf("%d c below", n)
	}
	var one, two strings.Builder
	root.Canonical(&one)
	again, err := xmltree.Parse([]byte(strings.NewReplacer("a:a", "z:a", "xmlns:a", "xmlns:z", "a:x", "z:x").Replace(doc)), xmltree.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if again.Canonical(&two); one.String() != two.String() {
		t.Errorf("%s\n%s", &one, &two)
	}
}

// Bombs, external entities and depths end as errors; what stands before the
// error is there.
func TestHostileDocuments(t *testing.T) {
	for name, test := range map[string]struct {
		doc  string
		much bool
	}{
		"entities of its own": {`<!DOCTYPE a [<!ENTITY b "x"><!ENTITY c "&b;&b;">]><a>&c;</a>`, false},
		"an external entity":  {`<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>`, false},
		"too deep":            {strings.Repeat("<a>", 500), true},
		"too many":            {"<a>" + strings.Repeat("<b/>", 2000) + "</a>", true},
		"cut off":             {"<a><b>x</b><c>", false},
		"nothing":             {"", false},
		"not XML":             {"{}", false},
	} {
		root, err := xmltree.Parse([]byte(test.doc), xmltree.Limits{Nodes: 1000})
		if err == nil || errors.Is(err, xmltree.ErrTooMuch) != test.much {
			t.Errorf("%s: %v", name, err)
		}
		if strings.Contains(root.String(), "root:") {
			t.Errorf("%s: %s", name, root)
		}
	}
	root, err := xmltree.Parse([]byte("<a><b>x</b><c>"), xmltree.Limits{})
	if err == nil || root.Value("b") != "x" {
		t.Errorf("%v, %v", root, err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(doc))
	f.Add([]byte("<a><b>x</b>"))
	f.Fuzz(func(t *testing.T, b []byte) {
		root, err := xmltree.Parse(b, xmltree.Limits{Nodes: 1000, Depth: 50})
		if err == nil && root == nil {
			t.Error("neither a tree nor an error")
		}
		root.Canonical(&strings.Builder{})
		_ = root.String()
		_ = root.Value("*/*")
	})
}
