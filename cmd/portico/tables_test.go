package main

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// uploads sends a file as the resource of a dataset, or in the place of one.
func (c *caller) uploads(action string, fields map[string]string, name string, content []byte) string {
	c.t.Helper()
	return c.sends(action, "upload", fields, name, content)
}

// sends sends a file in a field of a form.
func (c *caller) sends(action, field string, fields map[string]string, name string, content []byte) string {
	c.t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for k, v := range fields {
		if err := w.WriteField(k, v); err != nil {
			c.t.Fatal(err)
		}
	}
	f, err := w.CreateFormFile(field, name)
	if err != nil {
		c.t.Fatal(err)
	}
	if _, err := f.Write(content); err != nil {
		c.t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		c.t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(c.t.Context(), http.MethodPost, c.origin+"/api/3/action/"+action, &b)
	if err != nil {
		c.t.Fatal(err)
	}
	r.Header.Set("Authorization", c.token)
	r.Header.Set("Content-Type", w.FormDataContentType())
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	defer resp.Body.Close()
	var out struct{ Result struct{ ID string } }
	raw, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		c.t.Fatalf("%s: %d %v %s", action, resp.StatusCode, err, raw)
	}
	c.read(raw, &out)
	return out.Result.ID
}

// wait asks until an address answers with a text in it.
func wait(t *testing.T, address, want string) string {
	t.Helper()
	const most = 30 * time.Second
	last := ""
	for begun := time.Now(); time.Since(begun) < most; time.Sleep(100 * time.Millisecond) {
		if _, last = get(t, address); strings.Contains(last, want) {
			return last
		}
	}
	t.Fatalf("%s never told %q, but %s", address, want, last)
	return ""
}

