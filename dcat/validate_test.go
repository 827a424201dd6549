package dcat_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"portico/dcat"
	"portico/internal/fixtures"
	"portico/internal/rdf"
)

// A verdict is one result of check.py.
type verdict struct {
	File, Profile, Severity, Focus, Component, Message string
	Path, Value                                        *string
}

// place is where a verdict or a finding is: blank nodes have no name that two
// readers share.
type spot struct{ profile, focus, path string }

func spotOf(profile, focus, path string, blank bool) spot {
	if blank || strings.HasPrefix(focus, "_:") {
		focus = "_:"
	}
	focus, _ = rdf.RepairIRI(focus) // our reader does
	return spot{profile, focus, path}
}

// rdfFiles are all RDF documents among the shared inputs that check.py reads.
func rdfFiles(t *testing.T) []string {
	t.Helper()
	var files []string
	for _, pattern := range []string{"shapes/samples/*.ttl", "shapes/samples/*.rdf", "shapes/samples/*.jsonld", "shapes/samples/*.nt", "fixtures/b_dcat/*"} {
		parts := strings.Split(pattern, "/")
		found, err := filepath.Glob(filepath.Join(append([]string{fixtures.Path(t, parts[:len(parts)-1]...)}, parts[len(parts)-1])...))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, found...)
	}
	return slices.DeleteFunc(files, func(f string) bool {
		info, err := os.Stat(f)
		return err != nil || info.IsDir() || info.Size() > 3<<20 || strings.HasSuffix(f, ".json") || strings.HasSuffix(f, ".gz") || strings.HasSuffix(f, ".txt")
	})
}

// TestValidateMissesNoViolation compares the rules with the independent shapes
// on every RDF document among the shared inputs: what check.py finds, Validate
// finds at the same resource and property.
func TestValidateMissesNoViolation(t *testing.T) {
	files := rdfFiles(t)
	for _, mode := range []string{"", "--vocab"} {
		t.Run("check.py "+mode, func(t *testing.T) {
			t.Parallel()
			out, _ := checkShapes(t, slices.DeleteFunc(append(slices.Clone(files), "--json", mode), func(s string) bool { return s == "" })...)
			start := strings.Index(out, "\n[")
			if strings.HasPrefix(out, "[") {
				start = 0
			}
			var all []verdict
			if start < 0 || json.Unmarshal([]byte(out[start:]), &all) != nil {
				t.Fatalf("no verdict: %.500s", out)
			}
			theirs := map[string][]verdict{}
			for _, v := range all {
				theirs[v.File] = append(theirs[v.File], v)
			}
			for _, file := range files {
				if strings.Contains(out[:start], file+": does not parse") {
					t.Logf("%s: check.py does not read it", filepath.Base(file))
					continue
				}
				agree(t, file, theirs[file], mode != "")
			}
		})
	}
}

