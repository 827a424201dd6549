package store

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"portico/catalog"
)

// twice is a form that has changed twice: "name" became "title", which then
// came to have languages.
var twice = form{table: "datasets", upgrades: []upgrade{
	func(b map[string]json.RawMessage) error {
		b["title"] = b["name"]
		delete(b, "name")
		return nil
	},
	func(b map[string]json.RawMessage) error {
		if string(b["title"]) == `"bad"` {
			return errors.New("bad title")
		}
		b["title"] = json.RawMessage(`{"it":` + string(b["title"]) + `}`)
		return nil
	},
}}

func TestReadingUpgradesABodyFromAnyVersion(t *testing.T) {
	for version, body := range map[int]string{
		1: `{"name":"Aria","version":"7"}`,
		2: `{"title":"Aria","version":"7"}`,
		3: `{"title":{"it":"Aria"},"version":"7"}`,
	} {
		var d catalog.Dataset
		if err := twice.read([]byte(body), version, &d); err != nil || d.Title["it"] != "Aria" || d.Version != "7" {
			t.Errorf("version %d: %+v, %v", version, d, err)
		}
	}
}

func TestABodyThatCannotBeReadSaysWhy(t *testing.T) {
	for want, c := range map[string]struct {
		body    string
		version int
	}{
		"has version 4": {`{}`, 4},
		"has version 0": {`{}`, 0},
		"upgrade a body of datasets to version 3: bad": {`{"name":"bad"}`, 1},
		"read a body of datasets":                      {`{`, 1},
		"read a body":                                  {`[]`, 3},
	} {
		err := twice.read([]byte(c.body), c.version, &catalog.Dataset{})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s of version %d: %v, want %s", c.body, c.version, err, want)
		}
	}
}

func TestEqualValuesAreEqualBytes(t *testing.T) {
	d := catalog.Dataset{Title: catalog.Text{"it": "<a>", "en": "b & c", "de": "d"}}
	first, err := encode(&d)
	if err != nil || strings.Contains(string(first), `\u003c`) {
		t.Errorf("%s, %v", first, err)
	}
	for range 20 {
		if again, err := encode(&d); err != nil || string(again) != string(first) {
			t.Fatalf("%s, then %s, %v", first, again, err)
		}
	}
}

func TestNULIsFoundInJSONAndNothingElseIs(t *testing.T) {
	for text, want := range map[string]bool{
		"\x00": true, `\` + "\x00": true, `\\` + "\x00": true, `\u0000`: false, `\\u0000`: false, "": false, `u0000`: false, `\u0000` + "\x00": true,
	} {
		b, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := holdsNUL(b); got != want {
			t.Errorf("holdsNUL(%s) = %v", b, got)
		}
	}
}
