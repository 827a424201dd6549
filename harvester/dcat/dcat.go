// Package dcat reads catalogs that are published as RDF by DCAT and its
// Italian profile: one file, or pages of them. It knows HTTP and paging; what
// the triples mean is in package dcat.
package dcat

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"iter"
	"net/http"
	"net/url"
	"strings"

	"portico/catalog"
	"portico/dcat"
	"portico/harvester"
	"portico/internal/httpclient"
	"portico/internal/rdf"
)

// maxPages bounds how long a catalog may lead us on.
const maxPages = 1_000

const accept = "application/rdf+xml, text/turtle;q=0.9, application/ld+json;q=0.8, application/n-triples;q=0.7, */*;q=0.1"

// Kind returns the "dcat" connector.
func Kind() harvester.Kind {
	return harvester.Kind{Name: "dcat", Title: "DCAT-AP_IT (RDF)", Open: open}
}

type connector struct {
	start  *url.URL
	client *http.Client
	memory
}

func open(src catalog.Source, client *http.Client) (harvester.Connector, error) {
	u, err := url.Parse(strings.TrimSpace(src.URL))
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, catalog.Errorf(catalog.Invalid, "the address of an RDF catalogue begins with http:// or https://").
			Italian("l'indirizzo di un catalogo RDF comincia con http:// o https://").Because(err)
	}
	u.Fragment = ""
	return &connector{start: u, client: client}, nil
}

// A page is one document of a catalog, understood.
type page struct {
	url   *url.URL
	mark  httpclient.Validators
	hash  [sha256.Size]byte
	found []dcat.Found
	info  dcat.CatalogInfo
	err   error // the document ends in a fault; what stands before it was read
}

// fetch gets and reads one document. It is nil without an error when the
// document is the one that had is of.
func (c *connector) fetch(ctx context.Context, address string, had memo) (*page, error) {
	doc, err := httpclient.GetIf(ctx, c.client, address, accept, had.Validators)
	if err != nil {
		it, en := httpclient.Explain(err)
		return nil, catalog.Errorf(catalog.Unavailable, "no catalogue at %s (%s)", address, en).
			Italian("nessun catalogo all'indirizzo %s (%s)", address, it).Because(err)
	}
	hash := sha256.Sum256(doc.Body)
	if doc.Unchanged || had.Hash == hex.EncodeToString(hash[:]) {
		return nil, nil //nolint:nilnil // it is the one that we have
	}
	u, err := url.Parse(doc.URL)
	if err != nil {
		return nil, err
	}
	if doc.IsHTML() {
		return nil, catalog.Errorf(catalog.Invalid, "a web page came from %s in place of RDF", address).
			Italian("da %s è arrivata una pagina web al posto di RDF", address)
	}
	format, ok := rdf.Sniff(doc.Body[:min(len(doc.Body), 64<<10)], doc.Type, u.Path)
	if !ok {
		return nil, catalog.Errorf(catalog.Invalid, "what came from %s is no RDF that we know", address).
			Italian("ciò che è arrivato da %s non è RDF in una forma conosciuta", address)
	}
	p := &page{url: u, mark: doc.Validators, hash: hash}
	return p, p.read(doc.Body, format)
}

func (p *page) read(body []byte, format rdf.Format) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = catalog.Errorf(catalog.Invalid, "the catalogue made the reader fail").
				Italian("il catalogo ha mandato in errore la lettura").Because(&harvester.PanicError{Value: v})
		}
	}()
	doc, err := rdf.Read(bytes.NewReader(body), format, p.url.String(), rdf.DefaultLimits)
	if err != nil {
		p.err = catalog.Errorf(catalog.Invalid, "the document at %s cannot be read to its end: %s", p.url, err).
			Italian("il documento all'indirizzo %s non si legge fino in fondo: %s", p.url, err).Because(err)
	}
	if doc == nil || len(doc.Triples) == 0 && p.err != nil {
		return p.err
	}
	p.found, p.info = dcat.Read(rdf.NewGraph(doc.Triples), p.url.String())
	return nil
}

// Records implements harvester.Connector.
func (c *connector) Records(ctx context.Context) iter.Seq2[harvester.Record, error] {
	return func(yield func(harvester.Record, error) bool) {
		c.begin()
		w := walk{c: c, yield: yield, urls: make(map[string]bool), hashes: make(map[[sha256.Size]byte]bool), seen: make(map[string]bool)}
		err := w.all(ctx)
		c.ended = err == nil
		if err != nil && !errors.Is(err, errStopped) {
			yield(harvester.Record{}, err)
		}
	}
}

// Probe implements harvester.Prober.
func (c *connector) Probe(ctx context.Context) (float64, string, error) {
	p, err := c.fetch(ctx, c.start.String(), memo{})
	switch {
	case err != nil:
		return 0, "", err
	case len(p.found) == 0:
		return 0.2, p.info.Title.String(), nil
	}
	return 0.9, p.info.Title.String(), nil
}
