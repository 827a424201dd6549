package web

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"iter"
	"net/http"
	"net/url"

	"portico/catalog"
	"portico/harvester"
	"portico/internal/httpclient"
	"portico/internal/xmltree"
)

// MaxPages bounds how long a catalog may lead us on, MaxRecords what it may
// hold.
const (
	MaxPages   = 20_000
	MaxRecords = 3_000_000
)

// A Reader fetches the documents of one source and remembers what they were,
// so that the next reading asks only for what has changed. Connectors embed
// it, and are harvester.Rememberers by it. Version is of the connector and of
// its options: a memo of another one is not understood.
type Reader struct {
	Client  *http.Client
	Version string

	old map[string]memo
	now map[string]memo
	end bool // the reading came to its end
}

// A memo is what is remembered of one document.
type memo struct {
	httpclient.Validators
	Hash string   `json:"hash,omitempty"`
	IDs  []string `json:"ids,omitempty"`
	Next string   `json:"next,omitempty"`
	Also []string `json:"also,omitempty"`
}

type memos struct {
	Version string          `json:"version"`
	Pages   map[string]memo `json:"pages"`
}

// Recall implements harvester.Rememberer.
func (r *Reader) Recall(raw json.RawMessage) {
	var m memos
	r.old = nil
	if json.Unmarshal(raw, &m) == nil && m.Version == r.Version {
		r.old = m.Pages
	}
}

// Memo implements harvester.Rememberer.
func (r *Reader) Memo() json.RawMessage {
	if !r.end || len(r.now) == 0 {
		return nil
	}
	raw, err := json.Marshal(memos{Version: r.Version, Pages: r.now})
	if err != nil {
		return nil
	}
	return raw
}

// Get fetches one document, whatever was remembered of it. Its error is one to
// show.
func (r *Reader) Get(ctx context.Context, address, accept string) (*httpclient.Page, error) {
	page, err := httpclient.Get(ctx, r.Client, address, accept)
	if err != nil {
		return nil, unread(address, err)
	}
	return page, nil
}

func unread(address string, err error) error {
	it, en := httpclient.Explain(err)
	return catalog.Errorf(catalog.Unavailable, "nothing to read at %s (%s)", shown(address), en).
		Italian("niente da leggere all'indirizzo %s (%s)", shown(address), it).Because(err)
}

// shown is an address for people: its query may be longer than a line.
func shown(address string) string {
	if len(address) > 160 {
		return address[:160] + "…"
	}
	return address
}

// A Batch is the records of one document, and where the others are.
type Batch struct {
	Items []Item
	Next  string   // address of the next document; "" = this is the last
	Also  []string // addresses of documents that each hold records of their own, such as the files of a folder
	Total int      // records in all documents, as the source says; 0 = not told
}

// An Item is a record that was found and is yet to be converted.
type Item struct {
	ID, Title string
	Convert   func() (harvester.Record, error)
	Raw       func() (text []byte, mediaType string) // see harvester.Record
}

// JSON returns the Raw of an Item that is JSON.
func JSON(raw json.RawMessage) func() (text []byte, mediaType string) {
	return func() ([]byte, string) { return raw, "application/json" }
}

// XML returns the Raw of an Item that is an element.
func XML(n *xmltree.Node) func() (text []byte, mediaType string) {
	return func() ([]byte, string) {
		var b bytes.Buffer
		n.Write(&b)
		return b.Bytes(), "application/xml"
	}
}

// A Parser finds the records in a document. Read is how many records came
// before it. Its error concerns the document as a whole: items that were found
// before the fault count, and the reading ends unfinished.
type Parser func(page *httpclient.Page, read int) (Batch, error)

var errStopped = errors.New("stopped")

