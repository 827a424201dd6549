package store

import (
	"bytes"
	"encoding/json"
	"fmt"
	"sync"

	"portico/catalog"
)

// A body is what SQL does not look into, in JSON, with the number of its form
// (decision D15). When a form changes, its chain gets one more upgrade, which
// reading applies, and a migration step may rewrite what is stored.

// An upgrade makes a body of the next form from one of the form before. It
// works on plain JSON, for the Go type it was written from is no more.
type upgrade func(body map[string]json.RawMessage) error

// A form is how the bodies of one table are written today: version
// 1+len(upgrades), where upgrades[0] makes version 2 of version 1.
type form struct {
	table    string
	upgrades []upgrade
}

// The forms of today. All are as they were first written.
var (
	datasetForm      = form{table: "datasets"}
	organizationForm = form{table: "organizations"}
	sourceForm       = form{table: "sources"}
)

func (f form) version() int { return 1 + len(f.upgrades) }

// read decodes a body of any version up to today's into dst.
func (f form) read(body []byte, version int, dst any) error {
	if version < 1 || version > f.version() {
		return fmt.Errorf("a body in %s has version %d; this program knows up to %d", f.table, version, f.version())
	}
	if version < f.version() {
		var err error
		if body, err = f.lift(body, version); err != nil {
			return err
		}
	}
	if err := json.Unmarshal(body, dst); err != nil {
		return fmt.Errorf("read a body of %s: %w", f.table, err)
	}
	return nil
}

func (f form) lift(body []byte, version int) ([]byte, error) {
	m := map[string]json.RawMessage{}
	if err := json.Unmarshal(body, &m); err != nil {
		return nil, fmt.Errorf("read a body of %s: %w", f.table, err)
	}
	for i, up := range f.upgrades[version-1:] {
		if err := up(m); err != nil {
			return nil, fmt.Errorf("upgrade a body of %s to version %d: %w", f.table, version+i+1, err)
		}
	}
	return json.Marshal(m)
}

// mostBody bounds a body: no honest metadata comes near it.
const mostBody = 16 << 20

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// encode returns v in JSON, the same bytes whenever v is the same. A value
// that not every engine can keep is Invalid.
func encode(v any) ([]byte, error) {
	buf := buffers.Get().(*bytes.Buffer)
	defer buffers.Put(buf)
	buf.Reset()
	e := json.NewEncoder(buf)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, catalog.Errorf(catalog.Invalid, "a value is not valid JSON").
			Italian("un valore non è JSON valido").Because(err)
	}
	out := bytes.Clone(bytes.TrimSuffix(buf.Bytes(), []byte("\n")))
	switch {
	case len(out) > mostBody:
		return nil, catalog.Errorf(catalog.Invalid, "the metadata are too large").
			Italian("i metadati sono troppo grandi")
	case holdsNUL(out):
		return nil, catalog.Errorf(catalog.Invalid, "a text holds a NUL character").
			Italian("un testo contiene un carattere NUL")
	}
	return out, nil
}

// holdsNUL reports whether a string in JSON holds U+0000, which is always
// written as \u0000. What follows an escaped backslash is not an escape.
func holdsNUL(b []byte) bool {
	nul := []byte(`\u0000`)
	for {
		i := bytes.Index(b, nul)
		if i < 0 {
			return false
		}
		slashes := 0
		for slashes < i && b[i-1-slashes] == '\\' {
			slashes++
		}
		if slashes%2 == 0 {
			return true
		}
		b = b[i+len(nul):]
	}
}
