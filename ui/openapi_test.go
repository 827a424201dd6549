package ui_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestTheOpenAPIDocumentsAreWellFormed(t *testing.T) {
	w := newGuideWorld(t)
	for _, path := range []string{"/openapi.json", "/api-docs/" + w.rid + "/openapi.json"} {
		resp, err := http.Get(w.server.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		var doc map[string]any
		err = json.NewDecoder(resp.Body).Decode(&doc)
		resp.Body.Close()
		if err != nil || resp.Header.Get("Content-Type") != "application/json; charset=utf-8" {
			t.Fatalf("%s: %v %v", path, err, resp.Header)
		}
		for _, fault := range faultsOfOpenAPI(doc) {
			t.Errorf("%s: %s", path, fault)
		}
	}
}

// faultsOfOpenAPI returns what OpenAPI 3.1 asks and doc does not do, as far as
// our documents use it.
func faultsOfOpenAPI(doc map[string]any) []string {
	var out []string
	fault := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	info, _ := doc["info"].(map[string]any)
	if doc["openapi"] != "3.1.0" || text(info["title"]) == "" || text(info["version"]) == "" {
		fault("no version, or no info: %v", info)
	}
	schemas, _ := dig(doc, "components", "schemas").(map[string]any)
	paths, _ := doc["paths"].(map[string]any)
	if len(paths) == 0 {
		fault("no paths")
	}
	ids := map[string]bool{}
	for path, item := range paths {
		if !strings.HasPrefix(path, "/") {
			fault("%s does not begin with a slash", path)
		}
		for method, op := range item.(map[string]any) {
			o, at := op.(map[string]any), method+" "+path
			if !slices.Contains([]string{"get", "post"}, method) {
				fault("%s: no such method", at)
			}
			if id := text(o["operationId"]); id == "" || ids[id] {
				fault("%s: operationId %q", at, id)
			} else {
				ids[id] = true
			}
			if method == "get" && o["requestBody"] != nil {
				fault("%s has a body", at)
			}
			out = append(out, faultsOfParameters(at, path, o)...)
			responses, _ := o["responses"].(map[string]any)
			if len(responses) == 0 {
				fault("%s: no responses", at)
			}
			for status, r := range responses {
				if text(r.(map[string]any)["description"]) == "" {
					fault("%s: %s has no description", at, status)
				}
			}
		}
	}
	walk(doc, func(ref string) {
		name, ok := strings.CutPrefix(ref, "#/components/schemas/")
		if !ok || schemas[name] == nil {
			fault("nothing is at %s", ref)
		}
	})
	return out
}

func faultsOfParameters(at, path string, o map[string]any) []string {
	var out []string
	list, ok := o["parameters"].([]any)
	if _, there := o["parameters"]; there && !ok {
		out = append(out, at+": parameters are no list")
	}
	seen := map[string]bool{}
	for _, x := range list {
		p := x.(map[string]any)
		name, in := text(p["name"]), text(p["in"])
		if name == "" || seen[in+name] || !slices.Contains([]string{"query", "path", "header"}, in) {
			out = append(out, fmt.Sprintf("%s: parameter %q in %q", at, name, in))
		}
		seen[in+name] = true
		if (p["schema"] == nil) == (p["content"] == nil) {
			out = append(out, fmt.Sprintf("%s: parameter %s has a schema or a content, one of both", at, name))
		}
		if in == "path" && (p["required"] != true || !strings.Contains(path, "{"+name+"}")) {
			out = append(out, fmt.Sprintf("%s: parameter %s of the path", at, name))
		}
	}
	for _, m := range regexp.MustCompile(`\{([^}]+)\}`).FindAllStringSubmatch(path, -1) {
		if !seen["path"+m[1]] {
			out = append(out, fmt.Sprintf("%s: %s is no parameter", at, m[0]))
		}
	}
	return out
}

func text(v any) string { s, _ := v.(string); return s }

func dig(v any, keys ...string) any {
	for _, k := range keys {
		m, _ := v.(map[string]any)
		v = m[k]
	}
	return v
}

// walk calls f with each reference in a document.
func walk(v any, f func(string)) {
	switch v := v.(type) {
	case map[string]any:
		if ref, ok := v["$ref"].(string); ok {
			f(ref)
		}
		for _, x := range v {
			walk(x, f)
		}
	case []any:
		for _, x := range v {
			walk(x, f)
		}
	}
}