// Records reads the document at an address and those that follow it. A
// document that is as it was when it was remembered yields harvester.ErrSame
// for each of its records, unread.
func (r *Reader) Records(ctx context.Context, first, accept string, parse Parser) iter.Seq2[harvester.Record, error] {
	return func(yield func(harvester.Record, error) bool) {
		w := walk{r: r, yield: yield, accept: accept, parse: parse, seen: make(map[string]bool), been: make(map[string]bool)}
		r.now, r.end = make(map[string]memo), false
		err := w.all(ctx, first)
		r.end = err == nil
		if err != nil && !errors.Is(err, errStopped) {
			yield(harvester.Record{}, err)
		}
	}
}

// A walk goes from document to document.
type walk struct {
	r      *Reader
	yield  func(harvester.Record, error) bool
	accept string
	parse  Parser
	seen   map[string]bool // records
	been   map[string]bool // addresses
	also   []string        // addresses yet to go to
	read   int
	total  int
	lost   int // documents of also that could not be read
}

func (w *walk) all(ctx context.Context, first string) error {
	err := w.chain(ctx, first)
	if err != nil {
		return err
	}
	for len(w.also) > 0 {
		next := w.also[0]
		w.also = w.also[1:]
		if w.been[next] {
			continue
		}
		if err := w.chain(ctx, next); err != nil {
			if ctx.Err() != nil || errors.Is(err, errStopped) || errors.Is(err, errEndless) {
				return err
			}
			w.lost++
			if !w.yield(harvester.Record{ID: next, Title: shown(next)}, err) {
				return errStopped
			}
		}
	}
	if w.lost > 0 {
		return catalog.Errorf(catalog.Unavailable, "%d documents of the catalogue could not be read", w.lost).
			Italian("%d documenti del catalogo non si sono potuti leggere", w.lost)
	}
	return nil
}

var errEndless = errors.New("endless")

// chain reads a document and those that it says come next.
func (w *walk) chain(ctx context.Context, next string) error {
	for {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if len(w.been) >= MaxPages {
			return catalog.Errorf(catalog.Unavailable, "the catalogue has more than %d pages", MaxPages).
				Italian("il catalogo ha più di %d pagine", MaxPages).Because(errEndless)
		}
		w.been[next] = true
		m, err := w.document(ctx, next)
		if err != nil {
			return err
		}
		w.also = append(w.also, m.Also...)
		if m.Next == "" || len(w.seen) >= MaxRecords {
			return w.short(w.total)
		}
		if w.been[m.Next] {
			return w.circle(w.total)
		}
		next = m.Next
	}
}

// short is the error of a catalog that ends before it has shown what it says
// that it has.
func (w *walk) short(total int) error {
	if len(w.seen) >= total {
		return nil
	}
	return catalog.Errorf(catalog.Unavailable, "the catalogue ends after %d of %d records", len(w.seen), total).
		Italian("il catalogo finisce dopo %d schede su %d", len(w.seen), total)
}

func (w *walk) circle(total int) error {
	if total > 0 && len(w.seen) >= total {
		return nil
	}
	return catalog.Errorf(catalog.Unavailable, "the catalogue's pages lead in a circle; %d records were read", len(w.seen)).
		Italian("le pagine del catalogo si ripetono; lette %d schede", len(w.seen))
}

// document reads one document; what it returns says where the others are.
func (w *walk) document(ctx context.Context, address string) (memo, error) {
	had, known := w.r.old[address]
	page, err := httpclient.GetIf(ctx, w.r.Client, address, w.accept, had.Validators)
	if err != nil {
		if ctx.Err() != nil {
			return memo{}, ctx.Err()
		}
		return memo{}, unread(address, err)
	}
	if page.Unchanged {
		return had, w.same(address, had)
	}
	sum := sha256.Sum256(page.Body)
	hash := hex.EncodeToString(sum[:16])
	if known && had.Hash == hash {
		had.Validators = page.Validators
		return had, w.same(address, had)
	}
	b, err := w.parse(page, w.read)
	fresh, whole, stop := w.batch(b)
	if stop != nil {
		return memo{}, stop
	}
	if err != nil {
		return memo{}, err
	}
	w.total = max(w.total, b.Total)
	if len(b.Items) > 0 && fresh == 0 {
		b.Next = "" // the same page again: the rest cannot be reached, or there is none
	}
	m := memo{Validators: page.Validators, Hash: hash, IDs: ids(b), Next: b.Next, Also: b.Also}
	if whole {
		w.r.now[address] = m
	}
	return m, nil
}

