package datastore

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"math/bits"
	"runtime"
	"slices"
	"strconv"
	"sync"

	"golang.org/x/sync/errgroup"

	"portico/blob"
	"portico/catalog"
	"portico/internal/parquetfile"
)

// far is where the rows of a large snapshot are: they are read from its Parquet
// file as they are asked for. What a filter chose is remembered, a bit a row.
type far struct {
	file    *parquetfile.File
	blob    blob.File // stays open for as long as somebody has the view; the runtime closes it then
	columns []catalog.Column
	groups  []int64 // rows of each row group

	mu     sync.Mutex
	chosen []choice // the latest first
}

// A choice is what a filter chose.
type choice struct {
	key   string
	marks []parquetfile.Marks // of each row group
	total int
}

// maxChoices is how many choices are remembered: 10,000,000 rows cost 1.25 MB
// each.
const maxChoices = 8

func (s *Snapshots) openFar(ctx context.Context, t *catalog.Table) (*far, error) {
	file, b, err := s.open(ctx, t)
	if err != nil {
		return nil, err
	}
	return &far{file: file, blob: b, columns: t.Columns, groups: file.Groups()}, nil
}

// search answers a query on a view whose rows are not held.
func (f *far) search(ctx context.Context, v *View, q Query, at []int, p *Page) (iter.Seq2[[]any, error], error) {
	if slices.Contains(at, atRank) { // how well each of millions of rows fits is too much to ask
		at, p.Fields = at[:len(at)-1], p.Fields[:len(p.Fields)-1]
	}
	c, err := f.choose(ctx, v, q)
	if err != nil {
		return nil, err
	}
	o := outcome{f: f, v: v, q: q, at: at, c: c}
	switch {
	case q.Distinct:
		return o.distinct(ctx, p)
	case q.Sort != "":
		return o.sorted(ctx, p)
	}
	p.Total = c.total
	return o.rows(ctx, q.Offset, q.Limit), nil
}

// choose marks the rows that a query is about.
func (f *far) choose(ctx context.Context, v *View, q Query) (*choice, error) {
	if q.Filter == nil && q.Words == nil {
		return &choice{total: int(v.Count)}, nil
	}
	key, err := json.Marshal([]any{q.Filter, q.Words.key()})
	if err != nil {
		return nil, fmt.Errorf("read a filter: %w", err)
	}
	if c := f.remembered(string(key)); c != nil {
		return c, nil
	}
	c := &choice{key: string(key), marks: make([]parquetfile.Marks, len(f.groups))}
	work, ctx := errgroup.WithContext(ctx)
	work.SetLimit(runtime.GOMAXPROCS(0))
	for g := range f.groups {
		work.Go(func() (err error) {
			c.marks[g], err = f.both(ctx, v, g, q)
			return err
		})
	}
	if err := work.Wait(); err != nil {
		return nil, err
	}
	for _, m := range c.marks {
		c.total += count(m)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.chosen = append([]choice{*c}, f.chosen[:min(len(f.chosen), maxChoices-1)]...)
	return c, nil
}

func (f *far) remembered(key string) *choice {
	f.mu.Lock()
	defer f.mu.Unlock()
	i := slices.IndexFunc(f.chosen, func(c choice) bool { return c.key == key })
	if i < 0 {
		return nil
	}
	c := f.chosen[i]
	f.chosen = slices.Insert(slices.Delete(f.chosen, i, i+1), 0, c)
	return &c
}

func count(m parquetfile.Marks) int {
	n := 0
	for _, w := range m {
		n += bits.OnesCount64(w)
	}
	return n
}

// both marks the rows of a group that filter and words choose.
func (f *far) both(ctx context.Context, v *View, g int, q Query) (parquetfile.Marks, error) {
	var out parquetfile.Marks
	if q.Filter != nil {
		var err error
		if out, err = f.filter(ctx, v, g, q.Filter); err != nil {
			return nil, err
		}
	}
	if q.Words == nil {
		return out, nil
	}
	if len(q.Words.words) == 0 {
		return parquetfile.NewMarks(f.groups[g]), nil
	}
	for _, w := range q.Words.words {
		if out != nil && count(out) == 0 {
			return out, nil
		}
		m, err := f.word(ctx, v, g, w)
		if err != nil {
			return nil, err
		}
		out = and(out, m)
	}
	return out, nil
}

// and leaves in a what is in b, too; nil is everything.
func and(a, b parquetfile.Marks) parquetfile.Marks {
	if a == nil {
		return b
	}
	for i := range a {
		a[i] &= b[i]
	}
	return a
}

// filter marks the rows of a group that a filter chooses.
func (f *far) filter(ctx context.Context, v *View, g int, x *Filter) (parquetfile.Marks, error) {
	switch x.op {
	case "$and":
		if at, same := sameColumn(x.parts); same {
			out := parquetfile.NewMarks(f.groups[g])
			return out, f.file.Mark(ctx, g, at, allOf(x.parts, v.Fields[at]), out)
		}
		var out parquetfile.Marks
		for _, p := range x.parts {
			if out != nil && count(out) == 0 {
				break
			}
			m, err := f.filter(ctx, v, g, p)
			if err != nil {
				return nil, err
			}
			out = and(out, m)
		}
		return out, nil
	case "$or":
		out := parquetfile.NewMarks(f.groups[g])
		for _, p := range x.parts {
			m, err := f.filter(ctx, v, g, p)
			if err != nil {
				return nil, err
			}
			for i := range out {
				out[i] |= m[i]
			}
		}
		return out, nil
	}
	out := parquetfile.NewMarks(f.groups[g])
	if x.at < 0 {
		f.byID(g, x, out)
		return out, nil
	}
	return out, f.file.Mark(ctx, g, x.at, x.matcher(v.Fields[x.at]), out)
}

// sameColumn returns the column that all conditions are of, if there is one.
func sameColumn(parts []*Filter) (int, bool) {
	at := parts[0].at
	return at, at >= 0 && !slices.ContainsFunc(parts, func(p *Filter) bool { return len(p.parts) > 0 || p.at != at })
}

// byID marks the rows whose number a condition chooses.
func (f *far) byID(g int, x *Filter, out parquetfile.Marks) {
	first := int64(1)
	for _, n := range f.groups[:g] {
		first += n
	}
	for i := range f.groups[g] {
		if x.match(Row{ID: first + i}) {
			out.Set(i)
		}
	}
}

// key tells words apart.
func (w *Words) key() []string {
	if w == nil {
		return nil
	}
	out := []string{}
	for _, x := range w.words {
		out = append(out, strconv.Itoa(x.at)+" "+strconv.FormatBool(x.prefix)+" "+x.text)
	}
	return out
}

// word marks the rows of a group in which a word stands.
func (f *far) word(ctx context.Context, v *View, g int, w word) (parquetfile.Marks, error) {
	out := parquetfile.NewMarks(f.groups[g])
	for i, field := range v.Fields {
		if w.at >= 0 && w.at != i {
			continue
		}
		m := parquetfile.Matcher{
			Int:   func(n int64) bool { return w.inText(strconv.FormatInt(n, 10)) },
			Float: func(n float64) bool { return w.inText(numberOf(n, 0).String()) },
			Text:  func(b []byte) bool { return w.inText(string(b)) },
			Other: func(x any) bool {
				return w.inText(plain(fromSnapshot(field, catalog.Column{}, x, map[string]string{})))
			},
		}
		if err := f.file.Mark(ctx, g, i, m, out); err != nil {
			return nil, err
		}
	}
	return out, nil
}
