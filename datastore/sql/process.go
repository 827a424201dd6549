package sql

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"portico/catalog"
	"portico/internal/child"
)

// A process is a child, which answers one statement.
type process struct {
	cmd    *child.Process
	wire   *Wire
	ctx    context.Context //nolint:containedctx // it lives as long as the child
	cancel context.CancelFunc
	done   chan struct{}
	err    error // of Wait, once done is closed
}

// alive reports whether a child that waits has not ended meanwhile.
func (c *process) alive() bool {
	select {
	case <-c.done:
		return false
	default:
		return true
	}
}

// kill ends the child at once, and its wire.
func (c *process) kill() {
	c.cancel()
	if c.wire != nil {
		_ = c.wire.Close()
	}
}

// end is kill, for who has no more to read.
func (c *process) end() { c.kill() }

// ask has the child run a statement. The child is killed when its time is over,
// and at the end.
func (c *process) ask(ctx context.Context, o Options, text string, open Open) (*Answer, error) {
	defer c.end()
	stop := context.AfterFunc(ctx, c.kill)
	defer stop()
	timer := time.AfterFunc(o.Time, c.kill)
	defer timer.Stop()
	a, err := c.talk(ctx, o, text, open, timer)
	if err == nil {
		return a, nil
	}
	if _, told := errors.AsType[*Refused](err); told || ctx.Err() != nil {
		return nil, err
	}
	if e, told := errors.AsType[*openError](err); told {
		return nil, e.err
	}
	return nil, c.died(ctx, o, err)
}

// died says why a child did not answer: it took more than it may, in nearly
// every case.
func (c *process) died(ctx context.Context, o Options, cause error) error {
	c.kill()
	select {
	case <-c.done:
	case <-time.After(time.Second):
	}
	o.Log.WarnContext(ctx, "a process for SQL died", "err", cause, "exit", c.err, "said", c.cmd.LastWords())
	return ErrTooMuch
}

// openError is an error of who opens tables.
type openError struct{ err error }

func (e *openError) Error() string { return e.err.Error() }

func (c *process) talk(ctx context.Context, o Options, text string, open Open, timer *time.Timer) (*Answer, error) {
	if err := c.wire.send(markAsk, Request{SQL: text, Rows: o.Rows, Bytes: o.Bytes}); err != nil {
		return nil, err
	}
	_, body, _, err := c.wire.receive(markReading)
	if err != nil {
		return nil, err
	}
	var r Reading
	if err := json.Unmarshal(body, &r); err != nil {
		return nil, fmt.Errorf("what a child has read: %w", err)
	}
	if r.Refused != nil {
		return nil, r.Refused
	}
	if len(r.Tables) > maxTables {
		return nil, errMessage
	}
	timer.Stop() // tables are opened in our own time
	tables, err := open(ctx, r.Tables)
	defer closeAll(tables)
	if err != nil {
		return nil, &openError{err}
	}
	timer.Reset(o.Time)
	files := make([]*os.File, len(tables))
	for i, t := range tables {
		files[i] = t.File
	}
	if err := c.wire.send(markTables, Tables{tables}, files...); err != nil {
		return nil, err
	}
	a := &Answer{Volatile: r.Volatile, Tables: r.Tables}
	return a, c.answer(a, o.Bytes)
}

func closeAll(tables []Table) {
	for _, t := range tables {
		if t.File != nil {
			_ = t.File.Close()
		}
	}
}

// answer reads what a child has found.
func (c *process) answer(a *Answer, most int) error {
	records := []byte{'['}
	for {
		mark, body, _, err := c.wire.receive(markFields, markRecords, markEnding)
		if err != nil {
			return err
		}
		switch mark {
		case markFields:
			if err := json.Unmarshal(body, &a.Fields); err != nil {
				return fmt.Errorf("what a child has found: %w", err)
			}
		case markRecords:
			if len(records)+len(body) > most+2*maxMessage {
				return errMessage
			}
			records = append(records, body...)
		case markEnding:
			var e Ending
			if err := json.Unmarshal(body, &e); err != nil {
				return fmt.Errorf("what a child has found: %w", err)
			}
			if e.Refused != nil {
				return e.Refused
			}
			a.Rows, a.Truncated, a.Records = e.Rows, e.Truncated, append(records, ']')
			return nil
		}
	}
}

// Check has a child say what it thinks of statements, and run none.
func (c *process) check(texts []string) ([]Reading, error) {
	out := make([]Reading, len(texts))
	for i, t := range texts {
		if err := c.wire.send(markAsk, Request{SQL: t, Check: true}); err != nil {
			return nil, err
		}
		_, body, _, err := c.wire.receive(markReading)
		if err != nil {
			return nil, err
		}
		if err := json.Unmarshal(body, &out[i]); err != nil {
			return nil, fmt.Errorf("what a child has read: %w", err)
		}
	}
	return out, nil
}

var errUnsound = catalog.Errorf(catalog.Internal, "the self-test of SQL has failed")