// same yields what is remembered of a document that has not changed.
func (w *walk) same(address string, had memo) error {
	w.r.now[address] = had
	w.read += len(had.IDs)
	if !Same(had.IDs, w.seen, w.yield) {
		return errStopped
	}
	return nil
}

// batch yields the records of a document. It is whole when all are well, so
// that the document may be skipped the next time.
func (w *walk) batch(b Batch) (fresh int, whole bool, stop error) {
	whole = true
	w.read += len(b.Items)
	here := make(map[string]bool)
	for _, it := range b.Items {
		if it.ID == "" {
			it.ID = "senza-id-" + Hash(it.Title)
		}
		if w.seen[it.ID] && !here[it.ID] {
			continue // pages overlap when the catalog changes meanwhile
		}
		whole = whole && !here[it.ID]
		w.seen[it.ID], here[it.ID] = true, true
		fresh++
		rec, err := harvester.Guard(it.ID, it.Title, it.Convert)
		if rec.Raw == nil {
			rec.Raw = it.Raw
		}
		whole = whole && err == nil
		if !w.yield(rec, err) {
			return fresh, whole, errStopped
		}
	}
	return fresh, whole, nil
}

func ids(b Batch) []string {
	out := make([]string, 0, len(b.Items))
	for _, it := range b.Items {
		out = append(out, it.ID)
	}
	return out
}

// Hash returns a digest of parts, in hexadecimal.
func Hash(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		_, _ = h.Write(append([]byte(p), 0)) // a hash never fails
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// Base returns the address that a page came from.
func Base(page *httpclient.Page) *url.URL {
	u, err := url.Parse(page.URL)
	if err != nil {
		return &url.URL{}
	}
	return u
}

// NotA is the error of a document that is not what its connector reads: an
// HTML page is named as such, for it is what comes most often.
func NotA(page *httpclient.Page, it, en string, cause error) error {
	if page.IsHTML() {
		return catalog.Errorf(catalog.Invalid, "a web page came from %s in place of %s", shown(page.URL), en).
			Italian("da %s è arrivata una pagina web al posto di %s", shown(page.URL), it).Because(cause)
	}
	return catalog.Errorf(catalog.Invalid, "what came from %s is not %s", shown(page.URL), en).
		Italian("ciò che è arrivato da %s non è %s", shown(page.URL), it).Because(cause)
}

// Any is Records for an address that people give by its front page: the
// documents may be at any of addresses, and the first one that can be read
// counts.
func (r *Reader) Any(ctx context.Context, addresses []string, accept string, parse Parser) iter.Seq2[harvester.Record, error] {
	return func(yield func(harvester.Record, error) bool) {
		var first error
		for i, a := range addresses {
			began := false
			var failed error
			for rec, err := range r.Records(ctx, a, accept, parse) {
				if rec.ID == "" && !began && ctx.Err() == nil {
					failed = err
					break
				}
				began = true
				if !yield(rec, err) {
					return
				}
			}
			if failed == nil {
				return
			}
			if first == nil {
				first = failed
			}
			if i == len(addresses)-1 {
				yield(harvester.Record{}, first)
			}
		}
	}
}

// Probe reads the first of addresses that can be read, for
// harvester.Prober: it returns what was found, and the page.
func (r *Reader) Probe(ctx context.Context, addresses []string, accept string, parse Parser) (Batch, *httpclient.Page, error) {
	var first error
	for _, a := range addresses {
		page, err := r.Get(ctx, a, accept)
		if err == nil {
			var b Batch
			if b, err = parse(page, 0); err == nil {
				return b, page, nil
			}
		}
		if first == nil {
			first = err
		}
	}
	return Batch{}, nil, first
}
