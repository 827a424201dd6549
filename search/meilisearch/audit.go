package meilisearch

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"

	ms "github.com/meilisearch/meilisearch-go"

	"portico/search"
)

// Lacks implements search.Auditor: what the server has is compared with what
// would be sent to it.
func (e *Engine) Lacks(ctx context.Context, docs ...search.Document) ([]string, error) {
	if err := e.prepare(ctx); err != nil {
		return nil, err
	}
	var out []string
	const few = 200 // documents in one answer
	for some := range slices.Chunk(docs, few) {
		lacking, err := e.lacks(ctx, some)
		if err != nil {
			return nil, err
		}
		out = append(out, lacking...)
	}
	return out, nil
}

func (e *Engine) lacks(ctx context.Context, docs []search.Document) ([]string, error) {
	keys := make([]string, len(docs))
	for i := range docs {
		keys[i] = key(docs[i].ID)
	}
	var page ms.DocumentsResult
	if err := e.index.GetDocumentsWithContext(ctx, &ms.DocumentsQuery{Ids: keys, Limit: int64(len(keys))}, &page); err != nil {
		return nil, e.failed(ctx, err)
	}
	there := make(map[string][]byte, len(page.Results))
	for _, hit := range page.Results {
		var s stored
		b, err := json.Marshal(hit)
		if err == nil {
			err = json.Unmarshal(b, &s)
		}
		if err != nil {
			continue // it has something that is none of ours, and so lacks what is
		}
		if there[s.ID], err = json.Marshal(s); err != nil {
			return nil, err
		}
	}
	var out []string
	for i := range docs {
		body, err := e.document(&docs[i])
		if err != nil {
			return nil, err
		}
		var s stored // what was left out as empty comes back as nothing
		if err := json.Unmarshal(body, &s); err != nil {
			return nil, err
		}
		if body, err = json.Marshal(s); err != nil {
			return nil, err
		}
		if !bytes.Equal(there[docs[i].ID], body) {
			out = append(out, docs[i].ID)
		}
	}
	return out, nil
}

// IDs implements search.Auditor.
func (e *Engine) IDs(ctx context.Context, yield func(id string) bool) error {
	if err := e.prepare(ctx); err != nil {
		return err
	}
	const many = 1000
	for offset := int64(0); ; offset += many {
		var page ms.DocumentsResult
		if err := e.index.GetDocumentsWithContext(ctx, &ms.DocumentsQuery{Fields: []string{"id"}, Offset: offset, Limit: many}, &page); err != nil {
			return e.failed(ctx, err)
		}
		for _, hit := range page.Results {
			var id string
			if err := json.Unmarshal(hit["id"], &id); err != nil {
				return fmt.Errorf("meilisearch: the ID of a document: %w", err)
			}
			if !yield(id) {
				return nil
			}
		}
		if len(page.Results) < many {
			return nil
		}
	}
}

// Aside implements search.Swapper: with an index of its own, whose name the two
// then exchange.
func (e *Engine) Aside(ctx context.Context) (search.Engine, func(context.Context) error, error) {
	if err := e.prepare(ctx); err != nil {
		return nil, nil, err
	}
	cfg := e.cfg
	cfg.Index += "_aside"
	aside, err := New(ctx, cfg)
	if err != nil {
		return nil, nil, err
	}
	if err := aside.Clear(ctx); err != nil {
		return nil, nil, err
	}
	return aside, func(ctx context.Context) error {
		names := []string{cfg.Index + version, e.cfg.Index + version}
		task, err := e.client.SwapIndexesWithContext(ctx, []*ms.SwapIndexesParams{{Indexes: names}})
		if err := e.done(ctx, task, err); err != nil {
			return err
		}
		task, err = e.client.DeleteIndexWithContext(ctx, names[0])
		return e.done(ctx, task, err)
	}, nil
}
