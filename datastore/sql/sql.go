// Package sql lets anybody ask tables in SQL (decision D6, docs/adr/0002). A
// statement passes a gate that knows every part of it, runs in a process of its
// own that has nothing but the tables it names, for a bounded time in bounded
// memory, and that process answers one statement and ends.
//
// This package starts the processes and speaks with them; it knows no engine
// (that is in package duck, in the child) and nothing of who may see which
// table: its caller says.
package sql

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync/atomic"
	"time"

	"portico/catalog"
	"portico/internal/child"
)

// Options are how statements are run. Zero values are sensible.
type Options struct {
	Command []string      // of a child, its first word a program
	Memory  int64         // bytes that one statement may use; 0 = 256 MiB
	Time    time.Duration // that one statement may take; 0 = 4 s
	AtOnce  int           // statements; 0 = 4
	Warm    int           // children that wait; 0 = 2
	Rows    int           // of an answer; 0 = 32,000, as CKAN
	Bytes   int           // of an answer; 0 = 32 MiB
	Log     *slog.Logger
}

func (o Options) orDefault() Options {
	const mib = 1 << 20
	if o.Memory <= 0 {
		o.Memory = 256 * mib
	}
	if o.Time <= 0 {
		o.Time = 4 * time.Second
	}
	if o.AtOnce <= 0 {
		o.AtOnce = 4
	}
	if o.Warm <= 0 {
		o.Warm = 2
	}
	if o.Rows <= 0 {
		o.Rows = 32_000
	}
	if o.Bytes <= 0 {
		o.Bytes = 32 * mib
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o
}

// Limits returns what bounds a child whose statement may use so much memory and
// time: the engine and the runtime need some of their own.
func Limits(memory int64, most time.Duration) child.Limits {
	const own = 512 << 20
	return child.Limits{Memory: memory + own, Time: most, CPU: most + time.Second, Disk: -1}
}

// A Pool runs statements. It may be used by several goroutines. Nothing is run
// before Start has found that the gate holds.
type Pool struct {
	o       Options
	slots   chan struct{} // one for each statement that runs
	warm    chan *process
	wanted  chan struct{} // signs that a warm child is taken
	stop    context.CancelFunc
	ctx     context.Context // as long as the pool is open
	started chan struct{}   // closed when the self-test has ended
	sound   atomic.Bool
	counts  counts
}

// NewPool returns a Pool that is not started yet.
func NewPool(o Options) *Pool {
	o = o.orDefault()
	p := &Pool{
		o: o, slots: make(chan struct{}, o.AtOnce), warm: make(chan *process, o.Warm), wanted: make(chan struct{}, 1), started: make(chan struct{}),
	}
	p.ctx, p.stop = context.WithCancel(context.Background())
	return p
}

// An Answer is what a statement found.
type Answer struct {
	Fields    []Column
	Records   json.RawMessage // objects in a list
	Rows      int
	Truncated bool // there were more
	Volatile  bool // another call may have another answer
	Tables    []string
}

// Open opens the tables that a statement names, as far as its caller may see
// them, in the order of the names. Their files are closed by the Pool.
type Open func(ctx context.Context, names []string) ([]Table, error)

// Run runs one statement. What is wrong with it is a Refused.
func (p *Pool) Run(ctx context.Context, text string, open Open) (*Answer, error) {
	if err := p.ready(ctx); err != nil {
		return nil, err
	}
	if len(text) > MaxLength {
		return nil, ErrTooLong
	}
	began := time.Now()
	a, err := p.run(ctx, text, open)
	p.counts.note(err, time.Since(began))
	return a, err
}

func (p *Pool) run(ctx context.Context, text string, open Open) (*Answer, error) {
	ctx, cancel := context.WithTimeout(ctx, waiting(p.o.Time))
	defer cancel()
	select {
	case p.slots <- struct{}{}:
		defer func() { <-p.slots }()
	case <-ctx.Done():
		return nil, catalog.Errorf(catalog.TooMany, "too many queries at once").Italian("troppe interrogazioni insieme").Because(ctx.Err())
	}
	c, err := p.take(ctx)
	if err != nil {
		return nil, err
	}
	return c.ask(ctx, p.o, text, open)
}

// waiting is how long a statement may wait and run.
func waiting(most time.Duration) time.Duration { return 2*most + time.Second }

// ready waits for the self-test.
func (p *Pool) ready(ctx context.Context) error {
	select {
	case <-p.started:
	case <-ctx.Done():
		return ctx.Err()
	}
	if !p.sound.Load() {
		return catalog.Errorf(catalog.Unavailable, "SQL is off: its self-test has failed").Italian("SQL è spento: l'autoverifica è fallita")
	}
	return nil
}

// Sound reports whether the self-test has ended well.
func (p *Pool) Sound() bool { return p.sound.Load() }

// Close ends the children. Statements that run end in an error.
func (p *Pool) Close() {
	p.stop()
	for {
		select {
		case c := <-p.warm:
			c.end()
		default:
			return
		}
	}
}

// take returns a child that nobody has used.
func (p *Pool) take(ctx context.Context) (*process, error) {
	select {
	case c := <-p.warm:
		p.want()
		if c.alive() {
			return c, nil
		}
		c.end()
	default:
		p.want()
	}
	return p.begin(ctx)
}

func (p *Pool) want() {
	select {
	case p.wanted <- struct{}{}:
	default:
	}
}

// keep has as many children wait as are wanted, until the pool is closed.
func (p *Pool) keep() {
	for {
		for len(p.warm) < cap(p.warm) {
			c, err := p.begin(p.ctx)
			if err != nil {
				p.o.Log.WarnContext(p.ctx, "a process for SQL was not started", "err", err)
				break
			}
			select {
			case p.warm <- c:
			default:
				c.end()
			}
		}
		select {
		case <-p.wanted:
		case <-p.ctx.Done():
			p.Close()
			return
		}
	}
}

// begin starts a child.
func (p *Pool) begin(ctx context.Context) (*process, error) {
	if err := errors.Join(ctx.Err(), p.ctx.Err()); err != nil {
		return nil, err
	}
	ours, theirs, err := pair()
	if err != nil {
		return nil, err
	}
	c := &process{done: make(chan struct{})}
	c.ctx, c.cancel = context.WithCancel(p.ctx)
	c.cmd = child.Command(c.ctx, append(p.o.Command[:len(p.o.Command):len(p.o.Command)],
		fmt.Sprint(p.o.Memory), fmt.Sprint(p.o.Time.Milliseconds())), "GOMAXPROCS=1", "GOGC=off") // it sweeps only once it works
	c.cmd.ExtraFiles = []*os.File{theirs}
	err = c.cmd.Start()
	err = errors.Join(err, theirs.Close())
	if err != nil {
		c.cancel()
		return nil, errors.Join(fmt.Errorf("start a process for SQL: %w", err), ours.Close())
	}
	go func() { c.err = c.cmd.Wait(); close(c.done) }()
	if c.wire, err = NewWire(ours); err != nil {
		c.kill()
		return nil, err
	}
	return c, nil
}
