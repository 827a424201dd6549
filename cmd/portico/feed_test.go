package main

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"portico/dcat"
	"portico/internal/fixtures"
	"portico/internal/golden"
	"portico/internal/rdf"
)

const hydraNS = "http://www.w3.org/ns/hydra/core#"

// recorded serves the 2,000 recorded datasets, as CKAN's clients have written
// them, and returns the origin and a sysadmin's token.
func recorded(t *testing.T) (origin string, c *caller) {
	t.Helper()
	flags := []string{"--data", filepath.Join(t.TempDir(), "data"), "--search-language", "en", "--locale", "en", "--site-title", "Catalogo dati comunali (ancora CKAN)", "--rate-limit", "off"}
	must(t, append([]string{"user", "create", "admin", "--sysadmin", "--email", "admin@comune.example.it"}, flags...)...)
	token := strings.TrimSpace(must(t, append([]string{"token", "create", "admin", "--name", "golden"}, flags...)...))
	origin = serve(t, append([]string{"serve"}, flags...)...)
	c = &caller{t: t, origin: origin, token: token}
	golden.Load(t, func(action string, body any) { c.call(action, body) })
	return origin, c
}

// A fedPage is one page of a catalogue as a harvester reads it.
type fedPage struct {
	address  string
	body     string
	datasets []string
	hydra    map[string]string // what the page says of itself
}

func readPage(t *testing.T, address string, f rdf.Format) fedPage {
	t.Helper()
	code, body := get(t, address)
	if code != http.StatusOK {
		t.Fatalf("%s = %d", address, code)
	}
	doc, err := rdf.Read(strings.NewReader(body), f, address, rdf.DefaultLimits)
	if err != nil {
		t.Fatalf("%s: %v", address, err)
	}
	p := fedPage{address: address, body: body, hydra: map[string]string{}}
	g := rdf.NewGraph(doc.Triples)
	for _, s := range g.Typed("http://www.w3.org/ns/dcat#Dataset") {
		p.datasets = append(p.datasets, rdf.Value(s))
	}
	for _, tr := range doc.Triples {
		if name, ok := strings.CutPrefix(rdf.Value(tr.Pred), hydraNS); ok {
			p.hydra[name] = rdf.Value(tr.Obj)
		}
	}
	return p
}

// pages returns all pages of a catalogue, following its links.
func pages(t *testing.T, address string, f rdf.Format) []fedPage {
	t.Helper()
	var out []fedPage
	for address != "" {
		p := readPage(t, address, f)
		out = append(out, p)
		address = p.hydra["nextPage"]
		if len(out) > 200 {
			t.Fatal("the pages do not end")
		}
	}
	return out
}

