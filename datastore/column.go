package datastore

import (
	"encoding/json"
	"iter"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"portico/catalog"
	"portico/internal/parquetfile"
)

// columnTypeOf are the types of columns in which the values of fields are
// outside of the API: in exports, in Parquet, in SQL. What is not here is text;
// int is how the ID of a row is told.
var columnTypeOf = map[string]catalog.ColumnType{
	"int": catalog.Integer, "int2": catalog.Integer, "int4": catalog.Integer, "int8": catalog.Integer,
	"numeric": catalog.Decimal, "float4": catalog.Decimal, "float8": catalog.Decimal, "bool": catalog.Boolean,
	"date": catalog.Day, "time": catalog.TimeOfDay, "timestamp": catalog.Timestamp, "timestamptz": catalog.Timestamp,
}

// fieldTypeOf are the types of fields as which the columns of a snapshot are
// told.
var fieldTypeOf = map[catalog.ColumnType]string{
	catalog.Integer: "int8", catalog.Decimal: "numeric", catalog.Boolean: "bool", catalog.Day: "date",
	catalog.TimeOfDay: "time", catalog.Timestamp: "timestamp", catalog.String: "text", catalog.Geometry: "text",
}

// columnType returns the type of the column in which the values of f are.
func (f Field) columnType() catalog.ColumnType {
	if t, ok := columnTypeOf[f.Type]; ok {
		return t
	}
	return catalog.String
}

// A fileColumn is a column of a Parquet file, with the form in which its
// numbers were written.
type fileColumn struct {
	catalog.Column
	Form numberForm `json:"form,omitempty"`
}

// A numberForm says how many digits the numbers of a column have after the
// point.
type numberForm string

// The forms of numbers.
const (
	formFixed  numberForm = ""       // as many as the column's Scale; 0 = as it needs
	formShort  numberForm = "short"  // as it needs
	formPython numberForm = "python" // as it needs, and one at least
	formFloat  numberForm = "float"  // as cells of floating point numbers are
)

// text writes a number.
func (f numberForm) text(v float64, scale int) string {
	switch f {
	case formShort:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case formPython:
		s := strconv.FormatFloat(v, 'f', -1, 64)
		if !strings.Contains(s, ".") {
			s += ".0"
		}
		return s
	case formFloat:
		return floatText(v)
	case formFixed:
	}
	return numberOf(v, scale).String()
}

// fileColumn returns the column for field i of rows: exact is whether it gives
// every value back as it was written, to the last zero.
func (f Field) fileColumn(rows []Row, i int) (c fileColumn, exact bool) {
	c = fileColumn{Column: catalog.Column{Name: f.ID, Type: f.columnType()}}
	if c.Type != catalog.Decimal {
		return c, true
	}
	scale := digits(rows, i)
	if strings.HasPrefix(f.Type, "float") {
		scale = 0
	}
	for _, c.Scale = range slices.Compact([]int{scale, 0}) {
		for _, c.Form = range []numberForm{formFixed, formShort, formPython, formFloat} {
			if c.holds(rows, i) {
				return c, true
			}
		}
	}
	c.Scale, c.Form = scale, formFixed
	return c, false
}

// digits returns how many digits the numbers of a column have after the point,
// one at least so that they are no whole numbers, or 0 where they are too long
// to be kept exactly.
func digits(rows []Row, i int) int {
	const most = 15 // that a float64 holds for sure
	whole, scale := 0, 1
	for _, r := range rows {
		n, _ := r.Cells[i].(json.Number)
		w, fraction, _ := strings.Cut(strings.TrimPrefix(n.String(), "-"), ".")
		if strings.ContainsAny(n.String(), "eE") {
			return 0
		}
		whole, scale = max(whole, len(w)), max(scale, len(fraction))
	}
	if whole+scale > most {
		return 0
	}
	return scale
}

