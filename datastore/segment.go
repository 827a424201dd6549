package datastore

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
)

// A segment is a file of changes to the rows of a table, one JSON text a line.
// {"columns": …} says what the values of the lines after it are, [7, …] sets
// row 7, {"gone": [7]} takes it away. Segments written after one another make
// the table, and so do their bytes in one file.
type segment struct {
	Hash string `json:"hash"`
	Ops  int64  `json:"ops"` // rows set and taken away
}

// A mark is a line that is no row.
type mark struct {
	Columns []string `json:"columns,omitempty"`
	Nonce   string   `json:"nonce,omitempty"` // no two segments are equal, so that one can be deleted
	Gone    []int64  `json:"gone,omitempty"`
}

// encodeSegment returns the bytes of a segment.
func encodeSegment(fields []Field, set []Row, gone []int64) ([]byte, error) {
	head := mark{Columns: make([]string, len(fields)), Nonce: rand.Text()}
	for i, f := range fields {
		head.Columns[i] = f.ID
	}
	b, err := json.Marshal(head)
	if err != nil {
		return nil, fmt.Errorf("write a segment: %w", err)
	}
	b = append(b, '\n')
	for _, r := range set {
		b = strconv.AppendInt(append(b, '['), r.ID, 10)
		for _, c := range r.Cells {
			b = AppendJSON(append(b, ','), c)
		}
		b = append(b, ']', '\n')
	}
	if len(gone) > 0 {
		line, err := json.Marshal(mark{Gone: gone})
		if err != nil {
			return nil, fmt.Errorf("write a segment: %w", err)
		}
		b = append(append(b, line...), '\n')
	}
	return b, nil
}

// A replay builds rows from segments.
type replay struct {
	fields []Field
	at     []int // the field of each value of the lines to come; -1 = none
	rows   []Row
	place  map[int64]int // of rows, once one is set again or taken away
	shared map[string]string
}

// read replays one segment.
func (p *replay) read(ctx context.Context, r io.Reader) error {
	in := bufio.NewReaderSize(r, 1<<16)
	for n := 0; ; n++ {
		if n%4096 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		line, err := in.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) {
			var rest []byte
			line = bytes.Clone(line)
			rest, err = in.ReadBytes('\n')
			line = append(line, rest...)
		}
		if errors.Is(err, io.EOF) && len(line) == 0 {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read a segment: %w", err)
		}
		if err := p.line(line); err != nil {
			return fmt.Errorf("read a segment: %w", err)
		}
	}
}

func (p *replay) line(line []byte) error {
	if line[0] == '[' {
		return p.row(line)
	}
	var m mark
	if err := json.Unmarshal(line, &m); err != nil {
		return err
	}
	if m.Columns != nil {
		p.at = make([]int, len(m.Columns))
		for i, c := range m.Columns {
			p.at[i] = fieldAt(p.fields, c)
		}
	}
	for _, id := range m.Gone {
		if i, ok := p.find(id); ok {
			p.rows[i].Cells = nil
		}
	}
	return nil
}

func (p *replay) row(line []byte) error {
	var raw []json.RawMessage
	if err := json.Unmarshal(line, &raw); err != nil {
		return err
	}
	if len(raw) != len(p.at)+1 {
		return fmt.Errorf("a row of %d values where %d were said", len(raw)-1, len(p.at))
	}
	id, err := strconv.ParseInt(string(raw[0]), 10, 64)
	if err != nil {
		return err
	}
	r := Row{ID: id, Cells: make([]any, len(p.fields))}
	for i, v := range raw[1:] {
		at := p.at[i]
		if at < 0 {
			continue
		}
		if r.Cells[at], err = p.cell(p.fields[at], v); err != nil {
			return err
		}
	}
	if i, ok := p.find(id); ok {
		p.rows[i] = r
		return nil
	}
	if p.place != nil {
		p.place[id] = len(p.rows)
	}
	p.rows = append(p.rows, r)
	return nil
}

// find returns the place of a row. As long as rows come in order there is no
// need to keep a list of places.
func (p *replay) find(id int64) (int, bool) {
	if p.place == nil {
		if len(p.rows) == 0 || p.rows[len(p.rows)-1].ID < id {
			return 0, false
		}
		p.place = make(map[int64]int, len(p.rows))
		for i := range p.rows {
			p.place[p.rows[i].ID] = i
		}
	}
	i, ok := p.place[id]
	return i, ok
}

// cell reads a value that encodeSegment wrote.
func (p *replay) cell(f Field, raw json.RawMessage) (any, error) {
	switch {
	case string(raw) == "null":
		return nil, nil //nolint:nilnil // null is a value
	case f.Type == "json" || strings.HasPrefix(f.Type, "_"):
		return json.RawMessage(bytes.Clone(raw)), nil
	case f.Type == "bool":
		return string(raw) == "true", nil
	case raw[0] == '"':
		var s string
		if err := json.Unmarshal(raw, &s); err != nil {
			return nil, err
		}
		return share(p.shared, s), nil
	case strings.HasPrefix(f.Type, "int"):
		return strconv.ParseInt(string(raw), 10, 64)
	}
	return json.Number(share(p.shared, string(raw))), nil
}

// share returns s as it was seen before, so that equal texts of a table are
// kept once; nil has seen nothing and keeps nothing.
func share(seen map[string]string, s string) string {
	const most, longest = 50_000, 100
	if len(s) > longest || seen == nil {
		return s
	}
	if old, ok := seen[s]; ok {
		return old
	}
	if len(seen) < most {
		seen[s] = s
	}
	return s
}

// live drops the rows that were taken away.
func (p *replay) live() []Row {
	out := p.rows[:0]
	sorted := true
	last := int64(math.MinInt64)
	for _, r := range p.rows {
		if r.Cells == nil {
			continue
		}
		sorted = sorted && r.ID > last
		last = r.ID
		out = append(out, r)
	}
	if !sorted {
		sortByID(out)
	}
	return out
}

// AppendJSON appends a cell as JSON.
func AppendJSON(dst []byte, cell any) []byte {
	switch v := cell.(type) {
	case nil:
		return append(dst, "null"...)
	case bool:
		return strconv.AppendBool(dst, v)
	case int64:
		return strconv.AppendInt(dst, v, 10)
	case json.Number:
		return append(dst, v...)
	case json.RawMessage:
		return append(dst, v...)
	case string:
		return appendQuoted(dst, v)
	}
	return append(dst, "null"...)
}

// appendQuoted appends a JSON string.
func appendQuoted(dst []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' || c >= 0x7f {
			quoted, err := json.Marshal(s)
			if err != nil {
				return append(dst, `""`...)
			}
			return append(dst, quoted...)
		}
	}
	return append(append(append(dst, '"'), s...), '"')
}

// Text returns a cell as CKAN writes it in CSV: t and f for true and false.
func Text(cell any) string {
	if b, is := cell.(bool); is {
		if b {
			return "t"
		}
		return "f"
	}
	return plain(cell)
}
