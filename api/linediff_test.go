package api

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDifferencesAreToldAsPythonDoes(t *testing.T) {
	const a, b = "uno due tre quattro cinque sei sette otto nove dieci", "uno due 3 quattro cinque sei sette otto nove undici"
	for _, c := range []struct{ name, a, b, form, want string }{
		{"nothing", a, a, "unified", ""},
		{
			"two changes nearby", a, b, "unified",
			"--- \n\n+++ \n\n@@ -1,10 +1,10 @@\n\n uno\n due\n-tre\n+3\n quattro\n cinque\n sei\n sette\n otto\n nove\n-dieci\n+undici",
		},
		{
			"two changes far apart", "a b c d e f g h i j k", "A b c d e f g h i j K", "unified",
			"--- \n\n+++ \n\n@@ -1,4 +1,4 @@\n\n-a\n+A\n b\n c\n d\n@@ -8,4 +8,4 @@\n\n h\n i\n j\n-k\n+K",
		},
		{"a line in between", "a c", "a b c", "unified", "--- \n\n+++ \n\n@@ -1,2 +1,3 @@\n\n a\n+b\n c"},
		{
			"with context", "a b c d", "a x c", "context",
			"*** \n\n--- \n\n***************\n\n*** 1,4 ****\n\n  a\n! b\n  c\n- d\n--- 1,3 ----\n\n  a\n! x\n  c",
		},
		{"with context and nothing on one side", "a", "a b", "context", "*** \n\n--- \n\n***************\n\n*** 1 ****\n\n--- 1,2 ----\n\n  a\n+ b"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, _ := diffAs(c.form, strings.Fields(c.a), strings.Fields(c.b))
			if d := cmp.Diff(c.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestDifferencesInHTMLAreNoHTMLOfOthers(t *testing.T) {
	got := htmlDiff([]string{"<script>", "b"}, []string{"b"})
	if strings.Contains(got, "<script>") || !strings.Contains(got, "&lt;script&gt;") {
		t.Error(got)
	}
}

func TestJSONIsWrittenForPeople(t *testing.T) {
	got, err := jsonLines(map[string]any{"b": []any{}, "a": map[string]any{"città": "😀 <a>"}, "c": []any{1, nil}})
	want := "{\n  \"a\": {\n    \"citt\\u00e0\": \"\\ud83d\\ude00 <a>\"\n  },\n  \"b\": [],\n  \"c\": [\n    1,\n    null\n  ]\n}"
	if d := cmp.Diff(want, strings.Join(got, "\n")); d != "" || err != nil {
		t.Error(d, err)
	}
}

// FuzzEdits checks that the edits of any two texts make the one of the other.
func FuzzEdits(f *testing.F) {
	f.Add("a\nb\nc", "a\nc\nd")
	f.Add("", "a")
	f.Add("a\na\nb\na", "b\na\na")
	f.Fuzz(func(t *testing.T, left, right string) {
		a, b := strings.Split(left, "\n"), strings.Split(right, "\n")
		x, y := 0, 0
		for _, e := range edits(a, b) {
			if e.a1 != x || e.b1 != y || e.a2 < e.a1 || e.b2 < e.b1 {
				t.Fatalf("a gap at %d, %d: %+v", x, y, e)
			}
			if e.kind == same && strings.Join(a[e.a1:e.a2], "\n") != strings.Join(b[e.b1:e.b2], "\n") {
				t.Fatalf("not the same: %+v", e)
			}
			x, y = e.a2, e.b2
		}
		if x != len(a) || y != len(b) {
			t.Fatalf("edits end at %d, %d of %d, %d", x, y, len(a), len(b))
		}
		unifiedDiff(a, b)
		contextDiff(a, b)
	})
}

// FuzzActivityNumber checks that an ID is of one activity at most.
func FuzzActivityNumber(f *testing.F) {
	f.Add("00000000-0000-4000-8000-00000000002a")
	f.Add("00000000-0000-4000-8000--00000000001")
	f.Add("")
	f.Fuzz(func(t *testing.T, id string) {
		if n := activityNumber(id); n != 0 && activityID(n) != id || n < 0 {
			t.Errorf("%q is activity %d", id, n)
		}
	})
}
