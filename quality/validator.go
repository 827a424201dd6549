package quality

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"portico/catalog"
	"portico/dcat"
	"portico/internal/httpclient"
	"portico/internal/limit"
	"portico/internal/rdf"
)

// What anybody may have validated. A page of a catalogue with 1,000 datasets
// has about 5 MB.
const (
	MaxDocument = 10 << 20 // bytes
	maxTriples  = 300_000
	maxDepth    = 100
)

// A Validator validates documents for anybody. It is bounded in what it reads,
// in how many documents it has at once, and in how often one client may ask.
type Validator struct {
	// Client fetches documents that are given by their address; it must be
	// guarded. nil = none are fetched.
	Client *http.Client

	once    sync.Once
	atOnce  chan struct{}
	clients *limit.Keyed[string]
}

// A Question is a document and what is asked of it.
type Question struct {
	Document   []byte
	Type       string // media type, as who sent it says
	Name       string // of its file
	URL        string // where to fetch it instead
	Validation dcat.Validation
}

const (
	documentsAtOnce = 2
	mostWait        = 10 * time.Second
	fetchTimeout    = 30 * time.Second
	askEvery        = 3 * time.Second // of one client, after askBurst
	askBurst        = 10
	mostClients     = 20_000
)

// Examine answers a question of a client, who is known by their address; "" is
// the program itself, which may ask as often as it likes. Errors that tell what
// is wrong with the question are of kind Invalid, TooMany says to come again.
func (v *Validator) Examine(ctx context.Context, client string, q Question) (dcat.Verdict, error) {
	if len(q.Document) == 0 && q.URL == "" {
		return dcat.Verdict{}, catalog.Errorf(catalog.Invalid, "there is no document: paste it, choose a file, or give its address").
			Italian("manca il documento: incollalo, scegli un file o indicane l'indirizzo")
	}
	if len(q.Document) > MaxDocument {
		return dcat.Verdict{}, tooLarge(nil)
	}
	if !v.allow(client) {
		return dcat.Verdict{}, tooMany()
	}
	leave, err := v.enter(ctx)
	if err != nil {
		return dcat.Verdict{}, err
	}
	defer leave()
	doc := dcat.Unread{Body: q.Document, Type: q.Type, URL: q.Name}
	if len(q.Document) == 0 {
		if doc, err = v.fetch(ctx, q.URL); err != nil {
			return dcat.Verdict{}, err
		}
	}
	return dcat.Examine(doc, rdf.Limits{Bytes: MaxDocument, Triples: maxTriples, Depth: maxDepth}, q.Validation)
}

func tooLarge(cause error) error {
	return catalog.Errorf(catalog.Invalid, "the document is larger than 10 MB; validate one page of the catalogue at a time").
		Italian("il documento supera i 10 MB; valida una pagina del catalogo alla volta").Because(cause)
}

func tooMany() error {
	return catalog.Errorf(catalog.TooMany, "too many documents are being validated; try again in a moment").
		Italian("si stanno validando troppi documenti; riprova tra un momento")
}

// ready makes what the zero value lacks.
func (v *Validator) ready() {
	v.once.Do(func() {
		v.atOnce = make(chan struct{}, documentsAtOnce)
		v.clients = limit.New[string](rate.Every(askEvery), askBurst, mostClients)
	})
}

// enter waits for a turn.
func (v *Validator) enter(ctx context.Context) (leave func(), err error) {
	v.ready()
	t := time.NewTimer(mostWait)
	defer t.Stop()
	select {
	case v.atOnce <- struct{}{}:
		return func() { <-v.atOnce }, nil
	case <-t.C:
		return nil, tooMany()
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// allow reports whether a client may ask now.
func (v *Validator) allow(client string) bool {
	if client == "" {
		return true
	}
	v.ready()
	return v.clients.Allow(client, time.Now())
}

const acceptRDF = "text/turtle, application/rdf+xml;q=0.9, application/ld+json;q=0.8, application/n-triples;q=0.8, */*;q=0.1"

// fetch reads the document at an address.
func (v *Validator) fetch(ctx context.Context, address string) (dcat.Unread, error) {
	address = strings.TrimSpace(address)
	if v.Client == nil || !isWeb(address) {
		return dcat.Unread{}, catalog.Errorf(catalog.Invalid, "the address must be a whole one that begins with http:// or https://").
			Italian("l'indirizzo deve essere completo e cominciare con http:// o https://")
	}
	ctx, cancel := context.WithTimeout(ctx, fetchTimeout)
	defer cancel()
	page, err := httpclient.Get(ctx, v.Client, address, acceptRDF)
	switch {
	case errors.Is(err, httpclient.ErrTooLarge), err == nil && len(page.Body) > MaxDocument:
		return dcat.Unread{}, tooLarge(err)
	case err != nil:
		it, en := httpclient.Explain(err)
		return dcat.Unread{}, catalog.Errorf(catalog.Invalid, "the document cannot be fetched: %s", en).
			Italian("il documento non si può scaricare: %s", it).Because(err)
	}
	return dcat.Unread{Body: page.Body, Type: page.Type, URL: page.URL}, nil
}
