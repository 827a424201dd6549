package catalog_test

import (
	"strings"
	"testing"

	"portico/catalog"
)

func TestWriteReportCSV(t *testing.T) {
	r := &catalog.Run{Report: []byte(`{"records":[
		{"id":"a","title":"Aria","outcome":"changed","problems":[{"field":"dct:license","rule":"r1","message":"m"}],"link":"https://x.example/a"},
		{"id":"b","title":"=1+1","outcome":"rejected","problems":[{"field":"dct:title","value":"\u00a0＝x\n@y","rule":"r2","message":"uno, \"due\"","mend":"così"}]},
		{"id":"c","title":"Senza problemi","outcome":"rejected","problems":[]}]}`)}
	rep, err := catalog.ReportOf(r)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if err := catalog.WriteReportCSV(&out, rep); err != nil {
		t.Fatal(err)
	}
	want := "esito,identificativo,titolo,campo,valore,regola,problema,rimedio,indirizzo\r\n" +
		"rejected,b,'=1+1,dct:title,\"'\u00a0＝x\r\n'@y\",r2,\"uno, \"\"due\"\"\",così,\r\n" +
		"changed,a,Aria,dct:license,,r1,m,,https://x.example/a\r\n"
	if out.String() != want {
		t.Errorf("got\n%q\nwant\n%q", out.String(), want)
	}
	if rep, err := catalog.ReportOf(&catalog.Run{}); err != nil || rep.Records != nil {
		t.Errorf("no report: %+v, %v", rep, err)
	}
}
