// Package worker opens tables in a process of its own, so that a hostile or
// broken file can take no more memory and time than it is given, and ends
// nobody else when it does. It knows tables and no store.
//
// The parent hands the child the file as descriptor 3 and a request on
// standard input; the child answers on standard output with the table and then
// its rows.
package worker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"portico/catalog"
	"portico/internal/child"
	"portico/tabular"
)

// A request is what the parent asks of the child.
type request struct {
	Size    int64           `json:"size"`
	Options tabular.Options `json:"options"`
	Limits  Limits          `json:"limits"`
}

// Limits bounds a child. Where the operating system cannot, time alone does.
type Limits = child.Limits

// An answer is what the child says before the rows: a table or an error.
type answer struct {
	Table *tabular.Table `json:"table,omitempty"`
	Error *failure       `json:"error,omitempty"`
}

// A failure is a catalog.Error on its way between processes.
type failure struct {
	Kind      catalog.Kind `json:"kind"`
	It        string       `json:"it"`
	En        string       `json:"en"`
	Cancelled bool         `json:"cancelled,omitempty"`
}

func failureOf(err error) *failure {
	f := &failure{Kind: catalog.KindOf(err), En: err.Error()}
	if e, ok := errors.AsType[*catalog.Error](err); ok {
		f.It, f.En = e.In("it"), e.In("en")
	}
	f.Cancelled = errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
	return f
}

func (f *failure) err() error {
	if f.Cancelled {
		return context.Canceled
	}
	if f.It == "" {
		return fmt.Errorf("read the table: %s", f.En)
	}
	return catalog.Errorf(f.Kind, "%s", f.En).Italian("%s", f.It)
}

// Serve is the child: it reads a request from in, opens the table in file and
// writes it to out with its rows. The limits hold for the whole process.
func Serve(ctx context.Context, in io.Reader, file io.ReaderAt, out io.Writer) error {
	var req request
	if err := json.NewDecoder(io.LimitReader(in, 4<<20)).Decode(&req); err != nil {
		return fmt.Errorf("table worker: request: %w", err)
	}
	limits := req.Limits.OrDefault()
	if err := limits.Restrict(); err != nil {
		return fmt.Errorf("table worker: limits: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, limits.Time)
	defer cancel()
	w := newFrames(out)
	t, err := tabular.Open(ctx, file, req.Size, req.Options)
	if err != nil {
		return w.answer(answer{Error: failureOf(err)})
	}
	rows := t.Rows
	t.Rows = nil
	if err := w.answer(answer{Table: t}); err != nil {
		return err
	}
	for row, err := range rows {
		if err != nil {
			return w.end(failureOf(err))
		}
		if err := w.row(row); err != nil {
			return err
		}
	}
	return w.end(nil)
}

// A Pool opens tables in children.
type Pool struct {
	command []string
	limits  Limits
	slots   chan struct{}
}

// NewPool returns a Pool that starts children as command says, its first word
// a program, no more than n of them at once.
func NewPool(command []string, n int, limits Limits) *Pool {
	return &Pool{command: command, limits: limits.OrDefault(), slots: make(chan struct{}, max(n, 1))}
}

// OpenOnce is Open, but that the rows of the table can be read only once: by
// the child that opened it, which reads no file twice. Done must be called; it
// ends the child.
func (p *Pool) OpenOnce(ctx context.Context, file *os.File, size int64, o tabular.Options) (t *tabular.Table, done func(), err error) {
	c, t, err := p.start(ctx, file, size, o)
	if err != nil {
		return nil, nil, err
	}
	over := false
	t.Rows = func(yield func([]any, error) bool) {
		if over {
			yield(nil, errReadTwice)
			return
		}
		over = true
		c.rows(len(t.Columns), yield)
	}
	return t, func() {
		if !over {
			over = true
			c.stop() //nolint:errcheck,gosec // nobody wants its rows
		}
	}, nil
}

var errReadTwice = errors.New("worker: the rows of this table can be read only once")

// Open is tabular.Open in a child. The file must stay open, and its offset
// untouched, for as long as the Rows of the table are used. Each call of Rows
// starts a child of its own; a child ends with ctx, when its rows have been
// read, or when its time is over.
func (p *Pool) Open(ctx context.Context, file *os.File, size int64, o tabular.Options) (*tabular.Table, error) {
	c, t, err := p.start(ctx, file, size, o)
	if err != nil {
		return nil, err
	}
	if err := c.stop(); err != nil {
		return nil, err
	}
	t.Rows = func(yield func([]any, error) bool) {
		c, _, err := p.start(ctx, file, size, o)
		if err != nil {
			yield(nil, err)
			return
		}
		c.rows(len(t.Columns), yield)
	}
	return t, nil
}
