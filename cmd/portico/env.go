package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"sync"

	"portico/blob/folder"
	"portico/catalog"
	"portico/datastore"
	"portico/dcat"
	"portico/dcat/register"
	"portico/exporter"
	formats "portico/exporter/all"
	"portico/exporter/csv"
	"portico/harvester"
	connectors "portico/harvester/all"
	"portico/hold"
	"portico/internal/httpclient"
	"portico/outline"
	"portico/search"
	"portico/search/meilisearch"
	"portico/search/memory"
	"portico/store"
	"portico/ui"
)

// An env is what a command works with: settings, streams, and the parts of
// the program, opened when they are first needed.
type env struct {
	*cli
	stdout, stderr io.Writer
	log            *slog.Logger
	hosts          httpclient.Hosts // whom all clients of the program ask

	mu      sync.Mutex
	clients map[bool]*http.Client // by whether private addresses are allowed
}

func newEnv(c *cli, stdout, stderr io.Writer) *env {
	level := slog.LevelInfo
	if c.Verbose {
		level = slog.LevelDebug
	}
	return &env{cli: c, stdout: stdout, stderr: stderr, log: slog.New(slog.NewJSONHandler(stderr, &slog.HandlerOptions{Level: level}))}
}

// print writes v as one JSON object when --json is set, else calls plain.
func (e *env) print(v any, plain func(w io.Writer)) error {
	if !e.JSON {
		plain(e.stdout)
		return nil
	}
	enc := json.NewEncoder(e.stdout)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return fmt.Errorf("print: %w", err)
	}
	return nil
}

// quiet returns a logger for commands that talk to a person themselves: only
// warnings and errors are logged, unless --verbose asks for more.
func (e *env) quiet() *slog.Logger {
	if e.Verbose {
		return e.log
	}
	return slog.New(slog.NewTextHandler(e.stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
}

// A house is the opened parts that most commands need.
type house struct {
	*store.Store
	blobs   *folder.Store
	tables  *datastore.Snapshots
	formats *exporter.Registry
	desk    *hold.Desk
	log     *slog.Logger

	outlines *outline.Shelf
	env      *env

	loading   sync.Mutex                 // held by the job that reads an uploaded file
	registers func() *register.Registers // loaded when they are first needed
	served    catalog.Site               // zero unless this process serves
	theme     ui.Theme                   // the same
	refuse    refusal                    // set once there are pages
}

// open opens the data folder and the database.
func (e *env) open(ctx context.Context, log *slog.Logger) (*house, error) {
	if err := os.MkdirAll(e.Data, 0o750); err != nil {
		return nil, catalog.Errorf(catalog.Invalid, "the data folder cannot be made").
			Italian("la cartella dei dati non si può creare").Because(err)
	}
	st, err := store.Open(ctx, e.DatabaseURL, log)
	if err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	blobs, err := folder.Open(filepath.Join(e.Data, "blobs"))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open the files: %w", err), st.Close())
	}
	registers := sync.OnceValue(func() *register.Registers {
		r, err := register.Open(e.Data)
		if err != nil {
			log.WarnContext(ctx, "a register cannot be read; harvests do without", "error", err)
		}
		return r
	})
	tables := datastore.NewWith(blobs, log, e.reader())
	return &house{
		registers: registers, outlines: &outline.Shelf{Records: st, Blobs: blobs, Log: log},
		Store: st, blobs: blobs, tables: tables, formats: formats.Formats(),
		log: log, env: e,
		desk: hold.New(hold.Config{
			Mode: hold.Mode(e.PersonalData), Datasets: st, Records: st, Blobs: blobs, Tables: tables, CSV: csv.Format().Write, Log: log,
		}),
	}, nil
}

// client returns the guarded way out, for a source that may or may not be at
// a private address. All of a program's clients are polite together.
func (e *env) client(private bool) *http.Client {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.clients == nil {
		e.clients = make(map[bool]*http.Client)
	}
	if e.clients[private] == nil { // one for all, so that connections are used again
		e.clients[private] = httpclient.New(httpclient.Options{AllowPrivate: private, UserAgent: e.userAgent(), Hosts: &e.hosts})
	}
	return e.clients[private]
}

func (e *env) userAgent() string {
	if e.SiteURL == "" {
		return "Portico/" + version
	}
	return "Portico/" + version + " (+" + e.SiteURL + ")"
}

// clientOf returns the way out to a source: polite to its host, and with its
// credential, which goes to that host alone.
func (h *house) clientOf(src catalog.Source) *http.Client {
	return harvester.WithCredential(h.env.client(src.AllowPrivate), src.Credential, src.SecretFor)
}

// harvester returns a harvester that keeps what it reads in h.
func (h *house) harvester() *harvester.Harvester {
	return &harvester.Harvester{
		Connectors:    connectors.Connectors(),
		Datasets:      h.desk.Guard(),
		Origins:       h.Store,
		Organizations: h.Store,
		Sources:       h.Store,
		Twins:         h.Store,
		Raw:           h.Store,
		Client:        h.clientOf,
		Credential:    h.credential,
		Alert:         h.alert,
		Defaults:      dcat.Defaults{Registers: h.registers()},
		Data:          h.loader(),
		Log:           h.log,
	}
}

// engine opens the search engine that the settings name.
func (e *env) engine(ctx context.Context) (search.Engine, error) {
	words, err := e.words()
	if err != nil {
		return nil, err
	}
	if e.SearchURL == "" {
		return memory.NewWith(e.SearchLanguage, words), nil
	}
	cfg := meilisearch.Config{
		URL: e.SearchURL, Key: e.SearchKey, Index: "portico_datasets", Lang: e.SearchLanguage, Words: words,
		HTTP: httpclient.New(httpclient.Options{AllowPrivate: true, UserAgent: e.userAgent()}),
	}
	if err := meilisearch.CheckVersion(ctx, cfg); err != nil {
		return nil, err
	}
	eng, err := meilisearch.New(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("open the search engine: %w", err)
	}
	return eng, nil
}
