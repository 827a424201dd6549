package datastore

import (
	"encoding/json"
	"fmt"
	"math/big"
	"strconv"
	"time"

	"portico/catalog"
)

// exportTypes are the types of columns in which the fields of a table that was
// written through the API are exported. What is not here is text.
var exportTypes = map[string]catalog.ColumnType{
	"int": catalog.Integer, "int2": catalog.Integer, "int4": catalog.Integer, "int8": catalog.Integer,
	"numeric": catalog.Decimal, "float4": catalog.Decimal, "float8": catalog.Decimal, "bool": catalog.Boolean,
	"date": catalog.Day, "time": catalog.TimeOfDay, "timestamp": catalog.Timestamp, "timestamptz": catalog.Timestamp,
}

// Column returns a field as a column.
func (f Field) Column() catalog.Column {
	c := catalog.Column{Name: f.ID, Type: exportTypes[f.Type]}
	if c.Type == "" {
		c.Type = catalog.String
	}
	var info map[string]any // of CKAN's data dictionary
	if json.Unmarshal(f.Info, &info) == nil {
		for key, to := range map[string]*catalog.Text{"label": &c.Title, "notes": &c.Description} {
			if s, ok := info[key].(string); ok && s != "" {
				*to = catalog.It(s)
			}
		}
		c.Unit, _ = info["unit"].(string)
	}
	return c
}

// column returns a field as the column of the given rows in which it stands at
// place i. Numbers of more digits than a float64 holds make it text: an export
// rounds nothing.
func (v *View) column(f Field, rows [][]any, i int) catalog.Column {
	c := f.Column()
	if c.Type != catalog.Decimal {
		return c
	}
	for _, row := range rows {
		if n, ok := row[i].(json.Number); ok && !holdsExactly(n) {
			c.Type = catalog.String
			break
		}
	}
	return c
}

// holdsExactly reports whether a float64 gives the digits of n back.
func holdsExactly(n json.Number) bool {
	const short = 15
	if len(n) <= short {
		return true
	}
	f, err := n.Float64()
	if err != nil {
		return false
	}
	given, ok := new(big.Rat).SetString(n.String())
	shown, ok2 := new(big.Rat).SetString(strconv.FormatFloat(f, 'f', -1, 64))
	return ok && ok2 && given.Cmp(shown) == 0
}

// Value returns a cell of a View as a value of a column, as the readers of
// snapshots have it. A cell that is no value of the column is nil.
func Value(c catalog.Column, f Field, cell any) any {
	v, err := valueOf(c, f, cell)
	if err != nil {
		return nil
	}
	return v
}

func valueOf(c catalog.Column, f Field, cell any) (any, error) {
	switch cell := cell.(type) {
	case nil:
		return nil, nil //nolint:nilnil // null is a value
	case bool, int64:
		if c.Type == catalog.String {
			return Text(cell), nil
		}
		return cell, nil
	case json.Number:
		if c.Type == catalog.String {
			return cell.String(), nil
		}
		return cell.Float64()
	case json.RawMessage:
		return string(cell), nil
	case string:
		return cellMoment(c, f, cell)
	}
	return nil, fmt.Errorf("column %s holds a %T", c.Name, cell)
}

// cellMoment returns the moment that a cell shows, or a text as it is.
func cellMoment(c catalog.Column, f Field, s string) (any, error) {
	switch c.Type {
	case catalog.Day, catalog.Timestamp:
		t, err := time.Parse(shownForms[f.Type], s)
		return t.UTC(), err
	case catalog.TimeOfDay:
		t, err := time.Parse(shownForms["time"], s)
		if err != nil {
			return nil, err
		}
		h, m, sec := t.Clock()
		return time.Duration(h)*time.Hour + time.Duration(m)*time.Minute + time.Duration(sec)*time.Second + time.Duration(t.Nanosecond()), nil
	case catalog.String, catalog.Geometry, catalog.Integer, catalog.Decimal, catalog.Boolean:
	}
	return s, nil
}
