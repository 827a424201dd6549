package worker

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"portico/catalog"
	"portico/internal/child"
	"portico/tabular"
)

// A reader is a child that reads one table.
type reader struct {
	cmd    *child.Process
	in     *frameReader
	cancel context.CancelFunc
	ctx    context.Context // its own, which ends with its time
	outer  context.Context
	free   func()
}

// start runs a child and reads its table.
func (p *Pool) start(ctx context.Context, file *os.File, size int64, o tabular.Options) (*reader, *tabular.Table, error) {
	select {
	case p.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, nil, ctx.Err()
	}
	free := func() { <-p.slots }
	body, err := json.Marshal(request{Size: size, Options: o, Limits: p.limits})
	if err != nil {
		free()
		return nil, nil, fmt.Errorf("ask the table worker: %w", err)
	}
	c := &reader{outer: ctx, free: free}
	// The child ends itself a little before it is killed.
	c.ctx, c.cancel = context.WithTimeout(ctx, p.limits.Time+2*time.Second)
	c.cmd = child.Command(c.ctx, p.command, "GOMAXPROCS=2")
	c.cmd.Stdin = bytes.NewReader(body)
	c.cmd.ExtraFiles = []*os.File{file}
	out, err := c.cmd.StdoutPipe()
	if err == nil {
		err = c.cmd.Start()
	}
	if err != nil {
		c.cancel()
		free()
		return nil, nil, fmt.Errorf("start the table worker: %w", err)
	}
	c.in = newFrameReader(out)
	a, err := c.in.answer()
	if err == nil && a.Error != nil {
		return nil, nil, errors.Join(a.Error.err(), c.stop())
	}
	if err != nil || a.Table == nil {
		return nil, nil, c.died()
	}
	return c, a.Table, nil
}

// stop ends a child whose rows nobody wants.
func (c *reader) stop() error {
	c.cancel()
	c.cmd.Wait() //nolint:errcheck,gosec // it was killed, and says so
	c.free()
	return c.outer.Err()
}

// died tells why a child ended before its time.
func (c *reader) died() error {
	late := errors.Is(c.ctx.Err(), context.DeadlineExceeded)
	c.cancel()
	err := c.cmd.Wait()
	c.free()
	if e := c.outer.Err(); e != nil {
		return e
	}
	if late {
		return catalog.Errorf(catalog.Invalid, "Reading the file takes too long").Italian("La lettura del file richiede troppo tempo")
	}
	return catalog.Errorf(catalog.Invalid, "Reading the file takes more memory or time than is allowed, or the file is damaged").
		Italian("La lettura del file richiede più memoria o tempo di quanto è permesso, oppure il file è danneggiato").
		Because(fmt.Errorf("table worker: %w: %s", errors.Join(err, io.ErrUnexpectedEOF), c.cmd.LastWords()))
}

// rows yields the rows that the child sends, and ends it.
func (c *reader) rows(columns int, yield func([]any, error) bool) {
	row := make([]any, columns)
	for {
		more, failed, err := c.in.row(row)
		switch {
		case err != nil:
			yield(nil, c.died())
			return
		case failed != nil:
			c.stop() //nolint:errcheck,gosec // the failure is told
			yield(nil, failed.err())
			return
		case !more:
			if err := c.stop(); err != nil {
				yield(nil, err)
			}
			return
		}
		if !yield(row, nil) {
			c.stop() //nolint:errcheck,gosec // nobody asks any more
			return
		}
	}
}
