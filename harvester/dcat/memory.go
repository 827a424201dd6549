package dcat

import (
	"encoding/hex"
	"encoding/json"

	"portico/harvester/web"
	"portico/internal/httpclient"
)

// A memory is what a connector remembers of the pages of its catalog, so that
// a page that has not changed is neither sent nor read again
// (harvester.Rememberer).
type memory struct {
	old, now map[string]memo
	ended    bool
}

// A memo is what is remembered of one page.
type memo struct {
	httpclient.Validators
	Hash    string   `json:"hash"`
	IDs     []string `json:"ids"`
	Next    string   `json:"next,omitempty"`
	Guessed bool     `json:"guessed,omitempty"`
	Led     bool     `json:"led,omitempty"`
}

type memos struct {
	Version string          `json:"version"`
	Pages   map[string]memo `json:"pages"`
}

// Recall implements harvester.Rememberer.
func (m *memory) Recall(raw json.RawMessage) {
	var kept memos
	m.old = nil
	if json.Unmarshal(raw, &kept) == nil && kept.Version == version {
		m.old = kept.Pages
	}
}

// Memo implements harvester.Rememberer.
func (m *memory) Memo() json.RawMessage {
	if !m.ended || len(m.now) == 0 {
		return nil
	}
	raw, err := json.Marshal(memos{Version: version, Pages: m.now})
	if err != nil {
		return nil
	}
	return raw
}

func (m *memory) begin() { m.now, m.ended = make(map[string]memo), false }

// last notes that no page comes after the one at an address, so that none is
// guessed the next time. Where a page may just have been full, the next record
// would open a new one, and it is guessed again.
func (m *memory) last(address string) {
	const round = 10
	if kept, ok := m.now[address]; ok && kept.Guessed && len(kept.IDs)%round != 0 {
		kept.Next, kept.Guessed = "", false
		m.now[address] = kept
	}
}

// remember notes what a page was and where it led.
func (w *walk) remember(p *page, at, after step, fresh int) {
	if fresh == 0 {
		if at.guessed {
			w.c.last(w.latest)
		}
		return
	}
	w.latest = at.address
	if !w.whole || p.err != nil {
		return
	}
	kept := memo{Validators: p.mark, Hash: hex.EncodeToString(p.hash[:]), Next: after.address, Guessed: after.guessed, Led: w.led}
	for i := range p.found {
		kept.IDs = append(kept.IDs, recordID(&p.found[i]))
	}
	w.c.now[at.address] = kept
}

// same yields what is remembered of a page that has not changed.
func (w *walk) same(at step, had memo) error {
	w.c.now[at.address], w.latest = had, at.address
	w.led = w.led || had.Led
	w.counts = w.counts || at.guessed
	if !web.Same(had.IDs, w.seen, w.yield) {
		return errStopped
	}
	return nil
}
