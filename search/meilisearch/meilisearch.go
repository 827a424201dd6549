// Package meilisearch is the search engine for those who run a Meilisearch
// (1.15 or later). Words at the top of a query go to its q, which forgives
// misspelling; all else becomes filters over what package analysis made of the
// documents, so that it matches exactly. It knows no datasets.
package meilisearch

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	ms "github.com/meilisearch/meilisearch-go"

	"portico/catalog"
	"portico/search"
	"portico/search/analysis"
)

// A Config says where the Meilisearch is.
type Config struct {
	URL   string             // such as "http://127.0.0.1:7700"
	Key   string             // an API key for the index; never logged
	Index string             // "" = "portico"
	Lang  string             // of the texts: "en", else Italian
	Words *analysis.Analyzer // makes words of the texts; nil = that of Lang
	HTTP  *http.Client       // must be set; see package httpclient
}

func (c Config) analyzer() *analysis.Analyzer {
	if c.Words != nil {
		return c.Words
	}
	return analysis.New(c.Lang)
}

// version is part of the name of the index: what stored documents look like is
// ours, and an index of another version is left alone.
const version = "_v4"

// An Engine is a search.Engine. It may be used by several goroutines at once.
type Engine struct {
	cfg      Config
	client   ms.ServiceManager
	index    ms.IndexManager
	analyzer *analysis.Analyzer
	mu       sync.Mutex
	ready    bool        // guarded by mu: the index is there, with our settings
	lost     atomic.Bool // the server was away, or the index: it may not be as it was
}

var validIndex = regexp.MustCompile(`^[A-Za-z0-9_-]{1,200}$`)

// New returns the Engine of cfg. A Meilisearch that refuses the key is an
// error; one that does not answer is not, for the catalog must start without
// it: the Engine is Unavailable until it does. CheckVersion is asked before.
func New(ctx context.Context, cfg Config) (*Engine, error) {
	if cfg.Index == "" {
		cfg.Index = "portico"
	}
	u, err := url.Parse(cfg.URL)
	if err != nil || u.Host == "" || u.User != nil || (u.Scheme != "http" && u.Scheme != "https") {
		return nil, catalog.Errorf(catalog.Invalid, "the address of Meilisearch must be an http or https URL without a password").
			Italian("l'indirizzo di Meilisearch deve essere un URL http o https senza password")
	}
	if !validIndex.MatchString(cfg.Index) || cfg.HTTP == nil {
		return nil, catalog.Errorf(catalog.Invalid, "the name of the Meilisearch index may have letters, digits, - and _").
			Italian("il nome dell'indice Meilisearch può avere lettere, cifre, - e _")
	}
	client := ms.New(strings.TrimSuffix(cfg.URL, "/"), ms.WithAPIKey(cfg.Key), ms.WithCustomClient(cfg.HTTP), ms.DisableRetries())
	e := &Engine{cfg: cfg, client: client, index: client.Index(cfg.Index + version), analyzer: cfg.analyzer()}
	err = e.prepare(ctx)
	if errors.Is(err, errRefused) {
		return nil, catalog.Errorf(catalog.Invalid, "Meilisearch refuses the key").Italian("Meilisearch rifiuta la chiave")
	}
	if err != nil && catalog.KindOf(err) != catalog.Unavailable {
		return nil, err
	}
	return e, nil
}

// Len returns how many documents there are.
func (e *Engine) Len(ctx context.Context) (int, error) {
	if e.lost.Load() {
		if err := e.prepare(ctx); err != nil {
			return 0, err
		}
	}
	page, err := e.Search(ctx, search.Query{})
	return page.Total, err
}

// done waits until a task that was just given has ended, and tells of its
// failure.
func (e *Engine) done(ctx context.Context, given *ms.TaskInfo, err error) error {
	if err != nil {
		return e.failed(ctx, err)
	}
	const longest = 250 * time.Millisecond
	for pause := 5 * time.Millisecond; ; pause = min(2*pause, longest) {
		task, err := e.client.GetTaskWithContext(ctx, given.TaskUID)
		if err != nil {
			return e.failed(ctx, err)
		}
		switch task.Status {
		case ms.TaskStatusSucceeded:
			return nil
		case ms.TaskStatusFailed, ms.TaskStatusCanceled:
			return &taskError{kind: string(task.Type), code: task.Error.Code, message: e.scrub(task.Error.Message)}
		default: // it waits, or is at work
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
	}
}

// A taskError is why Meilisearch could not do what it had accepted.
type taskError struct{ kind, code, message string }

func (e *taskError) Error() string {
	return "meilisearch: task " + e.kind + ": " + e.code + ": " + e.message
}

func isTask(err error, code string) bool {
	t, ok := errors.AsType[*taskError](err)
	return ok && t.code == code
}

func isCode(err error, code string) bool {
	m, ok := errors.AsType[*ms.Error](err)
	return ok && m.MeilisearchApiError.Code == code
}

// errRefused is the cause of an error by which Meilisearch refuses our key.
var errRefused = errors.New("meilisearch refuses the key")

// failed makes an error of ours of one of the client's, whose text may hold
// what it was sent.
func (e *Engine) failed(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	cause := errors.New(e.scrub(err.Error()))
	gone := e.missed(err)
	if m, ok := errors.AsType[*ms.Error](err); ok {
		switch s := m.StatusCode; {
		case s == http.StatusUnauthorized || s == http.StatusForbidden:
			cause = errRefused
		case gone: // it is made again with the next change
		case s >= 400 && s < 500 && s != http.StatusTooManyRequests && s != http.StatusRequestTimeout:
			return errors.New("meilisearch: " + m.MeilisearchApiError.Code + ": " + e.scrub(m.MeilisearchApiError.Message))
		}
	}
	return catalog.Errorf(catalog.Unavailable, "the search engine does not answer").
		Italian("il motore di ricerca non risponde").Because(cause)
}

// missed reports whether an error says that the index is gone. If so, or if the
// server was away, it may not be as it was.
func (e *Engine) missed(err error) (gone bool) {
	gone = isCode(err, "index_not_found")
	if m, ok := errors.AsType[*ms.Error](err); gone || !ok || m.StatusCode == 0 {
		e.lost.Store(true)
	}
	return gone
}

func (e *Engine) scrub(s string) string {
	if e.cfg.Key != "" {
		s = strings.ReplaceAll(s, e.cfg.Key, "***")
	}
	return s
}
