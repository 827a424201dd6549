package api_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"portico/catalog"
)

// call runs an action with a token and returns the status and what stands
// under "result", or under "error".
func (w *world) call(token, action string, params any) (int, any) {
	w.t.Helper()
	raw, err := json.Marshal(params)
	w.must(err)
	rec := w.do("POST", "/api/3/action/"+action, string(raw), "Content-Type", "application/json", "Authorization", token)
	return answered(w.t, rec)
}

func answered(t testing.TB, rec *httptest.ResponseRecorder) (int, any) {
	t.Helper()
	var out struct{ Result, Error any }
	if err := json.Unmarshal(rec.Body.Bytes(), &out); err != nil {
		t.Fatalf("%d is no JSON: %s", rec.Code, rec.Body)
	}
	if out.Error != nil {
		return rec.Code, out.Error
	}
	return rec.Code, out.Result
}

// good runs an action that must succeed.
func (w *world) good(action string, params any) any {
	w.t.Helper()
	status, out := w.call(w.token, action, params)
	if status != http.StatusOK {
		w.t.Fatalf("%s answers %d: %v", action, status, out)
	}
	return out
}

func (w *world) stored(ref string) *catalog.Dataset {
	w.t.Helper()
	d, err := w.store.Dataset(w.ctx, ref)
	w.must(err)
	return d
}

// rich puts a harvested dataset that says all that plain CKAN has no words for.
func (w *world) rich() *catalog.Dataset {
	w.t.Helper()
	agent := catalog.Agent{Identifier: "c_x000", Name: catalog.Text{"it": "Comune", "de": "Gemeinde"}, URI: "https://esempio.example/ente", Type: "LocalAuthority"}
	standard := []catalog.Standard{{URI: "https://esempio.example/norma", Identifier: "norma", Title: catalog.It("Norma")}}
	d := &catalog.Dataset{
		ID: "0c000000-0000-4000-8000-0000000000aa", Name: "ricco", URI: "https://altrove.example/ricco", Identifier: "c_x000:ricco",
		Title: catalog.Text{"it": "Ricco", "en": "Rich"}, Description: catalog.Text{"it": "Descrizione", "de": "Beschreibung"},
		Holder: agent, Publisher: agent, Creators: []catalog.Agent{agent},
		Contacts: []catalog.Contact{{Name: catalog.It("Ufficio"), Email: "u@esempio.example", Telephone: "06 1"}},
		Modified: "2024-03-03", Issued: "2023-05-08", Frequency: "ANNUAL",
		Themes:   []catalog.Theme{{Code: "ENVI", Subthemes: []string{"http://eurovoc.europa.eu/100"}}, {Code: "ECON"}},
		Keywords: []catalog.Keyword{{Name: "acqua", Lang: "it"}, {Name: "Wasser", Lang: "de"}},
		Groups:   []string{"envi"}, Languages: []string{"ITA", "DEU"}, License: "https://creativecommons.org/licenses/by/4.0/",
		Temporal: []catalog.Period{{Start: "2020-01-01", End: "2020-12-31"}}, ConformsTo: standard,
		Spatial:  []catalog.Place{{URI: "http://publications.europa.eu/resource/authority/country/ITA", Name: catalog.It("Italia")}},
		OtherIDs: []catalog.AlternateID{{Value: "x1", Agent: agent}}, IsVersionOf: []string{"https://a.example/1"},
		HasVersion: []string{"https://a.example/2"}, SourceIRIs: []string{"https://a.example/3"}, Pages: []string{"https://a.example/4"},
		Samples: []string{"https://a.example/5"}, InSeries: []string{"https://a.example/6"}, LandingPage: "https://a.example/7",
		Version: "1", VersionNotes: catalog.It("note"), AccessRights: "PUBLIC", HVD: []string{"c_ac64a52d"},
		Legislation: []string{"http://data.europa.eu/eli/reg_impl/2023/138/oj"}, Type: "http://a.example/tipo", Provenance: catalog.It("storia"),
		Organization: "0a000000-0000-4000-8000-000000000001", State: catalog.Active,
		Extras: []catalog.Extra{{Key: "z", Value: "1"}, {Key: "codice", Value: "2"}},
		Origin: catalog.Origin{Source: "s1", Record: "r1", Digest: "d1"},
		Notes:  []catalog.Problem{catalog.Problemf("dct:title", "", "a-note", "nota", "note")},
		Distributions: []catalog.Distribution{{
			ID: "0d000000-0000-4000-8000-0000000000aa", URI: "https://altrove.example/ricco/1", Title: catalog.Text{"it": "Uno", "en": "One"},
			Description: catalog.It("Prima"), AccessURL: "https://altrove.example/pagina", DownloadURL: "https://altrove.example/a.csv",
			Format: "CSV", FormatLabel: "Csv", MediaType: "text/csv", License: "https://creativecommons.org/licenses/by/4.0/",
			Issued: "2023-01-01", Modified: "2024-01-01", ByteSize: 10, Checksum: catalog.Checksum{Algorithm: "md5", Value: strings.Repeat("a", 32)},
			Rights: "liberi", Availability: "STABLE", Status: "http://a.example/stato", Languages: []string{"ITA"}, Pages: []string{"https://a.example/8"},
			ConformsTo: standard, Legislation: []string{"http://data.europa.eu/eli/reg_impl/2023/138/oj"},
			Extras: []catalog.Field{{Key: "campo", Value: json.RawMessage(`"libero"`)}},
			File:   &catalog.File{Hash: strings.Repeat("b", 64), Name: "a.csv", Size: 10, MediaType: "text/csv"},
			Table:  &catalog.Table{Hash: strings.Repeat("c", 64)},
		}},
	}
	if _, err := w.store.PutDataset(w.ctx, d); err != nil {
		w.t.Fatal(err)
	}
	return w.stored("ricco")
}

