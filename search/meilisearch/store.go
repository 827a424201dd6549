package meilisearch

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"

	ms "github.com/meilisearch/meilisearch-go"

	"portico/catalog"
	"portico/search"
	"portico/search/analysis"
)

// Bounds of one request.
const (
	batchDocs  = 1000
	batchBytes = 8 << 20
)

// Put adds the documents, or replaces those with the same ID, and waits until
// they can be found. Documents may have texts in the fields that package search says are texts,
// dates and ints in the fields that are so.
func (e *Engine) Put(ctx context.Context, docs ...search.Document) error {
	if len(docs) == 0 {
		return nil
	}
	if err := e.prepare(ctx); err != nil {
		return err
	}
	last := map[string]int{} // of those with the same ID, the last one counts
	for i := range docs {
		last[docs[i].ID] = i
	}
	var batch []json.RawMessage
	size := 0
	for i := range docs {
		if last[docs[i].ID] != i {
			continue
		}
		body, err := e.document(&docs[i])
		if err != nil {
			return err
		}
		if len(batch) == batchDocs || size+len(body) > batchBytes && len(batch) > 0 {
			if err := e.put(ctx, batch); err != nil {
				return err
			}
			batch, size = batch[:0], 0
		}
		batch = append(batch, body)
		size += len(body)
	}
	return e.put(ctx, batch)
}

func (e *Engine) put(ctx context.Context, batch []json.RawMessage) error {
	task, err := e.index.AddDocumentsWithContext(ctx, batch, nil)
	return e.done(ctx, task, err)
}

// Delete removes the documents with the given IDs, where they are, and waits
// until they are gone.
func (e *Engine) Delete(ctx context.Context, ids ...string) error {
	if len(ids) == 0 {
		return nil
	}
	if err := e.prepare(ctx); err != nil {
		return err
	}
	for batch := range slices.Chunk(ids, batchDocs) {
		keys := make([]string, len(batch))
		for i, id := range batch {
			keys[i] = key(id)
		}
		task, err := e.index.DeleteDocumentsWithContext(ctx, keys, nil)
		if err := e.done(ctx, task, err); err != nil {
			return err
		}
	}
	return nil
}

// Clear removes every document.
func (e *Engine) Clear(ctx context.Context) error {
	if err := e.prepare(ctx); err != nil {
		return err
	}
	task, err := e.index.DeleteAllDocumentsWithContext(ctx, nil)
	return e.done(ctx, task, err)
}

// A stored is a document as Meilisearch has it.
type stored struct {
	Key     string              `json:"pk"`
	ID      string              `json:"id"`
	Strings map[string][]string `json:"s"`
	Words   map[string][]string `json:"w,omitempty"`
	Forms   map[string][]string `json:"f,omitempty"`
	Texts   map[string]string   `json:"t,omitempty"`
	Dates   map[string]int64    `json:"d,omitempty"`
	Ints    map[string]int64    `json:"i,omitempty"`
}

func (e *Engine) document(d *search.Document) (json.RawMessage, error) {
	s := stored{
		Key: key(d.ID), ID: d.ID,
		Strings: map[string][]string{}, Words: map[string][]string{}, Texts: map[string]string{},
		Dates: map[string]int64{}, Ints: map[string]int64{},
	}
	for f, vs := range d.Strings {
		if err := fits(f, stringsAttribute); err != nil {
			return nil, err
		}
		for _, v := range vs {
			s.Strings[safeName(f)] = append(s.Strings[safeName(f)], encode(v))
		}
	}
	s.Strings[string(search.ID)] = []string{encode(d.ID)}
	if err := e.texts(&s, d); err != nil {
		return nil, err
	}
	for f, t := range d.Dates {
		if err := fits(f, datesAttribute); err != nil {
			return nil, err
		}
		s.Dates[safeName(f)] = t.UnixMilli()
	}
	for f, n := range d.Ints {
		if err := fits(f, intsAttribute); err != nil {
			return nil, err
		}
		s.Ints[safeName(f)] = n
	}
	return json.Marshal(s)
}

// texts adds the words of the texts of d.
func (e *Engine) texts(s *stored, d *search.Document) error {
	for f, texts := range d.Texts {
		if held(f) != f {
			continue // another field says it
		}
		if err := fits(f, wordsAttribute); err != nil {
			return err
		}
		words, forms, text := e.analyse(texts)
		if len(words) > 0 {
			s.Words[safeName(f)], s.Texts[safeName(f)] = words, text
		}
		if f == search.All && len(forms) > 0 {
			s.Forms = map[string][]string{safeName(f): forms}
		}
	}
	return nil
}

func fits(f search.Field, where string) error {
	if kind(f) == where {
		return nil
	}
	return catalog.Errorf(catalog.Invalid, "the field %q cannot hold that", f).Italian("il campo %q non può contenerlo", f)
}

// analyse returns the codes of the words of texts, each once, as they are known
// and as they are written, and the words as a text: first those that stand in a
// row, then those that parts make joined.
func (e *Engine) analyse(texts []string) (codes, forms []string, text string) {
	var b strings.Builder
	var joined []string
	for _, t := range texts {
		tokens, _ := e.analyzer.Tokens(nil, t, 0)
		slices.SortStableFunc(tokens, func(a, b analysis.Token) int { return cmp.Compare(a.Pos, b.Pos) })
		next := 0
		for _, x := range tokens {
			codes = append(codes, encode(x.Term))
			if analysis.Meaning(x.Term) {
				continue // q has synonyms of its own
			}
			forms = append(forms, encode(x.Form))
			if x.Pos < next {
				joined = append(joined, x.Term)
				continue
			}
			next = x.Pos + 1
			b.WriteString(x.Term)
			b.WriteByte(' ')
		}
		b.WriteString(". ") // over which no phrase runs
	}
	b.WriteString(strings.Join(joined, " . "))
	slices.Sort(codes)
	slices.Sort(forms)
	return slices.Compact(codes), slices.Compact(forms), b.String()
}

// ask sends one search.
func (e *Engine) ask(ctx context.Context, q string, r ms.SearchRequest) (*ms.SearchResponse, error) {
	if err := e.prepare(ctx); err != nil {
		return nil, err
	}
	answer, err := e.index.SearchWithContext(ctx, q, &r)
	if err != nil {
		return nil, e.failed(ctx, err)
	}
	return answer, nil
}
