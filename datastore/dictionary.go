package datastore

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"portico/catalog"
	"portico/tabular"
)

// A dictionary is what the publisher of a distribution says of its columns, in
// the words of CKAN's clients. It outlives the rows that it is about: whatever
// is loaded later, under the same names, is told of in the same way.

// Dictionary returns what the publisher of a distribution says of its columns,
// by their names; those of whom nothing is said are not in it.
func (h *History) Dictionary(ctx context.Context, distribution string) ([]Field, error) {
	return dictionaryOf(ctx, h.Records, distribution)
}

// Dictionary is what History.Dictionary returns.
func (t *Tables) Dictionary(ctx context.Context, distribution string) ([]Field, error) {
	return dictionaryOf(ctx, t.records, distribution)
}

func dictionaryOf(ctx context.Context, records catalog.Records, distribution string) ([]Field, error) {
	r, err := records.Record(ctx, catalog.RecordDictionary, distribution)
	if catalog.KindOf(err) == catalog.NotFound {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read what is said of columns: %w", err)
	}
	var out []Field
	if err := json.Unmarshal(r.Body, &out); err != nil {
		return nil, fmt.Errorf("read what is said of columns: %w", err)
	}
	return out, nil
}

// Describe keeps what the publisher of a distribution says of some columns,
// beside what was said of others. An info that is {} takes what was said away.
// It reports whether the rows must be read again, for a type is another.
func (t *Tables) Describe(ctx context.Context, distribution string, fields []Field) (again bool, err error) {
	all, err := t.Dictionary(ctx, distribution)
	if err != nil {
		return false, err
	}
	before := slices.Clone(all)
	for _, f := range fields {
		if f.Info == nil {
			continue
		}
		all = slices.DeleteFunc(all, func(o Field) bool { return o.ID == f.ID })
		if string(f.Info) != "{}" {
			all = append(all, Field{ID: f.ID, Info: f.Info})
		}
	}
	body, err := json.Marshal(all)
	if err != nil {
		return false, fmt.Errorf("write what is said of columns: %w", err)
	}
	err = t.records.PutRecord(ctx, &catalog.Record{Kind: catalog.RecordDictionary, Key: distribution, About: distribution, Body: body})
	if err != nil {
		return false, fmt.Errorf("keep what is said of columns: %w", err)
	}
	return !slices.Equal(overrides(before), overrides(all)), nil
}

// overrides are the types that a dictionary asks for.
func overrides(fields []Field) []string {
	var out []string
	for _, c := range columnsOf(fields) {
		if c.Type != "" {
			out = append(out, c.Name+" "+string(c.Type))
		}
	}
	slices.Sort(out)
	return out
}

// An entry is what CKAN's clients put into the info of a field: label and notes
// are its own, type_override is understood as xloader does, unit is ours.
type entry struct {
	Label        any    `json:"label"`
	Notes        any    `json:"notes"`
	TypeOverride string `json:"type_override"`
	Unit         string `json:"unit"`
}

// columnTypes are the types that type_override may name.
var columnTypes = map[string]catalog.ColumnType{
	"text": catalog.String, "string": catalog.String, "numeric": catalog.Decimal, "decimal": catalog.Decimal, "float": catalog.Decimal, "float8": catalog.Decimal,
	"int": catalog.Integer, "integer": catalog.Integer, "int8": catalog.Integer, "bigint": catalog.Integer, "bool": catalog.Boolean, "boolean": catalog.Boolean,
	"date": catalog.Day, "time": catalog.TimeOfDay, "timestamp": catalog.Timestamp,
}

// columnsOf returns a dictionary as package tabular reads it.
func columnsOf(fields []Field) []catalog.Column {
	var out []catalog.Column
	for _, f := range fields {
		var e entry
		if json.Unmarshal(f.Info, &e) != nil {
			continue // it may be any object; then it says nothing that we understand
		}
		c := catalog.Column{Name: f.ID, Unit: e.Unit, Type: columnTypes[strings.ToLower(strings.TrimSpace(e.TypeOverride))]}
		c.Title, c.Description = catalog.It(plain(e.Label)), catalog.It(plain(e.Notes))
		out = append(out, c)
	}
	return out
}

// Options returns how to read a file of which a dictionary speaks.
func (h *History) Options(name string, dictionary []Field) tabular.Options {
	return tabular.Options{Name: name, Dictionary: columnsOf(dictionary)}
}

// described returns the fields with what a dictionary says of them, or with
// what the file itself does.
func described(fields []Field, columns []catalog.Column, dictionary []Field) []Field {
	out := slices.Clone(fields)
	for i := range out {
		if at := fieldAt(dictionary, out[i].ID); at >= 0 {
			out[i].Info = dictionary[at].Info
			continue
		}
		if i < len(columns) {
			out[i].Info = infoOf(columns[i])
		}
	}
	return out
}

// infoOf is what a file says of a column, as the info of a field.
func infoOf(c catalog.Column) json.RawMessage {
	info := map[string]string{}
	for k, v := range map[string]string{"label": c.Title.String(), "notes": c.Description.String(), "unit": c.Unit} {
		if v != "" {
			info[k] = v
		}
	}
	if c.Header != "" && c.Header != c.Name && info["label"] == "" {
		info["label"] = c.Header
	}
	if len(info) == 0 {
		return nil
	}
	raw, err := json.Marshal(info)
	if err != nil {
		return nil
	}
	return raw
}

// Described returns a view of a snapshot with what a dictionary says of its
// columns.
func (v *View) Described(columns []catalog.Column, dictionary []Field) *View {
	out := *v
	out.Fields = described(v.Fields, columns, dictionary)
	for _, f := range dictionary {
		out.Version += "/" + f.ID + string(f.Info)
	}
	return &out
}
