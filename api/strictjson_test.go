package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"
	"time"
)

// FuzzDecodeStrict compares the decoder with that of the standard library: it
// must read nothing that is no JSON, and read all the rest as that does.
func FuzzDecodeStrict(f *testing.F) {
	for _, s := range []string{
		`{"a": [1, -0.5e+3, true, null, "x\n\u00e8\ud83d\ude00"], "b": {}}`, `[]`, `{"a":1,"a":2}`, `01`, `-`, `1.`, `"\x"`, `"` + "\x01" + `"`, `"\ud800"`,
		`{"a":}`, `[1,]`, `nul`, `  7  `, "\"\xff\"", `{"":0}`, `[[[[]]]]`, `1e5`, `"\"`, `{"a":1}}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		got, err := decodeStrict(raw)
		if err != nil {
			return // it refuses more than the standard library does
		}
		d := json.NewDecoder(bytes.NewReader(raw))
		d.UseNumber()
		var want any
		if err := d.Decode(&want); err != nil {
			t.Fatalf("%q was read as %v, but is no JSON: %v", raw, got, err)
		}
		if _, err := d.Token(); !errors.Is(err, io.EOF) {
			t.Fatalf("%q was read, but more follows", raw)
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("%q was read as %#v, not %#v", raw, got, want)
		}
	})
}

func TestWhatIsJSONIsRead(t *testing.T) {
	for _, s := range []string{
		`0`, `-0`, `-1.50E-7`, `"\u00e8\"\\\/\b"`, `{"a" : [ 1 , {} , [ ] ] }`, `"è€😀"`, "\t\r\n true", `""`, `{"è":"à"}`,
	} {
		if _, err := decodeStrict([]byte(s)); err != nil {
			t.Errorf("%s: %v", s, err)
		}
	}
}

func TestHugeJSONIsRefusedAtOnce(t *testing.T) {
	deep := strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000)
	var keys strings.Builder
	for i := range 100_000 {
		keys.WriteString(`,"k` + string(rune('a'+i%26)) + json.Number(pyJSON(i)).String() + `":1`)
	}
	for name, raw := range map[string]string{
		"a depth of 10,000": deep, "100,000 keys": "{" + keys.String()[1:] + "}", "a million values": "[" + strings.Repeat("1,", 1_000_000) + "1]",
	} {
		best := time.Hour
		for range 5 {
			start := time.Now()
			if _, err := decodeStrict([]byte(raw)); err == nil {
				t.Errorf("%s: was read", name)
			}
			best = min(best, time.Since(start))
		}
		limit := 100 * time.Millisecond
		if name == "a million values" {
			limit = 2 * time.Second
		}
		if best > limit {
			t.Errorf("%s: took %s", name, best)
		}
	}
}

func BenchmarkDecodeRows(b *testing.B) {
	row := `{"id": 12345, "data_ora": "2023-10-21T09:08:20", "comune": "Comune di Lecce", "via": "Via Leuca", "articolo": "142 c.7", "importo": 42.5, "pagata": true, "note": null}`
	raw := []byte("[" + strings.Repeat(row+",", 9999) + row + "]")
	b.SetBytes(int64(len(raw)))
	for b.Loop() {
		if _, err := decodeStrict(raw); err != nil {
			b.Fatal(err)
		}
	}
}
