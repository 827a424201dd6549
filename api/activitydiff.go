package api

import (
	"context"
	"encoding/json"
	"html"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"portico/api/schema"
	"portico/catalog"
)

// activityDiff tells how the thing of an activity differs from what it was
// before that.
func (s *Server) activityDiff(ctx context.Context, a *args) (result, error) {
	id, object, form := a.required("id"), a.required("object_type"), a.text("diff_type")
	if err := a.err(); err != nil {
		return nil, err
	}
	after, err := s.givenActivity(ctx, id)
	if err != nil {
		return nil, err
	}
	if err := s.mayReadData(ctx, after); err != nil {
		return nil, err
	}
	before, err := s.activityBefore(ctx, after)
	if err != nil {
		return nil, err
	}
	var lines [2][]string
	for i, x := range []*catalog.Activity{before, after} {
		data, err := s.dataOf(ctx, x, object)
		if err != nil {
			return nil, err
		}
		if lines[i], err = jsonLines(data); err != nil {
			return nil, err
		}
	}
	text, ok := diffAs(form, lines[0], lines[1])
	if !ok {
		return nil, schema.Says("message", "diff_type not recognized")
	}
	dir, err := s.directoryNow(ctx)
	if err != nil {
		return nil, err
	}
	both := make([]map[string]any, 2)
	for i, x := range []*catalog.Activity{before, after} {
		if both[i], err = s.activityObject(x, dir); err != nil {
			return nil, err
		}
	}
	return one(mustJSON(map[string]any{"diff": text, "activities": both})), nil
}

// activityBefore returns the activity before a of the same thing.
func (s *Server) activityBefore(ctx context.Context, a *catalog.Activity) (*catalog.Activity, error) {
	// Those of the same moment are told apart by their numbers.
	found, err := s.activities.Activities(ctx, catalog.ActivityFilter{
		Objects: []string{a.Object}, Before: a.At.Add(time.Microsecond), Limit: maxActivities,
	})
	if err != nil {
		return nil, err
	}
	for _, b := range found {
		if b.ID < a.ID {
			return b, nil
		}
	}
	return nil, withDetail(catalog.NotFound, "Previous activity for this object not found")
}

// diffAs returns the difference of two texts in one of CKAN's forms; ok is
// false where it is none of them.
func diffAs(form string, a, b []string) (text string, ok bool) {
	switch form {
	case "", "unified":
		return unifiedDiff(a, b), true
	case "context":
		return contextDiff(a, b), true
	case "html":
		return htmlDiff(a, b), true
	}
	return "", false
}

// jsonLines returns v as Python writes JSON for people: sorted keys, two
// spaces, ASCII alone.
func jsonLines(v any) ([]string, error) {
	raw := mustJSON(v)
	d := json.NewDecoder(strings.NewReader(string(raw)))
	d.UseNumber()
	var plain any
	if err := d.Decode(&plain); err != nil {
		return nil, err
	}
	var b strings.Builder
	writeIndented(&b, plain, "\n")
	return strings.Split(b.String(), "\n"), nil
}

func writeIndented(b *strings.Builder, v any, newline string) {
	inner, sep := newline+"  ", ""
	switch v := v.(type) {
	case map[string]any:
		if len(v) == 0 {
			b.WriteString("{}")
			return
		}
		b.WriteByte('{')
		for _, k := range slices.Sorted(maps.Keys(v)) {
			b.WriteString(sep + inner + asciiJSON(k) + ": ")
			writeIndented(b, v[k], inner)
			sep = ","
		}
		b.WriteString(newline + "}")
	case []any:
		if len(v) == 0 {
			b.WriteString("[]")
			return
		}
		b.WriteByte('[')
		for _, x := range v {
			b.WriteString(sep + inner)
			writeIndented(b, x, inner)
			sep = ","
		}
		b.WriteString(newline + "]")
	default:
		b.WriteString(asciiJSON(v))
	}
}

// asciiJSON returns a value in JSON with nothing beyond ASCII.
func asciiJSON(v any) string {
	raw := string(mustJSON(v))
	if strings.IndexFunc(raw, func(r rune) bool { return r > '~' }) < 0 {
		return raw
	}
	var b strings.Builder
	for _, r := range raw {
		switch {
		case r <= '~':
			b.WriteRune(r)
		case r > 0xffff:
			r -= 0x10000
			b.WriteString(hex4(0xd800+r>>10) + hex4(0xdc00+r&0x3ff))
		default:
			b.WriteString(hex4(r))
		}
	}
	return b.String()
}

func hex4(r rune) string {
	h := strconv.FormatInt(int64(r), 16)
	return `\u` + strings.Repeat("0", 4-len(h)) + h
}

// htmlDiff returns a table of both texts side by side, as far as they differ.
func htmlDiff(a, b []string) string {
	var out strings.Builder
	out.WriteString(`<table class="diff" rules="groups"><tbody>`)
	cell := func(class, no, text string) {
		out.WriteString(`<td class="diff_header">` + no + `</td><td` + class + `>` + html.EscapeString(text) + `</td>`)
	}
	row := func(i, j int, o edit) {
		out.WriteString("<tr>")
		left, right := "", ""
		if o.kind != same {
			left, right = ` class="diff_sub"`, ` class="diff_add"`
		}
		if i < o.a2 {
			cell(left, strconv.Itoa(i+1), a[i])
		} else {
			cell("", "", "")
		}
		if j < o.b2 {
			cell(right, strconv.Itoa(j+1), b[j])
		} else {
			cell("", "", "")
		}
		out.WriteString("</tr>\n")
	}
	for _, group := range hunks(edits(a, b)) {
		for _, o := range group {
			for n := range max(o.a2-o.a1, o.b2-o.b1) {
				row(o.a1+n, o.b1+n, o)
			}
		}
	}
	out.WriteString("</tbody></table>")
	return out.String()
}