func document(t *testing.T, file string) *rdf.Document {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	f, ok := rdf.Sniff(data, "", file)
	if !ok {
		t.Fatalf("%s is not taken for RDF", file)
	}
	doc, err := rdf.Read(bytes.NewReader(data), f, "file://"+file, rdf.DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// explained are the violations that check.py does not tell of, by file, resource
// and property, with why they are ones. docs/publisher.md lists them for people.
var explained = map[[3]string]string{
	{"dcatapit_esempio6.rdf", "http://dati.gov.it/onto/dcatapit#%22", ""}:                                                      "the namespace ends in a quotation mark: no reader of the profile finds its classes; the shapes tell of each class that is then missing",
	{"dcatapit_esempio6.rdf", "http://dati.gov.it/resource/Dataset/StudiMediciGenericiPediatri_r_liguri:D.658", "dct:spatial"}: "our reader mends the namespace and so sees the dataset that the shapes do not: its dct:spatial is no dct:Location",
}

func agree(t *testing.T, file string, theirs []verdict, vocabularies bool) {
	t.Helper()
	ours := dcat.ValidateDocument(document(t, file), dcat.Validation{Rules: dcat.Rulesets(), Vocabularies: vocabularies})
	found, wanted := map[spot]bool{}, map[spot]bool{}
	extra, misspelt := 0, false
	for _, f := range ours {
		if f.Message["it"] == "" || f.Message["en"] == "" || f.Mend["it"] == "" || f.Mend["en"] == "" {
			t.Errorf("%s is not told in both languages", f.Rule)
		}
		misspelt = misspelt || f.Rule == "it namespace"
		if f.Severity == dcat.Violation {
			found[spotOf(string(f.Profile), f.Focus, f.Path, false)] = true
		}
	}
	violations := 0
	for _, v := range theirs {
		if v.Severity != "Violation" {
			continue
		}
		violations++
		path := ""
		if v.Path != nil {
			path = dcat.ShortName(*v.Path)
		}
		blank := !strings.Contains(v.Focus, ":")
		p := spotOf(v.Profile, v.Focus, path, blank)
		wanted[p] = true
		if misspelt && (v.Component == "Existence" || v.Component == "Namespace") {
			continue // told of the namespace as a whole
		}
		if !found[p] {
			value := ""
			if v.Value != nil {
				value = *v.Value
			}
			t.Errorf("%s: missed: %v %s value %q: %s", filepath.Base(file), p, v.Component, value, v.Message)
		}
	}
	for p := range found {
		if wanted[p] {
			continue
		}
		extra++
		if why := explained[[3]string{filepath.Base(file), p.focus, p.path}]; why != "" {
			t.Logf("%s: ours alone: %v: %s", filepath.Base(file), p, why)
			continue
		}
		t.Errorf("%s: told by us alone, and not explained: %v", filepath.Base(file), p)
	}
	t.Logf("%s: %d violations of theirs at %d places, %d findings of ours, %d places of ours alone", filepath.Base(file), violations, len(wanted), len(ours), extra)
}

func TestGoodSamplesAreClean(t *testing.T) {
	for name, sets := range map[string][]dcat.Ruleset{
		"good.ttl": {dcat.RulesIT, dcat.RulesAP2, dcat.RulesHVD}, "good.rdf": {dcat.RulesIT, dcat.RulesAP2, dcat.RulesHVD},
		"good.jsonld": {dcat.RulesIT, dcat.RulesAP2, dcat.RulesHVD}, "good_ap3.ttl": {dcat.RulesAP3, dcat.RulesHVD},
	} {
		_, _, g := read(t, fixtures.Path(t, "shapes", "samples", name), "https://example.org/"+name)
		for _, f := range dcat.Validate(g, dcat.Validation{Rules: sets, Vocabularies: true}) {
			if f.Severity == dcat.Violation {
				t.Errorf("%s: %s at %s: %q", name, f.Rule, f.Focus, f.Value)
			}
		}
	}
}

// TestOurFeedsBreakNoRule validates what we write, without Python.
func TestOurFeedsBreakNoRule(t *testing.T) {
	for p, sets := range map[dcat.Profile][]dcat.Ruleset{
		dcat.DCATAPIT: {dcat.RulesIT, dcat.RulesAP2, dcat.RulesHVD}, dcat.DCATAP2: {dcat.RulesAP2, dcat.RulesHVD},
		dcat.DCATAP3: {dcat.RulesAP3, dcat.RulesHVD}, dcat.GeoDCAT: {dcat.RulesAP3, dcat.RulesHVD},
	} {
		g := parse(t, feedOf(t, p, rdf.NTriples, full(1), everything(t)), rdf.NTriples)
		for _, f := range dcat.Validate(g, dcat.Validation{Rules: sets, Vocabularies: true}) {
			if f.Severity == dcat.Violation {
				t.Errorf("%s: %s at %s: %q", p, f.Rule, f.Focus, f.Value)
			}
		}
	}
}

func TestAFragmentNeedsNoCatalogue(t *testing.T) {
	g := rdf.NewGraph(dcat.Write(full(1), site))
	if got := dcat.Validate(g, dcat.Validation{Fragment: true}); slices.ContainsFunc(got, func(f dcat.Finding) bool { return f.Severity == dcat.Violation }) {
		t.Errorf("%+v", got)
	}
	whole := dcat.Validate(g, dcat.Validation{})
	if len(whole) == 0 || whole[0].Focus != "http://dati.gov.it/onto/dcatapit#Catalog" {
		t.Errorf("a document without a catalogue passes: %+v", whole)
	}
}

func parse(t testing.TB, data []byte, f rdf.Format) *rdf.Graph {
	t.Helper()
	doc, err := rdf.Read(strings.NewReader(string(data)), f, "https://dati.comune.esempio.it/", rdf.DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	return rdf.NewGraph(doc.Triples)
}
