package datastore

import (
	"encoding/json"
	"math/big"
	"strconv"

	"portico/catalog"
)

// Column returns a field as a column.
func (f Field) Column() catalog.Column {
	c := catalog.Column{Name: f.ID, Type: f.columnType()}
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
	v, err := toSnapshot(c, f, cell)
	if err != nil {
		return nil
	}
	return v
}