// steady leaves out what must change with any change.
func steady(d *catalog.Dataset) *catalog.Dataset {
	out := *d
	out.Updated, out.Revision = d.Created, 0
	out.Notes, out.Quarantine = nil, nil
	out.Distributions = slices.Clone(d.Distributions)
	for i := range out.Distributions {
		out.Distributions[i].Updated = out.Distributions[i].Created
	}
	return &out
}

func TestAHarvestedDatasetKeepsWhatCKANHasNoWordsFor(t *testing.T) {
	type object = map[string]any
	for _, c := range []struct {
		name, action string
		params       object
		change       func(*catalog.Dataset) // what alone may differ
	}{
		{"a patch of the notes", "package_patch", object{"id": "ricco", "notes": "nuove"}, func(d *catalog.Dataset) {
			d.Description = catalog.Text{"it": "nuove", "de": "Beschreibung"}
		}},
		{"a patch of the title", "package_patch", object{"id": "ricco", "title": "Nuovo"}, func(d *catalog.Dataset) {
			d.Title = catalog.Text{"it": "Nuovo", "en": "Rich"}
		}},
		{"a patch of the holder's name", "package_patch", object{"id": "ricco", "holder_name": "Altro"}, func(d *catalog.Dataset) {
			d.Holder.Name = catalog.Text{"it": "Altro", "de": "Gemeinde"}
		}},
		{"a patch that takes a field away", "package_patch", object{"id": "ricco", "frequency": ""}, func(d *catalog.Dataset) {
			d.Frequency = ""
		}},
		{"a patch of the tags", "package_patch", object{"id": "ricco", "tags": []object{{"name": "acqua"}, {"name": "fiumi"}}}, func(d *catalog.Dataset) {
			d.Keywords = []catalog.Keyword{{Name: "acqua", Lang: "it"}, {Name: "fiumi"}}
		}},
		{"a patch of a resource", "resource_patch", object{"id": "0d000000-0000-4000-8000-0000000000aa", "name": "Due"}, func(d *catalog.Dataset) {
			d.Distributions[0].Title = catalog.Text{"it": "Due", "en": "One"}
		}},
		{"a new address of a resource", "resource_patch", object{"id": "0d000000-0000-4000-8000-0000000000aa", "url": "https://altrove.example/b.csv"}, func(d *catalog.Dataset) {
			x := &d.Distributions[0]
			x.AccessURL, x.DownloadURL, x.File = "https://altrove.example/b.csv", "https://altrove.example/b.csv", nil
		}},
		{"a bare update", "package_update", object{
			"id": "ricco", "title": "Ricco", "notes": "Descrizione", "url": "https://a.example/7", "version": "1",
			"license_id": "cc-by-4.0", "extras": []object{{"key": "z", "value": "1"}, {"key": "codice", "value": "2"}}, "tags": []object{{"name": "acqua"}, {"name": "Wasser"}},
		}, nil},
		{"a revision of a resource", "package_revise", object{"match": object{"name": "ricco"}, "update__resources__0__description": "Altra"}, func(d *catalog.Dataset) {
			d.Distributions[0].Description = catalog.It("Altra")
		}},
		{"a move to private and its organization's bulk action", "bulk_update_private", object{
			"org_id": "0a000000-0000-4000-8000-000000000001", "datasets": []string{"0c000000-0000-4000-8000-0000000000aa"},
		}, func(d *catalog.Dataset) { d.Private = true }},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t).fill()
			want := steady(w.rich())
			if c.name == "a bare update" {
				c.params["license_id"] = w.good("package_show", object{"id": "ricco"}).(object)["license_id"]
			}
			w.good(c.action, c.params)
			if c.change != nil {
				c.change(want)
			}
			if d := cmp.Diff(want, steady(w.stored("ricco"))); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestWhatIsShownAndSentBackChangesNothing(t *testing.T) {
	w := newWorld(t).fill()
	w.rich()
	w.good("package_create", map[string]any{
		"name": "semplice", "owner_org": "comune-di-esempio", "notes": "", "url": "", "tag_string": "uno,due",
		"groups": []any{map[string]any{"name": "econ"}, map[string]any{"name": "envi"}},
		"extras": []any{map[string]any{"key": "frequency", "value": "annuale"}, map[string]any{"key": "a", "value": ""}},
		"resources": []any{
			map[string]any{"url": "https://altrove.example/a.csv", "description": "", "campo": []any{1, "due"}},
			map[string]any{"url": "", "format": "boh", "mimetype": "a/b", "last_modified": "2024-01-31"},
		},
	})
	for _, name := range []string{"ricco", "semplice", "rifiuti-2023", "qualita-aria", "bozza", "stipendi"} {
		t.Run(name, func(t *testing.T) {
			before := w.stored(name)
			shown := w.good("package_show", map[string]any{"id": name})
			w.good("package_update", shown)
			w.good("package_patch", map[string]any{"id": name})
			found := w.good("package_search", map[string]any{"q": "name:" + name, "include_private": true, "include_drafts": true})
			if list := found.(map[string]any)["results"].([]any); len(list) == 1 {
				w.good("package_update", list[0])
			}
			for _, x := range shown.(map[string]any)["resources"].([]any) {
				w.good("resource_update", x)
				w.good("resource_patch", map[string]any{"id": x.(map[string]any)["id"]})
			}
			if d := cmp.Diff(steady(before), steady(w.stored(name))); d != "" {
				t.Error(d)
			}
			if now := w.good("package_show", map[string]any{"id": name}); !cmp.Equal(now, shown) {
				t.Error(cmp.Diff(shown, now))
			}
		})
	}
}

func TestEightClientsAddResourcesAtOnceAndNoneIsLost(t *testing.T) {
	w := newWorld(t).fill()
	const clients, each = 8, 10
	var wg sync.WaitGroup
	for c := range clients {
		wg.Go(func() {
			for n := range each {
				rec := w.do("POST", "/api/3/action/resource_create", fmt.Sprintf(`{"package_id": "qualita-aria", "url": "https://a.example/%d-%d.csv"}`, c, n),
					"Content-Type", "application/json", "Authorization", w.token)
				if rec.Code != http.StatusOK {
					t.Errorf("answers %d: %s", rec.Code, rec.Body)
				}
			}
		})
	}
	wg.Wait()
	if got := len(w.stored("qualita-aria").Distributions); got != 1+clients*each {
		t.Errorf("there are %d resources, not %d", got, 1+clients*each)
	}
}

func TestANameIsTakenOnceHoweverManyAskForIt(t *testing.T) {
	w := newWorld(t).fill()
	var wg sync.WaitGroup
	statuses := make([]int, 8)
	for i := range statuses {
		wg.Go(func() {
			rec := w.do("POST", "/api/3/action/package_create", `{"name": "conteso", "owner_org": "comune-di-esempio"}`,
				"Content-Type", "application/json", "Authorization", w.token)
			if statuses[i] = rec.Code; rec.Code == http.StatusConflict && !strings.Contains(rec.Body.String(), "That URL is already in use.") {
				t.Errorf("says %s", rec.Body)
			}
		})
	}
	wg.Wait()
	slices.Sort(statuses)
	if want := []int{200, 409, 409, 409, 409, 409, 409, 409}; !slices.Equal(statuses, want) {
		t.Errorf("answers %v", statuses)
	}
}

func TestStrangeReferencesAreNotFoundAndHarmNothing(t *testing.T) {
	w := newWorld(t).fill()
	refs := []any{
		"../../../../tmp/x", "..%2f..%2ftmp", "a\x00b", "\x00", strings.Repeat("a", 10_000), "'; DROP TABLE datasets; --", "%", "_",
		"<script>", "nome con spazi", "\u202e", "C:\\x", "/etc/passwd", 5, true,
		[]any{"rifiuti-2023"},
		map[string]any{"a": "b"},
		" ", "*",
	}
	for _, ref := range refs {
		for _, action := range []string{
			"package_show", "package_update", "package_patch", "package_delete", "dataset_purge", "resource_show", "resource_update",
			"resource_patch", "resource_delete", "package_owner_org_update", "package_resource_reorder", "package_revise", "resource_create", "bulk_update_delete",
		} {
			params := map[string]any{"id": ref, "order": []any{}, "package_id": ref, "match": map[string]any{"id": ref}, "datasets": []any{ref}, "org_id": ref}
			if action == "bulk_update_delete" {
				w.call(w.token, action, params)
				continue
			}
			if status, out := w.call(w.token, action, params); status != http.StatusNotFound && status != http.StatusConflict {
				t.Errorf("%s of %.40q answers %d: %.200v", action, ref, status, out)
			}
		}
	}
	for _, ref := range refs {
		status, out := w.call(w.token, "package_create", map[string]any{"name": "x-strano", "owner_org": "comune-di-esempio", "id": ref, "resources": []any{map[string]any{"id": ref}}})
		if status != http.StatusConflict && status != http.StatusBadRequest {
			t.Errorf("package_create with the ID %.40q answers %d: %.200v", ref, status, out)
		}
	}
	if log := w.log.String(); strings.Contains(log, "action failed") {
		t.Errorf("something broke: %.2000s", log)
	}
}

func TestWhatCKANAcceptsAndTheProfileDoesNotStaysOutOfFeeds(t *testing.T) {
	w := newWorld(t).fill()
	w.good("package_create", map[string]any{"name": "nudo", "owner_org": "comune-di-esempio"})
	w.good("package_create", map[string]any{"name": "buono", "owner_org": "comune-di-esempio", "license_id": "cc-by-4.0", "resources": []any{
		map[string]any{"url": "https://altrove.example/a.csv", "license_type": "https://creativecommons.org/licenses/by/4.0/"},
	}})
	if d := w.stored("nudo"); len(d.Quarantine) == 0 {
		t.Error("a dataset without data or licence may be fed")
	}
	d := w.stored("buono")
	if len(d.Quarantine) != 0 {
		t.Errorf("a good dataset is kept out: %v", d.Quarantine)
	}
	if d.Frequency != "" || !d.Holder.IsZero() || len(d.Notes) == 0 {
		t.Errorf("what was completed is in the dataset, or not told: %+v", d)
	}
}

// form is a multipart form.
func form(t testing.TB, fields map[string]string, field, name, content string) (body, contentType string) {
	t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	for k, v := range fields {
		if err := m.WriteField(k, v); err != nil {
			t.Fatal(err)
		}
	}
	f, err := m.CreateFormFile(field, name)
	if err == nil {
		_, err = f.Write([]byte(content))
	}
	if err != nil || m.Close() != nil {
		t.Fatal(err)
	}
	return b.String(), m.FormDataContentType()
}

func (w *world) send(action string, fields map[string]string, field, name, content string) (int, any) {
	w.t.Helper()
	body, contentType := form(w.t, fields, field, name, content)
	return answered(w.t, w.do("POST", "/api/3/action/"+action, body, "Content-Type", contentType, "Authorization", w.token))
}

func TestFilesComeAndGoWithTheirResources(t *testing.T) {
	w := newWorld(t).fill()
	status, out := w.send("resource_create", map[string]string{"package_id": "qualita-aria", "name": "Dati"}, "upload", "Dati d'aria.csv", "a,b\n1,2\n")
	if status != http.StatusOK {
		t.Fatal(status, out)
	}
	res := out.(map[string]any)
	x := w.stored("qualita-aria").Distributions[1]
	if x.File == nil || !x.File.Uploaded || x.DownloadURL != res["url"] || res["url_type"] != "upload" || res["size"] != 8.0 {
		t.Errorf("the file is not kept: %+v %v", x.File, res)
	}
	status, out = w.send("resource_create", map[string]string{"package_id": "qualita-aria", "size": "x", "last_modified": "ieri", "id": "no"}, "upload", "x.csv", "a")
	if status != http.StatusConflict || len(w.stored("qualita-aria").Distributions) != 2 {
		t.Errorf("a refused resource stays: %d %v", status, out)
	}
	id := res["id"].(string)
	status, out = w.send("package_revise", map[string]string{"match__name": "qualita-aria"}, "update__resources__1__upload", "nuovo.json", `{"a": 1}`)
	if got := w.stored("qualita-aria").Distributions[1]; status != http.StatusOK || got.ID != id || got.File.Name != "nuovo.json" {
		t.Errorf("a revision does not take the file: %d %v %+v", status, out, got.File)
	}
	w.good("resource_patch", map[string]any{"id": id, "description": "ancora"})
	if got := w.stored("qualita-aria").Distributions[1]; got.File == nil || got.File.Name != "nuovo.json" {
		t.Errorf("a patch of another field loses the file")
	}
	w.good("resource_patch", map[string]any{"id": id, "url": "https://altrove.example/x.csv"})
	if got := w.stored("qualita-aria").Distributions[1]; got.File != nil || got.DownloadURL != "https://altrove.example/x.csv" {
		t.Errorf("a new address leaves the file: %+v", got)
	}
}

func TestAFeedHoldsWhatAClientDidNotSay(t *testing.T) {
	w := newWorld(t).fill()
	w.good("package_create", map[string]any{"name": "scarno", "title": "Qualità dell'acqua", "owner_org": "comune-di-esempio", "resources": []any{
		map[string]any{"url": "https://altrove.example/a.csv", "license_type": "https://creativecommons.org/licenses/by/4.0/"},
	}})
	body := w.do("GET", "/catalog.ttl", "").Body.String()
	one := w.do("GET", "/dataset/scarno.ttl", "").Body.String()
	for _, graph := range []string{body, one} {
		if !strings.Contains(graph, "Qualità dell'acqua") {
			t.Fatalf("the dataset is not in the graph: %.2000s", graph)
		}
	}
	for _, word := range []string{"dct:accrualPeriodicity", "dct:rightsHolder", "dcat:theme", "dct:modified", "dct:identifier", "dct:publisher", "c_x000"} {
		if !strings.Contains(one, word) {
			t.Errorf("the graph does not say %s: %s", word, one)
		}
	}
}

func TestWhatIsDumpedHereAndLoadedElsewhereIsTheSame(t *testing.T) {
	here, there := newWorld(t).fill(), newWorld(t).fill()
	here.rich()
	for _, name := range []string{"ricco", "qualita-aria"} {
		shown := here.good("package_show", map[string]any{"id": name}).(map[string]any)
		there.call(there.token, "dataset_purge", map[string]any{"id": name})
		there.good("package_create", shown)
		loaded := there.good("package_show", map[string]any{"id": name}).(map[string]any)
		for _, d := range []map[string]any{shown, loaded} {
			for _, key := range []string{"metadata_created", "metadata_modified", "creator_user_id", "organization"} {
				delete(d, key)
			}
			for _, x := range d["resources"].([]any) {
				for _, key := range []string{"created", "metadata_modified", "datastore_active", "format"} { // the format is cleaned
					delete(x.(map[string]any), key)
				}
			}
		}
		if name == "ricco" { // here the extras are in the order of their source
			slices.Reverse(shown["extras"].([]any)[:2])
		}
		if d := cmp.Diff(shown, loaded); d != "" {
			t.Error(d)
		}
	}
}