// workbook returns a file of Excel's with two sheets.
func workbook(t *testing.T) []byte {
	t.Helper()
	cell := func(ref, v string) string {
		return `<c r="` + ref + `" t="inlineStr"><is><t>` + v + `</t></is></c>`
	}
	sheet := func(a, b string) string {
		return `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">` + cell("A1", "nome") + cell("B1", "quanti") +
			`</row><row r="2">` + cell("A2", a) + `<c r="B2"><v>1</v></c></row><row r="3">` + cell("A3", b) + `<c r="B3"><v>2</v></c></row></sheetData></worksheet>`
	}
	const rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range map[string]string{
		"[Content_Types].xml": `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>`,
		"_rels/.rels":         `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="` + rel + `/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
		"xl/workbook.xml": `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="` + rel +
			`"><sheets><sheet name="Entrate" sheetId="1" r:id="r1"/><sheet name="Uscite" sheetId="2" r:id="r2"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="` + rel +
			`/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="` + rel + `/worksheet" Target="worksheets/sheet2.xml"/></Relationships>`,
		"xl/worksheets/sheet1.xml": sheet("tributi", "multe"),
		"xl/worksheets/sheet2.xml": sheet("strade", "scuole"),
	} {
		f, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(`<?xml version="1.0" encoding="UTF-8"?>` + text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestUploadedTablesAreThereUnasked uploads files as an office does, and asks
// for their rows, their versions and what their publisher says of them.
func TestUploadedTablesAreThereUnasked(t *testing.T) {
	data := filepath.Join(t.TempDir(), "data")
	must(t, "user", "create", "admin", "--sysadmin", "--email", "admin@comune.example.it", "--data", data)
	token := strings.TrimSpace(must(t, "token", "create", "admin", "--name", "prova", "--data", data))
	origin := serve(t, "serve", "--data", data)
	c := &caller{t: t, origin: origin, token: token}
	c.call("organization_create", map[string]any{"name": "comune", "title": "Comune"})
	c.call("package_create", map[string]any{"name": "bilancio", "title": "Bilancio", "owner_org": "comune"})

	id := c.uploads("resource_create", map[string]string{"package_id": "bilancio", "name": "Spese"}, "spese.csv", []byte("codice;voce;importo\n1;strade;10,50\n2;scuole;20,00\n3;verde;5,25\n"))
	search := origin + "/api/3/action/datastore_search?resource_id=" + id
	wait(t, search, `"total":3`)

	c.call("datastore_create", map[string]any{"resource_id": id, "fields": []any{
		map[string]any{"id": "voce", "info": map[string]any{"label": "Voce di spesa", "notes": "come nel PEG"}},
		map[string]any{"id": "codice", "info": map[string]any{"type_override": "text"}},
	}})
	wait(t, search, `{"id":"codice","type":"text","info":{"type_override":"text"}}`)
	wait(t, search, `"label":"Voce di spesa"`)

	c.uploads("resource_update", map[string]string{"id": id, "name": "Spese"}, "spese.csv", []byte("codice;voce di spesa;importo\n1;strade;10,50\n2;scuole;21,00\n4;sport;7,00\n5;cultura;8,00\n"))
	wait(t, search, `"total":4`)
	history := wait(t, origin+"/api/3/action/datastore_history?resource_id="+id, `"added":2`)
	for _, want := range []string{`"removed":1`, `"changed":1`, `"renamed":{"voce":"voce_di_spesa"}`, "+2 righe, −1 riga, 1 cambiata"} {
		if !strings.Contains(history, want) {
			t.Errorf("the history lacks %s: %s", want, history)
		}
	}
	var told struct {
		Snapshots []struct {
			Hash   string
			Rows   int
			Change *struct{ Added int }
		}
	}
	if err := json.Unmarshal([]byte(must(t, "table", "history", id, "--json", "--data", data)), &told); err != nil || len(told.Snapshots) != 3 {
		t.Fatalf("%v: %+v", err, told)
	}
	first := told.Snapshots[2].Hash
	at := origin + "/dataset/bilancio/resource/" + id + "/snapshot/"
	if code, body := get(t, at+first+"/data.csv"); code != http.StatusOK || !strings.Contains(body, "verde") {
		t.Errorf("the first version = %d %s", code, body)
	}
	for when, code := range map[string]int{"latest": 200, time.Now().UTC().Format(time.DateOnly): 200, "2001-01-01": 404, "ieri": 404} {
		if got, body := get(t, at+when+"/data.csv"); got != code || code == 200 && !strings.Contains(body, "sport") {
			t.Errorf("%s = %d %s", when, got, body)
		}
	}

	// What is no table leaves what was there, and says why.
	c.uploads("resource_update", map[string]string{"id": id, "name": "Spese"}, "spese.csv", []byte("%PDF-1.7 niente righe"))
	wait(t, origin+"/api/3/action/datastore_history?resource_id="+id, `PDF`)
	wait(t, search, `"total":4`)

	// A file that comes with a revision of the whole dataset is a table, too.
	c.sends("package_revise", "update__resources__0__upload", map[string]string{"match__name": "bilancio"}, "spese.csv", []byte("codice;voce di spesa;importo\n9;ponti;1,00\n"))
	wait(t, search, `"total":1`)

	book := c.uploads("resource_create", map[string]string{"package_id": "bilancio", "name": "Bilancio"}, "bilancio.xlsx", workbook(t))
	wait(t, origin+"/api/3/action/datastore_search?resource_id="+book, "tributi")
	wait(t, origin+"/api/3/action/datastore_search?resource_id="+book+".2", "strade")
	wait(t, origin+"/api/3/action/datastore_search?resource_id=_table_metadata", book+".2")
	if code, _ := get(t, origin+"/api/3/action/datastore_search?resource_id="+book+".3"); code != http.StatusNotFound {
		t.Errorf("a third sheet = %d", code)
	}

	// Rows can be written where somebody insists; those of the file stay.
	c.call("datastore_upsert", map[string]any{"resource_id": book, "method": "insert", "force": true, "records": []any{map[string]any{"nome": "affitti", "quanti": 3}}})
	wait(t, origin+"/api/3/action/datastore_search?resource_id="+book, `"total":3`)

	var tidy tidied
	if err := json.Unmarshal([]byte(must(t, "table", "tidy", "--json", "--data", data)), &tidy); err != nil || tidy.Collected.Blobs != 0 {
		t.Errorf("%v: %+v", err, tidy)
	}
}
