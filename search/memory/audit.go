package memory

import (
	"context"
	"slices"

	"portico/search"
)

// Lacks implements search.Auditor.
func (e *Engine) Lacks(ctx context.Context, docs ...search.Document) ([]string, error) {
	v := e.now.Load()
	var out []string
	for i := range docs {
		if said, ok := v.digest(docs[i].ID); !ok || said != docs[i].Digest() {
			out = append(out, docs[i].ID)
		}
	}
	return out, ctx.Err()
}

// digest returns the digest of the document with an ID.
func (v *view) digest(id string) (said int64, ok bool) {
	for i := range v.parts {
		p := &v.parts[i]
		p.columns[search.ID].docs(id, func(doc uint32) bool {
			if !p.live.has(doc) {
				return true
			}
			c := p.ints[digest]
			if c == nil {
				return false
			}
			var row int
			if row, ok = c.rows.row(doc); ok {
				said = c.values[row]
			}
			return false
		})
	}
	return said, ok
}

// IDs implements search.Auditor.
func (e *Engine) IDs(ctx context.Context, yield func(id string) bool) error {
	v := e.now.Load()
	for i := range v.parts {
		p := &v.parts[i]
		ids := p.columns[search.ID]
		for _, doc := range p.live.list() {
			if !yield(ids.dict.values[ids.at(int(doc))[0]]) {
				return nil
			}
		}
	}
	return ctx.Err()
}

// Aside implements search.Swapper.
func (e *Engine) Aside(context.Context) (search.Engine, func(context.Context) error, error) {
	aside := NewWith(e.lang, e.analyzers.words)
	aside.filling = true
	return aside, func(ctx context.Context) error {
		if err := aside.Compact(ctx); err != nil {
			return err
		}
		e.change(func(*view) []part { return slices.Clone(aside.now.Load().parts) })
		return nil
	}, nil
}