// holds reports whether the column gives the numbers of rows back as they are.
func (c *fileColumn) holds(rows []Row, i int) bool {
	const exact = 1 << 53
	unit := math.Pow10(c.Scale)
	for _, r := range rows {
		n, ok := r.Cells[i].(json.Number)
		if !ok {
			continue
		}
		v, err := n.Float64()
		if err != nil {
			return false
		}
		if c.Scale > 0 && c.Scale <= parquetfile.MaxScale { // it is kept as a whole number
			if math.Abs(v)*unit > exact {
				return false
			}
			v = float64(int64(math.Round(v*unit))) / unit
		}
		if c.Form.text(v, c.Scale) != n.String() {
			return false
		}
	}
	return true
}

// Parquet returns the rows of v in the columns of a snapshot, after one with
// the ID of each. A number that no such column holds exactly is rounded.
func (v *View) Parquet() ([]catalog.Column, iter.Seq2[[]any, error]) {
	columns := []catalog.Column{idColumn}
	for i, f := range v.Fields {
		c, _ := f.fileColumn(v.Rows, i)
		columns = append(columns, c.Column)
	}
	return columns, v.inColumns(columns)
}

// inColumns yields the rows of v with values of the Go types of columns, the
// first of which is the ID.
func (v *View) inColumns(columns []catalog.Column) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		row := make([]any, len(columns))
		for _, r := range v.Rows {
			row[0] = r.ID
			for i, c := range r.Cells {
				var err error
				if row[i+1], err = toSnapshot(columns[i+1], v.Fields[i], c); err != nil {
					yield(nil, err)
					return
				}
			}
			if !yield(row, nil) {
				return
			}
		}
	}
}

// toSnapshot returns a cell as a value of a column of a snapshot.
func toSnapshot(c catalog.Column, f Field, cell any) (any, error) {
	if cell == nil {
		return nil, nil //nolint:nilnil // null is a value
	}
	switch c.Type {
	case catalog.Integer:
		if n, ok := cell.(int64); ok {
			return n, nil
		}
		return strconv.ParseInt(plain(cell), 10, 64)
	case catalog.Decimal:
		return strconv.ParseFloat(plain(cell), 64)
	case catalog.Boolean:
		if b, ok := cell.(bool); ok {
			return b, nil
		}
		return strconv.ParseBool(plain(cell))
	case catalog.Day, catalog.Timestamp:
		at, err := time.Parse(shownForms[f.Type], plain(cell))
		return at.UTC(), err
	case catalog.TimeOfDay:
		at, err := time.Parse(shownForms["time"], plain(cell))
		return at.Sub(at.Truncate(24 * time.Hour)), err
	case catalog.String, catalog.Geometry:
	}
	return plain(cell), nil
}

// fromSnapshot makes a cell of a value of a snapshot.
func fromSnapshot(f Field, c catalog.Column, v any, shared map[string]string) any {
	switch v := v.(type) {
	case int64:
		if strings.HasPrefix(f.Type, "int") {
			return v
		}
		return json.Number(strconv.FormatInt(v, 10))
	case bool:
		return v
	case float64:
		return numberOf(v, c.Scale)
	case time.Time:
		return v.UTC().Format(shownForms[f.Type])
	case time.Duration:
		return time.Time{}.Add(v).Format(shownForms["time"])
	case string:
		return textCell(f, share(shared, v))
	}
	return nil
}

// numberOf writes a number with all the digits after the point that its column
// has; 0 = as many as it needs.
func numberOf(v float64, scale int) json.Number {
	if scale == 0 || math.Abs(v) >= 1e15 {
		scale = -1
	}
	return json.Number(strconv.FormatFloat(v, 'f', scale, 64))
}

// textCell returns a text as a cell of a field whose values are kept as texts.
func textCell(f Field, s string) any {
	switch {
	case f.Type == "json" || strings.HasPrefix(f.Type, "_"):
		return json.RawMessage(s)
	case f.columnType() == catalog.Decimal:
		return json.Number(s)
	}
	return s
}
