package api_test

import (
	"bytes"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

const exportPath = "/dataset/rifiuti-2023/resource/0d000000-0000-4000-8000-000000000001/data."

func TestRowsAreChosenInEveryFormat(t *testing.T) {
	w := newWorld(t).fill()
	chosen := "?" + url.Values{"filters": {`{"valore": {"gte": 2}}`}, "sort": {"nome desc"}, "fields": {"nome,id"}, "utm_source": {"x"}}.Encode()
	for name, want := range map[string]string{
		"csv":     "nome,id\r\nGamma,3\r\nBeta,2\r\n",
		"tsv":     "nome\tid\r\nGamma\t3\r\nBeta\t2\r\n",
		"json":    "[\n{\"nome\":\"Gamma\",\"id\":3},\n{\"nome\":\"Beta\",\"id\":2}\n]\n",
		"ndjson":  "{\"nome\":\"Gamma\",\"id\":3}\n{\"nome\":\"Beta\",\"id\":2}\n",
		"nt":      "#row=2> <" + origin,
		"ttl":     "<#row=3> <#nome> \"Beta\" ;\n  <#id> \"2\"^^xsd:integer .\n",
		"parquet": "PAR1", "xlsx": "PK",
		"csv-metadata.json": `"url": "` + origin + exportPath + "csv?fields=nome%2Cid&filters=",
	} {
		rec := w.do("GET", exportPath+name+chosen, "")
		if rec.Code != 200 || !strings.Contains(rec.Body.String(), want) {
			t.Errorf("%s: %d %q", name, rec.Code, rec.Body)
		}
		if n := rec.Header().Get("Content-Length"); n != strconv.Itoa(rec.Body.Len()) {
			t.Errorf("%s: a short file has its length, not %q", name, n)
		}
		head := w.do("HEAD", exportPath+name+chosen, "")
		if head.Header().Get("Content-Length") != strconv.Itoa(rec.Body.Len()) || head.Body.Len() != 0 {
			t.Errorf("HEAD %s: %v", name, head.Header())
		}
	}
	for query, want := range map[string]string{
		"?q=beta": "id,nome,valore\r\n2,Beta,2.5\r\n", "?distinct=true&fields=nome&limit=1": "nome\r\nAlfa\r\n", "?offset=2": "id,nome,valore\r\n3,Gamma,3.5\r\n",
		"?excel=1&q=beta": "\ufeffid;nome;valore\r\n2;Beta;2,5\r\n", "?fields=_id,nome&limit=1": "_id,nome\r\n1,Alfa\r\n", "?filters=&q=&sort=": "id,nome,valore\r\n1,Alfa,1.5\r\n2,Beta,2.5\r\n3,Gamma,3.5\r\n",
	} {
		if rec := w.do("GET", exportPath+"csv"+query, ""); rec.Body.String() != want {
			t.Errorf("%s: %d %q", query, rec.Code, rec.Body)
		}
	}
	for _, query := range []string{"csv?filters=x", "csv?filters={\"boh\":1}", "csv?filters=[1]", "csv?sort=boh", "csv?fields=boh", "csv?filters={\"id\":\"x\"}", "geojson", "parquet?limit=-1"} {
		rec := w.do("GET", exportPath+query, "")
		if rec.Code != 400 || rec.Header().Get("Content-Disposition") != "" || !strings.HasPrefix(rec.Header().Get("Content-Type"), "text/html") {
			t.Errorf("%s: %d %v", query, rec.Code, rec.Header())
		}
	}
}

func TestSizesAndRowsAreKnownBeforeTheDownload(t *testing.T) {
	w := newWorld(t).fill()
	for _, name := range []string{"csv", "tsv", "json", "ndjson", "xlsx", "parquet", "nt", "ttl", "csv-metadata.json"} {
		head, get := w.do("HEAD", exportPath+name, ""), w.do("GET", exportPath+name, "")
		if n := head.Header().Get("Content-Length"); n != strconv.Itoa(get.Body.Len()) {
			t.Errorf("%s: %s bytes were told, %d came", name, n, get.Body.Len())
		}
		if head.Header().Get("X-Row-Count") != "3" || head.Header().Get("ETag") != get.Header().Get("ETag") {
			t.Errorf("%s: %v", name, head.Header())
		}
	}
}

func TestRowsOfTheAPIAreExported(t *testing.T) {
	w := newWorld(t).fill()
	id := w.makeTable()
	path := "/dataset/rifiuti-2023/resource/" + id + "/data."
	for suffix, want := range map[string]string{
		"csv":             "cod,nome,dati\r\n1,\"uno;\"\"due\"\"\",\"{\"\"a\"\": [1, 2]}\"\r\n2,,\r\n",
		"json?fields=cod": "[\n{\"cod\":1},\n{\"cod\":2}\n]\n",
		"ndjson?sort=cod+desc&limit=1&fields=_id,cod": "{\"_id\":2,\"cod\":2}\n",
	} {
		if rec := w.do("GET", path+suffix, ""); rec.Code != 200 || rec.Body.String() != want {
			t.Errorf("%s: %d %q", suffix, rec.Code, rec.Body)
		}
	}
	before := w.do("HEAD", path+"xlsx", "")
	if before.Code != 200 || before.Header().Get("X-Row-Count") != "2" || before.Header().Get("Content-Length") == "" {
		t.Errorf("%v", before.Header())
	}
	if code, body := w.post("datastore_upsert", `{"resource_id": "`+id+`", "records": [{"cod": 3}]}`, w.token); code != 200 {
		t.Fatal(body)
	}
	if after := w.do("HEAD", path+"xlsx", ""); after.Header().Get("X-Row-Count") != "3" || after.Header().Get("ETag") == before.Header().Get("ETag") {
		t.Errorf("%v", after.Header())
	}
}

func TestDumpsInTheFormatsThatCKANDoesNotHave(t *testing.T) {
	w := newWorld(t).fill()
	const dump = "/datastore/dump/0d000000-0000-4000-8000-000000000001"
	for query, want := range map[string]string{
		"?format=ndjson&fields=nome&limit=2": "{\"nome\":\"Alfa\"}\n{\"nome\":\"Beta\"}\n",
		"?format=parquet":                    "PAR1",
		"?fields=nome&sort=nome+desc":        "nome\nGamma\nBeta\nAlfa\n",
		"?limit=1":                           "_id,id,nome,valore\n1,1,Alfa,1.5\n",
		"?format=json&limit=1&fields=id":     "{\n  \"fields\": [{\"id\":\"id\",\"type\":\"int8\"}],\n  \"records\": [\n    [1]\n]}\n",
	} {
		rec := w.do("GET", dump+query, "")
		if got := strings.ReplaceAll(rec.Body.String(), "\r\n", "\n"); rec.Code != 200 || !strings.HasPrefix(got, want) {
			t.Errorf("%s: %d %q", query, rec.Code, got)
		}
	}
	rec := w.do("GET", dump+"?format=xlsx&filters=%7B%22nome%22:%22Beta%22%7D", "")
	x, err := excelize.OpenReader(bytes.NewReader(rec.Body.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	if rows, _ := x.GetRows("Dati"); fmt.Sprint(rows) != "[[id nome valore] [2 Beta 2.5]]" {
		t.Errorf("%q", rows)
	}
	if rec := w.do("GET", dump+"?format=geojson", ""); rec.Code != 400 {
		t.Errorf("a table without a place as GeoJSON: %d", rec.Code)
	}
}

// TestTheAPIAndTheDownloadsHoldTheSameRows reads one snapshot both ways.
func TestTheAPIAndTheDownloadsHoldTheSameRows(t *testing.T) {
	w := newWorld(t).fill()
	rows := resultOf[struct {
		Records string `json:"records"`
	}](t, w.do("GET", "/api/3/action/datastore_search?resource_id=0d000000-0000-4000-8000-000000000001&records_format=csv&fields=id,nome,valore", "")).Records
	_, csv, _ := strings.Cut(w.do("GET", exportPath+"csv", "").Body.String(), "\r\n")
	if strings.ReplaceAll(csv, "\r\n", "\n") != rows {
		t.Errorf("%q and %q", csv, rows)
	}
}
