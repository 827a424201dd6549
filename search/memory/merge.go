package memory

import (
	"context"
	"math/bits"
	"slices"
)

const (
	tier    = 4    // parts of about one size are merged when there are so many
	wide    = 16   // so many, when nobody searches
	beside  = 4096 // documents; what is greater is merged beside whoever writes
	crowded = 64   // parts; who writes more waits for the merge
	tooMany = 1000 // documents gone before it is worth a thought
)

// tidy merges parts when it is time to; e.writing is held.
func (e *Engine) tidy() {
	enough := tier
	if e.filling {
		enough = wide
	}
	for {
		v := e.now.Load()
		of, drop := v.due(e.busy, enough)
		if len(of) == 0 {
			return
		}
		docs := 0
		for _, p := range of {
			docs += int(p.docs)
		}
		if docs <= beside {
			e.put(of, join(of, drop))
			continue
		}
		if e.merging == nil {
			e.mergeBeside(of, drop)
		} else if len(v.parts) > crowded {
			done := e.merging
			e.writing.Unlock()
			<-done
			e.writing.Lock()
			continue
		}
		return
	}
}

// mergeBeside merges in a goroutine of its own; e.writing is held.
func (e *Engine) mergeBeside(of []part, drop bool) {
	done := make(chan struct{})
	e.merging, e.busy = done, of
	go func() {
		j := join(of, drop)
		e.writing.Lock()
		defer e.writing.Unlock()
		e.put(of, j)
		e.merging, e.busy = nil, nil
		close(done)
		e.tidy()
	}()
}

// put puts a merged segment in the place of those it was made of, without what
// has gone from them meanwhile; e.writing is held. When one of them is there
// no more, all of it was cleared.
func (e *Engine) put(of []part, j joined) {
	v := e.now.Load()
	out := part{segment: j.segment, live: newBitset(int(j.docs)), gone: int(j.docs)}
	var rest []part
	for _, p := range v.parts {
		at := p.among(of)
		if at < 0 {
			rest = append(rest, p)
			continue
		}
		for _, doc := range p.live.list() {
			out.live.set(j.moved[at][doc] - 1)
			out.gone--
		}
	}
	e.now.Store(newView(append(rest, out)))
}

// due returns the parts that are to be merged, none when all is well, and
// whether the merge leaves out what is gone: so many of about one size are
// enough. Those that are busy stay.
func (v *view) due(busy []part, enough int) (of []part, drop bool) {
	docs := 0
	for _, p := range v.parts {
		docs += int(p.docs)
	}
	if gone := docs - v.live; len(busy) == 0 && gone > tooMany && gone > v.live/2 {
		return v.parts, true
	}
	tiers := map[int][]part{}
	for _, p := range slices.Backward(v.parts) {
		if p.among(busy) >= 0 {
			continue
		}
		n := (bits.Len32(p.docs) - 1) / 2 // its logarithm to the base of four
		tiers[n] = append(tiers[n], p)
		if len(tiers[n]) >= enough {
			return tiers[n], false
		}
	}
	return nil, false
}

// among returns where the segment of p is among those of others, or -1.
func (p *part) among(others []part) int {
	return slices.IndexFunc(others, func(x part) bool { return x.segment == p.segment })
}

// Compact merges all of the index into one part, the quickest to search, and
// leaves out what is gone. Whoever searches or writes meanwhile may.
func (e *Engine) Compact(ctx context.Context) error {
	for begun := false; ; {
		e.writing.Lock()
		v, done := e.now.Load(), e.merging
		if done == nil && !begun && (len(v.parts) > 1 || len(v.parts) == 1 && v.parts[0].gone > 0) {
			e.mergeBeside(v.parts, true)
			done, begun = e.merging, true
		}
		e.writing.Unlock()
		if done == nil {
			return ctx.Err()
		}
		select {
		case <-done:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
