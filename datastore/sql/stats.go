package sql

import (
	"errors"
	"sync/atomic"
	"time"
)

// counts is what a Pool has done so far.
type counts struct {
	answered, refused, exceeded, failed atomic.Int64
	nanoseconds                         atomic.Int64
}

func (c *counts) note(err error, took time.Duration) {
	c.nanoseconds.Add(int64(took))
	switch _, refused := errors.AsType[*Refused](err); {
	case err == nil:
		c.answered.Add(1)
	case errors.Is(err, ErrTooMuch):
		c.exceeded.Add(1)
	case refused:
		c.refused.Add(1)
	default:
		c.failed.Add(1)
	}
}

// Stats is what a Pool has done since it was made.
type Stats struct {
	Answered, Refused, Exceeded, Failed int64 // statements
	Busy                                time.Duration
	Running, Waiting                    int // statements, and children that wait for one
}

// Stats returns what the pool has done.
func (p *Pool) Stats() Stats {
	return Stats{
		Answered: p.counts.answered.Load(), Refused: p.counts.refused.Load(), Exceeded: p.counts.exceeded.Load(), Failed: p.counts.failed.Load(),
		Busy: time.Duration(p.counts.nanoseconds.Load()), Running: len(p.slots), Waiting: len(p.warm),
	}
}
