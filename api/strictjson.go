package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// The limits of a JSON text, besides its size.
const (
	maxJSONDepth  = 64
	maxJSONValues = 200_000
)

// decodeStrict reads one JSON value: nil, bool, json.Number, string, []any or
// map[string]any. It refuses what parsers disagree about: a key that stands
// twice in an object, and anything after the value.
func decodeStrict(raw []byte) (any, error) {
	d := strictDecoder{dec: json.NewDecoder(bytes.NewReader(raw))}
	d.dec.UseNumber()
	v, err := d.value(0)
	if err != nil {
		return nil, err
	}
	if _, err := d.dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("data after the end of the JSON text")
	}
	return v, nil
}

type strictDecoder struct {
	dec    *json.Decoder
	values int
}

func (d *strictDecoder) value(depth int) (any, error) {
	if d.values++; d.values > maxJSONValues {
		return nil, errors.New("too many values")
	}
	if depth > maxJSONDepth {
		return nil, errors.New("nested too deeply")
	}
	t, err := d.dec.Token()
	if err != nil {
		return nil, err
	}
	switch t {
	case json.Delim('['):
		return d.list(depth)
	case json.Delim('{'):
		return d.object(depth)
	}
	return t, nil
}

func (d *strictDecoder) list(depth int) (any, error) {
	out := []any{}
	for d.dec.More() {
		v, err := d.value(depth + 1)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	_, err := d.dec.Token()
	return out, err
}

func (d *strictDecoder) object(depth int) (any, error) {
	out := map[string]any{}
	for d.dec.More() {
		t, err := d.dec.Token()
		if err != nil {
			return nil, err
		}
		key, ok := t.(string)
		if !ok {
			return nil, fmt.Errorf("key %v is no string", t)
		}
		if _, twice := out[key]; twice {
			return nil, fmt.Errorf("key %q stands twice", key)
		}
		if out[key], err = d.value(depth + 1); err != nil {
			return nil, err
		}
	}
	_, err := d.dec.Token()
	return out, err
}

// checkCase refuses keys that are a known parameter in other letters: one
// reader would take them for it and another would not.
func checkCase(m map[string]any, known []param) error {
	for key := range m {
		for _, p := range known {
			if key != p.name && strings.EqualFold(key, p.name) {
				return fmt.Errorf("key %q is not %q", key, p.name)
			}
		}
	}
	return nil
}