// faultless checks every page with the project's own validator, and the first
// and the last with the independent shapes; all of them where PORTICO_SHAPES
// is "all".
func faultless(t *testing.T, profiles string, all []fedPage) {
	t.Helper()
	dir := t.TempDir()
	var files []string
	for i, p := range all {
		doc, err := rdf.Read(strings.NewReader(p.body), rdf.Turtle, "http://portico.example/", rdf.DefaultLimits)
		if err != nil {
			t.Fatal(err)
		}
		var rules []dcat.Ruleset
		for name := range strings.SplitSeq(profiles, ",") {
			rules = append(rules, dcat.Ruleset(name))
		}
		for _, f := range dcat.ValidateDocument(doc, dcat.Validation{Rules: rules, Vocabularies: true}) {
			if f.Severity == dcat.Violation {
				t.Errorf("page %d: %s %s %s %q", i+1, f.Rule, f.Focus, f.Path, f.Value)
			}
		}
		f := filepath.Join(dir, fmt.Sprintf("page-%03d.ttl", i+1))
		if err := os.WriteFile(f, []byte(p.body), 0o600); err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	if os.Getenv("PORTICO_SHAPES") != "all" && len(files) > 2 { // make shapes looks at every page, which takes minutes
		files = []string{files[0], files[len(files)-1]}
	}
	args := append([]string{fixtures.Path(t, "shapes/check.py")}, files...)
	out := command(t, python(t), append(args, "--profiles", profiles, "--vocab")...)
	clean := strings.Count(out, ": 0 violations")
	t.Logf("%d pages, %d checks without a violation", len(all), clean)
}

// TestTheRecordedCatalogueIsFed serves 2,000 datasets that a CKAN was given:
// its feeds hold no violation, page like CKAN's, and are walked whole by a real
// client while others write.
func TestTheRecordedCatalogueIsFed(t *testing.T) {
	origin, c := recorded(t)
	all := pages(t, origin+"/catalog.ttl", rdf.Turtle)
	t.Run("pages", func(t *testing.T) { pageAsCKAN(t, origin, all) })
	t.Run("it", func(t *testing.T) { faultless(t, "it,ap2,hvd", all) })
	t.Run("ap3", func(t *testing.T) {
		faultless(t, "ap3,hvd", pages(t, origin+"/catalog.ttl?profiles=euro_dcat_ap_3", rdf.Turtle))
	})
	t.Run("rdflib", func(t *testing.T) {
		out := command(t, python(t), filepath.Join("testdata", "clients", "rdflib_agrees.py"), origin)
		t.Log(strings.TrimSpace(out))
	})
	t.Run("walk", func(t *testing.T) { walkedByOthers(t, origin, c, all) })
}

// hydraLine is what a page in Turtle says of itself.
var hydraLine = regexp.MustCompile(`hydra:(\w+) "?([^" ;]+)"? [;.]`)

// pageAsCKAN compares what each recorded page of the catalogue says of itself.
// Counts differ by what is in quarantine, of which CKAN knows nothing, and the
// link to the next page also says where this one ends.
func pageAsCKAN(t *testing.T, origin string, all []fedPage) {
	total := 0
	for _, p := range all {
		total += len(p.datasets)
	}
	if all[0].hydra["totalItems"] != strconv.Itoa(total) {
		t.Errorf("totalItems is %s, and %d datasets are on the pages", all[0].hydra["totalItems"], total)
	}
	held := 1964 - total // CKAN's total
	if held < 0 || held > 200 {
		t.Errorf("%d datasets are in quarantine", held)
	}
	last := (total + 99) / 100
	after := regexp.MustCompile(`after=[^&"]*&`)
	seen := 0
	for _, rec := range golden.Cases(t) {
		ext, ok := strings.CutPrefix(rec.Request.Path, "/catalog.ttl")
		if !ok || rec.Status != http.StatusOK {
			continue
		}
		seen++
		said := map[string]string{}
		for _, m := range hydraLine.FindAllStringSubmatch(strings.ReplaceAll(rec.Text, "{{base}}", origin), -1) {
			said[m[1]] = strings.ReplaceAll(m[2], "page=20", "page="+strconv.Itoa(last))
		}
		said["totalItems"] = strconv.Itoa(total)
		got := readPage(t, origin+"/catalog.ttl"+strings.ReplaceAll(ext, "page=20", "page="+strconv.Itoa(last)), rdf.Turtle).hydra
		for name := range got {
			got[name] = after.ReplaceAllString(got[name], "")
		}
		if strings.Contains(ext, "page=20") {
			for _, name := range []string{"previous", "previousPage"} {
				said[name] = strings.ReplaceAll(said[name], "page=19", "page="+strconv.Itoa(last-1))
			}
		}
		if diff := cmp.Diff(said, got); diff != "" {
			t.Errorf("%s (-CKAN +here):\n%s", rec.Request.Path, diff)
		}
	}
	if seen < 3 {
		t.Errorf("only %d recorded pages were compared", seen)
	}
}

// walkedByOthers lets the client that reads as ckanext-dcat, udata and piveau
// do walk the catalogue while datasets come, change and go five times a second.
func walkedByOthers(t *testing.T, origin string, c *caller, all []fedPage) {
	client := fixtures.Path(t, "clients/hydra_bb.py")
	py := python(t)
	var ids []string
	for _, p := range all {
		for _, d := range p.datasets {
			ids = append(ids, d[strings.LastIndexByte(d, '/')+1:])
		}
	}
	stop := make(chan struct{})
	var writes sync.WaitGroup
	deleted := 0
	writes.Go(func() {
		tick := time.NewTicker(200 * time.Millisecond)
		defer tick.Stop()
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			case <-tick.C:
			}
			id := ids[(i*137)%len(ids)]
			switch i % 5 {
			case 0:
				c.call("package_delete", map[string]any{"id": id})
				deleted++
			case 1:
				c.call("package_create", map[string]any{"name": fmt.Sprintf("arrivato-%d", i), "title": "Arrivato", "owner_org": "comune-di-lecce"})
			default:
				c.call("package_patch", map[string]any{"id": ids[(i*211+5)%len(ids)], "version": strconv.Itoa(i)})
			}
		}
	})
	out := command(t, py, client, origin+"/catalog.rdf")
	close(stop)
	writes.Wait()
	duplicates := regexp.MustCompile(`dup ([1-9]\d*)`).FindAllString(out, -1)
	m := regexp.MustCompile(`datasets (\d+)\s*$`).FindStringSubmatch(out)
	if m == nil {
		t.Fatalf("the client did not end:\n%s", out)
	}
	walked, err := strconv.Atoi(m[1])
	if err != nil {
		t.Fatal(err)
	}
	if len(duplicates) > 0 || walked < len(ids)-deleted {
		t.Errorf("%d datasets, %d of %d were deleted meanwhile; %v\n%s", walked, deleted, len(ids), duplicates, out)
	}
	t.Logf("%d datasets walked, %d deleted meanwhile", walked, deleted)
}
